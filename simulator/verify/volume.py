"""The rule of a push's volume: what its squads must post, given who was owned, awake, bounded and not removed."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil, floor

from simulator.verify.findings import Fault, Finding, Subject, count_words, judge
from simulator.verify.plan import Ask, list_asks
from simulator.verify.population import spread
from simulator.verify.pushes import LabelledPush, read_pushes
from simulator.vocabulary import Action

_DAY_MS = 86_400_000
_NOISE = 1e-6
_SILENT = (Action.like, Action.follow)

Counts = Mapping[tuple[int, str], tuple[int, ...]]


def share_posts(asked: int, sizes: list[int]) -> list[int]:
    """Split a push's items among squads by their size, so that the parts sum to the whole.

    Examples
    --------
    >>> share_posts(10, [2, 1])
    [6, 4]
    """
    n_all, done, parts = sum(sizes), 0, []
    for size in sizes:
        parts.append(asked * (done + size) // n_all - asked * done // n_all if n_all else 0)
        done += size
    return parts


def ask_posts(push: LabelledPush, ask: Ask) -> int:
    """Return the items asked of a push, in proportion where the run or a break-up cuts its window."""
    whole = ask.whole_ms
    if whole is None:
        first, last = ask.opening[0], ask.closing
    else:
        first, last = push.start_ms, min(push.start_ms + whole, ask.closing)
    return max(1, ask.posts * (push.end_ms - push.start_ms) // (last - first))


def check_volume(subject: Subject, sleepers_wake_days: int) -> Finding:
    """Each squad posts its part, at most its daily cap; removed accounts and those with bounds may post less."""
    wake_ms = subject.scenario.launch_ms - sleepers_wake_days * _DAY_MS
    pushes, asks = read_pushes(subject), list_asks(subject.scenario)
    awake, made, lost = _count_awake(subject, wake_ms), _count_made(subject), _count_lost(subject, wake_ms)
    faults = [
        fault
        for push in pushes
        if push.name in asks
        for fault in _compare_squads(subject, push, asks[push.name], awake, made, lost)
    ]
    n_posts = sum(push.n_posts for push in pushes)
    return judge(
        "pushed.volume",
        f"{count_words(len(pushes), 'push', 'pushes')} of {n_posts:,} posts, as asked and capped",
        faults,
    )


def _compare_squads(
    subject: Subject, push: LabelledPush, ask: Ask, awake: Counts, made: Counts, lost: Counts
) -> list[Fault]:
    squads = [name for name in subject.scenario.operators[push.operator].squads if name in push.squads]
    keys = [(push.push_id, f"{push.operator}.{name}") for name in squads]
    sizes = [awake.get(key, (0,))[0] for key in keys]
    parts = share_posts(ask_posts(push, ask), sizes)
    days = max(1.0, (push.end_ms - push.start_ms) / _DAY_MS)
    faults = []
    for name, key, size, part in zip(squads, keys, sizes, parts, strict=True):
        cap = subject.scenario.dials(push.operator, name).daily_cap or 1.0
        most = min(part, max(1, int(size * cap * days))) if size else 0
        room = _find_room(subject, push.operator, name, size, most, lost.get(key, (0,))[0])
        n, n_authors, busiest = made.get(key, (0, 0, 0))
        if not (room.least <= n <= room.most and room.least_authors <= n_authors <= size and busiest <= room.turns):
            must = f"be {room.least:,} to {room.most:,} posts of {room.least_authors:,} to {min(room.most, size):,}"
            where = f"push {push.name}, squad {name}"
            faults.append(Fault(where, f"{must} accounts", f"{n:,} of {n_authors:,}, {busiest} by one"))
    return faults


@dataclass(frozen=True, slots=True)
class Room:
    """Least and most posts of a squad in a push, the least authors, and the most posts of one."""

    least: int
    most: int
    least_authors: int
    turns: int


def _find_room(subject: Subject, operator: str, squad: str, size: int, asked: int, n_lost: int) -> Room:
    """Accounts that overlap with people may post less, within their bounds; squads that like or follow, none."""
    settings, dials = subject.scenario.operators[operator].squads[squad], subject.scenario.dials(operator, squad)
    n_owned = subject.count(f"truth_accounts where squad_id = '{operator}.{squad}'")
    n_free = max(0, size - round(n_owned * (dials.overlap or 0.0)))  # at least so many take their turns
    sure, turns = (asked * n_free // size, -(-asked // size)) if size else (0, 0)
    least, most, least_authors = sure - turns * n_lost, asked, min(sure, n_free) - n_lost
    if settings.actions:
        share = sum(part for action, part in settings.actions.items() if action not in _SILENT)
        low, high = (asked, asked) if share >= 1 - _NOISE else spread(asked, share) if share > _NOISE else (0, 0)
        least, most = least - asked + floor(low), min(asked, ceil(high))
        least_authors = least_authors if share >= 1 - _NOISE else 0
    is_bounded = n_free < size
    return Room(max(least, 0), most, max(least_authors, 0), asked if is_bounded else turns)


_PARTS = """(select push_id, operator_id || '.' || unnest(squads) as squad_id, epoch_ms("start") as first,
                    epoch_ms("end") as last from truth_pushes)"""
_AWAKE = "from_ms <= first and (role <> 'sleeper' or first >= $wake)"


def _count_awake(subject: Subject, wake_ms: int) -> Counts:
    """Accounts owned and awake when a push starts, by push and squad."""
    rows = subject.queries.rows(
        f"""with owned as (select squad_id, role, epoch_ms(operated_from) as from_ms, count(*) as n from truth_accounts
                           where operated group by all)
            select push_id, squad_id, sum(n)::bigint from {_PARTS} join owned using (squad_id)
            where {_AWAKE} group by all""",
        {"wake": wake_ms},
    )
    return {(push, squad): (n,) for push, squad, n in rows}


def _count_made(subject: Subject) -> Counts:
    """Posts, authors and the most posts of one author, by push and squad."""
    rows = subject.queries.rows(
        f"""select push_id, squad_id, sum(n)::bigint, count(*), max(n)
            from (select push_id, squad_id, account_id, count(*) as n from {subject.pushed} group by all)
            group by all"""
    )
    return {(push, squad): (n, m, most) for push, squad, n, m, most in rows}


def _count_lost(subject: Subject, wake_ms: int) -> Counts:
    """Accounts of a push's squads that were removed before its end."""
    rows = subject.queries.rows(
        f"""with gone as (select squad_id, role, epoch_ms(operated_from) as from_ms, epoch_ms(time) as gone_ms
                          from removals join truth_accounts using (account_id) where post_id is null and operated)
            select push_id, squad_id, count(*) from {_PARTS} join gone using (squad_id)
            where {_AWAKE} and gone_ms < last group by all""",
        {"wake": wake_ms},
    )
    return {(push, squad): (n,) for push, squad, n in rows}
