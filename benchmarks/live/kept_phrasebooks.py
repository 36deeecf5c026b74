"""Lets the worlds of a process share phrasebooks: compiling one takes a third of a small world's time."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache, lru_cache
from importlib import import_module
from typing import Any

from simulator.scenario import Scenario

# Those of the seeds that a class goes to and fro between, and of the next; assumed.
_KEPT = 8


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


def prepare_phrasebook(scenario: Scenario, seed: int) -> None:
    """Keep the phrasebook of a seed that may be asked for next.

    Parameters
    ----------
    scenario : Scenario
    seed : int
    """
    model = import_module("simulator.model")
    with keep_phrasebooks():
        model.load_phrasebook(model.choose_brand_names(seed, scenario), scenario.split)
