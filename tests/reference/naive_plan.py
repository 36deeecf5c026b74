"""The plan of a day, written plainly: when each account opens its feed and when it writes."""

from dataclasses import dataclass
from enum import IntEnum

from simulator.random_streams import Purpose
from tests.reference.naive_draws import count_below, draw_block, occasion_of, scale_draw
from tests.reference.naive_things import Account

DAY_MS = 86_400_000
_MINUTE_MS = 60_000


class Doing(IntEnum):
    """What an account has planned."""

    session = 0
    original = 1
    event_talk = 2


@dataclass(frozen=True, order=True, slots=True)
class Event:
    """One planned event; events are sorted by their fields in this order."""

    time: int  # in the day
    row: int
    doing: Doing
    session: int = 0
    original: int = 0
    brand_event: int = 0


def unpack(key: int) -> Event:
    """Return the event of a packed key."""
    time, row, doing = key >> 36, key >> 12 & 0xFFFFFF, Doing(key >> 10 & 3)
    if doing is Doing.event_talk:
        return Event(time, row, doing, brand_event=key & 1023)
    return Event(time, row, doing, key >> 5 & 31, key & 31)


@dataclass(frozen=True)
class Calendar:
    """What a day looks like: plain lists of the tables that the kernel takes."""

    seed: int
    day: int
    clocks: list[list[list[int]]]  # chronotype, weekend, half hour
    offsets: list[int]  # by zone: local time of day at the run day's start
    weekend: list[int]  # by zone
    shifts: list[list[int]]  # by law and weekend
    counts: list[list[int]]  # by rate class


def plan_day(calendar: Calendar, accounts: list[Account], lives: list[list[int]]) -> list[Event]:
    """Return the sessions and originals of all accounts, sorted."""
    planned = [event for account in accounts for event in _plan_account(calendar, account, lives[account.row])]
    return sorted(planned)


def _plan_account(calendar: Calendar, account: Account, life: list[int]) -> list[Event]:
    midnight = calendar.day * DAY_MS
    alive = range(max(life[0] - midnight, 0), min(life[1] - midnight, DAY_MS))
    if not alive:
        return []
    rest = calendar.weekend[account.zone]
    rate_class = account.session_class + calendar.shifts[account.law][rest]
    rate_class = min(max(rate_class, 0), len(calendar.counts) - 1)
    draw = draw_block(calendar.seed, Purpose.session_count, account.key, calendar.day)[0]
    n_sessions = min(count_below(calendar.counts[rate_class], draw), 31)
    planned = []
    for session in range(n_sessions):
        time = _session_time(calendar, account, session)
        if time not in alive:
            continue
        planned.append(Event(time, account.row, Doing.session, session))
        for original in range(_n_originals(calendar, account, session)):
            moment = _original_time(calendar, account, session, original, time)
            if moment in alive:
                planned.append(Event(moment, account.row, Doing.original, session, original))
    return planned


def _session_time(calendar: Calendar, account: Account, session: int) -> int:
    half_hours = calendar.clocks[account.clock_class][calendar.weekend[account.zone]]
    shape = draw_block(calendar.seed, Purpose.session_shape, account.key, occasion_of(calendar.day, session))
    local = count_below(half_hours, shape[0]) * 30 * _MINUTE_MS + scale_draw(shape[1], 30 * _MINUTE_MS)
    return (local - calendar.offsets[account.zone]) % DAY_MS


def _n_originals(calendar: Calendar, account: Account, session: int) -> int:
    shape = draw_block(calendar.seed, Purpose.session_shape, account.key, occasion_of(calendar.day, session))
    return min(count_below(calendar.counts[account.original_class], shape[3]), 31)


def _original_time(calendar: Calendar, account: Account, session: int, original: int, opened: int) -> int:
    """Return when an original appears: up to 20 minutes later, and for a scheduler's at its own minute of a quarter."""
    occasion = occasion_of(calendar.day, session, original + 1)
    draws = draw_block(calendar.seed, Purpose.original_shape, account.key, occasion)
    delay = 5_000 + scale_draw(draws[0], 20 * _MINUTE_MS)
    time = opened + delay % (DAY_MS - opened)  # what would fall into the next day is folded into this one
    if draws[3] >> 16 < account.scheduled_q16:
        own = scale_draw(account.key >> 32, 15 * _MINUTE_MS - 2_000)
        quarter = (time - own) // (15 * _MINUTE_MS) * 15 * _MINUTE_MS + own
        time = (quarter if quarter >= 0 else own) + (draws[3] & 0xFFFF) * 2_000 // 65_536
    return time
