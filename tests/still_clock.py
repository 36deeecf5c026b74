"""A clock that goes only when somebody waits, so that no load of the machine is taken for that of a target."""

from functools import partial

from benchmarks.replay.load_step import run_step


class StillClock:
    """Seconds; called, it tells the time."""

    now = 50.0

    def __call__(self):
        return self.now

    def wait(self, seconds):
        self.now += seconds


def stop_clock(monkeypatch):
    """Let the steps of a search for a limit run by a still clock, and return it."""
    clock = StillClock()
    monkeypatch.setattr("benchmarks.replay.find_limit.run_step", partial(run_step, clock=clock, wait=clock.wait))
    return clock
