"""Fills the texts of a batch of posts, with their hashtags, links and mentions, into Arrow arrays."""

from collections.abc import Mapping

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from simulator.errors import SmearbenchError
from simulator.kernels import text_book as kernel
from simulator.kernels.addresses import record_of
from simulator.kernels.text import fill_rows
from simulator.language.idiolect import plain_idiolects
from simulator.language.news import plan_news
from simulator.language.phrasebook import Phrasebook

_LIST = pa.list_(pa.field("element", pa.string()))
_BYTES_PER_ROW = 224
_HEADROOM = 64
_MOST_BYTES = 2**31 - 2**20
_BYTES = ("text", "tags", "urls", "mentions")


def fill_texts(
    phrasebook: Phrasebook,
    seed: int,
    batch: Mapping[str, NDArray[np.generic]],
    idiolects: NDArray[np.void],
    handles: pa.Array,
    n_organic: int,
) -> tuple[pa.Array, pa.Array, pa.Array, pa.Array]:
    """Return the texts of posts and the hashtags, links and mentions in them.

    Parameters
    ----------
    phrasebook : Phrasebook
    seed : int
        Seed of the world.
    batch : mapping of str to array[n]
        content (-1: the row says nothing), lang, time (ms since the start), shared_key, own_key, mode, style_row,
        paste, forced_tag, forced_url, mention_row.
    idiolects : IDIOLECT[accounts]
    handles : string array[accounts]
    n_organic : int
        Organic accounts of the world, which say how much news there is.

    Returns
    -------
    text : string array[n]
        Null where a row says nothing.
    hashtags, urls, mentions : list of string array[n]
        In the order of the text, without # and @.
    """
    rows = np.empty(len(batch["content"]), kernel.ROW)
    for name in kernel.ROW.names or ():
        rows[name] = batch[name]
    desk = _make_batch(rows, idiolects, handles, n_organic)
    texts, done = _make_buffers(len(rows)), 0
    while True:
        done = fill_rows(phrasebook.book_record, np.uint64(seed), record_of(desk), record_of(texts), done)
        if done == len(rows):
            return _as_arrow(texts, rows["content"] == kernel.SILENT)
        texts = _grow(texts, done)


def _make_batch(rows: NDArray[np.void], idiolects: NDArray[np.void], handles: pa.Array, n_organic: int) -> kernel.Batch:
    handle_bytes, handle_ends = _handle_buffers(handles)
    return kernel.Batch(
        rows=rows,
        styles=np.ascontiguousarray(idiolects),
        plain=plain_idiolects(),
        handles=handle_bytes,
        handle_ends=np.ascontiguousarray(handle_ends),
        news=plan_news(n_organic),
        memo=np.zeros(kernel.MEMO_SIZE, np.int64),
        frames=np.zeros((kernel.MAX_DEPTH, 4), np.int64),
        paths=np.zeros(kernel.MAX_DEPTH, np.uint64),
        mood=np.zeros(1, np.int64),
    )


def _handle_buffers(handles: pa.Array) -> tuple[NDArray[np.uint8], NDArray[np.int32]]:
    """Return the bytes of all handles, padded, and their offsets."""
    handles = pa.concat_arrays([handles]) if handles.offset else handles
    _, ends, data = handles.buffers()
    offsets = np.frombuffer(ends, np.int32, len(handles) + 1) if len(handles) else np.zeros(1, np.int32)
    size = int(offsets[-1])
    padded = np.zeros(size + kernel.BLOCK, np.uint8)
    if size:
        padded[:size] = np.frombuffer(data, np.uint8, size)
    return padded, offsets


def _make_buffers(n: int) -> kernel.Texts:
    """Return empty buffers that most likely suffice for n rows."""

    def counts() -> NDArray[np.int32]:
        return np.zeros(n + 1, np.int32)

    def column(share: int, size: int) -> tuple[NDArray[np.uint8], NDArray[np.int32]]:
        values = n // share + 64
        return np.empty(values * size + 8_192, np.uint8), np.zeros(values + 1, np.int32)

    text = np.empty(n * _BYTES_PER_ROW + kernel.ROOM + _HEADROOM, np.uint8)
    tags, tag_ends = column(1, 14)
    urls, url_ends = column(3, 44)
    mentions, mention_ends = column(3, 16)
    return kernel.Texts(
        text, counts(), counts(), tags, tag_ends, counts(), urls, url_ends, counts(), mentions, mention_ends
    )


def _grow(texts: kernel.Texts, done: int) -> kernel.Texts:
    """Return the buffers twice as large, with the first `done` rows kept."""
    grown = {}
    for name in _BYTES:
        array = getattr(texts, name)
        if len(array) * 2 > _MOST_BYTES:
            raise SmearbenchError(f"texts of one batch must stay under 2 GiB, got {len(array)} bytes for {done} rows.")
        grown[name] = np.concatenate([array, np.empty(len(array) + 8_192, np.uint8)])
    for name in ("tag_ends", "url_ends", "mention_ends"):
        array = getattr(texts, name)
        grown[name] = np.concatenate([array, np.zeros(len(array) + 64, np.int32)])
    larger: kernel.Texts = texts._replace(**grown)
    return larger


def _strings(
    data: NDArray[np.uint8], ends: NDArray[np.int32], n: int, absent: NDArray[np.bool_] | None = None
) -> pa.Array:
    is_valid = None if absent is None else pa.py_buffer(np.packbits(~absent, bitorder="little"))
    return pa.StringArray.from_buffers(n, pa.py_buffer(ends[: n + 1]), pa.py_buffer(data[: int(ends[n])]), is_valid)


def _as_arrow(texts: kernel.Texts, silent: NDArray[np.bool_]) -> tuple[pa.Array, pa.Array, pa.Array, pa.Array]:
    """Return the filled buffers as Arrow arrays, without a copy."""
    lists, n = [], len(silent)
    for counts, data, ends in (
        (texts.tag_counts, texts.tags, texts.tag_ends),
        (texts.url_counts, texts.urls, texts.url_ends),
        (texts.mention_counts, texts.mentions, texts.mention_ends),
    ):
        values = _strings(data, ends, int(counts[n]))
        lists.append(pa.ListArray.from_arrays(pa.array(counts), values, type=_LIST))
    return (_strings(texts.text, texts.text_ends, n, silent if silent.any() else None), *lists)
