"""Lays out the folder that a detector works in: observations only, and nothing later than the present.

Files are copied, not linked: a detector that writes where it should read then spoils only its copy.
"""

import shutil
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from benchmarks.blind.streaming import TIME_COLUMN, hide_later_ends
from benchmarks.detector import OBSERVATIONS
from simulator.dataset import Dataset
from simulator.dataset.encodings import ROW_GROUP_ROWS, choose_parquet_options, settle
from simulator.dataset.manifest import CONTEXT_FILE
from simulator.schema import Table


def lay_out(dataset: Dataset, folder: Path, as_of_ms: int) -> None:
    """Fill a folder with what of a dataset's observations was visible before a moment.

    Later rows are left out, follows that end later are shown as lasting. Files without such rows are
    copied as they are.

    Parameters
    ----------
    dataset : Dataset
    folder : Path
        An existing empty folder; becomes an ``observations/``.
    as_of_ms : int
        The moment, ms since the epoch, UTC.
    """
    shutil.copyfile(dataset.path / CONTEXT_FILE, folder / Path(CONTEXT_FILE).name)
    for name, table in OBSERVATIONS.items():
        for place, source in enumerate(dataset.files(name)):
            target = folder / source.relative_to(dataset.observations)
            target.parent.mkdir(parents=True, exist_ok=True)
            if _is_whole(source, name, as_of_ms):
                shutil.copyfile(source, target)
            else:
                n_rows = _copy_visible(source, target, table, as_of_ms)
                if n_rows == 0 and place > 0:
                    target.unlink()


def _is_whole(source: Path, name: str, as_of_ms: int) -> bool:
    """Whether every row of a file is visible, by the statistics of its row groups."""
    if name == "follows":
        return False
    with pq.ParquetFile(source) as file:
        column = file.schema_arrow.get_field_index(TIME_COLUMN[name])
        for place in range(file.metadata.num_row_groups):
            group = file.metadata.row_group(place)
            statistics = group.column(column).statistics
            if group.num_rows and (statistics is None or not statistics.has_min_max):
                return False
            if group.num_rows and _to_ms(statistics.max) >= as_of_ms + (name == "metrics"):
                return False
    return True


def _to_ms(value: object) -> int:
    return int(pa.scalar(value).cast(pa.timestamp("ms", "UTC")).value)


def _copy_visible(source: Path, target: Path, table: Table, as_of_ms: int) -> int:
    """Copy the visible rows of a file, a row group at a time; return their number."""
    n_rows = 0
    with pq.ParquetFile(source) as file, pq.ParquetWriter(target, table.arrow, **choose_parquet_options(table)) as out:
        for place in range(file.metadata.num_row_groups):
            rows = _keep_visible(file.read_row_group(place).cast(table.arrow), table.name, as_of_ms)
            if rows.num_rows:
                out.write_table(settle(rows), row_group_size=ROW_GROUP_ROWS)
                n_rows += rows.num_rows
    return n_rows


def _keep_visible(rows: pa.Table, name: str, as_of_ms: int) -> pa.Table:
    now = pa.scalar(as_of_ms, pa.int64()).cast(pa.timestamp("ms", "UTC"))
    time = rows[TIME_COLUMN[name]]
    rows = rows.filter(pc.less_equal(time, now) if name == "metrics" else pc.less(time, now))
    return hide_later_ends(rows, as_of_ms) if name == "follows" else rows
