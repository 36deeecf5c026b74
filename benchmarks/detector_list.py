"""What the detectors on offer say of themselves, broken ones included."""

from dataclasses import asdict
from typing import Any

from benchmarks.loading import load_detector
from benchmarks.orders import ORACLE
from benchmarks.registry import CONTROLS, list_detectors
from simulator.errors import InputError

_SAID = ("paper", "needs", "cost")


def describe_all() -> list[dict[str, Any]]:
    """Return every detector on offer by name; one that cannot be made says why where its paper would stand."""
    found = [asdict(entry) | {"is_control": entry.name in CONTROLS} for entry in list_detectors()]
    described = [entry | _describe(entry["reference"]) for entry in found]
    oracle = {
        "name": ORACLE,
        "reference": "",
        "package": "smearbench",
        "is_control": True,
        "level": "account",
        "paper": "control: knows the truth",
        "needs": "the truth",
        "cost": "none",
    }
    return [*described, oracle]


def _describe(reference: str) -> dict[str, str]:
    try:
        made = load_detector(reference)
    except InputError as error:
        return {"level": "broken", "paper": str(error), "needs": "", "cost": ""}
    return {"level": made.level} | {name: str(getattr(made, name, "")) for name in _SAID}
