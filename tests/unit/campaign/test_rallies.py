"""From rallies to commands of organics: who takes part, when, in which words, and that nobody of them is operated."""

from functools import cache
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from simulator.campaign.rallies import order_round, plan_rounds
from simulator.kernels import layout
from simulator.kernels.layout import push_of_rally, rally_of_push
from simulator.language import Phrasebook, choose_brand_names, load_phrasebook
from simulator.population import build_population
from simulator.processes.lives import plan_spans
from simulator.vocabulary import Kind, Segment
from tests.worlds import DAY, HOUR, operator, plain, scenario_from

SEED = 4
MINUTE = 60_000
QUARTER = 15 * MINUTE


@cache
def phrasebook() -> Phrasebook:
    scenario = scenario_from(plain())
    return load_phrasebook(choose_brand_names(SEED, scenario), scenario.split)


class Case:
    """A world with one rally, and the commands of its first round."""

    def __init__(self, segment: str = "fan", **settings: Any) -> None:
        window = {"start": "T-3d 12:00", "end": "T-1d 12:00"}
        rally = {"segment": segment, "theme": "cheer", "share": 1.0, **window, **settings}
        organic = {"accounts": 900, "segments": {"fan": {"share": 0.3}}}
        self.scenario = scenario_from(
            plain(organic=organic, rallies={"ours": rally}, operators={"agency": operator(20)}, exposure_log=False)
        )
        self.population = build_population(self.scenario, SEED)
        self.rounds = plan_rounds(self.scenario)
        self.lives = plan_spans(self.scenario, self.population, False)
        self.commands = self.order(0)

    def order(self, number: int) -> NDArray[np.void]:
        return order_round(self.scenario, self.population, phrasebook(), SEED, self.rounds[number], self.lives)

    @property
    def groups(self) -> NDArray[np.int32]:
        return self.population.accounts.group[self.commands["account"]]


def test_only_accounts_of_the_segment_take_part() -> None:
    case = Case("critic")
    assert len(case.commands) > 3
    assert set(case.population.accounts.segment[case.commands["account"]]) == {Segment.critic}


def test_operated_accounts_take_no_part() -> None:
    case = Case("casual")
    assert case.commands["account"].max() < case.population.n_organic


def test_grouped_rallies_are_of_members_of_groups_only() -> None:
    everybody, members = Case(), Case(grouped=True)
    assert (members.groups >= 0).all()
    assert (everybody.groups < 0).any()


@pytest.mark.parametrize("share", [0.2, 0.7])
def test_as_many_take_part_as_the_share_says(share: float) -> None:
    n, taking_part = len(Case().commands), len(Case(share=share).commands)
    assert abs(taking_part - share * n) < 4 * (share * (1 - share) * n) ** 0.5


def test_rounds_follow_each_other_until_the_window_ends() -> None:
    rounds = Case(every_hours=20).rounds
    assert [(entry.start_ms, entry.end_ms) for entry in rounds] == [
        (DAY + 12 * HOUR, DAY + 32 * HOUR),
        (DAY + 32 * HOUR, DAY + 52 * HOUR),
        (DAY + 52 * HOUR, DAY + 60 * HOUR),
    ]


def test_a_rally_without_rounds_is_one() -> None:
    assert [(entry.start_ms, entry.end_ms) for entry in Case().rounds] == [(DAY + 12 * HOUR, 3 * DAY + 12 * HOUR)]


@pytest.mark.parametrize("spacing", ["minute", "scheduled", "spread"])
@pytest.mark.parametrize("stagger_hours", [0, 100])
def test_every_time_lies_in_the_round(spacing: str, stagger_hours: int) -> None:
    case = Case(spacing=spacing, stagger_hours=stagger_hours, grouped=True, every_hours=30)
    for number, entry in enumerate(case.rounds):
        times = case.order(number)["time"]
        assert len(times)
        assert entry.start_ms <= times.min() <= times.max() < entry.end_ms


