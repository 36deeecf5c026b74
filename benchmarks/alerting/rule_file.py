"""What a file of alert rules is: own series, derived series, rules; read from YAML and checked whole."""

import re
from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, Field, ValidationError, model_validator

from benchmarks.alerting.series_list import SERIES_NAMES
from benchmarks.alerting.time_limit import LIMIT_SECONDS
from simulator.errors import InputError, Problem, ScenarioError
from simulator.scenario.load import find_shipped
from simulator.scenario.parts import Part
from simulator.scenario.reader import REFUSED, Document, Place, read_file
from simulator.scenario.times import broken
from simulator.scenario.wording import nearest, show

_Model = TypeVar("_Model", "RuleFile", "SeriesFile")

_SHIPPED = Path(__file__).parent
_SUFFIX = "_rules.yaml"
_NAME = re.compile(r"[a-z][a-z0-9_]{0,59}")
_DURATION = re.compile(r"([0-9]+(?:\.[0-9]+)?)(m|h|d)")
_MINUTES = {"m": 1, "h": 60, "d": 1440}


def read_minutes(text: str) -> float:
    """Return the minutes of a duration, as 90m, 1.5h or 2d.

    Examples
    --------
    >>> read_minutes("1.5h")
    90.0
    """
    found = _DURATION.fullmatch(text)
    if found is None:
        raise broken("be a duration as 15m, 2h or 1d")
    return float(found[1]) * _MINUTES[found[2]]


