"""Rules of the removals: who removes what, who is silent after it, and what a break-up takes."""

from collections.abc import Iterator
from math import sqrt

from simulator.dataset.context import to_iso
from simulator.verify.findings import Fault, Finding, Subject, count_words, judge

_DAY_MS = 86_400_000
_ERRORS = 5.0


def check_removals(subject: Subject) -> Iterator[Finding]:
    """Removals are consistent, final, and those of the scenario."""
    n_accounts = subject.count("removals where post_id is null")
    n_posts = subject.count("removals where post_id is not null")
    yield subject.search(
        "removals.by",
        f"{count_words(n_accounts, 'account')} by the platform, {count_words(n_posts, 'post')} by authors, each once",
        """select 'account ' || account_id || coalesce(', post ' || post_id, ''),
                  'be removed once: an account by the platform, a post by its author',
                  count(*) || ' times by ' || any_value("by")
           from (select removals.*, posts.account_id as author from removals left join posts using (post_id))
           group by account_id, post_id
           having count(*) > 1 or any_value((post_id is null) <> ("by" = 'platform'))
               or any_value(post_id is not null and author is distinct from account_id)""",
    )
    yield _check_silence(subject)
    yield _check_deletions(subject)
    yield _check_causes(subject)
    yield from _check_break_ups(subject)


def _check_silence(subject: Subject) -> Finding:
    gone = "(select account_id, min(time) as gone from removals where post_id is null group by 1)"
    return subject.search(
        "removals.final",
        "nobody posts, likes or follows after its removal",
        " union all ".join(
            f"""select 'account ' || account_id, 'do nothing from ' || gone, '{verb} at ' || "{column}"
                from {table} join {gone} on {who} = account_id where "{column}" >= gone"""
            if who != "account_id"
            else f"""select 'account ' || account_id, 'do nothing from ' || gone, '{verb} at ' || "{column}"
                from {table} join {gone} using (account_id) where "{column}" >= gone"""
            for table, column, who, verb in (
                ("posts", "created_at", "account_id", "a post"),
                ("likes", "created_at", "account_id", "a like"),
                ("follows", "since", "follower_id", "a follow"),
            )
        ),
    )


def _check_deletions(subject: Subject) -> Finding:
    """Pushed posts of squads that delete are gone after their minutes; nobody else's are."""
    scenario = subject.scenario
    rows = [
        (f"{owner}.{name}", int(minutes * 60) * 1000)
        for owner, operator in scenario.operators.items()
        for name in operator.squads
        if (minutes := scenario.dials(owner, name).delete_after_minutes) is not None
    ]
    subject.enter("deleting", {"squad_id": "VARCHAR", "after_ms": "BIGINT"}, rows)
    return subject.search(
        "removals.deletions",
        f"{count_words(len(rows), 'squad')} delete, after their minutes; nobody else does",
        f"""with gone as (select account_id, epoch_ms(min(time)) as gone_ms from removals where post_id is null
                          group by 1),
                 due as (select post_id, made.account_id, ms + after_ms as due_ms
                         from {subject.pushed} as made join deleting using (squad_id) left join gone using (account_id)
                         where ms + after_ms < $end and (gone_ms is null or ms + after_ms < gone_ms)),
                 done as (select post_id, epoch_ms(time) as done_ms from removals where post_id is not null)
            select 'post ' || post_id, 'be deleted at ' || coalesce(make_timestamp(due_ms * 1000)::text, 'no time'),
                   coalesce(make_timestamp(done_ms * 1000)::text, 'no time')
            from due full join done using (post_id) where due_ms is distinct from done_ms""",
        end=subject.end_ms,
    )


def _check_causes(subject: Subject) -> Finding:
    """Where the platform reviews nothing, only a break-up removes accounts."""
    if subject.scenario.moderation.enabled:
        n = subject.count(
            """removals semi join (from truth_accounts where operator_id is null) using (account_id)
               where post_id is null"""
        )
        return Finding("removals.causes", f"the platform reviews: {count_words(n, 'organic account')} removed")
    return subject.search(
        "removals.causes",
        "the platform reviews nothing: only break-ups remove accounts",
        """select 'account ' || account_id, 'stay, or be removed after its break-up', 'removed at ' || time
           from removals left join truth_accounts using (account_id)
           where post_id is null and (not operated or operated_until is null or time < operated_until)""",
    )


def _check_break_ups(subject: Subject) -> Iterator[Finding]:
    """The share and the days of every break-up; what stops with it."""
    if subject.is_quiet:
        return
    for name, operator in subject.scenario.operators.items():
        if operator.break_up is not None and subject.scenario.at(operator.break_up.time) < subject.end_ms:
            yield _check_break_up(subject, name)
    yield subject.search(
        "removals.stop",
        "after a break-up, bulk-created and bought accounts post nothing",
        """select 'account ' || account_id || ' (' || stock || ')', 'post no original after ' || operated_until,
                  'one at ' || created_at
           from posts join truth_accounts using (account_id)
           where kind = 'post' and stock in ('bulk_created', 'purchased_aged') and created_at >= operated_until""",
    )


def _check_break_up(subject: Subject, name: str) -> Finding:
    break_up = subject.scenario.operators[name].break_up
    assert break_up is not None
    first = subject.scenario.at(break_up.time)
    last = first + int(break_up.removal_days * _DAY_MS)
    n, removed, later = subject.queries.row(
        """select count(*) filter (gone_ms is null or gone_ms >= $first),
                  count(*) filter (gone_ms >= $first and gone_ms < $last), count(*) filter (gone_ms >= $last)
           from truth_accounts left join (
               select account_id, epoch_ms(time) as gone_ms from removals where post_id is null) using (account_id)
           where operator_id = $name""",
        {"name": name, "first": first, "last": last},
    )
    share = break_up.removed_share * min(1.0, (subject.end_ms - first) / (last - first))
    error = _ERRORS * sqrt(n * share * (1 - share)) + 1
    reviewed = subject.scenario.moderation
    extra = (reviewed.volume_removal_share + reviewed.duplicate_removal_share) * n if reviewed.enabled else 0
    low, high = n * share - error, n * share + error + extra
    faults = []
    if not low <= removed <= high:
        where = f"operator {name}, {to_iso(first)} to {to_iso(last)}"
        must = f"remove {max(low, 0):,.0f} to {min(high, n):,.0f} of {n:,} accounts"
        faults.append(Fault(where, must, f"{removed:,}"))
    if later > extra + 1:
        faults.append(Fault(f"operator {name}", f"remove nobody after {to_iso(last)}", f"{later:,} accounts"))
    return judge("removals.break_up", f"{name}: {removed:,} of {n:,} accounts from {to_iso(first)}", faults)
