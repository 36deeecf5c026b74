"""Detectors on features of accounts: outliers, supervised trees, controls, and any estimator of scikit-learn."""

from functools import cache

import numpy as np
import pyarrow as pa
import pytest

from benchmarks.detector import TrainingWorld
from benchmarks.detectors.chance import Chance
from benchmarks.detectors.controls import AlwaysNull, ChancePosts, PostCount
from benchmarks.detectors.feature_outliers import Ecod, IsolationForestDetector, score_tails
from benchmarks.detectors.learning_controls import BestSingleFeature, DepthThreeTree
from benchmarks.detectors.supervised_trees import SupervisedTrees
from benchmarks.scoring.metrics import average_precision
from benchmarks.signals.estimator import EstimatorDetector
from simulator.errors import InputError
from tests.unit.benchmarks.detectors.observed_features import (
    Account,
    Post,
    observe_mixture,
    observe_world,
    scores_by_account,
)

SUPERVISED = {
    "best_single_feature": BestSingleFeature,
    "depth_3_tree": DepthThreeTree,
    "supervised_trees": SupervisedTrees,
    "estimator_of_a_tree": lambda: EstimatorDetector("sklearn.tree:DecisionTreeClassifier"),
    "estimator_that_draws": lambda: EstimatorDetector("sklearn.ensemble:ExtraTreesClassifier", {"bootstrap": True}),
    "estimator_with_margin": lambda: EstimatorDetector("sklearn.svm:LinearSVC"),
    "estimator_with_probability": lambda: EstimatorDetector("sklearn.linear_model:LogisticRegression"),
}
UNSUPERVISED = {
    "isolation_forest": IsolationForestDetector,
    "isolation_forest_of_few": lambda: IsolationForestDetector(n_drawn=16),
    "ecod": Ecod,
    "post_count": PostCount,
    "estimator_of_trees": lambda: EstimatorDetector(parameters={"max_samples": 16}),
    "estimator_of_neighbours": lambda: EstimatorDetector("sklearn.neighbors:LocalOutlierFactor", {"n_neighbors": 15}),
    "estimator_of_new_rows": lambda: EstimatorDetector(
        "sklearn.neighbors:LocalOutlierFactor", {"n_neighbors": 15, "novelty": True}
    ),
    "estimator_of_a_margin": lambda: EstimatorDetector("sklearn.svm:OneClassSVM"),
}
ALL = SUPERVISED | UNSUPERVISED | {"always_null": AlwaysNull, "chance": Chance}


@pytest.fixture(scope="module")
def training(tmp_path_factory):
    return observe_mixture(tmp_path_factory.mktemp("training"), first_id=5000)


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    return observe_mixture(tmp_path_factory.mktemp("world"), n_people=44, n_operated=6)


@pytest.fixture(scope="module")
def ready(training):
    """Give a detector by name, taught once."""

    @cache
    def make(name):
        detector = ALL[name]()
        if hasattr(detector, "fit"):
            detector.fit([training])
        return detector

    return make


def _rank(detector, world):
    scores = scores_by_account(detector.score(world.observations))
    labels = world.labels["accounts"].to_pydict()
    return average_precision(np.array(labels["operated"]), np.array([scores[i] for i in labels["account_id"]]))


@pytest.mark.parametrize("name", [*SUPERVISED, *UNSUPERVISED])
def test_detector_ranks_the_odd_accounts_far_above_chance(name, ready, world):
    assert _rank(ready(name), world) > 0.5


@pytest.mark.parametrize("name", SUPERVISED)
def test_supervised_detector_refuses_to_score_untaught(name, world):
    with pytest.raises(ValueError, match=r"must learn from training worlds before it scores, got none\. Call fit"):
        ALL[name]().score(world.observations)


@pytest.mark.parametrize("name", SUPERVISED)
def test_supervised_detector_refuses_worlds_without_operated_accounts(name, training):
    ids = training.labels["accounts"]["account_id"]
    labels = pa.table([ids, [False] * len(ids)], ["account_id", "operated"])
    tame = TrainingWorld(training.observations, {"accounts": labels})
    with pytest.raises(ValueError, match=r"training worlds must hold operated .* got (0 operated of 48|none)"):
        ALL[name]().fit([tame])


