"""The verb that looks for shortcuts: audit."""

import json
from pathlib import Path
from typing import Annotated

import typer

from benchmarks.commands import Datasets
from simulator.console import OUT_HELP, AsJson, Force, note, print_json
from simulator.errors import SmearbenchError

AUDIT_FILE = "audit.json"

Baselines = Annotated[
    list[str] | None,
    typer.Option("--baseline", metavar="NAME", help="An unsupervised relational detector. May be repeated."),
]
Cache = Annotated[
    Path | None, typer.Option("--cache", metavar="DIR", help="Where the baselines' answers are kept for later.")
]
Out = Annotated[Path | None, typer.Option("-o", "--out", help=f"{OUT_HELP} A folder of audit.json; left out, none.")]


def audit(
    datasets: Datasets,
    baselines: Baselines = None,
    cache: Cache = None,
    out: Out = None,
    force: Force = False,
    as_json: AsJson = False,
) -> None:
    """Train the probes of a cheat and judge what they reach; ends with 1 when the gate fails."""
    from benchmarks.audit.audit import audit_datasets
    from benchmarks.audit.audit_tables import decide, describe_audit, print_audit
    from benchmarks.audit.baselines import RELATIONAL
    from benchmarks.scoring.run_folder import check_result_folder
    from simulator.dataset import open_dataset

    if out is not None:
        check_result_folder(out, force=force)
    opened = [open_dataset(path, verify=True) for path in datasets]
    found = audit_datasets(opened, tuple(baselines or RELATIONAL), cache, note)
    content = describe_audit(found, [str(path) for path in datasets])
    if out is not None:
        _write(json.dumps(content, indent=1, allow_nan=False) + "\n", out, force)
    if as_json:
        print_json(content)
    else:
        print_audit(found)
    _fail_for(decide(found))


def _write(text: str, out: Path, force: bool) -> None:
    from benchmarks.alerting.termination import end_in_order
    from benchmarks.scoring.run_folder import whole_result_folder

    with end_in_order(), whole_result_folder(out, force=force) as folder:
        (folder / AUDIT_FILE).write_text(text, encoding="utf-8")


def _fail_for(gate: dict[str, object]) -> None:
    if gate["verdict"] == "failed":
        raise SmearbenchError("The gate fails: a shortcut gives operated accounts away.")
