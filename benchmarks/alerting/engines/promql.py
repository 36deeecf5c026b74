"""Reads of a PromQL expression what must be known before it is evaluated: the series it names, and looks ahead."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_TOKEN = re.compile(
    r"""(?P<space>\s+|\#[^\n]*)
    |(?P<text>"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|`[^`]*`)
    |(?P<number>[0-9][0-9a-zA-Z_.]*(?:(?<=[eE])[-+][0-9]+)?|\.[0-9]+)
    |(?P<name>[a-zA-Z_:][a-zA-Z0-9_:]*)
    |(?P<sign>=~|!~|!=|==|<=|>=|.)""",
    re.VERBOSE | re.DOTALL,
)
_OF_LABELS = frozenset(("by", "without", "on", "ignoring", "group_left", "group_right"))
_OF_METRICSQL = frozenset(("default", "if", "ifnot", "limit", "keep_metric_names"))
_KEYWORDS = (
    _OF_LABELS | _OF_METRICSQL | {"and", "or", "unless", "offset", "bool", "inf", "nan", "start", "end", "atan2"}
)
# Functions of MetricsQL whose value at one time depends on later ones, or on nothing that can be repeated; by their
# beginning. All of PromQL look back.
_SEES_ALL = ("range_", "topk_", "bottomk_", "outliers", "interpolate", "keep_next_value", "rollup_candlestick")
_RESTLESS = ("now", "rand", "start", "end")

_CLOSING = {"{": "}", "[": "]", "(": ")"}

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
    plain = {
        token.word
        for token, following, is_label in zip(tokens, _follow(tokens), _mark_labels(tokens), strict=True)
        if token.kind == "name" and not is_label and token.word.lower() not in _KEYWORDS
        # What is followed by these is a function.
        if following.lower() not in ("(", "by", "without")
    }
    return plain | set(_find_named_by_label(tokens))


def _follow(tokens: list[Token]) -> list[str]:
    """Return of every word the next one, empty for the last."""
    return [token.word for token in tokens[1:]] + [""] * bool(tokens)


def _mark_labels(tokens: list[Token]) -> Iterator[bool]:
    """Yield of every word whether it names no series: in braces, in a range, or in the list after by, on and such."""
    closing, is_awaited = "", False
    for token in tokens:
        if not closing and (token.word in "{[" or (is_awaited and token.word == "(")):
            closing = _CLOSING[token.word]
        yield bool(closing)
        if token.word == closing:
            closing = ""
        is_awaited = token.kind == "name" and token.word.lower() in _OF_LABELS


def _find_named_by_label(tokens: list[Token]) -> Iterator[str]:
    for label, sign, value in zip(tokens, tokens[1:], tokens[2:], strict=False):
        if label.word == "__name__" and sign.word == "=" and value.kind == "text":
            yield value.word[1:-1]


def has_nameless_selector(expr: str) -> bool:
    """Whether an expression selects series by a pattern, or by their labels alone.

    Examples
    --------
    >>> has_nameless_selector('{lang="en"} > 1'), has_nameless_selector('a{lang="en"} > 1')
    (True, False)
    """
    tokens = split(expr)
    before = [Token("sign", ""), *tokens]
    follow = _follow(tokens)
    return any(
        (token.word == "__name__" and following != "=")
        or (token.word == "{" and previous.kind != "name" and following != "__name__")
        for previous, token, following in zip(before, tokens, follow, strict=False)
    )


def find_look_ahead(expr: str) -> Problem | None:
    """Return the rule that an expression breaks and what it has instead; None when it looks only back.

    PromQL reaches another time by `offset` and `@` alone: ranges end at the time they are asked for, and subqueries
    too. MetricsQL has functions over all that a query spans as well.

    Examples
    --------
    >>> find_look_ahead("a offset -5m > 9")
    ('look only back', 'offset -5m')
    """
    tokens = split(expr)
    following = _follow(tokens)
    problems = map(_judge, tokens, following, [*following[1:], "", ""])
    return next((problem for problem in problems if problem is not None), None)


def _judge(token: Token, following: str, last: str) -> Problem | None:
    word = token.word.lower()
    if token.kind == "sign" and word == "@":
        return "look only back, so without @", f"@ {following}"
    if token.kind != "name":
        return None
    if word == "offset" and following == "-":
        return "look only back", f"offset -{last}"
    if word == "with" and following == "(":
        return "have its WITH templates written out", "WITH"
    if following.lower() in ("(", "by", "without") and word.startswith(_SEES_ALL):
        return "look only back", word
    if following == "(" and (word in _RESTLESS or word.startswith("rand_")):
        return "give the same answer whenever it is asked", word
    return None
