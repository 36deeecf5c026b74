"""Spoils lines of events on purpose; their sequence number and `synthetic` stay legible."""

import re
from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from benchmarks.replay.json_lines import write_values

# A numbered event's first members, and where its time stands in them.
_HEAD = re.compile(r'(\{"sequence":\d+,"time":)("[^"]*")(,"kind":)("[^"]*")(,"synthetic":true)')
_TIME_BEGIN: Final = len('"time":')
_TIME_END: Final = len('"time":"2025-05-01T00:00:00.000Z"')


def shift_times(lines: pa.StringArray, times: NDArray[np.int64], shift_ms: int) -> pa.StringArray:
    """Return unnumbered lines whose member `time` is off by so much; the other members stay.

    Parameters
    ----------
    lines : StringArray, shape (n,)
        Each begins with its `time`.
    times : int64 array, shape (n,)
        What it says, ms since the epoch.
    shift_ms : int
    """
    shifted = write_values(pa.array(times + shift_ms).cast(pa.timestamp("ms", tz="UTC"))).to_pylist()
    return pa.array(
        [
            f"{line[:_TIME_BEGIN]}{time}{line[_TIME_END:]}"
            for line, time in zip(lines.to_pylist(), shifted, strict=True)
        ],
        pa.string(),
    )


def spoil(lines: Sequence[str], draws: Sequence[float]) -> list[str]:
    """Return numbered lines that no longer hold to the format, each of one line still.

    A third are torn behind the member `synthetic`, a third have no time, a third an unknown kind.

    Parameters
    ----------
    lines : sequence of str, shape (n,)
    draws : sequence of float, shape (n,)
        Even in [0, 1): which way, and where a line is torn.
    """
    return [_spoil(line, draw) for line, draw in zip(lines, draws, strict=True)]


def _spoil(line: str, draw: float) -> str:
    way, where = divmod(draw * len(_WAYS), 1)
    return _WAYS[int(way)](line, where)


def _tear(line: str, where: float) -> str:
    head = _HEAD.match(line)
    assert head is not None
    # The last two characters are the brace and the line end.
    end = head.end() + int(where * (len(line) - 2 - head.end()))
    return line[:end] + "\n"


def _forget_time(line: str, _: float) -> str:
    return _HEAD.sub(r"\1null\3\4\5", line, count=1)


def _mistake_kind(line: str, _: float) -> str:
    return _HEAD.sub(r'\1\2\3"?"\5', line, count=1)


_WAYS: Final[tuple[Callable[[str, float], str], ...]] = (_tear, _forget_time, _mistake_kind)
