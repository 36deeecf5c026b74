"""The rules that tie parts of a scenario together, on plain data, so that one broken part hides no other mistake."""

from collections.abc import Iterator
from typing import Any

from pydantic import TypeAdapter, ValidationError

from simulator.scenario.models import DAY_MS, HOUR_MS, Launch
from simulator.scenario.parts import find_unreserved_url
from simulator.scenario.rallies import GROUPED_SEGMENTS
from simulator.scenario.reader import Document, Place
from simulator.scenario.times import When
from simulator.scenario.wording import nearest, show
from simulator.vocabulary import Segment

MAX_DAYS = 1100
MAX_ACCOUNTS = 10_000_000
MAX_LOGGED_ACCOUNTS = 20_000
MAX_PLANNED_PUSHES = 5_000
MAX_ROUNDS = 5_000
_TOLERANCE = 1e-6
_WHEN = TypeAdapter(When)


def check_data(document: Document, bad: set[Place], file_id: str | None) -> None:
    """Note every broken rule of a document; what lies at or under a place in `bad` is left out."""
    if isinstance(document.data, dict):
        checker = _Checker(document, bad)
        checker.check_id(file_id)
        checker.check_names()
        checker.check_run()
        checker.check_organic()
        for name in checker.names(("operators",)):
            _OperatorChecker(document, bad, name).check()
        checker.check_expected()
        checker.check_size()


