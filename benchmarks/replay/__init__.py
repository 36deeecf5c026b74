"""Plays a dataset's observations into a team's own pipeline, in time order."""
