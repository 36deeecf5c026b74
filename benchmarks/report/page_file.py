"""Puts the page together: one HTML file with style, scripts, strings and payload, that asks nothing of a network."""

import base64
import hashlib
import html
import json
from collections.abc import Sequence
from importlib.resources import files
from typing import Any

from benchmarks.report.columns import pack

# Order of the scripts: each may use the namespaces of those before it.
SCRIPTS = (
    "core.js",
    "dom.js",
    "payload.js",
    "words.js",
    "palette.js",
    "state.js",
    "clock.js",
    "network_layout.js",
    "network_ground.js",
    "network.js",
    "pointing.js",
    "streams.js",
    "timeline.js",
    "talk.js",
    "card.js",
    "tables.js",
    "legend.js",
    "controls.js",
    "steps.js",
    "address.js",
    "boards.js",
    "lesson_question.js",
    "lesson.js",
    "bets.js",
    "bet_accounts.js",
    "bet_evidence.js",
    "bet_spikes.js",
    "bet_when.js",
    "sides.js",
    "overlay.js",
    "detectors.js",
    "boot.js",
)
STYLES = ("base.css", "layout.css", "boards.css", "bets.css", "sides.css", "print.css")
LANGUAGES = ("en", "zh")


def write_page(runs: Sequence[dict[str, Any]], truths: Sequence[dict[str, Any]], extras: dict[str, Any]) -> str:
    """Return the whole page.

    Parameters
    ----------
    runs : sequence of dict
        Visible parts, the main run first.
    truths : sequence of dict
        Sealed parts, in the same order; a text of their own in the page, which is opened at the reveal.
    extras : dict
        Further parts by name (``scores``, ``alerts``, ``lesson``), as the scripts that show them want them.
    """
    style = "\n".join(_read(name) for name in STYLES)
    script = "\n".join(_read(name) for name in SCRIPTS)
    strings = {language: _read_strings(language) for language in LANGUAGES}
    script = script.replace("/*STRINGS*/ {}", json.dumps(strings, ensure_ascii=False).replace("<", "\\u003c"))
    parts = {
        "{{policy}}": _policy(style, script),
        "{{title}}": html.escape(f"{runs[0]['world']['brand']} · smearbench"),
        "{{style}}": style,
        "{{visible}}": pack({"runs": list(runs), **extras}),
        "{{truth}}": pack({"runs": list(truths)}),
        "{{script}}": script,
    }
    page = _read("page.html")
    for mark, content in parts.items():
        page = page.replace(mark, content)
    return page


def _read_strings(language: str) -> dict[str, str]:
    """Return the words of the page and those of lessons and bets."""
    found: dict[str, str] = {}
    for name in (language, f"lesson_{language}"):
        found |= json.loads(_read(f"{name}.json"))
    return found


def _read(name: str) -> str:
    return files("benchmarks.report").joinpath("page", name).read_text(encoding="utf-8")


def _policy(style: str, script: str) -> str:
    """Return a Content-Security-Policy that allows this style and this script and nothing else, no network either."""
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src '{_digest(script)}'",
            f"style-src '{_digest(style)}'",
            "img-src data:",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )


def _digest(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode('utf-8')).digest()).decode('ascii')}"
