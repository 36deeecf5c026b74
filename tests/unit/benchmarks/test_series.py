"""The numbers of a step: who spoke of the brand, in what tone, how new, how alike."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.signals.series import BrandNames, BrandSeries, StepNumbers, names_brand
from tests.unit.benchmarks.detectors.observed_stream import CONTEXT, make_batch, moment


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("My AURALIS is here", True),
        ("auralis one!", True),
        ("看看极光吧", True),
        ("买了Auralis很好", True),
        ("#AuralisLaunch tonight", True),
        ("Auraliser", False),
        ("nothing", False),
        (None, False),
    ],
)
def test_brand_is_named_by_its_names_as_whole_words(text, named):
    assert names_brand(pa.array([text], pa.string()), CONTEXT).tolist() == [named]


@pytest.mark.parametrize("context", [{}, {"brand": "", "aliases": []}])
def test_brand_without_names_is_never_named(context):
    assert not names_brand(pa.array(["Auralis"]), context).any()


def test_name_is_no_pattern():
    assert names_brand(pa.array(["A+ (x)", "AAA x"]), {"brand": "A+ (x", "aliases": ["A+ (x)"]}).tolist() == [
        True,
        False,
    ]


@pytest.mark.parametrize("case", [str.lower, str.upper, str.title])
def test_capitals_of_a_name_do_not_count(case):
    assert BrandNames({"brand": "Élan Ärger"}).are_in(case("the élan ärger!"))


_PIECES = ["Auralis", "aurALIS", "ONE", " One", "极光", "#", "Launch", " ", "\n", "_", "9", "é", "k", "ſ", "K"]


@given(st.lists(st.lists(st.sampled_from(_PIECES), max_size=6).map("".join) | st.none(), max_size=8))
def test_one_text_names_the_brand_as_among_many(texts):
    names = BrandNames(CONTEXT | {"aliases": ["k s", "é"]})
    found = names_brand(pa.array(texts, pa.string()), CONTEXT | {"aliases": ["k s", "é"]})
    assert [names.are_in(text) for text in texts] == found.tolist()


def test_empty_step_counts_nothing():
    assert BrandSeries(CONTEXT).count(make_batch(), moment(1)) == StepNumbers()


def test_posts_answers_and_reposts_of_the_brand_are_counted():
    series = BrandSeries(CONTEXT)
    posts = [
        (1, 11, 1, "Auralis is terrible"),
        (2, 12, 2, "terrible rain"),
        (3, 12, 1, "so true"),
        (4, 13, 1, None),
        (5, 13, 2, None),
        (6, 12, 6, "Auralis again"),
    ]
    numbers = series.count(make_batch(posts=posts), moment(1))
    assert (numbers.n_posts, numbers.n_negative, numbers.n_reposts) == (3, 1, 1)
    assert (numbers.n_authors, numbers.n_repeated) == (2, 1)


@pytest.mark.parametrize(("hours", "n_reposts"), [(2, 1), (3, 1), (4, 0)])
def test_thread_is_remembered_for_its_hours(hours, n_reposts):
    series = BrandSeries(CONTEXT, thread_hours=3)
    series.count(make_batch(posts=[(1, 11, 1, "Auralis")]), moment(1))
    for step in range(2, hours):
        series.count(make_batch(), moment(step))
    assert series.count(make_batch(posts=[(2, 12, 1, None)]), moment(hours)).n_reposts == n_reposts


def test_new_authors_are_those_registered_lately():
    series = BrandSeries(CONTEXT, new_days=30)
    series.count(make_batch(accounts=[(13, 29.5), (11, 31), (12, 400)]), moment(1))
    posts = [(n, author, n, "Auralis") for n, author in enumerate((11, 13, 13, 12, 99))]
    numbers = series.count(make_batch(posts=posts), moment(2))
    assert (numbers.n_authors, numbers.n_new_authors) == (4, 1)
    assert series.count(make_batch(posts=[(9, 13, 9, "Auralis")]), moment(40)).n_new_authors == 0


def test_texts_of_equal_words_are_duplicates_of_the_first():
    series = BrandSeries(CONTEXT, text_hours=2)
    same = ["Auralis brakes fail again and again", "auralis BRAKES fail, again and again! 3 https://a.example #x"]
    texts = [*same, "Auralis is what I drive to work", "Auralis ok"]
    posts = [(n, n, n, text) for n, text in enumerate(texts)]
    numbers = series.count(make_batch(posts=posts), moment(1))
    assert (numbers.n_comparable, numbers.n_duplicates) == (3, 1)
    later = series.count(make_batch(posts=[(9, 9, 9, same[0])]), moment(2))
    assert (later.n_comparable, later.n_duplicates) == (1, 1)
    for step in (3, 4):
        series.count(make_batch(), moment(step))
    assert series.count(make_batch(posts=[(10, 9, 10, same[0])]), moment(5)).n_duplicates == 0


def test_batch_is_not_changed():
    batch = make_batch(accounts=[(2, 1), (1, 5)], posts=[(1, 2, 1, "Auralis is bad")])
    before = {name: table.to_pylist() for name, table in batch.tables.items()}
    BrandSeries(CONTEXT).count(batch, moment(1))
    assert {name: table.to_pylist() for name, table in batch.tables.items()} == before


def test_ids_and_order_do_not_matter():
    def count(ids, order):
        series = BrandSeries(CONTEXT)
        accounts = [(ids[a], age) for a, age in ((0, 3), (1, 300))]
        rows = [(1, ids[0], 1, "Auralis is bad"), (2, ids[1], 1, "indeed"), (3, ids[0], 1, None)]
        return series.count(make_batch(accounts=[accounts[i] for i in order], posts=rows), moment(1))

    assert count(np.array([5, 9]), [0, 1]) == count(np.array([90, 2]), [1, 0])
