"""Every error that the program raises on purpose, and the one form of their messages."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One mistake of an input, placed and explained.

    Renders as ``<file>:<line>:<column>: <path>: must <rule>, got <value>. <advice>``; parts that
    are unknown (line 0, empty path or value) are left out.
    """

    file: str
    line: int
    column: int
    path: str
    rule: str
    value: str
    advice: str = ""

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        path = f" {self.path}:" if self.path else ""
        got = f", got {self.value}" if self.value else ""
        advice = f" {self.advice}" if self.advice else ""
        return f"{place}:{path} must {self.rule}{got}.{advice}"


class SmearbenchError(Exception):
    """A run that failed for a reason worth one message and no traceback (exit code 1)."""

    exit_code = 1


class InputError(SmearbenchError):
    """Bad input from the user (exit code 2).

    Parameters
    ----------
    *problems : Problem or str
        All that is wrong with the input, in reading order.
    """

    exit_code = 2

    def __init__(self, *problems: Problem | str) -> None:
        self.problems = problems
        super().__init__("\n".join(str(problem) for problem in problems))


class ScenarioError(InputError):
    """A scenario file or override that breaks a rule."""


class DatasetError(InputError):
    """A dataset folder that cannot be trusted: incomplete, changed, foreign or too new."""


class OutputError(SmearbenchError):
    """An output that cannot be written: it exists, is read-only, or the disk is full."""
