"""Rules of rallies: honest posts of the right organic accounts, in their window, of no push."""

from collections.abc import Iterator

from simulator.verify.findings import Fault, Finding, Subject, count_words, judge
from simulator.verify.population import spread

_HOUR_MS = 3_600_000
_SURE = 40  # members expected from which a rally that nobody hears is a fault, assumed


def check_rallies(subject: Subject) -> Iterator[Finding]:
    """What a rally posted is honest, its members', in its window, and no more than they may."""
    rallies = subject.scenario.rallies
    columns = {"rally_id": "VARCHAR", "member": "VARCHAR", "grouped": "BOOLEAN", "first": "BIGINT", "last": "BIGINT",
               "every": "BIGINT", "most": "BIGINT", "said": "VARCHAR"}  # fmt: skip
    rows = [
        (name, rally.segment.name, rally.grouped, first, last, every, rally.posts_per_account, rally.kind)
        for name, rally in rallies.items()
        for first, last, every in (_window(subject, name),)
    ]
    subject.enter("rallies", columns, rows)
    subject.queries.rows(
        """create temp table rallied as
           select post_id, posts.account_id, kind, epoch_ms(created_at) as ms, labels.* exclude (post_id),
                  segment, group_id, operator_id, operated
           from posts join (from truth_posts where rally_id is not null) as labels using (post_id)
           left join truth_accounts using (account_id)"""
    )
    posts = count_words(subject.count("rallied"), "rallied post")
    yield from _check_labels(subject, posts)
    yield from _check_members(subject, posts)
    yield _check_volume(subject)


def _window(subject: Subject, name: str) -> tuple[int, int, int]:
    """Return start and end of a rally and the length of a round, ms."""
    rally = subject.scenario.rallies[name]
    first, last = subject.scenario.at(rally.start), subject.scenario.at(rally.end)
    return first, last, round(rally.every_hours * _HOUR_MS) if rally.every_hours else last - first


def _check_labels(subject: Subject, posts: str) -> Iterator[Finding]:
    yield subject.search(
        "rallies.honest",
        f"{posts} of no push, tactic or manuscript",
        """select 'post ' || post_id || ' of rally ' || rally_id, 'be of a rally of the scenario and of no push',
                  concat_ws(', ', 'push ' || push_id, tactic, technique, narrative_id, 'manuscript ' || manuscript_id)
           from rallied where push_id is not null or tactic is not null or technique is not null
              or narrative_id is not null or manuscript_id is not null
              or rally_id not in (select rally_id from rallies)""",
    )
    yield subject.search(
        "rallies.window",
        f"{posts} in the windows of their rallies",
        """select 'post ' || post_id || ' of rally ' || rally_id,
                  'be posted from ' || make_timestamp("first" * 1000) || ' to ' || make_timestamp("last" * 1000),
                  make_timestamp(ms * 1000)
           from rallied join rallies using (rally_id) where ms < "first" or ms >= "last" """,
    )


def _check_members(subject: Subject, posts: str) -> Iterator[Finding]:
    yield subject.search(
        "rallies.accounts",
        f"{posts} by organic accounts of the segment and its groups",
        """select 'post ' || post_id || ' of rally ' || rally_id,
                  'be by an account of ' || member || if(grouped, ', in a group', '') || ', not operated',
                  coalesce(operator_id, segment, 'nobody') || if(group_id is null, ', in no group', '')
           from rallied join rallies using (rally_id)
           where coalesce(operated, true) or operator_id is not null
              or segment is distinct from member or (grouped and group_id is null)""",
    )
    yield subject.search(
        "rallies.rounds",
        f"{posts} of the right kind, at most so many an account and round",
        """select 'account ' || account_id || ' in rally ' || rally_id, 'write at most ' || any_value("most")
                  || ' items a round, each a ' || any_value(said) || ' or a post', string_agg(kind, ', ')
           from rallied join rallies using (rally_id)
           group by account_id, rally_id, (ms - "first") // "every"
           having count(*) > any_value("most") or bool_or(kind not in (said, 'post'))""",
    )


def _check_volume(subject: Subject) -> Finding:
    """A rally posts at most what the share of its members, drawn anew in each round, comes to."""
    made = subject.queries.counts("select rally_id, count(*) from rallied group by 1")
    faults = []
    for name, rally in subject.scenario.rallies.items():
        first, last, every = _window(subject, name)
        n_rounds = len([1 for start in range(first, last, every) if subject.start_ms - every < start < subject.end_ms])
        grouped = "and group_id is not null" if rally.grouped else ""
        segment = f"operator_id is null and segment = '{rally.segment.name}'"
        n = subject.count(f"truth_accounts where {segment} {grouped}") * n_rounds
        most = spread(n, rally.share)[1] * rally.posts_per_account
        least = int(n * rally.share >= _SURE)
        if not least <= made.get(name, 0) <= most:
            faults.append(Fault(f"rally {name}", f"be {least:,} to {most:,.0f} posts", f"{made.get(name, 0):,}"))
    names = subject.scenario.rallies
    return judge("rallies.volume", f"{count_words(len(names), 'rally', 'rallies')} by the shares of members", faults)
