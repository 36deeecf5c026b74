"""Simulates a small world again and again, one at a time: a wish that a newer one follows is given up."""

import tempfile
import threading
import time
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from benchmarks.live.sliders import Changes, Slider, list_sliders, make_overrides, read_changes
from simulator.errors import InputError
from simulator.scenario import Scenario, load_scenario

# What stays playable, assumed: a world of the largest size takes tens of seconds.
MOST_ACCOUNTS = 3_000
MOST_DAYS = 90
USUAL_ACCOUNTS = 600
USUAL_DAYS = 42
# Assumed: as many worlds as the desk lists tries.
_KEPT_WORLDS = 6
_MOST_WINDOWS = 64


class Superseded(Exception):
    """A newer wish came: this one is not worth its time any more."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A world that was made: its page, what to say about it, and how long it took."""

    page: str
    figures: dict[str, Any]
    changes: Changes
    seconds: float


@dataclass(frozen=True, slots=True)
class Cast:
    """The scenario that a stage plays.

    Attributes
    ----------
    name : str
        A YAML file, or the name of a shipped scenario.
    seed : int
    overrides : tuple of str
        Settings, as of ``--set``.
    accounts, days : int or None
        Size that it is cut to; left out, a playable one.
    """

    name: str
    seed: int = 1
    overrides: tuple[str, ...] = ()
    accounts: int | None = None
    days: int | None = None


class Stage:
    """One scenario, ready to be lived with other settings.

    Parameters
    ----------
    cast : Cast

    Raises
    ------
    InputError
        When the scenario is wrong (ScenarioError), or larger than what is playable.
    """

    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        self.whole = load_scenario(cast.name, overrides=cast.overrides)
        self._accounts = self._choose("--accounts", cast.accounts, self.whole.n_accounts, USUAL_ACCOUNTS, MOST_ACCOUNTS)
        self._days = self._choose("--days", cast.days, self.whole.n_days, USUAL_DAYS, MOST_DAYS)
        self._never = 0
        self.scenario = self._load({})
        self.sliders: list[Slider] = list_sliders(self.scenario, cast.seed)
        self._never = next((slider.high for slider in self.sliders if slider.name == "stop"), 0)
        self._counting, self._playing = threading.Lock(), threading.Lock()
        self._newest: dict[str, int] = {}
        self._n_wishes, self._closed = 0, threading.Event()
        self._kept: OrderedDict[frozenset[tuple[str, int]], Shown] = OrderedDict()

    @staticmethod
    def _choose(option: str, asked: int | None, given: int, usual: int, most: int) -> int | None:
        """Return the size to cut to; None to leave it."""
        if asked is not None and asked > most:
            raise InputError(f"{option}: must be at most {most:,} to be played with, got {asked:,}.")
        return asked if asked is not None else usual if given > usual * 3 // 2 else None

    def _load(self, changes: Changes) -> Scenario:
        overrides: Sequence[str] = (*self.cast.overrides, *make_overrides(self.whole, changes, self._never))
        prevalence = changes["share"] / 100 if "share" in changes else None
        return load_scenario(
            self.cast.name, overrides=overrides, accounts=self._accounts, days=self._days, prevalence=prevalence
        )

    def perform(self, wish: Any, window: str = "") -> Shown:
        """Make the world of a wish, and its page; a world that was made lately is not made again.

        Parameters
        ----------
        wish : dict of str to int
            Values of sliders; those that are left out stay as the scenario says.
        window : str
            Who wishes: only newer wishes of the same window supersede this one, others wait for it.

        Raises
        ------
        InputError
            When the wish is none, or the scenario that follows from it is wrong.
        Superseded
            When a newer wish came while this one waited or was being fulfilled.
        """
        begun = time.perf_counter()
        changes = read_changes(wish, self.sliders)
        scenario = self._load(changes)
        number = self._count(window)
        shown = self._recall(changes)
        if shown is None:
            with self._playing:
                shown = self._recall(changes) or self._keep(self._play(scenario, changes, window, number))
        return replace(shown, seconds=time.perf_counter() - begun)

    def close(self) -> None:
        """Give up what is being made, and wait until it is gone; later wishes are given up too."""
        self._closed.set()
        with self._playing:
            pass

    def _count(self, window: str) -> int:
        """Return the number of a new wish."""
        with self._counting:
            self._n_wishes += 1
            self._newest.pop(window, None)
            self._newest[window] = self._n_wishes
            if len(self._newest) > _MOST_WINDOWS:
                del self._newest[next(iter(self._newest))]
            return self._n_wishes

    def _check(self, window: str, number: int) -> None:
        if self._closed.is_set() or number != self._newest.get(window):
            raise Superseded

    def _recall(self, changes: Changes) -> Shown | None:
        key = frozenset(changes.items())
        with self._counting:
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)

    def _keep(self, shown: Shown) -> Shown:
        """Keep a world for the next who wishes it, and forget the oldest."""
        with self._counting:
            self._kept[frozenset(shown.changes.items())] = shown
            while len(self._kept) > _KEPT_WORLDS:
                self._kept.popitem(last=False)
        return shown

    def _play(self, scenario: Scenario, changes: Changes, window: str, number: int) -> Shown:
        from simulator.dataset import open_dataset
        from simulator.simulation import simulate

        self._check(window, number)
        begun = time.perf_counter()
        with tempfile.TemporaryDirectory(prefix="smearbench-play-") as folder:
            world = Path(folder) / "world"
            quick = scenario.model_copy(update={"exposure_log": False})
            seed = changes.get("seed", self.cast.seed)
            simulate(quick, seed, world, progress=lambda _: self._check(window, number))
            page, figures = _describe(open_dataset(world))
        self._check(window, number)
        return Shown(page, figures, changes, time.perf_counter() - begun)


def _describe(dataset: Any) -> tuple[str, dict[str, Any]]:
    """Return the page of a world, and its figures in one line."""
    from benchmarks.report.page_file import write_page
    from benchmarks.report.payload import describe_run

    run = describe_run(dataset)
    shown = run.truth["exposures"].values()
    organic = run.truth["accounts"]["n_accounts"] - run.truth["accounts"]["n_operated"]
    figures = {
        "posts": dataset.counts["posts"],
        "operated": run.truth["accounts"]["n_operated"],
        "pushed": sum(push["posts"] for push in run.truth["pushes"]),
        "exposures": sum(sum(segment["exposures"]) for segment in shown),
        "reached": sum(sum(segment["first_exposures"]) for segment in shown),
        "organic": organic,
    }
    return write_page([run.visible], [run.truth], {}), figures
