"""The proof of a dataset: every rule in its group, and how the outcome is printed."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import groupby
from pathlib import Path
from typing import Any

from rich.console import Group
from rich.text import Text

from simulator.dataset import open_dataset
from simulator.dataset.manifest import SCENARIO_FILE
from simulator.dataset.queries import ask
from simulator.scenario import load_scenario
from simulator.verify.expectations import check_expectations
from simulator.verify.findings import Finding, Subject
from simulator.verify.origin import check_origin
from simulator.verify.population import check_population
from simulator.verify.pushed import check_pushed
from simulator.verify.pushes import check_pushes
from simulator.verify.rallies import check_rallies
from simulator.verify.removals import check_removals
from simulator.verify.rows import check_references, check_rows, check_window

# By the first part of their rules' names, in the order in which they are printed.
RULE_GROUPS: dict[str, Callable[[Subject], Iterator[Finding]]] = {
    "origin": check_origin,
    "rows": check_rows,
    "references": check_references,
    "window": check_window,
    "population": check_population,
    "pushes": check_pushes,
    "pushed": check_pushed,
    "rallies": check_rallies,
    "removals": check_removals,
    "expected": check_expectations,
}


@contextmanager
def open_subject(path: str | Path) -> Iterator[Subject]:
    """Open a dataset for rules: its tables as views, its scenario read anew from its text.

    Raises
    ------
    DatasetError
        When the folder is no complete dataset.
    ScenarioError
        When its scenario is none.
    """
    dataset = open_dataset(path)
    scenario = load_scenario(dataset.path / SCENARIO_FILE)
    with ask(tables=dataset) as queries:
        yield Subject(dataset, scenario, queries)


def prove(path: str | Path) -> dict[str, Any]:
    """Read a dataset anew and hold it against its own scenario.

    Parameters
    ----------
    path : str or Path
        A dataset folder.

    Returns
    -------
    dict
        JSON-able: dataset, scenario, seed, variant, holds, n_rules, n_broken and rules, a list of
        {rule, holds, claim} and, where broken, {n_faults, where, must, got}.

    Raises
    ------
    DatasetError
        When the folder is no complete dataset.
    ScenarioError
        When its scenario is none.
    """
    with open_subject(path) as subject:
        findings = [finding for check in RULE_GROUPS.values() for finding in check(subject)]
        dataset, scenario = subject.dataset, subject.scenario
    broken = [finding for finding in findings if not finding.holds]
    return {
        "dataset": str(path),
        "scenario": scenario.id,
        "seed": dataset.seed,
        "variant": dataset.manifest.variant,
        "synthetic": True,
        "holds": not broken,
        "n_rules": len(findings),
        "n_broken": len(broken),
        "rules": [_describe(finding) for finding in findings],
    }


def _describe(finding: Finding) -> dict[str, Any]:
    told: dict[str, Any] = {"rule": finding.rule, "holds": finding.holds, "claim": finding.claim}
    if finding.first is None:
        return told
    first = finding.first
    return told | {"n_faults": finding.n_faults, "where": first.where, "must": first.must, "got": first.got}


def render_proof(proof: dict[str, Any]) -> Group:
    """Lay the outcome of :func:`prove` out for a terminal of 80 columns: a line a rule, by groups."""
    head = f"{proof['scenario']}, seed {proof['seed']} ({proof['variant']}), synthetic: {proof['dataset']}"
    lines = [Text(head)]
    for group, rules in groupby(proof["rules"], key=lambda rule: rule["rule"].partition(".")[0]):
        lines.append(Text(f"\n{group}", style="bold"))
        lines += [_render_rule(rule) for rule in rules]
    n_held = proof["n_rules"] - proof["n_broken"]
    return Group(*lines, Text(f"\n{n_held} of {proof['n_rules']} rules hold."))


def _render_rule(rule: dict[str, Any]) -> Text:
    name = rule["rule"].partition(".")[2]
    if rule["holds"]:
        return Text(f"  PASS  {name}: {rule['claim']}")
    more = f" ({rule['n_faults']:,} such)" if rule["n_faults"] > 1 else ""
    return Text(f"  FAIL  {name}: {rule['where']}: must {rule['must']}, got {rule['got']}{more}", style="bold red")
