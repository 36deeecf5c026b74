"""Refuses SQL expressions that could look into the future: a row may be judged by itself and by earlier rows alone.

What DuckDB parsed is judged, not the text. What slips through, as a negative offset, is found when the rules are
evaluated on prefixes (:mod:`benchmarks.alerting.evaluation`).
"""

import json
from collections.abc import Iterator
from typing import Any

import duckdb

# Their value at a row depends on all rows of the window's partition, whatever the frame.
_SEES_ALL = ("WINDOW_LEAD", "WINDOW_NTILE", "WINDOW_PERCENT_RANK", "WINDOW_CUME_DIST", "WINDOW_FILL")
_ENDS_NOW = (
    *("CURRENT_ROW_ROWS", "CURRENT_ROW_RANGE", "CURRENT_ROW_GROUPS"),
    *("EXPR_PRECEDING_ROWS", "EXPR_PRECEDING_RANGE", "EXPR_PRECEDING_GROUPS"),
)
_ASCENDING = ("ORDER_DEFAULT", "ORDER_ASCENDING")
# Their value changes from one evaluation to the next.
_RESTLESS = ("random", "setseed", "uuid", "gen_random_uuid", "uuidv4", "uuidv7", "now", "get_current_timestamp")

Problem = tuple[str, str]


def find_look_ahead(database: duckdb.DuckDBPyConnection, expr: str) -> Problem | None:
    """Return the rule that an expression breaks and what it has instead; None when it looks only back.

    Parameters
    ----------
    database : duckdb connection
        Any; nothing is evaluated.
    expr : str
        An SQL expression over the table `series`.

    Examples
    --------
    >>> with duckdb.connect() as database:
    ...     find_look_ahead(database, "lead(mentions) over (order by time) > 9")
    ('look only back', 'lead')
    """
    question = f"select ({expr}\n) from series"
    answer = database.execute("select json_serialize_sql(?::varchar)", [question]).fetchone()
    parsed = json.loads(answer[0]) if answer else {}
    if parsed.get("error"):
        return "be an SQL expression", str(parsed.get("error_message", "none")).splitlines()[0]
    statements = parsed["statements"]
    if len(statements) != 1 or not _is_plain(statements[0]["node"]):
        return "be one SQL expression over the series", "more than an expression"
    problems = (_judge(node) for node in _walk(statements[0]["node"]["select_list"]))
    return next((problem for problem in problems if problem is not None), None)


def _is_plain(node: dict[str, Any]) -> bool:
    """Whether a statement is still the SELECT of one expression from the series."""
    if node["type"] != "SELECT_NODE" or len(node["select_list"]) != 1 or node["modifiers"]:
        return False
    clauses = ("where_clause", "having", "qualify", "sample")
    return node["from_table"].get("table_name") == "series" and not any(node.get(name) for name in clauses)


def _walk(tree: Any) -> Iterator[dict[str, Any]]:
    """Yield every mapping in a parse tree."""
    if isinstance(tree, dict):
        yield tree
    children = tree.values() if isinstance(tree, dict) else tree if isinstance(tree, list) else ()
    for child in children:
        yield from _walk(child)


def _judge(node: dict[str, Any]) -> Problem | None:
    match node.get("class"):
        case "SUBQUERY":
            return "hold no subquery, which could see later rows", "a subquery"
        case "FUNCTION" if node.get("function_name") in _RESTLESS:
            return "give the same answer whenever it is asked", str(node["function_name"])
        case "WINDOW":
            return _judge_window(node)
    return None


def _judge_window(node: dict[str, Any]) -> Problem | None:
    name = str(node.get("function_name"))
    if node["type"] in _SEES_ALL:
        return "look only back", name
    orders = node["orders"]
    is_by_time = len(orders) == 1 and orders[0]["expression"].get("column_names", [""])[-1:] == ["time"]
    if not is_by_time or orders[0]["type"] not in _ASCENDING:
        return "order its windows by time, ascending, and by nothing else", f"{name} over another order"
    if node["end"] not in _ENDS_NOW:
        return "end its windows at the current row or before", f"{name} over rows that follow"
    return None
