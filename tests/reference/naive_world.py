"""The specification of a day, in plain objects: what ``kernels.day.run_day`` must do, exactly.

Nothing is packed, masked, forgotten or grown here. Posts are a list, reactions made are a set of tuples, and
everything due is a heap ordered by time. Reading is in ``naive_reading``, writing in ``naive_writing``,
operators' commands in ``naive_orders``.
"""

from __future__ import annotations

import heapq
from collections import Counter
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.kernels.layout import Rules
from tests.reference.naive_orders import Command, Order, commands_from, obey
from tests.reference.naive_plan import DAY_MS, Doing, Event
from tests.reference.naive_reading import open_session
from tests.reference.naive_things import Account, Post, accounts_from
from tests.reference.naive_writing import Answer, carry_out_answer, write_about_event, write_original

HOUR_MS = 3_600_000


def plain(rules: Rules) -> Rules:
    """Return rules of Python integers and lists."""
    values = {
        name: value.tolist() if isinstance(value, np.ndarray) else int(value) for name, value in rules._asdict().items()
    }
    return Rules(**values)


@dataclass
class DayDiary:
    """What a day brought."""

    likes: list[tuple[int, int, int, int]] = field(default_factory=list)  # time, row, sequence, push
    follows: list[tuple[int, int, int, int]] = field(default_factory=list)  # time, follower, followee, begins
    removals: list[tuple[int, int, int]] = field(default_factory=list)  # time, sequence or -1, row
    touched: set[int] = field(default_factory=set)
    exposures: Counter[tuple[int, int, int, int]] = field(default_factory=Counter)  # hour, group, segment, which
    exposure_log: list[tuple[int, int, int, int]] = field(default_factory=list)  # time, row, sequence, source


class NaiveWorld:
    """A world of plain objects.

    Parameters
    ----------
    rules : Rules
    records : ACCOUNT[n]
        The accounts as they are at the start.
    followees : list of list of int
        Whom each account follows.
    end : int
        First moment after the run.
    """

    def __init__(self, rules: Rules, records: NDArray[np.void], followees: list[list[int]], end: int = 1 << 62) -> None:
        self.rules = plain(rules)
        self.end = end
        self.accounts: list[Account] = accounts_from(records)
        self.followees = followees
        self.posts: list[Post] = []
        self.post_ids: set[int] = set()
        self.reactions: set[tuple[int, int, str]] = set()  # row, sequence of the origin, what was done
        self.trending: list[Post] = []
        self.tidied_hour = 0
        self.brand_topic: list[Post] = []
        self.official: list[Post] = []
        self.posts_of_push: dict[int, list[Post]] = {push: [] for push in range(self.rules.n_pushes)}
        self.reached: set[tuple[str, int, int]] = set()  # who met which push, narrative or operator
        self.n_sessions = 0
        self.day = -1
        self.diary = DayDiary()
        self._agenda: list[tuple[int, int, Any, int, Any]] = []
        self._tickets = count()

    @property
    def midnight(self) -> int:
        """First moment of the day at hand."""
        return self.day * DAY_MS

    @property
    def last_moment(self) -> int:
        """Last moment of the day at hand."""
        return min(self.midnight + DAY_MS, self.end) - 1

    def schedule_answer(self, time: int, key: int, answer: Answer) -> None:
        """Enter something that comes due later; at equal times in the order of keys."""
        heapq.heappush(self._agenda, (time, 2, key, next(self._tickets), answer))

    def live_day(self, day: int, events: list[Event], commands: NDArray[np.void]) -> DayDiary:
        """Carry out everything due on one day, in order of time: events, then commands, then answers."""
        self.day, self.diary = day, DayDiary()
        for event in events:
            heapq.heappush(self._agenda, (self.midnight + event.time, 0, event, next(self._tickets), event))
        for command in commands_from(commands):
            heapq.heappush(self._agenda, (command.time, 1, command.key, next(self._tickets), command))
            if command.order is Order.remove:  # known in advance, so that nothing is dated after it
                account = self.accounts[command.row]
                account.removed_at = min(account.removed_at, command.time)
        while self._agenda and self._agenda[0][0] <= self.last_moment:
            time, _, _, _, due = heapq.heappop(self._agenda)
            self._carry_out(due, time)
        return self.diary

    def _carry_out(self, due: Event | Command | Answer, now: int) -> None:
        if isinstance(due, Command):
            obey(self, due, now)
        elif isinstance(due, Answer):
            carry_out_answer(self, due, now)
        elif not self.accounts[due.row].is_removed(now):
            self._live_event(self.accounts[due.row], due, now)

    def _live_event(self, account: Account, event: Event, now: int) -> None:
        if event.doing is Doing.session:
            self.n_sessions += 1
            open_session(self, account, event.session, now)
        elif event.doing is Doing.original:
            write_original(self, account, event.session, event.original, now)
        else:
            write_about_event(self, account, event.brand_event, now)

    def exposure_table(self, n_segments: int) -> NDArray[np.int32]:
        """Return the day's exposures as the kernel lays them out: hour, group, segment, which."""
        table = np.zeros((24, self.rules.n_pushes + self.rules.n_narratives + 1, n_segments, 3), np.int32)
        for place, n in self.diary.exposures.items():
            table[place] = n
        return table
