"""Rules of what follows a push without a command: reactions, in its window and late, repeats, answers and copies."""

from collections.abc import Iterator

from simulator.rhythm import LONGEST_DELAY_MS
from simulator.verify.findings import Finding, Subject, count_words

_HOUR_MS = 3_600_000


def check_reactions(subject: Subject) -> Iterator[Finding]:
    """What reacts to a push says what it reacts to, and comes while that is remembered."""
    subject.queries.rows(
        """create or replace temp table reacted as
           select post_id, kind, epoch_ms(created_at) as ms, parent_id, push_id, root_push_id, narrative_id,
                  manuscript_id, stance
           from posts join (from truth_posts where root_push_id is not null or push_id is not null
                                                or manuscript_id is not null) as labels using (post_id)"""
    )
    yield _check_late(subject)
    yield _check_repeats(subject)
    yield _check_answers(subject)
    yield _check_copies(subject)


def _check_late(subject: Subject) -> Finding:
    """People react to what they were shown, which is no older than the feed's memory, after a delay of days at most."""
    late = """reacted join (select push_id as root_push_id, epoch_ms("end") as end_ms from truth_pushes)
              using (root_push_id) where reacted.push_id is null and ms >= end_ms"""
    memory_ms = subject.scenario.feed.memory_hours * _HOUR_MS
    return subject.search(
        "pushed.late",
        f"{count_words(subject.count(late), 'reaction')} after the windows, to what is remembered",
        """select 'post ' || reacted.post_id,
                  'come at most ' || ($most / 3600000)::integer || ' hours after its parent',
                  round((ms - epoch_ms(up.created_at)) / 3600000, 1) || ' hours'
           from reacted join posts as up on up.post_id = reacted.parent_id
           where push_id is null and ms - epoch_ms(up.created_at) > $most""",
        most=memory_ms + LONGEST_DELAY_MS,
    )


def _check_repeats(subject: Subject) -> Finding:
    n = subject.count("reacted where kind = 'repost'")
    return subject.search(
        "pushed.repeats",
        f"{count_words(n, 'repost')} labelled as what they repeat",
        """select 'repost ' || made.post_id, 'be of ' || concat_ws(', ', coalesce(up.narrative_id, 'no narrative'),
                  'manuscript ' || coalesce(up.manuscript_id::text, 'none'), 'stance ' || up.stance),
                  concat_ws(', ', coalesce(made.narrative_id, 'no narrative'),
                            'manuscript ' || coalesce(made.manuscript_id::text, 'none'), 'stance ' || made.stance)
           from reacted as made join truth_posts as up on up.post_id = made.parent_id
           where kind = 'repost'
             and (made.narrative_id, made.manuscript_id, made.stance)
                 is distinct from (up.narrative_id, up.manuscript_id, up.stance)""",
    )


def _check_answers(subject: Subject) -> Finding:
    """People answer in words of their own, and take a claim up only against the target."""
    answers = "reacted where kind in ('reply', 'quote') and push_id is null"
    return subject.search(
        "pushed.answers",
        f"{count_words(subject.count(answers), 'answer')} of nobody's command, in own words",
        """select made.kind || ' ' || made.post_id,
                  'have no manuscript, and no narrative or, against the target, that of its parent',
                  concat_ws(', ', 'manuscript ' || made.manuscript_id, made.narrative_id, 'stance ' || made.stance)
           from reacted as made join truth_posts as up on up.post_id = made.parent_id
           where kind in ('reply', 'quote') and made.push_id is null
             and (made.manuscript_id is not null
                  or (made.narrative_id is not null
                      and (made.stance <> -1 or made.narrative_id is distinct from up.narrative_id)))""",
    )


def _check_copies(subject: Subject) -> Finding:
    """Whoever pastes a manuscript has read it: a push said it before, with the same narrative."""
    copies = "reacted where kind = 'post' and push_id is null"
    return subject.search(
        "pushed.copies",
        f"{count_words(subject.count(copies), 'copied manuscript')} pushed before",
        """with said as (select manuscript_id, narrative_id, min(ms) as first_ms from reacted
                         where push_id is not null and kind <> 'repost' group by all)
           select 'post ' || post_id, 'copy a manuscript that was pushed before',
                  concat_ws(', ', 'manuscript ' || copy.manuscript_id, copy.narrative_id)
           from reacted as copy left join said using (manuscript_id, narrative_id)
           where kind = 'post' and push_id is null and (first_ms is null or first_ms >= ms)""",
    )
