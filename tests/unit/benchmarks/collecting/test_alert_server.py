"""The server that takes alerts in: what it takes, what it refuses, and that a kill loses nothing that it answered."""

import http.client
import json
import socket
from concurrent.futures import ThreadPoolExecutor

import pytest

from benchmarks.alerting.alert_lines import Alert, read_alerts
from benchmarks.collecting import alert_server
from benchmarks.collecting.alert_log import append_alerts, count_lines
from benchmarks.collecting.alert_server import AlertServer, read_listen
from benchmarks.collecting.webhook_body import read_body
from simulator.errors import InputError, OutputError

NOW = 1_795_000_000
NOW_MS = NOW * 1000


def _webhook(*alerts):
    content = {"version": "4", "status": "firing", "groupKey": "{}", "truncatedAlerts": 0}
    return json.dumps(content | {"alerts": list(alerts)}).encode()


def _alert(name, status="firing"):
    started = "2026-11-26T05:00:00.739266876Z"
    return {"status": status, "labels": {"alertname": name, "team": "blue"}, "startsAt": started, "fingerprint": "1a"}


@pytest.fixture
def server(tmp_path):
    with AlertServer(0, tmp_path / "a.ndjson", now=lambda: NOW) as running:
        yield running


def ask(server, method="POST", path=None, body=b'{"name": "x"}', **headers):
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    try:
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path or f"/alerts/{server.token}", body, headers)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


@pytest.mark.parametrize(
    ("body", "alerts"),
    [
        (_webhook(_alert("a"), _alert("b", "resolved"), _alert("c")), [Alert(NOW_MS, "a"), Alert(NOW_MS, "c")]),
        (_webhook(), []),
        (json.dumps({"version": "1", "orgId": 1, "alerts": [_alert("g")]}).encode(), [Alert(NOW_MS, "g")]),
        (b'{"name": "x"}', [Alert(NOW_MS, "x")]),
        (b'{\n "name":\n "x"}', [Alert(NOW_MS, "x")]),
        (b'{"name": "x"}\n{"time": 1795000123, "name": "y"}\n', [Alert(NOW_MS, "x"), Alert(1_795_000_123_000, "y")]),
    ],
)
def test_body_is_read(body, alerts):
    assert read_body(body, NOW_MS) == alerts


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "got none"),
        (b"\xff\x00", "must be a JSON object"),
        (b'"x"', "must be a JSON object"),
        (b'[{"name": "x"}]', "must be a JSON object"),
        (b'{"name": 3}', "name: must be a text"),
        (b'{"name": "x", "time": "noon"}', "time: must be ISO 8601 with a zone"),
        (b'{"name": "x"}\n{"nme": "y"}', "line:2: name"),
        (b'{"alerts": 3}', "alerts: must be a list, got int"),
        (b'{"alerts": [3, {}]}', r"alerts\[1\]: must be an object with labels"),
        (_webhook({"status": "firing", "labels": {}}), r"alerts\[0\]: name: must be"),
        (b"[" * 100_000, "must be"),
    ],
)
def test_body_that_is_none_is_refused_with_a_reason(server, body, message):
    with pytest.raises(ValueError, match=message):
        read_body(body, NOW_MS)
    status, text = ask(server, body=body)
    assert (status, "Traceback" in text) == (400, False)
    assert count_lines(server.path) == 0


def test_alert_is_on_the_disk_when_it_is_answered(server, monkeypatch):
    synced = []
    monkeypatch.setattr("benchmarks.collecting.alert_log.os.fsync", lambda file: synced.append(file))
    assert ask(server, body=_webhook(_alert("a"))) == (200, '{"synthetic": true, "kept": 1}\n')
    assert (len(synced), read_alerts(server.path)) == (1, [Alert(NOW_MS, "a")])


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        (None, {}, 200),
        ("/alerts", {"Authorization": "Bearer {token}"}, 200),
        ("/", {"Authorization": "Bearer {token}"}, 200),
        ("/alerts/", {}, 403),
        ("/alerts/wrong", {}, 403),
        ("/", {"Authorization": "Bearer "}, 403),
        ("/", {"Authorization": "Basic {token}"}, 403),
        (None, {"Host": "evil.example"}, 421),
        (None, {"Host": "127.0.0.1"}, 421),
        (None, {"Host": "localhost:{port}"}, 200),
        (None, {"Content-Length": "2000000"}, 413),
        (None, {"Content-Length": "9" * 5000}, 413),
        (None, {"Content-Length": "-1"}, 411),
        (None, {"Transfer-Encoding": "chunked"}, 411),
    ],
)
def test_request_is_taken_with_the_token_by_its_own_name_and_of_a_stated_size(server, path, headers, status):
    filled = {name: value.format(token=server.token, port=server.port) for name, value in headers.items()}
    assert ask(server, path=path, **filled)[0] == status
    assert count_lines(server.path) == (status == 200)


