"""Marks of files: what Parquet metadata and column types say beside the rows, the same for every account of a world."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.detector import OBSERVATIONS
from simulator.dataset import Dataset
from simulator.dataset.encodings import ROW_GROUP_ROWS

_DOCUMENTED = (b"ARROW:schema", b"smearbench.synthetic", b"smearbench.schema_version")


def find_file_marks(dataset: Dataset) -> list[str]:
    """Return what the observation files of a dataset tell beyond their rows, a line each; empty is good.

    Looked for: undocumented metadata, names of operators, squads and of the scenario in it, columns of floats, whose
    precision could differ by author, and row groups whose borders do not follow from the number of rows.
    """
    names = _find_secret_names(dataset)
    return [
        f"{file.relative_to(dataset.path)}: {mark}"
        for table in OBSERVATIONS
        for file in dataset.files(table)
        for mark in _find_marks(file, names)
    ]


def _find_secret_names(dataset: Dataset) -> set[bytes]:
    truth = dataset.table("truth_accounts", ["operator_id", "squad_id"])
    names = {name for column in truth.columns for name in column.unique().to_pylist() if name}
    return {name.encode() for name in {*names, dataset.manifest.scenario.id, dataset.manifest.scenario.digest}}


def _find_marks(file: Path, secret_names: set[bytes]) -> list[str]:
    with pq.ParquetFile(file) as opened:
        metadata, schema = opened.metadata, opened.schema_arrow
    pairs = metadata.metadata or {}
    marks = [f"undocumented metadata {key!r}" for key in pairs if key not in _DOCUMENTED]
    marks += [
        f"metadata names {name!r}" for name in sorted(secret_names) if any(name in text for text in pairs.values())
    ]
    marks += [f"float column {field.name}" for field in schema if pa.types.is_floating(field.type)]
    sizes = [metadata.row_group(place).num_rows for place in range(metadata.num_row_groups)]
    if any(size != ROW_GROUP_ROWS for size in sizes[:-1]):
        marks.append(f"row groups of {sizes} rows")
    return marks
