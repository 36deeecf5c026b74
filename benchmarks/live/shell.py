"""The page with the sliders: it frames the page of a world, which stays as `benchmarks.report` made it."""

import base64
import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict
from importlib.resources import files

from benchmarks.live.sliders import Slider

LANGUAGES = ("en", "zh")


def write_shell(scenario: str, sliders: Sequence[Slider]) -> tuple[str, str]:
    """Return the shell and its Content-Security-Policy.

    Parameters
    ----------
    scenario : str
        Id of the scenario.
    sliders : sequence of Slider
    """
    style = _read("shell.css")
    words = {language: json.loads(_read(f"{language}.json")) for language in LANGUAGES}
    start = {"scenario": scenario, "sliders": [asdict(slider) for slider in sliders], "words": words}
    # Nothing that stands in a script can end it.
    data = json.dumps(start, ensure_ascii=False).replace("<", "\\u003c")
    script = _read("shell.js").replace("/*START*/ {}", data)
    page = _read("shell.html")
    for mark, content in (("{{style}}", style), ("{{script}}", script)):
        page = page.replace(mark, content)
    return page, _policy(style, script)


def _policy(style: str, script: str) -> str:
    """Return a policy that allows this style and script, and requests and frames of the same server only."""
    rules = (
        "default-src 'none'",
        f"script-src '{_digest(script)}'",
        f"style-src '{_digest(style)}'",
        "connect-src 'self'",
        "frame-src 'self'",
        "img-src data:",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
    return "; ".join(rules)


def _digest(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode('utf-8')).digest()).decode('ascii')}"


def _read(name: str) -> str:
    return files("benchmarks.live").joinpath("page", name).read_text(encoding="utf-8")
