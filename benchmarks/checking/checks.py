"""The checks that every detector must pass, a plug-in's too: whether its figures can be trusted, not whether good.

They run in this process, on tiny worlds, within seconds.
"""

import hashlib
import pickle
import tempfile
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pyarrow as pa

from benchmarks.blind.answers import read_answer
from benchmarks.checking.check_changes import cut_world, empty_world, keep_one_post, permute_world, shift_world
from benchmarks.checking.check_memory import copy_batch, find_growth_of_runs, find_growth_of_stream, make_long_world
from benchmarks.checking.check_subject import (
    Subject,
    Told,
    ask,
    describe_difference,
    find_subject,
    read,
    rename,
    step,
    update,
)
from benchmarks.checking.check_worlds import DAY_MS, START_MS, CheckWorld, make_world
from benchmarks.detector import Batch, Observations, TrainingWorld
from simulator.errors import InputError

Outcome = Literal["passed", "failed", "skipped", "not applicable"]
# Into another year: so that neither season nor date can matter.
_SHIFT_WEEKS = 53
# Streams are asked step by step, which costs more than one look at the whole.
_N_DAYS, _N_STREAMED_DAYS, _CUT_MS = 14, 10, START_MS + 9 * DAY_MS
_TRAINING = ("first to learn from", "second to learn from")


@dataclass(frozen=True, slots=True)
class Result:
    """What a check found: `why` says what was seen, or why it was skipped."""

    check: str
    outcome: Outcome
    why: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """What all checks found about a detector."""

    detector: str
    level: str
    results: tuple[Result, ...]

    @property
    def failed(self) -> tuple[Result, ...]:
        """The checks that failed."""
        return tuple(result for result in self.results if result.outcome == "failed")

    def __str__(self) -> str:
        """Return the failed checks, those with the same cause together."""
        lines = [f"{self.detector} (level {self.level}) fails {len(self.failed)} of {len(self.results)} checks."]
        causes: dict[str, list[str]] = {}
        for result in self.failed:
            causes.setdefault(result.why, []).append(result.check)
        lines += [f"  {', '.join(checks)}: {why}" for why, checks in causes.items()]
        return "\n".join(lines)


class CheckFailure(AssertionError):
    """A detector that fails checks; `report` holds them all."""

    def __init__(self, report: Report) -> None:
        self.report = report
        advice = 'A check that cannot hold by design is skipped with a reason: skip={"permutation": "scores by id"}.'
        super().__init__(f"{report}\n{advice}")


def check_detector(
    detector: Any, *, parameters: Mapping[str, Any] | None = None, skip: Mapping[str, str] | None = None
) -> Report:
    """Run every check on a detector, and raise when one fails.

    Parameters
    ----------
    detector : class, callable or str
        A class, whatever else makes a detector when it is called, an estimator class of scikit-learn,
        `module:Class`, or an installed name.
    parameters : mapping, optional
        Arguments of the class.
    skip : mapping of str to str, optional
        Reason by name of the check.

    Returns
    -------
    Report
        When no check failed.

    Raises
    ------
    InputError
        When it is no detector, or `skip` names no check or no reason.
    CheckFailure
        An AssertionError that lists every failed check with what was seen.

    Examples
    --------
    >>> check_detector("chance", skip={"permutation": "it scores by id, as chance may"}).failed
    ()
    """
    __tracebackhide__ = True
    report = run_checks(find_subject(detector, parameters), skip or {})
    if report.failed:
        raise CheckFailure(report)
    return report


def run_checks(subject: Subject, skip: Mapping[str, str]) -> Report:
    """Return what every check found; raises InputError when `skip` names no check or no reason."""
    for name, reason in skip.items():
        if name not in CHECKS:
            raise InputError(f"skip: must name one of the checks {', '.join(CHECKS)}, got {name!r}.")
        if not reason.strip():
            raise InputError(f"skip: must give a reason for skipping {name}, got none.")
    with tempfile.TemporaryDirectory(prefix="smearbench-check-") as folder:
        bench = _Bench(subject, Path(folder))
        results = [
            Result(name, "skipped", skip[name]) if name in skip else _run(name, check, bench)
            for name, check in CHECKS.items()
        ]
    return Report(subject.name, subject.level, tuple(results))


class _NotApplicable(Exception):
    """A check that asks nothing of a detector of this kind."""


