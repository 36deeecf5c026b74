"""The same scenario with another number of accounts, or cut to a window of days around its launch."""

from collections.abc import Mapping
from datetime import datetime
from typing import TypeVar

from simulator.errors import Problem, ScenarioError
from simulator.scenario.apportionment import split_largest_remainder
from simulator.scenario.checks import MAX_ACCOUNTS, MAX_LOGGED_ACCOUNTS
from simulator.scenario.models import HOUR_MS, Batch, BrandEvent, Operator, Organic, Phase, Push, Scenario
from simulator.scenario.rallies import Rally
from simulator.scenario.times import When

Window = TypeVar("Window", Push, Phase, Rally)
LEAST_ORGANIC = 20
_MINUTE_MS = 60_000
_GRID = 10**9


def scale_accounts(
    scenario: Scenario, accounts: int, prevalence: float | None = None
) -> tuple[Scenario, tuple[str, ...]]:
    """Return the scenario with that many accounts, every population scaled, and notes.

    Posts of explicit pushes are scaled with their operator, so that each account posts as much as before.

    Parameters
    ----------
    scenario : Scenario
    accounts : int
        Accounts of the world, organic and operated.
    prevalence : float, optional
        Share of them that is operated; left out, or without operators, it is kept.

    Raises
    ------
    ScenarioError
        When the number is too small to hold 20 organic accounts and one of every squad, or too large, or the
        prevalence is no share.
    """
    operators = scenario.operators
    least = [LEAST_ORGANIC, *(len(entry.squads) for entry in operators.values())]
    if not sum(least) <= accounts <= MAX_ACCOUNTS:
        rule = f"be between {sum(least)} ({LEAST_ORGANIC} organic and one of every squad) and {MAX_ACCOUNTS:,}"
        raise ScenarioError(Problem("--accounts", 0, 0, "", rule, str(accounts)))
    weights = _weigh(scenario, prevalence)
    organic, *operated = split_largest_remainder(accounts, weights, least)
    update: dict[str, object] = {
        "organic": _scale_organic(scenario.organic, organic),
        "operators": {
            name: _scale_operator(entry, count)
            for (name, entry), count in zip(operators.items(), operated, strict=True)
        },
    }
    if prevalence is not None and operators:  # what the file expects is of its own prevalence
        update["expected"] = scenario.expected.model_copy(update={"prevalence": None, "pushed_share": None})
    notes: tuple[str, ...] = ()
    if scenario.exposure_log and accounts > MAX_LOGGED_ACCOUNTS:
        update["exposure_log"] = False
        notes = (f"exposure_log is off: the world has more than {MAX_LOGGED_ACCOUNTS:,} accounts",)
    return scenario.model_copy(update=update), notes


def _weigh(scenario: Scenario, prevalence: float | None) -> list[int]:
    """Return the weights of the organic accounts and of each operator's."""
    organic, operated = scenario.organic.accounts, [entry.accounts for entry in scenario.operators.values()]
    if prevalence is None or not operated:
        return [organic, *operated]
    if not 0 < prevalence < 1:
        raise ScenarioError(Problem("--prevalence", 0, 0, "", "be between 0 and 1, both exclusive", f"{prevalence:g}"))
    share = round(prevalence * _GRID)
    return [(_GRID - share) * sum(operated), *(share * count for count in operated)]


