"""The fixed Parquet options of every table, and the one form that rows take before they are written."""

from typing import Any

import numpy as np
import pyarrow as pa

from simulator.schema import Column, Table

ROW_GROUP_ROWS = 1 << 18
ROW_GROUPS_PER_PART = 16
COMPRESSION_LEVEL = 1

# A row group has at most 2^18 different values of 8 bytes: a dictionary of ids never falls back to plain values.
_DICTIONARY_BYTES = 4 << 20

# Texts and numbers that repeat often enough for a dictionary, beside the columns typed as one.
_REPEATING = frozenset(
    {"hashtags", "urls", "squads", "push_id", "root_push_id", "manuscript_id", "group_id", "wave_id", "stance"}
    | {"likes", "reposts", "replies", "quotes"}
)

# Random 53-bit ids of accounts have no small differences, but they repeat: 2.2 to 5.3 bytes a row as a
# dictionary (20,000 to 1,000,000 accounts) against 6.8 as deltas.
_ACCOUNT_REFERENCES = frozenset({"account_id", "follower_id", "followee_id"})

# Posts are reacted to again and again within minutes: zstd finds the equal bytes of plain values
# (parents 1.6, roots 4.3, liked 1.8 bytes a row), which deltas hide (3.1, 6.1 and 6.1).
_POST_REFERENCES = frozenset(
    {("posts", "parent_id"), ("posts", "root_id"), ("likes", "post_id"), ("removals", "post_id")}
    | {("truth_likes", "post_id"), ("truth_exposure_log", "post_id")}
)


def choose_parquet_options(table: Table) -> dict[str, Any]:
    """Return the keyword arguments of ``pyarrow.parquet.ParquetWriter`` for a table.

    Dictionary pages only where values repeat, deltas for own ids, times and counters, delta lengths for
    text, plain values for references to posts; zstd level 1 over all of them. The speed benchmark writes
    with the same options.

    Parameters
    ----------
    table : Table
        A table of ``simulator.schema``.
    """
    dictionary: list[str] = []
    encodings: dict[str, str] = {}
    for column in table.columns:
        encoding = _choose_encoding(table, column)
        if encoding == "dictionary":
            dictionary.append(_leaf(column))
        elif encoding:
            encodings[_leaf(column)] = encoding
    return {
        "version": "2.6",
        "data_page_version": "1.0",
        "compression": "zstd",
        "compression_level": COMPRESSION_LEVEL,
        "use_dictionary": dictionary,
        "dictionary_pagesize_limit": _DICTIONARY_BYTES,
        "column_encoding": encodings or None,
    }


def _leaf(column: Column) -> str:
    # pyarrow silently ignores options given for a list itself: they belong to its elements.
    return f"{column.name}.list.element" if pa.types.is_list(column.type) else column.name


def _choose_encoding(table: Table, column: Column) -> str:
    leaf = column.type.value_type if pa.types.is_list(column.type) else column.type
    refers_to_account = column.name in _ACCOUNT_REFERENCES and table.name not in ("accounts", "truth_accounts")
    if column.name in _REPEATING or refers_to_account or pa.types.is_dictionary(leaf):
        return "dictionary"
    if (table.name, column.name) in _POST_REFERENCES:
        return "PLAIN"
    if pa.types.is_string(leaf):
        return "DELTA_LENGTH_BYTE_ARRAY"
    if pa.types.is_timestamp(leaf) or pa.types.is_integer(leaf):
        return "DELTA_BINARY_PACKED"
    return ""


def settle(rows: pa.Table) -> pa.Table:
    """Return the rows in their one form: one chunk a column, dictionaries sorted and without unused values.

    The bytes of a file then depend on its rows only, not on how they were cut or on the order in which
    words came up; and a dictionary of the observations cannot tell of words that occur elsewhere.
    """
    rows = rows.unify_dictionaries().combine_chunks()
    for place, column in enumerate(rows.columns):
        if pa.types.is_dictionary(column.type) and len(column):
            rows = rows.set_column(place, rows.schema.field(place), _sort_dictionary(column.chunk(0)))
    return rows


def _sort_dictionary(column: pa.DictionaryArray) -> pa.DictionaryArray:
    is_null = column.is_null().to_numpy(zero_copy_only=False) if column.null_count else None
    codes = column.indices.fill_null(0).to_numpy()
    used = np.flatnonzero(np.bincount(codes if is_null is None else codes[~is_null], minlength=1))
    words = column.dictionary.take(pa.array(used)).to_pylist()
    sorted_words = sorted(set(words))
    new_code_by_word = {word: code for code, word in enumerate(sorted_words)}
    new_codes = np.zeros(max(len(column.dictionary), 1), np.int16)
    new_codes[used] = [new_code_by_word[word] for word in words]
    settled = pa.array(new_codes[codes], column.type.index_type, mask=is_null)
    return pa.DictionaryArray.from_arrays(settled, pa.array(sorted_words, column.type.value_type))
