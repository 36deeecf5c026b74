"""Shortcut probes: what a cheat would learn from a world, and the gate that says whether that is too much."""
