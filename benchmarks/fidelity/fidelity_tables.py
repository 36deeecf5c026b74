"""Fidelity as tables for a terminal of 80 columns."""

from textwrap import fill
from typing import Any

from simulator.console import print_table

_WIDTH = 80


def print_fidelity(found: dict[str, Any]) -> None:
    """Print every fact of every pair, the contrast, and the scores."""
    dataset = found["dataset"]
    print(f"{dataset['scenario']}, {name_seeds(dataset['seeds'])} (synthetic), hours in {dataset['zone']}")
    for pair in found["pairs"]:
        _print_pair(pair)
    if found["contrast"]:
        _print_contrast(found["contrast"])
    _print_scores(found["pairs"])


def name_seeds(seeds: list[int]) -> str:
    """Return a few words for the seeds of a document.

    Examples
    --------
    >>> name_seeds([7]), name_seeds([3, 5])
    ('seed 7', 'medians of 2 seeds, 3 to 5')
    """
    if len(seeds) == 1:
        return f"seed {seeds[0]}"
    return f"medians of {len(seeds)} seeds, {min(seeds)} to {max(seeds)}"


def _print_pair(pair: dict[str, Any]) -> None:
    rows = [
        (_mark(fact), fact["fact"], _show(fact["synthetic"]["value"]), _show_interval(fact), _answer(fact))
        for fact in pair["facts"]
    ]
    title = f"\n{pair['pair']}: {pair['synthetic']} against {pair['real']}"
    print_table(title, ("", "fact", "here", "real interval", "inside"), rows, texts=(0, 1, 4))
    for fact in pair["facts"]:
        if fact["synthetic"]["why_not"]:
            _print_note(f"– {fact['fact']}: {fact['synthetic']['why_not']}")
    for name, reason in pair["excluded"].items():
        _print_note(f"not compared: {name}: {reason}")


def _print_note(text: str) -> None:
    print(fill(text, _WIDTH, subsequent_indent="  "))


def _mark(fact: dict[str, Any]) -> str:
    return {True: "", False: "!", None: "–"}[fact["inside"]]


def _answer(fact: dict[str, Any]) -> str:
    if fact["inside"] is None:
        return "–"
    answer = "inside" if fact["inside"] else "near" if fact["near"] else "outside"
    return f"{answer} (recalled)" if fact["recalled_not_verified"] else answer


def _show_interval(fact: dict[str, Any]) -> str:
    return f"{_show(fact['band']['low'])} to {_show(fact['band']['high'])}"


def _show(value: float | None) -> str:
    return "–" if value is None else f"{value:.3g}" if abs(value) < 1000 else f"{value:,.0f}"


def _print_contrast(contrast: list[dict[str, Any]]) -> None:
    rows = [
        (
            entry["fact"],
            *(_show(entry[side]["value"]) for side in ("fast", "slow", "organic")),
            *(_show(entry[name]) for name in ("real_log_ratio", "fast_log_ratio", "slow_log_ratio")),
            _yes(entry["fast_differs"]),
            _yes(entry["slow_overlaps"]),
        )
        for entry in contrast
    ]
    columns = ("fact", "fast", "slow", "people", "real", "fast", "slow", "far", "near")
    print_table("\nContrast: squads and people, and log ratios to people", columns, rows, texts=(0, 8))
    _print_note(
        "far: the fast squad differs from people in the real direction by half the real log ratio or more; "
        "near: the slow squad by less."
    )


def _yes(answer: bool | None) -> str:
    return {True: "yes", False: "no", None: "–"}[answer]


def _print_scores(pairs: list[dict[str, Any]]) -> None:
    is_pooled = any("agreement" in pair for pair in pairs)
    rows = [
        (
            pair["pair"],
            f"{sum(fact['inside'] is not None for fact in pair['facts'])}/{len(pair['facts'])}",
            _percent(pair["score"]),
            _percent(pair["near_score"]),
            _show_yardstick(pair),
            *((_percent(pair["agreement"]),) if is_pooled else ()),
            f"{pair['n_posts']:,}",
        )
        for pair in pairs
    ]
    seeds = ("seeds",) if is_pooled else ()
    columns = ("pair", "measured", "inside", "or near", "another", *seeds, "items")
    print_table("\nScore of each pair", columns, rows)
    _print_note(
        "inside: share of the measured facts inside the real interval, widened by half its width on either side; "
        "the aim is 80 %. or near: inside, or within 25 % of the real value. another: inside, of the real population "
        "that comes nearest to this one."
    )
    if is_pooled:
        _print_note(
            "seeds: share of facts of one of these worlds that would be inside if another one were the real "
            "population, by bands as wide: what a world can expect at most."
        )


def _show_yardstick(pair: dict[str, Any]) -> str:
    yardsticks = pair.get("yardsticks")
    return _percent(yardsticks[0]["score"] if yardsticks else None)


def _percent(score: float | None) -> str:
    return "–" if score is None else f"{score:.0%}"
