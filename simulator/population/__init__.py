"""The population of a world: accounts as columns, drawn by key."""

from simulator.population.build import build_population
from simulator.population.columns import NEVER, NO_BOUND, NO_CODE, Accounts, Group, Population

__all__ = ["NEVER", "NO_BOUND", "NO_CODE", "Accounts", "Group", "Population", "build_population"]
