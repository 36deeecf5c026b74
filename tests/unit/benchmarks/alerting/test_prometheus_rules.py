"""Rule files of Prometheus: read as they are, refused with file and line, ordered by what they record."""

import pytest

from benchmarks.alerting.engines import programs
from benchmarks.alerting.engines.choosing import list_prometheus_files, load_engine
from benchmarks.alerting.engines.prometheus_rules import load_prometheus_rules, read_minutes
from benchmarks.alerting.rule_file import load_rules
from simulator.errors import InputError

pytestmark = pytest.mark.needs("promtool", "prometheus", "vmalert", "victoria-metrics")

ALERT = "{alert: a, expr: smearbench_mentions > 1}"


def _write(folder, *rules):
    path = folder / "my.yml"
    path.write_text("groups:\n  - name: g\n    rules:\n" + "".join(f"      - {rule}\n" for rule in rules))
    return path


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        (
            "{alert: a, expr: 'sum(b'}",
            r"my.yml:4:26: groups.0.rules.0.expr: must pass promtool's check. It says: .*paren",
        ),
        ("{alert: a, expr: b, for: 5x}", r"must pass promtool's check. It says: not a valid duration string: \"5x\""),
        ("{record: 'a b', expr: c}", r"groups.0.rules.0: must pass .* invalid recording rule name: a b"),
        ("{alert: a, expr: smearbench_mention > 1}", r"series that there are, got smearbench_mention. Did you mean"),
        (
            "{alert: a, expr: up == 0}",
            r"must name series that there are, got up. There is a smearbench_X for .* alerts --list-series",
        ),
        ("{alert: a, expr: smearbench_mentions_en > 0}", r'Write smearbench_mentions_by_language{lang="en"}'),
        ("{alert: a, expr: 'ALERTS > 0'}", r"got ALERTS. Alerts about alerts are not evaluated"),
        (
            "{alert: a, expr: smearbench_likes offset -5m > 0}",
            r"4:26: groups.0.rules.0.expr: must look only back, got off",
        ),
        ("{alert: a, expr: smearbench_likes @ end() > 0}", r"must look only back, so without @, got @ end"),
        ("{alert: a, expr: '{lang=\"en\"} > 0'}", r"must name each of its series, got a selector without a name"),
        (
            "{record: smearbench_likes, expr: smearbench_likes}",
            r"must record a new series, got the given smearbench_likes",
        ),
        ("{record: b, expr: b + smearbench_likes}", r"must not need its own result, by any way round, got b"),
        (
            "{alert: a, expr: smearbench_likes > 0, labels: {size: '{{ $value }}'}}",
            r"rules.0.labels.size: must not change with the value, got '{{ \$value }}'",
        ),
    ],
)
def test_rule_that_cannot_be_rehearsed_is_refused(tmp_path, rule, message):
    with pytest.raises(InputError, match=message):
        load_prometheus_rules(_write(tmp_path, ALERT, rule) if "rules.1" in message else _write(tmp_path, rule, ALERT))


def test_all_that_is_wrong_is_told_at_once(tmp_path):
    path = _write(tmp_path, "{alert: a, expr: b > 0}", "{alert: c, expr: smearbench_likes @ 1}")
    with pytest.raises(InputError) as refused:
        load_prometheus_rules(path)
    assert len(refused.value.problems) == 2


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("rules: []", r"groups: must be a list of groups of rules, got none. smearbench's own files .* engine duckdb"),
        ("groups: 3", r"my.yml:1:9: groups: must be a list of groups"),
        ("groups: [{name: g, rules: [{record: b, expr: smearbench_likes}]}]", r"must hold an alert at least"),
        ("groups: [{name: g, rules: 3}]", r"must pass promtool's check. It says: .*cannot unmarshal"),
        ("groups: [3]", r"must pass promtool's check. It says: .*cannot unmarshal"),
    ],
)
def test_file_of_another_form_is_refused(tmp_path, text, message):
    path = tmp_path / "my.yml"
    path.write_text(text)
    with pytest.raises(InputError, match=message):
        load_prometheus_rules(path)


def test_vmalert_checks_its_own_files(tmp_path):
    known_to_both = _write(tmp_path, "{alert: a, expr: smearbench_likes default 3 > 1}", ALERT)
    assert len(load_prometheus_rules(known_to_both, "vmalert").alerts) == 2
    unknown = _write(tmp_path, "{alert: a, expr: smearbench_likes, keep_firing_for: 5m}")
    with pytest.raises(InputError, match=r"groups.0.rules.0: must pass vmalert's check. It says: .*keep_firing_for"):
        load_prometheus_rules(unknown, "vmalert")


def test_records_are_ordered_by_need(tmp_path):
    last, first = "{record: c, expr: b + d}", "{record: b, expr: smearbench_likes}"
    loaded = load_prometheus_rules(_write(tmp_path, last, first, "{record: d, expr: b}", "{alert: a, expr: c > 1}"))
    assert [[rule.name for rule in level] for level in loaded.records] == [["b"], ["d"], ["c"]]
    assert loaded.metrics == {"smearbench_likes"}


def test_alerts_of_one_name_are_told_apart(tmp_path):
    loaded = load_prometheus_rules(_write(tmp_path, ALERT, ALERT))
    assert [rule.name for rule in loaded.alerts] == ["a", "a 2"]


@pytest.mark.parametrize(("text", "minutes"), [("0", 0), ("5m", 5), ("1h30m", 90), ("90s", 1.5), ("1w", 10_080)])
def test_durations_are_those_of_prometheus(text, minutes):
    assert read_minutes(text) == minutes


@pytest.mark.parametrize("name", list_prometheus_files())
def test_shipped_files_have_the_rules_of_those_for_duckdb(name):
    theirs = {rule.name: (rule.for_minutes, rule.summary) for rule in load_rules(name).rules}
    ours = {rule.name: (rule.for_minutes, rule.summary) for rule in load_engine(name, "prometheus").rules}
    assert ours == theirs


@pytest.mark.parametrize(
    ("text", "engine", "name"),
    [
        (f"groups: [{{name: g, rules: [{ALERT}]}}]", None, "prometheus"),
        (f"groups: [{{name: g, rules: [{ALERT}]}}]", "vmalert", "vmalert"),
        ("rules: [{name: a, expr: mentions > 1, summary: Many.}]", None, "duckdb"),
    ],
)
def test_engine_is_chosen_by_the_file(tmp_path, text, engine, name):
    path = tmp_path / "my.yaml"
    path.write_text(text)
    found = load_engine(str(path), engine)
    assert found.name == name
    assert found.version[0].isdigit()


@pytest.mark.parametrize(
    ("path", "engine", "message"),
    [
        ("starter", "prometeus", r"--engine: must be a known engine, got 'prometeus'. Did you mean 'prometheus'"),
        ("started", "prometheus", r"--rules: must be a YAML file or the name of .*, got 'started'. Did you mean 'star"),
        ("none.yaml", None, r"none.yaml: must be"),
    ],
)
def test_unknown_engine_or_file_is_refused(path, engine, message):
    with pytest.raises(InputError, match=message):
        load_engine(path, engine)


@pytest.mark.parametrize(
    ("engine", "program", "package"),
    [("prometheus", "promtool", "prometheus"), ("vmalert", "victoria-metrics", "victoria-metrics")],
)
def test_missing_program_names_its_package(monkeypatch, engine, program, package):
    there = programs.shutil.which
    monkeypatch.setattr(programs.shutil, "which", lambda name: None if name == program else there(name))
    with pytest.raises(InputError, match=f"{program}: must be installed, got .*apt-get install {package}"):
        load_engine("starter", engine)
