"""How long a server that is busy may make a replay wait."""

import pytest

from benchmarks.replay.http_sink import _read_wait


@pytest.mark.parametrize(
    ("text", "seconds"),
    [(None, None), ("0", 0), ("120", 120), ("-1", None), ("soon", None), ("9" * 12, 86_400), ("9" * 400, 86_400)],
)
def test_wait_is_what_was_asked_for_and_a_day_at_most(text, seconds):
    assert _read_wait(text) == seconds
