"""What a suite is: cells of scenarios and levels, the worlds of each split, tracks, detectors; read from YAML."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError, model_validator

from benchmarks.detector import LEVELS
from simulator.errors import ScenarioError
from simulator.scenario import Scenario, load_scenario
from simulator.scenario.load import find_shipped
from simulator.scenario.parts import Name, Part, SplitName
from simulator.scenario.reader import REFUSED, Document, read_file
from simulator.scenario.times import broken
from simulator.scenario.wording import nearest, show
from simulator.vocabulary import EvasionLevel, Split

Variant = Literal["world", "twin"]
_SHIPPED = Path(__file__).parent
Seeds = Annotated[tuple[Annotated[int, Field(ge=0, lt=1 << 64)], ...], Field(strict=False, max_length=200)]
Settings = Annotated[tuple[str, ...], Field(strict=False)]


class Cell(Part):
    """One kind of world: a scenario at a level, with whatever else is set."""

    scenario: str = Field(description="Name of a shipped scenario, or a YAML file beside the suite.")
    level: Literal["L0", "L1", "L2", "L3", "L4", "L5"] | None = Field(
        None, description="Evasion level of every squad; left out, as in the scenario."
    )
    label: str | None = Field(None, max_length=40, description="What tables call it; left out, scenario and level.")
    set: Settings = Field((), description="Overrides, as of `smearbench simulate --set`.")
    accounts: int | None = Field(None, ge=40, description="Accounts of a world; left out, the suite's.")
    days: int | None = Field(None, ge=1, description="Days around the launch; left out, the suite's.")
    prevalence: float | None = Field(None, gt=0, lt=1, description="Operated share; left out, the suite's.")
    splits: Annotated[tuple[SplitName, ...], Field(strict=False)] = Field(
        (Split.train, Split.validation, Split.test), description="Splits that have worlds of this cell."
    )
    test_seeds: Seeds | None = Field(
        None, min_length=1, description="Seeds of this cell's test worlds; left out, the suite's."
    )

    @model_validator(mode="after")
    def _check(self) -> "Cell":
        if self.test_seeds is not None and Split.test not in self.splits:
            raise broken("have the split test among its splits, where it has test_seeds", "Leave one of them out.")
        return self

    @property
    def name(self) -> str:
        """The cell's name in tables."""
        return self.label or " ".join(filter(None, [Path(self.scenario).stem, self.level]))


class Suite(Part):
    """A benchmark: which worlds detectors learn from, are calibrated on and are scored on."""

    id: Name = Field(description="Name of the suite; the same as the file's.")
    summary: str = Field(min_length=10, max_length=400, description="What it tells, in one or two sentences.")
    accounts: int = Field(4000, ge=40, description="Accounts of a world.")
    days: int = Field(60, ge=1, description="Days around the launch.")
    prevalence: float = Field(0.02, gt=0, lt=1, description="Operated share of the accounts.")
    cells: Annotated[tuple[Cell, ...], Field(strict=False, min_length=1, max_length=60)] = Field(
        description="Kinds of worlds."
    )
    seeds: dict[SplitName, Seeds] = Field(
        description="Seeds of the worlds of each split, in every cell but those with test_seeds."
    )
    tracks: Annotated[tuple[Literal["account", "post", "group", "alert"], ...], Field(strict=False)] = Field(
        LEVELS, description="What is scored."
    )
    detectors: Annotated[tuple[str, ...], Field(strict=False)] = Field(
        (), description="Detectors; left out, every shipped one."
    )
    reference: str = Field("near_duplicate", description="Detector that the others are compared with.")
    budget_per_10000: float = Field(10.0, gt=0, description="Wrong accusations per 10,000 organic accounts.")
    alert_budgets_per_day: Annotated[tuple[Annotated[float, Field(gt=0)], ...], Field(strict=False, min_length=1)] = (
        Field((1.0, 0.25), description="False alarm episodes a day; 1, the headline's, is one of them.")
    )
    cooldown_hours: float = Field(
        6.0, gt=0, lt=24, description="An episode takes up the alerts of so many hours from its first."
    )

    @model_validator(mode="after")
    def _check(self) -> "Suite":
        if not self.seeds.get(Split.test):
            raise broken("give at least one seed to the split test")
        names = [cell.name for cell in self.cells]
        double = [name for name in names if names.count(name) > 1]
        if double:
            raise broken(f"give every cell its own name, got {double[0]!r} twice", "Give one a label.")
        if 1.0 not in self.alert_budgets_per_day:
            got = ", ".join(f"{budget:g}" for budget in self.alert_budgets_per_day)
            raise broken(f"have 1, the headline's budget, among alert_budgets_per_day, got {got}")
        self._check_test_seeds()
        used = [(seed, split) for split, seeds in self.seeds.items() for seed in seeds]
        for seed, split in used:
            if used.count((seed, split)) > 1:
                raise broken(f"give every seed once, got {seed} twice in {split.name}")
            others = [other for another, other in used if another == seed and other != split]
            if others:
                raise broken(f"give every seed to one split, got {seed} in {split.name} and {others[0].name}")
        return self

    def _check_test_seeds(self) -> None:
        taken = {seed: split for split, seeds in self.seeds.items() if split != Split.test for seed in seeds}
        for cell in self.cells:
            own = cell.test_seeds or ()
            for seed in own:
                if seed in taken:
                    raise broken(f"give every seed to one split, got {seed} in test_seeds and {taken[seed].name}")
                if own.count(seed) > 1:
                    raise broken(f"give every seed once, got {seed} twice in test_seeds")

    def seeds_of(self, cell: Cell, split: Split) -> tuple[int, ...]:
        """Return the seeds of a cell's worlds in a split: its own test seeds, where it has some."""
        own = cell.test_seeds if split == Split.test else None
        return own or self.seeds.get(split, ())


