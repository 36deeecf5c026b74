"""Turns the batches of a stream into the numbers of its steps: who spoke of the brand, how, how alike."""

import re
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import compress
from typing import Any, Generic, TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from benchmarks.detector import Batch
from benchmarks.signals.lexicon import judge

Mask = NDArray[np.bool_]
Key = TypeVar("Key")

_DAY_MS = 86_400_000
# Links, mentions and tags; ASCII, general, ideographic and full-width signs and digits but # and @.
_NOT_WORDS = re.compile(
    r"https?://[^\t\n\f\r ]+|[@#][^\t\n\f\r @#]+"
    r"|[\x00-\x22\x24-\x3F\x41-\x60\x7B-\xBF\u2000-\u206F\u3000-\u303F\uFF00-\uFF20]+"
)
# In bytes, four English words or seven ideographs: shorter texts coincide by chance (assumed).
_LEAST_BYTES = 20


@dataclass(frozen=True, slots=True)
class StepNumbers:
    """What was said of the brand in one step.

    Attributes
    ----------
    n_posts : int
        Posts, replies and quotes that name the brand, or that answer in a thread which does.
    n_negative : int
        Those of negative polarity.
    n_authors, n_new_authors : int
        Their distinct authors, and those registered less than `new_days` before.
    n_comparable, n_duplicates : int
        Texts long enough to compare, and those whose words were posted before, in the step or recently.
    n_reposts : int
        Reposts of items that speak of the brand.
    """

    n_posts: int = 0
    n_negative: int = 0
    n_authors: int = 0
    n_new_authors: int = 0
    n_comparable: int = 0
    n_duplicates: int = 0
    n_reposts: int = 0

    @property
    def n_repeated(self) -> int:
        """Posts beyond the first of each author."""
        return self.n_posts - self.n_authors


class BrandSeries:
    """Keeps what must be remembered from one step to the next; all of it but the accounts' ages is recent.

    Steps are short, so that setting up array calls would cost more than their work: a step is counted in Python.

    Parameters
    ----------
    context : mapping
        Content of a ``context.json``.
    step_minutes : int
        Length of a step.
    new_days : float
        Age below which an account is new (assumed).
    thread_hours : float
        For how long a thread is remembered (88 % of a cascade falls into its first day; assumed 72).
    text_hours : float
        For how long a text is remembered (assumed).
    """

    def __init__(
        self,
        context: Mapping[str, Any],
        step_minutes: int = 60,
        *,
        new_days: float = 30.0,
        thread_hours: float = 72.0,
        text_hours: float = 24.0,
    ) -> None:
        self._names = BrandNames(context)
        self._new_ms = new_days * _DAY_MS
        self._threads = _Recent[int](thread_hours * 60 / step_minutes)
        self._texts = _Recent[str](text_hours * 60 / step_minutes)
        self._born_ms: dict[int, int] = {}

    def count(self, batch: Batch, now: datetime) -> StepNumbers:
        """Return the numbers of the step that ended `now`; call once a step, empty or not."""
        self._learn_ages(batch.table("accounts", ["account_id", "created_at"]))
        posts = batch.table("posts", ["post_id", "account_id", "root_id", "text"])
        texts = posts["text"].to_pylist()
        is_named = [self._names.are_in(text) for text in texts]
        self._threads.remember(compress(posts["post_id"].to_numpy().tolist(), is_named))
        roots = posts["root_id"].to_numpy().tolist()
        is_related = [named or root in self._threads for named, root in zip(is_named, roots, strict=True)]
        authors = posts["account_id"].to_numpy().tolist()
        said = [
            (text, author)
            for text, author in compress(zip(texts, authors, strict=True), is_related)
            if text is not None
        ]
        speakers = {author for _, author in said}
        born_after = now.timestamp() * 1000 - self._new_ms
        about = pa.array([text for text, _ in said], pa.string())
        n_comparable, n_duplicates = self._compare(about)
        return StepNumbers(
            n_posts=len(said),
            n_negative=int((judge(about) < 0).sum()),
            n_authors=len(speakers),
            # Long ago, for those never shown.
            n_new_authors=sum(self._born_ms.get(author, 0) > born_after for author in speakers),
            n_comparable=n_comparable,
            n_duplicates=n_duplicates,
            n_reposts=sum(is_related) - len(said),
        )

    def _learn_ages(self, accounts: pa.Table) -> None:
        if accounts.num_rows:
            born_ms = accounts["created_at"].cast(pa.int64()).to_numpy().tolist()
            self._born_ms.update(zip(accounts["account_id"].to_numpy().tolist(), born_ms, strict=True))

    def _compare(self, texts: pa.Array) -> tuple[int, int]:
        """Return how many texts are long enough, and how many of them repeat an earlier one."""
        plain = [_NOT_WORDS.sub("", text) for text in pc.utf8_lower(texts).to_pylist()]
        plain = [text for text in plain if len(text.encode()) >= _LEAST_BYTES]
        distinct = set(plain)
        n_first = sum(text not in self._texts for text in distinct)
        self._texts.remember(distinct)
        return len(plain), len(plain) - n_first


