"""Has a rule file checked by the engine's own program, and puts what it says where it belongs in the file."""

import re
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.alerting.engines.programs import last_line, run_program
from simulator.errors import ScenarioError
from simulator.scenario.reader import Document, Place

_CHECKED = "rules.yml"
_COMMANDS = {
    "promtool": ("promtool", "check", "rules", _CHECKED),
    "vmalert": ("vmalert", "-dryRun", f"-rule={_CHECKED}", "-loggerLevel=ERROR"),
}
# promtool gives the number of the rule, vmalert its name.
_NUMBERED = re.compile(r'group "(?P<group>.*?)", rule (?P<rule>\d+), ".*?": (?P<why>.*)')
_NAMED = re.compile(r'rule "(?P<group>.*?)"\."(?P<rule>.*?)": (?P<why>.*)')


def check_with_program(document: Document, path: Path, program: str) -> None:
    """Refuse a rule file that a program refuses.

    Parameters
    ----------
    document : Document
        The same file, read.
    path : Path
    program : str
        promtool or vmalert.

    Raises
    ------
    InputError
        With the program's own words, or when it is not installed.
    """
    with tempfile.TemporaryDirectory(prefix="smearbench-rules-") as home:
        (Path(home) / _CHECKED).write_bytes(path.read_bytes())
        done = run_program(_COMMANDS[program], Path(home))
    if done.returncode == 0:
        return
    for complaint in _split(done.stderr) or [last_line(done)]:
        _explain(document, program, complaint)
    raise ScenarioError(*sorted(document.problems))


def _split(printed: str) -> list[str]:
    """Return the complaints, each of which begins with the file's name and may go on over lines."""
    complaints: list[str] = []
    for line in printed.splitlines():
        if _CHECKED in line:
            complaints.append(line.strip().removeprefix(f"{_CHECKED}: "))
        elif complaints:
            complaints[-1] += f" {line.strip()}"
    return complaints


def list_groups(document: Document) -> list[Any]:
    """Return the groups of a rule file as they are, none when there is no list of them."""
    content = document.data
    groups = content.get("groups") if isinstance(content, dict) else None
    return groups if isinstance(groups, list) else []


def _explain(document: Document, program: str, line: str) -> None:
    found = _NUMBERED.search(line) or _NAMED.search(line)
    path = _find_place(document, found["group"], found["rule"]) if found is not None else ()
    why = found["why"] if found is not None else line
    if path and "expr" in why:
        path = (*path, "expr")
    document.add(document.mark(path), path, f"pass {program}'s check", "", f"It says: {why.strip()}")


def _find_place(document: Document, name: str, rule: str) -> Place:
    """Return where a rule stands, by the name of its group and its own name, or its number from 1."""
    for place, group in enumerate(list_groups(document)):
        if not isinstance(group, dict) or str(group.get("name")) != name:
            continue
        names = [str(one.get("alert", one.get("record"))) for one in group.get("rules") or ()]
        if rule in names:
            return ("groups", place, "rules", names.index(rule))
        return ("groups", place, "rules", int(rule) - 1) if rule.isdigit() else ("groups", place)
    return ()
