"""Opens a dataset folder: all of it is checked, or it is refused."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from simulator.dataset.checks import check_dataset, is_file_of, refuse
from simulator.dataset.manifest import CONTEXT_FILE, SCENARIO_FILE, Manifest
from simulator.schema import TABLE_BY_NAME, Table

BATCH_ROWS = 1 << 17


@dataclass(frozen=True, slots=True)
class Dataset:
    """A complete dataset that was checked when it was opened.

    Attributes
    ----------
    path : Path
        The dataset folder.
    manifest : Manifest
        What it was made from and the files that belong to it.
    """

    path: Path
    manifest: Manifest

    @property
    def observations(self) -> Path:
        """The folder that a detector may see."""
        return self.path / "observations"

    @property
    def scenario_text(self) -> str:
        """The resolved scenario as YAML."""
        return (self.path / SCENARIO_FILE).read_text(encoding="utf-8")

    @property
    def context(self) -> dict[str, Any]:
        """What the brand's analyst knows, as written in ``context.json``."""
        content: dict[str, Any] = json.loads((self.path / CONTEXT_FILE).read_bytes())
        return content

    @property
    def seed(self) -> int:
        """The seed of the world."""
        return self.manifest.seed

    @property
    def is_twin(self) -> bool:
        """Whether its operators issued no command."""
        return self.manifest.twin

    @property
    def counts(self) -> dict[str, int]:
        """Rows by table."""
        return dict(self.manifest.rows)

    def has(self, name: str) -> bool:
        """Whether an optional table was written."""
        return name in self.manifest.rows

    def files(self, name: str) -> tuple[Path, ...]:
        """Return the files of a table in the order of their rows."""
        table = _find_table(self, name)
        return tuple(self.path / e.path for e in self.manifest.files if is_file_of(table, e.path))

    def batches(
        self, name: str, columns: Sequence[str] | None = None, rows: int = BATCH_ROWS
    ) -> Iterator[pa.RecordBatch]:
        """Yield a table in portions, in the order of its rows; memory does not grow with the table.

        Parameters
        ----------
        name : str
            Name of a table of ``simulator.schema``.
        columns : sequence of str, optional
            Columns to read, in this order; left out, all.
        rows : int
            Most rows of a portion.

        Raises
        ------
        DatasetError
            When a file cannot be read after all.
        """
        schema = _select(self, name, columns)
        for path in self.files(name):
            try:
                with pq.ParquetFile(path) as file:
                    for batch in file.iter_batches(rows, columns=schema.names):
                        yield batch.select(schema.names).cast(schema)
            except (OSError, pa.ArrowException) as error:
                raise refuse(path, "be readable Parquet", str(error).splitlines()[0]) from error

    def table(self, name: str, columns: Sequence[str] | None = None) -> pa.Table:
        """Return a table, whole or some columns of it, with exactly the types of ``simulator.schema``."""
        batches = list(self.batches(name, columns))
        return pa.Table.from_batches(batches, _select(self, name, columns)).unify_dictionaries()


def open_dataset(path: str | Path, *, verify: bool = False) -> Dataset:
    """Open a dataset folder.

    Parameters
    ----------
    path : str or Path
        The dataset folder.
    verify : bool
        Whether the content of every file is compared with its digest too; reads all of them.

    Returns
    -------
    Dataset
        With the manifest, every file's presence and size, and every column and type checked.

    Raises
    ------
    DatasetError
        Names every file and column that is wrong, what was expected and what was found.

    Examples
    --------
    >>> dataset = open_dataset(world)
    >>> dataset.counts["posts"] == dataset.table("posts", ["post_id"]).num_rows
    True
    """
    folder = Path(path)
    return Dataset(folder, check_dataset(folder, verify=verify))


def _find_table(dataset: Dataset, name: str) -> Table:
    if name not in TABLE_BY_NAME:
        raise ValueError(f"table must be one of {', '.join(TABLE_BY_NAME)}, got {name!r}")
    if not dataset.has(name):
        raise refuse(dataset.path, f"hold the table {name}", "a dataset without it")
    return TABLE_BY_NAME[name]


def _select(dataset: Dataset, name: str, columns: Sequence[str] | None) -> pa.Schema:
    schema = _find_table(dataset, name).arrow
    if columns is None:
        return schema
    unknown = [column for column in columns if column not in schema.names]
    if unknown:
        raise ValueError(f"column of {name} must be one of {', '.join(schema.names)}, got {unknown[0]!r}")
    return pa.schema([schema.field(column) for column in columns], schema.metadata)
