"""The way in: a file or the name of a shipped scenario, overrides and a size, to one validated Scenario."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from simulator.errors import Problem, ScenarioError
from simulator.scenario.models import Scenario
from simulator.scenario.overrides import apply_overrides
from simulator.scenario.reader import Document, read_file
from simulator.scenario.resolution import fill_defaults
from simulator.scenario.scaling import clip_days, scale_accounts
from simulator.scenario.validation import validate
from simulator.scenario.wording import nearest, show

RESOLVED_STEM = "scenario"


def load_scenario(
    path_or_name: str | Path,
    *,
    overrides: Sequence[str] = (),
    accounts: int | None = None,
    days: int | None = None,
    prevalence: float | None = None,
) -> Scenario:
    """Return a scenario, checked completely.

    Parameters
    ----------
    path_or_name : str or Path
        A YAML file, or the id of a shipped scenario.
    overrides : sequence of str, optional
        Settings such as ``operators.agency.squads.night.evasion=L3``; ``all`` means every name.
    accounts : int, optional
        Accounts of the world, organic and operated; every population is scaled.
    days : int, optional
        Days around the launch to keep of the run.
    prevalence : float, optional
        Share of operated accounts; left out, as in the file. Without operators it changes nothing.

    Raises
    ------
    ScenarioError
        With every mistake of the file or the overrides, or when the size cannot be had.

    Examples
    --------
    >>> load_scenario("classroom", accounts=400).n_accounts
    400
    """
    return load_scenario_with_notes(
        path_or_name, overrides=overrides, accounts=accounts, days=days, prevalence=prevalence
    )[0]


def load_scenario_with_notes(
    path_or_name: str | Path,
    *,
    overrides: Sequence[str] = (),
    accounts: int | None = None,
    days: int | None = None,
    prevalence: float | None = None,
) -> tuple[Scenario, tuple[str, ...]]:
    """Return a scenario, and what its reader should know of how it was cut; see :func:`load_scenario`."""
    path = find_scenario(path_or_name)
    document = read_file(path)
    apply_overrides(document, overrides)
    fill_defaults(document.data)
    scenario = validate(document, None if path.stem == RESOLVED_STEM else path.stem)
    notes: tuple[str, ...] = ()
    if days is not None:
        scenario, notes = clip_days(scenario, days)
        scenario = _check_again(scenario, "--days")
    if accounts is not None or prevalence is not None:
        size = scenario.n_accounts if accounts is None else accounts
        scenario, more = scale_accounts(scenario, size, prevalence)
        scenario, notes = _check_again(scenario, "--accounts"), notes + more
    return scenario, notes


def _check_again(scenario: Scenario, option: str) -> Scenario:
    return validate(Document(option, scenario.model_dump(mode="json")))


def scenarios_folder() -> Path:
    """Return the folder of the shipped scenarios: inside the package when installed, else the checkout's."""
    package = Path(__file__).resolve().parents[1]
    inside = package / "scenarios"
    return inside if inside.is_dir() else package.parent / "scenarios"


def find_scenario(path_or_name: str | Path) -> Path:
    """Return the file of a path or of a shipped scenario's name.

    Raises
    ------
    ScenarioError
        When it is neither.
    """
    path, text = Path(path_or_name), str(path_or_name)
    if path.suffix in (".yaml", ".yml") or "/" in text or os.sep in text or path.is_file():
        return path
    shipped = {file.stem: file for file in sorted(scenarios_folder().glob("*.yaml"))}
    return find_shipped(text, shipped, "scenario", "a shipped scenario")


def find_shipped(name: str, shipped: Mapping[str, Path], place: str, what: str) -> Path:
    """Return the shipped file of a name.

    Parameters
    ----------
    name : str
    shipped : mapping of str to Path
    place : str
        Where the name was given, as a message calls it.
    what : str
        What ships, as in ``a shipped scenario``.

    Raises
    ------
    ScenarioError
        When none has the name.
    """
    if name not in shipped:
        rule = f"be a YAML file or the name of {what}"
        raise ScenarioError(Problem(place, 0, 0, "", rule, show(name), nearest(name, shipped)))
    return shipped[name]
