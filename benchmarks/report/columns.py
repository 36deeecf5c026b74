"""Codes columns for the page: short, exact, and harmless whatever a text contains."""

import base64
import gzip
import json
import re
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from benchmarks.signals.networks import Ints

LONGEST_TEXT = 280
CUT_SIGN = "…"
# Of gzip; 9 makes a page a hundredth shorter and takes twice as long (measured on classroom).
_LEVEL = 6
# Controls, and the signs that turn the direction of what follows (Unicode UAX 9, bidi embeddings and isolates).
_UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufff9-\ufffb\ud800-\udfff]"
)
_SHOWN_INSTEAD = "\N{REPLACEMENT CHARACTER}"


def clean_text(text: str | None, longest: int = LONGEST_TEXT) -> str:
    """Return a text without controls, cut to `longest` characters with a sign that it was cut."""
    shown = _UNSAFE.sub(_SHOWN_INSTEAD, (text or "")[: longest + 1])
    return shown if len(shown) <= longest else shown[: longest - 1] + CUT_SIGN


def clean_texts(texts: Iterable[str | None], longest: int = LONGEST_TEXT) -> list[str]:
    """Return each text as `clean_text` does."""
    return [clean_text(text, longest) for text in texts]


def code_deltas(values: Ints) -> list[int]:
    """Return the first value and then the differences, which are short where values ascend."""
    return np.diff(values, prepend=0).astype(np.int64).tolist()  # type: ignore[no-any-return]


def code_words(words: Sequence[str | None]) -> dict[str, list[Any]]:
    """Return a column of few words as ``{"words": [...], "codes": [...]}``; the code of null is -1."""
    known = sorted({word for word in words if word is not None})
    code_of = {word: code for code, word in enumerate(known)}
    return {"words": known, "codes": [-1 if word is None else code_of[word] for word in words]}


def pack(content: Any) -> str:
    """Return content as base64 of gzipped JSON; equal content gives equal text."""
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"), sort_keys=True, allow_nan=False)
    return base64.b64encode(gzip.compress(text.encode("utf-8"), compresslevel=_LEVEL, mtime=0)).decode("ascii")
