"""The tutorial as a new user follows it: its files are written and its commands run, in order, in an empty folder."""

import os
import re
import subprocess
import sysconfig
import venv
from dataclasses import dataclass
from pathlib import Path

import pytest

import benchmarks

TUTORIAL = Path(benchmarks.__file__).with_name("TUTORIAL.md")
FENCE = re.compile(r"^```(?P<language>\w+) ?(?P<file>\S*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
# Whatever depends on the machine.
COST = re.compile(r"\s+[\d.]+ s\s+[\d.]+ [kMG]B$")


@dataclass(frozen=True)
class Block:
    language: str
    file: str
    text: str


def read_blocks():
    return [Block(*match.groups()) for match in FENCE.finditer(TUTORIAL.read_text(encoding="utf-8"))]


@pytest.fixture(scope="module")
def environment(tmp_path_factory):
    """Make the environment of a new user, lent all packages of this one, so that installing leaves no trace here."""
    home = tmp_path_factory.mktemp("user")
    venv.create(home / "env", with_pip=False)
    programs = home / "env/bin"
    python = programs / "python"
    site = next((home / "env/lib").glob("python*/site-packages"))
    lent, checkout = sysconfig.get_path("purelib"), TUTORIAL.parents[1]
    (site / "lent.pth").write_text(f"import site; site.addsitedir({lent!r})\n{checkout}\n")
    for name, module in (("smearbench", "benchmarks.cli"), ("pip", "pip._internal.cli.main")):
        program = programs / name
        program.write_text(f"#!{python}\nimport sys\nfrom {module} import main\nsys.exit(main())\n")
        program.chmod(0o755)
    # Nothing is fetched. PIP_NO_BUILD_ISOLATION means the opposite of what it says (pypa/pip issue 5735).
    pip = {"PIP_NO_DEPS": "1", "PIP_NO_INDEX": "1", "PIP_NO_BUILD_ISOLATION": "0", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    kept = {name: os.environ[name] for name in ("LD_LIBRARY_PATH", "NUMBA_CACHE_DIR") if name in os.environ}
    search = f"{programs}:/usr/local/bin:/usr/bin:/bin"
    return kept | pip | {"PATH": search, "HOME": os.environ.get("HOME", str(home)), "COLUMNS": "80", "LANG": "C.UTF-8"}


def run(commands, environment, folder):
    done = subprocess.run(
        ["bash", "-euc", commands], cwd=folder, env=environment, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, f"{commands}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def settle(text):
    return [re.sub(r"\s+", " ", COST.sub("", line.rstrip())) for line in text.strip().splitlines()]


def test_every_block_of_the_tutorial_works(tmp_path, environment):
    said = ""
    for block in read_blocks():
        if block.language == "sh":
            said = run(block.text, environment, tmp_path)
        elif block.language == "text":
            missing = [line for line in settle(block.text) if line not in settle(said)]
            assert not missing, said
        elif block.file:
            (tmp_path / block.file).write_text(block.text, encoding="utf-8")
        else:
            assert block.text in (tmp_path / "test_my_detector.py").read_text(encoding="utf-8")
    assert "| my_detector |" in (tmp_path / "results/smoke/leaderboard.md").read_text(encoding="utf-8")


def test_every_block_of_the_tutorial_says_what_it_is():
    assert {block.language for block in read_blocks()} == {"sh", "text", "python", "toml"}
    assert TUTORIAL.read_text(encoding="utf-8").count("```") == 2 * len(read_blocks())
    assert {block.file for block in read_blocks() if block.file} == {
        *("my_detector.py", "pyproject.toml", "count_posts.py", "hourly_alarm.py"),
    }
