"""What holds for every size, override and hostile text of a scenario."""

from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from simulator.errors import ScenarioError
from simulator.scenario import (
    find_scenario,
    load_scenario,
    load_scenario_with_notes,
    scenario_digest,
    scenario_yaml,
)
from simulator.scenario.apportionment import split_largest_remainder
from simulator.scenario.fields import find_field
from simulator.vocabulary import EvasionLevel

names = st.sampled_from(["ev_launch", "quiet_launch", "classroom"])
accounts = st.one_of(st.integers(25, 2_000), st.integers(2_000, 10_000_000))


def told(name: str | Path, *overrides: str) -> tuple[str, ...]:
    """Return the problems that loading a scenario tells; none when it loads."""
    try:
        load_scenario(name, overrides=overrides)
    except ScenarioError as error:
        return tuple(map(str, error.problems))
    return ()


quick = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@given(st.lists(st.tuples(st.integers(0, 10**7), st.integers(0, 3)), min_size=1, max_size=12), st.integers(0, 10**7))
def test_parts_sum_to_the_total_and_none_is_below_its_least(pairs: list[tuple[int, int]], extra: int) -> None:
    weights, least = [weight for weight, _ in pairs], [low for _, low in pairs]
    total = sum(least) + extra
    parts = split_largest_remainder(total, weights, least)
    assert sum(parts) == total
    assert all(part >= low for part, low in zip(parts, least, strict=True))


@given(st.lists(st.integers(1, 10**6), min_size=1, max_size=8), st.integers(0, 10**6))
def test_parts_are_within_one_of_their_quota(weights: list[int], total: int) -> None:
    parts = split_largest_remainder(total, weights, [0] * len(weights))
    whole = sum(weights)
    assert all(abs(part * whole - total * weight) < whole for part, weight in zip(parts, weights, strict=True))


@quick
@given(names, accounts)
def test_scaled_world_has_the_accounts_asked_for_and_the_same_prevalence(name: str, n: int) -> None:
    full, scaled = load_scenario(name), load_scenario(name, accounts=n)
    assert scaled.n_accounts == n
    least = 20 + sum(len(operator.squads) for operator in full.operators.values())
    assert abs(scaled.prevalence - full.prevalence) * n <= max(1, least)


@quick
@given(names, st.integers(1, 200))
def test_cut_run_lies_in_the_full_run_and_holds_everything_that_is_left(name: str, days: int) -> None:
    full = load_scenario(name)
    cut, _ = load_scenario_with_notes(name, days=days)
    assert cut.n_days == min(days, full.n_days)
    assert full.start_ms <= cut.start_ms <= cut.launch_ms < cut.end_ms <= full.end_ms
    windows = [window for entry in cut.operators.values() for window in [*entry.pushes.values(), *entry.plan.values()]]
    assert all(cut.start_ms <= cut.at(window.start) < cut.at(window.end) <= cut.end_ms for window in windows)
    assert all(cut.start_ms <= cut.at(event.time) < cut.end_ms for event in cut.events.values())
    assert cut.start_ms < cut.evaluate_until_ms <= cut.end_ms


@quick
@given(names, st.integers(1, 200), accounts)
def test_resolved_file_of_any_size_loads_as_an_equal_scenario(name: str, days: int, n: int) -> None:
    scenario = load_scenario(name, days=days, accounts=n)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "scenario.yaml"
        path.write_text(scenario_yaml(scenario), encoding="utf-8")
        again = load_scenario(path)
    assert again == scenario
    assert scenario_digest(again) == scenario_digest(scenario)


@quick
@given(st.sampled_from(EvasionLevel), st.sampled_from(["loud", "careful", "all"]))
def test_level_override_reaches_the_squads_it_names_only(level: EvasionLevel, squad: str) -> None:
    before = load_scenario("classroom").operators["agency"].squads
    after = load_scenario("classroom", overrides=[f"operators.agency.squads.{squad}.evasion={level.value}"])
    for name, settings_ in after.operators["agency"].squads.items():
        assert settings_.evasion == (level if squad in (name, "all") else before[name].evasion)


@quick
@given(st.text("abcdefgo_.=[]{}:&*! 0123456789", max_size=60))
def test_any_override_works_or_is_a_scenario_error(override: str) -> None:
    assert all(f"--set {override}"[:100] in problem for problem in told("quiet_launch", override))


LINES = find_scenario("classroom").read_text(encoding="utf-8").splitlines(keepends=True)


@quick
@given(st.integers(0, len(LINES) - 1), st.text(max_size=30), st.sampled_from(["replace", "insert", "append", "drop"]))
def test_damaged_file_loads_or_is_a_scenario_error(place: int, text: str, damage: str) -> None:
    lines = list(LINES)
    match damage:
        case "replace":
            lines[place] = text + "\n"
        case "insert":
            lines.insert(place, text + "\n")
        case "append":
            lines[place] = lines[place].rstrip("\n") + text + "\n"
        case "drop":
            del lines[place]
    with TemporaryDirectory() as folder:
        path = Path(folder) / "classroom.yaml"
        path.write_bytes("".join(lines).encode("utf-8", "surrogatepass"))
        assert all(problem.startswith(str(path)) for problem in told(path))


scalars = st.sampled_from(
    ["null", "true", "-1", "0", "1.5", "1e300", "x", "T-3d", "[]", "{}", "[1, x]", "{a: {b: 1}}", "'2'"]
)
PLACES = [
    "id", "summary", "sources", "split", "launch", "launch.zone", "launch.time", "start", "end", "evaluate_until",
    "target", "target.site", "organic", "organic.accounts", "organic.segments", "organic.segments.fan",
    "organic.segments.fan.share", "organic.zones", "organic.communities", "events", "events.teaser",
    "events.teaser.time", "narratives", "operators", "operators.agency", "operators.agency.accounts",
    "operators.agency.squads", "operators.agency.squads.loud", "operators.agency.squads.loud.roles",
    "operators.agency.squads.loud.evasion", "operators.agency.pushes",
    "operators.agency.pushes.first_rumour.squads", "operators.agency.plan", "operators.agency.batches",
    "operators.agency.break_up", "operators.agency.office", "operators.agency.office.rest_days", "expected",
    "expected.pushes", "exposure_log", "feed", "moderation",
]  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(PLACES), scalars), min_size=1, max_size=3))
def test_any_value_at_any_place_works_or_is_a_scenario_error(changes: list[tuple[str, str]]) -> None:
    assert all(find_field(place.split(".")) for place, _ in changes)
    problems = told("classroom", *(f"{place}={value}" for place, value in changes))
    assert all(": must " in problem and "be valid" not in problem for problem in problems)
