"""Prints how far the lexicon agrees with the truth: ``python -m benchmarks.signals.lexicon_agreement DATASET...``.

Compared are posts with a text that name the brand; a lexicon hears tone, not stance, and so must err.
"""

import sys

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from benchmarks.signals.lexicon import judge
from benchmarks.signals.series import names_brand
from simulator.dataset import Dataset, open_dataset

Counts = NDArray[np.int64]
STANCES = ("against", "neutral", "favourable")


def count_agreement(dataset: Dataset) -> dict[str, Counts]:
    """Return, for each language, how often a stance (row: -1, 0, 1) got a polarity (column), int64[3, 3]."""
    tables: dict[str, Counts] = {}
    posts = dataset.batches("posts", ["text", "lang"])
    truths = dataset.batches("truth_posts", ["stance"])
    for post, truth in zip(posts, truths, strict=True):
        chosen = names_brand(post["text"], dataset.context)
        texts, languages = post["text"].filter(pa.array(chosen)), post["lang"].cast(pa.string()).to_numpy(False)[chosen]
        cells = (truth["stance"].to_numpy()[chosen] + 1) * 3 + judge(texts) + 1
        for language in np.unique(languages):
            counts = np.bincount(cells[languages == language], minlength=9).reshape(3, 3)
            tables[language] = tables.get(language, np.zeros((3, 3), np.int64)) + counts
    return tables


def measure_kappa(counts: Counts) -> float:
    """Return Cohen's kappa of a confusion table (Cohen 1960, doi 10.1177/001316446002000104); nan without posts.

    Examples
    --------
    >>> measure_kappa(np.array([[20, 5], [10, 15]]))
    0.4
    """
    n = counts.sum()
    if n == 0:
        return float("nan")
    observed = np.trace(counts) / n
    expected = counts.sum(0) @ counts.sum(1) / n**2
    return 1.0 if expected == 1 else round(float((observed - expected) / (1 - expected)), 12)


def describe_agreement(tables: dict[str, Counts]) -> str:
    """Return the confusion tables as text, by language and for all."""
    whole = {**dict(sorted(tables.items())), "all": sum(tables.values(), np.zeros((3, 3), np.int64))}
    lines = [f"{'':18}{'':12}" + "".join(f"{word:>12}" for word in ("negative", "neither", "positive"))]
    for language, counts in whole.items():
        for stance, row in zip(STANCES, counts, strict=True):
            head = f"{language}, kappa {measure_kappa(counts):.2f}" if stance == STANCES[0] else ""
            lines.append(f"{head:18}{stance:12}" + "".join(f"{value:12,}" for value in row))
    return "\n".join(lines)


if __name__ == "__main__":
    for name in sys.argv[1:]:
        print(name, describe_agreement(count_agreement(open_dataset(name))), sep="\n")
