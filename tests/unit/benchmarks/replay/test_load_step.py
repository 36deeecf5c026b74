"""A step of load: what counts as sustained, with a target whose speed is known."""

import numpy as np
import pyarrow as pa
import pytest

from benchmarks.replay.events import Chunk
from benchmarks.replay.find_limit import RoundFeed, Stairs
from benchmarks.replay.load_step import Measured, judge, run_step
from benchmarks.replay.sinks import SinkUnavailable
from tests.still_clock import StillClock


class SlowSink:
    """Takes so long for each event and each batch; keeps what it is sent, and may fail or forget."""

    guarantee, position = "", None

    def __init__(self, clock, *, per_event=0.0, per_batch=0.0, fails_at=0, forgets=0):
        self.clock, self.per_event, self.per_batch = clock, per_event, per_batch
        self.fails_at, self.forgets = fails_at, forgets
        self.batches, self.may_repeat = [], []

    def send(self, batch, delivery):
        self.clock.now += self.per_batch + self.per_event * len(batch)
        self.batches.append((batch.first, batch.last))
        self.may_repeat.append(delivery.may_repeat)
        if len(self.batches) == self.fails_at:
            raise SinkUnavailable("503 busy")
        if self.forgets:
            self.position = batch.last - self.forgets

    def close(self):
        pass


def feed_of(n_events):
    return RoundFeed(Chunk(np.arange(n_events), pa.array(['"time":""}\n'] * n_events)))


def step(rate, *, seconds=4.0, batch_events=5000, n_events=1000, slow_clock=0.0, **sink):
    clock = StillClock()

    class Feed(RoundFeed):
        def take(self, count):
            clock.now += slow_clock * count
            return super().take(count)

    feed = Feed(feed_of(n_events)._events)
    made = SlowSink(clock, **sink)
    return run_step(rate, seconds, feed, made, batch_events, clock, clock.wait), made, clock.now - 50.0


@pytest.mark.parametrize(
    ("rate", "verdict"), [(100, "sustained"), (900, "sustained"), (1050, "growing queue"), (2000, "late")]
)
def test_target_that_takes_a_thousand_a_second_is_found_out(rate, verdict):
    found, _, _ = step(rate, per_event=0.001)
    assert found.verdict == verdict
    assert found.rate_sent == pytest.approx(min(rate, 1000), rel=0.05)


def test_fast_target_gets_every_event_within_the_wait_for_a_batch():
    found, sink, seconds = step(400)
    assert (found.n_sent, found.n_queued, found.reason) == (1600, 0, "")
    assert found.lag_p99_seconds <= 0.05 + 1e-9
    assert seconds <= 4.0
    assert sink.batches[0][0] == 1
    assert sink.batches[-1][1] == 1600


def test_numbers_of_all_batches_follow_one_another_over_rounds():
    _, sink, _ = step(400, n_events=7, batch_events=5)
    assert [first for first, _ in sink.batches[1:]] == [last + 1 for _, last in sink.batches[:-1]]


def test_slow_answers_alone_are_no_growing_queue():
    """A target that answers after 0.4 s, however many events, is late by 0.8 s at most and keeps up."""
    found, _, _ = step(1000, per_batch=0.4)
    assert (found.verdict, found.lag_p99_seconds) == ("sustained", pytest.approx(0.8, abs=0.06))


def test_overload_is_seen_in_short_steps_with_few_batches_too():
    found, sink, _ = step(1600, seconds=0.4, per_event=0.001)
    assert (found.verdict, len(sink.batches)) == ("growing queue", 4)


def test_lag_over_a_second_is_late():
    found, _, _ = step(1000, per_batch=0.7)
    assert found.verdict == "late"
    assert "at p99, over 1 s" in found.reason


def test_batch_that_is_not_taken_ends_the_step():
    found, sink, _ = step(400, fails_at=3)
    assert (found.verdict, found.reason, len(sink.batches)) == ("not taken", "503 busy", 3)


def test_target_that_holds_less_than_it_acknowledged_has_lost():
    found, _, _ = step(400, forgets=2)
    assert (found.verdict, found.reason) == ("lost", "2 acknowledged events are not there")


def test_slow_replay_is_not_blamed_on_the_target():
    found, _, _ = step(2000, slow_clock=0.001)
    assert "the replay was slower than the target" in found.reason
    assert "the replay was slower" not in step(2000, per_event=0.001)[0].reason


def test_step_ends_a_second_behind_its_time_with_what_is_left_counted():
    found, _, seconds = step(10_000, per_event=0.001, batch_events=100)
    assert seconds == pytest.approx(5.0, abs=0.2)
    assert found.n_queued == 40_000 - found.n_sent > 30_000


def test_lags_and_rise_are_those_worked_by_hand():
    """Ten a second for 2 s: five are acknowledged at 0.5 s, five at 1.5 s, five at 2.0 s, five not before the end."""
    measured = Measured([5, 5, 5], [0.5, 1.5, 2.0], sink_seconds=2.9, seconds=3.0)
    found = judge(10.0, 20, measured)
    # Lags: 0.5 to 0.1, 1.0 to 0.6, 1.0 to 0.6, and 3.0 - 1.5 = 1.5 to 1.1.
    assert (found.n_sent, found.n_queued) == (15, 5)
    assert found.lag_p50_seconds == pytest.approx(0.8)
    assert found.lag_p99_seconds == pytest.approx(1.5)
    # First events, due at 0.0, 0.5, 1.0, have lags of 0.5, 1.0, 1.0: a slope of 0.25 / 0.5, for two seconds.
    assert found.lag_rise_seconds == pytest.approx(1.0)


def test_stairs_rise_by_their_factor_and_bound_their_time():
    stairs = Stairs(100.0, 2.0, 5.0, 4)
    assert stairs.rates == [100.0, 200.0, 400.0, 800.0]
    assert stairs.most_seconds(30.0) == 4 * 6 + 4 * 11 + 2 * 30


def test_batch_that_was_not_taken_is_sent_again_and_says_so():
    clock, feed = StillClock(), feed_of(100)
    sink = SlowSink(clock, fails_at=3)
    for _ in range(2):
        run_step(400, 0.2, feed, sink, 20, clock, clock.wait)
    repeated = sink.batches[2][0]
    assert [first for first, _ in sink.batches[:4]] == [1, 21, 41, 41]
    assert sink.may_repeat[:5] == [False, False, False, True, False]
    assert (repeated, feed.may_repeat_until) == (41, 60)


def test_event_that_left_a_tick_early_is_no_queue():
    measured = Measured([2], [0.0499999], sink_seconds=0.04, seconds=0.0499999)
    assert (judge(20.0, 2, measured).n_queued, judge(20.0, 2, measured).verdict) == (0, "sustained")