class _Recent(Generic[Key]):
    """Keys of the last steps, as many as `n_steps`."""

    def __init__(self, n_steps: float) -> None:
        self._steps: deque[list[Key]] = deque()
        self._n_steps = max(round(n_steps), 1)
        self._last_step: dict[Key, int] = {}
        self._step = 0

    def remember(self, keys: Iterable[Key]) -> None:
        """Take in the keys of a step and forget those last seen too long ago."""
        self._steps.append(list(keys))
        self._last_step.update(dict.fromkeys(self._steps[-1], self._step))
        self._step += 1
        if len(self._steps) > self._n_steps:
            forgotten = self._step - 1 - self._n_steps
            for key in self._steps.popleft():
                if self._last_step.get(key) == forgotten:
                    del self._last_step[key]

    def __contains__(self, key: Key) -> bool:
        return key in self._last_step


class BrandNames:
    """The names of the brand, its product, aliases and hashtags, made ready once to be looked for again and again.

    Capitals do not count; a name in ASCII must stand alone.

    Parameters
    ----------
    context : mapping
        Content of a ``context.json``.
    """

    def __init__(self, context: Mapping[str, Any]) -> None:
        every = [
            context.get("brand"),
            context.get("product"),
            *context.get("aliases", ()),
            *context.get("hashtags", ()),
        ]
        names = sorted({name for name in every if name}, key=len, reverse=True)
        self.pattern = "|".join(map(_as_pattern, names))
        self._search = re.compile(self.pattern, re.ASCII).search
        folded = {name.casefold() for name in names}
        # What contains another name cannot be there without it.
        self._least = [name for name in folded if not any(other in name for other in folded - {name})]

    def are_in(self, text: str | None) -> bool:
        """Return whether a text names the brand; a null does not."""
        if text is None:
            return False
        folded = text.casefold()
        for name in self._least:
            if name in folded:
                return self._search(text) is not None
        return False


def names_brand(texts: pa.Array, context: Mapping[str, Any]) -> Mask:
    """Return which texts name the brand, as :class:`BrandNames` has it, bool[n]; faster for many."""
    pattern = BrandNames(context).pattern
    if not pattern:
        return np.zeros(len(texts), bool)
    mask: Mask = pc.fill_null(pc.match_substring_regex(texts, pattern), False).to_numpy(False)
    return mask


def _as_pattern(name: str) -> str:
    """Return a pattern of a name in whatever case, that means the same to Arrow and to Python."""
    spelled = "".join(_in_any_case(letter) for letter in name)
    return rf"\b{spelled}\b" if name.isascii() else spelled


def _in_any_case(letter: str) -> str:
    cases = {case for case in (letter.lower(), letter.upper()) if case.casefold() == letter.casefold()}
    single = sorted(case for case in cases | {letter} if len(case) == 1)
    return f"[{''.join(single)}]" if len(single) > 1 else re.escape(letter)
