"""A Scenario back to text: the resolved YAML file, and the digest that names it."""

import hashlib
import json

import yaml

from simulator.scenario.models import Scenario
from simulator.scenario.reader import resolve_scalar

_HEADER = "# Resolved scenario of smearbench, every default filled in. Everything in it is fictitious.\n"


class _Dumper(yaml.SafeDumper):
    """Writes what the reader of this package reads back: no aliases, quotes wherever text looks like something else."""

    def ignore_aliases(self, data: object) -> bool:
        return True


def _represent_text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    try:
        is_text = isinstance(resolve_scalar(text), str)
    except OverflowError:
        is_text = False
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=None if is_text else "'")


_Dumper.add_representer(str, _represent_text)


def scenario_yaml(scenario: Scenario) -> str:
    """Return a scenario as YAML with every default filled in; it loads again to an equal scenario."""
    data = scenario.model_dump(mode="json")
    text: str = yaml.dump(data, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=110)
    return _HEADER + text


def scenario_digest(scenario: Scenario) -> str:
    """Return the SHA-256, in hex, of a scenario's canonical JSON; the order of named entries counts."""
    canonical = json.dumps(scenario.model_dump(mode="json"), ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()
