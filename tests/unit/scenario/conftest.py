"""A small valid scenario file to break and to change."""

from collections.abc import Callable
from pathlib import Path

import pytest

SMALL = """\
id: small
summary: A small world for tests of the reader.
launch: {time: "2025-05-22 19:00", zone: Asia/Shanghai}
start: T-30d
end: T+5d
target: {fictional: true}
organic:
  accounts: 90
events:
  teaser: {kind: teaser, time: T-12d}
narratives:
  fire: {tactic: misinformation, claim: battery_fire}
operators:
  agency:
    accounts: 10
    stock: {bulk_created: 1}
    squads:
      day: {share: 0.5, roles: {seeder: 1}, jitter_share: 0.4}
      night: {share: 0.5, roles: {seeder: 1}, evasion: L4, daily_cap: 7}
    pushes:
      first: {narrative: fire, start: T-20d, end: T-18d, posts: 50}
"""


@pytest.fixture
def write_scenario(tmp_path: Path) -> Callable[..., Path]:
    """Return a function that writes the small scenario, with replacements and an appendix, and gives its path."""

    def write(*replacements: tuple[str, str], more: str = "") -> Path:
        text = SMALL
        for old, new in replacements:
            assert old in text
            text = text.replace(old, new, 1)
        path = tmp_path / "small.yaml"
        path.write_text(text + more, encoding="utf-8")
        return path

    return write
