"""Streaming outliers: alarms when brand talk looks unlike all of the last week, in several respects at once.

The numbers of the last hours are scaled to [0, 1] without a look ahead: each is standardised against its own
past, and 0 to `most_deviations` deviations above the usual fill the interval, below it is 0. Half-space trees
cut the cube at random and hold the mass of the last window in every cell; the score of a step is river's
1 - sum(mass 2^depth) / the largest such sum, so high where the past was seldom. Cost is linear in the posts.

References
----------
Tan, Ting, Liu 2011, "Fast anomaly detection for streaming data", IJCAI, doi 10.5591/978-1-57735-516-8/IJCAI11-254.
"""

from collections import deque
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from river.anomaly import HalfSpaceTrees

from benchmarks.detector import Alert, Batch, Level
from benchmarks.signals.seasonality import RunningShare, SeasonalBaseline
from benchmarks.signals.series import BrandSeries, StepNumbers

# Count and whole of each share.
SHARES = {
    "negative": ("n_negative", "n_posts"),
    "new_authors": ("n_new_authors", "n_authors"),
    "duplicates": ("n_duplicates", "n_comparable"),
    "repeated_authors": ("n_repeated", "n_posts"),
}
COUNTS = ("n_posts", "n_reposts")
# river draws the cuts from a generator of its own with this seed.
SEED = 1
FLOOR = 0.25
# Of an excess among few posts (assumed); Anscombe's root of a count has a deviation of 1 by chance.
LEAST_SHARE_DEVIATION = 0.25


class StreamingHalfSpaceTrees:
    """Scores a step by how empty the part of feature space is that it falls into.

    Parameters
    ----------
    n_trees : int
        25 as in Tan et al. 2011.
    height : int
        river's default; 15 in the paper costs 2^15 cells a tree for a window of a few hundred steps.
    window_steps : int
        Steps whose mass is compared with: a week of hours (250 in the paper), so that all hours are in it.
    window_hours : float
        Over which counts are summed up (assumed).
    most_deviations : float
        What is scaled to 1 (assumed).
    warm_up_days : float
        Without alerts (assumed); the first window is silent too.
    step_minutes : int
        From one update to the next.
    """

    name = "half_space_trees"
    level: Level = "alert"
    paper = "Tan, Ting, Liu 2011, doi 10.5591/978-1-57735-516-8/IJCAI11-254; river.anomaly.HalfSpaceTrees"
    needs = "posts, accounts"
    cost = "linear in posts"

    def __init__(
        self,
        n_trees: int = 25,
        height: int = 8,
        window_steps: int = 168,
        window_hours: float = 6.0,
        most_deviations: float = 6.0,
        warm_up_days: float = 7.0,
        step_minutes: int = 60,
    ) -> None:
        self.n_trees = n_trees
        self.height = height
        self.window_steps = window_steps
        self.window_hours = window_hours
        self.most_deviations = most_deviations
        self.warm_up_days = warm_up_days
        self.step_minutes = step_minutes

    def start(self, context: Mapping[str, Any]) -> None:
        """Begin a world."""
        self._series = BrandSeries(context, self.step_minutes)
        self._recent: deque[StepNumbers] = deque(maxlen=max(round(self.window_hours * 60 / self.step_minutes), 1))
        self._shares = {name: RunningShare(self.step_minutes) for name in SHARES}
        self._baselines = {name: SeasonalBaseline(self.step_minutes) for name in COUNTS}
        self._baselines |= {name: SeasonalBaseline(self.step_minutes, LEAST_SHARE_DEVIATION) for name in SHARES}
        self._trees: Any = HalfSpaceTrees(self.n_trees, self.height, self.window_steps, seed=SEED)
        self._quiet_until: datetime | None = None

    def update(self, batch: Batch, now: datetime) -> Sequence[Alert]:
        """Return an alert when the step scores above the floor."""
        if self._quiet_until is None:
            self._quiet_until = now + timedelta(days=self.warm_up_days)
        self._recent.append(self._series.count(batch, now))
        features = self._scale(now)
        score = float(self._trees.score_one(features))
        self._trees.learn_one(features)
        if now < self._quiet_until or score <= FLOOR:
            return ()
        highest = sorted(features, key=lambda name: (-features[name], name))[:3]
        return (Alert(score, ", ".join(f"{name} {features[name]:.2f}" for name in highest)),)

    def _scale(self, now: datetime) -> dict[str, float]:
        """Return the features of the last hours, each in [0, 1]."""
        values = {name: 2 * float(np.sqrt(self._sum(name) + 3 / 8)) for name in COUNTS}
        for name, (count, whole) in SHARES.items():
            values[name] = self._shares[name].exceed(self._sum(count), self._sum(whole))
        z = {name: self._baselines[name].standardise(value, now) for name, value in values.items()}
        return {name: min(max(value / self.most_deviations, 0.0), 1.0) for name, value in z.items()}

    def _sum(self, name: str) -> int:
        return sum(getattr(numbers, name) for numbers in self._recent)
