"""The verb that plays a dataset into a team's own pipeline: replay."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from simulator.console import INTERRUPTED, AsJson, Force, describe_bytes, note, print_json, print_table
from simulator.errors import InputError

if TYPE_CHECKING:
    from benchmarks.replay.replay import Options
    from benchmarks.replay.targets import Target

DatasetFolder = Annotated[Path, typer.Argument(metavar="DATASET", help="A dataset folder.")]
_TARGETS = "stdout, ndjson:FILE, http://HOST:PORT/PATH, redis://HOST:PORT/DB/STREAM or kafka://HOST:PORT/TOPIC."
To = Annotated[str, typer.Option("--to", metavar="TARGET", help=_TARGETS)]
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
    typer.Option("--fault-seed", min=0, metavar="N", help="Seed of the faults; left out, the dataset's."),
]
FindLimit = Annotated[
    bool, typer.Option("--find-limit", help="Find the highest rate that the target stands, by steps of rising load.")
]
StartRate = Annotated[
    float,
    typer.Option("--start-rate", min=1.0, max=1e7, metavar="N", help="Events a second of the first step."),
]
Factor = Annotated[
    float, typer.Option("--factor", min=1.05, max=10.0, metavar="F", help="How much more each step asks for.")
]
StepSeconds = Annotated[
    float, typer.Option("--step-seconds", min=1.0, max=600.0, metavar="SECONDS", help="Length of a step.")
]
Steps = Annotated[int, typer.Option("--steps", min=1, max=100, metavar="N", help="Most steps.")]


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
    find_limit: FindLimit = False,
    start_rate: StartRate = 1000.0,
    factor: Factor = 1.5,
    step_seconds: StepSeconds = 5.0,
    steps: Steps = 20,
    force: Force = False,
    as_json: AsJson = False,
) -> None:
    """Play a dataset's observations, in time order, into your own pipeline; the same command resumes."""
    from benchmarks.replay.fault_orders import read_faults
    from benchmarks.replay.pacing import FreePace, read_pace
    from benchmarks.replay.replay import Options
    from benchmarks.replay.sending import Policy
    from benchmarks.replay.targets import read_target

    target = read_target(to)
    if find_limit:
        given = {"speed": speed, "rate": rate, "state": state, "clock": clock, "fault": faults}
        _refuse_with_limit(given)
    options = Options(
        FreePace() if find_limit else read_pace(speed, rate),
        Policy(batch_events=batch, retries=retries),
        tuple(allow_hosts or ()),
        state,
        clock,
        force,
        timeout,
        read_faults(faults or ()),
        fault_seed,
    )
    if find_limit:
        _find_limit(dataset, target, options, (start_rate, factor, step_seconds, steps), as_json)
    else:
        _replay(dataset, target, options, as_json)


def _refuse_with_limit(given: dict[str, Any]) -> None:
    for name, value in given.items():
        if value is not None:
            raise InputError(f"--{name}: must be left out with --find-limit, got {value}.")


def _replay(dataset: Path, target: "Target", options: "Options", as_json: bool) -> None:
    from benchmarks.replay.replay import replay as send
    from benchmarks.replay.targets import STDOUT
    from simulator.dataset import open_dataset

    if as_json and target.kind == STDOUT:
        raise InputError("--json: must have stdout for itself, got --to stdout. Leave one of them out.")
    found = send(open_dataset(dataset), target, options, note)
    if as_json:
        print_json(found)
    else:
        _print(found, note if target.kind == STDOUT else print)
    if found["interrupted"]:
        note("Interrupted; the same command goes on from there.")
        raise typer.Exit(INTERRUPTED)


def _find_limit(
    dataset: Path, target: "Target", options: "Options", stairs: tuple[float, float, float, int], as_json: bool
) -> None:
    from benchmarks.replay.find_limit import Stairs, find_limit
    from simulator.dataset import open_dataset

    found = find_limit(open_dataset(dataset), target, options, Stairs(*stairs), note)
    if as_json:
        print_json(found)
    else:
        _print_limit(found)
    if found["interrupted"]:
        note("Interrupted; these are the steps until then.")
        raise typer.Exit(INTERRUPTED)
    if found["sustained_rate"] is None:
        note("No rate was sustained; begin lower with --start-rate.")
        raise typer.Exit(1)


def _print_limit(found: dict[str, Any]) -> None:
    columns = ("asked/s", "sent/s", "events", "lag p50", "lag p99", "rise", "verdict")
    rows = [
        (
            *(f"{step['rate']:,.0f}", f"{step['rate_sent']:,.0f}", f"{step['n_sent']:,}"),
            *(f"{step['lag_p50_seconds']:.3f} s", f"{step['lag_p99_seconds']:.3f} s"),
            *(f"{step['lag_rise_seconds']:+.2f} s", step["verdict"]),
        )
        for step in (*found["steps"], *found["confirmations"])
    ]
    print_table(f"Load steps of {found['target']} (synthetic)", columns, rows, texts=(6,))
    for step in (*found["steps"], *found["confirmations"]):
        if step["reason"]:
            print(f"at {step['rate']:,.0f}: {step['reason']}")
    rounds = f"; the loaded events were played {found['n_rounds']:.1f} times" if found["n_rounds"] > 1 else ""
    print(f"sent: {found['n_sent']:,} events{rounds}")
    if found["sustained_rate"] is not None:
        is_confirmed = "(confirmed)" if found["is_confirmed"] else "(not confirmed)"
        more = f" {is_confirmed}" if found["is_limit_found"] else " or more: every step was sustained"
        print(f"highest rate sustained: {found['sustained_rate']:,.0f} events a second{more}")


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
