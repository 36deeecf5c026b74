"""The follow graph: who follows whom at the start, and whom newcomers and operators add."""

from simulator.network.graph import FollowGraph, build_follow_graph

__all__ = ["FollowGraph", "build_follow_graph"]