def _check_name(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise broken("be lower-case letters, digits and _, as my_series")
    return name


def _check_duration(text: str) -> str:
    read_minutes(text)
    return text


Name = Annotated[str, AfterValidator(_check_name)]
Sql = Annotated[str, Field(min_length=1, max_length=20_000)]
Duration = Annotated[str, AfterValidator(_check_duration)]
Thresholds = Annotated[tuple[float, ...], Field(strict=False, max_length=50)]
THRESHOLD = "$threshold"


class OwnSeries(Part):
    """A series of the team's own: SQL over the observations with a row for every event, `time` and `value`."""

    name: Name = Field(description="Name of the column.")
    sql: Sql = Field(description="SELECT of `time` and `value`; the values of a step are added up, 0 without any.")


class DerivedSeries(Part):
    """A series made of the others: an expression over the columns so far, which looks only back."""

    name: Name = Field(description="Name of the column.")
    expr: Sql = Field(description="SQL expression over the series.")


class Rule(Part):
    """Fires when its expression has been true for long enough."""

    name: Name = Field(description="Name of the alert.")
    expr: Sql = Field(description="SQL condition over the series; null counts as false.")
    for_: Duration = Field("0m", alias="for", description="For how long it must be true, as 15m, 2h or 1d.")
    thresholds: Thresholds = Field((), description="Values of $threshold in the expression, each a rule of its own.")
    summary: str = Field(min_length=3, max_length=300, description="What it tells whom it wakes.")

    @model_validator(mode="after")
    def _check(self) -> "Rule":
        if (THRESHOLD in self.expr) != bool(self.thresholds):
            got = "thresholds alone" if self.thresholds else f"{THRESHOLD} alone"
            raise broken(f"have {THRESHOLD} in its expression together with thresholds, got {got}")
        return self

    @property
    def for_minutes(self) -> float:
        """For how long it must be true."""
        return read_minutes(self.for_)

    def sweep(self) -> "tuple[Rule, ...]":
        """Return the rule at each of its thresholds, named by it; itself without any."""
        return tuple(
            self.model_copy(
                update={"name": f"{self.name} {value:g}", "expr": self.expr.replace(THRESHOLD, repr(value))}
            )
            for value in self.thresholds
        ) or (self,)


_Owns = Annotated[tuple[OwnSeries, ...], Field(strict=False, max_length=50)]
_Deriveds = Annotated[tuple[DerivedSeries, ...], Field(strict=False, max_length=50)]
_Rules = Annotated[tuple[Rule, ...], Field(strict=False, min_length=1, max_length=100)]


class RuleFile(Part):
    """Rules, and the series that they need beyond the given ones."""

    series: _Owns = Field((), description="The team's own series.")
    derived: _Deriveds = Field((), description="Series made of others, in this order.")
    rules: _Rules = Field(description="The rules.")


class SeriesFile(Part):
    """A team's own series alone, for rule files that have no place for them."""

    series: Annotated[tuple[OwnSeries, ...], Field(strict=False, min_length=1, max_length=50)] = Field(
        description="The team's own series."
    )


class SeriesOfFile:
    """A checked file with a team's own series, and where in it everything stands.

    Attributes
    ----------
    path : str
    content : SeriesFile or RuleFile
    limit_seconds : float
        How long each SQL question may take.
    """

    content: SeriesFile | RuleFile

    def __init__(self, document: Document, content: SeriesFile | RuleFile, limit_seconds: float) -> None:
        self.path = document.file
        self.limit_seconds = limit_seconds
        self.content = content
        self._document = document

    def refuse_slow(self, path: Place, sql: str) -> InputError:
        """Return the error of a question that took too long."""
        rule = f"be answered within {self.limit_seconds:g} s"
        return self.refuse(path, rule, show(sql), "Ask for less, or give it more time with --time-limit.")

    def refuse(self, path: Place, rule: str, value: str = "", advice: str = "") -> InputError:
        """Return the error of something that turns out wrong later."""
        mark = self._document.mark(path)
        return InputError(Problem(mark.file, mark.line, mark.column, ".".join(map(str, path)), rule, value, advice))


class Rules(SeriesOfFile):
    """A checked file of rules.

    Attributes
    ----------
    rules : tuple of Rule
        With a rule of its own for each threshold.
    places : tuple of int
        Of each of `rules`, its place in the file.
    """

    content: RuleFile

    def __init__(self, document: Document, content: RuleFile, limit_seconds: float = LIMIT_SECONDS) -> None:
        super().__init__(document, content, limit_seconds)
        swept = [(place, one) for place, rule in enumerate(content.rules) for one in rule.sweep()]
        self.places = tuple(place for place, _ in swept)
        self.rules = tuple(rule for _, rule in swept)


def list_rule_files() -> dict[str, Path]:
    """Return the shipped files of rules by name."""
    return {path.name.removesuffix(_SUFFIX): path for path in sorted(_SHIPPED.glob(f"*{_SUFFIX}"))}


def load_rules(path_or_name: str, limit_seconds: float = LIMIT_SECONDS) -> Rules:
    """Return the rules of a YAML file, or the shipped ones of that name.

    Parameters
    ----------
    path_or_name : str
    limit_seconds : float
        How long each of their SQL questions may take.

    Raises
    ------
    InputError
        With every mistake of the file.

    Examples
    --------
    >>> len(load_rules("starter").content.rules) > 0
    True
    """
    path = Path(path_or_name)
    if path.suffix not in (".yaml", ".yml"):
        path = find_shipped(path_or_name, list_rule_files(), "--rules", "shipped rules")
    return Rules(*_read(path, RuleFile), limit_seconds)


def load_own_series(path: Path, limit_seconds: float = LIMIT_SECONDS) -> SeriesOfFile:
    """Return the own series of a YAML file that holds nothing else.

    Raises
    ------
    InputError
        With every mistake of the file.
    """
    return SeriesOfFile(*_read(path, SeriesFile), limit_seconds)


def _read(path: Path, model: type[_Model]) -> tuple[Document, _Model]:
    document = read_file(path)
    content = _validate(document, model)
    if content is not None:
        _refuse_double_names(document, content)
    if document.problems or content is None:
        raise ScenarioError(*sorted(document.problems))
    return document, content


def _validate(document: Document, model: type[_Model]) -> _Model | None:
    try:
        return model.model_validate(document.data)
    except ValidationError as error:
        for detail in error.errors(include_url=False):
            # A list whose only entries are wrong has none left; that they are wrong is said already.
            if detail["type"] != "too_short" or not detail["input"]:
                _explain(document, model, dict(detail))
    return None


def _refuse_double_names(document: Document, content: RuleFile | SeriesFile) -> None:
    taken = dict.fromkeys(SERIES_NAMES, "a given series")
    for kind in ("series", "derived"):
        for place, one in enumerate(getattr(content, kind, ())):
            _take(document, taken, (kind, place, "name"), one.name)
    names: dict[str, str] = {}
    for place, rule in enumerate(getattr(content, "rules", ())):
        _take(document, names, ("rules", place, "name"), rule.name)


def _take(document: Document, taken: dict[str, str], path: Place, name: str) -> None:
    if name in taken:
        advice = f"It is {taken[name]}."
        document.add(document.mark(path), path, "be a name that is not taken", show(name), advice)
    taken.setdefault(name, f"the name of {path[0]}.{path[1]}")


_KINDS: dict[object, type[Part]] = {"series": OwnSeries, "derived": DerivedSeries, "rules": Rule}


def _explain(document: Document, model: type[Part], detail: dict[str, Any]) -> None:
    """Note one error of the models in the words of a scenario's problems."""
    path, kind = tuple(detail["loc"]), detail["type"]
    if detail["input"] is REFUSED:
        return
    if kind == "missing":
        document.add(document.mark(path), path, "be given")
    elif kind == "extra_forbidden":
        fields = (_KINDS[path[0]] if path[0] in _KINDS and len(path) > 1 else model).model_fields
        known = [field.alias or name for name, field in fields.items()]
        document.add(document.key_mark(path), path, "be a known key", show(path[-1]), nearest(str(path[-1]), known))
    else:
        context = detail.get("ctx", {})
        rule = _RULES[kind].format(**context) if kind in _RULES else str(detail["msg"]).removeprefix("Input should ")
        document.add(document.mark(path), path, rule, show(detail["input"]), context.get("advice", ""))


_RULES = {
    "rule": "{rule}",
    "string_type": "be text",
    "float_type": "be a number",
    "tuple_type": "be a list",
    "model_type": "be a mapping",
    "too_short": "have at least {min_length} entry",
    "too_long": "have at most {max_length} entries",
    "string_too_short": "have at least {min_length} characters",
    "string_too_long": "have at most {max_length} characters",
}
