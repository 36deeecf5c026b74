"""The five-minute series, counted by hand on the tiny dataset; none of them sees what is later than its time."""

import pyarrow as pa
import pytest

from benchmarks.alerting.own_series import add_own_series, open_locked
from benchmarks.alerting.rule_file import load_rules
from benchmarks.alerting.series import STEP_MS, make_series
from benchmarks.alerting.series_list import SERIES_NAMES
from benchmarks.detector import Observations
from simulator.errors import InputError
from tests.tiny_dataset import DAY, END, HOUR, LAUNCH, START, rows_of, write_tiny

COPIED = "The brakes of my new Auralis fail on every single hill around here"
# One text by two accounts within a day, by one of them again, and a third time when a day has gone by.
COPIES = [(1, 11, HOUR), (2, 12, 3 * HOUR), (3, 12, 4 * HOUR), (4, 13, 2 * DAY)]
TAGGED = [(11, ["Boycott"]), (12, ["boycott"]), (13, ["AuralisOne"]), (21, [])]


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    path = write_tiny(tmp_path_factory.mktemp("tiny") / "world")
    return Observations(path / "observations", END - DAY)


@pytest.fixture(scope="module")
def series(tiny):
    return make_series(tiny)


def _observe(folder, posts):
    """Observe posts: id, author, ms after the start, text, tags, links."""
    rows = [
        (n, START + at, author, "post", None, n, text, "en", tags, urls, [], "web")
        for n, author, at, text, tags, urls in posts
    ]
    path = write_tiny(folder / "world", tables={"posts": rows_of("posts", rows)})
    return Observations(path / "observations", END)


def _read(series, name):
    """Return the values that are neither 0 nor null, by the ms from the start to the end of their step."""
    times = series["time"].cast(pa.int64()).to_pylist()
    values = series[name].to_pylist()
    return {time - START: value for time, value in zip(times, values, strict=True) if value}


def test_every_step_has_a_row_and_every_series_a_column(series):
    assert series.num_rows == 4 * DAY // STEP_MS
    assert tuple(series.schema.names) == SERIES_NAMES


ATTACK, PRESENTED = DAY + STEP_MS, LAUNCH - START + STEP_MS


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("mentions", {ATTACK: 1, PRESENTED: 1}),
        ("negative", {ATTACK: 1}),
        ("mentions_en", {ATTACK: 1, PRESENTED: 1}),
        ("mentions_zh", {}),
        ("new_account_mentions", {ATTACK: 1}),
        ("reposts", {ATTACK: 1, ATTACK + HOUR: 1}),
        ("thread_replies", {ATTACK + 2 * HOUR: 1}),
        ("likes", {ATTACK: 1, PRESENTED + 2 * HOUR: 1}),
        ("duplicates", {}),
        ("top_link_mentions_1h", {ATTACK + step * STEP_MS: 1 for step in range(12)}),
        ("negative_share", {ATTACK + step * STEP_MS: 1.0 for step in range(12)}),
    ],
)
def test_series_counts(series, name, expected):
    assert _read(series, name) == expected


def test_duplicate_is_what_another_account_said_in_the_last_day(tmp_path):
    seen = _observe(tmp_path, [(n, author, at, COPIED, [], []) for n, author, at in COPIES])
    assert _read(make_series(seen), "duplicates") == {3 * HOUR + STEP_MS: 1, 4 * HOUR + STEP_MS: 1}


def test_top_hashtag_is_not_the_brands_own_and_capitals_do_not_count(tmp_path):
    posts = [(n, author, n * 60_000, f"Auralis {n}", tags, []) for n, (author, tags) in enumerate(TAGGED, 1)]
    series = make_series(_observe(tmp_path, posts))
    assert _read(series, "top_hashtag_mentions_1h")[STEP_MS] == 2
    assert _read(series, "top_hashtag_share")[STEP_MS] == 0.5
    assert _read(series, "authors_1h")[STEP_MS] == 4


@pytest.mark.parametrize("n_steps", [289, 300, 600])
def test_later_rows_change_no_earlier_step(tiny, series, n_steps):
    assert make_series(_cut(tiny, n_steps)).equals(series.slice(0, n_steps))


def _cut(observations, n_steps):
    """Return observations that end earlier, though the files go on."""
    return Observations(observations.folder, START + n_steps * STEP_MS)


def _rules(folder, sql):
    path = folder / "own.yaml"
    path.write_text(f"series:\n  - name: own\n    sql: {sql}\nrules:\n  - {{name: a, expr: own > 0, summary: Any.}}\n")
    return load_rules(str(path))


def test_own_series_adds_up_the_events_of_a_step(tiny, series, tmp_path):
    rules = _rules(tmp_path, "select created_at as time, 2 as value from posts where kind = 'repost'")
    assert _read(add_own_series(tiny, rules, series), "own") == {ATTACK: 2.0, ATTACK + HOUR: 2.0}


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        ("select created_at as time from posts", "must be SQL over the observations, got .*value"),
        ("select created_at as time, 'nan'::double as value from posts", "must return .* finite numbers, got nan in"),
        ("select 1; select 2", "must be one SELECT, got"),
        ("drop table posts", "must be one SELECT, got"),
        ("select created_at - interval 6 hour as time, 1 as value from posts", "see nothing later than its time"),
        ("select time, n as value from (select min(created_at) as time, count(*) as n from posts)", "nothing later"),
        ("select now() as time, content as value from read_text('/etc/hostname')", "Cannot access file"),
    ],
)
def test_own_series_that_is_wrong_is_refused(tiny, series, tmp_path, sql, message):
    with pytest.raises(InputError, match=rf"own\.yaml:3:\d+: series\.0\.sql: .*{message}"):
        add_own_series(tiny, _rules(tmp_path, sql), series)


@pytest.mark.parametrize(
    "question",
    [
        "select * from read_parquet('{folder}/../truth/accounts.parquet')",
        "set enable_external_access = true",
        "set allowed_directories = ['/']",
        "attach '{folder}/../x.db'",
        "copy (select 1) to '{folder}/../x.csv'",
    ],
)
def test_own_series_reach_nothing_but_observations(tiny, question):
    with open_locked(tiny.folder, END) as database:
        assert database.execute("select count(*) from posts").fetchall() == [(8,)]
        with pytest.raises(Exception, match=r"Cannot access|locked|disabled"):
            database.execute(question.format(folder=tiny.folder))


def test_what_became_visible_later_is_hidden_from_own_series(tiny):
    with open_locked(tiny.folder, START + DAY + HOUR) as database:
        assert database.execute("select max(post_id) from posts").fetchall() == [(103,)]
        assert database.execute("select count(until) from follows").fetchall() == [(0,)]