class _Checker:
    """Reads the plain data; a part that is missing or malformed reads as None and breaks no rule here."""

    def __init__(self, document: Document, bad: set[Place]) -> None:
        self.document = document
        self.bad = bad
        launch = self.get("launch")
        try:
            self.clock = Launch.model_validate(launch).clock if isinstance(launch, dict) else None
        except ValidationError:
            self.clock = None
        self.start, self.end = self.ms("start"), self.ms("end")
        self.run_fault = self.find_run_fault()

    def get(self, *path: str | int) -> Any:
        """Return the value at a path, or None when it is missing or malformed."""
        value: Any = self.document.data
        for length, key in enumerate(path, 1):
            if path[:length] in self.bad:
                return None
            try:
                value = value[key]
            except (KeyError, IndexError, TypeError):
                return None
        return value

    def number(self, *path: str | int, default: float | None = None) -> float | None:
        """Return a number, the default when it is missing, None when it is malformed."""
        value = self.get(*path)
        if value is None:
            return None if path in self.bad else default
        return value if isinstance(value, int | float) and not isinstance(value, bool) else None

    def ms(self, *path: str | int) -> int | None:
        """Return a time, or None."""
        value = self.get(*path)
        try:
            return None if value is None or self.clock is None else _WHEN.validate_python(value).resolve(self.clock)
        except (ValidationError, OverflowError):
            return None

    def names(self, path: Place) -> list[str]:
        """Return the names of a mapping's entries."""
        value = self.get(*path)
        return list(value) if isinstance(value, dict) else []

    def fail(self, path: Place, rule: str, value: object = "", advice: str = "") -> None:
        self.document.add(self.document.mark(path), path, rule, str(value), advice)

    def check_id(self, file_id: str | None) -> None:
        if file_id is not None and isinstance(found := self.get("id"), str) and found != file_id:
            self.fail(("id",), f"be the file's name '{file_id}'", show(found))

    def check_names(self) -> None:
        """Refuse `all` as a name (overrides use it) and real URLs in any text."""
        for path, value in _walk(self.document.data, ()):
            if path and path[-1] == "all":
                mark = self.document.key_mark(path)
                self.document.add(mark, path, "be another name", "'all'", "In overrides, all means every name.")
            if isinstance(value, str) and path not in self.bad and (url := find_unreserved_url(value)):
                rule = "hold only URLs under reserved names (.example, .invalid or .test)"
                self.fail(path, rule, show(url), "Sources with real URLs belong in comments.")

    def find_run_fault(self) -> str:
        """Return the rule that the run's length breaks; empty when it is sound or unknown."""
        if self.start is None or self.end is None:
            return ""
        length = self.end - self.start
        if length <= 0:
            return "be after start"
        if length < DAY_MS:
            return "be at least a day after start"
        return f"be at most {MAX_DAYS} days after start" if length > MAX_DAYS * DAY_MS else ""

    def check_run(self) -> None:
        if self.run_fault:
            self.fail(("end",), f"{self.run_fault} ({self.get('start')})", self.get("end"))
        self.check_inside("evaluate_until", end_too=True)
        for name in self.names(("events",)):
            self.check_inside("events", name, "time")
        for name in self.names(("rallies",)):
            self.check_rally(("rallies", name))

    def check_rally(self, path: Place) -> None:
        """Refuse a rally outside the run, of too many rounds, or of accounts that are not there or in no group."""
        self.check_window(*path)
        start, end, every = self.ms(*path, "start"), self.ms(*path, "end"), self.number(*path, "every_hours")
        if start is not None and end is not None and every and (end - start) / (every * HOUR_MS) > MAX_ROUNDS:
            rounds = (end - start) / (every * HOUR_MS)
            self.fail((*path, "every_hours"), f"make at most {MAX_ROUNDS:,} rounds", f"about {rounds:,.0f}")
        name, grouped = self.get(*path, "segment"), self.get(*path, "grouped")
        groups = [segment.name for segment in GROUPED_SEGMENTS]
        if grouped is True and isinstance(name, str) and name in Segment.__members__ and name not in groups:
            self.fail((*path, "grouped"), f"be false for segments other than {', '.join(groups)}", f"true with {name}")
        present = self.names(("organic", "segments"))
        if isinstance(name, str) and name in Segment.__members__ and present and name not in present:
            self.fail((*path, "segment"), "be a segment that has accounts", show(name))

    def check_inside(self, *path: str | int, end_too: bool = False) -> None:
        """Refuse a time outside the run."""
        time = self.ms(*path)
        if time is None or self.start is None or self.end is None or self.run_fault:
            return
        if not self.start <= time < self.end + end_too or (end_too and time == self.start):
            self.fail(path, f"be within the run ({self.get('start')} to {self.get('end')})", self.get(*path))

    def check_window(self, *path: str | int) -> None:
        """Refuse a window that ends before it starts or lies outside the run."""
        start, end = self.ms(*path, "start"), self.ms(*path, "end")
        if start is not None and end is not None and end <= start:
            self.fail((*path, "end"), f"be after start ({self.get(*path, 'start')})", self.get(*path, "end"))
            return
        self.check_inside(*path, "start")
        self.check_inside(*path, "end", end_too=True)

    def check_sum(self, path: Place, shares: dict[str, float | None]) -> None:
        """Refuse shares that do not sum to 1."""
        known = {name: share for name, share in shares.items() if share is not None}
        if not shares or len(known) < len(shares):
            return
        if abs(sum(known.values()) - 1) > _TOLERANCE:
            parts = ", ".join(f"{name} {share:g}" for name, share in list(known.items())[:12])
            self.fail(path, "have shares that sum to 1", f"{sum(known.values()):.6g}", f"They are {parts}.")

    def check_shares(self, *path: str | int) -> None:
        """Check a mapping of names to shares."""
        self.check_sum(path, {name: self.number(*path, name) for name in self.names(path)})

    def check_organic(self) -> None:
        path = ("organic", "segments")
        self.check_sum(path, {name: self.number(*path, name, "share") for name in self.names(path)})
        self.check_shares("organic", "zones")
        communities, accounts = self.number("organic", "communities"), self.number("organic", "accounts")
        if communities is not None and accounts is not None and communities > accounts:
            self.fail(("organic", "communities"), f"be at most organic.accounts ({accounts})", communities)

    def check_expected(self) -> None:
        for name in self.names(("expected",)):
            low, high = self.number("expected", name, 0), self.number("expected", name, 1)
            if low is not None and high is not None and high < low:
                self.fail(("expected", name), "have the least before the most", f"[{low:g}, {high:g}]")

    def check_size(self) -> None:
        counts = [self.number("operators", name, "accounts") for name in self.names(("operators",))]
        total = sum(count or 0 for count in [self.number("organic", "accounts"), *counts])
        if total > MAX_ACCOUNTS:
            place = ("operators",) if self.names(("operators",)) else ("organic", "accounts")
            self.fail(place, f"leave the world at most {MAX_ACCOUNTS:,} accounts", f"{total:,}")
        if self.get("exposure_log") is True and total > MAX_LOGGED_ACCOUNTS:
            rule = f"be false in worlds of more than {MAX_LOGGED_ACCOUNTS:,} accounts"
            self.fail(("exposure_log",), rule, f"true with {total:,} accounts")


