"""Turns an estimator of scikit-learn, or one built like them, into a detector on the features of accounts.

Outlier estimators are fitted to the world that they score. Classifiers learn from labelled worlds. Trees and their
ensembles get features as they are; the others get them standardised (mean 0, standard deviation 1), since features
differ in units and distances and penalties would follow the largest. Quantiles would not do instead: most features
are shares that are 0 for most accounts.
"""

import inspect
import re
from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Any

import numpy as np
import pyarrow as pa
from sklearn.base import clone, is_classifier, is_outlier_detector
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from benchmarks.detector import SCORES, Level, Observations, TrainingWorld
from benchmarks.signals.features import Matrix, account_features, order_by_values
from benchmarks.signals.labelled_features import demand_fit, pool_features
from simulator.errors import InputError

_RAW = ("sklearn.tree", "sklearn.ensemble")
# Of outlier estimators: both say that lower lies farther out.
_OUTLIER_METHODS = ("score_samples", "decision_function")


class EstimatorDetector:
    """Scores accounts by an estimator on their features.

    Parameters
    ----------
    reference : str
        `module:Class` of an outlier estimator or a classifier.
    parameters : mapping of str, optional
        Keyword arguments of the class. `random_state` is 0 where the class has one and none is given.

    Attributes
    ----------
    name : str
        As ``sklearn_isolation_forest``: the package and the class.
    is_probability : bool
        Whether the estimator has `predict_proba`.
    within_world : bool
        Whether it is an outlier estimator.
    fit : method
        ``fit(worlds)``, of classifiers only.

    Raises
    ------
    InputError
        When the class cannot be imported, does not take the parameters, or is neither outlier estimator nor
        classifier.

    Examples
    --------
    >>> EstimatorDetector("sklearn.neighbors:LocalOutlierFactor", {"n_neighbors": 30}).name
    'sklearn_local_outlier_factor'
    """

    level: Level = "account"
    needs = "accounts, posts, likes, metrics, follows"
    cost = "that of the estimator"

    def __init__(
        self, reference: str = "sklearn.ensemble:IsolationForest", parameters: Mapping[str, Any] | None = None
    ) -> None:
        self.reference = reference
        self.parameters = dict(parameters or {})
        self.name = _name(reference)
        self._estimator = _make(reference, self.parameters)
        self.within_world = not is_classifier(self._estimator)
        self.is_probability = is_classifier(self._estimator) and hasattr(self._estimator, "predict_proba")
        self._learner: Any = None
        if is_classifier(self._estimator):
            # Only what has a method fit is given training worlds.
            self.fit = self._fit

    def score(self, observations: Observations) -> pa.Table:
        """Return a score of every account: the negated normality, or the probability or margin of being operated.

        Raises
        ------
        ValueError
            When a classifier learnt nothing before.
        """
        if is_classifier(self._estimator):
            demand_fit(self._learner is not None, self.name)
        features = account_features(observations)
        order = order_by_values(features.values)
        scores = np.zeros(len(order))
        if len(order):
            ordered = features.values[order]
            scores[order] = self._set_apart(ordered) if self.within_world else self._classify(ordered)
        return pa.table([features.account_ids, scores], schema=SCORES)

    def _fit(self, worlds: Sequence[TrainingWorld]) -> None:
        """Learn from the accounts of all worlds."""
        known = pool_features(worlds, account_features, self.name)
        self._learner = _scale(self.reference, self._estimator).fit(known.values, known.operated)

    def _classify(self, values: Matrix) -> Matrix:
        if self.is_probability:
            return np.asarray(self._learner.predict_proba(values)[:, 1], np.float64)
        return np.asarray(self._learner.decision_function(values), np.float64)

    def _set_apart(self, values: Matrix) -> Matrix:
        """Fit the estimator to the accounts and return how far out each lies; a lone one lies nowhere."""
        if len(values) == 1:
            return np.zeros(1)
        fitted = _scale(self.reference, self._estimator).fit(values)
        # LocalOutlierFactor scores what it was fitted to by nothing else.
        normality = getattr(fitted[-1], "negative_outlier_factor_", None)
        if normality is None or getattr(fitted[-1], "novelty", False):
            method = next(name for name in _OUTLIER_METHODS if hasattr(fitted, name))
            normality = getattr(fitted, method)(values)
        return -np.asarray(normality, np.float64)


def _make(reference: str, parameters: Mapping[str, Any]) -> Any:
    """Return an unfitted estimator."""
    kind = _import_class(reference)
    _demand_parameters(reference, kind, parameters)
    try:
        estimator = kind(**parameters)
    except TypeError as error:
        raise InputError(
            f"estimator {reference}: must take its parameters, got {dict(parameters)}: {error}."
        ) from error
    if not _is_usable(estimator):
        raise InputError(
            f"estimator {reference}: must be an outlier estimator (score_samples or decision_function) or a "
            f"classifier (predict_proba or decision_function), got {_describe(estimator)}."
        )
    if "random_state" in estimator.get_params(deep=False) and "random_state" not in parameters:
        estimator.set_params(random_state=0)
    return estimator


def _import_class(reference: str) -> type:
    module, _, name = reference.partition(":")
    try:
        kind = getattr(import_module(module), name)
    except (ImportError, AttributeError, ValueError) as error:
        raise InputError(
            f"estimator {reference}: must be an importable module:Class, got {type(error).__name__}: {error}."
        ) from error
    if not inspect.isclass(kind) or not hasattr(kind, "get_params"):
        raise InputError(f"estimator {reference}: must be a class with get_params and fit, got {kind!r}.")
    return kind


def _demand_parameters(reference: str, kind: type, parameters: Mapping[str, Any]) -> None:
    known = inspect.signature(kind).parameters
    unknown = [name for name in parameters if name not in known]
    takes_any = any(parameter.kind is parameter.VAR_KEYWORD for parameter in known.values())
    if unknown and not takes_any:
        raise InputError(
            f"estimator {reference}: parameter must be one of {', '.join(sorted(known))}, got {unknown[0]!r}."
        )


def _is_usable(estimator: Any) -> bool:
    if is_classifier(estimator):
        return hasattr(estimator, "predict_proba") or hasattr(estimator, "decision_function")
    methods = (*_OUTLIER_METHODS, "fit_predict")
    return is_outlier_detector(estimator) and any(hasattr(estimator, name) for name in methods)


def _describe(estimator: Any) -> str:
    for method, word in (("transform", "a transformer"), ("fit_predict", "a clusterer"), ("predict", "a predictor")):
        if hasattr(estimator, method):
            return f"{word}, {type(estimator).__name__}"
    return type(estimator).__name__


def _scale(reference: str, estimator: Any) -> Any:
    """Return an unfitted pipeline that standardises features unless the estimator is of trees."""
    return make_pipeline("passthrough" if reference.startswith(_RAW) else StandardScaler(), clone(estimator))


def _name(reference: str) -> str:
    module, _, name = reference.partition(":")
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name)
    return f"{module.partition('.')[0]}_{words}".lower()
