"""Lets the worlds of a process share phrasebooks: compiling one takes a third of a small world's time."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache, lru_cache
from importlib import import_module
from typing import Any

_KEPT = 4


@cache
def _keep(make: Callable[..., Any]) -> Callable[..., Any]:
    return lru_cache(maxsize=_KEPT)(make)


@contextmanager
def keep_phrasebooks() -> Iterator[None]:
    """Share phrasebooks among the worlds that are made inside, and those made inside later.

    A phrasebook follows from the brand's names and the split alone and is immutable, so worlds are the same with it
    and without (a test compares them); other sliders than the seed then need no new one.
    """
    model = import_module("simulator.model")
    made = model.load_phrasebook
    model.load_phrasebook = _keep(made)  # type: ignore[attr-defined]
    try:
        yield
    finally:
        model.load_phrasebook = made  # type: ignore[attr-defined]
