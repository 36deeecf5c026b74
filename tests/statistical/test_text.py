"""Organic texts keep near the laws of real ones: Zipf, Heaps, near duplicates, lengths; the figures are printed.

Real posts, for orientation: airline tweets of 2015 have Zipf exponent 1.13, Heaps exponent 0.60 and 0.6 % near
duplicates across accounts; Chinese posts 2-3 %. Phrase files are finite, so Heaps' curve bends: the slope here is that
of its late part (0.39 in English, 0.23 for characters in Chinese), under 0.60; its bounds only guard against a fall.
"""

import re
from dataclasses import dataclass
from functools import cache

import numpy as np
import pytest

from simulator.language import fill_texts
from simulator.vocabulary import Language
from tests import tiny_texts
from tests.tiny_texts import SEED, batch_of, handles, phrasebook

N_TEXTS = 10_000
N_WRITERS = 3_000
TALK_SHARE = 0.85  # the rest is about the brand, as in a week without a launch
NEAR = 0.8  # Jaccard similarity of 3-shingles
RANKS = slice(9, 1_000)
_LINKED = re.compile(r"https?://\S+|#\w+|@\w+")
_NAMED = re.compile(r"[A-Z]\w+|\d+\w*")


@dataclass(frozen=True)
class Corpus:
    """Originals of people in one language and who wrote them."""

    language: Language
    texts: list[str]
    writers: np.ndarray

    def tokens(self, text: str) -> list[str]:
        """Return the words of a text, or its characters in Chinese."""
        if self.language is Language.zh:
            return re.findall(r"[一-鿿]|[a-zA-Z0-9]+", text)
        return re.findall(r"[a-z0-9]+(?:'[a-z]+)?", text.lower())


@cache
def corpus_of(language: Language) -> Corpus:
    """Return originals, each with a key of its own, whose topics are drawn as in a world."""
    rng, book = np.random.default_rng(7 + language), phrasebook()
    brand = [code for code, name in enumerate(book.contents) if name.startswith("brand.")]
    content = np.where(rng.random(N_TEXTS) < TALK_SHARE, rng.choice(book.topics, N_TEXTS), rng.choice(brand, N_TEXTS))
    # Few write much: every writer has a share that falls with the rank.
    writers = np.minimum((N_WRITERS * rng.random(N_TEXTS) ** 1.5).astype(np.int64), N_WRITERS - 1)
    styles = tiny_texts.habits(2 * N_WRITERS)[language::2]
    keys = rng.integers(1, 2**63, N_TEXTS)
    rows = batch_of(N_TEXTS, content=content, lang=language, own_key=keys, shared_key=keys, style_row=writers)
    texts = fill_texts(book, SEED, rows, styles, handles(), N_WRITERS)[0].to_pylist()
    return Corpus(language, texts, writers)


def zipf_exponent(corpus):
    """Return minus the slope of log frequency on log rank of words, ranks 10 to 1000."""
    words = [word for text in corpus.texts for word in corpus.tokens(_LINKED.sub(" ", text))]
    _, counts = np.unique(words, return_counts=True)
    ranked = np.sort(counts)[::-1][RANKS]
    ranks = np.arange(RANKS.start + 1, RANKS.start + 1 + len(ranked))
    return -np.polyfit(np.log(ranks), np.log(ranked), 1)[0]


