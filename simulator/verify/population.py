"""Rules of the populations: segments, squads, roles, stock, batches, prevalence and the labels of accounts."""

from collections.abc import Iterator, Mapping
from math import ceil, floor, sqrt

from simulator.dataset.context import to_iso
from simulator.verify.findings import Fault, Finding, Subject, compare, count_words, judge
from simulator.vocabulary import Segment

_NOISE = 1e-6
_ERRORS = 5.0  # standard errors that a drawn share may lie off: one world in a million by chance
_AUTOMATED = (Segment.news_bot, Segment.deal_bot, Segment.spam_bot)


def divide(total: int, shares: Mapping[str, float], least: int = 0) -> dict[str, tuple[int, int]]:
    """Return the least and most whole number that each share of a total may come to.

    A part is its quota rounded down or up; where one that is not nought is lifted to `least`, others give as much.

    Examples
    --------
    >>> divide(10, {"day": 0.55, "night": 0.45})
    {'day': (5, 6), 'night': (4, 5)}
    """
    whole = sum(shares.values()) or 1.0
    quotas = {name: total * share / whole for name, share in shares.items()}
    lifts = {name: least if quota else 0 for name, quota in quotas.items()}
    lifted = sum(max(0, lifts[name] - floor(quota)) for name, quota in quotas.items())
    return {
        name: (max(lifts[name], floor(quota + _NOISE) - lifted), max(lifts[name], ceil(quota - _NOISE)))
        for name, quota in quotas.items()
    }


def spread(n: int, share: float) -> tuple[float, float]:
    """Return the least and most of `n` that a share drawn one by one may come to."""
    error = _ERRORS * sqrt(n * share * (1 - share)) + 1
    return n * share - error, n * share + error


def check_population(subject: Subject) -> Iterator[Finding]:
    """Every population is as large as the scenario says, and every account is labelled as what it is."""
    yield _check_size(subject)
    yield _check_segments(subject)
    yield _check_squads(subject)
    for column, name in (("role", "roles"), ("stock", "stock")):
        yield _check_squad_shares(subject, column, name)
    yield _check_batches(subject)
    yield _check_prevalence(subject)
    yield from _check_labels(subject)


def _check_size(subject: Subject) -> Finding:
    scenario = subject.scenario
    n_organic, n_owned = subject.queries.row(
        "select count(*) filter (operator_id is null), count(operator_id) from truth_accounts"
    )
    must_own = sum(operator.accounts for operator in scenario.operators.values())
    faults = compare("organic accounts", scenario.organic.accounts, n_organic)
    faults += compare("accounts of operators", must_own, n_owned)
    return judge("population.size", f"{n_organic:,} organic accounts and {n_owned:,} of operators", faults)


def _outside(where: str, allowed: Mapping[str, tuple[int, int]], found: Mapping[str, int]) -> list[Fault]:
    """Return the counts outside their range, and those of names that are not allowed at all."""
    return [
        Fault(f"{where}{name}", f"be {low:,} accounts" if low == high else f"be {low:,} to {high:,} accounts", f"{n:,}")
        for name in sorted({*allowed, *found})
        for low, high in (allowed.get(name, (0, 0)),)
        if not low <= (n := found.get(name, 0)) <= high
    ]


def _check_segments(subject: Subject) -> Finding:
    organic = subject.scenario.organic
    shares = {segment.name: settings.share for segment, settings in organic.segments.items()}
    found = subject.queries.counts(
        "select coalesce(segment, 'none'), count(*) from truth_accounts where operator_id is null group by 1"
    )
    faults = _outside("segment ", divide(organic.accounts, shares, least=1), found)
    return judge("population.segments", f"{count_words(len(shares), 'segment')} by their shares", faults)


def _check_squads(subject: Subject) -> Finding:
    allowed: dict[str, tuple[int, int]] = {}
    faults: list[Fault] = []
    for name, operator in subject.scenario.operators.items():
        shares = {f"{name}.{squad}": settings.share for squad, settings in operator.squads.items()}
        allowed |= divide(operator.accounts, shares, least=1)
        owned = subject.count(f"truth_accounts where operator_id = '{name}'")
        faults += compare(f"accounts of operator {name}", operator.accounts, owned)
    found = subject.queries.counts(
        "select squad_id, count(*) from truth_accounts where squad_id is not null group by 1"
    )
    faults += _outside("squad ", allowed, found)
    return judge("population.squads", f"{count_words(len(allowed), 'squad')} by their shares", faults)


def _check_squad_shares(subject: Subject, column: str, name: str) -> Finding:
    found: dict[str, dict[str, int]] = {}
    for squad, value, n in subject.queries.rows(
        f"""select squad_id, coalesce({column}, 'none'), count(*) from truth_accounts
            where squad_id is not null group by all"""
    ):
        found.setdefault(squad, {})[value] = n
    faults: list[Fault] = []
    for owner, operator in subject.scenario.operators.items():
        for squad, settings in operator.squads.items():
            shares = settings.roles if column == "role" else subject.scenario.stock(owner, squad)
            counts = found.get(f"{owner}.{squad}", {})
            allowed = divide(sum(counts.values()), {kind.name: share for kind, share in shares.items()})
            faults += _outside(f"squad {owner}.{squad}, {column} ", allowed, counts)
    return judge(f"population.{name}", f"the {name} of {count_words(len(found), 'squad')} by their shares", faults)


