"""What a streaming detector is fed, step by step, by hand on the tiny world."""

from datetime import UTC, datetime

import pytest

from benchmarks.blind.alert_stream import collect_alerts
from benchmarks.blind.blind_folder import lay_out
from benchmarks.blind.streaming import replay
from benchmarks.detector import Alert, Observations
from simulator.dataset import open_dataset
from simulator.errors import InputError
from tests.tiny_dataset import CONTEXT, DAY, END, LAUNCH, START, write_tiny

DAYS = [1440 * day for day in range(1, 6)]


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    return open_dataset(write_tiny(tmp_path_factory.mktemp("streaming") / "tiny"))


@pytest.fixture
def observe(tiny, tmp_path):
    def make(as_of_ms):
        lay_out(tiny, tmp_path, as_of_ms)
        return Observations(tmp_path, as_of_ms)

    return make


def at(moment_ms):
    return datetime.fromtimestamp(moment_ms / 1000, UTC)


def collect(observations, name, column, step_minutes=1440):
    return [batch.table(name)[column].to_pylist() for batch, _ in replay(observations, step_minutes)]


def test_posts_by_day(observe):
    assert collect(observe(END), "posts", "post_id") == [[101], [102, 103, 104, 105], [106], [107, 108], []]


def test_first_batch_holds_what_was_there_before(observe):
    observations = observe(END)
    assert collect(observations, "accounts", "account_id") == [[11, 12, 13, 14, 21, 22], [], [], [], []]
    assert [sorted(ids) for ids in collect(observations, "follows", "follower_id")] == [[11, 12, 22], [], [], [], []]


def test_counters_are_shown_at_the_end_of_their_day(observe):
    assert collect(observe(END), "metrics", "post_id") == [[], [102], [], [107], []]


def test_follow_is_shown_as_lasting_when_its_end_comes_later(observe):
    untils = collect(observe(END), "follows", "until")
    assert untils == [[None, None, None], [], [], [], []]


@pytest.mark.parametrize(
    ("as_of_ms", "n_steps"), [(START + DAY - 1, 0), (START + DAY, 1), (LAUNCH - 1, 2), (LAUNCH, 3), (END, 5)]
)
def test_unfinished_step_is_left_out(observe, as_of_ms, n_steps):
    moments = [now for _, now in replay(observe(as_of_ms), 1440)]
    assert moments == [at(START + day * DAY) for day in range(1, n_steps + 1)]


def test_step_below_a_minute_is_refused(observe):
    with pytest.raises(ValueError, match="step_minutes: must be at least 1, got 0"):
        next(replay(observe(END), 0))


def test_columns_of_a_batch(observe):
    batch, _ = next(replay(observe(END), 1440))
    assert batch.table("posts", ["kind", "post_id"]).column_names == ["kind", "post_id"]
    with pytest.raises(ValueError, match=r"column of posts must be one of post_id, .*, got 'truth'"):
        batch.table("posts", ["truth"])


class Counter:
    """Answers the number of new posts, as often as there are some."""

    name, level, step_minutes = "counter", "alert", 1440

    def __init__(self, answer=None):
        self.answer, self.context, self.seen = answer, None, []

    def start(self, context):
        self.context = context

    def update(self, batch, now):
        self.seen.append(now)
        if self.answer is not None:
            return self.answer
        n_posts = batch.table("posts").num_rows
        return [Alert(n_posts, f"{n_posts} posts")] if n_posts else []


def test_alerts_are_stamped_with_the_end_of_their_step(observe):
    detector = Counter()
    alerts = collect_alerts(detector, observe(END)).to_pylist()
    assert [(alert["time"], alert["score"], alert["reason"]) for alert in alerts] == [
        (at(START + DAY), 1.0, "1 posts"),
        (at(START + 2 * DAY), 4.0, "4 posts"),
        (at(LAUNCH), 1.0, "1 posts"),
        (at(START + 4 * DAY), 2.0, "2 posts"),
    ]
    assert detector.context["brand"] == CONTEXT.brand
    assert len(detector.seen) == 5


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (7, r"update must answer a sequence of Alert, got int at 2025-05-02T00:00:00\+00:00"),
        ([0.5], r"update must answer a sequence of Alert, got list at 2025-05-02T00:00:00\+00:00"),
        ([Alert(float("nan"))], r"the score of an alert must be a finite number, got nan at 2025-05-02"),
    ],
)
def test_what_is_no_alert_is_refused(observe, answer, message):
    with pytest.raises(InputError, match=message):
        collect_alerts(Counter(answer), observe(END))


def test_dictionaries_name_nothing_that_comes_later(observe):
    batches = [batch for batch, _ in replay(observe(END), 1440)]
    named = [set(batch.table("posts")["client"].combine_chunks().dictionary.to_pylist()) for batch in batches[:2]]
    assert named == [{"iphone"}, {"android", "web"}]


def test_columns_asked_for_alone_are_those_of_the_whole_table(observe):
    for batch, _ in replay(observe(END), 1440):
        for column in ("client", "hashtags", "text"):
            alone = batch.table("posts", [column])
            assert alone.equals(batch.table("posts").select([column]))
            assert alone.schema.equals(batch.tables["posts"].select([column]).schema, check_metadata=True)


def test_batch_kept_shows_the_rows_of_its_own_step(observe):
    kept = [batch for batch, _ in replay(observe(END), 1440)]
    shown = [batch.table("posts")["post_id"].to_pylist() for batch in reversed(kept)]
    assert shown == [[], [107, 108], [106], [102, 103, 104, 105], [101]]