class _OperatorChecker(_Checker):
    """The rules of one operator."""

    def __init__(self, document: Document, bad: set[Place], name: str) -> None:
        super().__init__(document, bad)
        self.path = ("operators", name)
        self.squads = self.names((*self.path, "squads"))
        self.narratives = self.names(("narratives",))

    def check(self) -> None:
        self.check_shares(*self.path, "stock")
        self.check_squads()
        self.check_office()
        self.check_batches()
        for name in self.names((*self.path, "pushes")):
            self.check_push((*self.path, "pushes", name))
        self.check_plan((*self.path, "plan"))
        self.check_inside(*self.path, "break_up", "time")

    def check_squads(self) -> None:
        shares = {name: self.number(*self.path, "squads", name, "share", default=1.0) for name in self.squads}
        self.check_sum((*self.path, "squads"), shares)
        accounts = self.number(*self.path, "accounts")
        if accounts is not None and accounts < len(self.squads):
            rule = f"be at least the number of squads ({len(self.squads)})"
            self.fail((*self.path, "accounts"), rule, accounts)
        for name in self.squads:
            self.check_shares(*self.path, "squads", name, "roles")
            self.check_shares(*self.path, "squads", name, "stock")
            self.check_shares(*self.path, "squads", name, "actions")

    def check_office(self) -> None:
        path = (*self.path, "office")
        start, end = self.number(*path, "start_hour", default=9), self.number(*path, "end_hour", default=18)
        if start is not None and end is not None and end <= start:
            self.fail((*path, "end_hour"), f"be after start_hour ({start})", end)
        days = self.get(*path, "rest_days")
        if isinstance(days, list | tuple) and (twice := _find_twice(days)):
            self.fail((*path, "rest_days"), "name each day once", show(twice))

    def check_batches(self) -> None:
        path = (*self.path, "batches")
        self.check_sum(path, {name: self.number(*path, name, "share") for name in self.names(path)})
        broken_up = self.ms(*self.path, "break_up", "time")
        for name in self.names(path):
            time = self.ms(*path, name, "time")
            if time is not None and broken_up is not None and time >= broken_up:
                rule = f"be before the break-up ({self.get(*self.path, 'break_up', 'time')})"
                self.fail((*path, name, "time"), rule, self.get(*path, name, "time"))
            elif time is not None and self.end is not None and time >= self.end:
                self.fail(
                    (*path, name, "time"), f"be before the run's end ({self.get('end')})", self.get(*path, name, "time")
                )

    def check_plan(self, path: Place) -> None:
        pushes = 0.0
        for name in self.names(path):
            self.check_window(*path, name)
            self.check_known((*path, name, "narratives"), self.narratives, "narratives of this scenario")
            start, end = self.ms(*path, name, "start"), self.ms(*path, name, "end")
            rate = self.number(*path, name, "pushes_per_week")
            if start is not None and end is not None and rate is not None:
                pushes += rate * max(end - start, 0) / (7 * DAY_MS)
        if pushes > MAX_PLANNED_PUSHES:
            self.fail(path, f"ask for at most {MAX_PLANNED_PUSHES:,} pushes", f"about {pushes:,.0f}")
        if self.names(path) and not self.narratives and ("narratives",) not in self.bad:
            self.fail(path, "have a narrative to draw from", "none", "Add one under narratives.")

    def check_push(self, path: Place) -> None:
        self.check_window(*path)
        self.check_known((*path, "squads"), self.squads, "squads of this operator")
        name = self.get(*path, "narrative")
        if isinstance(name, str) and name not in self.narratives and ("narratives",) not in self.bad:
            advice = nearest(name, self.narratives)
            self.fail((*path, "narrative"), "be a narrative of this scenario", show(name), advice)

    def check_known(self, path: Place, known: list[str], kind: str) -> None:
        """Refuse names in a list that do not exist or stand there twice."""
        names = self.get(*path)
        if not isinstance(names, list | tuple):
            return
        for index, name in enumerate(names):
            if isinstance(name, str) and name not in known:
                self.fail((*path, index), f"be one of the {kind}", show(name), nearest(name, known))
        if twice := _find_twice(names):
            self.fail(path, "name each once", show(twice))


def _find_twice(names: list[Any] | tuple[Any, ...]) -> object:
    texts = [name for name in names if isinstance(name, str)]
    return next((name for index, name in enumerate(texts) if name in texts[:index]), None)


def _walk(value: object, path: Place) -> Iterator[tuple[Place, object]]:
    yield path, value
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _walk(inner, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _walk(inner, (*path, index))
