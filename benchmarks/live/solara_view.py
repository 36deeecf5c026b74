"""Mesa's own visualisation of a world, for notebooks: plots that grow day by day, beside buttons to step and play.

Needs the extra ``live``. In a notebook ``make_view("classroom")`` is enough; ``python -m benchmarks.live.solara_view``
serves it as a page.
"""

import os
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from simulator.errors import InputError
from simulator.model import World
from simulator.scenario import load_scenario

DAY_MS = 86_400_000
NEEDED = ("solara", "altair", "matplotlib", "networkx")
APP = "benchmarks.live.solara_app"
HOST = "127.0.0.1"
_LARGEST_SEED = 99


class WatchedWorld(World):
    """A world that stops by itself when its days are over, as Mesa's play button expects."""

    def step(self) -> None:
        """Live one day, if there is one left."""
        if self.day + 1 < self.scenario.n_days:
            super().step()
        self.running = self.day + 1 < self.scenario.n_days


def check_extra(needed: Sequence[str] = NEEDED) -> None:
    """Refuse to go on without the packages of the extra.

    Raises
    ------
    InputError
        When one is not installed.
    """
    missing = [name for name in needed if find_spec(name) is None]
    if missing:
        raise InputError(f"Mesa's view needs {missing[0]}, which is not installed. pip install 'smearbench[live]'")


def make_view(scenario: str = "classroom", seed: int = 1, overrides: Sequence[str] = ()) -> Any:
    """Return Mesa's visualisation of a scenario, for the last line of a cell.

    Parameters
    ----------
    scenario : str
        A YAML file, or the name of a shipped scenario; some hundred accounts make a quick one.
    seed : int
    overrides : sequence of str
        Settings, as of ``--set``.

    Returns
    -------
    solara element
        Seed and twin can be changed in it; "Reset" then begins anew.

    Raises
    ------
    InputError
        When the extra is not installed, or the scenario is wrong (ScenarioError).
    """
    check_extra()
    from mesa.visualization import SolaraViz, make_plot_component

    loaded = load_scenario(scenario, overrides=overrides)
    parameters = {
        "scenario": loaded,
        "seed": _describe_seed(seed),
        "twin": {"type": "Checkbox", "value": False, "label": "Twin: the operators stay silent"},
    }
    plots = [
        make_plot_component("posts", post_process=_label("posts a day")),
        make_plot_component({"campaign_exposures": "#D55E00"}, post_process=_label("campaign posts shown a day")),
        make_plot_component("mean_attitude", post_process=_label("mean attitude to the brand")),
    ]
    name = f"{loaded.id} (synthetic)"
    return SolaraViz(WatchedWorld(loaded, seed), components=[(tell_day, 0), *plots], model_params=parameters, name=name)


def _describe_seed(seed: int) -> dict[str, Any]:
    return {
        "type": "SliderInt",
        "value": seed,
        "label": "Seed",
        "min": 0,
        "max": max(_LARGEST_SEED, seed),
        "step": 1,
    }


def _label(name: str) -> Any:
    def write(axes: Any) -> None:
        axes.set(xlabel="day", ylabel=name)

    return write


def describe_day(world: World) -> str:
    """Return the date, what was pushed and what was posted, as Markdown.

    Examples
    --------
    >>> from simulator.scenario import load_scenario
    >>> world = WatchedWorld(load_scenario("classroom", accounts=200, days=3), seed=1)
    >>> describe_day(world).splitlines()[0]
    '**Before the first day**'
    """
    names = world.names
    brand = f"{names.brand} {names.product} (fictitious), {world.scenario.n_accounts:,} accounts"
    if world.log is None:
        return f"**Before the first day**\n\n{brand}"
    start = world.scenario.start_ms + world.day * DAY_MS
    running = sorted({p.narrative for p in world.pushes if p.start_ms < start + DAY_MS and p.end_ms > start})
    told = ", ".join(name.replace("_", " ") for name in running) if running and not world.is_twin else "none"
    date = datetime.fromtimestamp(start / 1000, UTC).strftime("%d %B %Y")
    n_posts = world.log.last - world.log.first
    return f"**{date}**, day {world.day + 1} of {world.scenario.n_days}\n\n{brand}\n\n{n_posts:,} posts; pushed: {told}"


def tell_day(world: World) -> Any:
    """Return a component with the day of a world."""
    from mesa.visualization.utils import update_counter

    update_counter.get()
    return import_module("solara").Markdown(describe_day(world))


def main() -> None:
    """Serve the view on 127.0.0.1 until Ctrl-C."""
    try:
        check_extra()
    except InputError as error:
        print(error, file=sys.stderr)
        sys.exit(error.exit_code)
    # Takes this process's place, so that whatever ends it ends the server.
    os.execv(sys.executable, [sys.executable, "-m", "solara", "run", APP, "--host", HOST, "--no-open", *sys.argv[1:]])


if __name__ == "__main__":
    main()
