"""Makes detectors: imports a class, gives it its parameters, and refuses what does not follow the protocol."""

import math
from collections.abc import Mapping
from importlib import import_module
from typing import Any

from benchmarks.detector import LEVELS
from simulator.errors import InputError


def load_detector(reference: str, parameters: Mapping[str, Any] | None = None) -> Any:
    """Import a `module:Class` and return an instance of it; a scikit-learn estimator becomes a detector.

    Parameters
    ----------
    reference : str
    parameters : mapping, optional
        Arguments of the class.

    Raises
    ------
    InputError
        When it cannot be imported or made, or is no detector.
    """
    module_name, _, class_name = reference.partition(":")
    try:
        maker: Any = getattr(import_module(module_name), class_name)
    except (ImportError, AttributeError) as error:
        raise InputError(f"must be importable, got {type(error).__name__}: {error}") from error
    given = dict(parameters or {})
    try:
        made = _adapt(reference, given) if _is_estimator(maker) else maker(**given)
    except (TypeError, ValueError) as error:
        raise InputError(
            f"must be made from the given parameters {given}, got {type(error).__name__}: {error}"
        ) from error
    _check_detector(made)
    return made


def _check_detector(made: Any) -> None:
    """Refuse what does not follow the protocol."""
    if not isinstance(getattr(made, "name", None), str):
        raise InputError(f"must have a name, got {getattr(made, 'name', None)!r}")
    level = getattr(made, "level", None)
    if level not in LEVELS:
        raise InputError(f"level must be one of {', '.join(LEVELS)}, got {level!r}")
    threshold = getattr(made, "threshold", None)
    if threshold is not None and not (isinstance(threshold, (int, float)) and math.isfinite(threshold)):
        raise InputError(f"threshold must be a finite number, got {threshold!r}")
    methods = ("start", "update") if level == "alert" else ("score",)
    missing = [method for method in methods if not callable(getattr(made, method, None))]
    if missing:
        raise InputError(f"a detector of level {level} must have a method {missing[0]}, got none")


def _adapt(reference: str, parameters: dict[str, Any]) -> Any:
    """Return the detector of an estimator; scikit-learn is only imported where one is asked for."""
    from benchmarks.signals.estimator import EstimatorDetector

    return EstimatorDetector(reference, parameters)


def _is_estimator(maker: Any) -> bool:
    """Whether a class is one of scikit-learn's and no detector of ours."""
    return isinstance(maker, type) and hasattr(maker, "get_params") and not hasattr(maker, "level")
