"""Rules of the pushes: each is one that the scenario asks for, with its window, volume, accounts and claims."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from simulator.dataset.context import to_iso
from simulator.verify.findings import Fault, Finding, Subject, compare, count_words, judge, span
from simulator.verify.plan import Ask, list_asks

_DAY_MS = 86_400_000


@dataclass(frozen=True, slots=True)
class LabelledPush:
    """One row of ``truth/pushes.parquet``; times in ms since the epoch, UTC."""

    push_id: int
    name: str
    wave_id: int
    operator: str
    narrative: str
    tactic: str
    start_ms: int
    end_ms: int
    squads: Sequence[str]
    n_posts: int
    n_accounts: int


def read_pushes(subject: Subject) -> list[LabelledPush]:
    """Return all pushes of the labels in their order."""
    rows = subject.queries.rows(
        """select push_id, name, wave_id, operator_id, narrative_id, tactic, epoch_ms("start"), epoch_ms("end"), squads,
                  n_posts, n_accounts from truth_pushes"""
    )
    return [LabelledPush(*row) for row in rows]


def check_pushes(subject: Subject) -> Iterator[Finding]:
    """Every push is asked for, and every push that is asked for is there."""
    asks, pushes = list_asks(subject.scenario), read_pushes(subject)
    known = [(push, asks[push.name]) for push in pushes if push.name in asks]
    number = count_words(len(pushes), "push", "pushes")
    yield _check_names(subject, asks, pushes)
    yield _check_each(
        known, "pushes.window", f"{number} start and end as asked", lambda p, a: _find_window(subject, p, a)
    )
    yield _check_each(known, "pushes.narrative", f"{number} push a narrative that they may", _find_narrative)
    yield _check_each(known, "pushes.squads", f"{number} are of the squads asked for", _find_squads)
    yield _check_each(
        known, "pushes.tactic", f"{number} have their narrative's tactic", lambda p, _: _find_tactic(subject, p)
    )
    yield _check_order(pushes)
    yield _check_waves(pushes)
    yield _check_counts(subject, number)


def _check_names(subject: Subject, asks: dict[str, Ask], pushes: list[LabelledPush]) -> Finding:
    """A push may only be missing when it would open after its operator's end."""
    names = [push.name for push in pushes]
    faults = [
        Fault(f"push {name}", "be asked for by the scenario", "no such push there")
        for name in names
        if name not in asks
    ]
    faults += [
        Fault(f"push {name}", "be there once", "it twice") for name in sorted(set(names)) if names.count(name) > 1
    ]
    for name, ask in asks.items():
        if name not in names and ask.opening[1] < subject.end_of(name.partition(".")[0]):
            faults.append(Fault(f"push {name}", f"open by {to_iso(ask.opening[1])}", "no such push"))
    return judge("pushes.named", f"{count_words(len(names), 'push', 'pushes')}, each asked for, none missing", faults)


def _check_each(
    known: list[tuple[LabelledPush, Ask]], rule: str, claim: str, find: Callable[[LabelledPush, Ask], list[Fault]]
) -> Finding:
    return judge(rule, claim, [fault for push, ask in known for fault in find(push, ask)])


def _find_window(subject: Subject, push: LabelledPush, ask: Ask) -> list[Fault]:
    first, last = ask.opening
    where = f"push {push.name}"
    if not first <= push.start_ms <= last:
        return [Fault(where, f"open between {to_iso(first)} and {to_iso(last)}", to_iso(push.start_ms))]
    end = min(ask.end_of(push.start_ms), subject.end_of(push.operator))
    return compare(where, f"open from {span(push.start_ms, end)}", f"open from {span(push.start_ms, push.end_ms)}")


def _find_narrative(push: LabelledPush, ask: Ask) -> list[Fault]:
    if push.narrative in ask.narratives:
        return []
    return [Fault(f"push {push.name}", f"push one of {', '.join(ask.narratives)}", push.narrative)]


def _find_squads(push: LabelledPush, ask: Ask) -> list[Fault]:
    faults = compare(f"push {push.name}", f"by {', '.join(ask.squads)}", f"by {', '.join(push.squads)}")
    return faults + compare(f"push {push.name}", f"of {push.name.partition('.')[0]}", f"of {push.operator}")


def _find_tactic(subject: Subject, push: LabelledPush) -> list[Fault]:
    narrative = subject.scenario.narratives.get(push.narrative)
    return compare(f"push {push.name}", narrative.tactic.name if narrative else "of a narrative", push.tactic)


def _check_order(pushes: list[LabelledPush]) -> Finding:
    faults = []
    for place, push in enumerate(pushes):
        faults += compare(f"push {push.name}", f"push_id {place}", f"push_id {push.push_id}")
        if place and push.start_ms < pushes[place - 1].start_ms:
            faults.append(Fault(f"push {push.name}", "start after the one before it", to_iso(push.start_ms)))
    return judge("pushes.order", "ids are places, in the order of the starts", faults)


def _check_waves(pushes: list[LabelledPush]) -> Finding:
    """A wave is pushes of which each starts less than 24 h after the latest end before it."""
    faults: list[Fault] = []
    wave, reach = -1, 0
    for push in pushes:
        wave += wave < 0 or push.start_ms - reach >= _DAY_MS
        reach = max(reach, push.end_ms)
        faults += compare(f"push {push.name}", f"in wave {wave}", f"in wave {push.wave_id}")
    return judge("pushes.waves", f"{count_words(wave + 1, 'wave')}, 24 h apart", faults)


def _check_counts(subject: Subject, number: str) -> Finding:
    return subject.search(
        "pushes.counts",
        f"{number} count their posts and accounts",
        f"""select 'push ' || name, 'count ' || coalesce(n, 0) || ' posts of ' || coalesce(m, 0) || ' accounts',
                   n_posts || ' posts of ' || n_accounts || ' accounts'
            from truth_pushes left join (
                select push_id, count(post_id) as n, count(distinct account_id) as m
                from (select push_id, account_id, post_id from {subject.pushed}
                      union all select push_id, account_id, null from truth_likes) group by 1)
              using (push_id)
            where n_posts <> coalesce(n, 0) or n_accounts <> coalesce(m, 0)""",
    )
