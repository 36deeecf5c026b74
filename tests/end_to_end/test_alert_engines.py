"""Engines of alert rules, run for real: they agree with promtool and with each other, and leave nothing behind."""

import json
import os
import signal
import socket
import socketserver
import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from benchmarks.alerting.engines import prometheus_engine, servers
from benchmarks.alerting.engines.choosing import ENGINES, load_engine
from benchmarks.alerting.engines.metrics import Samples
from benchmarks.alerting.engines.programs import ProgramError
from benchmarks.alerting.engines.prometheus_engine import run_prometheus
from benchmarks.alerting.engines.remote_write import write_samples
from benchmarks.cli import make_app
from simulator.errors import InputError
from tests.made_up_metrics import STEP_MS, ask_promtool, make_table
from tests.tiny_dataset import write_tiny

pytestmark = pytest.mark.needs("prometheus", "promtool", "vmalert", "victoria-metrics")

SERVED = ("prometheus", "vmalert")
_OTHERS = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nfine"
N_STEPS = 150
# Before 2100, as all must be.
TO_COME_MS = 4_070_908_800_000
RULES = """
groups:
  - name: alerts
    rules:
      - {alert: now, expr: smearbench_mentions > 0}
      - {alert: four, expr: smearbench_mentions > 0, for: 4m}
      - {alert: ten, expr: smearbench_mentions > 0, for: 10m}
      - {alert: twelve, expr: smearbench_mentions > 0, for: 12m}
      - {alert: share, expr: smearbench_duplicate_share > 0.5, for: 5m}
      - {alert: gone, expr: absent(smearbench_duplicate_share)}
      - {alert: spoken, expr: smearbench_mentions_by_language > 0, for: 10m, labels: {severity: page}}
      - {alert: busy, expr: hour >= 6, for: 15m}
      - {alert: undefined, expr: "hour:share{kind='a'} >= 0.2"}
      - {alert: always, expr: 1 > bool 2}
      - {alert: before, expr: smearbench_mentions offset 5m > 0 and smearbench_mentions offset 15m > 0, for: 5m}
  - name: records
    interval: 5m
    rules:
      - {record: hour, expr: "sum_over_time(smearbench_mentions[59m])"}
      - {record: "hour:share", expr: "smearbench_negative / hour", labels: {kind: a, lang: ""}}
"""


def _make_columns():
    """Return columns in which everything begins, ends, is missing and comes back often."""
    draw = np.random.Generator(np.random.PCG64(7))
    columns = {
        name: (draw.random(N_STEPS) < share).astype(int).tolist()
        for name, share in (("mentions", 0.6), ("negative", 0.4), ("mentions_en", 0.5), ("mentions_zh", 0.5))
    }
    shares = draw.random((N_STEPS, 2))
    return columns | {"duplicate_share": [None if gone < 0.3 else share for gone, share in shares.tolist()]}


@pytest.fixture(scope="module")
def columns():
    return _make_columns()


@pytest.fixture(scope="module")
def promtools(tmp_path_factory, columns):
    # Groups run side by side there: what records must stand before what reads it.
    before, _, records = RULES.partition("  - name: records")
    ordered = before.replace("groups:\n", f"groups:\n  - name: records{records}")
    expected = ask_promtool(tmp_path_factory.mktemp("promtool"), ordered, columns, N_STEPS)
    assert len(expected) == 11
    return expected


