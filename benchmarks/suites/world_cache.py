"""Worlds on disk, simulated once: the dataset, what detectors are shown of it, and labels to learn from."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from benchmarks.blind.blind_folder import lay_out
from benchmarks.blind.protocol import View
from benchmarks.scoring.labels import write_training_labels
from benchmarks.suites.digests import digest_labels, digest_view, digest_world
from benchmarks.suites.suite import WorldOrder
from simulator.dataset import Dataset, open_dataset
from simulator.errors import OutputError


@dataclass(frozen=True)
class CachedWorld:
    """A world of a suite that lies in a cache.

    Attributes
    ----------
    order : WorldOrder
    digest : str
    home : Path
        Folder of this world in the cache.
    """

    order: WorldOrder
    digest: str
    home: Path

    @cached_property
    def dataset(self) -> Dataset:
        """The labelled dataset."""
        return open_dataset(self.home / "dataset")

    @property
    def until_ms(self) -> int:
        """As of when detectors score it."""
        return self.dataset.manifest.moments.evaluate_until_ms

    @property
    def view(self) -> View:
        """What detectors are shown of it."""
        return View(self.shown, self.until_ms)

    @property
    def shown(self) -> Path:
        """Folder of what detectors are shown, named by the code that lays it out."""
        return self.home / f"shown-{digest_view()}"

    @property
    def training_labels(self) -> Path:
        """Folder of the labels that detectors may learn from."""
        return self.home / f"labels-{digest_labels()}"


def find_world(order: WorldOrder, cache: Path) -> CachedWorld:
    """Return where a world lies, or would lie, in a cache."""
    digest = digest_world(order)
    return CachedWorld(order, digest, cache / "worlds" / digest)


def ensure_world(order: WorldOrder, cache: Path) -> CachedWorld:
    """Return a world, simulated if it is not in the cache yet; each of its folders is whole or absent."""
    world = find_world(order, cache)
    world.home.mkdir(parents=True, exist_ok=True)
    _ensure_dataset(world)
    with appear(world.shown) as folder:
        if folder is not None:
            lay_out(world.dataset, folder, world.until_ms)
    if order.split == "train":
        with appear(world.training_labels) as folder:
            if folder is not None:
                write_training_labels(world.dataset, world.until_ms, folder)
    return world


def _ensure_dataset(world: CachedWorld) -> None:
    target = world.home / "dataset"
    if target.exists():
        return
    from simulator.simulation import simulate

    try:
        simulate(world.order.load(), world.order.seed, target, twin=world.order.variant == "twin")
    except OutputError:
        if not target.exists():  # another process was not just quicker
            raise


@contextmanager
def appear(target: Path) -> Iterator[Path | None]:
    """Give a folder to fill that then appears under its name as a whole; None when it is there already."""
    if target.exists():
        yield None
        return
    partial = target.with_name(f".{target.name}.partial-{os.getpid()}")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    try:
        yield partial
        try:
            partial.rename(target)
        except OSError:
            if not target.exists():  # another process was not just quicker
                raise
    finally:
        shutil.rmtree(partial, ignore_errors=True)
