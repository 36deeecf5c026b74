"""Every check that a folder must pass to be read as a dataset."""

import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path
from shlex import quote
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import ValidationError

from simulator.dataset.folder import find_restorable
from simulator.dataset.manifest import (
    CARD_FILE,
    CONTEXT_FILE,
    CROISSANT_FILE,
    FORMAT,
    MANIFEST_FILE,
    SCENARIO_FILE,
    FileEntry,
    Manifest,
)
from simulator.errors import DatasetError, Problem
from simulator.schema import SCHEMA_VERSION, TABLE_BY_NAME, TABLES, Table

_MAX_MANIFEST_BYTES = 16 << 20
_DOCUMENTS = (SCENARIO_FILE, CONTEXT_FILE, CARD_FILE, CROISSANT_FILE)
_AGAIN = "It was cut, changed or never finished; simulate it again."


def refuse(file: Path | str, rule: str, value: object, advice: str = _AGAIN, column: str = "") -> DatasetError:
    """Return the error for one problem of a dataset."""
    return DatasetError(Problem(str(file), 0, 0, column, rule, str(value), advice))


def is_file_of(table: Table, path: str) -> bool:
    """Whether a path inside a dataset folder is a file of the table."""
    if not table.parts:
        return path == table.path
    return re.fullmatch(rf"{re.escape(table.path)}/part-\d{{5}}\.parquet", path) is not None


def check_dataset(folder: Path, *, verify: bool) -> Manifest:
    """Check a dataset folder and return its manifest.

    Raises
    ------
    DatasetError
        All problems of the first kind found: no folder, no or another manifest, names, files, columns.
    """
    _check_folder(folder)
    manifest = read_manifest(folder)
    for problems in (
        _check_names(folder, manifest),
        _check_files(folder, manifest, verify),
        _check_columns(folder, manifest),
    ):
        found = tuple(problems)
        if found:
            raise DatasetError(*found)
    return manifest


def _check_folder(folder: Path) -> None:
    if folder.is_dir():
        return
    old = find_restorable(folder.resolve())
    if old is not None:
        command = f"mv {quote(str(old))} {quote(str(folder))}"
        advice = f"An interrupted run with --force had set it aside; restore it with: {command}"
        raise refuse(folder, "be a dataset folder", "no such folder", advice)
    got = "a file" if folder.exists() else "no such folder"
    raise refuse(folder, "be a dataset folder", got, "Give the folder that `smearbench simulate` wrote.")


def read_manifest(folder: Path) -> Manifest:
    """Read and check ``manifest.json`` alone.

    Raises
    ------
    DatasetError
        When it is missing, foreign, newer or malformed.
    """
    path = folder / MANIFEST_FILE
    content = _read_json(path)
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise refuse(path, f"say format {FORMAT!r}", "something else", "This is not a smearbench dataset.")
    version = content.get("schema_version")
    if version != SCHEMA_VERSION:
        is_newer = isinstance(version, int) and version > SCHEMA_VERSION
        advice = "Install a newer smearbench to read it." if is_newer else "Simulate it again with this smearbench."
        raise refuse(path, f"be {SCHEMA_VERSION}", repr(version)[:40], advice, "schema_version")
    try:
        return Manifest.model_validate_json(path.read_bytes())
    except ValidationError as error:
        raise DatasetError(*(_explain_manifest(path, problem) for problem in error.errors())) from error


def _read_json(path: Path) -> Any:
    try:
        if path.stat().st_size > _MAX_MANIFEST_BYTES:
            raise refuse(path, f"be at most {_MAX_MANIFEST_BYTES} bytes", path.stat().st_size)
        return json.loads(path.read_bytes())
    except FileNotFoundError:
        raise refuse(path, "be there", "no such file", "The dataset was never finished, or this is none.") from None
    except (ValueError, RecursionError) as error:
        raise refuse(path, "be JSON", str(error)[:80]) from error
    except OSError as error:
        raise refuse(path, "be readable", error, "Check the folder and its permissions.") from error


def _explain_manifest(path: Path, problem: Any) -> Problem:
    where = ".".join(str(part) for part in problem["loc"])
    return Problem(str(path), 0, 0, where, f"be valid ({problem['msg']})", repr(problem["input"])[:60], _AGAIN)


def _check_names(folder: Path, manifest: Manifest) -> Iterator[Problem]:
    """Every listed file is one that a dataset has, once; every table that must be there is listed."""
    path = str(folder / MANIFEST_FILE)
    listed = [entry.path for entry in manifest.files]
    for name in sorted(set(listed)):
        if name not in _DOCUMENTS and not any(is_file_of(table, name) for table in TABLES):
            yield Problem(path, 0, 0, "files", "name files of a dataset only", repr(name), _AGAIN)
        if listed.count(name) > 1:
            yield Problem(path, 0, 0, "files", "name every file once", repr(name), _AGAIN)
    for name in _DOCUMENTS:
        if name not in listed:
            yield Problem(path, 0, 0, "files", f"name {name}", "no such entry", _AGAIN)
    for table in TABLES:
        yield from _check_table_names(path, table, manifest)
    for name in sorted(set(manifest.rows) - set(TABLE_BY_NAME)):
        yield Problem(path, 0, 0, "rows", f"name tables ({', '.join(TABLE_BY_NAME)})", repr(name), _AGAIN)


