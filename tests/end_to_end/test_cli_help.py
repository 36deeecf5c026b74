"""Every --help answers quickly: nothing heavy is imported before a command does its work."""

import subprocess
import sys

import pytest

HEAVY = (
    "mesa",
    "numba",
    "pyarrow",
    "numpy",
    "scipy",
    "sklearn",
    "pandas",
    "polars",
    "duckdb",
    "faker",
    "joblib",
    "yaml",
)
VERBS = ("check", "scenarios", "schema", "simulate", "describe", "verify", "effect", "run", "score", "detectors")
VERBS += ("check-detector", "new-detector", "suite", "compare", "audit", "fidelity", "play", "alerts")

ASK_ALL = """
import sys
from benchmarks.cli import make_app
for verb in [None, *{verbs!r}]:
    try:
        make_app()(([verb] if verb else []) + ["--help"], prog_name="smearbench")
    except SystemExit as done:
        assert done.code == 0, verb
print("LOADED", [name for name in {heavy!r} if name in sys.modules])
"""


def _python(*arguments):
    return subprocess.run([sys.executable, *arguments], capture_output=True, text=True, check=True, timeout=60)


def test_no_help_imports_anything_heavy():
    done = _python("-c", ASK_ALL.format(verbs=VERBS, heavy=HEAVY))
    assert done.stdout.splitlines()[-1] == "LOADED []"


def test_import_of_the_program_loads_nothing_heavy():
    done = _python("-X", "importtime", "-c", "import benchmarks.cli")
    loaded = {line.rpartition("|")[2].strip().partition(".")[0] for line in done.stderr.splitlines()}
    assert not loaded & set(HEAVY)


@pytest.mark.parametrize("package", ["simulator", "benchmarks"])
def test_packages_are_programs(package):
    help_text = _python("-m", package, "--help").stdout
    assert all(f" {verb} " in help_text for verb in ("check", "scenarios", "simulate", "describe", "effect"))
    assert (" score " in help_text) == (package == "benchmarks")


def test_program_names_every_verb():
    help_text = _python("-m", "benchmarks", "--help").stdout
    assert all(f" {verb} " in help_text for verb in VERBS)


def test_options_mean_the_same_everywhere():
    """--json and -o/--out carry one text wherever they are."""
    from benchmarks.cli import make_app
    from simulator.console import OUT_HELP

    for verb in make_app().registered_commands:
        for name, option in verb.callback.__annotations__.items():
            if name == "as_json":
                assert option.__metadata__[0].help == "Print one JSON document on stdout and nothing else."
            if name == "out":
                assert option.__metadata__[0].param_decls in (("-o", "--out"), ("--out",))
                assert option.__metadata__[0].help.startswith(OUT_HELP)
