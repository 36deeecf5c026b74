"""Reads of a PromQL expression what must be known before it is evaluated: the series it names, and looks ahead."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_TOKEN = re.compile(
    r"""(?P<space>\s+|\#[^\n]*)
    |(?P<text>"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|`[^`]*`)
    |(?P<number>(?:[0-9]+(?:ms|[smhdwy]))+|0x[0-9a-fA-F]+|[0-9]*\.?[0-9]+(?:[eE][-+]?[0-9]+)?|[0-9]+\.)
    |(?P<name>[a-zA-Z_:][a-zA-Z0-9_:]*)
    |(?P<sign>=~|!~|!=|==|<=|>=|.)""",
    re.VERBOSE | re.DOTALL,
)
_OF_LABELS = frozenset(("by", "without", "on", "ignoring", "group_left", "group_right"))
_KEYWORDS = _OF_LABELS | {"and", "or", "unless", "offset", "bool", "inf", "nan", "start", "end", "atan2"}
_AGGREGATES = frozenset(
    ("sum", "avg", "min", "max", "count", "group", "stddev", "stdvar", "topk", "bottomk", "quantile", "count_values")
)

Problem = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Token:
    """A word of an expression: `kind` is text, number, name or sign."""

    kind: str
    word: str


def split(expr: str) -> list[Token]:
    """Return the words of an expression, without spaces and comments."""
    found = (Token(str(match.lastgroup), match[0]) for match in _TOKEN.finditer(expr))
    return [token for token in found if token.kind != "space"]


def find_metrics(expr: str) -> set[str]:
    """Return the names of the series that an expression selects.

    Examples
    --------
    >>> sorted(find_metrics('sum by (lang) (a{lang="en"}) / on (b) avg_over_time(c[1h])'))
    ['a', 'c']
    """
    tokens = split(expr)
    inside = list(_mark_labels(tokens))
    plain = [
        token.word
        for token, following, is_label in zip(tokens, [*tokens[1:], Token("sign", "")], inside, strict=True)
        if token.kind == "name" and not is_label and following.word != "(" and token.word.lower() not in _KEYWORDS
    ]
    return {name for name in plain if name.lower() not in _AGGREGATES} | set(_find_named_by_label(tokens))


def _mark_labels(tokens: list[Token]) -> Iterator[bool]:
    """Yield of every word whether it stands among labels: in braces, or in the list after by, on and the like."""
    in_braces, in_list, is_awaited = False, False, False
    for token in tokens:
        in_braces = (in_braces or token.word == "{") and token.word != "}"
        if is_awaited:
            in_list = token.word == "("
        in_list = in_list and token.word != ")"
        is_awaited = token.kind == "name" and token.word.lower() in _OF_LABELS
        yield in_braces or in_list


def _find_named_by_label(tokens: list[Token]) -> Iterator[str]:
    for label, sign, value in zip(tokens, tokens[1:], tokens[2:], strict=False):
        if label.word == "__name__" and sign.word == "=" and value.kind == "text":
            yield value.word[1:-1]


def find_look_ahead(expr: str) -> Problem | None:
    """Return the rule that an expression breaks and what it has instead; None when it looks only back.

    PromQL reaches another time by `offset` and `@` alone. Ranges end at the time they are asked for, and subqueries
    too.

    Examples
    --------
    >>> find_look_ahead("a offset -5m > 9")
    ('look only back', 'offset -5m')
    """
    tokens = split(expr)
    for token, following, last in zip(tokens, [*tokens[1:], None], [*tokens[2:], None, None], strict=True):
        if token.word == "@":
            return "look only back, so without @", f"@ {following.word if following else ''}"
        if token.word.lower() == "offset" and following is not None and following.word == "-":
            return "look only back", f"offset -{last.word if last else ''}"
    return None
