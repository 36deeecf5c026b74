"""A tiny suite for tests of the hidden track: one world with a campaign that is broken up, one without."""

import json
from pathlib import Path

from tests.worlds import operator, plain

ATTACKED, CALM, LABEL = "assailed_launch", "placid_launch", "cell_of_the_attack"
ACCOUNTS = 120


def write_suite(folder: Path, **settings: object) -> Path:
    """Write the suite and its two scenarios, and return the suite's file."""
    broken_up = operator(break_up={"time": "T-1d 09:00"})
    for name, operators in ((ATTACKED, {"agency": broken_up}), (CALM, {})):
        data = plain(id=name, operators=operators, exposure_log=False)
        (folder / f"{name}.yaml").write_text(json.dumps(data), encoding="utf-8")
    suite = {
        "id": "hidden",
        "summary": "Two tiny worlds to seal.",
        "accounts": ACCOUNTS,
        "days": 5,
        "prevalence": 0.2,
        "cells": [{"scenario": f"{ATTACKED}.yaml", "level": "L1", "label": LABEL}, {"scenario": f"{CALM}.yaml"}],
        "seeds": {"test": [1]},
        **settings,
    }
    path = folder / "hidden.yaml"
    path.write_text(json.dumps(suite), encoding="utf-8")
    return path
