"""Prints how rules found single pushes, by tactic and, where pushes differ in it, by level of evasion."""

from typing import Any

from simulator.console import print_table

Found = dict[str, Any]
_MOSTLY_ONE = 1.5


def print_pushes(found: Found) -> None:
    """Print the pushes of ``smearbench alerts --json`` for people; nothing where there are none."""
    rules = found["rules"]
    first = rules[0]["pushes"]
    if not first["n"]:
        return
    kinds = [kind for kind in ("by_tactic", "by_evasion") if _tells_apart(first, kind)]
    for place, kind in enumerate(kinds or [None]):
        title = f"{first['n']:,} pushes: found, in percent, and in brackets by chance" if place == 0 else ""
        names = list(first[kind]) if kind else []
        heads = ("rule", *(("all", "hours") if place == 0 else ()), *(name.partition("_")[0] for name in names))
        rows = [_make_row(rule, kind, names, is_first=place == 0) for rule in rules]
        print_table(title, heads, rows)
        print()


def _tells_apart(pushes: Found, kind: str) -> bool:
    """Whether most pushes belong to one group alone, and there are several groups."""
    groups = pushes[kind].values()
    return len(groups) > 1 and sum(group["n"] for group in groups) < _MOSTLY_ONE * pushes["n"]


def _make_row(rule: Found, kind: str | None, names: list[str], *, is_first: bool) -> tuple[str, ...]:
    pushes = rule["pushes"]
    hours = pushes["time_to_detect_hours"]
    all_of_them = (_share(pushes), "-" if hours is None else f"{hours:,.1f}") if is_first else ()
    return rule["name"], *all_of_them, *(_share(pushes[kind][name]) for name in names)


def _share(group: Found) -> str:
    return f"{100 * group['n_detected'] / group['n']:.0f} ({100 * group['random_detected'] / group['n']:.0f})"
