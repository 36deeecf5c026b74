"""Who may ask the live server: its own page at its own address, with the token, in a bounded form."""

from http import HTTPStatus

import pytest

from benchmarks.live.wishes import LONGEST_BODY, Gate, Refusal, read_page_number, read_wish

GATE = Gate(4321, "token")
HOST = {"Host": "127.0.0.1:4321"}
POST = HOST | {"Content-Type": "application/json", "Content-Length": "2"}


def refuse(call, *arguments):
    with pytest.raises(Refusal) as caught:
        call(*arguments)
    return caught.value.status


@pytest.mark.parametrize(("path", "rest"), [("/token/", ""), ("/token/pages/3", "pages/3"), ("/token", "")])
def test_path_behind_the_token_is_what_is_asked_for(path, rest):
    assert GATE.check(path, HOST) == rest


@pytest.mark.parametrize("path", ["/", "", "/Token/", "/tokens/", "/toke/", "//token/", "/ä/", "/%74oken/"])
def test_other_token_finds_nothing(path):
    assert refuse(GATE.check, path, HOST) == HTTPStatus.NOT_FOUND


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Host": "127.0.0.1"},
        {"Host": "127.0.0.1:4322"},
        {"Host": "evil.example:4321"},
        HOST | {"Origin": "http://evil.example"},
        HOST | {"Origin": "null"},
        HOST | {"Origin": "https://127.0.0.1:4321"},
        HOST | {"Sec-Fetch-Site": "cross-site"},
        HOST | {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_other_host_or_origin_is_forbidden_even_with_the_token(headers):
    assert refuse(GATE.check, "/token/", headers) == HTTPStatus.FORBIDDEN


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost"])
def test_both_names_of_this_machine_are_good(name):
    assert GATE.check("/token/", {"Host": f"{name}:4321", "Origin": f"http://{name}:4321"}) == ""


def test_wish_of_its_own_page_is_taken():
    assert GATE.check_post("/token/worlds", POST) == 2


@pytest.mark.parametrize(
    ("path", "change", "status"),
    [
        ("/token/", {}, HTTPStatus.NOT_FOUND),
        ("/other/worlds", {}, HTTPStatus.NOT_FOUND),
        ("/token/worlds", {"Host": "evil.example"}, HTTPStatus.FORBIDDEN),
        ("/token/worlds", {"Content-Type": "text/plain"}, HTTPStatus.UNSUPPORTED_MEDIA_TYPE),
        ("/token/worlds", {"Content-Type": "application/x-www-form-urlencoded"}, HTTPStatus.UNSUPPORTED_MEDIA_TYPE),
        ("/token/worlds", {"Content-Length": ""}, HTTPStatus.LENGTH_REQUIRED),
        ("/token/worlds", {"Content-Length": "-1"}, HTTPStatus.LENGTH_REQUIRED),
        ("/token/worlds", {"Content-Length": "²"}, HTTPStatus.LENGTH_REQUIRED),
        ("/token/worlds", {"Content-Length": str(LONGEST_BODY + 1)}, HTTPStatus.REQUEST_ENTITY_TOO_LARGE),
        ("/token/worlds", {"Content-Length": "9" * 5000}, HTTPStatus.REQUEST_ENTITY_TOO_LARGE),
    ],
)
def test_other_wish_is_refused(path, change, status):
    assert refuse(GATE.check_post, path, POST | change) == status


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"[" * 4000])
def test_wish_that_is_no_json_is_refused(body):
    assert refuse(read_wish, body) == HTTPStatus.BAD_REQUEST


@pytest.mark.parametrize(
    ("rest", "number"),
    [("pages/12", 12), ("pages/", None), ("pages/-1", None), ("pages/../x", None), ("worlds", None), ("pages/²", None)],
)
def test_pages_have_numbers(rest, number):
    assert read_page_number(rest) == number
