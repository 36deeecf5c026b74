"""Plays a dataset into a target: begins or resumes, sends, and tells what happened."""

import secrets
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from benchmarks.replay.addresses import find_address
from benchmarks.replay.clock_file import ClockFile
from benchmarks.replay.fault_orders import Fault
from benchmarks.replay.http_sink import HttpSink
from benchmarks.replay.kafka_sink import KafkaSink
from benchmarks.replay.pacing import Pace
from benchmarks.replay.redis_sink import RedisSink
from benchmarks.replay.replay_state import Journal, State, digest_observations, hold, read_state
from benchmarks.replay.sending import Policy, Sender
from benchmarks.replay.sinks import FileSink, PipeSink, Sink
from benchmarks.replay.streams import Stream, open_stream
from benchmarks.replay.targets import HTTP, KAFKA, NDJSON, REDIS, Target
from simulator.dataset import Dataset
from simulator.errors import OutputError, SmearbenchError
from simulator.progress import LineProgress

TIMEOUT_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Options:
    """How a replay is done.

    Attributes
    ----------
    pace : Pace
    policy : Policy
    allowed_hosts : tuple of str
        Hosts that may be neither loopback nor private.
    state_file, clock_file : Path or None
        None: beside the target; for stdout, none.
    force : bool
        Whether to begin anew, whatever was sent before.
    timeout_seconds : float
        Longest wait for a network sink's answer.
    faults : tuple of Fault
        Faults that are made on purpose.
    fault_seed : int or None
        None: the dataset's.
    """

    pace: Pace
    policy: Policy = field(default_factory=Policy)
    allowed_hosts: tuple[str, ...] = ()
    state_file: Path | None = None
    clock_file: Path | None = None
    force: bool = False
    timeout_seconds: float = TIMEOUT_SECONDS
    faults: tuple[Fault, ...] = ()
    fault_seed: int | None = None


def replay(dataset: Dataset, target: Target, options: Options, say: Callable[[str], None]) -> dict[str, Any]:
    """Send a dataset's observations to a target, from where an earlier replay stopped.

    Parameters
    ----------
    dataset : Dataset
    target : Target
    options : Options
    say : callable
        Told what a person should know meanwhile.

    Returns
    -------
    dict
        What was sent, how fast, and what may have arrived twice; `interrupted` after Ctrl-C.

    Raises
    ------
    InputError
        When the target's address is not allowed, or the state belongs to another replay or other faults.
    SmearbenchError
        When the target refuses or stays unavailable; how far it came is in the state file.
    """
    state_file = options.state_file or target.state_file
    clock_file = options.clock_file or _beside(state_file, "clock")
    fault_file = _beside(state_file or options.clock_file, "faults") if options.faults else None
    stream = open_stream(dataset, options.faults, options.fault_seed, fault_file)
    fresh = State(
        secrets.token_hex(8), digest_observations(dataset), target.identity, stream.total, faults=stream.faults
    )
    with hold(state_file):
        known = None if options.force or state_file is None else read_state(state_file, fresh)
        sink = open_sink(target, options, (known or fresh).run, is_known=known is not None)
        try:
            state = _find_start(known or fresh, sink, target.noun, say)
            sender = Sender(
                sink,
                Journal(state_file, state, is_lazy=isinstance(sink, FileSink)),
                ClockFile(clock_file, state.run, options.pace.text, faults=stream.record, dataset=state.dataset),
                options.pace,
                options.policy,
                LineProgress("replay"),
                say,
            )
            interrupted = _send(sender, stream)
        finally:
            sink.close()
    files = {"state_file": state_file, "clock_file": clock_file, "fault_file": fault_file}
    return {
        "target": target.text,
        "guarantee": sink.guarantee,
        "resumed_after": state.acknowledged,
        "interrupted": interrupted,
        **_describe(sender, stream),
        **{name: None if file is None else str(file) for name, file in files.items()},
    }


