"""When the items of a push are sent: bursts in the window's hours, and the items inside each."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.campaign.pushes import PlannedPush, office_spans
from simulator.campaign.turns import Team
from simulator.kernels.draws import draw_rows
from simulator.population.laws import scale_wide
from simulator.random_streams import Purpose
from simulator.scenario import Scenario

_VOLLEY, _FAST_MS = 4, 3_600_000  # posts that a scheduler sends at one time, in bursts under an hour; assumed
_HEADS = 8  # reactions wait for one in so many parts of a push's window, assumed


@dataclass(frozen=True, slots=True)
class Bursts:
    """Items in the order in which they are sent: `order` of int64[n], the burst of each and its place in it."""

    order: NDArray[np.int64]
    burst: NDArray[np.int64]
    place: NDArray[np.int64]


def form_bursts(kinds: NDArray[np.int64], size: int) -> Bursts:
    """Sort items into bursts of up to `size` items of one kind."""
    order = np.argsort(kinds, kind="stable")
    kinds = kinds[order]
    place = np.arange(len(order)) - np.searchsorted(kinds, kinds, side="left")
    begins = place % size == 0
    return Bursts(order, np.cumsum(begins) - 1, place % size)


def time_items(
    scenario: Scenario, seed: int, push: PlannedPush, team: Team, stem: int, bursts: Bursts, is_post: NDArray[np.bool_]
) -> NDArray[np.int64]:
    """Return the time of each item, ms since the epoch: bursts at random in the window, items inside by the jitter."""
    dials, n = team.dials, len(bursts.burst)
    spans = [(push.start_ms, push.end_ms)]
    if dials.office_hours:
        spans = office_spans(scenario.operators[team.operator].office, push.start_ms, push.end_ms) or spans
    total = sum(last - first for first, last in spans)
    size = dials.posts_per_burst or 1
    burst_ms = min(int((dials.burst_minutes or 1.0) * 60_000), total)
    jitter = draw_rows(seed, Purpose.command, stem, np.arange(n)).astype(np.int64)
    jitter_q16 = round((dials.jitter_share or 0.0) * 65_536)
    # Of the posts that are copied within an hour, 0.83 are copied within the minute (real_facts: cotweet_posts_60s and
    # _1h, IRA right-wing originals).
    volley = _VOLLEY if burst_ms < _FAST_MS else 1
    regular = bursts.place // volley * volley * burst_ms // size
    loose = (jitter[:, 0] * burst_ms) >> 32
    inside = (regular * (65_536 - jitter_q16) + loose * jitter_q16) >> 16
    opening = _open_bursts(seed, stem, bursts, is_post, total - burst_ms)
    return _worked_times(spans, np.minimum(opening + inside + (jitter[:, 1] >> 20), total - 1))


def _open_bursts(seed: int, stem: int, bursts: Bursts, is_post: NDArray[np.bool_], free_ms: int) -> NDArray[np.int64]:
    """Return when the burst of each item opens: the first early, reactions after there is something to react to."""
    starts = draw_rows(seed, Purpose.burst_plan, stem, np.arange(int(bursts.burst[-1]) + 1))
    opening = scale_wide(starts[:, 0], free_ms)[bursts.burst]
    early = opening // _HEADS
    return np.where(is_post, np.where(bursts.burst == 0, early, opening), free_ms // _HEADS + opening - early)


def _worked_times(spans: list[tuple[int, int]], worked: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the moments at which so many ms of the spans have passed."""
    firsts = np.asarray([first for first, _ in spans], np.int64)
    lengths = np.asarray([last - first for first, last in spans], np.int64)
    ends = np.cumsum(lengths)
    place = np.minimum(np.searchsorted(ends, worked, side="right"), len(spans) - 1)
    moments: NDArray[np.int64] = firsts[place] + worked - (ends[place] - lengths[place])
    return moments
