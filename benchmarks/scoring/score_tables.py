"""The score of detectors as tables for a terminal of 80 columns."""

from typing import Any

from simulator.console import describe_bytes, print_table

_CUTS = ("role", "tactic", "squad", "stock", "evasion", "language")
_RANKED = {"account": "accounts", "post": "posts"}
_MOST_CUTS = 2


def print_scores(metrics: dict[str, Any]) -> None:
    """Print, for each dataset, what was scored and how each detector did."""
    for place, world in enumerate(metrics["worlds"]):
        if place:
            print()
        _print_world(world)


def _print_world(world: dict[str, Any]) -> None:
    _print_head(world)
    good = [detector for detector in world["detectors"] if detector["status"] == "ok"]
    if not world["accounts"]["positives"]:
        print("\nNothing here is operated: precision, recall and average precision are not")
        print("defined, and everything that a detector accuses is a false alarm.")
    for track, entities in _RANKED.items():
        chosen = [detector for detector in good if track in detector["tracks"]]
        if chosen and world["accounts"]["positives"]:
            _print_overall(chosen, track, entities)
        elif chosen:
            _print_false_alarms(chosen, track, entities)
    _print_groupings([detector for detector in good if "group" in detector["tracks"]])
    _print_alerts([detector for detector in good if "alert" in detector["tracks"]], world)
    if world["accounts"]["positives"]:
        _print_cuts(good, world["squads"])
    _print_segments(good)
    _print_failures(world["detectors"])


def _print_head(world: dict[str, Any]) -> None:
    dataset, accounts = world["dataset"], world["accounts"]
    until = dataset["evaluate_until"].replace("T", " ").removesuffix("Z")[:16]
    variant = "" if dataset.get("variant", "world") == "world" else f" {dataset['variant']}"
    print(f"{dataset['scenario']}{variant}, seed {dataset['seed']} (synthetic), as of {until} UTC")
    print(
        f"{accounts['scored']:,} accounts scored, {accounts['positives']:,} of them operated "
        f"({accounts['prevalence']:.1%})"
    )
    if accounts["silent_operated"]:
        print(f"{accounts['silent_operated']:,} operated accounts were not seen by then and do not count")


def _print_overall(detectors: list[dict[str, Any]], track: str, entities: str) -> None:
    rows = []
    for detector in sorted(detectors, key=lambda d: -(d["tracks"][track]["average_precision"] or 0)):
        found, cost = detector["tracks"][track], detector["cost"]
        names = ("average_precision", "precision", "recall", "f1", "precision_at_100", "precision_at_n")
        rows.append((detector["name"], *(show(found[name]) for name in names), *_show_cost(cost)))
    title = "Operated accounts among all" if track == "account" else "Posts of the campaign among all"
    columns = ("detector", "AP", "precis.", "recall", "F1", "P@100", "P@n", "CPU", "memory")
    print()
    print_table(title, columns, rows)
    print("AP: average precision; by chance the share of positives. P@n: precision among")
    print("as many highest scores as there are positives. Precision, recall, F1: at the")
    _say_threshold([detector["tracks"][track] for detector in detectors], entities)


def _say_threshold(found: list[dict[str, Any]], entities: str) -> None:
    sources = {figures["threshold_from"] for figures in found}
    if "calibration" in sources:
        print(f"threshold of 10 wrong accusations in 10,000 {entities} of the validation worlds;")
        print("precision is – where it accuses nothing.")
    elif sources == {None}:
        print("threshold: no threshold. Give validation worlds with --calibrate.")
    else:
        print("detector's own threshold; – where it has none (then give --calibrate), or where")
        print("nothing is accused.")


def _show_cost(cost: dict[str, float]) -> tuple[str, str]:
    if not cost:
        return "–", "–"
    return f"{cost['cpu_seconds']:.1f} s", describe_bytes(cost["peak_memory_bytes"])


def _print_groupings(detectors: list[dict[str, Any]]) -> None:
    if not detectors:
        return
    rows = []
    for detector in detectors:
        found = detector["tracks"]["group"]
        figures = ("group_score", "weighted_precision", "grouped_recall", "pair_f1", "adjusted_rand")
        shown = [show(found[name]) for name in figures]
        counts = (f"{found['n_groups']:,}", f"{found['organic_groups']:,}")
        rows.append((detector["name"], *shown, *counts, show(found["group_score_by_operator"])))
    columns = ("detector", "score", "purity", "share", "pairs", "Rand", "groups", "organic", "operator")
    print()
    print_table("Squads found as groups", columns, rows)
    print("score: harmonic mean of purity (weighted precision) and the share of operated")
    print("accounts in groups at least half one squad; operator: the same by operators.")
    print("pairs: F1 over pairs; Rand: adjusted. organic: groups that are mostly one honest")
    print("coordinated group, as a fan club.")


