"""Applies ``for`` and ``keep_firing_for`` as Prometheus does: to every label set of a rule by itself."""

import math
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from benchmarks.alerting.evaluation import hold
from benchmarks.alerting.series_list import STEP_MINUTES

Flags = NDArray[np.bool_]


def hold_any(
    steps_by_labels: Iterable[NDArray[np.int64]], n_steps: int, for_minutes: float, keep_minutes: float = 0
) -> Flags:
    """Return at which steps a rule fires: when one of its label sets does.

    Parameters
    ----------
    steps_by_labels : iterable of int64[k]
        Of each label set, the steps at which the expression returned it.
    n_steps : int
    for_minutes : float
        For how long it must have been returned.
    keep_minutes : float
        For how long it goes on firing when it is returned no more.

    Returns
    -------
    bool[n_steps]
    """
    fires = np.zeros(n_steps, bool)
    for steps in steps_by_labels:
        is_there = np.zeros(n_steps, bool)
        is_there[steps] = True
        fires |= keep(is_there, hold(is_there, for_minutes), keep_minutes)
    return fires


def keep(is_true: Flags, fires: Flags, keep_minutes: float) -> Flags:
    """Return at which steps an alert fires that goes on firing for a while.

    Time counts from the first false evaluation. What becomes true again meanwhile was never over: its `for` does not
    begin anew.

    Parameters
    ----------
    is_true : bool[n]
    fires : bool[n]
        As of :func:`benchmarks.alerting.evaluation.hold`.
    keep_minutes : float

    Examples
    --------
    >>> is_true = np.array([True, False, False, False, True])
    >>> keep(is_true, is_true, 10).tolist()
    [True, True, True, False, True]
    """
    n_kept = math.ceil(keep_minutes / STEP_MINUTES)
    kept = fires.copy()
    if n_kept == 0:
        return kept
    edges = np.flatnonzero(np.diff(np.concatenate([[False], is_true, [False]])))
    for start, end in edges.reshape(-1, 2).tolist():
        if start and kept[start - 1]:
            kept[start:end] = True
        kept[end : end + n_kept] |= kept[end - 1]
    return kept