def _scale_organic(organic: Organic, accounts: int) -> Organic:
    communities = organic.communities
    if communities is not None:
        communities = max(1, min(accounts, communities * accounts // organic.accounts))
    return organic.model_copy(update={"accounts": accounts, "communities": communities})


def _scale_operator(operator: Operator, accounts: int) -> Operator:
    before = operator.accounts
    pushes = {
        name: push.model_copy(update={"posts": max(1, (2 * push.posts * accounts + before) // (2 * before))})
        for name, push in operator.pushes.items()
    }
    return operator.model_copy(update={"accounts": accounts, "pushes": pushes})


def clip_days(scenario: Scenario, days: int) -> tuple[Scenario, tuple[str, ...]]:
    """Return the scenario cut to a window of days around its launch, and notes on what that changed.

    The days before and after the launch keep the proportion that they have in the run, with at least one
    from the launch's day on. Windows are clipped, posts of clipped pushes in proportion to their time;
    what lies outside is dropped.

    Raises
    ------
    ScenarioError
        When days is below 1.
    """
    if days < 1:
        raise ScenarioError(Problem("--days", 0, 0, "", "be at least 1", str(days)))
    if days >= scenario.n_days:
        note = f"the run has only {scenario.n_days} days: --days {days} changes nothing"
        return scenario, (note,) if days > scenario.n_days else ()
    return _Cut(scenario, days).apply()


class _Cut:
    """Cuts one scenario and takes notes."""

    def __init__(self, scenario: Scenario, days: int) -> None:
        self.scenario = scenario
        self.notes: list[str] = []
        self.start, self.end = self.choose_window(days)
        self.start_ms, self.end_ms = scenario.at(self.start), scenario.at(self.end)

    def choose_window(self, days: int) -> tuple[When, When]:
        """Return start and end, whole days apart, at the wall time at which the run starts."""
        scenario, zone = self.scenario, self.scenario.launch.clock.zone
        start_wall = datetime.fromtimestamp(scenario.start_ms // 1000, zone)
        minute = start_wall.strftime("%H:%M")
        after_ms = min(max(scenario.end_ms - scenario.launch_ms, 0), scenario.end_ms - scenario.start_ms)
        after = max(1, round(days * after_ms / (scenario.end_ms - scenario.start_ms)))
        day = after - days

        def at(shift: int) -> When:
            return When(f"T{shift:+d}d {minute}")

        while scenario.at(at(day + days)) > scenario.end_ms and scenario.at(at(day)) > scenario.start_ms:
            day -= 1
        while scenario.at(at(day)) < scenario.start_ms and scenario.at(at(day + days)) < scenario.end_ms:
            day += 1
        start, end = at(day), at(day + days)
        start = scenario.start if scenario.at(start) <= scenario.start_ms else start
        return start, scenario.end if scenario.at(end) >= scenario.end_ms else end

    def apply(self) -> tuple[Scenario, tuple[str, ...]]:
        scenario = self.scenario
        update: dict[str, object] = {"start": self.start, "end": self.end}
        self.notes.append(f"the run is cut to {self.start} to {self.end}")
        update["operators"] = {name: self.cut_operator(name, entry) for name, entry in scenario.operators.items()}
        update["events"] = self.keep_events()
        update["rallies"] = self.cut_windows("rallies", scenario.rallies)
        if scenario.evaluate_until is not None and not self.holds(scenario.evaluate_until):
            self.notes.append(f"evaluate_until ({scenario.evaluate_until}) is outside: the default is taken")
            update["evaluate_until"] = None
        update["expected"] = scenario.expected.model_copy(update={"pushes": None})
        return scenario.model_copy(update=update), tuple(self.notes)

    def holds(self, when: When) -> bool:
        return self.start_ms < self.scenario.at(when) < self.end_ms

    def keep_events(self) -> dict[str, BrandEvent]:
        kept: dict[str, BrandEvent] = {}
        for name, event in self.scenario.events.items():
            if self.start_ms <= self.scenario.at(event.time) < self.end_ms:
                kept[name] = event
            else:
                self.notes.append(f"events.{name} ({event.time}) is outside: dropped")
        return kept

    def cut_operator(self, name: str, operator: Operator) -> Operator:
        place = f"operators.{name}"
        break_up = operator.break_up
        pushes = self.cut_windows(f"{place}.pushes", operator.pushes)
        plan = self.cut_windows(f"{place}.plan", operator.plan)
        if break_up is not None and self.scenario.at(break_up.time) <= self.start_ms:
            self.notes.append(f"{place} is broken up before the window ({break_up.time}): it commands nothing")
            pushes, plan, break_up = {}, {}, None
        elif break_up is not None and not self.holds(break_up.time):
            self.notes.append(f"{place}.break_up ({break_up.time}) is outside: dropped")
            break_up = None
        batches = self.cut_batches(f"{place}.batches", operator.batches)
        return operator.model_copy(update={"pushes": pushes, "plan": plan, "break_up": break_up, "batches": batches})

    def cut_windows(self, place: str, windows: Mapping[str, Window]) -> dict[str, Window]:
        kept: dict[str, Window] = {}
        for name, window in windows.items():
            clipped = self.cut_window(window)
            if clipped is None:
                self.notes.append(f"{place}.{name} ({window.start} to {window.end}) is outside: dropped")
                continue
            if clipped is not window:
                self.notes.append(f"{place}.{name} is clipped to {clipped.start} to {clipped.end}")
            kept[name] = clipped
        return kept

    def cut_window(self, window: Window) -> Window | None:
        """Return a push or phase inside the window; itself when nothing changes, None when nothing is left."""
        first, last = self.scenario.at(window.start), self.scenario.at(window.end)
        start, end = max(first, self.start_ms), min(last, self.end_ms)
        if end <= start:
            return None
        if (start, end) == (first, last):
            return window
        update: dict[str, object] = {
            "start": window.start if start == first else self.first_round(window),
            "end": window.end if end == last else self.end,
        }
        if isinstance(window, Push):
            update["posts"] = max(1, window.posts * (end - start) // (last - first))
        return window.model_copy(update=update)

    def first_round(self, window: Window) -> When:
        """Return the window's start; a rally of several rounds keeps their rhythm."""
        if not isinstance(window, Rally) or window.every_hours is None:
            return self.start
        every = round(window.every_hours * HOUR_MS)
        first = self.scenario.at(window.start)
        since_launch = first - (first - self.start_ms) // every * every - self.scenario.launch_ms
        return self.start if since_launch % _MINUTE_MS else When(f"T{since_launch // _MINUTE_MS:+d}m")

    def cut_batches(self, place: str, batches: Mapping[str, Batch]) -> dict[str, Batch]:
        """Drop batches that would come after the window; the others share what they had."""
        kept = {name: batch for name, batch in batches.items() if self.scenario.at(batch.time) < self.end_ms}
        late = [name for name in batches if name not in kept]
        if not late:
            return dict(batches)
        self.notes.append(f"{place}: {', '.join(late)} would come after the window: the earlier ones take their share")
        grid = split_largest_remainder(_GRID, [round(b.share * _GRID) for b in kept.values()], [0] * len(kept))
        return {
            name: batch.model_copy(update={"share": part / _GRID})
            for (name, batch), part in zip(kept.items(), grid, strict=True)
        }
