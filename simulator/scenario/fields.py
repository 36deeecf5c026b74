"""What the models say about one place of a scenario: its kind, its names, its rule in plain words."""

from collections.abc import Iterable
from dataclasses import dataclass
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import annotated_types
from pydantic.fields import FieldInfo

from simulator.scenario.models import Scenario
from simulator.scenario.parts import Part, SegmentName, by_name_members

NAME_RULE = "be a name of small letters, digits and _, at most 40, letter first"


@dataclass(frozen=True, slots=True)
class Field:
    """One place of a scenario as its model declares it."""

    type: Any
    constraints: tuple[Any, ...] = ()
    description: str = ""

    @property
    def model(self) -> type[Part] | None:
        """The model whose fields stand here, or None."""
        return self.type if isinstance(self.type, type) and issubclass(self.type, Part) else None

    @property
    def is_mapping(self) -> bool:
        """Whether entries by name stand here."""
        return get_origin(self.type) is dict

    @property
    def is_list(self) -> bool:
        """Whether a list stands here."""
        return get_origin(self.type) is tuple

    @property
    def key(self) -> "Field":
        """The keys of a mapping."""
        return unwrap(get_args(self.type)[0])

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys that a mapping by an enum may have; empty when its names are free."""
        return by_name_members(self.key.constraints)

    @property
    def has_all_keys(self) -> bool:
        """Whether every possible key is there even when a file leaves it out (segments)."""
        return self.is_mapping and get_args(self.type)[0] == SegmentName

    def child(self, name: str | int) -> "Field | None":
        """Return what stands under a name; None when the model knows no such name."""
        if self.model is not None:
            info = self.model.model_fields.get(str(name))
            return None if info is None else _from_info(info)
        if self.is_mapping:
            return unwrap(get_args(self.type)[1])
        if self.is_list:
            items = get_args(self.type)
            return unwrap(items[min(int(name), len(items) - 1)] if items[-1] is not Ellipsis else items[0])
        return None


ROOT = Field(Scenario)


def find_field(path: Iterable[str | int]) -> Field | None:
    """Return what stands at a path of a scenario, or None.

    Examples
    --------
    >>> describe_rule(find_field(("organic", "segments", "fan", "share")))
    'be a number between 0 and 1'
    """
    field: Field | None = ROOT
    for name in path:
        field = field.child(name) if field else None
    return field


def unwrap(annotation: Any, constraints: tuple[Any, ...] = (), description: str = "") -> Field:
    """Return the place that an annotation declares, without its wrappings."""
    if get_origin(annotation) is Annotated:
        inner, *extra = get_args(annotation)
        return unwrap(inner, constraints + tuple(_flatten(extra)), description)
    if get_origin(annotation) in (Union, UnionType):
        (inner,) = [option for option in get_args(annotation) if option is not NoneType]
        return unwrap(inner, constraints, description)
    return Field(annotation, constraints, description)


def _flatten(extra: list[Any]) -> Iterable[Any]:
    for constraint in extra:
        yield from constraint.metadata if isinstance(constraint, FieldInfo) else (constraint,)


def _from_info(info: FieldInfo) -> Field:
    return unwrap(info.annotation, tuple(info.metadata), info.description or "")


def describe_rule(field: Field) -> str:
    """Return what a value must be, type and bounds, as it follows 'must'."""
    if members := by_name_members(field.constraints):
        return f"be one of {', '.join(members)}"
    if field.type in (int, float):
        kind = "a whole number" if field.type is int else "a number"
        return f"be {kind} {describe_bounds(field)}".rstrip()
    if get_origin(field.type) is Literal:
        choices = [str(choice).lower() if isinstance(choice, bool) else str(choice) for choice in get_args(field.type)]
        return f"be {choices[0]}" if len(choices) == 1 else f"be one of {', '.join(choices)}"
    if field.type is bool:
        return "be true or false"
    if field.is_list:
        items = get_args(field.type)
        return "be a list" if items[-1] is Ellipsis else f"be a list of {len(items)} values"
    return "be text" if field.type is str else "be a mapping"


def describe_bounds(field: Field) -> str:
    """Return the bounds of a number: 'between 0 and 1', 'above 0 and at most 24', 'of at least 1'; empty without."""
    low = high = above = below = None
    for constraint in field.constraints:
        low = getattr(constraint, "ge", low) if isinstance(constraint, annotated_types.Ge) else low
        high = getattr(constraint, "le", high) if isinstance(constraint, annotated_types.Le) else high
        above = getattr(constraint, "gt", above) if isinstance(constraint, annotated_types.Gt) else above
        below = getattr(constraint, "lt", below) if isinstance(constraint, annotated_types.Lt) else below
    if low is not None and high is not None:
        return f"between {low:,} and {high:,}"
    lower = f"of at least {low:,}" if low is not None else f"above {above:,}" if above is not None else ""
    upper = f"of at most {high:,}" if high is not None else f"below {below:,}" if below is not None else ""
    upper = upper.removeprefix("of ") if lower else upper
    return " and ".join(part for part in (lower, upper) if part)
