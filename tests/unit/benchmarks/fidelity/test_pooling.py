"""Several worlds together: medians, judged anew, and how alike the seeds of one scenario are."""

from dataclasses import asdict

import pytest

from benchmarks.fidelity.facts import find_fact
from benchmarks.fidelity.intervals import Band, find_band
from benchmarks.fidelity.pooling import find_agreement, pool_documents

POPULATION, FACT = "organic:airline-tweets", "url_share"
REAL = find_fact(POPULATION, FACT)
BAND = find_band(REAL)
FAR = 2 * BAND.most


def make_document(seed, value, *, why_not=""):
    fact = {
        "fact": FACT,
        "synthetic": {"value": value, "low": None, "high": None, "n": 9, "why_not": why_not},
        "real": {"population": POPULATION, "value": REAL.value},
        "band": asdict(BAND),
        "inside": None if value is None else BAND.holds(value),
        "near": None,
    }
    hours = {"synthetic": [0.0 if value is None else 1.0 + value], "real": [0.5]}
    pair = {"pair": "brand_mentions", "n_posts": 10 * seed, "n_accounts": seed, "facts": [fact], "hours": hours}
    sides = {side: {"value": value, "why_not": why_not} for side in ("fast", "slow", "organic")}
    contrast = {
        "real_log_ratio": 2.0,
        "fast_log_ratio": None if value is None else 3.0,
        "slow_log_ratio": None if value is None else 0.5 * seed,
        "fast_differs": None,
    }
    return {"dataset": {"seeds": [seed]}, "pairs": [pair], "contrast": [contrast | sides]}


def test_the_median_is_judged_not_the_worlds():
    pooled = pool_documents([make_document(seed, value) for seed, value in enumerate([0.0, REAL.value, FAR], 1)])
    (pair,) = pooled["pairs"]
    (fact,) = pair["facts"]
    assert fact["synthetic"] == {"value": REAL.value, "low": 0.0, "high": FAR, "n": 3, "why_not": ""}
    assert (fact["inside"], fact["near"], pair["score"], pair["near_score"]) == (True, True, 1.0, 1.0)
    assert (pair["n_posts"], pair["n_accounts"]) == (20, 2)
    assert pair["hours"]["synthetic"] == [pytest.approx(1 + (REAL.value + FAR) / 3)]
    assert pooled["dataset"]["seeds"] == [1, 2, 3]


def test_what_most_worlds_have_not_is_missing():
    documents = [make_document(1, 0.1), *(make_document(seed, None, why_not="no posts") for seed in (2, 3))]
    (pair,) = pool_documents(documents)["pairs"]
    (fact,) = pair["facts"]
    assert fact["synthetic"]["value"] is None
    assert fact["synthetic"]["why_not"] == "1 of 3 worlds: no posts"
    assert (fact["inside"], fact["agreement"], pair["score"], pair["agreement"]) == (None, None, None, None)


def test_what_most_worlds_have_not_makes_no_contrast():
    documents = [make_document(1, 0.1), *(make_document(seed, None, why_not="no posts") for seed in (2, 3))]
    (row,) = pool_documents(documents)["contrast"]
    assert (row["fast"]["value"], row["fast_log_ratio"], row["fast_differs"]) == (None, None, None)


def test_hours_are_those_of_worlds_with_posts():
    documents = [make_document(1, 0.1), make_document(2, None, why_not="no posts")]
    assert pool_documents(documents)["pairs"][0]["hours"]["synthetic"] == [1.1]
    assert pool_documents(documents[1:] * 2)["pairs"][0]["hours"]["synthetic"] == [0.0]


def test_population_need_not_be_a_shipped_one():
    documents = [make_document(seed, REAL.value) for seed in (1, 2)]
    for found in documents:
        found["pairs"][0]["facts"][0]["real"]["population"] = "reference"
    assert pool_documents(documents)["pairs"][0]["score"] == 1.0


def test_contrast_is_of_the_medians_of_log_ratios():
    (row,) = pool_documents([make_document(seed, 0.1) for seed in (1, 2, 3)])["contrast"]
    assert (row["fast_log_ratio"], row["slow_log_ratio"]) == (3.0, 1.0)
    assert (row["fast_differs"], row["slow_overlaps"]) == (True, False)


@pytest.mark.parametrize(
    ("band", "values", "agreement"),
    [
        (Band(5, 7, 4, 8, "interval"), [0.0, 2.0, 3.0], 4 / 6),
        (Band(10, 20, 5, 40, "log interval"), [1.0, 2.8, 3.0], 4 / 6),
        (Band(3, 5, 3, 5, "share"), [4.0, 5.2], 1 / 2),
        (Band(0, 0, 0, 0, "share"), [0.0, 0.0, 0.1], 2 / 6),
        (Band(5, 7, 4, 8, "interval"), [1.0], None),
    ],
)
def test_agreement_moves_the_band_to_each_world(band, values, agreement):
    # Half widths: 2; a factor of the root of 8; a quarter of the other value, within which 4 is of 5.2, not 5.2 of 4.
    assert find_agreement(band, values) == (agreement if agreement is None else pytest.approx(agreement))
