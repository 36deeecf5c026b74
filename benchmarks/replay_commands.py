"""The verb that plays a dataset into a team's own pipeline: replay."""

from pathlib import Path
from typing import Annotated, Any

import typer

from simulator.console import INTERRUPTED, AsJson, Force, describe_bytes, note, print_json
from simulator.errors import InputError

DatasetFolder = Annotated[Path, typer.Argument(metavar="DATASET", help="A dataset folder.")]
To = Annotated[str, typer.Option("--to", metavar="TARGET", help="stdout, ndjson:FILE or http://HOST:PORT/PATH.")]
Speed = Annotated[
    str | None, typer.Option("--speed", metavar="FACTOR", help="Simulated time so many times as fast, as 3600x.")
]
Rate = Annotated[float | None, typer.Option("--rate", metavar="N", help="Events a second; 0 is as fast as it goes.")]
BatchEvents = Annotated[int, typer.Option("--batch", min=1, max=1 << 15, metavar="N", help="Most events of a batch.")]
Retries = Annotated[int, typer.Option("--retries", min=0, metavar="N", help="Further attempts with one batch.")]
Timeout = Annotated[
    float, typer.Option("--timeout", min=0.1, metavar="SECONDS", help="Longest wait for a connection or an answer.")
]
AllowHost = Annotated[
    list[str] | None,
    typer.Option("--allow-host", metavar="HOST", help="A host that may have a public address. May be repeated."),
]
StateFile = Annotated[
    Path | None, typer.Option("--state", metavar="FILE", help="Where the acknowledged event is kept, to go on from.")
]
Clock = Annotated[
    Path | None, typer.Option("--clock", metavar="FILE", help="Where wall clock and simulated time are written.")
]
Faults = Annotated[
    list[str] | None,
    typer.Option(
        "--fault",
        metavar="KIND=RATE[:TIME]",
        help="A fault on purpose: late=0.01:10m, duplicate=0.02, gap=0.001:5m, burst=0.01:10m, skew=+90s, "
        "malformed=0.001. May be repeated.",
    ),
]
FaultSeed = Annotated[
    int | None,
    typer.Option("--fault-seed", min=0, max=(1 << 64) - 1, metavar="N", help="Seed of the faults; the dataset's."),
]


def replay(
    dataset: DatasetFolder,
    to: To,
    speed: Speed = None,
    rate: Rate = None,
    batch: BatchEvents = 5000,
    retries: Retries = 10,
    timeout: Timeout = 30.0,
    allow_hosts: AllowHost = None,
    state: StateFile = None,
    clock: Clock = None,
    faults: Faults = None,
    fault_seed: FaultSeed = None,
    force: Force = False,
    as_json: AsJson = False,
) -> None:
    """Play a dataset's observations, in time order, into your own pipeline; the same command resumes."""
    from benchmarks.replay.fault_orders import read_faults
    from benchmarks.replay.pacing import read_pace
    from benchmarks.replay.replay import Options
    from benchmarks.replay.replay import replay as send
    from benchmarks.replay.sending import Policy
    from benchmarks.replay.targets import STDOUT, read_target
    from simulator.dataset import open_dataset

    target = read_target(to)
    if as_json and target.kind == STDOUT:
        raise InputError("--json: must have stdout for itself, got --to stdout. Leave one of them out.")
    options = Options(
        read_pace(speed, rate),
        Policy(batch_events=batch, retries=retries),
        tuple(allow_hosts or ()),
        state,
        clock,
        force,
        timeout,
        read_faults(faults or ()),
        fault_seed,
    )
    found = send(open_dataset(dataset), target, options, note)
    if as_json:
        print_json(found)
    else:
        _print(found, note if target.kind == STDOUT else print)
    if found["interrupted"]:
        note("Interrupted; the same command goes on from there.")
        raise typer.Exit(INTERRUPTED)


def _print(found: dict[str, Any], say: Any) -> None:
    say(
        f"{found['sent']:,} events (synthetic) in {found['seconds']:.1f} s: {found['rate']:,.0f} a second, "
        f"{describe_bytes(found['n_bytes'])}"
    )
    say(f"acknowledged: {found['acknowledged']:,} of {found['total']:,}, in {found['batches']:,} batches")
    say(f"sent again or perhaps twice: {found['may_repeat']:,}; retries: {found['retries']:,}")
    say(f"longest lag: {found['longest_lag_seconds']:.2f} s at {found['pace']}")
    for kind, fault in found["faults"].items():
        say(f"fault {kind}: {fault['n_events']:,} events, rate {fault['rate']:g}")
    say(f"guarantee: {found['guarantee']}")
    if found["state_file"]:
        say(f"state: {found['state_file']}\nclock: {found['clock_file']}")
    if found["fault_file"]:
        say(f"faults: {found['fault_file']}")
