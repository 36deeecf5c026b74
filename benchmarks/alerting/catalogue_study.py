"""Scores the starter rules on the catalogue: ``python -m benchmarks.alerting.catalogue_study --engine duckdb``."""

import json
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from benchmarks.alerting.catalogue_runs import Study, run_study
from benchmarks.alerting.catalogue_tables import render_catalogue
from benchmarks.alerting.engines.choosing import ENGINES, load_engine
from benchmarks.alerting.rule_scores import Settings
from benchmarks.alerting.termination import end_in_order
from benchmarks.suite_commands import CACHE, N_CORES, RESULTS, Jobs
from benchmarks.whole_file import write_whole
from simulator.console import Program, note, start

# Enough worlds for intervals, large enough for ten mentions an hour, small enough for ten minutes on two cores.
ACCOUNTS, DAYS, SEEDS = 3000, 60, 5


def catalogue_study(
    engine: Annotated[str, typer.Option("--engine", help=f"One of {', '.join(ENGINES)}.")] = "duckdb",
    rules: Annotated[str, typer.Option("--rules", help="A rule file of the engine, or a shipped one.")] = "starter",
    accounts: Annotated[int, typer.Option("--accounts", min=100, help="Accounts of each world.")] = ACCOUNTS,
    days: Annotated[int, typer.Option("--days", min=9, help="Days of each world, at most.")] = DAYS,
    seeds: Annotated[int, typer.Option("--seeds", min=1, help="Worlds of each scenario.")] = SEEDS,
    jobs: Jobs = N_CORES,
    cache: Annotated[Path, typer.Option("--cache", help="Where series and scores are kept.")] = CACHE / "alerting",
    out: Annotated[Path, typer.Option("-o", "--out", help="Folder of the results.")] = RESULTS / "alerting",
) -> None:
    """Score alert rules on every scenario of the catalogue, those with nothing to find too."""
    loaded = load_engine(rules, engine)
    with end_in_order(), tempfile.TemporaryDirectory(prefix="smearbench-alerts-", ignore_cleanup_errors=True) as home:
        study = Study(loaded, Settings(), accounts, days, seeds, cache.resolve(), Path(home))
        found = run_study(study, jobs)
    document = json.dumps(found, indent=1, ensure_ascii=False, allow_nan=False) + "\n"
    write_whole(out / f"{loaded.name}.json", document.encode())
    write_whole(out / f"{loaded.name}.md", render_catalogue(found).encode())
    note(f"results: {out / f'{loaded.name}.json'}, {out / f'{loaded.name}.md'}")


app = typer.Typer(cls=Program, pretty_exceptions_enable=False, add_completion=False)
app.command()(catalogue_study)

if __name__ == "__main__":
    start(app)