@pytest.mark.parametrize("name", [*SUPERVISED, *UNSUPERVISED])
def test_scores_follow_neither_ids_nor_order_of_rows(name, ready, world, tmp_path):
    """The same world with ids that descend: scores turn round with them."""
    turned = observe_mixture(tmp_path, n_people=44, n_operated=6, first_id=900, step=-1)
    detector = ready(name)
    here = scores_by_account(detector.score(world.observations))
    there = scores_by_account(detector.score(turned.observations))
    assert {900 - (i - 100): score for i, score in here.items()} == there


@pytest.mark.parametrize("name", ["supervised_trees", "estimator_with_probability", "estimator_that_draws"])
def test_what_is_learnt_follows_neither_ids_nor_order_of_labels(name, world, tmp_path):
    """Labels that features do not explain make every draw of accounts count."""
    answers = []
    for step in (1, -1):
        taught = observe_mixture(tmp_path / str(step), first_id=5000, step=step)
        ids = taught.labels["accounts"]["account_id"]
        labels = pa.table([ids, [n % 3 == 0 for n in range(len(ids))]], ["account_id", "operated"]).sort_by(
            "account_id"
        )
        detector = ALL[name]()
        detector.fit([TrainingWorld(taught.observations, {"accounts": labels})])
        answers.append(detector.score(world.observations))
    assert answers[0].equals(answers[1])


@pytest.mark.parametrize("name", ALL)
@pytest.mark.filterwarnings("ignore:n_neighbors")
def test_detector_scores_worlds_of_nobody_and_of_one_post(name, ready, tmp_path):
    detector = ready(name)
    assert scores_by_account(detector.score(observe_world(tmp_path / "empty"))) == {}
    one = observe_world(tmp_path / "one", [Account(7)], [Post(7, 1)])
    assert set(scores_by_account(detector.score(one))) == {7}


def test_probabilities_are_near_the_share_of_operated_accounts(ready, world):
    scores = ready("supervised_trees").score(world.observations)["score"].to_numpy()
    assert scores.min() >= 0
    assert scores.max() <= 1
    assert scores.mean() == pytest.approx(6 / 50, abs=0.06)


def test_labelled_accounts_that_are_not_seen_are_left_out(training):
    labels = training.labels["accounts"]
    more = pa.concat_tables([labels, pa.table([[1], [True]], ["account_id", "operated"])])
    one, other = DepthThreeTree(), DepthThreeTree()
    one.fit([training])
    other.fit([TrainingWorld(training.observations, {"accounts": more})])
    assert one.score(training.observations).equals(other.score(training.observations))


def test_tails_by_hand():
    """1, 1, 9: 9 is in the right tail of a third, the skewed one; all are at least 1, two in three at most 1."""
    values = np.array([[1.0], [1.0], [9.0]])
    assert score_tails(values) == pytest.approx([-np.log(2 / 3), -np.log(2 / 3), np.log(3)])
    assert score_tails(-values) == pytest.approx([-np.log(2 / 3), -np.log(2 / 3), np.log(3)])


def test_tails_of_features_add_up_on_the_side_of_their_skew():
    """The last is low in a feature skewed left and high in one skewed right: only the third sum has both."""
    values = np.array([[9.0, 1.0], [9.0, 1.0], [1.0, 9.0]])
    assert score_tails(values)[2] == pytest.approx(2 * np.log(3))


def test_equal_accounts_have_no_tails():
    assert score_tails(np.ones((4, 3))).tolist() == [0, 0, 0, 0]


def test_posts_are_counted(tmp_path):
    seen = observe_world(tmp_path, [Account(5), Account(3)], [Post(5, 1), Post(5, 2, None, parent=9), Post(5, 3)])
    assert scores_by_account(PostCount().score(seen)) == {3: 0, 5: 3}


