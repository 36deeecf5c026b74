"""Synchrony in time bins: who shares the same things at the same times is alike, whatever else he does."""

import numpy as np
import pytest

from benchmarks.detectors.synchrony import Synchrony
from tests.tiny_dataset import HOUR, START
from tests.unit.benchmarks.detectors.observed_acts import (
    FIRST_POST,
    Act,
    columns_by_account,
    draw_acts,
    groups_of,
    observe_acts,
    rename,
)

SEED = Act(9, text="look at this")


def _score(folder, accounts, acts, **settings):
    return Synchrony(**{"brand_only": False} | settings).score(observe_acts(folder, accounts, acts))


def _share(author, *hours, tags=("a",)):
    return [Act(author, hour, tags=tags) for hour in hours]


def test_similarity_is_the_shrunk_jaccard_of_tuples(tmp_path):
    # Account 1 has tuples at hours 0, 10, 20 and 30; account 2 at 0, 10, 20: three shared, four in all.
    acts = _share(1, 0, 10, 20, 30) + _share(2, 0, 10, 20)
    scores = columns_by_account(_score(tmp_path, [1, 2, 3], acts, prior_tuples=0.0), "score")
    assert scores == {1: 3 / 4, 2: 3 / 4, 3: 0}
    scores = columns_by_account(_score(tmp_path / "shrunk", [1, 2], acts, prior_tuples=5.0), "score")
    assert scores == {1: 3 / 9, 2: 3 / 9}


@pytest.mark.parametrize(("bins_apart", "matches"), [(0, True), (1, True), (2, False)])
def test_neighbouring_bins_match_and_others_do_not(tmp_path, bins_apart, matches):
    acts = _share(1, 0.5, 10.5, 20.5) + _share(2, *(bins_apart + hour for hour in (0.5, 10.5, 20.5)))
    scores = columns_by_account(_score(tmp_path, [1, 2], acts), "score")
    assert (scores[1] > 0, scores[2] > 0) == (matches, matches)


def test_last_bin_of_one_object_is_no_neighbour_of_the_first_of_the_next(tmp_path):
    acts = [*_share(1, 3, 3, 3, tags=("a",)), *_share(2, 0, 0, 0, tags=("b",))]
    acts += [*_share(1, 0, tags=("b",)), *_share(2, 3, tags=("a",))]
    assert columns_by_account(_score(tmp_path, [1, 2], acts, least_matches=3), "score") == {1: 0, 2: 0}


def test_few_matches_do_not_count(tmp_path):
    acts = _share(1, 0, 10) + _share(2, 0, 10)
    assert set(columns_by_account(_score(tmp_path, [1, 2], acts), "score").values()) == {0}


def test_an_object_of_a_crowd_says_nothing(tmp_path):
    acts = [act for author in range(6) for act in _share(author, 0, 10, 20)]
    crowded = _score(tmp_path / "a", range(6), acts, most_accounts=5)
    assert set(columns_by_account(crowded, "score").values()) == {0}
    assert groups_of(_score(tmp_path / "b", range(6), acts, most_accounts=6)) == {frozenset(range(6))}


def test_reposts_and_links_are_objects_too(tmp_path):
    acts = [SEED, Act(1, 1, "repost", 0), Act(2, 1, "repost", 0)]
    acts += [Act(author, hour, urls=("https://a.example",)) for author in (1, 2) for hour in (10, 20)]
    assert columns_by_account(_score(tmp_path, [1, 2, 9], acts), "score") == {1: 3 / 8, 2: 3 / 8, 9: 0}


def test_groups_are_components_of_three_or_more(tmp_path):
    acts = [act for author in (1, 2, 3) for act in _share(author, 0, 10, 20)]
    acts += [act for author in (4, 5) for act in _share(author, 0, 10, 20, tags=("b",))]
    assert groups_of(_score(tmp_path, range(1, 7), acts)) == {frozenset({1, 2, 3})}


@pytest.mark.parametrize("seed", range(3))
def test_scores_equal_the_slow_twin(tmp_path, seed):
    acts = draw_acts(seed, 8, 120)
    scores = columns_by_account(_score(tmp_path, range(8), acts, prior_tuples=1.0), "score")
    assert scores == pytest.approx(_score_slowly(acts, 8))
    assert max(scores.values()) > 0


def _score_slowly(acts, n_accounts):
    tuples = [set() for _ in range(n_accounts)]
    for act in acts:
        hour = (START + round(act.hour * HOUR)) // HOUR
        objects = {FIRST_POST + act.root} if act.kind == "repost" else set(act.tags)
        tuples[act.author] |= {(thing, hour) for thing in objects}

    def count(mine, other):
        return sum(any((thing, hour + step) in other for step in (-1, 0, 1)) for thing, hour in mine)

    scores = dict.fromkeys(range(n_accounts), 0.0)
    for one in range(n_accounts):
        for other in set(range(n_accounts)) - {one}:
            both = min(count(tuples[one], tuples[other]), count(tuples[other], tuples[one]))
            if both >= 3:
                similarity = both / (len(tuples[one]) + len(tuples[other]) - both + 1)
                scores[one] = max(scores[one], similarity)
    return scores


def test_ids_rows_and_whole_weeks_do_not_matter(tmp_path):
    acts = draw_acts(5, 8, 150)
    names = np.random.default_rng(1).permutation(50)[:8].tolist()
    order = np.random.default_rng(2).permutation(len(acts))
    first = Synchrony(brand_only=False).score(observe_acts(tmp_path / "a", range(8), acts))
    moved = observe_acts(tmp_path / "b", names, rename(acts, names), order=order, shift_days=21)
    second = Synchrony(brand_only=False).score(moved)
    scores = columns_by_account(second, "score")
    assert columns_by_account(first, "score") == {n: scores[names[n]] for n in range(8)}
    assert groups_of(second) == {frozenset(names[n] for n in group) for group in groups_of(first)}


@pytest.mark.parametrize(("accounts", "acts"), [([], []), ([1], []), ([1], [Act(1, tags=("a",))])])
def test_worlds_of_almost_nothing_are_scored(tmp_path, accounts, acts):
    assert columns_by_account(_score(tmp_path, accounts, acts), "score", "group_id") == dict.fromkeys(
        accounts, (0.0, None)
    )


def test_talk_of_other_things_is_left_out_by_default(tmp_path):
    hours = (0, 10, 20)
    acts = [Act(author, hour, text="The Auralis again", tags=("a",)) for author in (1, 2) for hour in hours]
    acts += [act for author in (3, 4) for act in _share(author, *hours, tags=("b",))]
    scores = columns_by_account(Synchrony().score(observe_acts(tmp_path, [1, 2, 3, 4], acts)), "score")
    assert scores == {1: 3 / 8, 2: 3 / 8, 3: 0, 4: 0}
