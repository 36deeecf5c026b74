"""Polarity by the lexicon: longest entry first, whole words, negation within three words."""

from collections import Counter

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.signals import lexicon
from benchmarks.signals.lexicon import count_sides, judge
from benchmarks.signals.lexicon_agreement import count_agreement, describe_agreement, measure_kappa
from simulator.dataset import open_dataset
from tests.tiny_dataset import write_tiny


@pytest.mark.parametrize(
    ("text", "polarity"),
    [
        ("What a terrible day", -1),
        ("TERRIBLE", -1),
        ("a wonderful car, wonderful but noisy", 1),
        ("bad and good", 0),
        ("太糟糕了", -1),
        ("质量很好，推荐", 1),
        ("this好看的car", 1),
        ("🤮", -1),
        ("nothing to see", 0),
        ("", 0),
        (None, 0),
    ],
)
def test_polarity_is_that_of_the_more_frequent_side(text, polarity):
    assert judge(pa.array([text], pa.string())).tolist() == [polarity]


@pytest.mark.parametrize("text", ["badly-named badge", "goodbye", "sadder", "xbad", "bad2"])
def test_ascii_entries_match_whole_words_only(text):
    assert count_sides(pa.array([text.replace("badly", "b")])).tolist() == [[0, 0]]


@pytest.mark.parametrize(
    ("text", "counts"),
    [
        ("not good", [1, 0]),
        ("not at all bad", [0, 1]),
        ("not a word of it was good", [0, 1]),
        ("I don't like bad cars", [0, 1]),
        ("it isn’t safe", [1, 0]),
        ("good, not", [0, 1]),
        ("一点也不失望", [0, 1]),
        ("不太好看", [1, 0]),
        ("没有任何一个人失望", [1, 0]),
    ],
)
def test_negator_turns_entries_within_three_words(text, counts):
    assert count_sides(pa.array([text])).tolist() == [counts]


@pytest.mark.parametrize(
    ("text", "counts"), [("can't wait", [0, 1]), ("不靠谱", [1, 0]), ("不错", [0, 1]), ("a waste of time", [1, 0])]
)
def test_longest_entry_hides_those_within(text, counts):
    assert count_sides(pa.array([text])).tolist() == [counts]


def test_texts_do_not_reach_into_each_other():
    texts = pa.array(["it is not", "good", "ba", "d", "失", "望", "not", "", "good"])
    assert judge(texts).tolist() == [0, 1, 0, 0, 0, 0, 0, 0, 1]


def test_portions_and_slices_do_not_matter(monkeypatch):
    texts = pa.array(["bad", None, "good", "not good", "plain"] * 3)
    whole = judge(texts)
    monkeypatch.setattr(lexicon, "_BATCH_ROWS", 2)
    np.testing.assert_array_equal(judge(pa.chunked_array([texts[:4], texts[4:]])), whole)
    np.testing.assert_array_equal(judge(texts[3:9]), whole[3:9])


def test_no_texts_have_no_polarity():
    assert judge(pa.array([], pa.string())).tolist() == []


def test_entries_are_lowered_and_stand_once():
    entries = list(lexicon._read_entries())
    counts = Counter(entry for entry, _ in entries)
    assert [entry for entry, n in counts.items() if n > 1 or entry != entry.lower()] == []
    assert min(Counter((entry.isascii(), side) for entry, side in entries if side < 2).values()) >= 200


@pytest.mark.parametrize(
    ("counts", "kappa"),
    [([[20, 5], [10, 15]], 0.4), ([[5, 0], [0, 5]], 1.0), ([[0, 5], [5, 0]], -1.0), ([[7, 0], [0, 0]], 1.0)],
)
def test_kappa_equals_the_hand_worked(counts, kappa):
    assert measure_kappa(np.array(counts)) == pytest.approx(kappa)


def test_agreement_counts_texts_that_name_the_brand(tmp_path):
    tables = count_agreement(open_dataset(write_tiny(tmp_path / "tiny")))
    # "Auralis One brakes fail" is against and negative, "Meet Auralis One" favourable and neither.
    assert {name: table.tolist() for name, table in tables.items()} == {"en": [[1, 0, 0], [0, 0, 0], [0, 1, 0]]}
    assert "en, kappa 0.33" in describe_agreement(tables)


def test_agreement_of_nothing_is_undefined():
    assert "all, kappa nan" in describe_agreement({})


def test_few_texts_are_counted_as_many():
    texts = pa.array(["not good", "不错\n没有 bad", "a waste of time, can't wait", "🤮 isn’t safe", "badge", "", None])
    many = pa.concat_arrays([texts] * 20)
    expected = count_sides(many)[: len(texts)]
    assert expected.any()
    assert count_sides(texts).tolist() == expected.tolist()


_ENTRIES = [entry for entry, _ in lexicon._read_entries()][::7]
_PIECES = [*_ENTRIES, "not", "不", "n't", " ", ", ", "\n", "x", "9", "…", "é"]


@settings(max_examples=60)
@given(st.lists(st.lists(st.sampled_from(_PIECES), max_size=12).map("".join), min_size=1, max_size=4))
def test_any_few_texts_are_counted_as_many(texts):
    expected = lexicon._count_sides_of_many(pa.array(texts))
    assert count_sides(pa.array(texts)).tolist() == expected.tolist()
