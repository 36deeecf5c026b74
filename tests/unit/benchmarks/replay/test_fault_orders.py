"""``--fault``: one grammar, units in the value, and errors that say how it is written."""

import pytest

from benchmarks.replay.fault_orders import FORMS, read_faults
from simulator.errors import InputError


@pytest.mark.parametrize(
    ("text", "rate", "amount_ms"),
    [
        ("late=0.01:10m", 0.01, 600_000),
        ("late=1:500ms", 1.0, 500),
        ("duplicate=0.02", 0.02, 0),
        ("duplicate=.5:1.5h", 0.5, 5_400_000),
        ("gap=1e-3:5m", 0.001, 300_000),
        ("burst=0.01:1d", 0.01, 86_400_000),
        ("skew=+90s", 1.0, 90_000),
        ("skew=0.1:-2m", 0.1, -120_000),
        ("malformed=0.001", 0.001, 0),
    ],
)
def test_fault_is_read(text, rate, amount_ms):
    (fault,) = read_faults([text])
    assert (fault.kind, fault.rate, fault.amount_ms, fault.text) == (text.split("=")[0], rate, amount_ms, text)


def test_order_of_faults_does_not_matter():
    texts = ["malformed=0.5", "late=0.1:1s", "gap=0.1:1s"]
    assert read_faults(texts) == read_faults(texts[::-1])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("lost=0.1", f"must be one of {', '.join(FORMS)}, got lost=0.1"),
        ("lates=0.1:1m", "got lates=0.1:1m. Did you mean late?"),
        ("late", "must have a rate above 0 and at most 1, got late. Write it as late=0.01:10m"),
        ("late=0:10m", "a rate above 0"),
        ("late=1.5:10m", "at most 1, got late=1.5:10m"),
        ("late=nan:10m", "a rate above 0"),
        ("late=0.1", "must have a duration as 500ms, 90s, 10m, 2h or 1d, got late=0.1"),
        ("late=0.1:10", "must have a duration as"),
        ("late=0.1:+10m", "must have a duration as"),
        ("late=0.1:0s", "between 1ms and 30d"),
        ("gap=0.1:20ms", "must have a duration between 1s and 30d, got gap=0.1:20ms"),
        ("burst=0.1:31d", "between 1s and 30d"),
        ("skew=90s", "must have a signed duration as [+]90s or -2m, got skew=90s"),
        ("skew=0.1", "must have a signed duration"),
        ("malformed=0.1:1s", "must have a rate alone, got malformed=0.1:1s"),
    ],
)
def test_unusable_fault_is_refused(text, message):
    with pytest.raises(InputError, match=message):
        read_faults([text])


def test_fault_named_twice_is_refused():
    with pytest.raises(InputError, match=r"must name late once, got late=0.1:1s and late=0.2:1s"):
        read_faults(["late=0.1:1s", "late=0.2:1s"])
