"""What the audit asks of an account's own rows, where detectors ask the same."""

import numpy as np

from benchmarks.audit.marginal_questions import GAPS
from benchmarks.audit.probe_tables import answer_by_account
from benchmarks.signals.features import account_features
from tests.unit.benchmarks.detectors.observed_features import Account, Post, observe_world


def test_gaps_and_burstiness_are_those_that_detectors_learn_from(tmp_path):
    hours = {1: (0, 1, 1.0001, 30, 31.5), 2: (5, 5.5), 3: (7,), 4: (2, 2, 2), 5: (1, 3.2503, 9.7777, 90)}
    posts = [Post(account, hour) for account, moments in hours.items() for hour in moments]
    observations = observe_world(tmp_path, [Account(account) for account in hours], posts)
    probes = answer_by_account(observations, (GAPS,), np.array(list(hours)))
    features = account_features(observations)
    for name in ("gap_median_hours", "burstiness"):
        asked = probes.values[:, probes.names.index(name)]
        is_known = np.isfinite(asked)
        np.testing.assert_array_equal(asked[is_known], features.values[is_known, features.names.index(name)])
        assert is_known.sum() >= 2
    assert probes.values[0, probes.names.index("gap_least_seconds")] == 0.36