@dataclass(frozen=True, slots=True)
class WorldOrder:
    """A world of a suite, and its variant; what it takes to simulate it."""

    suite_folder: str
    cell: Cell
    split: Split
    seed: int
    accounts: int
    days: int
    prevalence: float
    variant: Variant = "world"

    def load(self) -> Scenario:
        """Return the scenario of this world.

        Raises
        ------
        ScenarioError
            When the scenario, its size or an override is wrong.
        """
        own = Path(self.suite_folder) / self.cell.scenario
        source: str | Path = own if own.suffix in (".yaml", ".yml") else self.cell.scenario
        level = (f"operators.all.squads.all.evasion={self.cell.level}",) if self.cell.level else ()
        return load_scenario(
            source,
            overrides=(f"split={self.split.value}", *level, *self.cell.set),
            accounts=self.accounts,
            days=self.days,
            prevalence=self.prevalence,
        )

    @property
    def level(self) -> EvasionLevel | None:
        """The level that the cell sets."""
        return EvasionLevel(self.cell.level) if self.cell.level else None

    def __str__(self) -> str:
        twin = ", twin" if self.variant == "twin" else ""
        return f"{self.cell.name}, {self.split.value} seed {self.seed}{twin}"


def list_worlds(suite: Suite, folder: Path, split: Split, variant: Variant = "world") -> Iterator[WorldOrder]:
    """Yield the worlds of a split, cell by cell; `folder` is where the suite's file lies."""
    for cell in suite.cells:
        if split not in cell.splits:
            continue
        for seed in suite.seeds_of(cell, split):
            yield WorldOrder(
                suite_folder=str(folder),
                cell=cell,
                split=split,
                seed=seed,
                accounts=cell.accounts or suite.accounts,
                days=cell.days or suite.days,
                prevalence=cell.prevalence or suite.prevalence,
                variant=variant,
            )


def list_suites() -> dict[str, Path]:
    """Return the files of the shipped suites by name."""
    return {path.stem: path for path in sorted(_SHIPPED.glob("*.yaml"))}


def load_suite(path_or_name: str) -> tuple[Suite, Path]:
    """Return a suite, checked completely, and its file.

    Parameters
    ----------
    path_or_name : str
        A YAML file, or the name of a shipped suite.

    Raises
    ------
    InputError
        With every mistake of the file.

    Examples
    --------
    >>> load_suite("smoke")[0].id
    'smoke'
    """
    path = Path(path_or_name)
    if path.suffix not in (".yaml", ".yml"):
        path = find_shipped(path_or_name, list_suites(), "suite", "a shipped suite")
    document = read_file(path)
    suite = _validate(document)
    if suite.id != path.stem:
        document.add(document.mark(("id",)), ("id",), f"be the file's name, {path.stem}", show(suite.id))
        raise ScenarioError(*document.problems)
    return suite, path


def _validate(document: Document) -> Suite:
    try:
        suite = Suite.model_validate(document.data)
    except ValidationError as error:
        for detail in error.errors(include_url=False):
            _explain(document, dict(detail))
    if document.problems:
        raise ScenarioError(*sorted(document.problems))
    return suite


def _explain(document: Document, detail: dict[str, Any]) -> None:
    """Note one error of the models in the words of a scenario's problems."""
    path, kind = tuple(detail["loc"]), detail["type"]
    if detail["input"] is REFUSED:
        return
    is_key = path[-1:] == ("[key]",)
    path = path[:-1] if is_key else path
    if kind == "missing":
        document.add(document.mark(path), path, "be given")
    elif kind == "extra_forbidden":
        known = Cell.model_fields if path[0] == "cells" else Suite.model_fields
        document.add(document.key_mark(path), path, "be a known key", show(path[-1]), nearest(str(path[-1]), known))
    else:
        context = detail.get("ctx", {})
        known_rule = _RULES.get(kind)
        rule = known_rule.format(**context) if known_rule else str(detail["msg"]).removeprefix("Input should ")
        mark = document.key_mark(path) if is_key else document.mark(path)
        document.add(mark, path, rule, show(detail["input"]) if path else "", context.get("advice", ""))


_RULES = {
    "rule": "{rule}",
    "greater_than": "be above {gt}",
    "greater_than_equal": "be at least {ge}",
    "less_than": "be below {lt}",
    "int_type": "be a whole number",
    "int_from_float": "be a whole number",
    "float_type": "be a number",
    "string_type": "be text",
    "tuple_type": "be a list",
    "literal_error": "be one of {expected}",
    "too_short": "have at least {min_length} entry",
    "too_long": "have at most {max_length} entries",
    "string_too_short": "have at least {min_length} characters",
    "string_too_long": "have at most {max_length} characters",
}
