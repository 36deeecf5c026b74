"""Writes the folder of a rehearsal: the document, the pictures, and the page for the launch meeting."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

from benchmarks.alerting.alert_page import list_pictured, render_page
from benchmarks.alerting.alert_timeline import choose_worlds, draw_timeline
from benchmarks.alerting.rule_verdicts import judge_rules
from benchmarks.alerting.threshold_curve import draw_threshold_curve
from benchmarks.verdict.plot_style import save_figure, styled
from simulator.console import note
from simulator.errors import SmearbenchError

Found = dict[str, Any]

ALERTS_FILE, PAGE_FILE = "alerts.json", "alerts.html"
_PICTURE, _CURVE = "alerts", "thresholds"
# All that a result may have.
FILES = (ALERTS_FILE, PAGE_FILE, *(f"{name}.{kind}" for name in (_PICTURE, _CURVE) for kind in ("png", "svg")))


def write_rehearsal(found: Found, folder: Path, budget_per_day: float) -> list[Path]:
    """Write everything into a folder and return the files; without matplotlib no pictures, which a line says.

    Parameters
    ----------
    found : dict
        The document of ``smearbench alerts --json``.
    folder : Path
    budget_per_day : float
        As of :func:`benchmarks.alerting.rule_verdicts.judge_rules`.
    """
    text = json.dumps(found, indent=1, ensure_ascii=False, allow_nan=False) + "\n"
    document, page = folder / ALERTS_FILE, folder / PAGE_FILE
    document.write_text(text, encoding="utf-8")
    picture, pictures = None, []
    try:
        pictures = _draw(found, folder)
        picture = _draw_small(found, budget_per_day)
    except SmearbenchError as error:
        note(str(error))
    page.write_text(render_page(found, picture, budget_per_day), encoding="utf-8")
    return [document, page, *pictures]


def _draw(found: Found, folder: Path) -> list[Path]:
    figures = {_PICTURE: draw_timeline(found, choose_worlds(found)), _CURVE: draw_threshold_curve(found)}
    return [
        path for name, figure in figures.items() if figure is not None for path in save_figure(figure, folder, name)
    ]


def _draw_small(found: Found, budget_per_day: float) -> str:
    """Return the timeline of the first world as an SVG element, with no more rules than the page has room for."""
    names = list_pictured(judge_rules(found, budget_per_day))
    chosen = found | {"rules": sorted((r for r in found["rules"] if r["name"] in names), key=_rank(names))}
    world = found["worlds"][0]
    rules = sorted((rule for rule in world["rules"] if rule["name"] in names), key=_rank(names))
    figure = draw_timeline(chosen, [world | {"rules": rules}], width=11.0, row_height=0.25, title="")
    return _to_svg(figure)


def _rank(names: list[str]) -> Any:
    return lambda rule: names.index(rule["name"])


@styled
def _to_svg(figure: Any) -> str:
    file = StringIO()
    figure.savefig(file, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    svg = file.getvalue()
    label = "Timeline of one world: mentions a day, waves of the campaign, and when each rule fired."
    return svg[svg.index("<svg") :].replace("<svg", f'<svg role="img" aria-label="{label}"', 1)
