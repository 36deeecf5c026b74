"""What holds of campaigns in every world: windows, squads, narratives, who acts when, and nothing without operators."""

import math
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from simulator.population import build_population
from simulator.scenario.models import Office
from simulator.vocabulary import TECHNIQUE_BY_ROLE, TECHNIQUE_BY_TACTIC, Tactic
from tests.property.small_worlds import in_every_world
from tests.worlds import DAY, Told

# Answers that were decided are still on their way for so long.
_LONGEST_ANSWER_MS = 8 * 3_600_000
_LONGEST_LIKE_MS = 67_036

_PUSHED = "truth_posts join posts using (post_id) join truth_pushes as push using (push_id)"
_PURELY_OPERATED = "(from truth_accounts where operated and segment is null)"


@in_every_world
def test_every_push_posts_only_in_its_window(world: Told) -> None:
    assert world.rows(f'select post_id from {_PUSHED} where created_at < push.start or created_at >= push."end"') == []


@in_every_world
def test_every_push_likes_only_in_its_window(world: Told) -> None:
    late = f"""
        select * from truth_likes join likes using (account_id, post_id) join truth_pushes as push using (push_id)
        where created_at < push.start or created_at >= push."end" + {_LONGEST_LIKE_MS}"""
    assert world.rows(late) == []


@in_every_world
def test_every_push_is_carried_out_by_its_squads(world: Told) -> None:
    foreign = "where squad_id is null or not list_contains(squads, split_part(squad_id, '.', 2)) or {}"
    wrong = foreign.format("push.operator_id <> truth_accounts.operator_id")
    assert world.rows(f"select post_id from {_PUSHED} join truth_accounts using (account_id) {wrong}") == []
    likes = "truth_likes join truth_pushes as push using (push_id) join truth_accounts using (account_id)"
    assert world.rows(f"select post_id from {likes} {wrong}") == []


@in_every_world
def test_accounts_are_commanded_only_while_operated(world: Told) -> None:
    assert (
        world.rows(
            f"select post_id from {_PUSHED} join truth_accounts using (account_id) "
            "where not operated or created_at < operated_from or created_at >= operated_until"
        )
        == []
    )


@in_every_world
def test_every_pushed_post_carries_the_narrative_of_its_push(world: Told) -> None:
    assert (
        world.rows(
            f"select post_id from {_PUSHED} where truth_posts.narrative_id is distinct from push.narrative_id "
            "or truth_posts.tactic is distinct from push.tactic or stance <> -1"
        )
        == []
    )


@in_every_world
def test_pushes_have_the_tactics_of_their_narratives(world: Told) -> None:
    tactics = {name: narrative.tactic.name for name, narrative in world.scenario.narratives.items()}
    assert all(tactics[name] == tactic for name, tactic in world.rows("select narrative_id, tactic from truth_pushes"))


@in_every_world
def test_techniques_are_those_of_the_tactic_or_of_a_role(world: Told) -> None:
    by_role = {name for name in TECHNIQUE_BY_ROLE.values() if name}
    found = world.rows("select distinct tactic, technique from truth_posts where push_id is not null")
    assert all(technique in {TECHNIQUE_BY_TACTIC[Tactic[tactic]], *by_role} for tactic, technique in found)


@in_every_world
def test_only_pushed_posts_have_a_tactic_and_a_technique(world: Told) -> None:
    assert world.rows("from truth_posts where (push_id is null) <> (tactic is null)") == []
    assert world.rows("from truth_posts where (push_id is null) <> (technique is null)") == []


@in_every_world
def test_every_item_of_a_cascade_is_labelled_with_the_push_of_its_root(world: Told) -> None:
    assert (
        world.rows(
            "from truth_posts as label join posts using (post_id) "
            "join truth_posts as root on root.post_id = posts.root_id "
            "where label.root_push_id is distinct from root.push_id"
        )
        == []
    )


@in_every_world
def test_organic_posts_have_no_push(world: Told) -> None:
    assert world.rows(f"select post_id from {_PUSHED} join truth_accounts using (account_id) where not operated") == []


@in_every_world
def test_organic_accounts_have_no_operator(world: Told) -> None:
    operated = (
        "(operated_from is not null)",
        "(operator_id is not null)",
        "(squad_id is not null)",
        "(role is not null)",
    )
    for column in (*operated, "(stock is not null)"):
        assert world.rows(f"from truth_accounts where {column} <> operated") == []
    assert world.rows("from truth_accounts where operated and not (coordinated and hostile)") == []


@in_every_world
def test_purely_operated_accounts_do_nothing_before_they_are_operated(world: Told) -> None:
    assert world.rows(
        f"from follows join {_PURELY_OPERATED} as bought on account_id = follower_id "
        "where since >= $start and since < operated_from", start=world.scenario.start_ms
    ) == []  # fmt: skip
    for table, column in (("posts", "created_at"), ("likes", "created_at"), ("truth_exposure_log", "shown_at")):
        early = (
            f"from {table} join {_PURELY_OPERATED} as bought using (account_id) where {table}.{column} < operated_from"
        )
        assert world.rows(early) == [], table


