"""The verbs of the hidden track under ``smearbench suite``: seal, answer, reveal."""

import os
from pathlib import Path
from typing import Annotated

import typer

from benchmarks.commands import (
    Calibrate,
    CommandLevel,
    Commands,
    Detectors,
    MemoryLimit,
    Parameters,
    TimeLimit,
    Train,
    make_limits,
    make_orders_of,
)
from simulator.console import OUT_HELP, AsJson, Force, print_json, print_table

N_CORES = os.cpu_count() or 1

SuiteName = Annotated[str, typer.Argument(metavar="SUITE", help="A YAML file, or the name of a shipped suite.")]
SealedFolder = Annotated[Path, typer.Argument(metavar="DIR", help="A folder that `suite seal` wrote.")]
SealedOut = Annotated[Path, typer.Option("-o", "--out", metavar="DIR", help=f"Folder to hand out. {OUT_HELP}")]
AnswersOut = Annotated[
    Path | None, typer.Option("-o", "--out", metavar="DIR", help=f"{OUT_HELP} Left out: DIR.answers.")
]
ResultsOut = Annotated[
    Path | None,
    typer.Option("-o", "--out", metavar="DIR", help="Folder of the results; left out, results/<suite>_sealed."),
]
SecretFile = Annotated[
    Path | None,
    typer.Option("--secret", metavar="FILE", help="File of nonce, seeds and scenarios; left out, DIR.secret.json."),
]
AnswersFolder = Annotated[
    Path | None, typer.Option("--answers", metavar="DIR", help="A folder that `suite answer` wrote.")
]
Jobs = Annotated[int, typer.Option("--jobs", min=1, metavar="N", help="Processes of this machine.")]


def seal(
    suite: SuiteName,
    out: SealedOut,
    secret: SecretFile = None,
    jobs: Jobs = N_CORES,
    force: Force = False,
    as_json: AsJson = False,
) -> None:
    """Make test worlds with secret seeds and dials, hand out observations only, and print the commitment.

    Publish the commitment with the folder, and keep the secret: without it nothing can be revealed, with it
    everybody has the labels.
    """
    from benchmarks.sealed.sealing import seal_suite
    from benchmarks.suites.suite import load_suite
    from benchmarks.suites.workers import Workers

    loaded, path = load_suite(suite)
    secret_file = secret or _name_beside(out, "secret.json")
    sealed = seal_suite(loaded, path.parent, out, secret_file, Workers(jobs), force=force)
    found = {"sealed": str(out), "secret": str(secret_file), "commitment": sealed.commitment}
    if as_json:
        print_json(found | {"suite": loaded.id, "worlds": len(sealed.worlds)})
        return
    print(f"sealed:     {out} ({_count_worlds(len(sealed.worlds))}, to hand out)")
    print(f"secret:     {secret_file} (to keep until the reveal)")
    print(f"commitment: {sealed.commitment}")


def answer(
    folder: SealedFolder,
    detectors: Detectors = None,
    parameters: Parameters = None,
    commands: Commands = None,
    command_level: CommandLevel = "account",
    train: Train = None,
    calibrate: Calibrate = None,
    jobs: Jobs = N_CORES,
    time_limit: TimeLimit = 900.0,
    memory_limit: MemoryLimit = 4.0,
    out: AnswersOut = None,
    force: Force = False,
    as_json: AsJson = False,
) -> None:
    """Let detectors answer about sealed worlds, each in a process of its own, and write their answers.

    Publish the digest that is printed before the reveal: it shows that the answers came first.
    """
    from benchmarks.registry import SHIPPED
    from benchmarks.sealed.sealed_answers import ANSWERS_FILE, Learning, answer_sealed
    from benchmarks.sealed.sealed_worlds import digest_file
    from benchmarks.suites.workers import Workers
    from simulator.dataset import open_dataset

    orders = make_orders_of(detectors, parameters, commands, command_level, tuple(SHIPPED))
    known = [[open_dataset(path, verify=True) for path in paths or ()] for paths in (train, calibrate)]
    target = out or _name_beside(folder, "answers")
    learning, limits = Learning(*known), make_limits(time_limit, memory_limit)
    answers = answer_sealed(folder, orders, target, Workers(jobs), learning=learning, limits=limits, force=force)
    digest = digest_file(target / ANSWERS_FILE)
    if as_json:
        print_json({"answers": str(target), "digest": digest} | answers.model_dump(mode="json"))
        return
    print(f"answers: {target} ({', '.join(detector.asked for detector in answers.detectors)})")
    print(f"digest:  {digest}")


def reveal(
    folder: SealedFolder,
    secret: SecretFile = None,
    answers: AnswersFolder = None,
    jobs: Jobs = N_CORES,
    out: ResultsOut = None,
    as_json: AsJson = False,
) -> None:
    """Prove sealed worlds and their labels from the secret, and score the answers given before."""
    from benchmarks.sealed.sealed_worlds import open_sealed
    from benchmarks.sealed.unsealing import REVEALED_FOLDER, name_results
    from benchmarks.sealed.unsealing import reveal as reveal_sealed
    from benchmarks.suites.suite_results import LEADERBOARD_FILE
    from benchmarks.suites.workers import Workers

    target = out or Path("results") / name_results(open_sealed(folder).suite)
    secret_file = secret or _name_beside(folder, "secret.json")
    found = reveal_sealed(folder, secret_file, answers, target, Workers(jobs))
    if as_json:
        content = {"results": str(target), "commitment": found.commitment, "answers": found.answers_digest}
        print_json(content | {"worlds": found.n_worlds, "rows": found.rows})
        return
    _print_headlines(found.rows)
    print(f"proved:      {_count_worlds(found.n_worlds)} with labels, by {found.commitment}")
    if found.answers_digest:
        print(f"answers:     {found.answers_digest}")
    print(f"labels:      {target / REVEALED_FOLDER}\nleaderboard: {target / LEADERBOARD_FILE}")


def _count_worlds(n: int) -> str:
    return f"{n} world{'' if n == 1 else 's'}"


def _name_beside(folder: Path, ending: str) -> Path:
    """Return a name beside a folder, as DIR.secret.json is."""
    whole = folder.resolve() if folder.name in ("", "..") else folder
    return whole.with_name(f"{whole.name}.{ending}")


def _print_headlines(rows: list[dict[str, object]]) -> None:
    """Print the headline of every detector by track and cell."""
    from benchmarks.suites.headlines import tabulate_headlines
    from benchmarks.verdict.result_rows import TRACKS

    for track in TRACKS:
        table = tabulate_headlines(rows, track)
        if table is not None:
            print_table(*table)
            print()
