"""The look of printed tables: narrow grids, grouped digits, days counted from the launch."""

from collections.abc import Sequence

from rich import box
from rich.table import Table as Grid

_BARS = "▁▂▃▄▅▆▇█"


def make_grid(title: str, *headings: str) -> Grid:
    """Return an empty grid; headings that start with '>' are of right-aligned columns."""
    grid = Grid(title=title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in headings:
        is_number = heading.startswith(">")
        grid.add_column(heading.lstrip(">"), justify="right" if is_number else "left", overflow="fold")
    return grid


def show_count(count: int) -> str:
    """Return a count with its digits grouped.

    Examples
    --------
    >>> show_count(1234567)
    '1,234,567'
    """
    return f"{count:,}"


def show_share(share: float) -> str:
    """Return a share as per cent with at least two significant digits.

    Examples
    --------
    >>> show_share(0.1234), show_share(0.00056)
    ('12.3 %', '0.056 %')
    """
    percent = 100 * share
    if percent == 0 or abs(percent) >= 1:
        return f"{percent:.1f} %"
    return f"{percent:.2g} %"


def show_change(change: float, digits: int = 4) -> str:
    """Return a difference with its sign; an exact zero without.

    Examples
    --------
    >>> show_change(-0.0125), show_change(0.0)
    ('-0.0125', '0')
    """
    return f"{change:+.{digits}f}" if change else "0"


def name_day(days_from_launch: int) -> str:
    """Return a day as counted from the launch.

    Examples
    --------
    >>> name_day(-7), name_day(0), name_day(2)
    ('T-7d', 'launch', 'T+2d')
    """
    return f"T{days_from_launch:+d}d" if days_from_launch else "launch"


def draw_course(values: Sequence[float], mark: int | None, largest: float, width: int = 24) -> str:
    """Draw sizes over time as one line of bars, with a stroke before the value at `mark`.

    Parameters
    ----------
    values : sequence of float
        Values in time order; their absolute size is drawn.
    mark : int or None
        Index of the marked value.
    largest : float
        Size of a full bar.
    width : int
        Most bars; longer courses show the largest of each stretch.
    """
    n_bars = min(width, len(values))
    bars = []
    for bar in range(n_bars):
        first, last = bar * len(values) // n_bars, (bar + 1) * len(values) // n_bars
        if mark is not None and first <= mark < last:
            bars.append("│")
        size = max(abs(value) for value in values[first:last])
        bars.append(_BARS[min(int(size / largest * len(_BARS)), len(_BARS) - 1)] if largest else _BARS[0])
    return "".join(bars)
