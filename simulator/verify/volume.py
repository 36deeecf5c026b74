"""The rule of a push's volume: what its squads must post, given who was owned, awake and not removed."""

from collections.abc import Mapping

from simulator.verify.findings import Fault, Finding, Subject, count_words, judge
from simulator.verify.plan import Ask, list_asks
from simulator.verify.pushes import LabelledPush, read_pushes

_DAY_MS = 86_400_000

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
    """Each squad posts its part, at most its daily cap; only accounts that were removed may leave some of it out."""
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
        turns = -(-most // max(size, 1))
        n_lost = lost.get(key, (0,))[0]
        least, n_least = most - turns * n_lost, min(most, size) - n_lost
        n, n_authors, busiest = made.get(key, (0, 0, 0))
        if not (least <= n <= most and n_least <= n_authors <= size and busiest <= turns):
            must = f"be {max(least, 0):,} to {most:,} posts of {max(n_least, 0):,} to {min(most, size):,} accounts"
            faults.append(Fault(f"push {push.name}, squad {name}", must, f"{n:,} of {n_authors:,}, {busiest} by one"))
    return faults


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