def _check_batches(subject: Subject) -> Finding:
    scenario = subject.scenario
    faults: list[Fault] = []
    n_batches = 0
    for name, operator in scenario.operators.items():
        shares: dict[int, float] = {}
        for batch in operator.batches.values():
            shares[scenario.at(batch.time)] = shares.get(scenario.at(batch.time), 0.0) + batch.share
        shares = shares or {scenario.start_ms: 1.0}
        n_batches += len(shares)
        faults += _compare_batches(subject, name, shares)
    return judge("population.batches", f"{count_words(n_batches, 'purchase')} of accounts, in time and share", faults)


def _compare_batches(subject: Subject, operator: str, shares: Mapping[int, float]) -> list[Fault]:
    if subject.dataset.is_twin:
        return []
    found = dict(
        subject.queries.rows(
            "select epoch_ms(operated_from), count(*) from truth_accounts where operator_id = $name group by 1",
            {"name": operator},
        )
    )
    n = sum(found.values())
    faults = []
    for time in sorted({*found, *shares}, key=lambda moment: moment or 0):
        low, high = spread(n, shares[time]) if time in shares else (0.0, 0.0)
        if not low <= found.get(time, 0) <= high:
            when = "never" if time is None else to_iso(time)
            must = f"be {max(low, 0):,.0f} to {high:,.0f} accounts"
            faults.append(Fault(f"operator {operator}, bought {when}", must, f"{found.get(time, 0):,}"))
    return faults


def _check_prevalence(subject: Subject) -> Finding:
    scenario = subject.scenario
    owned = sum(operator.accounts for operator in scenario.operators.values())
    must = 0 if subject.is_quiet else owned
    (got,) = subject.queries.row("select count(*) filter (operated) from truth_accounts")
    faults = compare("operated accounts", f"{must:,} of {subject.n_accounts:,}", f"{got:,} of {subject.n_accounts:,}")
    share = got / max(subject.n_accounts, 1)
    return judge("population.prevalence", f"{got:,} of {subject.n_accounts:,} accounts operated ({share:.2%})", faults)


def _check_labels(subject: Subject) -> Iterator[Finding]:
    twin = "false" if subject.dataset.is_twin else "true"
    yield subject.search(
        "population.operated",
        "accounts are labelled operated when an operator commands them",
        f"""select 'account ' || account_id, 'be operated: ' || (operator_id is not null and {twin}), operated
            from truth_accounts where operated <> (operator_id is not null and {twin})""",
    )
    ends = [(name, subject.end_of(name)) for name in subject.scenario.operators]
    subject.enter("operator_ends", {"operator_id": "VARCHAR", "until_ms": "BIGINT"}, ends)
    yield subject.search(
        "population.operated_times",
        "operated from the purchase to the break-up or the end",
        """select 'account ' || account_id, 'be operated from its purchase to the end of the operation',
                  coalesce(operated_from::text, 'never') || ' to ' || coalesce(operated_until::text, 'the end')
           from truth_accounts join accounts using (account_id) left join operator_ends using (operator_id)
           where (operated_from is null) = operated or operated_from < created_at
              or (operated and coalesce(epoch_ms(operated_until), $end) <> until_ms)
              or (not operated and operated_until is not null)""",
        end=subject.end_ms,
    )
    yield _check_axes(subject)
    yield subject.search(
        "population.owners",
        "squad, role and stock of operated accounts, segments of others",
        """select 'account ' || account_id, 'have squad, role, stock and group, or a segment',
                  coalesce(squad_id, 'no squad') || ', ' || coalesce(segment, 'no segment')
           from truth_accounts
           where (operator_id is null) <> (squad_id is null) or (operator_id is null) <> (role is null)
              or (operator_id is null) <> (stock is null) or (operator_id is null and segment is null)
              or (operator_id is not null and (group_id is null or not starts_with(squad_id, operator_id || '.')))""",
    )


def _check_axes(subject: Subject) -> Finding:
    bots = ", ".join(f"'{segment.name}'" for segment in _AUTOMATED)
    return subject.search(
        "population.axes",
        "coordinated, automated, hostile as operator and stock say",
        f"""select 'account ' || account_id, 'have the labels of ' || coalesce(squad_id, segment),
                   concat_ws(', ', if(coordinated, 'coordinated', null), if(automated, 'automated', null),
                             if(hostile, 'hostile', null)) || '.'
            from truth_accounts
            where (operated and not (coordinated and hostile and automated = (stock <> 'cyborg')))
               or (operator_id is null and (coordinated <> (group_id is not null)
                                            or automated <> (segment in ({bots}))))""",
    )
