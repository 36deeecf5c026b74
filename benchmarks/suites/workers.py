"""Runs pieces of work on the cores of this machine or on a Dask cluster, and shows what runs where."""

import os
import platform
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from multiprocessing import resource_tracker
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import joblib
import psutil
from rich.console import Console, Group
from rich.live import Live
from rich.text import Text

from simulator.console import note
from simulator.errors import InputError
from simulator.progress import describe_seconds

_PLAIN_SECONDS = 10.0
_REFRESH_SECONDS = 0.5
_BAR_WIDTH = 24
_END_SECONDS = 10.0
# Set in a worker that could hear of Ctrl-C.
_could_hear = threading.Event()


@dataclass(frozen=True, slots=True)
class Task:
    """A piece of work: what people call it, and what to call.

    Attributes
    ----------
    title : str
    call : callable
    arguments : tuple
    hears_interrupts : bool
        Whether Ctrl-C ends it in its worker too, so that it may clear away what it has made by then; else its owner
        does that.
    """

    title: str
    call: Callable[..., Any]
    arguments: tuple[Any, ...]
    hears_interrupts: bool = True


@dataclass(frozen=True, slots=True)
class Workers:
    """Where work is done: `jobs` processes of this machine, or a Dask cluster whose workers share its files."""

    jobs: int = 1
    scheduler: str = ""

    @contextmanager
    def open(self) -> Iterator[None]:
        """Make joblib use these workers.

        Raises
        ------
        InputError
            When the cluster cannot be reached or Dask is not installed.
        """
        if not self.scheduler:
            ends = {"initializer": _serve, "initargs": (os.getpid(),)}
            with joblib.parallel_config(backend="loky", n_jobs=self.jobs, inner_max_num_threads=1, **ends):
                yield
            return
        with _connect(self.scheduler), joblib.parallel_config(backend="dask"):
            yield


def _connect(scheduler: str) -> Any:
    try:
        from distributed import Client
    except ImportError as error:
        advice = "Install the extra: pip install 'smearbench[cluster]'."
        raise InputError(f"--backend dask: must find the package distributed, got none. {advice}") from error
    try:
        return Client(scheduler, timeout="10s", set_as_default=True)  # type: ignore[no-untyped-call]
    except (OSError, ValueError) as error:
        raise InputError(f"--scheduler: must be a Dask scheduler, got {scheduler!r}: {error}.") from error


def run_tasks(tasks: Sequence[Task], workers: Workers, display: "SuiteProgress") -> list[Any]:
    """Do pieces of work and return their results in order.

    The first error that a task raises ends all; what was done by then stays in the cache.
    """
    results: list[Any] = [None] * len(tasks)
    display.begin(len(tasks))
    if not tasks:
        return results
    parallel = joblib.Parallel(return_as="generator_unordered", pre_dispatch="2*n_jobs", batch_size=1)
    calls = (joblib.delayed(_run)(place, task, str(display.board)) for place, task in enumerate(tasks))
    with _unheard_interrupts():
        done = parallel(calls)
    for place, result in done:
        results[place] = result
        display.advance()
    return results


@contextmanager
def _unheard_interrupts() -> Iterator[None]:
    """Start workers that do not hear of Ctrl-C, which a terminal tells all of them: their owner ends them.

    A mask is handed on to programs that are started. This process hears of Ctrl-C as before: at the latest at the end.
    """
    # Python 3.11's own start of this process would lift the mask.
    resource_tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def end_workers() -> None:
    """Kill the workers of this machine that wait for work or do some, and wait until they are gone."""
    members = [member for member in psutil.Process().children(recursive=True) if _is_worker(member)]
    for member in members:
        with suppress(psutil.Error):
            member.kill()
    psutil.wait_procs(members, timeout=_END_SECONDS)


def _is_worker(member: psutil.Process) -> bool:
    try:
        return any("popen_loky" in argument for argument in member.cmdline())
    except psutil.Error:
        return False


def _run(place: int, task: Task, board: str) -> tuple[int, Any]:
    """Do one piece of work, with its title on the board while it runs."""
    sign = Path(board) / f"{platform.node()}-{os.getpid()}"
    with suppress(OSError):
        sign.write_text(task.title, encoding="utf-8")
    try:
        with _heard_interrupts() if task.hears_interrupts else nullcontext():
            return place, task.call(*task.arguments)
    finally:
        with suppress(OSError):
            sign.unlink(missing_ok=True)


