"""Dense blocks and lockstep: a squad that passes on the same posts stands out, a popular post does not."""

from itertools import product

import numpy as np
import pytest

from benchmarks.detectors.dense_blocks import CatchSync, Fraudar, peel
from tests.unit.benchmarks.detectors.observed_acts import (
    Act,
    columns_by_account,
    draw_acts,
    groups_of,
    observe_acts,
    rename,
)


def _edges(pairs):
    return tuple(np.array(side, np.int64) for side in zip(*sorted(set(pairs)), strict=True))


def test_density_of_a_block_by_hand():
    # Two accounts times two posts: four edges of 1 / log(2 + 5) over four nodes.
    assert peel(*_edges(product(range(2), range(2)))) == pytest.approx([1 / np.log(7)] * 4, rel=1e-5)


def test_block_is_where_the_density_is_largest():
    pairs = [*product(range(4), range(4)), (4, 4), (5, 4), (6, 4)]
    density = peel(*_edges(pairs))
    block = 16 / np.log(4 + 5) / 8
    assert density[:4] == pytest.approx([block] * 4, rel=1e-5)
    assert density[7:11] == pytest.approx([block] * 4, rel=1e-5)
    assert max(*density[4:7], density[11]) < block


@pytest.mark.parametrize("seed", range(5))
def test_peeling_equals_the_slow_twin(seed):
    draw = np.random.default_rng(seed)
    pairs = {(int(a), int(b)) for a, b in zip(draw.integers(0, 9, 30), draw.integers(0, 7, 30), strict=True)}
    pairs |= {(n, n % 7) for n in range(9)}
    assert peel(*_edges(pairs)) == pytest.approx(_peel_slowly(pairs), rel=1e-5)


def _peel_slowly(pairs):
    n_accounts, n_posts = (max(side) + 1 for side in zip(*pairs, strict=True))
    uses = [sum(post == other for _, other in pairs) for post in range(n_posts)]
    edges = {(a, n_accounts + p): round(2**20 / np.log(uses[p] + 5)) for a, p in pairs}
    left, densest, density = set(range(n_accounts + n_posts)), 0.0, np.zeros(n_accounts + n_posts)
    while left:
        inside = {pair: parts for pair, parts in edges.items() if left.issuperset(pair)}
        weight = {node: sum(parts for pair, parts in inside.items() if node in pair) for node in left}
        densest = max(densest, sum(inside.values()) / 2**20 / len(left))
        lightest = {node for node in left if weight[node] == min(weight.values())}
        density[list(lightest)] = densest
        left -= lightest
    return density


def _squad(authors, posts, hour=0.0):
    return [Act(author, hour, "repost", post) for author in authors for post in posts]


SEEDS = [Act(99)] * 12


def test_squad_that_passes_on_the_same_posts_is_the_block(tmp_path):
    acts = SEEDS + _squad(range(5), range(6)) + _squad(range(5, 25), [10]) + _squad([5, 6], [11])
    table = Fraudar(n_blocks=1).score(observe_acts(tmp_path, [*range(25), 99], acts))
    scores = columns_by_account(table, "score")
    assert groups_of(table) == {frozenset(range(5))}
    assert min(scores[n] for n in range(5)) > max(scores[n] for n in range(5, 25))
    assert scores[99] == 0


def test_a_popular_post_is_no_camouflage(tmp_path):
    hidden = _squad(range(5), range(6)) + _squad(range(25), [10])
    table = Fraudar(n_blocks=1).score(observe_acts(tmp_path, [*range(25), 99], SEEDS + hidden))
    assert groups_of(table) == {frozenset(range(5))}


def test_second_block_is_found_after_the_first(tmp_path):
    acts = SEEDS + _squad(range(6), range(6)) + _squad(range(6, 10), range(6, 10))
    table = Fraudar(n_blocks=2).score(observe_acts(tmp_path, [*range(10), 99], acts))
    assert groups_of(table) == {frozenset(range(6)), frozenset(range(6, 10))}


def test_repeating_oneself_adds_nothing(tmp_path):
    once = Fraudar().score(observe_acts(tmp_path / "a", [*range(3), 99], SEEDS + _squad(range(3), range(3))))
    acts = SEEDS + _squad(range(3), range(3)) + _squad(range(3), range(3), hour=5)
    assert Fraudar().score(observe_acts(tmp_path / "b", [*range(3), 99], acts)).equals(once)


def _crowd(n_people, n_targets, seed=0):
    """Accounts from 0 repost one act each of some of the targets, accounts from 100."""
    draw = np.random.default_rng(seed)
    acts = [Act(100 + target) for target in range(n_targets)]
    for person in range(n_people):
        # Squared, so that some targets are popular and most are not.
        chosen = set((n_targets * draw.random(8) ** 2).astype(int).tolist())
        acts += [Act(person, 1, "repost", target) for target in chosen]
    return acts


