"""Draws the secret of each sealed world: its seed, and dials around those of its cell, within stated bounds."""

import secrets
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from pydantic import BaseModel

from benchmarks.sealed.sealed_worlds import SecretWorld, load_text
from benchmarks.suites.suite import Suite, WorldOrder, list_worlds
from simulator.errors import InputError
from simulator.scenario import Scenario, When, scenario_yaml
from simulator.scenario.times import parse_wall
from simulator.vocabulary import Split

# All bounds are assumed: wide enough that no world is one of the public ones, narrow enough to stay of its cell.
SEED_BITS = 64
# Prevalence and evasion dials are at most so many times what they were, and at least what they were by so many.
FACTOR = 2.0
# The launch is shifted by at most so many whole weeks, either way.
MOST_WEEKS = 26
# The evasion dials that are drawn, one or two of each squad, and the largest value of each.
DIALS: Mapping[str, float] = {"jitter_share": 1.0, "burst_minutes": 10_080.0, "daily_cap": 500.0}
_MOST_PREVALENCE = 0.9
_STEPS = 1000
_MINUTE_MS = 60_000


def draw_worlds(suite: Suite, folder: Path) -> list[SecretWorld]:
    """Return the test worlds of a suite with secret seeds and dials, in secret order.

    Every world is scored as of the same moment before or after its launch, the earliest of all: else a world
    that is shown to its end would be known to have no break-up, and so no campaign.

    Parameters
    ----------
    suite : Suite
    folder : Path
        Where the suite's file lies.

    Raises
    ------
    InputError
        When a scenario is wrong, or a world begins after the common moment.
    """
    orders = list(list_worlds(suite, folder, Split.test))
    plain = {order: order.load() for order in orders}
    shown_ms = min(scenario.evaluate_until_ms - scenario.launch_ms for scenario in plain.values())
    drawn = [_draw_world(order, plain[order], shown_ms // _MINUTE_MS) for order in orders]
    shuffled = sorted(drawn, key=lambda world: secrets.token_bytes(16))
    return [replace(world, name=f"world-{place:03d}") for place, world in enumerate(shuffled)]


def _draw_world(order: WorldOrder, plain: Scenario, shown_minutes: int) -> SecretWorld:
    if plain.launch_ms + shown_minutes * _MINUTE_MS <= plain.start_ms:
        rule = "have test worlds that can all be scored as of the same moment around the launch"
        raise InputError(f"suite: must {rule}, got {order.cell.name}, which begins after T{shown_minutes:+d}m.")
    settings = (*_draw_launch(plain), *_draw_dials(plain), f"evaluate_until=T{shown_minutes:+d}m")
    prevalence = min(_round(order.prevalence * _draw_factor()), max(_MOST_PREVALENCE, order.prevalence))
    dialled = load_text(scenario_yaml(plain), settings, prevalence)
    return SecretWorld(
        suite_folder="",
        cell=order.cell,
        split=order.split,
        seed=secrets.randbits(SEED_BITS),
        accounts=order.accounts,
        days=order.days,
        prevalence=prevalence,
        text=scenario_yaml(dialled),
    )


def _draw_launch(plain: Scenario) -> Iterator[str]:
    """Yield the launch some whole weeks off; not where a scenario has times that would not move with it."""
    if all(when.is_relative for when in _list_times(plain)):
        weeks = secrets.randbelow(2 * MOST_WEEKS + 1) - MOST_WEEKS
        yield f"launch.time='{parse_wall(plain.launch.time) + timedelta(weeks=weeks):%Y-%m-%d %H:%M}'"


def _list_times(part: object) -> Iterator[When]:
    if isinstance(part, When):
        yield part
    elif isinstance(part, BaseModel):
        for name in type(part).model_fields:
            yield from _list_times(getattr(part, name))
    elif isinstance(part, Mapping):
        for inner in part.values():
            yield from _list_times(inner)


def _draw_dials(plain: Scenario) -> Iterator[str]:
    """Yield one or two evasion dials of every squad, drawn around what they are."""
    for operator, plan in plain.operators.items():
        for squad in plan.squads:
            dials = plain.dials(operator, squad)
            chosen = sorted(DIALS, key=lambda name: secrets.token_bytes(16))[: 1 + secrets.randbelow(2)]
            for name in chosen:
                value = min(_round(getattr(dials, name) * _draw_factor()), DIALS[name])
                yield f"operators.{operator}.squads.{squad}.{name}={value}"


def _draw_factor() -> float:
    """Draw a factor between 1/2 and 2, evenly on the scale of logarithms."""
    return float(FACTOR ** ((secrets.randbelow(2 * _STEPS + 1) - _STEPS) / _STEPS))


def _round(value: float) -> float:
    return float(f"{value:.4g}")
