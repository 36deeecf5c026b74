"""What ships and what may be written: the table of scenarios, and the JSON Schema that completes them in an editor."""

import json
from dataclasses import dataclass
from typing import Any

from simulator.scenario.load import load_scenario, scenarios_folder
from simulator.scenario.models import Scenario

SCHEMA_FILE = "scenario.schema.json"


@dataclass(frozen=True, slots=True)
class CatalogueRow:
    """One shipped scenario."""

    id: str
    summary: str
    accounts: int
    days: int
    prevalence: float


def list_scenarios() -> list[CatalogueRow]:
    """Return the shipped scenarios by id.

    Examples
    --------
    >>> [row.id for row in list_scenarios() if row.accounts < 1_000]
    ['classroom']
    """
    rows = [load_scenario(path) for path in sorted(scenarios_folder().glob("*.yaml"))]
    return [CatalogueRow(row.id, row.summary, row.n_accounts, row.n_days, row.prevalence) for row in rows]


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of a scenario as people write it: what has a default may be left out."""
    schema = Scenario.model_json_schema()
    _tidy(schema)
    del schema["$defs"]["SegmentSettings"]["required"]
    schema["title"] = "smearbench scenario"
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def json_schema_text() -> str:
    """Return the JSON Schema as the text of the file that the shipped scenarios point their editors to."""
    return json.dumps(json_schema(), indent=1) + "\n"


def _tidy(node: Any) -> None:
    """Take out the titles, which only repeat the names, and refuse names of no allowed form."""
    if isinstance(node, dict):
        if isinstance(node.get("title"), str):
            del node["title"]
        if "patternProperties" in node:
            node["additionalProperties"] = False
        for inner in node.values():
            _tidy(inner)
    elif isinstance(node, list):
        for inner in node:
            _tidy(inner)
