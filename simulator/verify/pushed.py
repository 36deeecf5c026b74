"""Rules of what pushes posted and liked: by whom, when, how much, and how it is labelled."""

from collections.abc import Iterator

from simulator.verify.bounds import check_bounds
from simulator.verify.findings import Finding, Subject, count_words
from simulator.verify.manuscripts import check_manuscripts
from simulator.verify.plan import list_office_hours
from simulator.verify.pushes import read_pushes
from simulator.verify.reactions import check_reactions
from simulator.verify.volume import check_volume
from simulator.vocabulary import TECHNIQUE_BY_ROLE, TECHNIQUE_BY_TACTIC, Role, Tactic

_DAY_MS = 86_400_000
_SLEEPERS_WAKE_DAYS = 21  # before the launch; see simulator/campaign/orders.py


def check_pushed(subject: Subject) -> Iterator[Finding]:
    """What a push commanded is its squads', in its window, with its tactic, technique and narrative."""
    yield _check_quiet(subject)
    yield _check_other_labels(subject)
    yield _check_cascades(subject)
    if subject.is_quiet:
        return
    posts = count_words(subject.count(subject.pushed), "pushed post")
    yield _check_times(subject, posts)
    yield _check_authors(subject, posts)
    yield _check_claims(subject, posts)
    yield _check_techniques(subject, posts)
    yield _check_office_hours(subject)
    yield from check_manuscripts(subject)
    yield from check_reactions(subject)
    yield _check_likes(subject)
    yield check_volume(subject, _SLEEPERS_WAKE_DAYS)
    yield check_bounds(subject)


def _check_quiet(subject: Subject) -> Finding:
    """Where nobody commands, no label may say that somebody did; elsewhere every push posts."""
    if subject.is_quiet:
        return subject.search(
            "pushed.quiet",
            "nobody commands posts or likes, nobody sees a campaign",
            """select 'post ' || post_id, 'have no push', push_id from truth_posts
               where push_id is not null or root_push_id is not null
               union all select 'like of post ' || post_id, 'have no push', push_id from truth_likes
               union all select 'truth/exposures', 'have no push', push_id from truth_exposures
               where push_id is not null
               union all select 'account ' || account_id, 'have seen no campaign', campaign_exposures
               from truth_accounts where campaign_exposures <> 0""",
        )
    unbounded = [
        (f"{owner}.{name}",)
        for owner, operator in subject.scenario.operators.items()
        for name in operator.squads
        if (subject.scenario.dials(owner, name).overlap or 0.0) == 0
    ]
    subject.enter("unbounded", {"squad_id": "VARCHAR"}, unbounded)
    return subject.search(
        "pushed.busy",
        "every push of accounts without bounds posted or liked",
        f"""select 'push ' || name, 'have posted or liked', 'neither' from truth_pushes
            anti join {subject.pushed} using (push_id) anti join truth_likes using (push_id)
            where exists (from unnest(squads) as taken(name) where operator_id || '.' || name in (from unbounded))""",
    )


def _check_other_labels(subject: Subject) -> Finding:
    names = [(name,) for name in subject.scenario.narratives]
    subject.enter("narratives", {"name": "VARCHAR"}, names)
    return subject.search(
        "pushed.others",
        "no tactic or technique without a push; only known narratives",
        """select 'post ' || post_id, 'have no tactic and technique, and a narrative of the scenario',
                  concat_ws(', ', tactic, technique, narrative_id)
           from truth_posts
           where (push_id is null and (tactic is not null or technique is not null))
              or (narrative_id is not null and narrative_id not in (select name from narratives))""",
    )


def _check_cascades(subject: Subject) -> Finding:
    return subject.search(
        "pushed.cascades",
        "every item of a cascade names the push of its first item",
        """with labelled as (select post_id, root_push_id from truth_posts where root_push_id is not null),
                roots as (select post_id as root_id, push_id from truth_posts where push_id is not null),
                asked as (select post_id, push_id from posts join roots using (root_id))
           select 'post ' || post_id, 'have root_push_id ' || coalesce(push_id::text, 'null'),
                  coalesce(root_push_id::text, 'null')
           from asked full join labelled using (post_id) where push_id is distinct from root_push_id""",
    )


def _check_times(subject: Subject, posts: str) -> Finding:
    return subject.search(
        "pushed.window",
        f"{posts} in the windows of their pushes",
        f"""select 'post ' || post_id || ' of push ' || name, 'be posted from ' || "start" || ' to ' || "end",
                   make_timestamp(ms * 1000)
            from {subject.pushed} join truth_pushes using (push_id)
            where ms < epoch_ms("start") or ms >= epoch_ms("end")""",
    )


def _check_authors(subject: Subject, posts: str) -> Finding:
    return subject.search(
        "pushed.accounts",
        f"{posts} by owned and awake accounts of the squads",
        f"""select 'post ' || post_id || ' of push ' || name, 'be by an account of its squads, owned and awake',
                   coalesce(squad_id, 'an organic account') || ', ' || coalesce(role, 'no role')
            from {subject.pushed} as made join truth_pushes as push using (push_id)
            where not coalesce(operated, false) or made.operator_id is distinct from push.operator_id
               or not list_contains(squads, substr(squad_id, length(made.operator_id) + 2))
               or from_ms is null or from_ms > epoch_ms("start")
               or (role = 'sleeper' and epoch_ms("start") < $wake)""",
        wake=subject.scenario.launch_ms - _SLEEPERS_WAKE_DAYS * _DAY_MS,
    )


