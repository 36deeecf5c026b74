"""Engines that evaluate rule files: SQL over DuckDB, Prometheus, and vmalert's replay; the scoring is the same."""
