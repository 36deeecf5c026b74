"""Bets and their evidence: chosen from the data alone, and sealed apart."""

import pytest

from benchmarks.report.bets import choose_bets, choose_ten
from benchmarks.report.evidence import collect_evidence, read_signs
from benchmarks.report.payload import describe_run
from benchmarks.report.teaching import collect_facts
from benchmarks.report.truth_facts import compare_exposures, find_facts
from simulator.dataset import open_dataset
from simulator.dataset.queries import ask
from simulator.scenario import load_scenario
from tests.tiny_dataset import write_tiny

_DAY = 86_400_000
_BINS = 8  # a day


@pytest.fixture(scope="module")
def dataset(library):
    return open_dataset(library.path(load_scenario("classroom", accounts=600), 1))


@pytest.fixture(scope="module")
def run(dataset):
    return describe_run(dataset)


def test_ten_accounts_are_chosen_of_both_kinds_and_the_same_each_time(dataset, run):
    ten = choose_ten(run.visible, run.truth)
    operated = [run.truth["accounts"]["operated"][i] for i in ten]
    assert len(set(ten)) == 10
    assert sum(operated) == 4
    assert ten == choose_ten(*(lambda again: (again.visible, again.truth))(describe_run(dataset)))


def test_order_of_the_ten_does_not_tell_the_truth(run):
    operated = [run.truth["accounts"]["operated"][i] for i in choose_ten(run.visible, run.truth)]
    assert operated != sorted(operated)
    assert operated != sorted(operated, reverse=True)


def test_operated_ones_are_of_different_squads(run):
    accounts = run.truth["accounts"]
    squads = {accounts["squad"]["codes"][i] for i in choose_ten(run.visible, run.truth) if accounts["operated"][i]}
    assert len(squads) == 2


def test_chosen_accounts_speak_of_the_brand(run):
    assert all(run.visible["accounts"]["brand_posts"][i] > 0 for i in choose_ten(run.visible, run.truth))


def _make_days(talk, pushed):
    """A world of days with so much talk, all on the first of eight bins, of which so much was pushed."""
    spread = lambda counts: [n for count in counts for n in (count, *[0] * (_BINS - 1))]  # noqa: E731
    world = {"start": 0, "end": len(talk) * _DAY, "bin": _DAY // _BINS, "n_bins": len(talk) * _BINS}
    posts = {"minute": [], "about": [], "account": [], "kind": {"words": [], "codes": []}}
    visible = {
        "world": world,
        "series": {"narratives": [spread(talk)], "other": spread([0] * len(talk))},
        "posts": posts,
    }
    accounts = {"handle": [], "followers": [], "brand_posts": []}
    truth = {
        "series": {"fire": spread(pushed)},
        "pushes": [],
        "accounts": {"operated": [], "segment": {"words": [], "codes": []}, "squad": {"codes": []}},
    }
    return visible | {"accounts": accounts}, truth


def test_three_pushed_days_and_the_busiest_of_the_organic_ones_are_spikes():
    talk = [2, 2, 9, 2, 8, 2, 2, 7, 2, 2, 9, 2, 2, 2, 6, 2]
    pushed = [0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 8, 0, 0, 0, 5, 0]
    pushed[6:8] = [0, 6]
    shown, sealed = choose_bets(*_make_days(talk, pushed))
    assert [spike["begin"] // _BINS for spike in shown["spikes"]] == [4, 7, 10, 14]
    assert sealed["organic"] == 0


@pytest.mark.parametrize("pushed", [[0] * 16, [9] * 16])
def test_there_is_no_bet_on_spikes_where_all_are_alike(pushed):
    shown, sealed = choose_bets(*_make_days([2, 9] * 8, pushed))
    assert (shown["spikes"], sealed["organic"]) == ([], -1)


def _make_posts(rows):
    """Posts as (minute, account, text), all about one narrative."""
    minutes = [row[0] for row in rows]
    return {
        "minute": [b - a for a, b in zip([0, *minutes], minutes, strict=False)],
        "account": [row[1] for row in rows],
        "kind": {"words": ["post", "repost"], "codes": [0] * len(rows)},
        "about": [0] * len(rows),
        "text": [row[2] for row in rows],
    }


def test_evidence_is_the_most_alike_post_of_a_squad_mate():
    visible = {
        "world": {"start": 1000 * _DAY}, "narratives": ["fire"],
        "posts": _make_posts(
            [(0, 1, "the battery burns"), (5, 0, "the battery burns"), (9, 2, "the battery burns!"), (9, 2, "nice day")]
        ),
        "accounts": {"followers": [0, 9, 9, 9], "brand_posts": [1, 1, 2, 0], "posts": [1, 9, 9, 9],
                     "created": [990, 1, 1, 1],
                     "client": {"words": ["api", "web"], "codes": [1, 1, 1, 1]}},
    }  # fmt: skip
    truth = {"accounts": {"operated": [1, 0, 1, 0], "squad": {"codes": [0, -1, 0, -1]}}}
    assert collect_evidence(visible, truth, [0])[0]["pairs"] == [[1, 0, 100, -5, 0]]
    visible["posts"]["text"][0] = "the battery is fine"
    (found,) = collect_evidence(visible, truth, [0])
    assert found["pairs"] == [[1, 2, 92, 4, 1]]
    assert found["signs"] == [1, 1, 0, 1, 1, 1]


def test_signs_are_what_all_can_see(run):
    signs = [read_signs(run.visible, i) for i in range(40)]
    assert all(set(one) <= {0, 1} for one in signs)
    assert len({tuple(one) for one in signs}) > 3


def test_facts_are_those_of_the_truth(tmp_path):
    dataset = open_dataset(write_tiny(tmp_path / "tiny"))
    with ask(tables=dataset) as queries:
        facts = find_facts(queries)
        commanded = queries.row("SELECT count(*) FROM truth_posts WHERE push_id IS NOT NULL")[0]
    assert (facts["operated_accounts"], facts["operated_percent"]) == (2, 33.3)
    assert (facts["pushes"], facts["commanded_posts"]) == (dataset.counts["truth_pushes"], commanded)


def test_other_runs_are_compared_in_percent():
    main, others = {"exposures": 200}, [{"exposures": 50}, {"exposures": 300}]
    assert compare_exposures(main, others) == {"least_exposed_percent": 25.0, "most_exposed_percent": 150.0}
    assert compare_exposures(main, []) == {"least_exposed_percent": None, "most_exposed_percent": None}


def test_twin_is_not_the_run_that_was_stopped_first(dataset, library):
    twin = open_dataset(library.path(load_scenario("classroom", accounts=600), 1, "twin"))
    facts = collect_facts([dataset, twin, dataset])
    assert facts["least_exposed_percent"] == 100.0
    assert collect_facts([dataset, twin])["least_exposed_percent"] is None
