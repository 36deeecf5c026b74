"""Proves a dataset against the scenario that it was made from."""

from simulator.verify.findings import Finding
from simulator.verify.proof import RULE_GROUPS, open_subject, prove, render_proof

__all__ = ["RULE_GROUPS", "Finding", "open_subject", "prove", "render_proof"]
