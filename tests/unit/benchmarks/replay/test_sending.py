"""The loop: events leave when they are due, in order, once acknowledged; failures are retried up to a limit."""

import numpy as np
import pyarrow as pa
import pytest

from benchmarks.replay.clock_file import ClockFile
from benchmarks.replay.merging import Batch
from benchmarks.replay.pacing import FreePace, RatePace, SpeedPace, read_pace
from benchmarks.replay.replay_state import Journal, State
from benchmarks.replay.sending import Policy, Sender, Totals, describe_sending
from benchmarks.replay.sinks import SinkUnavailable
from simulator.errors import InputError, SmearbenchError
from simulator.progress import LineProgress
from tests.still_clock import StillClock


class ListSink:
    """Keeps what it is sent, and when; fails as often as told, and takes its time."""

    guarantee, position = "", None

    def __init__(self, clock, failures=(), seconds=0.0):
        self.clock, self.failures, self.seconds = clock, list(failures), seconds
        self.sent = []

    def send(self, batch, delivery):
        self.clock.now += self.seconds
        if self.failures:
            raise self.failures.pop(0)
        self.sent.append(
            (batch.first, batch.last, delivery.attempt, delivery.may_repeat, round(self.clock.now - 50, 3))
        )

    def close(self):
        pass


def batch_of(*times):
    return Batch(1, np.array(times, np.int64), pa.array([f"{time}\n" for time in times]))


def make_sender(pace, sink, *, on_its_way=0, **policy):
    state = State("run", "", "", 10, 0, on_its_way)
    clock = sink.clock
    said = []
    sender = Sender(
        *(sink, Journal(None, state), ClockFile(None, "run", ""), pace, Policy(**policy), LineProgress("replay")),
        *(said.append, clock, clock.wait),
    )
    return sender, said


def test_speed_sends_each_event_when_it_is_due():
    sink = ListSink(StillClock())
    sender, _ = make_sender(SpeedPace(2.0), sink, linger_seconds=0.0)
    sender.send_all([batch_of(0, 1000, 1000, 6000)])
    assert [(first, last, at) for first, last, _, _, at in sink.sent] == [(1, 1, 0.0), (2, 3, 0.5), (4, 4, 3.0)]


def test_rate_spreads_events_evenly_over_batches():
    sink = ListSink(StillClock())
    sender, _ = make_sender(RatePace(2.0), sink, linger_seconds=0.0)
    first = batch_of(0, 0, 0, 0)
    sender.send_all([first.cut(0, 3), first.cut(3, 4)])
    assert [at for *_, at in sink.sent] == [0.0, 0.5, 1.0, 1.5]


def test_events_wait_shortly_for_a_batch_to_fill():
    sink = ListSink(StillClock())
    sender, _ = make_sender(RatePace(10.0), sink, linger_seconds=0.25, batch_events=100)
    sender.send_all([batch_of(*range(6))])
    assert [(first, last) for first, last, *_ in sink.sent] == [(1, 3), (4, 6)]


def test_full_batch_does_not_wait():
    sink = ListSink(StillClock())
    sender, _ = make_sender(FreePace(), sink, batch_events=2)
    sender.send_all([batch_of(*range(5))])
    assert [(first, last, at) for first, last, _, _, at in sink.sent] == [(1, 2, 0.0), (3, 4, 0.0), (5, 5, 0.0)]


def test_slow_sink_gets_larger_batches_and_its_lag_is_told():
    sink = ListSink(StillClock(), seconds=1.0)
    sender, _ = make_sender(RatePace(4.0), sink, linger_seconds=0.0)
    sender.send_all([batch_of(*range(10))])
    assert [(first, last) for first, last, *_ in sink.sent] == [(1, 1), (2, 5), (6, 9), (10, 10)]
    assert sender.totals.longest_lag_seconds == pytest.approx(1.75)


def test_failed_batch_is_sent_again_and_says_so():
    sink = ListSink(StillClock(), [SinkUnavailable("busy"), SinkUnavailable("busy")])
    sender, said = make_sender(FreePace(), sink)
    sender.send_all([batch_of(1, 2)])
    assert sink.sent == [(1, 2, 3, True, pytest.approx(0.3))]
    assert said[0] == "busy; attempt 2 of 11 in 0.1 s"
    assert (sender.totals.retries, sender.totals.may_repeat, sender.totals.sent) == (2, 2, 2)


