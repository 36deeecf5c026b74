"""Mentions of the brand, marked with polarity and with whether another account has just said nearly the same."""

from dataclasses import dataclass

import duckdb
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from benchmarks.alerting.series_list import COPY_HOURS
from benchmarks.detectors.near_duplicate import LEAST_SHINGLES, N_BANDS, hash_bands
from benchmarks.signals.lexicon import judge
from benchmarks.signals.series import BrandNames
from benchmarks.signals.text_shingles import U64, shingle

# So few that what is reckoned of them stays in the processor's cache.
_BATCH_ROWS = 1 << 11
_Ints = NDArray[np.int64]

_NAMED = """
create temp table named as select post_id, account_id, created_at, lang, hashtags, urls, text from posts
where kind <> 'repost' and $pattern <> '' and regexp_matches(text, $pattern)
"""
_TEXTS = "select post_id, account_id, epoch_ms(created_at) as at_ms, text from named order by created_at, post_id"
# Rows of one moment are no future to each other.
_COPIES = f"""
with seen as (
    select post_id, account_id,
        min(account_id) over recent as least, max(account_id) over recent as most
    from buckets
    window recent as (partition by band, bucket order by at_ms
        range between {COPY_HOURS * 3_600_000} preceding and current row))
select distinct post_id from seen where least <> account_id or most <> account_id
"""


@dataclass(frozen=True, slots=True)
class _Buckets:
    """Rows of the texts long enough to compare, and their bands, uint64[row, band]."""

    rows: _Ints
    bands: U64


def mark_mentions(database: duckdb.DuckDBPyConnection, context: dict[str, object]) -> None:
    """Make the tables of all mentions: `named`, as posts, and `marks`: post_id, polarity (-1, 0, 1), is_copy.

    Parameters
    ----------
    database : duckdb connection
        With a view `posts`; gets the tables `named`, `marks` and, for a while, `buckets`.
    context : dict
        Content of a ``context.json``.
    """
    database.execute(_NAMED, {"pattern": BrandNames(context).pattern})
    named = database.sql(_TEXTS).to_arrow_table()
    _keep_buckets(database, named)
    polarity = pa.array(judge(named["text"]), pa.int8())
    database.register("judged", pa.table({"post_id": named["post_id"], "polarity": polarity}))
    database.execute(
        f"""create temp table marks as select post_id, polarity, copies.post_id is not null as is_copy
        from judged left join ({_COPIES}) as copies using (post_id)"""
    )
    database.unregister("judged")
    database.execute("drop table buckets")


def _keep_buckets(database: duckdb.DuckDBPyConnection, named: pa.Table) -> None:
    """Make the table `buckets`: a row for every band of every text that is long enough."""
    found = _find_buckets(named["text"])
    rows = pa.array(np.tile(found.rows, N_BANDS))
    columns = {name: named[name].take(rows) for name in ("post_id", "account_id", "at_ms")}
    band = np.repeat(np.arange(N_BANDS, dtype=np.int8), len(found.rows))
    table = pa.table(columns | {"band": pa.array(band), "bucket": pa.array(found.bands.T.reshape(-1))})
    database.register("found", table)
    database.execute("create temp table buckets as select * from found")
    database.unregister("found")


def _find_buckets(texts: pa.ChunkedArray) -> _Buckets:
    rows, bands = [np.zeros(0, np.int64)], [np.zeros((0, N_BANDS), np.uint64)]
    for first in range(0, len(texts), _BATCH_ROWS):
        found = shingle(pa.concat_arrays(texts.slice(first, _BATCH_ROWS).cast(pa.string()).chunks))
        long = np.flatnonzero(found.counts >= LEAST_SHINGLES)
        rows.append(long + first)
        bands.append(hash_bands(found, long))
    return _Buckets(np.concatenate(rows), np.concatenate(bands))
