"""`for` and `keep_firing_for` are applied exactly as promtool's own tests have them."""

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.alerting.engines.holding import hold_any
from tests.made_up_metrics import ask_promtool

DURATIONS = ((0, 0), (4, 0), (5, 0), (12, 0), (10, 3), (5, 12), (0, 10), (7, 20))
RULES = "groups:\n  - name: g\n    rules:\n" + "".join(
    f"      - {{alert: a{place}, expr: smearbench_mentions > 0, for: {held}m, keep_firing_for: {kept}m}}\n"
    for place, (held, kept) in enumerate(DURATIONS)
)
# Not there, false, true; mostly as before, so that there are long runs of each.
STEPS = st.lists(st.tuples(st.sampled_from([None, 0, 1]), st.integers(1, 6)), min_size=1, max_size=20)


@pytest.mark.needs("promtool")
@settings(max_examples=8)
@given(STEPS)
def test_firing_equals_promtools(runs):
    values = [value for value, length in runs for _ in range(length)]
    with TemporaryDirectory() as folder:
        expected = ask_promtool(Path(folder), RULES, {"mentions": values}, len(values))
    steps = np.flatnonzero([value == 1 for value in values])
    for place, (held, kept) in enumerate(DURATIONS):
        found = np.flatnonzero(hold_any([steps], len(values), held, kept)).tolist()
        assert found == expected.get(f"a{place}", []), DURATIONS[place]


def test_rule_fires_while_one_of_its_label_sets_does():
    found = hold_any([np.array([0, 1, 2]), np.array([2, 3, 4])], 6, 10)
    assert np.flatnonzero(found).tolist() == [2, 4]


def test_rule_without_label_sets_never_fires():
    assert not hold_any([], 3, 0).any()