def test_wait_that_the_sink_asks_for_is_kept():
    sink = ListSink(StillClock(), [SinkUnavailable("busy", 7.0)])
    sender, _ = make_sender(FreePace(), sink)
    sender.send_all([batch_of(1)])
    assert sink.sent[0][-1] == 7.0


def test_waits_double_up_to_ten_seconds():
    waits = [Policy().wait_seconds(attempt) for attempt in (1, 2, 3, 7, 8, 2000)]
    assert waits == [0.1, 0.2, 0.4, 6.4, 10.0, 10.0]


def test_sink_that_stays_away_ends_the_replay():
    sink = ListSink(StillClock(), [SinkUnavailable("gone")] * 3)
    sender, _ = make_sender(FreePace(), sink, retries=2)
    with pytest.raises(SmearbenchError, match="gone; given up after 3 attempts"):
        sender.send_all([batch_of(1)])
    assert (sender.journal.state.acknowledged, sender.journal.state.on_its_way) == (0, 1)


def test_events_that_were_on_their_way_are_marked_until_the_last_of_them():
    sink = ListSink(StillClock())
    sender, _ = make_sender(FreePace(), sink, on_its_way=3, batch_events=2)
    sender.send_all([batch_of(*range(6))])
    sent = [(first, last, may_repeat) for first, last, _, may_repeat, _ in sink.sent]
    assert sent == [(1, 2, True), (3, 3, True), (4, 5, False), (6, 6, False)]


@pytest.mark.parametrize(
    ("speed", "rate", "text"), [("60", None, "60x"), ("0.5x", None, "0.5x"), (None, 5, "5 events/s")]
)
def test_pace_is_read(speed, rate, text):
    assert read_pace(speed, rate).text == text


@pytest.mark.parametrize(
    ("speed", "rate", "message"),
    [
        (None, None, "--speed, --rate: must be one of the two, got neither"),
        ("1x", 1.0, "got both"),
        ("fast", None, "--speed: must be a positive multiple of time as 3600x, got fast"),
        ("0x", None, "got 0x"),
        (None, -1.0, "--rate: must be a number of events a second, 0 or more, got -1.0"),
        (None, float("nan"), "got nan"),
    ],
)
def test_unusable_pace_is_refused(speed, rate, message):
    with pytest.raises(InputError, match=message):
        read_pace(speed, rate)


@pytest.mark.parametrize(
    ("totals", "sent", "line"),
    [
        (Totals(500, seconds=5.0, lag_seconds=0.25), 1000, "05-01 00:00  1,000 sent  100/s  lag 0.2 s  0:20 left"),
        (
            Totals(10**8, seconds=350.0, lag_seconds=123.4),
            42_274_020,
            "05-01 00:00  42,274,020 sent  286k/s  lag 123 s  0:00 left",
        ),
    ],
)
def test_progress_tells_date_sent_rate_lag_and_time_left(totals, sent, line):
    assert describe_sending(totals, sent, max(3000, sent), 1_746_057_600_000) == line
    assert len(line) <= 60


def test_lag_grows_batch_by_batch_behind_a_slow_sink():
    lags = []

    class Watched(ListSink):
        def send(self, batch, delivery):
            lags.append(sender.totals.lag_seconds)
            super().send(batch, delivery)

    sink = Watched(StillClock(), seconds=1.0)
    sender, _ = make_sender(SpeedPace(10.0), sink, linger_seconds=0.0, batch_events=5)
    sender.send_all([batch_of(*range(0, 20_000, 1000))])
    assert lags == pytest.approx([0.0, 1.0, 1.9, 2.4, 2.9])
    assert sender.totals.longest_lag_seconds > max(lags)


def test_time_to_read_what_was_sent_before_is_no_lag():
    clock = StillClock()

    def read():
        clock.now += 14.0
        yield batch_of(0, 1000)

    sender, _ = make_sender(SpeedPace(1.0), ListSink(clock), linger_seconds=0.0)
    sender.send_all(read())
    assert (sender.totals.longest_lag_seconds, sender.totals.seconds) == (0.0, 1.0)
