"""Detectors that are programs in any language."""

import shlex
import sys

import pytest

from benchmarks.blind.external import ExternalProgram, bring_files, check_command, name_files, name_program
from benchmarks.detector import Observations
from simulator.errors import InputError, SmearbenchError
from tests.tiny_dataset import ALL_ACCOUNTS, END, write_tiny

COUNT_IN_PYTHON = """
import sys
import pyarrow as pa, pyarrow.parquet as pq
folder, answer = sys.argv[-2:]
ids = pq.read_table(f"{folder}/accounts.parquet", columns=["account_id"])["account_id"]
pq.write_table(pa.table({"account_id": ids, "score": [float(i.as_py()) for i in ids]}), answer)
"""


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    return Observations(write_tiny(tmp_path_factory.mktemp("external") / "tiny") / "observations", END)


@pytest.fixture
def home(tmp_path, monkeypatch):
    """The folder that a program works in."""
    folder = tmp_path / "home"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


def sh(script):
    return shlex.join(["sh", "-c", script, "sh"])


def test_program_in_python_answers(tiny, home, tmp_path):
    script = tmp_path / "count.py"
    script.write_text(COUNT_IN_PYTHON)
    program = ExternalProgram(shlex.join([sys.executable, str(script)]), "account")
    answer = program.score(tiny)
    assert (program.name, program.level) == ("count", "account")
    assert answer["account_id"].to_pylist() == list(ALL_ACCOUNTS)
    assert answer["score"].to_pylist() == [float(account) for account in ALL_ACCOUNTS]


def test_program_without_any_library_answers(tiny, home):
    """A shell script: the accounts as they are have no score, and the caller will say so."""
    answer = ExternalProgram(sh('cp "$1/accounts.parquet" "$2"'), "account").score(tiny)
    assert answer["account_id"].to_pylist() == list(ALL_ACCOUNTS)


def test_places_are_filled_where_they_stand(tiny, home):
    command = sh('cp "${1#--in=}/accounts.parquet" "${2#--out=}"; test $# = 2') + " --in={observations} --out={answer}"
    assert ExternalProgram(command, "account").score(tiny).num_rows == len(ALL_ACCOUNTS)


def test_there_is_no_shell(tiny, home):
    with pytest.raises(InputError, match="wrote none"):
        ExternalProgram("echo x > made; touch made", "account").score(tiny)
    assert not (home / "made").exists()


@pytest.mark.parametrize(
    ("command", "kind", "message"),
    [
        (sh("echo one >&2; echo two >&2; exit 3"), SmearbenchError, "sh ended with code 3\none\ntwo"),
        (sh("kill -9 $$"), SmearbenchError, "sh ended with code -9"),
        (sh("seq 9 >&2; exit 1"), SmearbenchError, "sh ended with code 1\n5\n6\n7\n8\n9"),
        (sh("true"), InputError, "sh must write its answer to the file it is given, and wrote none"),
        ("/no/such/program", SmearbenchError, "/no/such/program: must be a program: No such file or directory"),
    ],
)
def test_program_that_gives_no_answer_is_explained(tiny, home, command, kind, message):
    with pytest.raises(kind) as caught:
        ExternalProgram(command, "account").score(tiny)
    assert str(caught.value) == message


def test_answer_that_is_no_parquet_is_refused(tiny, home):
    with pytest.raises(InputError, match=r"sh must write Parquet: .*Parquet"):
        ExternalProgram(sh('echo id,score > "$2"'), "account").score(tiny)


@pytest.mark.parametrize(
    ("command", "name"),
    [
        ("find_bots", "find_bots"),
        ("/opt/tools/find_bots.sh --fast", "find_bots"),
        ("python3 -u 'my tools/find bots.py' x", "find bots"),
        ("Rscript a.R", "a"),
        ("java -jar finder.jar", "java"),
    ],
)
def test_program_is_called_after_its_script(command, name):
    assert name_program(command) == name


@pytest.mark.parametrize(
    ("command", "message"),
    [
        ("", "--detector-command: must name a program, got an empty command line."),
        ("a 'b", '--detector-command: must be a command line, got "a \'b": No closing quotation.'),
        ("no-such-thing x", "--detector-command: must start with a program, got 'no-such-thing', which is not found."),
    ],
)
def test_command_line_of_no_program_is_refused(command, message):
    with pytest.raises(InputError) as caught:
        check_command(command)
    assert str(caught.value) == message


def test_named_files_and_neighbours_of_their_ending_are_copied(home, tmp_path):
    (home / "src").mkdir()
    for name in ("find.py", "words.py", "secret.txt", "settings.json"):
        (home / "src" / name).write_text(name)
    command = bring_files("python3 src/find.py --with src/settings.json --depth 3", tmp_path / "modules")
    copied = tmp_path / "modules"
    program, *rest = shlex.split(command)
    assert program.endswith("/python3")
    assert rest == [str(copied / "find.py"), "--with", str(copied / "settings.json"), "--depth", "3"]
    assert sorted(path.name for path in copied.iterdir()) == ["find.py", "settings.json", "words.py"]
    assert str(home) not in command


def test_program_of_the_working_folder_is_copied_and_stays_a_program(home, tmp_path):
    (home / "find.sh").write_text("#!/bin/sh\nexit 0\n")
    (home / "find.sh").chmod(0o755)
    command = bring_files("./find.sh -x", tmp_path / "modules")
    assert command == f"{tmp_path / 'modules' / 'find.sh'} -x"
    assert (tmp_path / "modules" / "find.sh").stat().st_mode & 0o100


def test_interpreter_of_a_virtual_environment_stays_with_its_packages(home, tmp_path):
    (home / ".venv/bin").mkdir(parents=True)
    (home / ".venv/pyvenv.cfg").touch()
    (home / ".venv/bin/python").symlink_to(sys.executable)
    (home / "find.py").touch()
    program, script = shlex.split(bring_files(".venv/bin/python find.py", tmp_path / "modules"))
    assert program == str(home / ".venv/bin/python")
    assert script == str(tmp_path / "modules/find.py")


def test_program_outside_of_the_working_folder_stays(home, tmp_path):
    assert bring_files(f"{sys.executable} -V", tmp_path / "modules") == f"{sys.executable} -V"


def test_files_of_a_command_are_those_that_it_names_and_their_neighbours(home):
    for name in ("find.py", "words.py", "settings.json", "more.json"):
        (home / name).touch()
    found = name_files("python3 find.py missing.py --with settings.json")
    assert [str(path) for path in found] == ["find.py", "words.py", "settings.json"]
