"""Made-up series for the engines of alert rules, and what promtool's own tests say of rules on them."""

import json
import subprocess
from pathlib import Path

import numpy as np
import pyarrow as pa

from benchmarks.alerting.engines.metrics import name_metric
from benchmarks.alerting.series_list import SERIES, SERIES_NAMES

STEP_MS = 300_000
SHARES = [one.name for one in SERIES if "null" in one.meaning]


def make_table(columns, n_steps, start_ms=1_735_689_600_000):
    """Return a table of series that begins with 2025, a column 0 (or null, of shares) unless it is given."""
    times = pa.array(start_ms + np.arange(n_steps) * STEP_MS, pa.timestamp("ms"))
    filled = {name: pa.array([None if name in SHARES else 0] * n_steps, pa.float64()) for name in SERIES_NAMES}
    given = {name: pa.array(values, pa.float64()) for name, values in columns.items()}
    return pa.table(filled | given | {"time": times})


def ask_promtool(folder: Path, rules, columns, n_steps):
    """Return of every alert the steps at which promtool has it fire; null is a series that went stale.

    promtool tells what it got where it was expected to get nothing.
    """
    (folder / "rules.yml").write_text(rules, encoding="utf-8")
    question = 'min by (alertname) (ALERTS{alertstate="firing"})'
    expected = [{"expr": question, "eval_time": f"{5 * step}m", "exp_samples": []} for step in range(n_steps)]
    inputs = [{"series": _name(name), "values": _list(values)} for name, values in columns.items()]
    test = {"interval": "5m", "input_series": inputs, "promql_expr_test": expected}
    document = {"rule_files": ["rules.yml"], "evaluation_interval": "5m", "tests": [test]}
    (folder / "test.yml").write_text(json.dumps(document), encoding="utf-8")
    command = ["promtool", "test", "rules", "test.yml"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60, check=False)
    return _read(done.stdout + done.stderr)


def _name(column):
    metric, labels = name_metric(column)
    return metric + "".join(f'{{{name}="{value}"}}' for name, value in labels)


def _list(values):
    return " ".join("stale" if value is None else repr(value) for value in values)


def _read(printed):
    """Return the steps of every alert name from promtool's complaints."""
    steps, step = {}, -1
    for line in printed.splitlines():
        if ", time: " in line:
            step = _read_minutes(line.rsplit(", time: ", 1)[1].rstrip(",")) // 5
        elif "alertname=" in line:
            for part in line.split('alertname="')[1:]:
                steps.setdefault(part.split('"')[0], []).append(step)
    return steps


def _read_minutes(text):
    parts = text.replace("h", "h ").replace("d", "d ").split()
    return sum(int(part[:-1]) * {"d": 1440, "h": 60, "m": 1, "s": 0}[part[-1]] for part in parts)
