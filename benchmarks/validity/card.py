"""What dataset cards say of what was measured; ``python -m benchmarks.validity.card`` writes it from results."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer

from benchmarks.audit.audit_tables import FAMILIES
from simulator import dataset
from simulator.console import Program, start

MEASURED_FILE = Path(dataset.__file__).with_name("measured_limits.md")
_MOST_NAMED = 6

app = typer.Typer(cls=Program, pretty_exceptions_enable=False, add_completion=False)


@app.command()
def write(results: Path = Path("results"), out: Path = MEASURED_FILE) -> None:
    """Write the section from the results of `audit` and `fidelity`; the same results give the same bytes."""
    out.write_text(render(results), encoding="utf-8")
    print(out)


def render(results: Path) -> str:
    """Return the section in Markdown.

    Parameters
    ----------
    results : Path
        Folder with ``audit/<name>/audit.json`` and ``fidelity/<scenario>/fidelity.json``.
    """
    lines = ["## What was measured", "", *_say_audits(results / "audit"), "", *_say_fidelity(results / "fidelity")]
    return "\n".join(lines) + "\n"


def _read_all(folder: Path, name: str) -> list[dict[str, Any]]:
    return [json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob(f"*/{name}"))]


def _say_audits(folder: Path) -> Iterator[str]:
    """Say of each level what shortcuts reach; at L0 to L2 they are meant to."""
    yield (
        "**Shortcuts.** At L0 to L2 operated accounts are easy to find by what each shows alone; that is what these "
        "levels are for. From L3 on `smearbench audit` found, over worlds of `ev_launch`:"
    )
    yield ""
    for audit in _read_all(folder, "audit.json"):
        for level, found in audit["gate"]["by_level"].items():
            facts = audit["levels"][level]
            failing = f": {', '.join(found['failing'])}" if found["failing"] else ""
            reached = "; ".join(_say_family(audit["findings"], level, family) for family in ("marginals", "text"))
            yield (
                f"- {level}, {facts['worlds']} worlds: gate {found['verdict']}{failing}. {reached}. Best relational "
                f"baseline {facts['best_baseline']}: {facts['best_average_precision']:.3f}, chance "
                f"{facts['prevalence']:.3f}."
            )


def _say_family(findings: list[dict[str, Any]], level: str, family: str) -> str:
    """Name the learnt probe of a family that reaches most."""
    learnt = [
        finding
        for finding in findings
        if (finding["level"], finding["family"], finding["measure"]) == (level, family, "average_precision")
    ]
    best = max(learnt, key=lambda finding: float(finding["value"]))
    title = FAMILIES[family].partition(") ")[2].partition(":")[0]
    return f"{title}: {best['probe']} {best['value']:.3f}"


def _say_fidelity(folder: Path) -> Iterator[str]:
    """Say of each scenario and pair how many facts are inside, and name those that are furthest outside."""
    yield (
        "**Fidelity.** Share of facts inside the real interval widened by half its width, and facts that lie outside, "
        "by `smearbench fidelity` on worlds of 5,000 accounts, medians over seeds; in brackets how often one of these "
        "worlds would be inside if another one were the real population:"
    )
    yield ""
    for found in _read_all(folder, "fidelity.json"):
        for pair in found["pairs"]:
            if pair["score"] is None:  # the scenario has no such slice
                continue
            outside = [fact["fact"] for fact in pair["facts"] if fact["inside"] is False]
            named = ", ".join(outside[:_MOST_NAMED]) + (
                f" and {len(outside) - _MOST_NAMED} more" if len(outside) > _MOST_NAMED else ""
            )
            what = f"{found['dataset']['scenario']}, {pair['pair']}"
            yield f"- {what}: {pair['score']:.0%}{_say_agreement(pair)}. Outside: {named or 'none'}."


def _say_agreement(pair: dict[str, Any]) -> str:
    agreement = pair.get("agreement")  # one world alone has none
    return "" if agreement is None else f" ({agreement:.0%})"


if __name__ == "__main__":
    start(app)
