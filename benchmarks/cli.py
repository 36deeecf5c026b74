"""The program ``smearbench``: the simulator's verbs, and those that score."""

import typer

from benchmarks.alert_commands import alerts
from benchmarks.audit_commands import audit
from benchmarks.commands import list_detectors, run, score
from benchmarks.drill_commands import make_drill_app
from benchmarks.fidelity_commands import fidelity
from benchmarks.live_commands import play
from benchmarks.plugin_commands import check_detector_command, new_detector
from benchmarks.replay_commands import replay
from benchmarks.report_commands import report
from benchmarks.suite_commands import compare, make_suite_app
from benchmarks.validity_commands import validity
from simulator.commands import make_app as make_simulator_app
from simulator.console import start


def make_app() -> typer.Typer:
    """Return the whole program."""
    app = make_simulator_app()
    app.command()(run)
    app.command()(score)
    app.command("detectors")(list_detectors)
    app.command("check-detector")(check_detector_command)
    app.command("new-detector")(new_detector)
    app.add_typer(make_suite_app(), name="suite")
    app.command()(compare)
    app.command()(audit)
    app.command()(alerts)
    app.command()(fidelity)
    app.command()(validity)
    app.command()(replay)
    app.command()(play)
    app.command()(report)
    app.add_typer(make_drill_app(), name="drill")
    return app


def main() -> None:
    """Run the program."""
    start(make_app())
