"""Turns the batches of a stream into the numbers of its steps: who spoke of the brand, how, how alike."""

import re
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from benchmarks.detector import Batch
from benchmarks.signals.lexicon import judge

Ids = NDArray[np.int64]
Mask = NDArray[np.bool_]

_DAY_MS = 86_400_000
# Links, mentions and tags; ASCII, general, ideographic and full-width signs and digits but # and @.
_NOT_WORDS = (
    r"https?://\S+|[@#][^\s@#]+"
    r"|[\x{00}-\x{22}\x{24}-\x{3F}\x{41}-\x{60}\x{7B}-\x{BF}\x{2000}-\x{206F}\x{3000}-\x{303F}\x{FF00}-\x{FF20}]+"
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
        self._context = context
        self._new_ms = new_days * _DAY_MS
        self._threads: deque[Ids] = deque(maxlen=max(round(thread_hours * 60 / step_minutes), 1))
        self._texts: deque[pa.Array] = deque(maxlen=max(round(text_hours * 60 / step_minutes), 1))
        self._ages = _Ages()

    def count(self, batch: Batch, now: datetime) -> StepNumbers:
        """Return the numbers of the step that ended `now`; call once a step, empty or not."""
        self._ages.learn(batch.table("accounts", ["account_id", "created_at"]))
        posts = batch.table("posts", ["post_id", "account_id", "root_id", "text"]).combine_chunks()
        texts = _flatten(posts["text"])
        named = names_brand(texts, self._context)
        self._threads.append(posts["post_id"].to_numpy()[named])
        related = named | _is_in(posts["root_id"], self._threads)
        is_repost = texts.is_null().to_numpy(False)
        said = related & ~is_repost
        authors = np.unique(posts["account_id"].to_numpy()[said])
        born_after = now.timestamp() * 1000 - self._new_ms
        about = texts.filter(pa.array(said))
        n_comparable, n_duplicates = self._compare(about)
        return StepNumbers(
            n_posts=int(said.sum()),
            n_negative=int((judge(about) < 0).sum()),
            n_authors=len(authors),
            n_new_authors=int((self._ages.find(authors) > born_after).sum()),
            n_comparable=n_comparable,
            n_duplicates=n_duplicates,
            n_reposts=int((related & is_repost).sum()),
        )

    def _compare(self, texts: pa.Array) -> tuple[int, int]:
        """Return how many texts are long enough, and how many of them repeat an earlier one."""
        plain = pc.replace_substring_regex(pc.utf8_lower(texts), _NOT_WORDS, "")
        plain = plain.filter(pc.greater_equal(pc.binary_length(plain), _LEAST_BYTES))
        distinct = plain.unique()
        known = pa.concat_arrays([*self._texts, pa.array([], pa.string())])
        n_first = len(distinct) - (pc.sum(pc.is_in(distinct, value_set=known)).as_py() or 0)
        self._texts.append(distinct)
        return len(plain), len(plain) - n_first


def names_brand(texts: pa.Array, context: Mapping[str, Any]) -> Mask:
    """Return which texts name the brand, its product, an alias or one of its hashtags, bool[n]; a null does not."""
    names = [context.get("brand"), context.get("product"), *context.get("aliases", ()), *context.get("hashtags", ())]
    patterns = [_as_pattern(name) for name in sorted({name for name in names if name}, key=len, reverse=True)]
    if not patterns:
        return np.zeros(len(texts), bool)
    found = pc.match_substring_regex(texts, "|".join(patterns), ignore_case=True)
    mask: Mask = pc.fill_null(found, False).to_numpy(False)
    return mask


def _as_pattern(name: str) -> str:
    """Return a pattern of a name; one in ASCII must stand alone."""
    escaped = re.escape(name)
    return rf"\b{escaped}\b" if name.isascii() else escaped


def _is_in(ids: pa.ChunkedArray, known: Iterable[Ids]) -> Mask:
    """Return which ids are known, bool[n]; by a hash, as sorting takes longer for the few of a step."""
    found: Mask = pc.is_in(ids, value_set=pa.array(np.concatenate(list(known)))).to_numpy()
    return found


def _flatten(column: pa.ChunkedArray) -> pa.Array:
    return pa.concat_arrays([pa.array([], column.type), *column.chunks])


class _Ages:
    """Accounts seen so far and when they registered, sorted by account."""

    def __init__(self) -> None:
        self._ids = np.zeros(0, np.int64)
        self._born_ms = np.zeros(0, np.int64)

    def learn(self, accounts: pa.Table) -> None:
        if accounts.num_rows:
            ids = np.concatenate([self._ids, accounts["account_id"].to_numpy()])
            born = np.concatenate([self._born_ms, accounts["created_at"].cast(pa.int64()).to_numpy()])
            order = np.argsort(ids)
            self._ids, self._born_ms = ids[order], born[order]

    def find(self, ids: Ids) -> Ids:
        """Return when accounts registered, ms since the epoch; 0, long ago, for those never shown."""
        if not len(self._ids):
            return np.zeros(len(ids), np.int64)
        places = np.minimum(np.searchsorted(self._ids, ids), len(self._ids) - 1)
        return np.where(self._ids[places] == ids, self._born_ms[places], 0)
