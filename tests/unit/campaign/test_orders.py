"""From pushes to commands: when, by whom, what, and how alike, by the dials of each squad."""

from functools import cache
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from simulator.campaign.orders import order_break_up, order_push
from simulator.campaign.pushes import office_spans, plan_pushes
from simulator.campaign.turns import teams_of
from simulator.kernels import layout
from simulator.language import Phrasebook, choose_brand_names, load_phrasebook
from simulator.population import Population, build_population
from simulator.scenario import Scenario
from simulator.vocabulary import Role, Stock
from tests.worlds import DAY, operator, plain, scenario_from

SEED = 4
MINUTE = 60_000
_TREMOR_MS = 4_096  # no account posts on the very second


@cache
def phrasebook() -> Phrasebook:
    scenario = scenario_from(plain())
    return load_phrasebook(choose_brand_names(SEED, scenario), scenario.split)


class Case:
    """An operation of one squad (or more) and the commands of its first push."""

    def __init__(self, seed: int = SEED, accounts: int = 30, posts: int = 120, **settings: Any) -> None:
        squads = settings.pop("squads", {"day": {"evasion": "L2", "roles": {"seeder": 1}}})
        window = settings.pop("window", ("T-3d 00:00", "T-1d 00:00"))
        push = {"narrative": "fire", "start": window[0], "end": window[1], "posts": posts}
        run = {"start": settings.pop("start", "T-4d 00:00")}
        agency = operator(accounts, squads=squads, pushes={"first": push}, **settings)
        self.scenario: Scenario = scenario_from(plain(**run, operators={"agency": agency}))
        self.population: Population = build_population(self.scenario, seed)
        self.teams = teams_of(self.scenario, self.population)
        self.push = plan_pushes(self.scenario, seed)[0]
        self.commands = order_push(self.scenario, self.population, phrasebook(), seed, self.push, self.teams)

    @property
    def items(self) -> NDArray[np.void]:
        """The commands that author something."""
        return self.commands[self.commands["action"] != layout.LIKE]

    @property
    def likes(self) -> NDArray[np.void]:
        return self.commands[self.commands["action"] == layout.LIKE]

    def bursts(self) -> list[NDArray[np.void]]:
        """Return the items by burst: those of one shared key."""
        return [self.items[self.items["shared_key"] == key] for key in np.unique(self.items["shared_key"])]


def squads_of(level: str = "L2", roles: dict[str, float] | None = None, **dials: Any) -> dict[str, Any]:
    return {"day": {"evasion": level, "roles": roles or {"seeder": 1}, **dials}}


@pytest.mark.parametrize("level", ["L0", "L1", "L2", "L3", "L4", "L5"])
def test_commands_lie_in_the_window_of_their_push(level: str) -> None:
    case = Case(squads=squads_of(level))
    times = case.commands["time"] + case.scenario.start_ms
    assert len(times) > 0
    assert case.push.start_ms <= times.min()
    assert times.max() < case.push.end_ms


def test_commands_are_ordered_by_time_and_key() -> None:
    commands = Case().commands
    assert np.array_equal(np.lexsort((commands["key"], commands["time"])), np.arange(len(commands)))


def test_every_command_has_a_key_of_its_own() -> None:
    commands = Case(posts=400).commands
    assert len(np.unique(commands["key"])) == len(commands)


def test_the_same_push_is_ordered_the_same_way_twice() -> None:
    assert np.array_equal(Case().commands, Case().commands)


def test_another_seed_orders_another_way() -> None:
    assert set(Case().commands["time"].tolist()).isdisjoint(Case(seed=SEED + 1).commands["time"].tolist())


def test_a_push_orders_the_posts_asked_for() -> None:
    assert len(Case(posts=97).items) == 97


@pytest.mark.parametrize(("cap", "n_items"), [(0.5, 10 * 1), (1.0, 10 * 2), (50.0, 500)])
def test_a_squad_does_not_exceed_its_daily_cap(cap: float, n_items: int) -> None:
    assert len(Case(accounts=10, posts=500, squads=squads_of(daily_cap=cap)).items) == n_items


