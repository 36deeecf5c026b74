"""Reads rule files of Prometheus as they are: checked by promtool, and for what a rehearsal cannot do."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from benchmarks.alerting.engines.metrics import PREFIX, list_metrics, name_metric, quote_labels
from benchmarks.alerting.engines.promql import find_look_ahead, find_metrics, has_nameless_selector
from benchmarks.alerting.engines.rule_checks import check_with_program, list_groups
from benchmarks.alerting.series_list import SERIES_NAMES
from simulator.errors import InputError, Problem, ScenarioError
from simulator.scenario.reader import Document, Place, read_file
from simulator.scenario.wording import show, suggest

_DURATION = re.compile(r"([0-9]+)(ms|[smhdwy])")
_MINUTES = {"ms": 1 / 60_000, "s": 1 / 60, "m": 1, "h": 60, "d": 1440, "w": 7 * 1440, "y": 365 * 1440}
# Prometheus writes them itself; alerts about alerts would have to wait for each other.
_OF_ALERTS = ("ALERTS", "ALERTS_FOR_STATE")
_SUMMARIES = ("summary", "description", "message")


@dataclass(frozen=True, slots=True)
class PrometheusRule:
    """A recording rule (`record` is its series, `name` the same) or an alert.

    Attributes
    ----------
    place : tuple
        Where in the file it stands.
    labels : dict
        Labels that its results get.
    """

    name: str
    expr: str
    for_: str
    summary: str
    place: Place
    keep_for: str = "0m"
    labels: Mapping[str, str] = field(default_factory=dict)
    is_record: bool = False

    @property
    def keep_minutes(self) -> float:
        """For how long it goes on firing when it is true no more."""
        return read_minutes(self.keep_for)

    @property
    def for_minutes(self) -> float:
        """For how long it must be true."""
        return read_minutes(self.for_)


def read_minutes(text: str) -> float:
    """Return the minutes of one of Prometheus's durations.

    Examples
    --------
    >>> read_minutes("1h30m")
    90.0
    """
    return float(sum(int(number) * _MINUTES[unit] for number, unit in _DURATION.findall(text)))


class PrometheusRules:
    """A checked rule file of Prometheus.

    Attributes
    ----------
    path : str
    records : list of tuple of PrometheusRule
        Recording rules by level: each reads only given series and those of the levels before it.
    alerts : tuple of PrometheusRule
        In the order of the file; the ones of one name each have a number added.
    metrics : set of str
        The given series that the file names.
    """

    def __init__(self, document: Document, rules: Sequence[PrometheusRule], given: Sequence[str]) -> None:
        self.path = document.file
        self.content: Any = document.data
        self._document = document
        self.alerts = _number(rule for rule in rules if not rule.is_record)
        self.records = self._order([rule for rule in rules if rule.is_record])
        named = set().union(*(find_metrics(rule.expr) for rule in rules))
        self.metrics = named & set(given)

    def refuse(self, path: Place, rule: str, value: str = "", advice: str = "") -> InputError:
        """Return the error of something that is wrong at a place of the file."""
        return InputError(_place(self._document, path, rule, value, advice))

    def _order(self, records: list[PrometheusRule]) -> list[tuple[PrometheusRule, ...]]:
        levels: list[tuple[PrometheusRule, ...]] = []
        left = records
        while left:
            awaited = {rule.name for rule in left}
            ready = [rule for rule in left if not find_metrics(rule.expr) & awaited]
            # All rules that record one series are needed before the series is read.
            if not ready:
                raise self.refuse((*left[0].place, "expr"), "not need its own result, by any way round", left[0].name)
            levels.append(tuple(ready))
            left = [rule for rule in left if rule not in ready]
        return levels


def _place(document: Document, path: Place, rule: str, value: str, advice: str) -> Problem:
    mark = document.mark(path)
    return Problem(mark.file, mark.line, mark.column, ".".join(map(str, path)), rule, value, advice)


def _number(alerts: Iterable[PrometheusRule]) -> tuple[PrometheusRule, ...]:
    """Return alerts under names that are their own: the second of a name is `name 2`."""
    counts: dict[str, int] = {}
    numbered = []
    for rule in alerts:
        counts[rule.name] = counts.get(rule.name, 0) + 1
        name = rule.name if counts[rule.name] == 1 else f"{rule.name} {counts[rule.name]}"
        numbered.append(replace(rule, name=name))
    return tuple(numbered)


def load_prometheus_rules(path: Path, checker: str = "promtool", own: Sequence[str] = ()) -> PrometheusRules:
    """Return the rules of a file in Prometheus's format.

    Parameters
    ----------
    path : Path
    checker : str
        The program that checks it: promtool, or vmalert, which knows MetricsQL.
    own : sequence of str
        Columns of the team's own.

    Raises
    ------
    InputError
        With the program's complaints, or when a rule looks ahead, needs unknown series, or what only later versions
        have.
    """
    document = read_file(path)
    if not document.problems:
        _demand_groups(document)
    if document.problems:
        raise ScenarioError(*sorted(document.problems))
    check_with_program(document, path, checker)
    rules = list(_list_rules(document))
    given = list_metrics([*SERIES_NAMES, *own])
    _refuse_unusable(document, rules, given)
    if document.problems:
        raise ScenarioError(*sorted(document.problems))
    return PrometheusRules(document, rules, given)


def _demand_groups(document: Document) -> None:
    if not list_groups(document):
        advice = "smearbench's own files of rules are for the engine duckdb."
        document.add(document.mark(("groups",)), ("groups",), "be a list of groups of rules", "none", advice)


def _list_rules(document: Document) -> Iterable[PrometheusRule]:
    for place, group in enumerate(list_groups(document)):
        for number, rule in enumerate(group.get("rules") or ()):
            notes = rule.get("annotations") or {}
            summary = next((str(notes[name]) for name in _SUMMARIES if name in notes), "")
            yield PrometheusRule(
                name=str(rule.get("record", rule.get("alert"))),
                expr=str(rule["expr"]),
                for_=str(rule.get("for", "0m")),
                summary=summary,
                keep_for=str(rule.get("keep_firing_for", "0m")),
                place=("groups", place, "rules", number),
                labels={str(name): str(value) for name, value in (rule.get("labels") or {}).items()},
                is_record="record" in rule,
            )


def _refuse_unusable(document: Document, rules: Sequence[PrometheusRule], given: Sequence[str]) -> None:
    """Note rules that look ahead, that need series which are not there, and labels that change with the value."""
    known = [*given, *(rule.name for rule in rules if rule.is_record)]
    if all(rule.is_record for rule in rules):
        document.add(document.mark(("groups",)), ("groups",), "hold an alert at least", "recording rules alone")
    for rule in rules:
        path = (*rule.place, "expr")
        problem = find_look_ahead(rule.expr)
        if problem is not None:
            document.add(document.mark(path), path, problem[0], problem[1])
        if has_nameless_selector(rule.expr):
            document.add(document.mark(path), path, "name each of its series", "a selector without a name")
        for name in sorted(find_metrics(rule.expr).difference(known)):
            document.add(document.mark(path), path, "name series that there are", name, _advise(name, known))
        if rule.is_record and rule.name in given:
            document.add(document.mark(rule.place), rule.place, "record a new series", f"the given {rule.name}")
        _refuse_restless_labels(document, rule)


def _advise(name: str, known: Sequence[str]) -> str:
    if name in _OF_ALERTS:
        return "Alerts about alerts are not evaluated."
    column = name.removeprefix(PREFIX)
    metric, labels = name_metric(column)
    if column in SERIES_NAMES and labels:
        return f"Write {metric}{quote_labels(labels)}."
    return suggest(name, known) or "There is a smearbench_X for every series X of: smearbench alerts --list-series"


def _refuse_restless_labels(document: Document, rule: PrometheusRule) -> None:
    for name, value in rule.labels.items():
        if "{{" in value and re.search(r"\$value|\.Value|query|now", value):
            path = (*rule.place, "labels", name)
            advice = "Each new value would be a new alert, whose `for` begins anew. Say it in an annotation."
            document.add(document.mark(path), path, "not change with the value", show(value), advice)