def _check_table_names(path: str, table: Table, manifest: Manifest) -> Iterator[Problem]:
    entries = [entry for entry in manifest.files if is_file_of(table, entry.path)]
    expected = [f"{table.path}/part-{n:05d}.parquet" for n in range(len(entries))] if table.parts else [table.path]
    if table.optional and not entries and table.name not in manifest.rows:
        return
    if [entry.path for entry in entries] != expected or not entries:
        yield Problem(
            path,
            0,
            0,
            "files",
            f"name every file of {table.name} in order",
            str([entry.path for entry in entries])[:120],
            _AGAIN,
        )
    n_rows = sum(entry.rows or 0 for entry in entries)
    if manifest.rows.get(table.name) != n_rows:
        yield Problem(
            path,
            0,
            0,
            f"rows.{table.name}",
            f"be the sum of its files, {n_rows}",
            str(manifest.rows.get(table.name)),
            _AGAIN,
        )


def _check_files(folder: Path, manifest: Manifest, verify: bool) -> Iterator[Problem]:
    """Every listed file is there and has its size (and content); no other file stands between the parts."""
    for entry in manifest.files:
        yield from _check_file(folder / entry.path, entry, verify)
    listed = {entry.path for entry in manifest.files}
    for table in TABLES:
        for path in sorted((folder / table.path).glob("*")) if table.parts else ():
            if f"{table.path}/{path.name}" not in listed:
                yield Problem(
                    str(path),
                    0,
                    0,
                    "",
                    "be listed in the manifest",
                    "a file that is not",
                    "Remove it, or simulate the dataset again.",
                )


def _check_file(path: Path, entry: FileEntry, verify: bool) -> Iterator[Problem]:
    try:
        size = path.stat().st_size if path.is_file() else -1
        if size < 0:
            yield Problem(str(path), 0, 0, "", f"be a file of {entry.bytes} bytes", "no such file", _AGAIN)
        elif size != entry.bytes:
            yield Problem(str(path), 0, 0, "", f"be {entry.bytes} bytes long", f"{size} bytes", _AGAIN)
        elif verify and (digest := _digest_file(path)) != entry.sha256:
            yield Problem(str(path), 0, 0, "", f"have SHA-256 {entry.sha256}", digest, _AGAIN)
    except OSError as error:
        yield Problem(str(path), 0, 0, "", "be readable", str(error), "Check the folder and its permissions.")


def _digest_file(path: Path) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _check_columns(folder: Path, manifest: Manifest) -> Iterator[Problem]:
    for table in TABLES:
        for entry in manifest.files:
            if is_file_of(table, entry.path):
                yield from _check_parquet(folder / entry.path, table, entry)


def _check_parquet(path: Path, table: Table, entry: FileEntry) -> Iterator[Problem]:
    try:
        with pq.ParquetFile(path) as file:
            schema, n_rows = file.schema_arrow, file.metadata.num_rows
    except (OSError, pa.ArrowException) as error:
        yield Problem(str(path), 0, 0, "", "be Parquet", str(error).splitlines()[0][:120], _AGAIN)
        return
    yield from _compare_schemas(str(path), table, schema)
    if n_rows != entry.rows:
        yield Problem(str(path), 0, 0, "", f"have {entry.rows} rows", f"{n_rows} rows", _AGAIN)


def _compare_schemas(path: str, table: Table, found: pa.Schema) -> Iterator[Problem]:
    expected = [column.name for column in table.columns]
    for column in table.columns:
        places = found.get_all_field_indices(column.name)
        if len(places) != 1:
            got = "no such column" if not places else f"{len(places)} of them"
            yield Problem(path, 0, 0, column.name, f"be one column of type {_plain(column.type)}", got, _AGAIN)
        elif _plain(found.field(places[0]).type) != _plain(column.type):
            got = str(_plain(found.field(places[0]).type))
            yield Problem(path, 0, 0, column.name, f"be of type {_plain(column.type)}", got, _AGAIN)
    for name in found.names:
        if name not in expected:
            yield Problem(
                path,
                0,
                0,
                name,
                f"be a column of {table.name} ({', '.join(expected)})",
                str(found.field(name).type) if found.names.count(name) == 1 else "",
                _AGAIN,
            )
    if not set(found.names) ^ set(expected) and found.names != expected and len(found.names) == len(expected):
        yield Problem(path, 0, 0, "", f"have its columns in the order {expected}", str(found.names), _AGAIN)


def _plain(kind: pa.DataType) -> pa.DataType:
    """A type without what Parquet does not keep: the width of dictionary codes, the names of list elements."""
    if pa.types.is_dictionary(kind):
        return kind.value_type
    if pa.types.is_list(kind):
        return pa.list_(_plain(kind.value_type))
    return kind
