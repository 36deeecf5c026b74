"""Near-duplicate posts and the groups behind them; MinHash agrees with datasketch."""

from itertools import pairwise

import numpy as np
import pyarrow as pa
import pytest
from datasketch import MinHash, MinHashLSH

from benchmarks.detectors.near_duplicate import (
    HASHES_PER_BAND,
    N_BANDS,
    NearDuplicate,
    NearDuplicatePosts,
    hash_bands,
)
from benchmarks.signals.text_shingles import shingle
from tests.unit.benchmarks.detectors.observed_acts import (
    FIRST_POST,
    Act,
    columns_by_account,
    groups_of,
    observe_acts,
    rename,
)

CLAIM = "I have to say that the brakes of this Auralis failed me twice on the motorway last {}"
CALM = "the weather was so nice today that we walked along the river until the sun had {}"
DAYS = ("monday", "tuesday", "friday", "weekend")


def _score(folder, acts, **settings):
    accounts = sorted({act.author for act in acts})
    table = NearDuplicatePosts(**settings).score(observe_acts(folder, accounts, acts))
    scores = dict(zip(table["post_id"].to_pylist(), table["score"].to_pylist(), strict=True))
    return [scores[FIRST_POST + place] for place in range(len(acts))]


def _tell(author, hour, text=CLAIM):
    return Act(author, hour, text=text.format(DAYS[author % 4]))


def test_score_counts_the_other_authors_of_the_hour_and_of_the_day(tmp_path):
    acts = [_tell(1, 0.1), _tell(2, 0.2), _tell(3, 5), _tell(3, 5), _tell(4, 30)]
    assert _score(tmp_path, acts) == [1 + 2, 1 + 2, 0 + 2, 0 + 2, 0]


def test_repost_scores_what_it_repeats(tmp_path):
    acts = [_tell(1, 0.1), _tell(2, 0.2), Act(3, 8, "repost", 0), Act(4, 9, "repost", 77)]
    assert _score(tmp_path, acts) == [2, 2, 2, 0]


def test_talk_of_other_things_scores_nothing_unless_asked_for(tmp_path):
    acts = [_tell(1, 0.1, CALM), _tell(2, 0.2, CALM)]
    assert _score(tmp_path / "a", acts) == [0, 0]
    assert _score(tmp_path / "b", acts, brand_only=False) == [2, 2]


def test_an_answer_to_talk_of_the_brand_is_talk_of_the_brand(tmp_path):
    answers = [Act(author, 1, "reply", 0, CALM.format("set")) for author in (2, 3)]
    assert _score(tmp_path, [_tell(1, 0), *answers]) == [0, 2, 2]


def test_bins_can_be_wider(tmp_path):
    assert _score(tmp_path, [_tell(1, 0.1), _tell(2, 3.9)], bin_hours=4.0) == [2, 2]


def test_ids_rows_and_whole_weeks_do_not_matter(tmp_path):
    acts = [_tell(n % 5, n % 7, CALM if n % 3 else CLAIM) for n in range(20)] + [Act(9, 9, "repost", 3)]
    names = [40, 7, 9, 3, 88, 1, 2, 4, 5, 6]
    order = np.random.default_rng(2).permutation(len(acts))
    found = observe_acts(tmp_path / "b", sorted(names), rename(acts, names), order=order, shift_days=7)
    table = NearDuplicatePosts(brand_only=False).score(found)
    scores = dict(zip(table["post_id"].to_pylist(), table["score"].to_pylist(), strict=True))
    assert [scores[FIRST_POST + n] for n in range(21)] == _score(tmp_path / "a", acts, brand_only=False)


@pytest.mark.parametrize("acts", [[], [Act(1)], [Act(1, 0, "repost", 5)]])
def test_worlds_of_almost_nothing_are_scored(tmp_path, acts):
    assert _score(tmp_path, acts) == [0.0] * len(acts)


def _groups(folder, acts, **settings):
    accounts = sorted({act.author for act in acts})
    return groups_of(NearDuplicate(**settings).score(observe_acts(folder, accounts, acts)))


def _own_claim(n):
    words = ["".join(map(chr, word)) for word in np.random.default_rng(n).integers(97, 123, (12, 6))]
    return " ".join(words) + " {}"


def test_accounts_that_told_three_stories_together_are_a_group(tmp_path):
    told = [_tell(author, 24 * day, _own_claim(day)) for day in range(3) for author in (1, 2, 3)]
    once = [_tell(author, 24 * 5, _own_claim(9)) for author in (3, 4, 5, 6)]
    assert _groups(tmp_path, told + once) == {frozenset({1, 2, 3})}


def test_one_common_phrase_glues_nobody(tmp_path):
    told = [_tell(author, hour, CALM) for author in range(6) for hour in range(10)]
    assert _groups(tmp_path, told) == set()


