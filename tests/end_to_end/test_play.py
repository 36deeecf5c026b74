"""The command play: a server on loopback that answers its own page and nobody else, and leaves nothing behind."""

import http.client
import json
import os
import re
import signal
import subprocess
import sys
import threading
from urllib.parse import urlsplit

import pytest

from benchmarks.live.server import LiveServer
from benchmarks.live.stage import Cast, Stage

SMALL = ("--accounts", "200", "--days", "4")


@pytest.fixture(scope="module")
def server():
    made = LiveServer(Stage(Cast("classroom", accounts=200, days=4)))
    thread = threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield made
    made.shutdown()
    made.close()
    thread.join()


def ask(server, method, place, body=None, **headers):
    """Send one request; return status, headers and text. `place` is behind the token unless it begins with /."""
    path = place if place.startswith("/") else f"/{server.gate.token}/{place}"
    connection = http.client.HTTPConnection("127.0.0.1", server.gate.port, timeout=60)
    try:
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        return answer.status, dict(answer.getheaders()), answer.read().decode("utf-8")
    finally:
        connection.close()


def wish(server, changes, window="one"):
    headers = {"Content-Type": "application/json", "X-Window": window}
    status, _, text = ask(server, "POST", "worlds", json.dumps(changes), **headers)
    return status, json.loads(text)


def test_shell_asks_nothing_of_another_server(server):
    status, headers, text = ask(server, "GET", "")
    assert status == 200
    policy = headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert (headers["Referrer-Policy"], headers["Cache-Control"]) == ("no-referrer", "no-store")
    assert not re.search(r"(src|href)=|https?://|@import|url\(", text)


def test_wish_gives_a_page_and_its_figures(server):
    status, answer = wish(server, {"stop": -1})
    assert (status, answer["synthetic"], answer["changes"]) == (200, True, {"stop": -1})
    assert answer["figures"]["operated"] == 20
    status, headers, page = ask(server, "GET", answer["page"])
    assert (status, headers["Content-Security-Policy"]) == (200, "frame-ancestors 'self'")
    assert 'id="payload-visible"' in page
    assert "default-src 'none'" in page


def test_earlier_stop_lets_fewer_people_see_it(server):
    late, early = wish(server, {})[1]["figures"], wish(server, {"stop": -2})[1]["figures"]
    assert 0 <= early["exposures"] < late["exposures"]
    assert early["pushed"] < late["pushed"]


def test_wrong_wish_is_told_in_words(server):
    status, answer = wish(server, {"stop": 99})
    assert status == 400
    assert answer["problems"] == ["changes.stop: must be a whole number from -2 to 1, got 99."]


@pytest.mark.parametrize(
    ("method", "place", "headers", "status"),
    [
        ("GET", "/", {}, 404),
        ("GET", "/wrong/", {}, 404),
        ("GET", "pages/999", {}, 404),
        ("GET", "../../etc/passwd", {}, 404),
        ("GET", "", {"Host": "evil.example"}, 403),
        ("GET", "", {"Origin": "http://evil.example"}, 403),
        ("POST", "worlds", {"Content-Type": "text/plain"}, 415),
        ("POST", "/wrong/worlds", {"Content-Type": "application/json"}, 404),
        ("PUT", "worlds", {}, 501),
    ],
)
def test_others_are_turned_away(server, method, place, headers, status):
    found, answered, text = ask(server, method, place, "{}" if method == "POST" else None, **headers)
    assert found == status
    assert server.gate.token not in text
    assert "Access-Control-Allow-Origin" not in answered


def test_two_windows_both_get_their_worlds(server):
    answers = {}
    threads = [
        threading.Thread(target=lambda w=window, s=seed: answers.update({w: wish(server, {"seed": s}, w)[1]}))
        for window, seed in (("one", 7), ("two", 8))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [answers[window]["changes"]["seed"] for window in ("one", "two")] == [7, 8]


def test_only_the_last_pages_are_kept(server):
    numbers = [server.keep(f"page {n}") for n in range(6)]
    assert [server.page(number) is not None for number in numbers] == [False, False, True, True, True, True]


def test_server_listens_on_loopback_alone(server):
    assert server.socket.getsockname()[0] == "127.0.0.1"


def test_failure_is_told_and_the_server_goes_on(server, monkeypatch, capfd):
    monkeypatch.setattr(server.stage, "perform", lambda wish, window: 1 / 0)
    status, answer = wish(server, {})
    assert (status, answer["problems"]) == (500, ["The run failed: ZeroDivisionError: division by zero"])
    assert "ZeroDivisionError" in capfd.readouterr().err
    monkeypatch.undo()
    assert ask(server, "GET", "")[0] == 200


def start_play(tmp_path, *arguments):
    command = [sys.executable, "-m", "benchmarks", "play", *arguments]
    environment = os.environ | {"TMPDIR": str(tmp_path)}
    # A process that is started in the background of a shell would not hear Ctrl-C.
    return subprocess.Popen(
        command,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )


def test_command_prints_an_address_and_ends_with_ctrl_c(tmp_path):
    with start_play(tmp_path, "classroom", *SMALL, "--json") as process:
        told = json.loads(process.stdout.readline())
        port = urlsplit(told["url"]).port
        assert (told["synthetic"], urlsplit(told["url"]).hostname) == (True, "127.0.0.1")
        with start_play(tmp_path, "classroom", *SMALL, "--port", str(port)) as other:
            _, said = other.communicate(timeout=60)
        assert other.returncode == 2
        assert f"--port: must be free on 127.0.0.1, got {port}: Address already in use." in said
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Traceback" not in said
    assert list(tmp_path.glob("smearbench-play-*")) == []
