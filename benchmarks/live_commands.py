"""The verb that lets one play with a world: play."""

import signal
from typing import TYPE_CHECKING, Annotated, Any

import typer

from simulator.commands import ScenarioName
from simulator.console import Accounts, AsJson, Days, Overrides, Seed, note
from simulator.errors import InputError

if TYPE_CHECKING:
    from benchmarks.live.server import LiveServer
    from benchmarks.live.stage import Stage

Port = Annotated[
    int, typer.Option("--port", min=0, max=65_535, metavar="N", help="Port on 127.0.0.1; 0 is a free one.")
]
Open = Annotated[bool, typer.Option("--open", help="Open the page in this machine's browser.")]


def play(
    scenario: ScenarioName = "classroom",
    seed: Seed = 1,
    overrides: Overrides = None,
    accounts: Accounts = None,
    days: Days = None,
    port: Port = 0,
    open_page: Open = False,
    as_json: AsJson = False,
) -> None:
    """Serve a small world with sliders on 127.0.0.1: turn one and see the world that follows; Ctrl-C ends it."""
    from benchmarks.live.stage import Cast, Stage

    stage = Stage(Cast(scenario, seed, tuple(overrides or ()), accounts, days))
    size = f"{stage.scenario.n_accounts:,} accounts, {stage.scenario.n_days} days"
    note(f"{stage.scenario.id}: {size}; making the first world (synthetic)")
    server = _bind(stage, port)
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        stage.perform({})
        _tell(server, as_json)
        if open_page:
            _show(server.url)
        server.serve_forever()
    finally:
        server.close()


def _bind(stage: "Stage", port: int) -> "LiveServer":
    from benchmarks.live.server import HOST, LiveServer

    try:
        return LiveServer(stage, port)
    except OSError as error:
        raise InputError(f"--port: must be free on {HOST}, got {port}: {error.strerror}. Leave it out.") from error


def _interrupt(*_: Any) -> None:
    raise KeyboardInterrupt


def _tell(server: "LiveServer", as_json: bool) -> None:
    import json

    address = {"synthetic": True, "scenario": server.stage.scenario.id, "url": server.url}
    print(json.dumps(address) if as_json else f"Open {server.url}", flush=True)
    note("Only this machine can open it. Ctrl-C ends it.")


def _show(url: str) -> None:
    import webbrowser

    if not webbrowser.open(url):
        note("There is no browser here; open the address above yourself.")