def test_a_few_stories_among_many_texts_link_nobody(tmp_path):
    told = [_tell(author, 24 * day, _own_claim(day)) for day in range(3) for author in (1, 2, 3)]
    own = [Act(author, n, text=_own_claim(100 * author + n)) for author in (1, 2, 3) for n in range(7)]
    assert _groups(tmp_path / "a", told + own, least_share=0.3) == {frozenset({1, 2, 3})}
    assert _groups(tmp_path / "b", told + own, least_share=0.31) == set()


def test_a_story_that_too_many_tell_links_nobody(tmp_path):
    told = [_tell(author, 24 * day, _own_claim(day)) for day in range(3) for author in range(5)]
    assert _groups(tmp_path / "a", told, most_tellers=4) == set()
    assert _groups(tmp_path / "b", told, most_tellers=5) == {frozenset(range(5))}


def test_groups_do_not_change_the_score(tmp_path):
    acts = [_tell(author, 0) for author in (1, 2)]
    table = NearDuplicate().score(observe_acts(tmp_path, [1, 2], acts))
    assert columns_by_account(table, "score", "group_id") == {1: (0.5 / 4, None), 2: (0.5 / 4, None)}


def _vary(n_texts):
    """Texts of twenty words in pairs: of each pair, the second has so many words of its own at the end."""
    texts = []
    for n in range(n_texts // 2):
        words = _own_claim(n).split()[:12] + _own_claim(10_000 + n).split()[:8]
        fresh = _own_claim(20_000 + n).split() + _own_claim(30_000 + n).split()
        n_fresh = n % 20
        texts += [" ".join(words), " ".join(words[: 20 - n_fresh] + fresh[:n_fresh])]
    return texts


@pytest.fixture(scope="module")
def shingles():
    return shingle(pa.array(_vary(1600)))


@pytest.fixture(scope="module")
def sets(shingles):
    return [shingles.hashes[start:end].tolist() for start, end in pairwise(shingles.first)]


def test_buckets_hold_the_same_pairs_as_those_of_datasketch(shingles, sets):
    n_hashes = N_BANDS * HASHES_PER_BAND
    index = MinHashLSH(params=(N_BANDS, HASHES_PER_BAND), num_perm=n_hashes)
    sketches = [_sketch(tokens, n_hashes) for tokens in sets]
    for place, sketch in enumerate(sketches):
        index.insert(place, sketch)
    bands = hash_bands(shingles, np.arange(len(sets)))
    ours = (bands[::2] == bands[1::2]).any(axis=1)
    theirs = np.array([n + 1 in index.query(sketches[n]) for n in range(0, len(sets), 2)])
    similarity = _compare_neighbours(sets)
    # A pair of similarity 0.8 shares one of six bands of four with probability 0.96, one of 0.2 with 0.01.
    alike, strange = similarity >= 0.8, similarity < 0.2
    assert min(ours[alike].mean(), theirs[alike].mean()) > 0.92
    assert max(ours[strange].mean(), theirs[strange].mean()) < 0.02
    # Which pairs between are found is chance for both; how many is not.
    assert ours.sum() == pytest.approx(theirs.sum(), rel=0.1)


def test_share_of_equal_minima_estimates_jaccard_as_well_as_datasketch(shingles, sets, monkeypatch):
    monkeypatch.setattr("benchmarks.detectors.near_duplicate.N_BANDS", 24)
    monkeypatch.setattr("benchmarks.detectors.near_duplicate.HASHES_PER_BAND", 1)
    minima = hash_bands(shingles, np.arange(len(sets)))
    sketches = [_sketch(tokens, 24) for tokens in sets]
    ours = (minima[::2] == minima[1::2]).mean(axis=1) - _compare_neighbours(sets)
    theirs = [sketches[n].jaccard(sketches[n + 1]) for n in range(0, len(sets), 2)] - _compare_neighbours(sets)
    # The standard error of an estimate from 24 hashes is at most 0.10, of the mean of 800 of them 0.004.
    assert ours.mean() == pytest.approx(0, abs=0.015)
    assert theirs.mean() == pytest.approx(0, abs=0.015)
    assert np.abs(ours).mean() == pytest.approx(np.abs(theirs).mean(), abs=0.01)


def _sketch(tokens, n_hashes):
    sketch = MinHash(num_perm=n_hashes, hashfunc=lambda token: token & 0xFFFFFFFF)
    sketch.update_batch(tokens)
    return sketch


def _compare_neighbours(sets):
    """The exact Jaccard similarity of each text of even place with the next."""
    return np.array([len(set(a) & set(b)) / len(set(a) | set(b)) for a, b in zip(sets[::2], sets[1::2], strict=True)])
