"""The pairs and the facts: every fact is measured or excluded with a reason, and bands are as documented."""

import numpy as np
import pytest

from benchmarks.fidelity.facts import Fact, find_facts, read_facts
from benchmarks.fidelity.fidelity import hold
from benchmarks.fidelity.intervals import find_band, is_near
from benchmarks.fidelity.measures import MEASURE_BY_FACT
from benchmarks.fidelity.pairs import Pair, read_pairs
from benchmarks.fidelity.posts import thin, thin_to_mean
from benchmarks.fidelity.slices import SLICES
from simulator.errors import InputError
from tests.some_posts import write_posts

PAIRS = read_pairs().pairs
ONE_DAY = 24 * 60


def make_fact(name="share", value=0.4, low=None, high=None, n=100, note=""):
    return Fact(name, "", "", value, low, high, n, "", note)


def wilson_of_a_half(n):
    """Return Wilson's interval of 95 % for n/2 of n cases, 1/2 -+ 1.96 / (2 sqrt(n + 1.96^2)), widened by half."""
    half = 1.96 / (2 * (n + 1.96**2) ** 0.5)
    return 0.5 - 2 * half, 0.5 + 2 * half


@pytest.mark.parametrize("name", PAIRS)
def test_every_fact_of_a_pair_is_measured_or_excluded(name):
    pair = PAIRS[name]
    assert pair.synthetic in SLICES
    assert pair.facts
    assert not [fact.name for fact in pair.facts if fact.name not in MEASURE_BY_FACT]
    assert not set(pair.excluded) - set(find_facts(pair.real)), "excluded facts that the population has not"


@pytest.mark.parametrize("name", read_pairs().contrast)
def test_contrast_compares_facts_that_both_populations_have(name):
    entry = read_pairs().contrast[name]
    assert name in find_facts(entry.fast)
    assert name in find_facts(entry.organic)
    assert entry.pair in PAIRS or entry.slice in SLICES


def test_facts_keep_their_sources_and_say_what_was_recalled():
    assert all(fact.source and fact.definition for fact in read_facts())
    assert [fact.name for fact in read_facts() if fact.is_recalled] == ["twitter_reciprocity"]


def test_hour_profiles_are_read_from_their_notes():
    profile = find_facts("organic:airline-tweets")["hour_profile"].profile
    assert len(profile) == 24
    assert sum(profile) == pytest.approx(1, abs=1e-3)


@pytest.mark.parametrize(
    ("fact", "least", "most"),
    [
        (make_fact(low=0.4, high=0.6), 0.3, 0.7),
        (make_fact("push_gap_s", 20, 10, 40), 5, 80),
        (make_fact("push_duration_min", 20, 0, 40), -20, 60),
        (make_fact(low=0.4, high=0.4), 0.3, 0.5),
        (make_fact(value=-0.4), -0.5, -0.3),
        (make_fact("daily_volume_ac1", 0.2, n=49), 0.2 - 0.28, 0.2 + 0.28),
        (make_fact("push_accounts", 5.0, 5.0, 5.0, n=135), 3.75, 6.25),
        (make_fact("sync_group_min60", 0.5, n=4), *wilson_of_a_half(4)),
        (make_fact("sync_le1h", 0.5, n=9, note="4 groups; minute resolution"), *wilson_of_a_half(4)),
    ],
)
def test_band_is_the_interval_widened_by_half_its_width(fact, least, most):
    band = find_band(fact)
    assert (band.least, band.most) == (pytest.approx(least), pytest.approx(most))
    assert band.holds(most - 1e-9)
    assert not band.holds(most + 1e-6)


def test_near_is_within_a_quarter():
    assert is_near(0.4, 0.5)
    assert not is_near(0.4, 0.51)


def _pair(**settings):
    return Pair(synthetic="everyday_posts", real="organic:DE-election-Twitter", why="", **settings)


def test_times_are_floored_to_the_resolution_of_the_source():
    posts = write_posts([(1, 0.5, "a"), (1, 1.9, "a")])
    held = hold(_pair(resolution="minute"), posts)
    assert ((held.posts.at_ms - posts.at_ms[0] + 30_000) // 1000).tolist() == [0, 60]


def test_window_is_the_one_with_the_median_number_of_posts():
    volumes = (5, 5, 1, 1, 3, 3, 9)
    posts = write_posts([(1, day * ONE_DAY + minute, "a") for day, n in enumerate(volumes) for minute in range(n)])
    assert len(hold(_pair(window_days=2), posts).posts) == 6


def test_sample_holds_no_more_accounts_and_posts_than_the_source():
    posts = write_posts([(account, minute, "a") for minute in range(10) for account in range(20)])
    held = hold(_pair(accounts=5, posts=30), posts)
    assert len(set(held.posts.account.tolist())) == 5
    assert len(held.posts) == 30


def test_source_of_one_topic_is_thinned_to_its_posts_an_account():
    posts = write_posts([(account, minute, "a") for minute in range(100) for account in range(200)])
    # Of 200 accounts with Poisson 2.82 posts each, 12 have none, and the others have three.
    held = hold(_pair(accounts=1000, posts=3000, thinned=True), posts).posts
    n_accounts = len(np.unique(held.account))
    assert len(held) == pytest.approx(3 * n_accounts, abs=3)
    assert n_accounts == pytest.approx(188, abs=10)


@pytest.mark.parametrize("mean", [1.0, 1.3, 1.9, 3.0])
def test_no_larger_sample_has_as_few_posts_an_account(mean):
    # Of few accounts that post very much: the mean of a growing sample goes up and down.
    accounts = np.random.default_rng(1).zipf(1.6, 400) % 97
    posts = write_posts([(int(account), minute, "a") for minute, account in enumerate(accounts)])
    means = [n / len(np.unique(thin(posts, n).account)) for n in range(1, len(posts) + 1)]
    assert len(thin_to_mean(posts, mean)) == max(n for n, of_n in enumerate(means, 1) if of_n <= mean)


def test_nothing_is_thinned_of_nothing():
    assert len(thin_to_mean(write_posts([]), 2.0)) == 0


def test_broken_pairs_are_refused(tmp_path):
    path = tmp_path / "pairs.yaml"
    path.write_text("pairs: {one: {synthetic: fast_squad, real: x, why: y, window_days: -1}}\ncontrast: {}\n")
    with pytest.raises(InputError, match=r"pairs\.one\.window_days: input should be greater than 0"):
        read_pairs(path)
