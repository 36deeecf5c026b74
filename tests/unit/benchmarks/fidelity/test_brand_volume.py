"""Measures of a brand's mentions and of words against tables worked by hand."""

import pytest

from benchmarks.fidelity import brand_volume, word_measures
from tests.some_posts import write_posts

HOUR, ONE_DAY = 60, 24 * 60


def _mention(volumes, step):
    return write_posts([(1, place * step, "a") for place, n in enumerate(volumes) for _ in range(n)])


def test_weekend_ratio_compares_mean_days():
    volumes = [7, 4, 4, 4, 4, 4, 1, 3, 9]
    posts = _mention(volumes, ONE_DAY)
    # From a Monday to a Tuesday, of which the first and the last day may be cut and are left out.
    assert brand_volume.brand_weekend_weekday_ratio(posts).value == pytest.approx(2.5 / 3.8)


def test_peak_over_median_of_five_minutes():
    posts = _mention([2, 2, 8, 2, 2], 5)
    assert brand_volume.brand_peak_to_median_5min(posts).value == 4
    assert brand_volume.brand_peak_to_median_5min(_mention([1, 0, 0, 0, 1], 5)).value is None


def test_burst_height_is_over_the_median_hour():
    volumes = [2] * 40 + [20] + [2] * 40
    posts = _mention(volumes, HOUR)
    assert brand_volume.brand_burst_height(posts).value == 10
    assert brand_volume.brand_burst_rise_h(posts).value == 1
    assert brand_volume.brand_burst_decay_h(posts).value == 1


def test_hourly_series_repeats_after_a_day():
    posts = _mention([1 + 5 * (hour % 24 == 9) for hour in range(24 * 6)], HOUR)
    assert brand_volume.brand_hourly_ac24(posts).value == pytest.approx(1.0)
    assert brand_volume.brand_hour_peak_trough(posts).value == 6


def test_words_are_counted_without_links_and_mentions():
    posts = write_posts([(1, 0, "@bo one two https://a.example"), (1, 1, "one"), (1, 2, "a b c d"), (1, 3, None)])
    assert word_measures.length_tokens(posts).value == 2
    assert word_measures.repost_share(posts).value == 1 / 4
    assert word_measures.mention_share(posts).value == 1 / 4


def test_vocabulary_of_ever_new_words_grows_like_the_text():
    posts = write_posts([(1, n, " ".join(f"w{n}x{place}" for place in range(50))) for n in range(500)])
    assert word_measures.heaps_beta(posts).value == pytest.approx(1.0)
    assert word_measures.ttr_10k(posts).value == 1.0


def test_zipf_exponent_is_that_of_the_frequencies():
    words = [f"w{rank}" for rank in range(1, 1_101) for _ in range(200_000 // (8 * rank))]
    posts = write_posts([(1, 0, " ".join(words[:200_000]))])
    assert word_measures.zipf_s(posts).value == pytest.approx(1.0, abs=0.03)


def test_short_texts_have_no_growth_of_vocabulary():
    assert word_measures.heaps_beta(write_posts([(1, 0, "a b c")])).why_not == "3 tokens, needs 20,000"
