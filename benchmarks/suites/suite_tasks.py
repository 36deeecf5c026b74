"""The pieces of work of a suite; each leaves its result in the cache, whole or not at all, and is not done twice."""

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.blind.answers import Answer, open_answer, save_answer
from benchmarks.blind.protocol import Description, DetectorFailure, describe_blind, fit_blind, score_blind
from benchmarks.loading import load_detector
from benchmarks.orders import Limits, Order
from benchmarks.registry import SHIPPED
from benchmarks.suites.digests import digest_detector, digest_labels, digest_of
from benchmarks.suites.suite import WorldOrder
from benchmarks.suites.world_cache import CachedWorld, appear, ensure_world, find_world
from benchmarks.whole_file import write_whole
from simulator.dataset.digest import content_digest
from simulator.errors import InputError

_FITTED_FILE, _FIT_FILE, _LIMITS_FILE = "fitted.pickle", "fit.json", "limits.json"


@dataclass(frozen=True, slots=True)
class Fit:
    """A detector that learnt from the training worlds, or why it did not; `digest` tells it from others."""

    digest: str
    fitted: Path | None
    status: str = "ok"
    message: str = ""
    cost: dict[str, float] | None = None


NO_FIT = Fit("", None)


def prepare_world(order: WorldOrder, cache: Path) -> str:
    """Simulate a world of a suite if it is not in the cache, and return the digest of its content."""
    world = ensure_world(order, cache)
    note = world.home / "content.txt"
    if not note.exists():
        write_whole(note, content_digest(world.dataset.path).encode())
    return note.read_text(encoding="utf-8")


def describe_detector(order: Order, cache: Path, limits: Limits) -> Description:
    """Return what a detector says of itself."""
    place = cache / "descriptions" / f"{digest_of([digest_detector(order)])}.json"
    if place.exists():
        return Description(**json.loads(place.read_bytes()))
    found = _describe_shipped(order) or describe_blind(order, limits)
    if found.status == "ok":
        place.parent.mkdir(parents=True, exist_ok=True)
        content = {"name": found.name, "level": found.level, "has_fit": found.has_fit}
        write_whole(place, json.dumps(content).encode())
    return found


def _describe_shipped(order: Order) -> Description | None:
    """Describe one of our own detectors without a process of its own: it is no stranger's code."""
    if order.reference not in SHIPPED.values() or order.parameters:
        return None
    try:
        made = load_detector(order.reference)
    except InputError as error:
        return Description(order.asked, "account", status="wrong answer", message=str(error))
    return Description(made.name, made.level, callable(getattr(made, "fit", None)))


def fit_detector(order: Order, worlds: list[WorldOrder], cache: Path, limits: Limits) -> Fit:
    """Let a detector learn from worlds of the cache, and return where it is kept."""
    found = [find_world(world, cache) for world in worlds]
    digest = digest_of([digest_detector(order), [world.digest for world in found], digest_labels()])
    home = cache / "fits" / digest
    _drop_if_limits_differ(home, limits)
    with appear(home) as folder:
        if folder is not None:
            _fit(order, found, folder, limits)
    content = json.loads((home / _FIT_FILE).read_bytes())
    fitted = home / _FITTED_FILE
    return Fit(digest, fitted if fitted.exists() else None, **content)


def _fit(order: Order, worlds: list[CachedWorld], folder: Path, limits: Limits) -> None:
    training = [(world.view, world.training_labels) for world in worlds]
    content: dict[str, Any] = {"status": "ok", "message": ""}
    try:
        content["cost"] = fit_blind(order, training, folder / _FITTED_FILE, limits)
    except DetectorFailure as failure:
        content = {"status": failure.status, "message": str(failure), "cost": failure.cost}
        _write_limits(folder, limits)
    (folder / _FIT_FILE).write_text(json.dumps(content), encoding="utf-8")


def find_answer(order: Order, world: CachedWorld, fit: Fit, cache: Path) -> Path:
    """Return the folder in which a detector's answer about a world lies, or would lie."""
    return cache / "answers" / digest_of([digest_detector(order), world.digest, fit.digest])


def answer_world(order: Order, world_order: WorldOrder, fit: Fit, cache: Path, limits: Limits) -> Answer:
    """Return a detector's answer about a world of the cache; failures are tried again under other limits."""
    world = find_world(world_order, cache)
    home = find_answer(order, world, fit, cache)
    _drop_if_limits_differ(home, limits)
    with appear(home) as folder:
        if folder is not None:
            answer = score_blind(order, world.view, limits, fitted=fit.fitted)
            save_answer(answer, folder)
            if not answer.is_good:
                _write_limits(folder, limits)
    return open_answer(home)


def drop_failures(cache: Path) -> None:
    """Forget the failures of earlier runs: what failed then, on a busy machine perhaps, is tried again."""
    for note in [*cache.glob(f"answers/*/{_LIMITS_FILE}"), *cache.glob(f"fits/*/{_LIMITS_FILE}")]:
        shutil.rmtree(note.parent)


def _write_limits(folder: Path, limits: Limits) -> None:
    content = {"seconds": limits.seconds, "memory_bytes": limits.memory_bytes}
    (folder / _LIMITS_FILE).write_text(json.dumps(content), encoding="utf-8")


def _drop_if_limits_differ(home: Path, limits: Limits) -> None:
    note = home / _LIMITS_FILE
    if note.exists() and Limits(**json.loads(note.read_bytes())) != limits:
        shutil.rmtree(home)
