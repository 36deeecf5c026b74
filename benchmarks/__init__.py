"""From a labelled dataset to a verdict on detectors."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from benchmarks.checking.checks import check_detector

__all__ = ["check_detector"]


def __getattr__(name: str) -> Any:
    """Import what a plug-in's tests use only when they ask for it: the program must start quickly."""
    if name == "check_detector":
        return import_module("benchmarks.checking.checks").check_detector
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