def _run(name: str, check: "Callable[[_Bench], str]", bench: "_Bench") -> Result:
    try:
        found = check(bench)
    except _NotApplicable as reason:
        return Result(name, "not applicable", str(reason))
    except InputError as error:
        found = str(error)
    except Exception as error:
        frame = traceback.extract_tb(error.__traceback__)[-1]
        said = " ".join(str(error).split())
        found = f"raised {type(error).__name__}: {said} ({Path(frame.filename).name}, line {frame.lineno})"
    return Result(name, "failed" if found else "passed", found)


class _Bench:
    """A detector and the worlds that it is checked on, each written when first asked for."""

    def __init__(self, subject: Subject, folder: Path) -> None:
        self.subject, self._folder = subject, folder

    def open(self, name: str, world: CheckWorld) -> Observations:
        """Return a world as it is shown; the same name is the same world."""
        folder = self._folder / name
        return Observations(folder, world.as_of_ms) if folder.exists() else world.write(folder)

    @cached_property
    def world(self) -> CheckWorld:
        return make_world("ordinary", _N_STREAMED_DAYS if self.subject.level == "alert" else _N_DAYS)

    @property
    def ordinary(self) -> Observations:
        return self.open("ordinary", self.world)

    def open_training(self, kept: str = "") -> list[TrainingWorld]:
        """Return labelled worlds where the subject learns, else none; `kept` names a copy of their files."""
        worlds = {name: make_world(name) for name in _TRAINING} if self.subject.has_fit else {}
        return [world.label(self.open(f"{name} {kept}", world)) for name, world in worlds.items()]

    def make(self, training: Sequence[TrainingWorld] | None = None) -> Any:
        """Return a new instance, fitted where it learns."""
        made = self.subject.make()
        if self.subject.has_fit:
            made.fit(self.open_training() if training is None else training)
        return made

    @cached_property
    def detector(self) -> Any:
        """One instance, fitted where it learns, for all checks that need no new one."""
        return self.make()

    @cached_property
    def first(self) -> Told:
        """Its answer about the ordinary world."""
        return ask(self.detector, self.ordinary)

    def compare(self, told: Told, *, exact: bool = True) -> str:
        """Return how another answer about the ordinary world differs from the first."""
        return describe_difference(self.first, told, self.subject.entity, exact=exact)


def _check_determinism(bench: _Bench) -> str:
    """The same answer again, and from another instance."""
    again = bench.compare(ask(bench.detector, bench.ordinary))
    if again:
        return f"one instance, asked twice: {again}"
    another = bench.compare(ask(bench.make(), bench.ordinary))
    return f"two instances: {another}" if another else ""


def _check_permutation(bench: _Bench) -> str:
    """The same answer when ids are dealt anew and rows of one time change places."""
    world, by_account, by_post = permute_world(bench.world)
    told = ask(bench.detector, bench.open("permuted", world))
    if bench.subject.level != "alert":
        told = rename(told, bench.subject, (by_post if bench.subject.level == "post" else by_account).undo())
    return bench.compare(told, exact=False)


def _check_shift(bench: _Bench) -> str:
    """The same answer when everything happens some weeks later."""
    told = ask(bench.detector, bench.open("shifted", shift_world(bench.world, _SHIFT_WEEKS)))
    if bench.subject.level == "alert":
        back = pa.array(told.ids - _SHIFT_WEEKS * 7 * DAY_MS).cast(pa.timestamp("ms", "UTC"))
        told = read(pa.table({"time": back, "score": told.scores}), "time")
    return bench.compare(told, exact=False)


def _check_mutation(bench: _Bench) -> str:
    """Files, tables and context as they were before."""
    training, scored = bench.open_training("untouched"), bench.open("untouched", bench.world)
    shown = [*(world.observations for world in training), scored]
    before = [_digest(seen.folder) for seen in shown]
    detector = bench.make(training)
    if bench.subject.level == "alert" and hasattr(detector, "update"):
        changed = _find_changed_batch(detector, scored)
        if changed:
            return changed
    else:
        ask(detector, scored)
    for seen, files in zip(shown, before, strict=True):
        now = _digest(seen.folder)
        changed = ", ".join(sorted(name for name in {*files, *now} if files.get(name) != now.get(name)))
        if changed:
            return f"changed the files that it was given to read: {changed}"
    return ""


def _digest(folder: Path) -> dict[str, str]:
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def _find_changed_batch(detector: Any, observations: Observations) -> str:
    context = observations.context
    detector.start(context)
    if context != observations.context:
        return "changed the context that start was given"
    for batch, now in step(detector, observations):
        given = Batch(dict(batch.tables))
        copy = copy_batch(batch)
        update(detector, given, now)
        changed = [name for name in copy.tables if not copy.tables[name].equals(given.tables.get(name))]
        if changed:
            return f"changed the tables that update was given at {now.isoformat()}: {', '.join(changed)}"
    return ""


