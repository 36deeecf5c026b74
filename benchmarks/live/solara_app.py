"""The page that ``solara run`` serves: Mesa's view of the scenario that SMEARBENCH_SCENARIO names, else classroom."""

import os

from benchmarks.live.solara_view import make_view

page = make_view(os.environ.get("SMEARBENCH_SCENARIO", "classroom"))
