"""The verbs under ``smearbench drill``: start, resume, alert, status, reveal."""

import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer
from typer.core import TyperGroup

from benchmarks.replay_commands import AllowHost, Rate, Speed, To
from simulator.console import INTERRUPTED, Accounts, AsJson, Days, Overrides, Prevalence, note, print_json
from simulator.errors import InputError, SmearbenchError

if TYPE_CHECKING:
    from benchmarks.drill.drill_folder import Run

STDOUT = "stdout"
_HELP = "Rehearse with people, in fast time, on a world whose truth is sealed. drill SCENARIO is drill start SCENARIO."

ScenarioName = Annotated[
    str, typer.Argument(metavar="SCENARIO", help="A YAML file, or the name of a shipped scenario.")
]
RunFolder = Annotated[Path, typer.Argument(metavar="RUN", help="The folder of a drill.")]
Out = Annotated[
    Path | None,
    typer.Option("-o", "--out", metavar="RUN", help="Folder of the drill; left out, results/runs/drill-<n>."),
]
KeyFile = Annotated[
    Path | None,
    typer.Option("--key", metavar="FILE", help="The facilitator's file; left out, RUN.key.json beside the folder."),
]
SecretSeed = Annotated[
    int | None,
    typer.Option("--seed", min=0, max=(1 << 64) - 1, metavar="N", help="Left out, secret, and written pushes move."),
]
Collect = Annotated[
    str | None, typer.Option("--collect", metavar="127.0.0.1:PORT", help="Take alerts in by webhook meanwhile.")
]
SameTarget = Annotated[
    str | None, typer.Option("--to", metavar="TARGET", help="The target again, where it has a password.")
]
Text = Annotated[str, typer.Argument(metavar="TEXT", help="What you see.")]
IsCrisis = Annotated[bool, typer.Option("--crisis", help="A real crisis, with nobody behind it.")]
Others = Annotated[
    list[Path] | None,
    typer.Option("--alerts", metavar="FILE", help="Your pipeline's alerts, by wall clock. May be repeated."),
]
GiveUp = Annotated[bool, typer.Option("--give-up", help="Open the truth of a drill that is not over, for good.")]


class _StartingGroup(TyperGroup):
    """A group in which a first word that is no verb begins the arguments of `start`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put `start` before arguments that name no verb."""
        if args and args[0] not in self.commands and args[0] != "--help":
            args = ["start", *args]
        return super().parse_args(ctx, args)


def make_drill_app() -> typer.Typer:
    """Return the verbs of a drill."""
    app = typer.Typer(cls=_StartingGroup, help=_HELP, no_args_is_help=True)
    for verb in (start, resume, alert, status, reveal):
        app.command()(verb)
    return app


def start(
    scenario: ScenarioName,
    to: To,
    speed: Speed = None,
    rate: Rate = None,
    out: Out = None,
    key: KeyFile = None,
    seed: SecretSeed = None,
    overrides: Overrides = None,
    accounts: Accounts = None,
    days: Days = None,
    prevalence: Prevalence = None,
    collect: Collect = None,
    allow_hosts: AllowHost = None,
    as_json: AsJson = False,
) -> None:
    """Live a world of a scenario in secret, seal its truth, say what the team may know, and play it."""
    from benchmarks.drill.drill_folder import name_key, refuse_existing
    from benchmarks.drill.playing import read_played
    from benchmarks.drill.secret_times import move_pushes
    from benchmarks.drill.setting_up import set_up
    from benchmarks.scoring.run_folder import make_run_folder
    from simulator.scenario import load_scenario_with_notes

    _refuse_mixed(to, as_json)
    played = read_played(to, speed, rate, tuple(allow_hosts or ()))
    port = _read_port(collect)
    # What was cut tells of pushes: the notes are for nobody.
    loaded, _ = load_scenario_with_notes(
        scenario, overrides=tuple(overrides or ()), accounts=accounts, days=days, prevalence=prevalence
    )
    if seed is None:
        loaded = move_pushes(loaded)
    if out is not None:
        refuse_existing(out, key or name_key(out))
    folder = out or make_run_folder("drill", None)
    try:
        run = set_up(loaded, played, folder, key or name_key(folder), seed)
    finally:
        with suppress(OSError):  # only one that is still empty
            folder.rmdir()
    note(f"The key, for the facilitator alone: {key or name_key(folder)}")
    _play(run, port, as_json, to)