def test_a_push_shorter_than_a_day_may_use_the_whole_day_cap() -> None:
    case = Case(accounts=10, posts=500, squads=squads_of(daily_cap=2.0), window=("T-30h", "T-29h"))
    assert len(case.items) == 20


def test_squads_share_the_posts_by_their_sizes() -> None:
    squads = {
        name: {"evasion": "L0", "roles": {"seeder": 1}, "share": share}
        for name, share in (("big", 0.75), ("small", 0.25))
    }
    case = Case(accounts=40, posts=200, squads=squads)
    small = np.isin(case.items["account"], case.teams[1].rows)
    assert (len(case.items), small.sum()) == (200, 50)


def test_everybody_has_a_turn_before_anybody_has_two() -> None:
    case = Case(accounts=30, posts=75)
    counts = np.bincount(case.items["account"])[case.teams[0].rows]
    assert set(counts.tolist()) == {2, 3}


def test_squads_of_other_operators_are_not_ordered() -> None:
    case = Case()
    rows = np.flatnonzero(case.population.accounts.operator == 0)
    assert set(case.commands["account"].tolist()) <= set(rows.tolist())
    assert set(case.commands["push"].tolist()) == {case.push.push_id}


def test_likes_follow_on_half_of_the_items() -> None:
    case = Case(posts=200)
    assert 0.4 * len(case.items) < len(case.likes) <= 0.5 * len(case.items)
    assert case.likes["time"].min() > case.items["time"].min() + 20_000


@pytest.mark.parametrize(
    ("role", "allowed"),
    [
        ("seeder", {layout.POST}),
        ("amplifier", {layout.REPOST, layout.QUOTE}),
        ("hijacker", {layout.POST, layout.REPLY}),
        ("commenter", {layout.POST, layout.REPOST, layout.REPLY, layout.QUOTE}),
        ("handler", {layout.POST, layout.REPOST, layout.QUOTE}),
    ],
)
def test_roles_do_what_their_name_says(role: str, allowed: set[int]) -> None:
    case = Case(posts=400, squads=squads_of("L0", {role: 1}))
    assert set(case.items["action"].tolist()) == allowed
    assert set(case.items["role"].tolist()) == {Role[role]}


@pytest.mark.parametrize(
    ("role", "action"), [("amplifier", layout.REPOST), ("commenter", layout.REPLY), ("seeder", layout.POST)]
)
def test_a_role_mostly_does_its_own_thing(role: str, action: int) -> None:
    case = Case(posts=400, squads=squads_of("L0", {role: 1}))
    assert (case.items["action"] == action).mean() > 0.65


def test_mixed_roles_take_every_role_in_turn() -> None:
    case = Case(posts=400, squads=squads_of("L0", mixed_roles=True))
    assert set(case.items["role"].tolist()) >= {Role.seeder, Role.amplifier, Role.commenter, Role.hijacker}
    assert len(set(case.items["role"][case.items["account"] == case.items["account"][0]].tolist())) > 1


def test_without_jitter_a_burst_runs_like_clockwork() -> None:
    case = Case(squads=squads_of("L0", jitter_share=0.0, burst_minutes=60.0, posts_per_burst=12))
    for burst in case.bursts():
        gaps = np.diff(burst["time"])
        assert np.all(np.abs(gaps - 5 * MINUTE) < _TREMOR_MS)


def test_with_full_jitter_a_burst_has_no_beat() -> None:
    case = Case(squads=squads_of("L0", jitter_share=1.0, burst_minutes=60.0, posts_per_burst=12))
    gaps = np.concatenate([np.diff(burst["time"]) for burst in case.bursts()])
    assert np.std(gaps) > 2 * MINUTE


def test_a_burst_lasts_as_long_as_its_dial_says() -> None:
    case = Case(squads=squads_of("L0", burst_minutes=30.0, posts_per_burst=12, jitter_share=1.0))
    lengths = [np.ptp(burst["time"]) for burst in case.bursts()]
    assert np.mean(lengths) > 15 * MINUTE
    assert max(lengths) < 30 * MINUTE + _TREMOR_MS


