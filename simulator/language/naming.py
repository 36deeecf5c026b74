"""Puts a world's names and hashtags into compiled grammars, which worlds of one split and sector share."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.kernels import text_book as kernel
from simulator.language.compile import Literals, lay_out_literals
from simulator.vocabulary import Language

Arrays = dict[str, NDArray[np.generic]]


@dataclass(frozen=True, slots=True)
class Nameless:
    """Compiled grammars in which names and hashtags are open.

    Attributes
    ----------
    arrays : dict of str to array
        What of the kernel's `Book` holds for every name.
    literals : Literals
        Those of names are empty.
    name_literals : dict of int to (str, Language)
        By literal: the name that it stands for.
    tag_list : int
        Number of the list of hashtags, which is empty.
    """

    arrays: Arrays
    literals: Literals
    name_literals: Mapping[int, tuple[str, Language]]
    tag_list: int


def put_names(grammars: Nameless, words: Mapping[str, str], tags: Sequence[str]) -> Arrays:
    """Return the arrays of the kernel's `Book`, with names and hashtags in their places.

    Parameters
    ----------
    grammars : Nameless
        Not changed.
    words : mapping of str to str
        What each name stands for; ``tag`` is the brand's name as a hashtag.
    tags : sequence of str
        All hashtags; the brand's is the reserved literal.
    """
    names = [(words[name], language) for name, language in grammars.name_literals.values()]
    own_tags = [tag for tag in tags if tag != words["tag"]]
    first_tag = len(grammars.literals.table)
    codes = iter(range(first_tag, first_tag + len(own_tags)))
    program = [kernel.BRAND_TAG << 3 if tag == words["tag"] else next(codes) << 3 | kernel.LITERAL for tag in tags]
    texts = [*names, *((tag, Language.en) for tag in own_tags)]
    return grammars.arrays | _add_literals(grammars, texts) | _add_tags(grammars, program)


def _add_literals(grammars: Nameless, texts: Sequence[tuple[str, Language]]) -> Arrays:
    """Return all literals: names in the places kept for them, what follows behind."""
    given = grammars.literals
    added = lay_out_literals(texts, len(given.pool), len(given.forms))
    n_names = len(grammars.name_literals)
    table = np.concatenate([given.table, added.table[n_names:]])
    table[list(grammars.name_literals)] = added.table[:n_names]
    return {
        "literals": table,
        "other_forms": np.concatenate([given.forms, added.forms]),
        # The kernel copies whole blocks.
        "pool": np.frombuffer(given.pool + added.pool + bytes(kernel.BLOCK), np.uint8).copy(),
    }


def _add_tags(grammars: Nameless, program: Sequence[int]) -> Arrays:
    """Return the lists with that of the hashtags filled, one instruction an alternative."""
    arrays, n_tags = grammars.arrays, len(program)
    starts = len(arrays["program"]) + np.arange(n_tags, dtype=np.int32)
    first, size = arrays["list_first"].copy(), arrays["list_size"].copy()
    first[grammars.tag_list], size[grammars.tag_list] = len(arrays["alternative_start"]), n_tags
    return {
        "program": np.concatenate([arrays["program"], np.asarray(program, np.int32)]),
        "alternative_start": np.concatenate([arrays["alternative_start"], starts]),
        "alternative_end": np.concatenate([arrays["alternative_end"], starts + 1], dtype=np.int32),
        "alternative_mood": np.concatenate([arrays["alternative_mood"], np.zeros(n_tags, np.uint8)]),
        "list_first": first,
        "list_size": size,
    }