def resume(run: RunFolder, to: SameTarget = None, collect: Collect = None, as_json: AsJson = False) -> None:
    """Go on with a drill behind the last event that was acknowledged."""
    from benchmarks.drill.drill_folder import open_run

    _play(open_run(run), _read_port(collect), as_json, to)


def _read_port(collect: str | None) -> int | None:
    from benchmarks.collecting.alert_server import read_listen

    return None if collect is None else read_listen(collect)


def _play(run: "Run", port: int | None, as_json: bool, to: str | None) -> None:
    from benchmarks.drill.drill_tables import brief
    from benchmarks.drill.playing import play, refuse_opened

    _refuse_mixed(run.drill.played.to, as_json)
    refuse_opened(run)
    say = note if run.drill.played.to == STDOUT or as_json else print
    brief(run, say)
    try:
        found = play(run, port, note, to)
    except KeyboardInterrupt:
        _end_interrupted(run)
    except SmearbenchError as error:
        raise type(error)(f"{error}\nOf this drill: smearbench drill resume {run.path}") from error
    if as_json:
        print_json(found | {"drill": str(run.path), "commitment": run.drill.commitment})
    if found["interrupted"]:
        _end_interrupted(run)
    say(f"Over: {found['acknowledged']:,} events. Open the truth with: smearbench drill reveal {run.path}")


def _end_interrupted(run: "Run") -> NoReturn:
    note(f"Interrupted; go on with: smearbench drill resume {run.path}")
    raise typer.Exit(INTERRUPTED) from None


def _refuse_mixed(to: str, as_json: bool) -> None:
    if as_json and to == STDOUT:
        raise InputError("--json: must have stdout for itself, got --to stdout. Leave one of them out.")


def alert(run: RunFolder, text: Text, crisis: IsCrisis = False, as_json: AsJson = False) -> None:
    """Note that you are alerted, now."""
    began = time.time()
    from datetime import datetime

    from benchmarks.drill.calls import call
    from benchmarks.drill.drill_folder import open_run

    opened = open_run(run)
    noted = call(opened, text, is_crisis=crisis, now=lambda: began)
    if as_json:
        print_json({"time": noted.time_ms, "name": noted.name, "kind": noted.kind, "alerts": opened.n_alerts})
        return
    moment = datetime.fromtimestamp(noted.time_ms / 1000)
    print(f"noted at {moment:%H:%M:%S} as alert {opened.n_alerts}: {noted.name}")


def status(run: RunFolder, as_json: AsJson = False) -> None:
    """Say how far a drill is, and nothing of its truth."""
    from benchmarks.drill.drill_folder import open_run
    from benchmarks.drill.drill_tables import print_status
    from simulator.dataset.context import to_iso

    opened = open_run(run)
    anchors = opened.clock.anchors
    found = {
        "synthetic": True,
        "run": str(run),
        "stage": str(opened.stage),
        "simulated": to_iso(anchors[-1][1]) if anchors else None,
        "alerts": opened.n_alerts,
        "commitment": opened.drill.commitment,
    }
    print_json(found) if as_json else print_status(found)


def reveal(
    run: RunFolder,
    key: KeyFile = None,
    alerts: Others = None,
    give_up: GiveUp = False,
    as_json: AsJson = False,
) -> None:
    """Open the truth of a drill that is over, and compare when you were alerted with when the waves came."""
    from benchmarks.drill.drill_folder import WORLD_FOLDER, name_key, open_run
    from benchmarks.drill.drill_tables import print_reveal
    from benchmarks.drill.revealing import reveal as open_truth

    found = open_truth(open_run(run), key or name_key(run), tuple(alerts or ()), give_up=give_up)
    if as_json:
        print_json(found)
        return
    print_reveal(found)
    print(f"world: {run / WORLD_FOLDER}")
