"""Chance, the control: whatever beats it has found something."""

import numpy as np
import pyarrow as pa

from benchmarks.detector import SCORES, Level, Observations

_KEY = np.uint64(0x5B2D1F0C9E3779B9)


class Chance:
    """Scores an account by a keyed hash of its id: the same in every run, and about nothing."""

    name = "chance"
    level: Level = "account"
    threshold = 0.9
    paper = "control"
    needs = "accounts"
    cost = "linear in accounts"

    def score(self, observations: Observations) -> pa.Table:
        """Return a number from 0 to 1 for every account, spread evenly."""
        account_ids = observations.table("accounts", ["account_id"])["account_id"].to_numpy()
        return pa.table([account_ids, _hash(account_ids)], schema=SCORES)


def _hash(values: np.ndarray) -> np.ndarray:
    """Mix 64-bit integers (the finaliser of SplitMix64; Steele, Lea, Flood 2014, doi 10.1145/2660193.2660195)."""
    mixed = values.astype(np.uint64) + _KEY
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return ((mixed ^ (mixed >> np.uint64(31))) >> np.uint64(11)) / float(1 << 53)
