"""What is filled in: segments, zones, dials, stock, and the moments that follow from the settings."""

from collections.abc import Callable
from pathlib import Path

import pytest

from simulator.scenario import LADDER, SEGMENT_DEFAULTS, load_scenario
from simulator.scenario.dials import DIAL_NAMES, Dials
from simulator.vocabulary import EvasionLevel, Segment, Stock, TextMode

Write = Callable[..., Path]
HOUR = 3_600_000


def test_every_segment_has_defaults_and_shares_sum_to_one() -> None:
    assert set(SEGMENT_DEFAULTS) == set(Segment)
    assert sum(settings.share for settings in SEGMENT_DEFAULTS.values()) == pytest.approx(1, abs=1e-12)


def test_segments_left_out_take_their_defaults(write_scenario: Write) -> None:
    assert load_scenario(write_scenario()).organic.segments == SEGMENT_DEFAULTS


def test_segment_gives_only_what_differs(write_scenario: Write) -> None:
    path = write_scenario(("accounts: 90", "accounts: 90\n  segments: {fan: {attitude_mean: 0.9}}"))
    fan = load_scenario(path).organic.segments[Segment.fan]
    assert fan == SEGMENT_DEFAULTS[Segment.fan].model_copy(update={"attitude_mean": 0.9})


def test_segments_without_a_share_divide_the_rest(write_scenario: Write) -> None:
    path = write_scenario(("accounts: 90", "accounts: 90\n  segments: {fan: {share: 0.53}}"))
    segments = load_scenario(path).organic.segments
    assert sum(settings.share for settings in segments.values()) == pytest.approx(1, abs=1e-9)
    assert segments[Segment.critic].share == pytest.approx(SEGMENT_DEFAULTS[Segment.critic].share / 2, abs=1e-6)


def test_segments_whose_shares_fill_the_whole_stand_alone(write_scenario: Write) -> None:
    path = write_scenario(("accounts: 90", "accounts: 90\n  segments: {fan: {share: 0.5}, casual: {share: 0.5}}"))
    assert list(load_scenario(path).organic.segments) == [Segment.casual, Segment.fan]


def test_segment_with_no_share_is_dropped(write_scenario: Write) -> None:
    path = write_scenario(("accounts: 90", "accounts: 90\n  segments: {spam_bot: {share: 0}}"))
    assert Segment.spam_bot not in load_scenario(path).organic.segments


@pytest.mark.parametrize("level", EvasionLevel)
def test_every_level_sets_every_dial_but_deletion(level: EvasionLevel) -> None:
    assert {name for name in DIAL_NAMES if getattr(LADDER[level], name) is None} == {"delete_after_minutes"}


@pytest.mark.parametrize(
    ("dial", "values"),
    [
        ("text", [TextMode.verbatim, TextMode.slots, *[TextMode.synonyms] * 4]),
        ("burst_minutes", [10, 10, 20, 360, 360, 300]),
        ("posts_per_burst", [12, 12, 12, 12, 12, 10]),
        ("office_hours", [False, False, False, True, True, True]),
        ("jitter_share", [0.1, 0.1, 0.1, 1, 1, 1]),
        ("camouflage_share", [0, 0, 0, 1, 1, 1]),
        ("overlap", [0, 0, 0, 1, 1, 1]),
        ("age_overlap", [0, 0, 0, 0, 1, 1]),
        ("campaign_share", [0.25] * 6),
        ("organic_follows", [8, 8, 8, 30, 30, 30]),
        ("squad_follows", [12, 12, 12, 3, 3, 1]),
        ("bought_followers", [5, 5, 5, 0, 0, 0]),
        ("creation_burst_share", [0.9, 0.9, 0.6, 0.6, 0.1, 0.1]),
        ("name_pattern_share", [0.7, 0.7, 0.4, 0.4, 0.1, 0.1]),
        ("daily_cap", [20, 20, 12, 8, 3, 0.5]),
        ("mixed_roles", [False] * 5 + [True]),
    ],
)
def test_ladder_is_cumulative(dial: str, values: list[object]) -> None:
    assert [getattr(LADDER[level], dial) for level in EvasionLevel] == values


def test_level_five_brings_its_stock(write_scenario: Write) -> None:
    scenario = load_scenario(write_scenario(), overrides=["operators.agency.squads.day.evasion=L5"])
    assert scenario.stock("agency", "day") == {Stock.purchased_aged: 0.3, Stock.compromised: 0.5, Stock.cyborg: 0.2}
    assert scenario.stock("agency", "night") == {Stock.bulk_created: 1.0}


def test_own_stock_beats_that_of_level_five(write_scenario: Write) -> None:
    path = write_scenario(("jitter_share: 0.4", "evasion: L5, stock: {cyborg: 1}"))
    assert load_scenario(path).stock("agency", "day") == {Stock.cyborg: 1.0}


def test_moments_of_the_run(write_scenario: Write) -> None:
    scenario = load_scenario(write_scenario())
    assert scenario.launch_ms == 1_747_911_600_000
    assert scenario.start_ms == scenario.launch_ms - 30 * 24 * HOUR
    assert scenario.n_days == 35
    assert scenario.first_break_up_ms is None
    assert scenario.evaluate_until_ms == scenario.end_ms


def test_scores_are_taken_an_hour_before_the_first_break_up(write_scenario: Write) -> None:
    scenario = load_scenario(write_scenario(more="    break_up: {time: T-2d}\n"))
    assert scenario.evaluate_until_ms == scenario.first_break_up_ms - HOUR  # type: ignore[operator]


def test_begun_day_counts(write_scenario: Write) -> None:
    assert load_scenario(write_scenario(("end: T+5d", "end: T+5d 20:00"))).n_days == 36


@pytest.mark.parametrize(
    ("text", "mode", "repeats"),
    [
        (None, TextMode.verbatim, True),
        (TextMode.slots, TextMode.slots, True),
        (TextMode.synonyms, TextMode.synonyms, False),
    ],
)
def test_texts_repeat_unless_a_dial_has_them_reworded(text: TextMode | None, mode: TextMode, repeats: bool) -> None:
    dials = Dials(text=text)
    assert (dials.text_mode, dials.is_repeating) == (mode, repeats)