def _check_claims(subject: Subject, posts: str) -> Finding:
    return subject.search(
        "pushed.claims",
        f"{posts} with their push's narrative and tactic",
        f"""select 'post ' || post_id || ' of push ' || name,
                   'carry ' || push.narrative_id || ' (' || push.tactic || '), a manuscript, stance -1',
                   concat_ws(', ', coalesce(made.narrative_id, 'no narrative'), coalesce(made.tactic, 'no tactic'),
                             coalesce('manuscript ' || manuscript_id, 'no manuscript'), 'stance ' || stance)
            from {subject.pushed} as made join truth_pushes as push using (push_id)
            where made.narrative_id is distinct from push.narrative_id or made.tactic is distinct from push.tactic
               or manuscript_id is null or stance <> -1""",
    )


def _check_techniques(subject: Subject, posts: str) -> Finding:
    """The technique of the account's role, or the tactic's; any role's in a squad that mixes them."""
    scenario = subject.scenario
    mixed = {
        f"{owner}.{name}": bool(scenario.dials(owner, name).mixed_roles)
        for owner, operator in scenario.operators.items()
        for name in operator.squads
    }
    rows = [
        (squad, role.name, tactic.name, TECHNIQUE_BY_ROLE[done] or TECHNIQUE_BY_TACTIC[tactic])
        for squad, mixes in mixed.items()
        for role in Role
        for tactic in Tactic
        for done in (Role if mixes else (role,))
    ]
    columns = {"squad_id": "VARCHAR", "role": "VARCHAR", "tactic": "VARCHAR", "technique": "VARCHAR"}
    subject.enter("techniques", columns, rows)
    return subject.search(
        "pushed.technique",
        f"{posts} with the technique of role or tactic",
        f"""select 'post ' || post_id, 'have the technique of ' || coalesce(role, 'no role') || ' and '
                   || coalesce(tactic, 'no tactic'), coalesce(technique, 'none')
            from {subject.pushed} anti join techniques using (squad_id, role, tactic, technique)""",
    )


def _check_office_hours(subject: Subject) -> Finding:
    """Squads with the dial post in office hours where their push has any."""
    scenario = subject.scenario
    bound = {
        (owner, name)
        for owner, operator in scenario.operators.items()
        for name in operator.squads
        if scenario.dials(owner, name).office_hours
    }
    rows = [
        (push.push_id, f"{push.operator}.{squad}", first, last)
        for push in read_pushes(subject)
        for squad in push.squads
        if (push.operator, squad) in bound
        for first, last in list_office_hours(scenario.operators[push.operator].office, push.start_ms, push.end_ms)
    ]
    columns = {"push_id": "INTEGER", "squad_id": "VARCHAR", "first": "BIGINT", "last": "BIGINT"}
    subject.enter("office_hours", columns, rows)
    return subject.search(
        "pushed.office_hours",
        f"{count_words(len(bound), 'squad')} bound to office hours",
        f"""select 'post ' || post_id || ' of ' || squad_id, 'be posted in office hours', make_timestamp(ms * 1000)
            from {subject.pushed} as made
            semi join office_hours using (push_id, squad_id)
            where not exists (from office_hours as hours where hours.push_id = made.push_id
                              and hours.squad_id = made.squad_id and ms >= "first" and ms < "last")""",
    )


def _check_likes(subject: Subject) -> Finding:
    """Of their push's own items; by squads with actions of their own, of any post against the target."""
    acting = [
        (f"{owner}.{name}",)
        for owner, operator in subject.scenario.operators.items()
        for name, settings in operator.squads.items()
        if settings.actions
    ]
    subject.enter("acting", {"squad_id": "VARCHAR"}, acting)
    return subject.search(
        "pushed.likes",
        f"{count_words(subject.count('truth_likes'), 'commanded like')} by the right squads in the windows",
        """select 'like of post ' || truth.post_id || ' by ' || truth.account_id,
                   'be of push ' || name || ' in its window, of its post, by its squads',
                   coalesce(who.squad_id, 'an organic account') || ' at ' || coalesce(created_at::text, 'no time')
                   || ', post of push ' || coalesce(made.push_id::text, 'none')
            from truth_likes as truth join truth_pushes as push using (push_id)
            left join likes on likes.account_id = truth.account_id and likes.post_id = truth.post_id
            left join truth_accounts as who on who.account_id = truth.account_id
            left join truth_posts as made on made.post_id = truth.post_id
            where (who.squad_id in (from acting) and made.stance is distinct from -1)
               or (who.squad_id not in (from acting) and made.push_id is distinct from truth.push_id)
               or who.operator_id is distinct from push.operator_id
               or not list_contains(squads, substr(who.squad_id, length(who.operator_id) + 2))
               or created_at is null or created_at < "start" or created_at >= "end" """,
    )
