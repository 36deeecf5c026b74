"""Which detectors a command line asks for, with which arguments."""

import pytest

from benchmarks.orders import Order, make_orders
from simulator.errors import InputError


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("seed=3", 3),
        ("seed=0.5", 0.5),
        ("seed=true", True),
        ("seed=null", None),
        ('seed="3"', "3"),
        ("seed=mean", "mean"),
        ("seed=", ""),
        ("seed=a=b", "a=b"),
        ("chance.seed=3", 3),
    ],
)
def test_values_are_json_where_they_can_be(text, value):
    assert make_orders(["chance"], [text])[0].parameters == {"seed": value}


def test_parameters_go_to_the_detector_that_they_name():
    first, second = make_orders(["chance", "m.n:C"], ["chance.a=1", "m.n:C.b=2", "m.n:C.c=x"])
    assert (first.parameters, second.parameters) == ({"a": 1}, {"b": 2, "c": "x"})


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"detectors": ["chance"], "parameters": ["seed"]}, "--param: must be k=v or DETECTOR.k=v, got 'seed'."),
        ({"detectors": ["chance"], "parameters": ["3=3"]}, "--param: must be k=v or DETECTOR.k=v, got '3=3'."),
        (
            {"detectors": ["chance", "cusum"], "parameters": ["seed=3"]},
            "--param: must belong to one detector of this run, got 'seed=3'. Write one of chance, cusum before it.",
        ),
        (
            {"detectors": ["chance"], "parameters": ["cusum.seed=3"]},
            "--param: must belong to one detector of this run, got 'cusum.seed=3'. Write one of chance before it.",
        ),
        (
            {"detectors": [], "parameters": ["seed=3"], "commands": ["true"]},
            "--param: must belong to one detector of this run, got 'seed=3'. Name it with --detector.",
        ),
        ({"detectors": ["chance", "chance"]}, "--detector: must name each detector once, got 'chance' twice."),
        (
            {"detectors": [], "command_level": "world"},
            "--command-level: must be one of account, post, group, alert, got 'world'.",
        ),
    ],
)
def test_what_cannot_be_ordered_is_refused(arguments, message):
    with pytest.raises(InputError) as caught:
        make_orders(**arguments)
    assert str(caught.value) == message


def test_programs_come_after_classes_with_their_level():
    orders = make_orders(["oracle", "m:C"], commands=["find_bots --fast"], command_level="post")
    assert orders == [
        Order("oracle"),
        Order("m:C", "m:C"),
        Order("find_bots --fast", command="find_bots --fast", level="post"),
    ]


def test_process_is_told_only_what_it_needs():
    (order,) = make_orders(["chance"], ["seed=3"])
    assert order.to_json() == {
        "reference": "benchmarks.detectors.chance:Chance",
        "command": "",
        "level": "",
        "parameters": {"seed": 3},
    }
