"""The shipped detectors, one family a file."""
