"""What long work shows on stderr; of a simulation, date, posts so far, posts a second and time left."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from types import TracebackType
from typing import Protocol, Self

from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, Task, TextColumn
from rich.text import Text

from simulator.console import note

_PLAIN_SECONDS = 10.0


class Report(Protocol):
    """What a running simulation says of itself: `day` of `n_days` is done."""

    @property
    def day(self) -> int: ...

    @property
    def n_days(self) -> int: ...

    @property
    def time_ms(self) -> int: ...

    @property
    def n_posts(self) -> int: ...


class LineProgress:
    """A bar and a line of text on stderr, of any work whose end is known.

    A moving bar on a terminal; elsewhere a plain line every ten seconds.
    """

    def __init__(
        self, title: str, *, seconds: float = _PLAIN_SECONDS, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._title = title
        self._seconds = seconds
        self._clock = clock
        self._start = self._last = clock()
        self._console = Console(stderr=True)
        self._bar = _make_bar(self._console) if self._console.is_terminal else None
        self._task = self._bar.add_task(title, total=None, line="setting up") if self._bar else None

    def __enter__(self) -> Self:
        if self._bar is None:
            note(f"{self._title}: setting up")
        else:
            self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.stop()

    @property
    def elapsed(self) -> float:
        """Seconds since the work began."""
        return self._clock() - self._start

    def show(self, line: str, done: int, total: int) -> None:
        """Show that `done` of `total` is done, and a line that says more."""
        now = self._clock()
        if self._bar is not None and self._task is not None:
            self._bar.update(self._task, completed=done, total=total, line=line)
        elif now - self._last >= self._seconds or done == total:
            self._last = now
            note(f"{self._title}: {line}")


class SimulationProgress(LineProgress):
    """A callable that shows simulated date, posts so far, posts a second and time left, on stderr."""

    def __call__(self, report: Report) -> None:
        """Show a report."""
        self.show(describe_progress(report, self.elapsed), report.day, report.n_days)


def describe_progress(report: Report, elapsed: float) -> str:
    """Return the line of a report: date, posts so far, posts a second, time left."""
    date = datetime.fromtimestamp(report.time_ms / 1000, UTC).date()
    left = elapsed / max(report.day, 1) * (report.n_days - report.day)
    rate = report.n_posts / elapsed if elapsed > 0 else 0
    return f"{date}  {report.n_posts:,} posts  {rate:,.0f}/s  {describe_seconds(left)} left"


def describe_seconds(seconds: float) -> str:
    """Return a span of time as people say it.

    Examples
    --------
    >>> describe_seconds(75.2)
    '1:15'
    """
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02d}"


class _LineColumn(ProgressColumn):
    def render(self, task: Task) -> Text:
        return Text(str(task.fields["line"]))


def _make_bar(console: Console) -> Progress:
    return Progress(TextColumn("{task.description}"), BarColumn(bar_width=12), _LineColumn(), console=console)
