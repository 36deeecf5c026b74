"""Applies ``for`` as Prometheus does: to every label set of a rule by itself; a rule fires when one of them does."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from benchmarks.alerting.evaluation import hold

Flags = NDArray[np.bool_]
Labels = tuple[tuple[str, str], ...]


def hold_any(steps_by_labels: Iterable[NDArray[np.int64]], n_steps: int, for_minutes: float) -> Flags:
    """Return at which steps a rule fires.

    Parameters
    ----------
    steps_by_labels : iterable of int64[k]
        Of each label set, the steps at which the expression returned it.
    n_steps : int
    for_minutes : float

    Returns
    -------
    bool[n_steps]
    """
    fires = np.zeros(n_steps, bool)
    for steps in steps_by_labels:
        is_there = np.zeros(n_steps, bool)
        is_there[steps] = True
        fires |= hold(is_there, for_minutes)
    return fires
