"""The score of detectors as tables for a terminal of 80 columns."""

from typing import Any

from simulator.console import describe_bytes, print_table

_GROUPS = (("by_role", "role"), ("by_tactic", "tactic"), ("by_squad", "squad"))


def print_scores(metrics: dict[str, Any]) -> None:
    """Print what was scored, each detector overall, and each by role, tactic and squad."""
    dataset, accounts = metrics["dataset"], metrics["accounts"]
    until = dataset["evaluate_until"].replace("T", " ").removesuffix("Z")[:16]
    print(f"{dataset['scenario']}, seed {dataset['seed']} (synthetic), as of {until} UTC")
    print(
        f"{accounts['scored']:,} accounts scored, {accounts['positives']:,} of them operated "
        f"({accounts['prevalence']:.1%})"
    )
    if accounts["silent_operated"]:
        print(f"{accounts['silent_operated']:,} operated accounts were not seen by then and do not count")
    print()
    if accounts["positives"]:
        _print_overall(metrics["detectors"])
        for detector in metrics["detectors"]:
            _print_groups(detector, metrics["squads"])
    else:
        _print_false_alarms(metrics)


def _print_overall(detectors: list[dict[str, Any]]) -> None:
    rows = []
    for detector in detectors:
        cost = detector["cost"]
        used = (f"{cost['cpu_seconds']:.1f} s", describe_bytes(cost["peak_memory_bytes"]))
        rows.append((detector["name"], *_show_figures(detector["overall"], ("100", "1000", "positives")), *used))
    columns = ("detector", "AP", "precis.", "recall", "P@100", "P@1000", "P@n", "CPU", "memory")
    print_table("Operated accounts among all", columns, rows)
    print("AP: average precision; by chance the share of operated accounts. P@k: precision")
    print("among the k highest scores, n: as many as operated accounts. Precision and")
    print("recall: at the detector's own threshold.")


def _show_figures(found: dict[str, Any], ks: tuple[str, ...]) -> list[str]:
    measures = ("average_precision", "precision", "recall")
    return [show(found[name]) for name in measures] + [show(found["precision_at_k"][k]) for k in ks]


def _print_groups(detector: dict[str, Any], evasion: dict[str, str]) -> None:
    """Print the figures of one detector for each group of operated accounts."""
    rows = []
    for key, kind in _GROUPS:
        for name, group in detector[key].items():
            label = f"{name} ({evasion[name]})" if name in evasion else name
            figures = _show_figures(group, ("positives",))
            rows.append((kind, label, f"{group['positives']:,}", show(group["prevalence"]), *figures))
            kind = ""
    columns = ("", "group", "n", "chance", "AP", "precis.", "recall", "P@n")
    title = f"{detector['name']}: each group among the accounts that are not operated"
    print()
    print_table(title, columns, rows, texts=(0, 1))


def _print_false_alarms(metrics: dict[str, Any]) -> None:
    print("No operated account was seen: precision, recall and average precision are not")
    print("defined, and every account that a detector flags is a false alarm.\n")
    scored = max(metrics["accounts"]["scored"], 1)
    rows = [
        (
            detector["name"],
            f"{detector['threshold']:g}",
            f"{detector['flagged']:,}",
            f"{detector['flagged'] / scored:.2%}",
        )
        for detector in metrics["detectors"]
    ]
    print_table("", ("detector", "threshold", "accounts flagged", "of all"), rows)


def show(value: float | None) -> str:
    """Return a figure between 0 and 1 with three digits, or a dash for what is not defined."""
    return "–" if value is None else f"{value:.3f}"
