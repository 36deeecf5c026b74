"""Mesa's view of a world: built without a browser, stepped by its own button, and served on loopback."""

import socket
import subprocess
import sys
import time
import urllib.request

import pytest

from benchmarks.live import solara_view
from benchmarks.live.solara_view import WatchedWorld, check_extra, describe_day, make_view
from simulator import load_scenario
from simulator.errors import InputError

SMALL = ("organic.accounts=150", "operators.agency.accounts=12")


@pytest.fixture(scope="module")
def view():
    """Give the view inside an app's frame, as a browser would show it."""
    import solara

    @solara.component
    def Frame():
        with solara.AppLayout():
            make_view("classroom", overrides=SMALL)

    _, rendered = solara.render(Frame(), handle_error=False)
    yield rendered
    rendered.close()


def list_words(widget):
    """Return all texts under a widget."""
    children = list(getattr(widget, "children", None) or ())
    return [text for child in children for text in ([child] if isinstance(child, str) else list_words(child))]


def test_view_has_buttons_and_settings(view):
    words = list_words(view.container)
    assert {"Reset", "▶", "Step", "Twin: the operators stay silent", "Step: 0"} <= set(words)


def test_step_lives_a_day(view):
    import ipyvuetify

    button = next(b for b in view.find(ipyvuetify.Btn).widgets if "Step" in b.children)
    for _ in range(2):
        button.click()
    assert "Step: 2" in list_words(view.container)


def test_world_stops_when_its_days_are_over():
    world = WatchedWorld(load_scenario("classroom", accounts=150, days=2), seed=1)
    running = []
    for _ in range(4):
        world.step()
        running.append(world.running)
    assert (running, world.day) == ([True, False, False, False], 1)


def test_day_is_told_with_what_is_pushed():
    scenario = load_scenario("classroom", accounts=150, days=4)
    told = {}
    for twin in (False, True):
        world = WatchedWorld(scenario, seed=1, twin=twin)
        for _ in range(3):
            world.step()
        told[twin] = describe_day(world)
    assert "day 3 of 4" in told[False]
    assert "(fictitious)" in told[False]
    assert told[True].endswith("pushed: none")
    assert not told[False].endswith("pushed: none")


def test_missing_package_is_one_line(monkeypatch, capsys):
    with pytest.raises(InputError, match=r"needs nowhere, which is not installed. pip install 'smearbench\[live\]'"):
        check_extra(("sys", "nowhere"))
    monkeypatch.setattr(solara_view, "find_spec", lambda name: None)
    with pytest.raises(SystemExit) as ended:
        solara_view.main()
    assert ended.value.code == 2
    assert capsys.readouterr().err.splitlines() == [
        "Mesa's view needs solara, which is not installed. pip install 'smearbench[live]'"
    ]


def test_server_answers_on_loopback():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "benchmarks.live.solara_view", "--port", str(port), "--production"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
        try:
            assert fetch(f"http://127.0.0.1:{port}/", process) == 200
        finally:
            process.terminate()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), timeout=5)


def fetch(url, process, patience=120.0):
    """Return the status of an address as soon as its server is up."""
    until = time.monotonic() + patience
    while time.monotonic() < until and process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=10) as answer:
                return answer.status
        except OSError:
            time.sleep(0.1)
    return None
