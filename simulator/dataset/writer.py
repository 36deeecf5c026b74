"""Writes a dataset folder through one thread: whole or not at all."""

import queue
import threading
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

import pyarrow as pa

from simulator.dataset.card import render_card
from simulator.dataset.context import Context
from simulator.dataset.croissant import render_croissant
from simulator.dataset.folder import OutputFolder, explain, sync_folder
from simulator.dataset.manifest import (
    CARD_FILE,
    CONTEXT_FILE,
    CROISSANT_FILE,
    FORMAT,
    MANIFEST_FILE,
    SCENARIO_FILE,
    FileEntry,
    Manifest,
    Moments,
    ScenarioEntry,
)
from simulator.dataset.tables import TableFiles, check_rows, seal_file
from simulator.errors import OutputError
from simulator.origin import Origin, find_software_versions
from simulator.schema import SCHEMA_VERSION, TABLE_BY_NAME, TABLES

_QUEUE_LENGTH = 3
_POLL_SECONDS = 0.2


class DatasetWriter:
    """Context manager that takes rows in any portions and leaves a complete dataset, or nothing.

    Rows pass through a short queue to one thread, so that memory stays bounded and the caller goes on
    while files are compressed. An error of the thread is raised by the next call. Leaving the block
    without :meth:`finish`, for whatever reason, removes all that was written and keeps what was there.

    Parameters
    ----------
    out : str or Path
        Where the dataset shall be. Checked at once, before any work.
    force : bool
        Whether a dataset that is there is replaced. It stays untouched until the new one is complete.

    Attributes
    ----------
    notes : list of str
        What was found and mended around the output; worth telling the user.

    Raises
    ------
    OutputError
        When the output exists or cannot be written; when the disk is full.

    Examples
    --------
    >>> with DatasetWriter(folder / "posts-only") as writer:
    ...     writer.write("posts", posts)
    ...     path = writer.finish(origin, context)
    >>> path.name
    'posts-only'
    """

    def __init__(self, out: str | Path, *, force: bool = False) -> None:
        self._folder = OutputFolder(out, force=force)
        self.out = self._folder.out
        self.notes = self._folder.notes
        self._queue: queue.Queue[tuple[str, pa.Table] | None] = queue.Queue(_QUEUE_LENGTH)
        self._files: dict[str, TableFiles] = {}
        self._failure: BaseException | None = None
        self._abandoned = threading.Event()
        # Not Thread.join: interrupted by Ctrl-C, it takes a running thread for a stopped one (Python 3.11).
        self._stopped = threading.Event()
        self._finished = False
        self._thread = threading.Thread(target=self._write_all, name="dataset-writer", daemon=True)

    def __enter__(self) -> Self:
        self._partial = self._folder.claim()
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._finished:
            return
        self._abandon()
        if error is None:
            raise OutputError(f"{self.out}: nothing was written: the dataset was never finished.")

    def write(self, table_name: str, rows: pa.RecordBatch | pa.Table) -> None:
        """Hand rows of a table to the writing thread; waits while its queue is full.

        Parameters
        ----------
        table_name : str
            Name of a table of ``simulator.schema``.
        rows : pyarrow.RecordBatch or pyarrow.Table
            Its next rows, any number of them, of exactly the table's columns and types. Not to be
            changed by the caller afterwards.

        Raises
        ------
        ValueError
            When there is no such table or the rows are not of its columns and types.
        OutputError
            When the thread could not write.
        """
        if table_name not in TABLE_BY_NAME:
            raise ValueError(f"table must be one of {', '.join(TABLE_BY_NAME)}, got {table_name!r}")
        if isinstance(rows, pa.RecordBatch):
            rows = pa.Table.from_batches([rows])
        check_rows(TABLE_BY_NAME[table_name], rows)
        self._hand_over((table_name, rows))

    def finish(self, origin: Origin, context: Context) -> Path:
        """Complete the dataset, bring it safely to the disk and give it its name.

        Returns
        -------
        Path
            The dataset folder.
        """
        self._hand_over(None)
        self._stopped.wait()
        self._raise_failure()
        try:
            manifest = self._write_documents(origin, context)
            self._seal(manifest)
            self._folder.publish()
        except OSError as error:
            raise explain(error, self.out) from error
        self._finished = True
        return self.out

    def _hand_over(self, item: tuple[str, pa.Table] | None) -> None:
        while True:
            self._raise_failure()
            try:
                return self._queue.put(item, timeout=_POLL_SECONDS)
            except queue.Full:
                continue

    def _raise_failure(self) -> None:
        failure = self._failure
        if isinstance(failure, OSError):
            raise explain(failure, self.out) from failure
        if failure is not None:
            raise OutputError(f"{self.out}: writing failed: {failure}") from failure

    def _write_all(self) -> None:
        try:
            while (item := self._queue.get()) is not None and not self._abandoned.is_set():
                name, rows = item
                self._files_of(name).add(rows)
            if not self._abandoned.is_set():
                self._close_tables()
        except BaseException as error:
            self._failure = error
        finally:
            self._stopped.set()

    def _files_of(self, name: str) -> TableFiles:
        if name not in self._files:
            self._files[name] = TableFiles(self._partial, TABLE_BY_NAME[name])
        return self._files[name]

    def _close_tables(self) -> None:
        for table in TABLES:
            if not table.optional or table.name in self._files:
                self._files_of(table.name).close()

    def _write_documents(self, origin: Origin, context: Context) -> Manifest:
        tables = [table for table in TABLES if table.name in self._files]
        entries = [entry for table in tables for entry in self._files[table.name].entries]
        rows = {table.name: sum(entry.rows or 0 for entry in self._files[table.name].entries) for table in tables}
        entries.append(self._write_text(SCENARIO_FILE, origin.scenario_text))
        entries.append(self._write_text(CONTEXT_FILE, context.to_json()))
        manifest = _describe_origin(origin, rows, tuple(entries))
        entries.append(self._write_text(CARD_FILE, render_card(manifest, context)))
        entries.append(self._write_text(CROISSANT_FILE, render_croissant(manifest)))
        return manifest.model_copy(update={"files": tuple(entries)})

    def _write_text(self, path: str, text: str) -> FileEntry:
        (self._partial / path).write_text(text, encoding="utf-8", newline="\n")
        return seal_file(self._partial, path)

    def _seal(self, manifest: Manifest) -> None:
        """Bring every folder to the disk, then the manifest, last of all."""
        for folder in sorted({(self._partial / entry.path).parent for entry in manifest.files}):
            sync_folder(folder)
        self._write_text(MANIFEST_FILE, manifest.to_json())
        sync_folder(self._partial)

    def _abandon(self) -> None:
        self._abandoned.set()
        _empty(self._queue)
        self._stopped.wait()
        for files in self._files.values():
            with suppress(Exception):
                files.abandon()
        self._folder.discard()


def _empty(waiting: "queue.Queue[tuple[str, pa.Table] | None]") -> None:
    """Drop all that waits and leave the sign to stop."""
    try:
        while True:
            waiting.get_nowait()
    except queue.Empty:
        waiting.put(None)


def _describe_origin(origin: Origin, rows: dict[str, int], files: tuple[FileEntry, ...]) -> Manifest:
    return Manifest(
        format=FORMAT,
        schema_version=SCHEMA_VERSION,
        synthetic=True,
        variant=origin.variant,
        twin=origin.variant != "world",
        seed=origin.seed,
        scenario=ScenarioEntry(id=origin.scenario_id, summary=origin.summary, digest=origin.scenario_digest),
        moments=Moments(
            start_ms=origin.start_ms,
            end_ms=origin.end_ms,
            launch_ms=origin.launch_ms,
            evaluate_until_ms=origin.evaluate_until_ms,
        ),
        software=find_software_versions(),
        rows=rows,
        files=files,
    )