def heaps_exponent(corpus, is_plain):
    """Return the slope of log vocabulary on log text length, a point a text from the 200th on.

    Plain: without numbers, names and links.
    """
    seen, size, grown = set(), 0, []
    for text in corpus.texts:
        if is_plain:
            text = _NAMED.sub(" ", _LINKED.sub(" ", text))
        words = corpus.tokens(text)
        seen.update(words)
        size += len(words)
        grown.append((size, len(seen)))
    length, vocabulary = np.log(np.asarray(grown[N_TEXTS // 50 :])).T
    return np.polyfit(length, vocabulary, 1)[0]


def shingles_of(corpus):
    """Return the numbered 3-shingles of each text."""
    numbers: dict[tuple[str, ...], int] = {}
    found = []
    for text in corpus.texts:
        tokens = corpus.tokens(_LINKED.sub(" ", text))
        grams = zip(tokens, tokens[1:], tokens[2:], strict=False)
        found.append({numbers.setdefault(gram, len(numbers)) for gram in grams})
    return found


def near_duplicate_share(corpus):
    """Return the share of texts with a near duplicate by another account; exact, by prefix filtering.

    Two sets of Jaccard similarity t share an element among the rarest (1 - t) of either (Bayardo et al. 2007,
    doi 10.1145/1242572.1242591).
    """
    sets = shingles_of(corpus)
    frequency = np.bincount([number for grams in sets for number in grams])
    index: dict[int, list[int]] = {}
    near = np.zeros(N_TEXTS, bool)
    for row, grams in enumerate(sets):
        rarest = sorted(grams, key=lambda number: (frequency[number], number))
        prefix = rarest[: len(rarest) - int(np.ceil(NEAR * len(rarest))) + 1]
        for other in {other for number in prefix for other in index.get(number, ())}:
            if corpus.writers[row] != corpus.writers[other]:
                shared = len(grams & sets[other])
                if shared >= NEAR * (len(grams) + len(sets[other]) - shared):
                    near[row] = near[other] = True
        for number in prefix:
            index.setdefault(number, []).append(row)
    return near.mean()


def exact_duplicate_share(corpus):
    """Return the share of texts that another account wrote too."""
    authors: dict[str, set[int]] = {}
    for text, writer in zip(corpus.texts, corpus.writers.tolist(), strict=True):
        authors.setdefault(text, set()).add(writer)
    return np.mean([len(authors[text]) > 1 for text in corpus.texts])


@cache
def figures_of(language: Language) -> dict[str, float]:
    """Return all that is measured of one language."""
    corpus = corpus_of(language)
    lengths = [len(corpus.tokens(text)) for text in corpus.texts]
    return {
        "Zipf": zipf_exponent(corpus),
        "Heaps": heaps_exponent(corpus, is_plain=False),
        "Heaps, plain": heaps_exponent(corpus, is_plain=True),
        "near duplicates": near_duplicate_share(corpus),
        "exact duplicates": exact_duplicate_share(corpus),
        **{f"length p{place:02}": np.quantile(lengths, place / 100) for place in (5, 25, 50, 75, 95)},
    }


BOUNDS = {
    Language.en: {
        "Zipf": (0.8, 1.4),
        "Heaps": (0.3, 0.8),
        "Heaps, plain": (0.3, 0.8),
        "near duplicates": (0, 0.03),
        "exact duplicates": (0, 0.01),
        "length p05": (3, 10),
        "length p50": (10, 25),
        "length p95": (20, 50),
    },
    Language.zh: {
        "Zipf": (0.8, 1.4),
        "Heaps": (0.15, 0.8),
        "Heaps, plain": (0.12, 0.8),
        "near duplicates": (0, 0.04),
        "exact duplicates": (0, 0.01),
        "length p05": (3, 20),
        "length p50": (15, 50),
        "length p95": (30, 100),
    },
}


@pytest.mark.parametrize(
    ("language", "figure"), [(language, figure) for language, bounds in BOUNDS.items() for figure in bounds]
)
def test_figure_of_organic_texts_stays_in_its_bounds(language, figure):
    low, high = BOUNDS[language][figure]
    assert low <= figures_of(language)[figure] <= high


@pytest.mark.parametrize("language", Language)
def test_figures_are_told(language, capsys):
    figures = figures_of(language)
    with capsys.disabled():
        told = ", ".join(f"{name} {value:.3g}" for name, value in figures.items())
        print(f"\n{N_TEXTS} organic originals in {language.name}: {told}")
    assert np.isfinite(list(figures.values())).all()


@pytest.mark.parametrize("language", Language)
def test_two_hundred_random_originals_are_all_different(language):
    chosen = np.random.default_rng(3).choice(N_TEXTS, 200, replace=False)
    assert len({corpus_of(language).texts[place] for place in chosen}) == 200
