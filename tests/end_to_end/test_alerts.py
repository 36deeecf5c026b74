"""The command alerts as a user types it, on a tiny world and its twin: tables, JSON, own rules, wrong input."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time

import psutil
import pytest

from benchmarks.cli import make_app

SMALL = ("--accounts", "150", "--days", "12")
RULES = """
series:
  - name: links
    sql: select created_at as time, 1 as value from posts where len(urls) > 0
rules:
  - {name: any_mention, expr: "sum_over(mentions, 1) >= 1", summary: Somebody speaks.}
  - {name: never, expr: mentions > 1000000, summary: Everybody speaks.}
  - {name: linked, expr: "sum_over(links, 6) > 10", for: 1h, summary: Many links.}
"""


def smearbench(*arguments, cwd):
    command = [sys.executable, "-m", "benchmarks", *map(str, arguments)]
    environment = os.environ | {"COLUMNS": "80"}
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, timeout=180)


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    folder = tmp_path_factory.mktemp("alerts")
    (folder / "mine.yaml").write_text(RULES)
    options = ("--rules", "mine.yaml", "--warm-up", 2, "--worlds", "worlds", "--jobs", 2, "-o", "out")
    done = smearbench("alerts", "--scenario", "classroom", *SMALL, "--seeds", 1, *options, cwd=folder)
    assert done.returncode == 0, done.stderr
    (folder / "printed").write_text(done.stdout)
    return folder


@pytest.fixture(scope="module")
def found(place):
    return json.loads((place / "out/alerts.json").read_text())


def test_tables_fit_and_say_how_it_was_counted(place):
    printed = (place / "printed").read_text()
    assert not [line for line in printed.splitlines() if len(line.rstrip()) > 80]
    for text in ("Alert rules on classroom, seed 1", "shown before", "Engine duckdb", "6 h after it", "Twins at hand"):
        assert text in printed


def test_rule_that_always_fires_finds_no_more_than_chance(found):
    first, never, _ = found["rules"]
    assert first["n_waves"] > 0
    assert first["n_detected"] <= first["random_detection_rate"] * first["n_waves"] + 1
    assert first["twin_alarms_per_day"] > 0
    assert first["false_alarms_per_day"] > 0
    assert (never["n_detected"], never["precision"], never["random_detection_rate"]) == (0, None, 0)


def test_document_says_twin_engine_and_settings(found):
    assert found["synthetic"] is True
    assert found["twin_at_hand"] == [True]
    assert found["engine"]["name"] == "duckdb"
    assert found["settings"] == {"cooldown_hours": 6, "warm_up_days": 2, "delay_minutes": 1}


@pytest.fixture
def run(place, monkeypatch, capsys):
    """Return a function that runs the command in this process: exit code, stdout, stderr."""
    monkeypatch.chdir(place)

    def call(*arguments):
        with pytest.raises(SystemExit) as ended:
            make_app()(["alerts", *map(str, arguments)], prog_name="smearbench")
        return ended.value.code, *capsys.readouterr()

    return call


def _find_world(place):
    (world,) = (path for path in (place / "worlds").iterdir() if not path.name.endswith("-twin"))
    return world


def test_kept_world_scores_the_same_as_a_dataset_however_many_processes_work(run, place, found):
    code, printed, _ = run(_find_world(place), "--rules", "mine.yaml", "--warm-up", 2, "--jobs", 1, "--json")
    assert code == 0
    assert json.loads(printed) == found


def test_without_a_twin_waves_alone_decide_and_the_output_says_so(run, place):
    shutil.copytree(_find_world(place), place / "alone")
    _, printed, _ = run("alone", "--rules", "mine.yaml", "--warm-up", 2)
    assert "No twin at hand: every alert in a wave counts as true, which flatters." in printed


def test_run_within_its_warm_up_says_that_nothing_is_scored(place, run):
    code, printed, _ = run(_find_world(place), "--rules", "mine.yaml", "--warm-up", 60)
    assert code == 0
    assert "nothing is scored,\nas the run ends within the first 60 days. Choose a shorter --warm-up." in printed
    assert "no waves" not in printed.partition("Episodes")[0]


def test_folder_holds_figures_pictures_and_a_page(place):
    names = sorted(path.name for path in (place / "out").iterdir())
    assert names == ["alerts.html", "alerts.json", "alerts.png", "alerts.svg"]
    assert "classroom" in (place / "out/alerts.html").read_text(encoding="utf-8")


def test_interrupted_run_leaves_nothing(tmp_path):
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    arguments = ("alerts", "--scenario", "classroom", "--seeds", "9", "--jobs", "2", "--worlds", "kept", "-o", "out")
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks", *arguments],
        cwd=tmp_path,
        env=os.environ | {"TMPDIR": str(scratch)},
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    deadline = time.monotonic() + 120
    while not list((tmp_path / "kept").glob(".*partial*")):
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.05)
    os.killpg(process.pid, signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert said.endswith("Interrupted; nothing unfinished was kept.\n")
    assert not list(scratch.iterdir())
    assert not list((tmp_path / "kept").glob(".*"))
    assert not (tmp_path / "out").exists()


def _has_workers(process):
    return any("popen_loky" in " ".join(member.cmdline()) for member in process.children())


def test_interrupt_of_a_terminal_while_workers_start_is_said_once(tmp_path):
    arguments = ("alerts", "--scenario", "classroom", *SMALL, "--seeds", "1", "--jobs", "2", "-o", "out")
    process = psutil.Popen(
        [sys.executable, "-m", "benchmarks", *arguments],
        cwd=tmp_path,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    deadline = time.monotonic() + 120
    while not _has_workers(process):
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.01)
    family = process.children(recursive=True)
    os.killpg(process.pid, signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    spoken = [line for line in said.splitlines() if not line.startswith(("note: ", "alerts: "))]
    assert spoken == ["Interrupted; nothing unfinished was kept."]
    assert list(tmp_path.iterdir()) == []
    _, alive = psutil.wait_procs(family, timeout=30)
    assert alive == []


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
@pytest.mark.parametrize("force", [(), ("--force",)])
def test_run_that_is_ended_while_it_writes_leaves_no_half_of_a_result(run, place, monkeypatch, number, code, force):
    out = place / f"ended-{code}"
    if force:
        shutil.copytree(place / "out", out)
    before = [(path.name, path.read_bytes()) for path in sorted(out.glob("*"))]
    draw = "benchmarks.alerting.rehearsal_folder.draw_timeline"
    monkeypatch.setattr(draw, lambda *_, **__: signal.raise_signal(number))
    options = ("--rules", "mine.yaml", "--warm-up", 2, "--jobs", 1, "-o", out.name)
    ended, printed, _ = run(_find_world(place), *options, *force)
    assert (ended, printed) == (code, "")
    assert [(path.name, path.read_bytes()) for path in sorted(out.glob("*"))] == before
    assert out.exists() == bool(force)
    assert list(place.glob(".*")) == []


def test_place_that_cannot_be_written_is_refused_before_the_work(run, place, monkeypatch):
    monkeypatch.setattr("benchmarks.alerting.rehearsal.rehearse", lambda *_: pytest.fail("worked all the same"))
    code, printed, said = run(_find_world(place), "-o", "printed/out")
    assert (code, printed) == (1, "")
    assert said == "printed/out: must be a folder to write to: Not a directory.\n"


def test_series_are_listed(run):
    _, printed, _ = run("--list-series")
    assert all(f"{name} " in printed for name in ("mentions", "new_account_share", "top_hashtag_share"))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "alerts: must be given datasets or --scenario, got neither"),
        (("out", "--scenario", "classroom"), "alerts: must be given datasets or --scenario, got both"),
        (("out", "--rules", "none.yaml"), "none.yaml: must be a file that exists"),
        (("out", "--rules", "mine.yaml"), "out/manifest.json: must be there"),
    ],
)
def test_wrong_input_ends_with_2(run, arguments, message):
    code, printed, said = run(*arguments)
    assert (code, printed) == (2, "")
    assert message in said