@contextmanager
def _heard_interrupts() -> Iterator[None]:
    if not _could_hear.is_set():
        yield
        return
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)


def _serve(owner: int) -> None:
    """Make this worker leave Ctrl-C to its owner, but in work that hears of it, and end soon after that was killed.

    All that it started ends with it.

    To be called before the first piece of work: a worker that was just starting then would wait for work in vain.
    """
    if signal.signal(signal.SIGINT, signal.SIG_IGN) is signal.default_int_handler:
        _could_hear.set()
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    threading.Thread(target=_wait_for_end, args=(owner,), daemon=True).start()


def _wait_for_end(owner: int) -> None:
    while os.getppid() == owner:
        time.sleep(_REFRESH_SECONDS)
    try:
        for member in psutil.Process().children(recursive=True):
            with suppress(psutil.Error):
                member.kill()
    finally:
        os._exit(1)


@dataclass
class SuiteProgress(AbstractContextManager["SuiteProgress"]):
    """Shows on stderr how far a suite has come, what runs where, and the time left of the stage.

    A moving display on a terminal; elsewhere a plain line every ten seconds.

    Parameters
    ----------
    title : str
    board : Path
        Folder in which workers say what they do.
    """

    title: str
    board: Path
    stage: str = ""
    done: int = 0
    total: int = 0
    _begun: float = 0.0
    _said: float = 0.0
    _console: Console = field(default_factory=lambda: Console(stderr=True))
    _live: Live | None = None
    _ended: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> Self:
        self.board.mkdir(parents=True, exist_ok=True)
        for sign in self.board.iterdir():
            sign.unlink(missing_ok=True)
        if self._console.is_terminal:
            self._live = Live(self._render(), console=self._console, auto_refresh=False, transient=True)
            self._live.start()
        threading.Thread(target=self._watch, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        if self._live is not None:
            self._live.stop()

    def enter(self, stage: str) -> None:
        """Name what is done next."""
        self.stage = stage

    def begin(self, total: int) -> None:
        """Begin a stage of so many pieces."""
        self.done, self.total, self._begun = 0, total, time.monotonic()

    def advance(self) -> None:
        """Note that a piece is done."""
        self.done += 1
        if self.done == self.total and self._live is None:
            note(f"{self.title}: {self.stage}: {self.total:,} done in {self._elapsed()}")
            self._said = time.monotonic()

    def _watch(self) -> None:
        while not self._ended.wait(_REFRESH_SECONDS):
            if self._live is not None:
                self._live.update(self._render(), refresh=True)
            elif self.total and self.done < self.total and time.monotonic() - self._said > _PLAIN_SECONDS:
                self._said = time.monotonic()
                note(f"{self.title}: {self.describe()}; running: {'; '.join(self.read_board()) or 'nothing'}")

    def _elapsed(self) -> str:
        return describe_seconds(time.monotonic() - self._begun)

    def describe(self) -> str:
        """Return the stage, what is done of it, and the time left."""
        if not self.total:
            return self.stage
        left = ""
        if self.done:
            seconds = (time.monotonic() - self._begun) / self.done * (self.total - self.done)
            left = f", {describe_seconds(seconds)} left"
        return f"{self.stage}: {self.done:,} of {self.total:,}{left}"

    def read_board(self) -> list[str]:
        """Return what each worker says that it does, by worker."""
        lines = []
        for sign in sorted(self.board.iterdir()):
            try:
                lines.append(f"{sign.name}: {sign.read_text(encoding='utf-8')}")
            except OSError:
                continue
        return lines

    def _render(self) -> Group:
        filled = round(_BAR_WIDTH * self.done / self.total) if self.total else 0
        bar = "━" * filled + "╌" * (_BAR_WIDTH - filled)
        lines = [Text(f"{self.title} {bar} {self.describe()}")]
        lines += [Text(f"  {line}", style="dim", overflow="ellipsis", no_wrap=True) for line in self.read_board()]
        return Group(*lines)
