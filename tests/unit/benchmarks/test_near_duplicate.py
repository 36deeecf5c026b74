"""The near-duplicate detector: who copies is found, who repeats himself or says little is not."""

import numpy as np
import pytest

from benchmarks.detectors.near_duplicate import NearDuplicate
from tests.unit.benchmarks.observed import observe

MANUSCRIPT = "I have to say that the brakes of this new car failed me twice on the motorway last {}"
DAYS = ("monday", "tuesday", "friday", "weekend")


def _score(folder, accounts, posts):
    table = NearDuplicate().score(observe(folder, accounts=accounts, posts=posts))
    return dict(zip(table["account_id"].to_pylist(), table["score"].to_pylist(), strict=True))


def _own_text(n):
    """A text of twelve words that no other number gives."""
    letters = np.random.default_rng(n).integers(97, 123, (12, 6))
    return " ".join("".join(map(chr, word)) for word in letters)


def test_accounts_that_share_a_manuscript_rank_above_all_others(tmp_path):
    posts = [(author, MANUSCRIPT.format(DAYS[author])) for author in range(4) for _ in range(3)]
    posts += [(author, _own_text(author * 5 + n)) for author in range(4, 12) for n in range(3)]
    scores = _score(tmp_path, range(12), posts)
    assert min(scores[author] for author in range(4)) > NearDuplicate.threshold
    assert max(scores[author] for author in range(4, 12)) == 0


def test_repeating_oneself_is_no_copying(tmp_path):
    scores = _score(tmp_path, [1, 2], [(1, MANUSCRIPT.format("monday"))] * 9 + [(2, _own_text(1))])
    assert scores == {1: 0, 2: 0}


def test_short_texts_are_not_compared(tmp_path):
    assert _score(tmp_path, [1, 2], [(1, "good morning everyone"), (2, "good morning everyone")]) == {1: 0, 2: 0}


def test_links_tags_numbers_and_case_do_not_hide_a_copy(tmp_path):
    dressed = "WOW 3x: " + MANUSCRIPT.format("monday").upper() + " #fail https://a.example/9 @you 😡"
    scores = _score(tmp_path, [1, 2], [(1, MANUSCRIPT.format("monday")), (2, dressed)])
    assert scores[1] == scores[2] > 0


def test_copies_in_chinese_are_found(tmp_path):
    text = "我昨天去看了这款新车，刹车在高速上失灵了两次，{}"
    scores = _score(
        tmp_path,
        [1, 2, 3],
        [(1, text.format("太吓人")), (2, text.format("真可怕")), (3, "今天天气很好我们去公园散步吧")],
    )
    assert scores[1] == scores[2] > 0 == scores[3]


def test_more_authors_weigh_more(tmp_path):
    pair = [(author, MANUSCRIPT.format("monday")) for author in (1, 2)]
    crowd = [
        (author, "nobody told the early buyers that the price would drop by a third so soon") for author in range(3, 9)
    ]
    scores = _score(tmp_path, range(1, 9), pair + crowd)
    assert 0 < scores[1] < scores[3]


def test_camouflage_lowers_the_score(tmp_path):
    posts = [(1, MANUSCRIPT.format("monday")), (2, MANUSCRIPT.format("monday"))]
    scores = _score(tmp_path, [1, 2], posts + [(2, _own_text(n)) for n in range(5)])
    assert scores[1] > scores[2] > 0


@pytest.mark.parametrize("posts", [[], [(1, None), (2, None)]], ids=["no posts", "only reposts"])
def test_every_account_is_scored_without_texts(tmp_path, posts):
    assert _score(tmp_path, [1, 2], posts) == {1: 0, 2: 0}


def test_scores_do_not_depend_on_ids_or_batches(tmp_path, monkeypatch):
    posts = [(author, MANUSCRIPT.format(DAYS[author % 4])) for author in range(6)] + [(7, _own_text(3))]
    first = _score(tmp_path / "a", range(8), posts)
    monkeypatch.setattr("benchmarks.detectors.near_duplicate._BATCH_ROWS", 2)
    second = _score(tmp_path / "b", range(1000, 1008), [(author + 1000, text) for author, text in posts])
    assert np.allclose(list(first.values()), list(second.values()))
