"""A whole run: what it reports on the way, what it refuses, what it counts."""

import subprocess
import sys
from pathlib import Path

import pytest

import simulator
from simulator import load_scenario, open_dataset, simulate
from simulator.errors import InputError, OutputError
from simulator.scenario import Scenario, scenario_yaml
from simulator.scenario import load_scenario as load
from simulator.simulation import Progress
from tests.worlds import DAY, Library, operator, plain, scenario_from

SEED = 9


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return scenario_from(plain(organic={"accounts": 60}, operators={"agency": operator(5)}))


def test_progress_is_reported_after_every_day(scenario: Scenario, tmp_path: Path) -> None:
    reports: list[Progress] = []
    run = simulate(scenario, SEED, tmp_path / "world", progress=reports.append)
    assert [(report.day, report.n_days) for report in reports] == [(day, 5) for day in range(1, 6)]
    assert [report.time_ms for report in reports] == [scenario.start_ms + day * DAY for day in range(1, 6)]
    assert [report.n_posts for report in reports] == sorted(report.n_posts for report in reports)
    assert reports[-1].n_posts == run.counters["posts"]


def test_counters_agree_with_what_was_written(scenario: Scenario, tmp_path: Path) -> None:
    run = simulate(scenario, SEED, str(tmp_path / "world"))
    counts = open_dataset(run.path).counts
    assert run.path == tmp_path / "world"
    assert (run.counters["posts"], run.counters["exposures"]) == (counts["posts"], counts["truth_exposure_log"])


@pytest.mark.parametrize("seed", [-1, 1 << 64])
def test_a_seed_out_of_range_is_refused_before_any_work(scenario: Scenario, tmp_path: Path, seed: int) -> None:
    with pytest.raises(InputError, match=rf"^seed: must be between 0 and 2\^64 - 1, got {seed}\.$"):
        simulate(scenario, seed, tmp_path / "world")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("seed", [0, (1 << 64) - 1])
def test_the_outermost_seeds_are_seeds(library: Library, seed: int) -> None:
    told = library.told(plain(organic={"accounts": 60}, operators={"agency": operator(5)}), seed)
    assert told.dataset.seed == seed
    assert told.dataset.counts["posts"] > 0


def test_an_output_that_exists_is_kept_unless_forced(scenario: Scenario, tmp_path: Path) -> None:
    simulate(scenario, SEED, tmp_path / "world")
    with pytest.raises(OutputError):
        simulate(scenario, SEED + 1, tmp_path / "world")
    assert open_dataset(tmp_path / "world").seed == SEED
    simulate(scenario, SEED + 1, tmp_path / "world", force=True)
    assert open_dataset(tmp_path / "world").seed == SEED + 1


def test_a_run_that_fails_leaves_nothing(scenario: Scenario, tmp_path: Path) -> None:
    def stop(report: Progress) -> None:
        if report.day == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        simulate(scenario, SEED, tmp_path / "world", progress=stop)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("kind", "is_twin"), [("world", False), ("twin", True), ("placebo", True)])
def test_the_manifest_tells_what_a_dataset_is(library: Library, scenario: Scenario, kind: str, is_twin: bool) -> None:
    manifest = open_dataset(library.path(scenario, SEED, kind)).manifest
    assert (manifest.variant, manifest.twin, manifest.seed, manifest.synthetic) == (kind, is_twin, SEED, True)
    moments = manifest.moments
    assert (moments.start_ms, moments.end_ms) == (scenario.start_ms, scenario.end_ms)
    assert (moments.launch_ms, moments.evaluate_until_ms) == (scenario.launch_ms, scenario.evaluate_until_ms)


def test_a_dataset_holds_the_scenario_that_made_it(library: Library, scenario: Scenario, tmp_path: Path) -> None:
    dataset = open_dataset(library.path(scenario, SEED))
    path = tmp_path / "scenario.yaml"
    path.write_text(dataset.scenario_text, encoding="utf-8")
    assert load(path) == scenario
    assert dataset.scenario_text == scenario_yaml(scenario)


def test_the_exposure_log_is_written_only_where_asked_for(library: Library) -> None:
    quiet = plain(organic={"accounts": 60}, exposure_log=False)
    dataset = open_dataset(library.path(scenario_from(quiet), SEED))
    assert not dataset.has("truth_exposure_log")
    assert dataset.counts["truth_exposures"] > 0


def test_a_world_without_any_brand_talk_is_a_dataset_too(library: Library) -> None:
    segments = {"casual": {"share": 1.0, "brand_interest_share": 0.0, "brand_talk_share": 0.0}}
    told = library.told(plain(organic={"accounts": 40, "segments": segments}), SEED)
    assert told.dataset.counts["likes"] == 0
    assert told.dataset.counts["posts"] > 0


def test_the_package_offers_what_its_users_need() -> None:
    assert set(simulator.__all__) == {"World", "load_scenario", "open_dataset", "simulate"}
    assert simulator.simulate is simulate
    assert simulator.load_scenario is load_scenario is load
    assert simulator.World.__name__ == "World"


def test_an_unknown_name_of_the_package_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="module 'simulator' has no attribute 'simulte'"):
        simulator.simulte  # type: ignore[attr-defined]  # noqa: B018


def test_importing_the_package_imports_nothing_heavy() -> None:
    program = "import simulator, sys; print(sorted({'mesa', 'numba', 'pyarrow', 'numpy'} & set(sys.modules)))"
    ended = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2]
    )
    assert ended.stdout.strip() == "[]"


def test_ten_lines_are_enough(tmp_path: Path) -> None:
    from simulator import load_scenario, simulate

    scenario = load_scenario("classroom", accounts=150, days=3, overrides=["operators.agency.squads.all.evasion=L0"])
    run = simulate(scenario, seed=7, out=tmp_path / "world")
    posts = open_dataset(run.path).table("posts", ["post_id", "text"])
    assert posts.num_rows == run.counters["posts"]