def test_null_detector_accuses_nobody(world):
    scores = AlwaysNull().score(world.observations)["score"].to_numpy()
    assert not scores.any()
    assert (scores < AlwaysNull.threshold).all()


def test_chance_spreads_posts_evenly(tmp_path):
    seen = observe_world(tmp_path, [Account(1)], [Post(1, n / 100) for n in range(900)])
    scores = np.sort(ChancePosts().score(seen)["score"].to_numpy())
    # Kolmogorov: 1.95 / sqrt(n) is exceeded once in a thousand.
    assert np.abs(scores - np.arange(900) / 900).max() < 1.95 / 30


def test_chance_scores_no_posts(tmp_path):
    assert ChancePosts().score(observe_world(tmp_path, [Account(1)])).num_rows == 0


def _teach(folder, followers, operated):
    accounts = [Account(n, followers=count) for n, count in enumerate(followers)]
    labels = pa.table([range(len(operated)), operated], ["account_id", "operated"])
    return TrainingWorld(observe_world(folder, accounts), {"accounts": labels})


@pytest.mark.parametrize(("operated", "sign"), [([True, False, False], -1), ([False, False, True], 1)])
def test_best_single_feature_and_its_sign_are_chosen(tmp_path, operated, sign):
    detector = BestSingleFeature()
    detector.fit([_teach(tmp_path, [1, 5, 9], operated)])
    assert detector.chosen == ("followers_at_start", sign)


def test_shallow_tree_knows_the_share_in_its_leaves(tmp_path):
    taught = _teach(tmp_path, [1, 1, 5, 5], [False, False, True, False])
    tree = DepthThreeTree()
    tree.fit([taught])
    assert scores_by_account(tree.score(taught.observations)) == {0: 0, 1: 0, 2: 0.5, 3: 0.5}


@pytest.mark.parametrize(
    ("reference", "parameters", "message"),
    [
        ("sklearn.preprocessing:StandardScaler", {}, "must be an outlier .* got a transformer, StandardScaler"),
        ("sklearn.linear_model:LinearRegression", {}, "must be an outlier .* got a predictor, LinearRegression"),
        ("sklearn.svm:Nothing", {}, "must be an importable module:Class, got AttributeError"),
        ("sklearn.nothing:SVC", {}, "must be an importable module:Class, got ModuleNotFoundError"),
        ("no_class", {}, "must be an importable module:Class, got ModuleNotFoundError"),
        ("json:dumps", {}, "must be a class with get_params and fit, got <function dumps"),
        ("sklearn.svm:LinearSVC", {"c": 1}, "parameter must be one of C, .* got 'c'"),
        ("sklearn.ensemble:VotingClassifier", {}, "must take its parameters, got {}: .*estimators"),
    ],
)
def test_what_is_no_detector_is_refused(reference, parameters, message):
    with pytest.raises(InputError, match=f"^estimator {reference}: {message}"):
        EstimatorDetector(reference, parameters)


@pytest.mark.parametrize(
    ("reference", "name", "is_probability", "within_world", "has_fit"),
    [
        ("sklearn.ensemble:IsolationForest", "sklearn_isolation_forest", False, True, False),
        ("sklearn.linear_model:SGDOneClassSVM", "sklearn_sgd_one_class_svm", False, True, False),
        ("sklearn.svm:LinearSVC", "sklearn_linear_svc", False, False, True),
        ("sklearn.naive_bayes:GaussianNB", "sklearn_gaussian_nb", True, False, True),
    ],
)
def test_estimator_says_what_it_is(reference, name, is_probability, within_world, has_fit):
    detector = EstimatorDetector(reference)
    assert (detector.name, detector.is_probability, detector.within_world) == (name, is_probability, within_world)
    assert hasattr(detector, "fit") == has_fit


def test_estimator_draws_the_same_twice_and_otherwise_with_another_seed(world):
    def score(parameters):
        return EstimatorDetector("sklearn.ensemble:IsolationForest", parameters).score(world.observations)

    assert score({}).equals(score({"random_state": 0}))
    assert not score({}).equals(score({"random_state": 1}))
