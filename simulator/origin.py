"""Where a dataset comes from: scenario, seed, moments of the run, and the versions of all that made it."""

import hashlib
import platform
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import Literal

Variant = Literal["world", "twin", "placebo"]

# Packages whose version can change a dataset.
PACKAGES = ("smearbench", "mesa", "numpy", "numba", "pyarrow", "Faker", "tzdata")


@dataclass(frozen=True, slots=True)
class Origin:
    """What a world was made from.

    Parameters
    ----------
    scenario_id, summary : str
        Name and one-sentence summary of the scenario.
    scenario_text : str
        The resolved scenario as YAML, every default filled in.
    seed : int
        The seed of the world.
    start_ms, end_ms, launch_ms, evaluate_until_ms : int
        Moments of the run, ms since the epoch, UTC; `end_ms` is exclusive.
    variant : {'world', 'twin', 'placebo'}
        'twin': operators issued no command; 'placebo': a twin with one neutral post more.
    """

    scenario_id: str
    summary: str
    scenario_text: str
    seed: int
    start_ms: int
    end_ms: int
    launch_ms: int
    evaluate_until_ms: int
    variant: Variant = "world"

    @property
    def scenario_digest(self) -> str:
        """SHA-256 of the resolved scenario."""
        return digest_text(self.scenario_text)


def digest_text(text: str) -> str:
    """Return the SHA-256 of a text in UTF-8, in hexadecimal."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def find_software_versions() -> dict[str, str]:
    """Return the version of Python and of every package that can change a dataset."""
    versions = {"python": platform.python_version()}
    for package in PACKAGES:
        try:
            versions[package] = version(package)
        except PackageNotFoundError:
            versions[package] = "not installed"
    return versions
