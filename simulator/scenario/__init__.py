"""The scenario: a YAML file, checked completely, as immutable configuration with every default filled in."""

from simulator.scenario.catalogue import CatalogueRow, json_schema, json_schema_text, list_scenarios
from simulator.scenario.dials import LADDER, Dials
from simulator.scenario.dump import scenario_digest, scenario_yaml
from simulator.scenario.load import find_scenario, load_scenario, load_scenario_with_notes, scenarios_folder
from simulator.scenario.models import Operator, Scenario, Squad
from simulator.scenario.segments import SEGMENT_DEFAULTS, SegmentSettings
from simulator.scenario.times import When

__all__ = [
    "LADDER",
    "SEGMENT_DEFAULTS",
    "CatalogueRow",
    "Dials",
    "Operator",
    "Scenario",
    "SegmentSettings",
    "Squad",
    "When",
    "find_scenario",
    "json_schema",
    "json_schema_text",
    "list_scenarios",
    "load_scenario",
    "load_scenario_with_notes",
    "scenario_digest",
    "scenario_yaml",
    "scenarios_folder",
]