def test_excess_synchronicity_is_as_by_the_slow_twin(tmp_path):
    acts = _crowd(12, 20)
    accounts = [*range(12), *range(100, 120)]
    table = CatchSync(least_targets=2).score(observe_acts(tmp_path, accounts, acts))
    assert columns_by_account(table, "score") == pytest.approx(_catch_slowly(acts, accounts), abs=1e-6)


def _catch_slowly(acts, accounts):
    links = {account: {acts[act.root].author for act in acts if act.author == account and act.root is not None}
             for account in accounts}  # fmt: skip
    authority = dict.fromkeys(accounts, 1.0)
    for _ in range(20):
        hub = {a: sum(authority[t] for t in links[a]) for a in accounts}
        authority = {t: sum(hub[a] for a in accounts if t in links[a]) for t in accounts}
        top = max(authority.values())
        authority = {t: value / top for t, value in authority.items()}
    n_links = {t: sum(t in links[a] for a in accounts) for t in accounts}
    cell = {t: (int(np.log2(n_links[t])), int(np.floor(np.log2(authority[t])))) for t in accounts if n_links[t]}
    share = {c: sum(c == other for other in cell.values()) / len(cell) for c in cell.values()}
    m, b = len(share), sum(value**2 for value in share.values())
    excess = {}
    for account in accounts:
        d = len(links[account])
        if d >= 2:
            pairs = sum(cell[s] == cell[t] for s in links[account] for t in links[account] if s != t)
            x = sum(share[cell[t]] for t in links[account]) / d
            excess[account] = pairs / d / (d - 1) - (-m * x**2 + 2 * x - b) / (1 - m * b)
    values = list(excess.values())
    return {a: (excess[a] - np.mean(values)) / np.std(values) if a in excess else 0.0 for a in accounts}


def test_lockstep_with_unusual_targets_stands_out(tmp_path):
    acts = _crowd(60, 40)
    first = len(acts)
    acts += [Act(200 + target) for target in range(8)]
    acts += [Act(person, 1, "repost", first + target) for person in (60, 61, 62, 63) for target in range(8)]
    accounts = [*range(64), *range(100, 140), *range(200, 208)]
    scores = columns_by_account(CatchSync(least_targets=2).score(observe_acts(tmp_path, accounts, acts)), "score")
    assert min(scores[n] for n in range(60, 64)) > max(scores[n] for n in range(60))


def test_ended_follows_and_other_graphs_do_not_count(tmp_path):
    follows = [(n, 10 + n % 3 + k, None) for n in range(8) for k in range(2 + n % 4)]
    ended = [(n, 20 + n, 5.0) for n in range(8)]
    accounts = range(30)
    catch = CatchSync("follows", least_targets=2)
    plain = catch.score(observe_acts(tmp_path / "a", accounts, [], follows=follows))
    assert catch.score(observe_acts(tmp_path / "b", accounts, _crowd(3, 4)[:0], follows=follows + ended)).equals(plain)
    assert any(plain["score"].to_pylist())


def test_unknown_graph_is_refused():
    with pytest.raises(ValueError, match="graph must be one of interactions, follows, got 'likes'"):
        CatchSync("likes")


@pytest.mark.parametrize("detector", [Fraudar(), CatchSync(least_targets=2)], ids=lambda one: one.name)
def test_ids_rows_and_whole_weeks_do_not_matter(tmp_path, detector):
    acts = draw_acts(5, 12, 200)
    names = np.random.default_rng(1).permutation(50)[:12].tolist()
    order = np.random.default_rng(2).permutation(len(acts))
    first = detector.score(observe_acts(tmp_path / "a", range(12), acts))
    second = detector.score(observe_acts(tmp_path / "b", names, rename(acts, names), order=order, shift_days=21))
    scores = columns_by_account(second, "score")
    assert columns_by_account(first, "score") == {n: scores[names[n]] for n in range(12)}
    if "group_id" in first.column_names:
        assert groups_of(second) == {frozenset(names[n] for n in group) for group in groups_of(first)}


@pytest.mark.parametrize("detector", [Fraudar(), CatchSync(), CatchSync("follows")])
@pytest.mark.parametrize(("accounts", "acts"), [([], []), ([1], []), ([1], [Act(1)]), ([1], [Act(1, 0, "repost", 7)])])
def test_worlds_of_almost_nothing_are_scored(tmp_path, detector, accounts, acts):
    table = detector.score(observe_acts(tmp_path, accounts, acts))
    assert columns_by_account(table, "score") == dict.fromkeys(accounts, 0.0)