def _describe(sender: Sender, stream: Stream) -> dict[str, Any]:
    """Return what was sent so far, and how fast."""
    state = sender.journal.state
    return {
        "synthetic": True,
        "run": state.run,
        "pace": sender.pace.text,
        "acknowledged": state.acknowledged,
        "total": state.total,
        **asdict(sender.totals),
        "rate": sender.totals.rate,
        "faults": _count_faults(sender, stream),
    }


def _beside(file: Path | None, what: str) -> Path | None:
    if file is None:
        return None
    plain = file.name.removesuffix(".json").removesuffix(".state").removesuffix(".clock")
    return file.with_name(f"{plain}.{what}.json")


def _count_faults(sender: Sender, stream: Stream) -> dict[str, dict[str, Any]]:
    """Return the faults made so far, by kind; empty when none were asked for, or it was stopped before it knew."""
    state = sender.journal.state
    if stream.record is None or not (sender.totals.sent or state.is_finished):
        return {}
    return stream.record.count(state.acknowledged)


def open_sink(target: Target, options: Options, run: str, *, is_known: bool) -> Sink:
    """Return the sink of a target; `is_known` says whether it may hold events of this run already."""
    if target.kind == HTTP:
        address = find_address(target.host, target.port, options.allowed_hosts)
        return HttpSink(target, address, run, options.timeout_seconds)
    if target.kind == REDIS:
        address = find_address(target.host, target.port, options.allowed_hosts)
        return RedisSink(target, address, run, options.timeout_seconds, is_known=is_known, force=options.force)
    if target.kind == KAFKA:
        addresses = [find_address(host, port, options.allowed_hosts) for host, port in target.servers]
        return KafkaSink(*(target, addresses, run, options.timeout_seconds, options.allowed_hosts), is_known=is_known)
    if target.kind == NDJSON:
        if options.force:
            target.file.unlink(missing_ok=True)
        elif not is_known and target.file.exists() and target.file.stat().st_size:
            raise OutputError(f"{target.file}: is there already, without a state. --force replaces it.")
        return FileSink(target.file, is_numbered=not options.faults)
    return PipeSink(sys.stdout.buffer)


def _find_start(state: State, sink: Sink, noun: str, say: Callable[[str], None]) -> State:
    """Return the state to go on from, and tell what that means."""
    is_exact = sink.position is not None
    held = sink.held if isinstance(sink, KafkaSink) else sink.position
    if held is not None:
        if held < state.acknowledged:
            lost = state.acknowledged - held
            say(f"The {noun} has lost {lost:,} of {state.acknowledged:,} acknowledged events; they are written again.")
        state = replace(state, acknowledged=held, on_its_way=held if is_exact else max(held, state.on_its_way))
    if state.is_finished:
        say(f"All {state.total:,} events were acknowledged before; nothing is left to send. --force begins anew.")
    elif state.acknowledged or state.on_its_way:
        say(f"Going on after event {state.acknowledged:,} of {state.total:,}.")
    if state.on_its_way > state.acknowledged:
        say(
            f"Events {state.acknowledged + 1:,} to {state.on_its_way:,} were on their way and may arrive twice; "
            "their headers say so."
        )
    return state


def _send(sender: Sender, stream: Stream) -> bool:
    """Send what is left; return whether a person stopped it. What was acknowledged is kept, whatever happens."""
    journal = sender.journal
    if journal.state.is_finished:
        stream.catch_up(journal.state.acknowledged)
        sender.clock_file.finish(journal.state.acknowledged)
        return False
    journal.write()
    try:
        with sender.progress:
            sender.send_all(stream.read(journal.state.acknowledged))
    except KeyboardInterrupt:
        return True
    except SmearbenchError as error:
        state = journal.state
        raise type(error)(
            f"{error}\nEvent {state.acknowledged:,} of {state.total:,} was the last acknowledged; "
            "the same command goes on from there."
        ) from error
    finally:
        journal.write()
        sender.clock_file.save()
    sender.clock_file.finish(journal.state.acknowledged)
    return False
