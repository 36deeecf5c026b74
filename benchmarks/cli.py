"""The program ``smearbench``: the simulator's verbs, and run, score and detectors."""

import typer

from simulator.commands import make_app as make_simulator_app
from simulator.console import start


def make_app() -> typer.Typer:
    """Return the whole program."""
    return make_simulator_app()


def main() -> None:
    """Run the program."""
    start(make_app())