def _print_alerts(detectors: list[dict[str, Any]], world: dict[str, Any]) -> None:
    if not detectors:
        return
    rows = [_show_alerts(detector["name"], found) for detector in detectors for found in detector["tracks"]["alert"]]
    columns = ("detector", "budget", "waves", "found", "random", "hours", "lead h", "spread", "false/day")
    print()
    print_table("Alerts", columns, rows)
    print("found: share of the waves with a true alert, random: of as many random moments;")
    print("hours: median to the first one (Kaplan-Meier); lead: to the next brand event;")
    print("spread: share of a wave's exposures by then. budget: false episodes a day that")
    print("the threshold allows on validation worlds; none: every alert counts.")
    if not world["dataset"]["twin_at_hand"]:
        print("No twin at hand (NAME-twin beside the dataset): waves alone decide what is true.")


def _show_alerts(name: str, found: dict[str, Any]) -> tuple[str, ...]:
    budget = "none" if found["budget_per_day"] is None else f"{found['budget_per_day']:g}"
    hours = [_show_number(found[key]) for key in ("time_to_detect_hours", "lead_time_hours")]
    return (
        name,
        budget,
        f"{found['n_waves']}",
        show(found["detection_rate"]),
        show(found["random_detection_rate"]),
        *hours,
        show(found["exposure_share_at_detection"]),
        _show_number(found["false_alarms_per_day"], 2),
    )


def _print_cuts(detectors: list[dict[str, Any]], evasion: dict[str, str]) -> None:
    """Print the figures of the first detectors for each group of positives."""
    ranked = [(d, track) for d in detectors for track in _RANKED if track in d["tracks"] and d["name"] not in _DULL]
    for detector, track in ranked[:_MOST_CUTS]:
        _print_cut(detector["name"], detector["tracks"][track]["by"], track, evasion)
    if len(ranked) > _MOST_CUTS:
        print("\nThe groups of the other detectors stand in metrics.json.")


_DULL = ("chance", "chance_posts", "always_null", "oracle")


def _print_cut(name: str, by: dict[str, Any], track: str, evasion: dict[str, str]) -> None:
    rows = []
    for kind in _CUTS:
        label = kind
        for group, found in by.get(kind, {}).items():
            shown = f"{group} ({evasion[group]})" if group in evasion else group
            figures = [show(found[key]) for key in ("prevalence", "average_precision", "precision", "recall")]
            rows.append((label, shown, f"{found['positives']:,}", *figures, show(found["precision_at_n"])))
            label = ""
    title = f"{name}: each group of {_RANKED[track]} among all that are not the campaign's"
    print()
    print_table(title, ("", "group", "n", "chance", "AP", "precis.", "recall", "P@n"), rows, texts=(0, 1))


def _print_segments(detectors: list[dict[str, Any]]) -> None:
    """Print who is accused wrongly, per 10,000 of each organic segment."""
    found = {
        d["name"]: d["tracks"]["account"]["false_positives_by_segment"]
        for d in detectors
        if "account" in d["tracks"] and d["tracks"]["account"]["false_positives_by_segment"] and d["name"] not in _DULL
    }
    if not found:
        return
    segments = list(next(iter(found.values())))
    sizes = next(iter(found.values()))
    names = list(found)[:3]
    rows = [
        (segment, f"{sizes[segment][1]:,}", *(f"{found[name][segment][0]:,}" for name in names)) for segment in segments
    ]
    print()
    print_table("Wrongly accused accounts, by organic segment", ("segment", "accounts", *names), rows)


def _print_false_alarms(detectors: list[dict[str, Any]], track: str, entities: str) -> None:
    rows = []
    for detector in detectors:
        found = detector["tracks"][track]
        threshold = "none" if found["threshold"] is None else f"{found['threshold']:.4g}"
        accused = "–" if found["accused"] is None else f"{found['accused']:,}"
        rows.append((detector["name"], threshold, accused, _show_number(found["false_positives_per_10000"])))
    print()
    print_table("", ("detector", "threshold", f"{entities} accused", "per 10,000"), rows)


def _print_failures(detectors: list[dict[str, Any]]) -> None:
    rows = [(d["name"], d["status"], d["message"]) for d in detectors if d["status"] != "ok"]
    if rows:
        print()
        print_table("Failed", ("detector", "how", "why"), rows, texts=(0, 1, 2))


def show(value: float | None) -> str:
    """Return a figure between 0 and 1 with three digits, or a dash for what is not defined."""
    return "–" if value is None else f"{value:.3f}"


def _show_number(value: float | None, digits: int = 1) -> str:
    return "–" if value is None else f"{value:,.{digits}f}"
