"""Change of volume and tone: alarms when brand talk, its negative share or its share of new accounts stays high.

Each hour's number is standardised against its own past (hour of day, day of week), z; posts by Anscombe's root
2 sqrt(n + 3/8), shares by their binomial deviation. Cusum sums S <- max(0, S + z - k); Page-Hinkley sums the
deviations from the running mean instead and alarms when the sum has risen by h above its minimum. Both restart
after an alarm. As the threshold h is a run's to choose, every h of a ladder runs at once; the score is the
statistic at the highest rung that alarms (Cusum), or that rung (Page-Hinkley). Cost is linear in the posts.

References
----------
Page 1954, "Continuous inspection schemes", doi 10.1093/biomet/41.1-2.100.
Anscombe 1948, "The transformation of Poisson, binomial and negative-binomial data", doi 10.1093/biomet/35.3-4.246.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.detector import Alert, Batch, Level
from benchmarks.signals.seasonality import RunningShare, SeasonalBaseline
from benchmarks.signals.series import BrandSeries, StepNumbers

SIGNALS = ("brand volume", "negative share", "new-author share")
# Anscombe's root has a deviation of 1 by chance; an excess among few posts has less (assumed).
LEAST_DEVIATIONS = (1.0, 0.25, 0.25)
# h of 4 to 5 deviations is common (Montgomery, Introduction to Statistical Quality Control, 9.1); the ladder
# begins below and ends far above, for any budget of false alarms. Every rung is 15 % above the last (assumed).
LOWEST_RUNG = 2.0
N_RUNGS = 44
RUNGS = LOWEST_RUNG * 1.15 ** np.arange(N_RUNGS)
# Page-Hinkley's forgetting from step to step, river's default.
KEPT_OF_SUM = 1 - 0.0001


class _VolumeChange:
    """What both share: the three standardised signals, and silence while they are learnt."""

    level: Level = "alert"
    needs = "posts, accounts"
    cost = "linear in posts"

    def __init__(self, slack: float, warm_up_days: float, step_minutes: int) -> None:
        self.slack = slack
        self.warm_up_days = warm_up_days
        self.step_minutes = step_minutes

    def start(self, context: Mapping[str, Any]) -> None:
        """Begin a world."""
        self._series = BrandSeries(context, self.step_minutes)
        self._baselines = [SeasonalBaseline(self.step_minutes, least) for least in LEAST_DEVIATIONS]
        self._shares = [RunningShare(self.step_minutes) for _ in SIGNALS[1:]]
        self._quiet_until: datetime | None = None
        self._restart()

    def update(self, batch: Batch, now: datetime) -> Sequence[Alert]:
        """Return an alert when the statistic of a signal reaches a rung."""
        if self._quiet_until is None:
            self._quiet_until = now + timedelta(days=self.warm_up_days)
        numbers = self._series.count(batch, now)
        z = self._standardise(numbers, now)
        if now < self._quiet_until:
            return ()
        scores = self._accumulate(z)
        signal = int(np.argmax(scores))
        if scores[signal] <= 0:
            return ()
        return (Alert(float(scores[signal]), f"{SIGNALS[signal]}: {_describe(numbers)}"),)

    def _standardise(self, numbers: StepNumbers, now: datetime) -> NDArray[np.float64]:
        negative, new = self._shares
        values = (
            2 * np.sqrt(numbers.n_posts + 3 / 8),
            negative.exceed(numbers.n_negative, numbers.n_posts),
            new.exceed(numbers.n_new_authors, numbers.n_authors),
        )
        pairs = zip(self._baselines, values, strict=True)
        return np.array([baseline.standardise(float(value), now) for baseline, value in pairs])

    def _restart(self) -> None:
        raise NotImplementedError

    def _accumulate(self, z: NDArray[np.float64]) -> NDArray[np.float64]:
        """Take in the deviations of a step; return the score of each signal, 0 for no alarm."""
        raise NotImplementedError


class Cusum(_VolumeChange):
    """Alarms by Page's one-sided cumulative sum.

    Parameters
    ----------
    slack : float
        k, deviations from the usual that are let pass; half of the shift that matters, here one.
    warm_up_days : float
        Without alerts, and without summing (assumed).
    step_minutes : int
        From one update to the next.
    """

    name = "cusum"
    paper = "Page 1954, doi 10.1093/biomet/41.1-2.100"

    def __init__(self, slack: float = 0.5, warm_up_days: float = 7.0, step_minutes: int = 60) -> None:
        super().__init__(slack, warm_up_days, step_minutes)

    def _restart(self) -> None:
        self._sums = np.zeros((len(SIGNALS), N_RUNGS))

    def _accumulate(self, z: NDArray[np.float64]) -> NDArray[np.float64]:
        self._sums, scores = accumulate(self._sums, z, self.slack)
        return scores


class PageHinkley(_VolumeChange):
    """Alarms by the Page-Hinkley test of the library river.

    Parameters
    ----------
    slack : float
        delta, deviations from the mean that are let pass (assumed, as Cusum's).
    min_steps : int
        Steps after a restart before it may alarm, river's default.
    warm_up_days, step_minutes
        As Cusum's.
    """

    name = "page_hinkley"
    paper = "Page 1954, doi 10.1093/biomet/41.1-2.100; river.drift.PageHinkley"

    def __init__(
        self, slack: float = 0.5, min_steps: int = 30, warm_up_days: float = 7.0, step_minutes: int = 60
    ) -> None:
        super().__init__(slack, warm_up_days, step_minutes)
        self.min_steps = min_steps

    def _restart(self) -> None:
        self._tests = RiseTests(len(SIGNALS), self.slack, self.min_steps)

    def _accumulate(self, z: NDArray[np.float64]) -> NDArray[np.float64]:
        rungs: NDArray[np.float64] = np.where(self._tests.update(z), RUNGS, 0.0).max(axis=1)
        return rungs


class RiseTests:
    """The Page-Hinkley test of every signal at every rung, equal to the bit to as many of river's, upwards.

    Parameters
    ----------
    n_signals : int
    slack : float
        delta, deviations from the mean that are let pass.
    min_steps : int
        Steps after a restart before a test may alarm.
    """

    def __init__(self, n_signals: int, slack: float, min_steps: int) -> None:
        self._slack, self._min_steps = slack, min_steps
        shape = (n_signals, N_RUNGS)
        self._n, self._means, self._sums = np.zeros(shape), np.zeros(shape), np.zeros(shape)
        self._lowest = np.full(shape, np.inf)
        self._alarms = np.zeros(shape, bool)

    def update(self, z: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Take in the deviations of a step, float64[signal]; return which alarm, bool[signal, rung]."""
        self._forget(self._alarms)
        self._n += 1
        self._means += (1 / self._n) * (z[:, None] - self._means)
        self._sums = KEPT_OF_SUM * self._sums + (z[:, None] - self._means) - self._slack
        self._lowest = np.minimum(self._lowest, self._sums)
        self._alarms = (self._n >= self._min_steps) & (self._sums - self._lowest > RUNGS)
        return self._alarms

    def _forget(self, tests: NDArray[np.bool_]) -> None:
        """Restart those that alarmed in the last step."""
        for state in (self._n, self._means, self._sums):
            state[tests] = 0
        self._lowest[tests] = np.inf


def accumulate(
    sums: NDArray[np.float64], z: NDArray[np.float64], slack: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the cumulative sums after a step, and the score of each signal.

    Parameters
    ----------
    sums : float64[signal, rung]
        S before the step.
    z : float64[signal]
        Deviations of the step.
    slack : float
        k.

    Returns
    -------
    sums : float64[signal, rung]
        0 where it alarmed.
    scores : float64[signal]
        Highest sum that reached its rung; 0 for none.

    Examples
    --------
    >>> sums, scores = accumulate(np.zeros((1, N_RUNGS)), np.array([5.0]), 0.5)
    >>> scores.tolist(), sums[0, :2].tolist()
    ([4.5], [0.0, 0.0])
    """
    sums = np.maximum(0.0, sums + z[:, None] - slack)
    alarms = sums >= RUNGS
    return np.where(alarms, 0.0, sums), np.where(alarms, sums, 0.0).max(axis=1)


def _describe(numbers: StepNumbers) -> str:
    return (
        f"{numbers.n_posts} posts on the brand, {numbers.n_negative} negative, "
        f"{numbers.n_new_authors} of {numbers.n_authors} authors new"
    )