def _check_finite(bench: _Bench) -> str:
    """Every score a finite number."""
    if "score" not in bench.first.table.column_names:
        raise _NotApplicable("it gives no scores")
    bad = np.flatnonzero(~np.isfinite(bench.first.scores))
    if not len(bad):
        return ""
    place, n = int(bad[0]), len(bench.first.ids)
    named = f"{bench.subject.entity} {bench.first.ids[place]}"
    return f"score of {named} is {bench.first.scores[place]} ({len(bad)} of {n} are not finite)"


def _check_entities(bench: _Bench) -> str:
    """The columns of the level, and one row for each account or post that it was shown."""
    level, table = bench.subject.level, bench.first.table
    if "score" in table.column_names and pa.types.is_floating(table["score"].type):
        # Whether scores are finite is for another check.
        zeros = pa.array(np.zeros(table.num_rows), table["score"].type)
        table = table.set_column(table.column_names.index("score"), "score", zeros)
    shown = _list_shown(bench.subject, bench.world)
    _demand_form(bench.subject, table, shown)
    if level in ("group", "alert"):
        return ""
    left_out = shown[~np.isin(shown, bench.first.ids)]
    return f"left out {len(left_out)} of {len(shown)}, as {bench.subject.entity} {left_out[0]}" if len(left_out) else ""


def _list_shown(subject: Subject, world: CheckWorld) -> Any:
    name = {"post": "posts", "alert": ""}.get(subject.level, "accounts")
    return np.sort(world.tables[name][subject.entity].to_numpy()) if name else np.zeros(0, np.int64)


def _demand_form(subject: Subject, table: pa.Table, shown: Any) -> None:
    """Refuse what a run would refuse; see :func:`benchmarks.blind.answers.read_answer`."""
    said = {"threshold": None, "is_probability": False, "within_world": False, "step_minutes": 0}
    read_answer(table, {"name": subject.name, "level": subject.level} | said, shown)


def _check_empty(bench: _Bench) -> str:
    """An answer in a world without accounts and posts."""
    return _check_small(bench, "empty", empty_world(bench.world))


def _check_one_post(bench: _Bench) -> str:
    """An answer in a world of one account and one post."""
    return _check_small(bench, "one post", keep_one_post(bench.world))


def _check_small(bench: _Bench, name: str, world: CheckWorld) -> str:
    told = ask(bench.detector, bench.open(name, world))
    _demand_form(bench.subject, told.table, _list_shown(bench.subject, world))
    return ""


def _check_look_ahead(bench: _Bench) -> str:
    """The same alerts up to a moment, whether or not time goes on."""
    if bench.subject.level != "alert":
        raise _NotApplicable("only alerts are asked while time goes on")
    prefix = ask(bench.detector, bench.open("prefix", cut_world(bench.world, _CUT_MS)))
    known = bench.first.ids <= _CUT_MS
    whole = Told(bench.first.table, bench.first.ids[known], bench.first.scores[known], bench.first.groups[known])
    return describe_difference(prefix, whole, "time", exact=True)


def _check_memory(bench: _Bench) -> str:
    """No growth over repeated runs, nor over weeks of a stream; see :mod:`benchmarks.checking.check_memory`."""
    if bench.subject.is_program:
        raise _NotApplicable("a program starts anew each time")
    if bench.subject.level == "alert" and hasattr(bench.detector, "update"):
        return find_growth_of_stream(bench.detector, bench.open("long", make_long_world()))
    return find_growth_of_runs(bench.detector, bench.ordinary)


def _check_pickling(bench: _Bench) -> str:
    """The same answer from a pickled copy, as a fitted detector is brought into its process."""
    if bench.subject.is_program:
        raise _NotApplicable("a program keeps nothing")
    try:
        pickle.dumps(bench.subject.make())
        copy = pickle.loads(pickle.dumps(bench.detector))
    except Exception as error:
        return f"cannot be pickled: {type(error).__name__}: {error}"
    return bench.compare(ask(copy, bench.ordinary))


CHECKS: dict[str, Callable[[_Bench], str]] = {
    "determinism": _check_determinism,
    "permutation": _check_permutation,
    "shift_in_time": _check_shift,
    "no_mutation": _check_mutation,
    "finite_scores": _check_finite,
    "one_score_per_entity": _check_entities,
    "empty_world": _check_empty,
    "one_post_world": _check_one_post,
    "no_look_ahead": _check_look_ahead,
    "bounded_memory": _check_memory,
    "pickling": _check_pickling,
}
