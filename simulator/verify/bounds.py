"""The rule of accounts that live as people do: what they push is bounded by what they write of their own."""

from math import sqrt
from statistics import fmean

from simulator.verify.findings import Finding, Subject, count_words

_ERRORS = 4.0
_MOST_SHARE = 0.6  # pushed of one account's items; see population.operated
_N_POINTS = 4096


def measure_shares(campaign_share: float) -> tuple[float, float, float]:
    """Return mean and variance over accounts of the share that each may push, and the mean variance of one item.

    The share is 3 u^2 times the campaign's share, at most 0.6, with u even (see population.operated).

    Examples
    --------
    >>> [round(value, 3) for value in measure_shares(0.25)]
    [0.242, 0.044, 0.14]
    """
    shares = [min(3 * campaign_share * ((k + 0.5) / _N_POINTS) ** 2, _MOST_SHARE) for k in range(_N_POINTS)]
    mean = fmean(shares)
    return mean, fmean((share - mean) ** 2 for share in shares), fmean(share * (1 - share) for share in shares)


def check_bounds(subject: Subject) -> Finding:
    """Squads that overlap with people, and live as they do, push at most what leaves them their own talk.

    From the operator's first push on, an account's pushed items among those and its originals are at most the law's
    share in the mean over a squad, but for chance: which accounts may push much, and what each writes, in visits of
    several items and so with twice the variance of single ones. The whole squad's are at most the highest share.
    Some talk of the brand anyway and push less, as do those whose turns a cap takes: there is no least.
    """
    bounded = [
        (f"{owner}.{name}", *measure_shares(dials.campaign_share or 0.0))
        for owner, operator in subject.scenario.operators.items()
        for name in operator.squads
        if (dials := subject.scenario.dials(owner, name)).overlap == dials.camouflage_share == 1
    ]
    columns = {"squad_id": "VARCHAR", "mean": "DOUBLE", "spread": "DOUBLE", "item": "DOUBLE"}
    subject.enter("bounded", columns, bounded)
    return subject.search(
        "pushed.bounds",
        f"{count_words(len(bounded), 'squad')} within the bounds of accounts that live as people do",
        """with begun as (select operator_id, min("start") as begin from truth_pushes group by 1),
                written as (select squad_id, account_id, count(push_id) as pushed, count(*) as n
                            from posts join truth_posts using (post_id)
                            join (from truth_accounts semi join bounded using (squad_id)) using (account_id)
                            join begun using (operator_id)
                            where created_at >= begin and (push_id is not null or kind = 'post') group by all),
                summed as (select squad_id, sum(pushed) as pushed, sum(n) as n, avg(pushed / n) as share,
                                  any_value(mean) + $errors * sqrt(sum(spread + 2 * item / n)) / count(*) as most,
                                  $most * sum(n) + $errors * $deviation * sqrt(sum(n) + 1) as most_pushed
                           from written join bounded using (squad_id) group by 1)
           select 'squad ' || squad_id,
                  'push at most ' || round(most, 3) || ' of an account''s items and ' || floor(most_pushed)::bigint,
                  round(share, 3) || ' and ' || pushed
           from summed where share > most or pushed > most_pushed""",
        most=_MOST_SHARE,
        deviation=sqrt(2 * _MOST_SHARE * (1 - _MOST_SHARE)),
        errors=_ERRORS,
    )
