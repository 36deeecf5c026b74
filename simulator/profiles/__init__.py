"""Public profiles of accounts, drawn from Faker's word lists without one Faker call per account."""

from simulator.profiles.draw import Profiles, draw_profiles

__all__ = ["Profiles", "draw_profiles"]
