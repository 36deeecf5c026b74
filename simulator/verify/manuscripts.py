"""Rules of manuscripts: which squads share them, and who says the same in the words of people."""

from collections.abc import Iterator

from simulator.verify.findings import Finding, Subject, count_words


def check_manuscripts(subject: Subject) -> Iterator[Finding]:
    """A manuscript makes one claim; accounts that overlap with people do not post those of the others."""
    scenario = subject.scenario
    claims = [(name, narrative.claim) for name, narrative in scenario.narratives.items()]
    subject.enter("claims", {"narrative_id": "VARCHAR", "claim": "VARCHAR"}, claims)
    wordings = [
        (f"{owner}.{name}", _is_own_worded(subject, owner, name))
        for owner, operator in scenario.operators.items()
        for name in operator.squads
        if (scenario.dials(owner, name).overlap or 0.0) in (0.0, 1.0)
    ]
    subject.enter("wordings", {"squad_id": "VARCHAR", "is_own": "BOOLEAN"}, wordings)
    subject.queries.rows(
        f"""create or replace temp table worded as
            select post_id, squad_id, is_own, manuscript_id, claim, if(kind = 'post', 'posts', 'comments') as form
            from {subject.pushed} join wordings using (squad_id) join claims using (narrative_id)
            where kind <> 'repost' and manuscript_id is not null"""
    )
    yield _check_claims(subject)
    yield _check_own_words(subject)


def _is_own_worded(subject: Subject, operator: str, squad: str) -> bool:
    """Whether a squad's accounts say claims as people do: those that overlap, unless they paste."""
    dials = subject.scenario.dials(operator, squad)
    return dials.overlap == 1 and not dials.is_repeating


def _check_claims(subject: Subject) -> Finding:
    n = subject.count("(select distinct manuscript_id from worded where not is_own)")
    return subject.search(
        "pushed.manuscripts",
        f"{count_words(n, 'manuscript')}, each of one claim, for posts or comments",
        """with uses as (select manuscript_id, claim, form, count(*) as n from worded where not is_own group by all),
                meant as (select manuscript_id, arg_max(claim, n) as its_claim, arg_max(form, n) as its_form from uses
                          group by 1)
           select 'post ' || post_id || ' of ' || squad_id,
                  'carry a manuscript of ' || claim || ' for ' || form,
                  'manuscript ' || manuscript_id || ' of ' || its_claim || ' for ' || its_form
           from worded join meant using (manuscript_id)
           where not is_own and (claim, form) is distinct from (its_claim, its_form)""",
    )


def _check_own_words(subject: Subject) -> Finding:
    n = subject.count("worded where is_own and form = 'posts'")
    return subject.search(
        "pushed.own_words",
        f"{count_words(n, 'post')} of overlapping accounts in people's words",
        """select 'post ' || post_id || ' of ' || squad_id, 'be in the words of people',
                  'manuscript ' || manuscript_id || ', which other squads post'
           from worded where is_own and form = 'posts'
             and manuscript_id in (select manuscript_id from worded where not is_own and form = 'posts')""",
    )