def _fire(folder, engine, rules, table):
    path = folder / f"{engine}.yml"
    path.write_text(rules)
    home = folder / f"{engine}-home"
    home.mkdir(exist_ok=True)
    found = load_engine(str(path), engine).fire(table, home)
    assert list(home.iterdir()) == []
    first = int(table["time"][0].value)
    return {one.name: ((one.moments - first) // STEP_MS).tolist() for one in found}


@pytest.mark.parametrize("engine", SERVED)
def test_firing_equals_promtools_on_gaps_labels_and_records(tmp_path, columns, promtools, engine):
    assert _fire(tmp_path, engine, RULES, make_table(columns, N_STEPS)) == promtools


def test_times_to_come_fire_the_same(tmp_path, columns, promtools):
    """Prometheus takes none of them while it runs, so they are loaded another way."""
    to_come = make_table(columns, N_STEPS, start_ms=TO_COME_MS)
    assert not prometheus_engine.takes_writes("2.42.0", TO_COME_MS)
    assert _fire(tmp_path, "prometheus", RULES, to_come) == promtools


def test_range_holds_both_ends_in_prometheus_alone(tmp_path):
    rule = "{alert: a, expr: 'count_over_time(smearbench_mentions[20m]) >= 5'}"
    rules = f"groups: [{{name: g, rules: [{rule}]}}]"
    found = [_fire(tmp_path, engine, rules, make_table({}, 8))["a"] for engine in SERVED]
    assert found == [[4, 5, 6, 7], []]


@pytest.mark.parametrize("engine", SERVED)
def test_record_may_have_a_single_sample(tmp_path, engine):
    rules = "groups: [{name: g, rules: [{record: rare, expr: smearbench_mentions > 1}, {alert: a, expr: rare}]}]"
    table = make_table({"mentions": [0, 0, 2, 0, 0, 0]}, 6)
    assert _fire(tmp_path, engine, rules, table) == {"a": [2]}


WEEK = 7 * 288


@pytest.fixture(scope="module")
def bursts():
    """Nine days of talk that is sometimes loud and copied."""
    draw = np.random.Generator(np.random.PCG64(3))
    n_steps = 9 * 288
    loud = np.repeat(draw.random(n_steps // 36) < 0.3, 36)
    mentions = draw.poisson(np.where(loud, 5, 1.2))
    columns = {"mentions": mentions, "negative": draw.binomial(mentions, np.where(loud, 0.6, 0.3))}
    for name in ("duplicate_share", "new_account_share", "top_link_share", "top_hashtag_share"):
        columns[name] = np.where(draw.random(n_steps) < 0.05, np.nan, np.repeat(draw.random(n_steps // 9), 9) * 0.5)
    for name in ("top_link_mentions_1h", "top_hashtag_mentions_1h"):
        columns[name] = draw.poisson(np.where(loud, 12, 5))
    return make_table({name: _with_null(values.astype(float)) for name, values in columns.items()}, n_steps)


def _with_null(values):
    return [None if np.isnan(value) else value for value in values.tolist()]


@pytest.fixture(scope="module")
def starters(bursts, tmp_path_factory):
    home = tmp_path_factory.mktemp("starters")
    return {engine: load_engine("starter", engine).fire(bursts, home) for engine in ENGINES}


@pytest.mark.parametrize("engine", SERVED)
def test_starter_packs_agree_once_a_week_has_passed(starters, bursts, engine):
    first_scored = bursts["time"][WEEK].value
    for theirs, ours in zip(starters["duckdb"], starters[engine], strict=True):
        expected = theirs.moments[theirs.moments >= first_scored]
        assert len(expected) > 0, theirs.name
        assert (ours.name, ours.moments[ours.moments >= first_scored].tolist()) == (theirs.name, expected.tolist())


@pytest.mark.parametrize("engine", SERVED)
def test_what_comes_later_changes_nothing(starters, bursts, engine, tmp_path):
    cut = int(starters[engine][0].moments[-1] - bursts["time"][0].value) // STEP_MS + 1
    again = load_engine("starter", engine).fire(bursts.slice(0, cut), tmp_path)
    last = bursts["time"][cut - 1].value
    for before, after in zip(starters[engine], again, strict=True):
        assert after.moments.tolist() == before.moments[before.moments <= last].tolist()


RULE = "groups: [{name: g, rules: [{alert: a, expr: smearbench_likes > 0}]}]"


def test_samples_that_are_not_written_are_missed(tmp_path, monkeypatch):
    write = prometheus_engine.write_samples

    def lose(server, samples):
        write(server, [replace(one, times_ms=one.times_ms[1:], values=one.values[1:]) for one in samples])

    monkeypatch.setattr(prometheus_engine, "write_samples", lose)
    with pytest.raises(ProgramError, match=r"prometheus: must hold 3 samples of smearbench_likes, got 2\."):
        _fire(tmp_path, "prometheus", RULE, make_table({"likes": [1, 2, 3]}, 3))
    assert list((tmp_path / "prometheus-home").iterdir()) == []


def test_server_that_takes_no_samples_is_told(tmp_path):
    one = Samples("a", (), np.array([300_000]), np.ones(1))
    with run_prometheus(tmp_path) as server, pytest.raises(ProgramError, match=r"/api/v1/write, got 404: remote write"):
        write_samples(server, [one])


def test_samples_out_of_order_in_blocks_are_missed(tmp_path, monkeypatch):
    """Prometheus drops them silently; the count tells."""
    write = prometheus_engine.write_openmetrics

    def turn_round(samples, path):
        write(samples, path)
        first, *lines, last = path.read_text().splitlines()
        path.write_text("\n".join([first, lines[-1], *lines[:-1], last]) + "\n")

    monkeypatch.setattr(prometheus_engine, "write_openmetrics", turn_round)
    with pytest.raises(
        ProgramError, match=r"prometheus: must hold 3 samples of smearbench_likes, got [012]\.|promtool"
    ):
        _fire(tmp_path, "prometheus", RULE, make_table({"likes": [1, 2, 3]}, 3, start_ms=TO_COME_MS))
    assert list((tmp_path / "prometheus-home").iterdir()) == []


def test_samples_that_victoria_metrics_drops_are_missed(tmp_path):
    future = make_table({"likes": [1, 2, 3]}, 3, start_ms=TO_COME_MS)
    with pytest.raises(ProgramError, match="victoria-metrics: must hold 3 samples of smearbench_likes, got 0"):
        _fire(tmp_path, "vmalert", RULE, future)
    assert list((tmp_path / "vmalert-home").iterdir()) == []


@pytest.mark.parametrize("engine", SERVED)
def test_series_without_a_sample_fire_nothing(tmp_path, engine):
    rules = "groups: [{name: g, rules: [{alert: a, expr: smearbench_duplicate_share > 0}]}]"
    assert _fire(tmp_path, engine, rules, make_table({}, 3)) == {"a": []}
    assert _fire(tmp_path, engine, rules, make_table({}, 3).slice(0, 1)) == {"a": []}


@pytest.mark.parametrize(
    ("expr", "reason"),
    [
        (
            "smearbench_mentions_by_language * on() smearbench_mentions_by_language > 1",
            "many-to-many matching not allow",
        ),
        ("'abc'", "invalid expression type"),
    ],
)
def test_rule_that_cannot_be_evaluated_is_named(tmp_path, expr, reason):
    good, bad = "    - {alert: good, expr: smearbench_likes}", f"    - alert: bad\n      expr: {json.dumps(expr)}"
    rules = f"groups:\n  - name: g\n    rules:\n{good}\n{bad}\n"
    table = make_table({"likes": [1, 2, 3], "mentions_en": [1, 2, 3], "mentions_zh": [2, 1, 1]}, 3)
    with pytest.raises(InputError) as refused:
        _fire(tmp_path, "prometheus", rules, table)
    assert "prometheus.yml:6:" in str(refused.value)
    assert "groups.0.rules.1.expr: must be an expression that can be evaluated" in str(refused.value)
    assert reason in str(refused.value)


def test_port_that_is_taken_is_replaced(tmp_path, monkeypatch):
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        ports = iter([listener.getsockname()[1], servers.find_free_port()])
        monkeypatch.setattr(servers, "find_free_port", lambda: next(ports))
        with run_prometheus(tmp_path) as server:
            assert server.port != listener.getsockname()[1]
            assert server.ask("/-/ready")


def test_server_that_refuses_says_why(tmp_path):
    with run_prometheus(tmp_path) as server, pytest.raises(ProgramError, match=r"must answer /api/.*parse error"):
        server.ask_json("/api/v1/query", query="sum(")


def test_server_that_ends_at_once_is_told(tmp_path):
    arguments = ["--no-such-option"]
    with (
        pytest.raises(ProgramError, match=r"prometheus: must run, got an end at once: .*no-such-option"),
        servers.run_server("prometheus", lambda address: arguments, tmp_path, lambda server: bool(server.ask("/"))),
    ):
        pass


@pytest.mark.parametrize("answer", [b"no HTTP\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{", _OTHERS])
def test_answer_of_another_program_is_told(answer):
    class Answering(socketserver.StreamRequestHandler):
        def handle(self):
            self.request.recv(1 << 16)
            self.wfile.write(answer)

    with socketserver.TCPServer(("127.0.0.1", 0), Answering) as listener:
        threading.Thread(target=listener.handle_request, daemon=True).start()
        with pytest.raises(ProgramError, match=r"prometheus: must answer /api"):
            servers.Server("prometheus", listener.server_address[1]).ask_json("/api")


@pytest.fixture(scope="module")
def dataset(tmp_path_factory):
    return write_tiny(tmp_path_factory.mktemp("engines") / "tiny")


@pytest.fixture
def run(dataset, monkeypatch, capsys):
    """Return a function that runs the command in this process: exit code, stdout, stderr."""
    monkeypatch.chdir(dataset.parent)

    def call(*arguments):
        with pytest.raises(SystemExit) as ended:
            make_app()(["alerts", "tiny", "--warm-up", "0", *arguments], prog_name="smearbench")
        return ended.value.code, *capsys.readouterr()

    return call


@pytest.mark.parametrize("engine", SERVED)
def test_results_name_engine_and_version(run, engine):
    version = load_engine("starter", engine).version
    _, printed, _ = run("--engine", engine)
    assert f"Engine {engine} {version}, a step every 5 min" in printed
    _, printed, _ = run("--engine", engine, "--json")
    assert json.loads(printed)["engine"] == {"name": engine, "version": version}


def test_metrics_are_listed_as_rules_name_them(run):
    _, printed, _ = run("--list-series", "--engine", "prometheus", "--json")
    assert 'smearbench_mentions_by_language{lang="en"}' in [one["metric"] for one in json.loads(printed)]
    _, printed, _ = run("--list-series", "--engine", "prometheus")
    assert "smearbench_likes " in printed


def test_own_series_are_metrics_too(run, tmp_path):
    (tmp_path / "series.yaml").write_text(
        "series: [{name: posted, sql: 'select created_at as time, 1 as value from posts'}]"
    )
    rule = "{alert: a, expr: smearbench_posted > 0}"
    (tmp_path / "rules.yml").write_text(f"groups: [{{name: g, rules: [{rule}]}}]")
    options = ("--rules", str(tmp_path / "rules.yml"), "--series", str(tmp_path / "series.yaml"), "--json")
    code, printed, _ = run(*options)
    assert code == 0
    assert json.loads(printed)["worlds"][0]["rules"][0]["n_alerts"] > 0


@pytest.mark.parametrize(
    ("text", "options", "message"),
    [
        ("series: []", ("--engine", "prometheus"), "series.yaml:1:9: series: must have at least 1 entry"),
        ("rules: []", ("--engine", "prometheus"), "rules: must be a known key"),
        ("series: []", (), "--series: must not be given to duckdb"),
    ],
)
def test_own_series_that_are_wrong_end_with_2(run, tmp_path, text, options, message):
    (tmp_path / "series.yaml").write_text(text)
    code, printed, said = run("--series", str(tmp_path / "series.yaml"), *options)
    assert (code, printed) == (2, "")
    assert message in said


def test_missing_program_ends_with_2(run, monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    code, printed, said = run("--engine", "prometheus")
    assert (code, printed) == (2, "")
    assert "apt-get install prometheus" in said


def _find_servers(folder):
    """Return the numbers of processes with a folder among their arguments, this program's aside."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            words = (process / "cmdline").read_bytes()
        except OSError:
            continue
        if str(folder).encode() in words and b"benchmarks" not in words:
            found.append(int(process.name))
    return found


def _await(condition, seconds=60):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.mark.parametrize(
    ("engine", "number", "code"),
    [("prometheus", signal.SIGINT, 130), ("vmalert", signal.SIGTERM, 143)],
)
def test_nothing_is_left_when_it_is_ended(dataset, tmp_path, engine, number, code):
    command = [sys.executable, "-m", "benchmarks", "alerts", str(dataset), "--engine", engine, "--warm-up", "0"]
    environment = os.environ | {"TMPDIR": str(tmp_path)}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        _await(lambda: _find_servers(tmp_path))
        process.send_signal(number)
        process.communicate(timeout=60)
    assert process.returncode == code
    assert _find_servers(tmp_path) == []
    assert list(tmp_path.iterdir()) == []


SERVE = """
import sys, time
from pathlib import Path
from benchmarks.alerting.engines.prometheus_engine import run_prometheus
with run_prometheus(Path(sys.argv[1])):
    time.sleep(60)
"""


def test_server_dies_with_a_program_that_is_killed(tmp_path):
    with subprocess.Popen([sys.executable, "-c", SERVE, str(tmp_path)]) as process:
        _await(lambda: _find_servers(tmp_path / "data"))
        process.kill()
        process.wait()
    _await(lambda: not _find_servers(tmp_path / "data"))
