"""The audit on paper: one JSON document, and tables of 80 columns that show the worst of each family."""

from collections.abc import Sequence
from math import isfinite
from typing import Any

from benchmarks.audit.audit import Audit
from benchmarks.audit.gate import LEAST_WORLDS, Finding
from simulator.console import print_table
from simulator.origin import find_software_versions

FORMAT, VERSION = "smearbench audit", 1
FAMILIES = {
    "formats": "(a) formats: how rows are written",
    "marginals": "(b) account-marginal: an account's own rows",
    "text": "(c) text alone",
    "cross-account": "(d) cross-account: detectors, printed and not gated",
}
_MOST_ROWS = 12


def describe_audit(audit: Audit, worlds: Sequence[str]) -> dict[str, Any]:
    """Return the content of ``audit.json``."""
    return {
        "format": FORMAT,
        "version": VERSION,
        "synthetic": True,
        "software": find_software_versions(),
        "worlds": list(worlds),
        "gate": decide(audit),
        "levels": {
            level: {
                "worlds": n_worlds,
                "prevalence": round(audit.prevalence_by_level[level], 6),
                "best_baseline": audit.best_by_level[level][0],
                "best_average_precision": round(audit.best_by_level[level][1], 4),
            }
            for level, n_worlds in audit.n_worlds_by_level.items()
        },
        "file_marks": list(audit.file_marks),
        "findings": [_describe(finding) for finding in audit.findings],
    }


def decide(audit: Audit) -> dict[str, Any]:
    """Return what the gate says: passed, failed or not judged, level by level and together."""
    by_level = {}
    for level, n_worlds in audit.n_worlds_by_level.items():
        failing = [finding.probe for finding in audit.findings if finding.level == level and finding.fails]
        verdict = "failed" if failing else "passed"
        by_level[level] = {
            "verdict": verdict if n_worlds >= LEAST_WORLDS else f"too few worlds for the gate: {n_worlds}",
            "failing": failing,
        }
    verdicts = [found["verdict"] for found in by_level.values()]
    overall = "failed" if "failed" in verdicts or audit.file_marks else "passed"
    if overall == "passed" and not (verdicts and all(verdict == "passed" for verdict in verdicts)):
        overall = "not judged"
    return {"verdict": overall, "by_level": by_level}


def print_audit(audit: Audit) -> None:
    """Print a table of each level and family: the worst first, and what the limits are."""
    gate = decide(audit)
    for level, found in gate["by_level"].items():
        name, best = audit.best_by_level[level]
        print(
            f"{level}: {audit.n_worlds_by_level[level]} worlds, prevalence {audit.prevalence_by_level[level]:.4f}, "
            f"best baseline {name} AP {best:.3f}"
        )
        for family, title in FAMILIES.items():
            _print_family(title, [f for f in audit.findings if f.level == level and f.family == family])
        n_failing = len(found["failing"])
        print(f"{level}: {found['verdict']}; {n_failing} shortcuts beyond their limits\n")
    for mark in audit.file_marks:
        print(f"file: {mark}")
    print(f"gate: {gate['verdict']}")


def _print_family(title: str, findings: list[Finding]) -> None:
    ordered = sorted(findings, key=lambda finding: -_find_distance(finding))
    rows = [
        (
            finding.probe,
            "ROC AUC" if finding.measure == "roc_auc" else "AP",
            f"{finding.value:.3f}",
            _say_limits(finding),
            "FAILS" if finding.fails else "beyond" if finding.is_gated and finding.is_beyond else "",
        )
        for finding in ordered
    ]
    kept = [row for place, row in enumerate(rows) if place < _MOST_ROWS or row[-1]]
    print_table(title, ("probe", "measure", "value", "limits", "verdict"), kept, texts=(0, 1, 3, 4))
    if len(kept) < len(rows):
        print(f"  and {len(rows) - len(kept)} more within the limits")
    print()


def _find_distance(finding: Finding) -> float:
    """Return how telling a finding is, to order those of one measure; averages of precision come first."""
    return abs(finding.value - 0.5) if finding.measure == "roc_auc" else 1 + finding.value


def _say_limits(finding: Finding) -> str:
    if not finding.is_gated:
        return "-"
    low = f"{finding.low:.3f} to " if isfinite(finding.low) else "at most "
    return f"{low}{finding.high:.3f}"


def _describe(finding: Finding) -> dict[str, Any]:
    return {
        "family": finding.family,
        "level": finding.level,
        "probe": finding.probe,
        "measure": finding.measure,
        "value": round(finding.value, 4),
        "standard_error": round(finding.error, 4) if isfinite(finding.error) else None,
        "low": round(finding.low, 4) if isfinite(finding.low) else None,
        "high": round(finding.high, 4) if isfinite(finding.high) else None,
        "gated": finding.is_gated,
        "p_value": finding.p_value if finding.is_gated else None,
        "fails": finding.fails,
        "by_world": [round(value, 4) for value in finding.by_world],
    }