def test_all_within_a_minute_are() -> None:
    assert np.ptp(Case(spacing="minute").commands["time"]) < MINUTE


def test_scheduled_items_stand_at_quarters_of_an_hour() -> None:
    case = Case(spacing="scheduled")
    past = (case.commands["time"] + case.scenario.start_ms) % QUARTER
    assert past.max() < 2_000
    assert len(np.unique((case.commands["time"] + case.scenario.start_ms) // QUARTER)) > 20


def test_spread_items_come_more_at_first() -> None:
    times = Case(spacing="spread").commands["time"] - (DAY + 12 * HOUR)
    assert np.median(times) < DAY * 0.75


def test_groups_of_a_staggered_round_start_at_different_minutes() -> None:
    case = Case(spacing="minute", grouped=True, stagger_hours=24)
    starts = {group: case.commands["time"][case.groups == group].min() for group in set(case.groups.tolist())}
    assert len(starts) > 1
    assert np.ptp(list(starts.values())) > HOUR
    for group in starts:
        assert np.ptp(case.commands["time"][case.groups == group]) < MINUTE


def test_a_group_shares_its_words_and_no_other_does() -> None:
    case = Case(grouped=True)
    pairs = set(zip(case.groups.tolist(), case.commands["shared_key"].tolist(), strict=True))
    assert len(pairs) == len(set(case.groups.tolist())) > 1


def test_rounds_differ_in_words() -> None:
    case = Case(every_hours=20)
    assert set(case.order(0)["shared_key"]).isdisjoint(case.order(1)["shared_key"])


def test_keys_of_items_are_unique() -> None:
    case = Case(every_hours=20, posts_per_account=3)
    keys = np.concatenate([case.order(number)["key"] for number in range(len(case.rounds))])
    assert len(np.unique(keys)) == len(keys)


def test_each_account_authors_as_many_as_asked() -> None:
    case = Case(posts_per_account=3)
    assert np.bincount(case.commands["account"]).max() == 3


@pytest.mark.parametrize("kind", ["post", "repost", "reply"])
def test_items_are_of_the_kind_asked(kind: str) -> None:
    assert set(Case(kind=kind).commands["action"]) == {Kind[kind]}


@pytest.mark.parametrize(
    ("theme", "stance", "flags"),
    [("cheer", 1, layout.BRAND), ("petition", -1, layout.BRAND), ("embargo", 0, layout.BRAND), ("headline", 0, 0)],
)
def test_themes_have_their_stance_and_are_no_manuscripts(theme: str, stance: int, flags: int) -> None:
    commands = Case(theme=theme).commands
    assert set(commands["stance"]) == {stance}
    assert set(commands["flags"]) == {flags}


@pytest.mark.parametrize(("hashtag", "known"), [("brand", {0}), (None, {layout.NONE})])
def test_hashtags_are_those_asked_for(hashtag: str | None, known: set[int]) -> None:
    assert set(Case(hashtag=hashtag).commands["forced_tag"]) == known


def test_links_are_one_for_all() -> None:
    assert len(set(Case(link=True).commands["forced_url"])) == 1
    assert set(Case().commands["forced_url"]) == {layout.NONE}


def test_commands_of_rallies_name_no_push() -> None:
    assert set(Case().commands["push"]) == {push_of_rally(0)}
    assert push_of_rally(0) < layout.NONE
    assert [rally_of_push(push_of_rally(number)) for number in (0, 7)] == [0, 7]


def test_nobody_takes_part_before_joining_or_after_leaving() -> None:
    case = Case("casual")
    lives = case.lives[case.commands["account"]]
    assert (case.commands["time"] >= lives[:, 0]).all()
    assert (case.commands["time"] < lives[:, 1]).all()


def test_commands_do_not_depend_on_operators() -> None:
    case = Case("casual")
    alone = case.scenario.model_copy(update={"operators": {}})
    population = build_population(alone, SEED)
    lives = plan_spans(alone, population, False)
    assert np.array_equal(case.commands, order_round(alone, population, phrasebook(), SEED, case.rounds[0], lives))
