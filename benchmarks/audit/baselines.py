"""The relational baselines that learnt probes are measured against: what comparing accounts with each other finds."""

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from benchmarks.blind.answers import Answer, open_answer, save_answer
from benchmarks.blind.protocol import View, score_blind
from benchmarks.orders import Limits, Order, make_orders
from benchmarks.suites.digests import digest_detector, digest_of, digest_view
from benchmarks.suites.world_cache import appear
from simulator.dataset import Dataset
from simulator.errors import InputError, SmearbenchError

# Unsupervised, and blind to what one account shows alone.
RELATIONAL = (
    *("co_activity", "fraudar", "fused_network", "hashtag_sequence"),
    *("near_duplicate", "rapid_co_share", "synchrony"),
)


def answer_all(
    worlds: Sequence[tuple[Dataset, View]], names: Sequence[str], cache: Path | None = None
) -> dict[str, list[Answer]]:
    """Let baselines score worlds in the blind call, as many at a time as there are cores.

    Parameters
    ----------
    worlds : sequence of (Dataset, View)
    names : sequence of str
    cache : Path, optional
        Folder in which answers are kept; one of other code or another world is not used.

    Raises
    ------
    InputError
        When a baseline does not score accounts.
    SmearbenchError
        When one gives no answer.
    """
    orders = make_orders(list(names))
    # Homes are named one after another: digests read syntax trees, which threads must not do side by side.
    tasks = [
        (order, view, cache and cache / _digest_answer(order, dataset, view))
        for order in orders
        for dataset, view in worlds
    ]
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        answers = list(pool.map(lambda task: _answer(*task), tasks))
    by_name: dict[str, list[Answer]] = {}
    for (order, _, _), answer in zip(tasks, answers, strict=True):
        by_name.setdefault(order.asked, []).append(_check(order, answer))
    return by_name


def _answer(order: Order, view: View, home: Path | None) -> Answer:
    if home is not None and home.exists():
        return open_answer(home)
    answer = score_blind(order, view, Limits())
    if home is not None and answer.is_good:
        with appear(home) as folder:
            if folder is not None:
                save_answer(answer, folder)
    return answer


def _digest_answer(order: Order, dataset: Dataset, view: View) -> str:
    """Return the digest of all that an answer depends on: the detector's code, the rows, what is shown of them."""
    files = [f"{file.path} {file.sha256}" for file in dataset.manifest.files if file.path.startswith("observations/")]
    return digest_of([digest_detector(order), files, view.as_of_ms, digest_view()])


def _check(order: Order, answer: Answer) -> Answer:
    if not answer.is_good:
        raise SmearbenchError(f"baseline {order.asked}: {answer.status}: {answer.message}")
    if answer.level != "account" or not answer.has_scores:
        raise InputError(f"--baseline: must score accounts, got {order.asked} of level {answer.level}.")
    return answer
