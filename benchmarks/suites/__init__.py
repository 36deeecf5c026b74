"""Suites of worlds: their definition, the cache, the work, and the results."""
