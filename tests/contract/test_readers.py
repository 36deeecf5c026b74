"""What every other program that reads Parquet must find in a dataset folder."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import polars as pl
import pyarrow.dataset as pads
import pytest

from simulator.dataset import tables as table_files
from simulator.schema import TABLES, Table
from tests.tiny_dataset import make_tables, write_tiny

Rows = list[dict[str, Any]]


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a tiny dataset whose larger tables are cut into several parts and row groups."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(table_files, "ROW_GROUP_ROWS", 2)
        patch.setattr(table_files, "ROW_GROUPS_PER_PART", 2)
        return write_tiny(tmp_path_factory.mktemp("readers") / "tiny")


def glob_of(dataset: Path, table: Table) -> str:
    return str(dataset / table.path) + ("/part-*.parquet" if table.parts else "")


def read_with_duckdb(dataset: Path, table: Table) -> Rows:
    with duckdb.connect() as connection:
        # Times as numbers: DuckDB hands zoned times to Python only with pytz.
        columns = ", ".join(
            f'epoch_ms("{c.name}") as "{c.name}"' if "timestamp" in str(c.type) else f'"{c.name}"'
            for c in table.columns
        )
        answer = connection.execute(f"select {columns} from '{glob_of(dataset, table)}'")
        names = [column[0] for column in answer.description]
        return [dict(zip(names, row, strict=True)) for row in answer.fetchall()]


def read_with_polars(dataset: Path, table: Table) -> Rows:
    return to_ms(pl.read_parquet(glob_of(dataset, table)).to_dicts())


def read_with_pandas(dataset: Path, table: Table) -> Rows:
    frame = pd.read_parquet(dataset / table.path, dtype_backend="pyarrow")
    rows = frame.astype(object).where(frame.notna(), None).to_dict("records")
    return to_ms([{name: list(v) if hasattr(v, "tolist") else v for name, v in row.items()} for row in rows])


def read_with_arrow(dataset: Path, table: Table) -> Rows:
    return to_ms(pads.dataset(dataset / table.path, format="parquet").to_table().to_pylist())


def to_ms(rows: Rows) -> Rows:
    """Replace times by ms since the epoch."""
    return [
        {name: round(v.timestamp() * 1000) if hasattr(v, "timestamp") else v for name, v in row.items()} for row in rows
    ]


@pytest.mark.parametrize("read", [read_with_duckdb, read_with_polars, read_with_pandas, read_with_arrow])
@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_a_program_reads_exactly_the_rows_written(table: Table, read: Callable[..., Rows], dataset: Path) -> None:
    assert read(dataset, table) == to_ms(make_tables()[table.name].to_pylist())


def test_the_larger_tables_were_cut_into_parts(dataset: Path) -> None:
    assert len(list((dataset / "observations/posts").iterdir())) == 2
    assert len(list((dataset / "truth/posts").iterdir())) == 2


def test_duckdb_joins_labels_to_posts(dataset: Path) -> None:
    with duckdb.connect() as connection:
        question = f"""select kind, count(*) from '{dataset}/observations/posts/part-*.parquet'
                       join '{dataset}/truth/posts/part-*.parquet' using (post_id)
                       where push_id is not null group by kind order by kind"""
        assert connection.execute(question).fetchall() == [("post", 1), ("repost", 1)]


def test_polars_scans_lazily_with_a_filter(dataset: Path) -> None:
    posts = pl.scan_parquet(f"{dataset}/observations/posts/*.parquet")
    assert posts.filter(pl.col("kind") == "repost").select(pl.len()).collect().item() == 2


def test_pandas_reads_words_as_categories(dataset: Path) -> None:
    posts = pd.read_parquet(dataset / "observations/posts", columns=["kind"])
    assert posts["kind"].tolist().count("post") == 4