def test_a_burst_shares_manuscript_and_key_and_the_next_has_another() -> None:
    case = Case(posts=120, squads=squads_of("L0", posts_per_burst=12))
    languages = np.unique(case.items["language"], return_counts=True)[1].tolist()
    wanted = [12] * sum(n // 12 for n in languages) + [n % 12 for n in languages if n % 12]
    assert sorted(len(burst) for burst in case.bursts()) == sorted(wanted)
    assert all(len(np.unique(burst[["content", "language"]])) == 1 for burst in case.bursts())
    assert len(np.unique([burst["content"][0] for burst in case.bursts()])) > 1


def test_manuscripts_are_of_the_claim() -> None:
    case = Case(posts=300, squads=squads_of("L0"))
    assert set(case.items["content"].tolist()) <= set(phrasebook().manuscripts("battery_fire"))
    assert set(case.items["comment"].tolist()) == {phrasebook().content_code("claim.battery_fire.comment")}


@pytest.mark.parametrize(("level", "modes"), [("L0", {0}), ("L1", {0, 1}), ("L2", {2})])
def test_the_text_dial_sets_the_modes(level: str, modes: set[int]) -> None:
    assert set(Case(squads=squads_of(level)).items["mode"].tolist()) == modes


def test_one_hashtag_and_link_are_pushed_and_the_rarer_the_looser_the_text() -> None:
    tagged, linked = [], []
    for level in ("L0", "L2", "L2p"):
        case = Case(posts=400, squads=squads_of(level[:2], **({"text": "paraphrase"} if level == "L2p" else {})))
        tags, links = (case.items[name] for name in ("forced_tag", "forced_url"))
        assert len(set(tags[tags >= 0].tolist())) == len(set(links[links >= 0].tolist())) == 1
        tagged.append((tags >= 0).mean())
        linked.append((links >= 0).mean())
    assert tagged == sorted(tagged, reverse=True)
    assert linked == sorted(linked, reverse=True)


def test_office_hours_are_kept_where_the_dial_asks_for_them() -> None:
    case = Case(squads=squads_of("L0", office_hours=True), window=("T-3d 00:00", "T-1d 00:00"))
    spans = office_spans(case.scenario.operators["agency"].office, case.push.start_ms, case.push.end_ms)
    times = case.items["time"] + case.scenario.start_ms
    assert all(any(first <= time < last for first, last in spans) for time in times.tolist())


def test_without_office_hours_nights_are_worked_too() -> None:
    case = Case(posts=300, squads=squads_of("L0", office_hours=False))
    hours = (case.items["time"] + case.scenario.start_ms) // 3_600_000 % 24
    assert len(set(hours.tolist())) > 12


def test_a_push_outside_all_office_hours_is_carried_out_all_the_same() -> None:
    case = Case(squads=squads_of("L3"), window=("T-5d 01:00", "T-5d 05:00"), start="T-6d 00:00")
    assert len(case.items) > 0


def test_sleepers_wake_three_weeks_before_the_launch() -> None:
    roles = {"seeder": 0.5, "sleeper": 0.5}
    early = Case(squads=squads_of("L0", roles), start="T-40d 00:00", window=("T-30d 00:00", "T-28d 00:00"))
    late = Case(squads=squads_of("L0", roles), start="T-40d 00:00", window=("T-20d 00:00", "T-18d 00:00"))
    assert set(early.items["role"].tolist()) == {Role.seeder}
    assert Role.sleeper in late.items["role"]


def test_accounts_are_commanded_only_once_they_are_bought() -> None:
    batches = {"old": {"time": "T-10d", "share": 0.4}, "new": {"time": "T-2d 00:00", "share": 0.6}}
    case = Case(posts=300, batches=batches)
    owned = case.population.accounts.operated_from_ms[case.commands["account"]]
    assert owned.max() <= case.push.start_ms
    assert 0 < len(set(case.commands["account"].tolist())) < 30


def test_a_push_that_no_account_is_ready_for_orders_nothing() -> None:
    assert len(Case(batches={"late": {"time": "T-1h", "share": 1.0}}).commands) == 0


def test_deletions_are_asked_for_by_their_dial() -> None:
    assert set(Case(squads=squads_of(delete_after_minutes=2.5)).items["delete_after_s"].tolist()) == {150}
    assert set(Case().items["delete_after_s"].tolist()) == {0}


def test_languages_are_those_of_the_accounts() -> None:
    case = Case(posts=200)
    spoken = case.population.accounts.language[case.items["account"]]
    assert np.array_equal(case.items["language"], spoken)
    assert len(set(spoken.tolist())) == 2


@pytest.mark.parametrize(("share", "least", "most"), [(0.0, 0, 0), (0.5, 40, 80), (1.0, 120, 120)])
def test_a_break_up_removes_its_share(share: float, least: int, most: int) -> None:
    case = Case(accounts=120, break_up={"time": "T-1d 00:00", "removed_share": share, "removal_days": 0.5})
    removals = order_break_up(case.scenario, case.population, SEED)
    assert least <= len(removals) <= most
    assert len(np.unique(removals["account"])) == len(removals)
    assert set(removals["action"].tolist()) <= {layout.REMOVE}


def test_removals_after_a_break_up_take_their_days() -> None:
    case = Case(accounts=120, break_up={"time": "T-1d 00:00", "removed_share": 1.0, "removal_days": 0.5})
    times = order_break_up(case.scenario, case.population, SEED)["time"] + case.scenario.start_ms
    broken = case.scenario.first_break_up_ms
    assert broken is not None
    assert broken <= times.min() < broken + DAY // 20
    assert broken + DAY * 9 // 20 < times.max() < broken + DAY // 2
    assert np.array_equal(times, np.sort(times))


def test_no_break_up_removes_nobody() -> None:
    case = Case()
    assert len(order_break_up(case.scenario, case.population, SEED)) == 0


def test_a_break_up_spares_organics_and_other_operators() -> None:
    broken = operator(10, pushes={}, break_up={"time": "T-1d", "removed_share": 1.0})
    scenario = scenario_from(plain(operators={"free": operator(10, pushes={}), "broken": broken}))
    population = build_population(scenario, SEED)
    removed = order_break_up(scenario, population, SEED)["account"]
    assert set(population.accounts.operator[removed].tolist()) == {1}


def test_teams_hold_the_rows_and_dials_of_their_squads() -> None:
    squads = {
        name: {"evasion": level, "roles": {"seeder": 1}, "share": 0.5}
        for name, level in (("loud", "L0"), ("low", "L5"))
    }
    case = Case(accounts=30, squads=squads)
    assert [(team.operator, team.name, len(team.rows)) for team in case.teams] == [
        ("agency", "loud", 15),
        ("agency", "low", 15),
    ]
    assert [team.dials.daily_cap for team in case.teams] == [20.0, 0.5]
    stocks = [set(case.population.accounts.stock[team.rows].tolist()) for team in case.teams]
    assert stocks == [{Stock.bulk_created}, {Stock.purchased_aged, Stock.compromised, Stock.cyborg}]


@pytest.mark.parametrize(
    ("level", "forms"), [("L1", {"manuscript"}), ("L2", {"manuscript"}), ("L4", {"organic", "against"})]
)
def test_matched_accounts_say_the_claim_or_other_faults_in_peoples_wordings(level: str, forms: set[str]) -> None:
    items = Case(squads=squads_of(level)).items
    assert {phrasebook().contents[code].split(".")[2] for code in items["content"]} == forms


def test_accounts_of_a_squad_that_is_matched_in_part_keep_to_one_form() -> None:
    """A manuscript's, or people's: their claim or other faults."""
    items = Case(squads=squads_of("L3", overlap=0.5)).items
    forms = np.array([phrasebook().contents[code].split(".")[2] for code in items["content"]])
    by_account = [set(forms[items["account"] == account]) for account in np.unique(items["account"])]
    assert all(one in ({"manuscript"}, {"organic"}, {"against"}, {"organic", "against"}) for one in by_account)
    assert set(forms) == {"manuscript", "organic", "against"}
