"""A detector that is a program in any language: it reads Parquet and writes Parquet."""

import shlex
import shutil
import subprocess
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.detector import Level, Observations
from simulator.errors import InputError, SmearbenchError

PLACES = ("{observations}", "{answer}")
_ANSWER = Path("program-answer.parquet")
_SHOWN_LINES = 5
_SOURCE_ENDINGS = (".py", ".r", ".R", ".jl", ".js", ".mjs", ".pl", ".rb", ".sh")


class ExternalProgram:
    """Starts a program, without a shell, with the folder to read and the file to write as its last arguments.

    Parameters
    ----------
    command : str
        Command line; `{observations}` and `{answer}` in it stand for folder and file, else they are added.
    level : {'account', 'post', 'group', 'alert'}
        What the program answers: the columns of :class:`benchmarks.detector.Detector`; at level alert `time`
        (timestamp) and `score`, whose causality nothing can check.
    """

    def __init__(self, command: str, level: Level) -> None:
        self.command = command
        self.level: Level = level
        self.name = name_program(command)

    def score(self, observations: Observations) -> pa.Table:
        """Run the program and return what it wrote.

        Raises
        ------
        SmearbenchError
            When it cannot be started or ends with another code than 0.
        InputError
            When it wrote no Parquet.
        """
        arguments = self._fill(observations.folder.resolve(), _ANSWER.resolve())
        try:
            done = subprocess.run(arguments, capture_output=True, check=False, stdin=subprocess.DEVNULL)
        except OSError as error:
            raise SmearbenchError(f"{arguments[0]}: must be a program: {error.strerror}") from error
        if done.returncode:
            said = done.stderr.decode(errors="replace").strip().splitlines()[-_SHOWN_LINES:]
            raise SmearbenchError("\n".join([f"{arguments[0]} ended with code {done.returncode}", *said]))
        if not _ANSWER.exists():
            raise InputError(f"{arguments[0]} must write its answer to the file it is given, and wrote none")
        try:
            return pq.read_table(_ANSWER)
        except (OSError, pa.ArrowException) as error:
            raise InputError(f"{arguments[0]} must write Parquet: {str(error).splitlines()[0]}") from error

    def _fill(self, observations: Path, answer: Path) -> list[str]:
        words = shlex.split(self.command)
        if not any(place in word for word in words for place in PLACES):
            words += PLACES
        return [word.replace(PLACES[0], str(observations)).replace(PLACES[1], str(answer)) for word in words]


def name_program(command: str) -> str:
    """Return what an external program is called: the script that it runs, else the program, without ending.

    Examples
    --------
    >>> name_program("python3 tools/find_bots.py --fast")
    'find_bots'
    """
    words = shlex.split(command)
    scripts = [word for word in words if Path(word).suffix in _SOURCE_ENDINGS]
    return Path(scripts[0] if scripts else words[0]).stem


def name_files(command: str) -> list[Path]:
    """Return the files that a command line names, each followed by its neighbours of the same ending."""
    named = [Path(word) for word in shlex.split(command) if Path(word).is_file()]
    return list(dict.fromkeys(path for word in named for path in [word, *_list_neighbours(word)]))


def check_command(command: str) -> None:
    """Refuse a command line that names no program.

    Raises
    ------
    InputError
        When it is empty or its program is neither on the path nor a file.
    """
    try:
        words = shlex.split(command)
    except ValueError as error:
        raise InputError(f"--detector-command: must be a command line, got {command!r}: {error}.") from error
    if not words:
        raise InputError("--detector-command: must name a program, got an empty command line.")
    if shutil.which(words[0]) is None:
        raise InputError(f"--detector-command: must start with a program, got {words[0]!r}, which is not found.")


def bring_files(command: str, folder: Path) -> str:
    """Copy the files that a command line names, and their neighbours of the same ending, into a folder.

    Returns the command line with the copies in their places: a program then learns nothing of where its
    author works, which is often where the truth lies too. Programs on the path or outside of the working folder
    stay where they are, as do those of a virtual environment, which would not find their packages elsewhere.
    """
    program, *rest = shlex.split(command)
    # Not resolved: a virtual environment is known by the place of its link.
    first = _bring(program, folder) if _is_own(program) else str(Path(shutil.which(program) or program).absolute())
    return shlex.join([first, *(_bring(word, folder) if Path(word).is_file() else word for word in rest)])


def _is_own(program: str) -> bool:
    path = Path(program).absolute()
    in_environment = (path.parent.parent / "pyvenv.cfg").exists()
    return path.is_file() and path.is_relative_to(Path.cwd()) and not in_environment


def _bring(word: str, folder: Path) -> str:
    source = Path(word).resolve()
    folder.mkdir(exist_ok=True)
    for path in [source, *_list_neighbours(source)]:
        shutil.copy(path, folder / path.name)
    return str(folder.resolve() / source.name)


def _list_neighbours(source: Path) -> list[Path]:
    """Return the other sources of the same language beside a source, by name."""
    found = source.parent.glob(f"*{source.suffix}") if source.suffix in _SOURCE_ENDINGS else ()
    return sorted(path for path in found if path.is_file() and path.name != source.name)
