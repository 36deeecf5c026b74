"""Reads ``--fault``: which faults a replay makes on purpose, how often, and of what size."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final

from simulator.errors import InputError

LATE: Final = "late"
DUPLICATE: Final = "duplicate"
GAP: Final = "gap"
BURST: Final = "burst"
SKEW: Final = "skew"
MALFORMED: Final = "malformed"

_UNIT_MS = {"ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}
_DURATION = re.compile(r"([+-]?)(\d+(?:\.\d+)?)(ms|s|m|h|d)")
_LONGEST_MS = 30 * _UNIT_MS["d"]
# Shorter stretches would make lists of gaps that nobody reads; assumed.
_SHORTEST_STRETCH_MS = _UNIT_MS["s"]


@dataclass(frozen=True, slots=True)
class Fault:
    """One kind of fault.

    Attributes
    ----------
    kind : str
    rate : float
        Share of the events, of gaps and bursts share of the time; above 0, at most 1.
    amount_ms : int
        Longest delay, length of a gap or burst, or what is added to a clock, of simulated time; 0 without one.
    text : str
        As the user wrote it.
    """

    kind: str
    rate: float
    amount_ms: int
    text: str


@dataclass(frozen=True, slots=True)
class _Form:
    example: str
    needs_amount: bool
    takes_amount: bool = True
    is_signed: bool = False
    shortest_ms: int = 1


# In the order in which they are told.
FORMS: Final = {
    LATE: _Form("late=0.01:10m", needs_amount=True),
    DUPLICATE: _Form("duplicate=0.02 or duplicate=0.02:10m", needs_amount=False),
    GAP: _Form("gap=0.001:5m", needs_amount=True, shortest_ms=_SHORTEST_STRETCH_MS),
    BURST: _Form("burst=0.01:10m", needs_amount=True, shortest_ms=_SHORTEST_STRETCH_MS),
    SKEW: _Form("skew=+90s or skew=0.1:-90s", needs_amount=True, is_signed=True),
    MALFORMED: _Form("malformed=0.001", needs_amount=False, takes_amount=False),
}


def read_faults(texts: Sequence[str]) -> tuple[Fault, ...]:
    """Return the faults that are asked for, in the order of ``FORMS``.

    Parameters
    ----------
    texts : sequence of str
        Each ``KIND=RATE``, ``KIND=RATE:DURATION``, or ``skew=DURATION`` for all events.

    Raises
    ------
    InputError
        When a kind is unknown or named twice, or its rate or duration is not usable.

    Examples
    --------
    >>> [(fault.kind, fault.rate, fault.amount_ms) for fault in read_faults(["skew=+90s", "late=0.01:10m"])]
    [('late', 0.01, 600000), ('skew', 1.0, 90000)]
    """
    faults = [_read_fault(text) for text in texts]
    for kind in FORMS:
        same = [fault.text for fault in faults if fault.kind == kind]
        if len(same) > 1:
            raise InputError(f"--fault: must name {kind} once, got {' and '.join(same)}. Leave one of them out.")
    return tuple(sorted(faults, key=lambda fault: list(FORMS).index(fault.kind)))


def _read_fault(text: str) -> Fault:
    kind, _, value = text.partition("=")
    if kind not in FORMS:
        near = get_close_matches(kind, FORMS, 1)
        hint = f" Did you mean {near[0]}?" if near else ""
        raise InputError(f"--fault: must be one of {', '.join(FORMS)}, got {text}.{hint} See 'Faults' in REPLAY.md.")
    form = FORMS[kind]
    rate_text, _, amount_text = value.partition(":")
    if form.is_signed and not amount_text:
        rate_text, amount_text = "1", rate_text
    return Fault(kind, _read_rate(text, rate_text, form), _read_amount(text, amount_text, form), text)


def _read_rate(text: str, rate_text: str, form: _Form) -> float:
    is_number = re.fullmatch(r"\d*\.?\d+(?:e-?\d+)?", rate_text)
    rate = float(rate_text) if is_number else 0.0
    if not 0 < rate <= 1:
        raise _refuse(text, "have a rate above 0 and at most 1", form)
    return rate


def _read_amount(text: str, amount_text: str, form: _Form) -> int:
    if not amount_text and not form.needs_amount:
        return 0
    if not form.takes_amount:
        raise _refuse(text, "have a rate alone", form)
    match = _DURATION.fullmatch(amount_text)
    if match is None or bool(match[1]) != form.is_signed:
        rule = "a signed duration as +90s or -2m" if form.is_signed else "a duration as 500ms, 90s, 10m, 2h or 1d"
        raise _refuse(text, f"have {rule}", form)
    amount_ms = round(float(match[2]) * _UNIT_MS[match[3]])
    if not form.shortest_ms <= amount_ms <= _LONGEST_MS:
        shortest = "1s" if form.shortest_ms > 1 else "1ms"
        raise _refuse(text, f"have a duration between {shortest} and 30d", form)
    return -amount_ms if match[1] == "-" else amount_ms


def _refuse(text: str, rule: str, form: _Form) -> InputError:
    return InputError(f"--fault: must {rule}, got {text}. Write it as {form.example}.")
