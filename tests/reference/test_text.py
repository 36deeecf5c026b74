"""The texts of the kernel equal those of the slow twin, byte for byte."""

import numpy as np
import pytest

from simulator.language import fill
from simulator.language.idiolect import plain_idiolects
from simulator.language.news import plan_news
from tests import tiny_texts
from tests.reference.naive_text import fill_texts_slowly

N_ROWS = 2_000


def as_dicts(table):
    """Return the rows of a record array as dicts of plain integers."""
    return [dict(zip(table.dtype.names, row, strict=True)) for row in table.tolist()]


def twin_of(rows, styles):
    """Return what the slow twin writes, as columns."""
    plain_rows = [{name: int(column[place]) for name, column in rows.items()} for place in range(len(rows["content"]))]
    told = fill_texts_slowly(
        tiny_texts.phrasebook().book, tiny_texts.SEED, plain_rows, as_dicts(styles), as_dicts(plain_idiolects()),
        tiny_texts.handles().to_pylist(), plan_news(tiny_texts.N_WRITERS).tolist(),
    )  # fmt: skip
    return [list(column) for column in zip(*told, strict=True)]


@pytest.mark.parametrize("styles", [tiny_texts.habits(), tiny_texts.wild_habits()], ids=["people", "wild"])
def test_texts_equal_naive(styles):
    rows = tiny_texts.varied_batch(N_ROWS)
    assert tiny_texts.written(rows, styles) == twin_of(rows, styles)


def test_texts_equal_naive_when_one_content_is_written_in_every_mode():
    styles = tiny_texts.wild_habits()
    content = tiny_texts.phrasebook().content_code("claim.battery_fire.manuscript.0")
    rows = tiny_texts.varied_batch(400, seed=4) | {"content": np.full(400, content), "shared_key": np.full(400, 8)}
    assert tiny_texts.written(rows, styles) == twin_of(rows, styles)


@pytest.mark.parametrize("buffer", ["text", "tags", "urls", "mentions", "tag_ends", "url_ends", "mention_ends"])
def test_texts_do_not_depend_on_how_often_a_buffer_grows(monkeypatch, buffer):
    rows, styles = tiny_texts.varied_batch(N_ROWS) | {"mention_row": np.arange(N_ROWS) % 400}, tiny_texts.wild_habits()
    roomy, grown = tiny_texts.written(rows, styles), []
    make, grow = fill._make_buffers, fill._grow
    small = 16 if buffer.endswith("_ends") else 6_400 if buffer == "text" else 1_100

    def make_small(n):
        texts = make(n)
        return texts._replace(**{buffer: getattr(texts, buffer)[:small].copy()})

    def count_growth(texts, done):
        grown.append(done)
        return grow(texts, done)

    monkeypatch.setattr(fill, "_make_buffers", make_small)
    monkeypatch.setattr(fill, "_grow", count_growth)
    assert tiny_texts.written(rows, styles) == roomy
    assert grown == sorted(grown)
    assert grown


def test_padding_and_neighbouring_rows_change_no_text():
    rows, styles = tiny_texts.varied_batch(300), tiny_texts.wild_habits()
    alone = {name: column[137:138] for name, column in rows.items()}
    together = tiny_texts.written(rows, styles)
    assert [column[0] for column in tiny_texts.written(alone, styles)] == [column[137] for column in together]
