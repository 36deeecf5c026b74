"""The rules of a scenario's `expected` block: one measure a key, and the range that it must lie in."""

from collections.abc import Iterator
from dataclasses import dataclass

from simulator.verify.findings import Fault, Finding, Subject, judge


@dataclass(frozen=True, slots=True)
class Measure:
    """How a key of `expected` is measured: a query for one number, in whose text `$accounts` and `$days` may stand."""

    question: str
    counts_commands: bool = False


# A new key of `expected` needs one line here. Measures that commands move are others in a twin, so not held there.
MEASURES: dict[str, Measure] = {
    "prevalence": Measure("select avg(operated::int) from truth_accounts", counts_commands=True),
    "pushes": Measure("select count(*) from truth_pushes", counts_commands=True),
    "posts_per_account_per_day": Measure(
        "select (select count(*) from posts) / (select count(*) from truth_accounts) / $days"
    ),
    "pushed_share": Measure("select count(push_id) / count(*) from truth_posts", counts_commands=True),
    "rally_share": Measure("select count(rally_id) / count(*) from truth_posts", counts_commands=True),
}


def check_expectations(subject: Subject) -> Iterator[Finding]:
    """Every number that the scenario expects lies in its range."""
    for key, value in subject.scenario.expected:
        if value is None:
            continue
        measure = MEASURES.get(key)
        if measure is None:
            yield judge(f"expected.{key}", "", [Fault(f"expected.{key}", "have a measure", "none")])
        elif not (measure.counts_commands and subject.dataset.is_twin):
            yield _check_range(subject, key, measure, value)


def _check_range(subject: Subject, key: str, measure: Measure, limits: tuple[float, float]) -> Finding:
    given = {"days": subject.scenario.n_days}
    used = {name: value for name, value in given.items() if f"${name}" in measure.question}
    (got,) = subject.queries.row(measure.question, used)
    low, high = limits
    faults = (
        [] if low <= (got or 0) <= high else [Fault(f"expected.{key}", f"be {low:g} to {high:g}", f"{got or 0:.4g}")]
    )
    return judge(f"expected.{key}", f"{got or 0:.4g}, expected {low:g} to {high:g}", faults)
