"""Runs side by side: what they have in common to be compared, and how they differ."""

from collections.abc import Sequence
from typing import Any

from benchmarks.report.hidden_part import count_exposures, list_attitudes
from benchmarks.report.narrative_series import choose_bins, count_narratives
from simulator.dataset import Dataset
from simulator.dataset.manifest import SCENARIO_FILE
from simulator.dataset.queries import ask
from simulator.errors import InputError
from simulator.scenario import load_scenario

MOST_RUNS = 3
Payload = dict[str, Any]


def check_sides(main: Dataset, others: Sequence[Dataset]) -> None:
    """Refuse runs that would compare what is not comparable.

    Raises
    ------
    InputError
        When there are too many, or one is of another scenario, seed, span or number of accounts.
    """
    if len(others) >= MOST_RUNS:
        raise InputError(f"--compare: must be given at most {MOST_RUNS - 1} times, got {len(others)}. Leave some out.")
    wanted = _list_traits(main)
    for other in others:
        for name, got in _list_traits(other).items():
            if got != wanted[name]:
                raise InputError(
                    f"{other.path}: must have the {name} of {main.path}, {wanted[name]}, got {got}. "
                    f"Simulate {main.manifest.scenario.id} with --seed {main.seed} again, with another break-up alone."
                )


def _list_traits(dataset: Dataset) -> dict[str, object]:
    manifest = dataset.manifest
    return {
        "scenario": manifest.scenario.id,
        "seed": manifest.seed,
        "launch": manifest.moments.launch_ms,
        "start": manifest.moments.start_ms,
        "end": manifest.moments.end_ms,
        "number of accounts": manifest.rows["accounts"],
    }


def describe_sides(datasets: Sequence[Dataset]) -> tuple[list[Payload], list[Payload]]:
    """Return the visible and the sealed parts of runs side by side, the main run first.

    Visible: ``talk`` and ``claims``, posts by bin. Sealed: ``kind`` (twin, broken_up, never, run), ``when`` (ms since
    the epoch), ``exposures``, ``attitudes``, ``pushed`` (commanded posts by bin).
    """
    parts = [_describe(dataset) for dataset in datasets]
    return [visible for visible, _ in parts], [sealed for _, sealed in parts]


def _describe(dataset: Dataset) -> tuple[Payload, Payload]:
    moments = dataset.manifest.moments
    bins = choose_bins(moments.start_ms, moments.end_ms)
    with ask(tables=dataset) as queries:
        counts = count_narratives(queries, bins)
        claims = sum(counts["narratives"].values(), start=counts["other"] * 0)
        pushed = sum(counts["pushed"].values(), start=counts["other"] * 0)
        sealed = {
            **_name_end(dataset),
            "exposures": count_exposures(queries, bins),
            "attitudes": list_attitudes(queries),
            "pushed": pushed.tolist(),
        }
    return {"talk": (claims + counts["other"]).tolist(), "claims": claims.tolist()}, sealed


def _name_end(dataset: Dataset) -> Payload:
    """Return whether and when the campaign of a run was broken up."""
    if dataset.is_twin:
        return {"kind": "twin", "when": None}
    try:
        moment = load_scenario(dataset.path / SCENARIO_FILE).first_break_up_ms
    except InputError:
        return {"kind": "run", "when": None}
    return {"kind": "never" if moment is None else "broken_up", "when": moment}