@in_every_world
def test_purely_operated_accounts_write_and_read_nothing_after_the_break_up(world: Told) -> None:
    bought = f"join {_PURELY_OPERATED} as bought using (account_id)"
    assert world.rows(f"from truth_exposure_log {bought} where shown_at >= operated_until") == []
    assert world.rows(f"from posts {bought} where kind = 'post' and created_at >= operated_until") == []
    for table, grace in (("posts", _LONGEST_ANSWER_MS), ("likes", _LONGEST_LIKE_MS)):
        assert world.rows(f"from {table} {bought} where {table}.created_at >= operated_until + {grace}") == [], table


@in_every_world
def test_every_squad_keeps_its_daily_cap(world: Told) -> None:
    counts = world.rows(
        'select push_id, squad_id, count(*), max(push."end" - push.start), count(distinct account_id) '
        f"from {_PUSHED} join truth_accounts using (account_id) group by push_id, squad_id"
    )
    sizes = dict(world.rows("select squad_id, count(*) from truth_accounts where operated group by all"))
    for _, name, n_posts, length_ms, _ in counts:
        cap = world.scenario.dials(*name.split(".")).daily_cap or 0.0
        assert n_posts <= max(1.0, sizes[name] * cap * max(1.0, length_ms / DAY)), name


@in_every_world
def test_the_work_of_a_push_is_shared_evenly_in_a_squad(world: Told) -> None:
    """Accounts that overlap with organic ones keep to bounds of their own instead."""
    uneven = f"""
        select push_id, squad_id, account_id, count(*) as n from {_PUSHED} join truth_accounts using (account_id)
        group by all"""
    for name, n_most, n_all, n_accounts in world.rows(
        f"select squad_id, max(n), sum(n), count(*) from ({uneven}) group by push_id, squad_id"
    ):
        if world.scenario.dials(*name.split(".")).overlap:
            continue
        assert n_most <= math.ceil(n_all / n_accounts) + 1 or n_accounts < 3, name


@in_every_world
def test_squads_that_overlap_with_people_push_within_what_these_write(world: Told) -> None:
    population = build_population(world.scenario, world.seed)
    accounts, days = population.accounts, world.scenario.n_days
    n_pushes = int(world.value("select count(*) from truth_pushes"))
    for code, (owner, name) in enumerate(population.squads):
        if world.scenario.dials(owner, name).overlap != 1:
            continue
        bound = accounts.pushed_q16[accounts.squad == code].sum() / 65_536 * days
        n = world.value(
            f"select count(*) from {_PUSHED} join truth_accounts using (account_id) where squad_id = $squad",
            squad=f"{owner}.{name}",
        )
        assert n <= bound + n_pushes  # a push may round up


@in_every_world
def test_squads_that_keep_office_hours_rest_on_rest_days(world: Told) -> None:
    for owner, operator in world.scenario.operators.items():
        for name in operator.squads:
            if not world.scenario.dials(owner, name).office_hours:
                continue
            times = world.rows(
                f"select created_at, start, push.\"end\" from {_PUSHED} join truth_accounts using (account_id) "
                "where squad_id = $squad", squad=f"{owner}.{name}"
            )  # fmt: skip
            for time, start, end in times:
                assert _is_office_time(operator.office, time) or not _has_office_time(operator.office, start, end)


def _is_office_time(office: Office, time_ms: int) -> bool:
    local = datetime.fromtimestamp(time_ms / 1000, UTC).astimezone(ZoneInfo(office.zone))
    day = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")[local.weekday()]
    return day not in office.rest_days and office.start_hour <= local.hour < office.end_hour


def _has_office_time(office: Office, start_ms: int, end_ms: int) -> bool:
    return any(_is_office_time(office, time) for time in range(start_ms, end_ms, 60_000))


@in_every_world
def test_wave_numbers_rise_and_part_pushes_a_day_apart(world: Told) -> None:
    pushes = world.rows('select wave_id, start, "end" from truth_pushes order by push_id')
    reach = None
    wave = -1
    for wave_id, start, end in pushes:
        wave += reach is None or start - reach >= DAY
        assert wave_id == wave
        reach = max(reach or end, end)


@in_every_world
def test_without_operators_nothing_is_positive(world: Told) -> None:
    if world.scenario.operators:
        return
    assert world.rows("from truth_accounts where operated") == []
    assert world.rows("from truth_posts where push_id is not null or root_push_id is not null") == []
    assert [world.dataset.counts[name] for name in ("truth_pushes", "truth_likes")] == [0, 0]
    assert world.rows("from truth_posts where manuscript_id is not null") == []


@in_every_world
def test_only_deletions_that_a_dial_asks_for_happen(world: Told) -> None:
    minutes = {
        f"{owner}.{name}": world.scenario.dials(owner, name).delete_after_minutes
        for owner, operator in world.scenario.operators.items()
        for name in operator.squads
    }
    for squad, after in world.rows(
        "select squad_id, time - created_at from removals join posts using (post_id) "
        "join truth_accounts on truth_accounts.account_id = posts.account_id"
    ):
        assert after == int((minutes[squad] or -1) * 60) * 1000
