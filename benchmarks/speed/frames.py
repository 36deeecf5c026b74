"""How long a frame of the page takes while it plays the busiest weeks of a world, in a headless browser."""

import shutil
import tempfile
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.signals.networks import Ints
from benchmarks.speed.processes import measure
from benchmarks.speed.suite import SCENARIO
from simulator.dataset import open_dataset
from simulator.errors import InputError

ACCOUNTS, QUICK_ACCOUNTS = 2_000, 500
DAYS = 14
HOURS_A_SECOND = 48
WINDOWS = ((1280, 720), (1920, 1080))
MOST_MS = 16.7
LINES = {
    "script_ms": "scripts",
    "main_thread_ms": "main thread",
    "apart_ms": "between frames",
}
_MS_A_DAY, _MINUTES_A_DAY = 86_400_000, 1440
_ARGUMENTS = ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars")
_MOST_SECONDS = 120.0

_WAIT = """
const done = arguments[0];
(function look() { if (window.smearbench && smearbench.ready) done(); else setTimeout(look, 20); })();
"""
# A message that is sent at the start of a frame arrives when the main thread has drawn it. The page's own
# frameMs keep the latest frames alone, so each is taken as it comes.
_PLAY = """
const [minutes, until, speed, done] = arguments, app = window.smearbench, channel = new MessageChannel();
const frames = {script_ms: [], main_thread_ms: [], apart_ms: []};
let last = 0, begun = 0, ended = false;
channel.port1.onmessage = function () {
  frames.main_thread_ms.push(performance.now() - begun);
  frames.script_ms.push(app.frameMs.at(-1));
  if (ended) done(frames);
};
function frame(now) {
  begun = performance.now();
  if (last) frames.apart_ms.push(now - last);
  last = now;
  ended = app.state.get().time >= until || !app.state.get().playing;
  if (ended) app.state.set({playing: false});
  else requestAnimationFrame(frame);
  channel.port2.postMessage(null);
}
app.state.set({time: minutes, speed: speed});
requestAnimationFrame(frame);
app.clock.toggle();
"""


def check_browser() -> None:
    """Check that there is a browser and what drives it.

    Raises
    ------
    InputError
        When chromium, chromedriver or selenium is missing; says how to get them.
    """
    missing = [name for name in ("chromium", "chromedriver") if shutil.which(name) is None]
    missing += [] if find_spec("selenium") else ["selenium"]
    if missing:
        raise InputError(
            f"frames: must have chromium, chromedriver and selenium, got no {', '.join(missing)}. "
            "apt install chromium chromium-driver; pip install selenium."
        )


def run_frames(accounts: int, tell: Callable[[str], None]) -> dict[str, Any]:
    """Play the page of a world in windows of two sizes; return the figures.

    Parameters
    ----------
    accounts : int
        Size of the world.
    tell : callable
        Is told what is being done.

    Returns
    -------
    dict
        `accounts`, `posts`, `page_bytes`, `from_day` (of the run), `days`, `hours_a_second`, and `windows`: of each
        its size, `frames`, and median and 95th percentile in ms of what `LINES` names.
    """
    with tempfile.TemporaryDirectory(prefix="smearbench-speed-") as folder:
        home, page = Path(folder) / "world", Path(folder) / "report.html"
        tell("frames: world and page")
        measure(("-m", "benchmarks", "simulate", SCENARIO, "--accounts", str(accounts), "-o", str(home), "--json"))
        measure(("-m", "benchmarks", "report", str(home), "-o", str(page), "--json"))
        per_day = _count_posts_a_day(home)
        day = find_busiest(per_day, DAYS)
        windows = []
        for width, height in WINDOWS:
            tell(f"frames: {width} x {height}")
            windows.append({"width": width, "height": height} | summarise(play(page, (width, height), day)))
        return {
            "accounts": accounts,
            "posts": int(per_day.sum()),
            "page_bytes": page.stat().st_size,
            "from_day": day,
            "days": DAYS,
            "hours_a_second": HOURS_A_SECOND,
            "windows": windows,
        }


def _count_posts_a_day(home: Path) -> Ints:
    dataset = open_dataset(home)
    times_ms = dataset.table("posts", ["created_at"])["created_at"].to_numpy().astype("datetime64[ms]").astype(np.int64)
    return np.bincount((times_ms - times_ms.min()) // _MS_A_DAY)


def find_busiest(per_day: Ints, days: int) -> int:
    """Return the first of the consecutive days with the most posts.

    Parameters
    ----------
    per_day : int64 array of shape (n_days,)
        Posts a day.
    days : int
        How many days; all there are, when there are fewer.
    """
    sums = np.convolve(per_day, np.ones(min(days, len(per_day)), dtype=np.int64), mode="valid")
    return int(sums.argmax())


def play(page: Path, size: tuple[int, int], day: int) -> dict[str, list[float]]:
    """Play the page from a day on; return the ms of each frame, by what is measured."""
    from selenium import webdriver

    options = webdriver.ChromeOptions()
    options.binary_location = str(shutil.which("chromium"))
    for argument in (*_ARGUMENTS, "--lang=en-GB"):
        options.add_argument(argument)
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(shutil.which("chromedriver")))
    try:
        metrics = {"width": size[0], "height": size[1], "deviceScaleFactor": 1, "mobile": False}
        driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
        driver.set_script_timeout(_MOST_SECONDS)
        driver.get(page.as_uri())
        driver.execute_async_script(_WAIT)
        span = (day * _MINUTES_A_DAY, (day + DAYS) * _MINUTES_A_DAY)
        found: dict[str, list[float]] = driver.execute_async_script(_PLAY, *span, HOURS_A_SECOND)
        return found
    finally:
        driver.quit()


def summarise(frames: dict[str, list[float]]) -> dict[str, Any]:
    """Return the number of frames, and median and 95th percentile of each figure.

    Examples
    --------
    >>> summarise({"script_ms": [1.0, 2.0, 3.0]})
    {'frames': 3, 'script_ms': {'median': 2.0, 'p95': 2.9}}
    """
    shown = {name: _find_percentiles(values) for name, values in frames.items()}
    return {"frames": len(next(iter(frames.values()))), **shown}


def _find_percentiles(values: Sequence[float]) -> dict[str, float]:
    median, p95 = np.percentile(np.asarray(values, dtype=np.float64), (50, 95))
    return {"median": round(float(median), 2), "p95": round(float(p95), 2)}


def lay_out_frames(found: dict[str, Any]) -> tuple[list[str], list[list[str]]]:
    """Return the headings and the cells of the table: a row for each window and what is measured."""
    rows = [
        [
            f"{window['width']} x {window['height']}, {label}",
            *(f"{window[name][what]:.1f}" for what in ("median", "p95")),
        ]
        for window in found["windows"]
        for name, label in LINES.items()
    ]
    return ["ms a frame", "median", "95 %"], rows


def describe_frames(found: dict[str, Any]) -> str:
    """Return what was played, in lines of at most 80 columns."""
    n_frames = " and ".join(f"{window['frames']:,}" for window in found["windows"])
    return (
        f"{SCENARIO}, {found['accounts']:,} accounts, {found['posts']:,} posts:\n"
        f"{found['days']} days from day {found['from_day']} at {found['hours_a_second']} hours a second, "
        f"{n_frames} frames.\n"
        f"{MOST_MS} ms are 60 frames a second. Main thread: scripts, styles, layout, drawing."
    )