def test_start_page_says_what_it_is_and_not_the_token(server):
    status, text = ask(server, "GET", "/", None)
    assert (status, "synthetic" in text, server.token in text) == (200, True, False)
    assert ask(server, "GET", "/", None, Host="evil.example")[0] == 421
    assert ask(server, "GET", "/else", None)[0] == 404


def test_method_that_is_unknown_is_refused(server):
    assert ask(server, "DELETE")[0] == 501


@pytest.mark.parametrize("request_text", [b"\x00\xff\r\n\r\n", b"POST\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n"])
def test_nonsense_on_the_wire_is_survived(server, request_text, capfd):
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as connection:
        connection.sendall(request_text)
        connection.shutdown(socket.SHUT_WR)
        assert b"Traceback" not in connection.recv(10_000)
    assert ask(server)[0] == 200
    assert "Traceback" not in capfd.readouterr().err


def test_body_that_ends_early_is_not_kept(server):
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as connection:
        head = f"POST /alerts/{server.token} HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nContent-Length: 99\r\n\r\n"
        connection.sendall(head.encode() + b'{"name": "x"}')
        connection.shutdown(socket.SHUT_WR)
        assert connection.recv(10_000).startswith(b"HTTP/1.1 400")
    assert count_lines(server.path) == 0


def test_many_at_once_are_all_kept(server):
    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(lambda place: ask(server, body=b'{"name": "n%d"}' % place)[0], range(40)))
    assert statuses == [200] * 40
    assert sorted(alert.name for alert in read_alerts(server.path)) == sorted(f"n{place}" for place in range(40))


def test_more_alerts_than_anybody_hears_are_refused(server, monkeypatch):
    monkeypatch.setattr(alert_server, "MOST_ALERTS", 2)
    assert ask(server, body=b'{"name": "a"}\n{"name": "b"}\n{"name": "c"}')[0] == 429
    assert ask(server, body=b'{"name": "a"}\n{"name": "b"}')[0] == 200
    assert ask(server)[0] == 429
    assert count_lines(server.path) == 2


def test_full_disk_is_said_and_keeps_nothing(server, monkeypatch):
    def fail(*_):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("benchmarks.collecting.alert_log.os.pwrite", fail)
        assert ask(server)[0] == 507
    assert (ask(server)[0], count_lines(server.path)) == (200, 1)


def test_nothing_is_taken_behind_the_end(tmp_path):
    with AlertServer(0, tmp_path / "a") as server:
        pass
    assert server.take(b'{"name": "x"}')[0] == 503
    assert count_lines(tmp_path / "a") == 0


def test_server_goes_on_with_its_file(tmp_path):
    append_alerts(tmp_path / "a", [Alert(NOW_MS, "before")])
    with AlertServer(0, tmp_path / "a") as server:
        assert server.n_alerts == 1
        ask(server)
    assert [alert.name for alert in read_alerts(tmp_path / "a")] == ["before", "x"]


def test_torn_line_was_never_answered_and_is_cut(tmp_path):
    path = tmp_path / "a"
    append_alerts(path, [Alert(NOW_MS, "whole")])
    with path.open("ab") as file:
        file.write(b'{"time": 17' + b"9" * 9000)
    append_alerts(path, [Alert(NOW_MS, "next")])
    assert [alert.name for alert in read_alerts(path)] == ["whole", "next"]


def test_file_that_cannot_be_written_is_said(tmp_path):
    with pytest.raises(OutputError, match="cannot be written"):
        AlertServer(0, tmp_path / "none" / "a")


def test_taken_port_is_said(server, tmp_path):
    with pytest.raises(InputError, match=f"must name a free port, got {server.port}"):
        AlertServer(server.port, tmp_path / "b")


@pytest.mark.parametrize("text", ["0.0.0.0:80", "192.168.1.9:80", "[::]:80", "80", ":80", "example.org:80"])
def test_only_loopback_is_listened_on(text):
    with pytest.raises(InputError, match="must listen on loopback"):
        read_listen(text)


@pytest.mark.parametrize("text", ["127.0.0.1", "127.0.0.1:", "127.0.0.1:x", "127.0.0.1:65536", "127.0.0.1:-1"])
def test_port_must_be_one(text):
    with pytest.raises(InputError, match="--collect: must"):
        read_listen(text)


def test_port_is_read():
    assert [read_listen(text) for text in ("127.0.0.1:0", "localhost:9099")] == [0, 9099]
