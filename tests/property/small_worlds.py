"""Small scenarios at random, and the frame of a rule that must hold in every one of their worlds."""

import json
from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from tests.worlds import HARSH, LIVELY, Library, Told, operator, plain, squad

N_WORLDS = 20
_SEED = 2025
_LAUNCHES = (
    {"time": "2025-05-22 19:00", "zone": "Asia/Shanghai"},
    {"time": "2025-10-27 10:00", "zone": "Europe/Berlin"},  # the day after summer time ends
)
_SEGMENTS = (
    {},
    {"casual": {"share": 0.5}, "critic": {"share": 0.3}, "spam_bot": {"share": 0.2}},
    {"fan": {"share": 0.5, "originals_per_day": 3.0}, "rival_fan": {"share": 0.4}, "brand": {"share": 0.1}},
)
_STOCKS = (
    {"bulk_created": 1},
    {"bulk_created": 0.5, "purchased_aged": 0.5},
    {"purchased_aged": 0.3, "compromised": 0.4, "cyborg": 0.3},
    {"bulk_created": 0.4, "purchased_aged": 0.2, "compromised": 0.2, "cyborg": 0.2},
)
_DIALS = (
    {},
    {"delete_after_minutes": 45.0},
    {"text": "verbatim", "jitter_share": 0.0, "delete_after_minutes": 400.0},
    {"text": "paraphrase", "mixed_roles": True},
    {"camouflage_share": 0.5, "daily_cap": 2.0},
    {"office_hours": True, "burst_minutes": 500.0, "posts_per_burst": 3},
    {"organic_follows": 25.0, "squad_follows": 2.0, "bought_followers": 20.0, "overlap": 0.5},
)
_ROLES = (
    {"seeder": 1},
    {"seeder": 0.2, "amplifier": 0.5, "commenter": 0.3},
    {"seeder": 0.2, "amplifier": 0.2, "commenter": 0.2, "hijacker": 0.2, "sleeper": 0.1, "handler": 0.1},
)
_LAST_HOUR = 4  # every run lasts at least until then


def _hours(draw: st.DrawFn, first: int, last: int) -> int:
    return draw(st.integers(first, last))


@st.composite
def _squads(draw: st.DrawFn) -> dict[str, Any]:
    names = draw(st.sampled_from((("day",), ("day", "night"))))
    return {
        name: squad(
            draw(st.sampled_from(("L0", "L0", "L1", "L1", "L2", "L2", "L3", "L4", "L5"))),
            share=1 / len(names),
            roles=draw(st.sampled_from(_ROLES)),
            **draw(st.sampled_from(_DIALS)),
        )
        for name in names
    }


@st.composite
def _pushes(draw: st.DrawFn, first: int, squads: tuple[str, ...]) -> dict[str, Any]:
    pushes = {}
    for number in range(draw(st.integers(0, 3))):
        start = _hours(draw, first, _LAST_HOUR - 2)
        end = min(start + _hours(draw, 1, 40), _LAST_HOUR)
        pushes[f"push_{number}"] = {
            "narrative": draw(st.sampled_from(("fire", "slow"))),
            "start": f"T{start:+d}h",
            "end": f"T{end:+d}h",
            "posts": draw(st.sampled_from([1, 7, 60, 120, 240])),
            "squads": draw(st.sampled_from(((), squads[-1:]))),
        }
    return pushes


@st.composite
def _operators(draw: st.DrawFn, first: int) -> dict[str, Any]:
    squads = draw(_squads())
    settings: dict[str, Any] = {
        "stock": draw(st.sampled_from(_STOCKS)),
        "squads": squads,
        "pushes": draw(_pushes(first, tuple(squads))),
        "office": {"zone": draw(st.sampled_from(("Asia/Shanghai", "Europe/Berlin", "America/New_York")))},
    }
    if draw(st.booleans()):
        window = {"start": f"T{first:+d}h", "end": f"T{_LAST_HOUR:+d}h"}
        settings["plan"] = {"seeding": {**window, "pushes_per_week": 4, "push_hours": 9, "posts_per_account": 3}}
    bought = first
    if draw(st.booleans()):
        bought = middle = _hours(draw, first + 12, _LAST_HOUR - 6)
        settings["batches"] = {"old": {"time": "T-30d", "share": 0.4}, "new": {"time": f"T{middle:+d}h", "share": 0.6}}
    if draw(st.booleans()):
        shares = draw(st.sampled_from((0.3, 1.0)))
        settings["break_up"] = {
            "time": f"T{_hours(draw, min(max(first + 20, bought + 1), _LAST_HOUR - 1), _LAST_HOUR - 1):+d}h",
            "removed_share": shares,
            "removal_days": draw(st.sampled_from((0.2, 1.5))),
        }
    return operator(draw(st.integers(3, 30)), **settings)


@st.composite
def small_scenarios(draw: st.DrawFn) -> tuple[str, int]:
    """Draw the data of a small scenario, as JSON, and a seed."""
    days = draw(st.integers(2, 6))
    first = 3 - 24 * days
    names = draw(st.sampled_from(((), ("agency",), ("agency",), ("agency", "rival"))))
    pieces = {
        "launch": draw(st.sampled_from(_LAUNCHES)),
        "start": f"T-{days}d {draw(st.sampled_from(('00:00', '07:30')))}",
        "end": f"T+{draw(st.integers(1, 2))}d {draw(st.sampled_from(('00:00', '09:40')))}",
        "organic": {
            "accounts": draw(st.integers(60, 200)),
            "segments": draw(st.sampled_from(_SEGMENTS)),
            "joining_share": draw(st.sampled_from((0.0, 0.2))),
            "leaving_share": draw(st.sampled_from((0.0, 0.2))),
        },
        "events": draw(
            st.sampled_from(
                (
                    {},
                    {
                        "launch": {"kind": "launch", "time": "T", "talk_share": 0.6},
                        "leak": {"kind": "recall", "time": "T-20h", "talk_share": 0.3, "announced": False},
                    },
                )
            )
        ),
        "operators": {name: draw(_operators(first)) for name in names},
        "moderation": draw(st.sampled_from(({}, {"enabled": False}, HARSH, HARSH))),
    }
    if not pieces["organic"]["segments"]:
        del pieces["organic"]["segments"]
    return json.dumps(plain(**pieces, **LIVELY)), draw(st.sampled_from((1, 2, (1 << 64) - 1)))


_SETTINGS = settings(
    max_examples=N_WORLDS,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.generate,),  # worlds are small already, and each step of shrinking would live one more
)


def small_worlds_of_the_session() -> list[tuple[dict[str, Any], int]]:
    """Return the data and seeds of the worlds that all rules are tried on."""
    found: list[tuple[dict[str, Any], int]] = []

    def collect(drawn: tuple[str, int]) -> None:
        found.append((json.loads(drawn[0]), drawn[1]))

    seed(_SEED)(_SETTINGS(given(drawn=small_scenarios())(collect)))()
    return found


def in_every_world(rule: Callable[[Told], None]) -> Callable[[Library, tuple[str, int]], None]:
    """Turn a rule about one world into a test over generated ones.

    All rules draw the same worlds (one seed, no memory of earlier runs), so that each world is lived once a session.
    """

    def test(library: Library, drawn: tuple[str, int]) -> None:
        text, world_seed = drawn
        rule(library.told(json.loads(text), world_seed))

    test.__name__ = test.__qualname__ = rule.__name__
    test.__doc__, test.__module__ = rule.__doc__, rule.__module__
    found: Callable[[Library, tuple[str, int]], None] = seed(_SEED)(_SETTINGS(given(drawn=small_scenarios())(test)))
    return found
