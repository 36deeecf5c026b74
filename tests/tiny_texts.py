"""Phrasebooks, habits and batches of rows for the tests of texts."""

import functools
from typing import Any

import numpy as np
import pyarrow as pa

from simulator.language import BrandNames, Phrasebook, draw_idiolects, fill_texts, load_phrasebook
from simulator.language.idiolect import IDIOLECT
from simulator.vocabulary import Language, Split

SEED = 11
N_WRITERS = 400
NAMES = BrandNames("Orla", "Vane", "Tamsin", "Rook", "orla.example", ("Orla", "OrlaVane", "Vane", "OrlaLaunch"))
COLUMNS = (
    "content", "lang", "time", "shared_key", "own_key", "mode", "style_row", "paste", "forced_tag", "forced_url",
    "mention_row",
)  # fmt: skip


@functools.cache
def phrasebook(split: Split = Split.train) -> Phrasebook:
    """Return the phrasebook of a brand called Orla."""
    return load_phrasebook(NAMES, split)


def handles(n: int = N_WRITERS) -> pa.Array:
    """Return the handles of n accounts."""
    return pa.array([f"writer_{number:x}" for number in range(n)])


def habits(n: int = N_WRITERS) -> np.ndarray:
    """Return drawn habits of people, half of whom write each language."""
    keys = np.arange(1, n + 1, dtype=np.uint64)
    return draw_idiolects(SEED, keys, np.full(n, 255, np.uint8), (np.arange(n) % 2).astype(np.uint8))


def wild_habits(n: int = N_WRITERS) -> np.ndarray:
    """Return habits that are all over the place, in every combination."""
    rng = np.random.default_rng(5)
    wild = np.zeros(n, IDIOLECT)
    for name in IDIOLECT.names or ():
        wild[name] = rng.integers(0, 256, n)
    wild["favourites"] = rng.integers(0, 2**63, n)
    for name, count in {"case": 3, "ending": 7, "join": 6, "forms": 4, "spaced": 2, "drops": 2, "repeat": 5}.items():
        wild[name] = rng.integers(0, count, n)
    wild["shout"] = rng.choice([0, 60], n)
    return wild


def batch_of(n: int, **columns: Any) -> dict[str, np.ndarray]:
    """Return n plain rows: paraphrases with keys of their own, nothing forced; columns replaced."""
    rows = {name: np.zeros(n, np.int64) for name in COLUMNS}
    rows["own_key"] = rows["shared_key"] = np.arange(1, n + 1)
    rows["mode"][:] = 3
    for name in ("forced_tag", "forced_url", "mention_row"):
        rows[name][:] = -1
    return rows | {name: np.broadcast_to(np.asarray(value), n) for name, value in columns.items()}


def varied_batch(n: int, seed: int = 3) -> dict[str, np.ndarray]:
    """Return rows of every content in both languages, in every mode, pasted or not, with much forced."""
    rng, book = np.random.default_rng(seed), phrasebook()
    return batch_of(
        n,
        content=np.arange(n) // len(Language) % len(book.contents),
        lang=np.arange(n) % len(Language),
        time=rng.integers(0, 90 * 86_400_000, n),
        shared_key=rng.integers(0, 2**63, n),
        own_key=rng.integers(0, 2**63, n),
        mode=rng.integers(0, 4, n),
        style_row=rng.integers(0, N_WRITERS, n),
        paste=rng.random(n) < 0.2,
        forced_tag=np.where(rng.random(n) < 0.3, rng.integers(0, len(book.tag_table), n), -1),
        forced_url=np.where(rng.random(n) < 0.3, rng.integers(0, len(book.url_table), n), -1),
        mention_row=np.where(rng.random(n) < 0.4, rng.integers(0, N_WRITERS, n), -1),
    )


def written(rows: dict[str, np.ndarray], styles: np.ndarray | None = None) -> list[list[Any]]:
    """Return texts, hashtags, links and mentions of rows."""
    columns = fill_texts(phrasebook(), SEED, rows, habits() if styles is None else styles, handles(), N_WRITERS)
    return [column.to_pylist() for column in columns]
