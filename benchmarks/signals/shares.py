"""Who shared what and when, read from observations: hashtags, links and reposted posts as numbered objects."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from benchmarks.detector import Observations

Ints = NDArray[np.int64]
Kind = Literal["hashtag", "url", "repost"]
ALL_KINDS: tuple[Kind, ...] = ("hashtag", "url", "repost")
_COLUMNS: dict[Kind, list[str]] = {"hashtag": ["hashtags"], "url": ["urls"], "repost": ["kind", "root_id"]}


@dataclass(frozen=True, slots=True)
class Shares:
    """One entry for every object in every post, in the order of time and of the objects within a post.

    Attributes
    ----------
    account : int64[n]
        Row of the author among the account ids in ascending order.
    object : int64[n]
        Number of what is shared; equal for the same hashtag (whatever its case), link or reposted post.
    message : int64[n]
        Number of the post.
    at_ms : int64[n]
        When, ms since the epoch, UTC.
    """

    account: Ints
    object: Ints
    message: Ints
    at_ms: Ints

    def keep(self, chosen: NDArray[np.bool_]) -> "Shares":
        """Return some of the shares."""
        return Shares(self.account[chosen], self.object[chosen], self.message[chosen], self.at_ms[chosen])


def read_account_ids(observations: Observations) -> Ints:
    """Return the ids of all accounts, ascending."""
    ids: Ints = np.sort(observations.table("accounts", ["account_id"])["account_id"].to_numpy())
    return ids


def read_shares(
    observations: Observations, account_ids: Ints, kinds: Sequence[Kind] = ALL_KINDS, topic: Ints | None = None
) -> Shares:
    """Return the shares of the given kinds of objects; a repost of a repost shares the original post.

    Parameters
    ----------
    observations : Observations
    account_ids : int64[n]
        Ascending; posts of others are left out.
    kinds : sequence of {'hashtag', 'url', 'repost'}
    topic : int64[m], optional
        Ids, ascending, of the posts that are read, and whose reposts are; left out, all posts.

    Notes
    -----
    Cost is linear in the posts, but for sorting.
    """
    columns = ["post_id", "account_id", "created_at", *(name for kind in kinds for name in _COLUMNS[kind])]
    found = [_read_batch(batch, account_ids, kinds, topic) for batch in observations.batches("posts", columns)]
    n_before = np.cumsum([0, *(n_rows for n_rows, _ in found)])
    parts = [part for _, portion in found for part in portion]
    starts = [before for before, (_, portion) in zip(n_before, found, strict=False) for _ in portion]
    if not parts:
        return Shares(*(np.zeros(0, np.int64) for _ in range(4)))
    objects = _number_objects([part.names for part in parts])
    message = np.concatenate([part.row + start for part, start in zip(parts, starts, strict=True)])
    account = np.concatenate([part.account for part in parts])
    at_ms = np.concatenate([part.at_ms for part in parts])
    # Posts of the same moment go by what they share, whatever the order of the rows.
    least = np.full(int(n_before[-1]), len(objects), np.int64)
    np.minimum.at(least, message, objects)
    order = np.lexsort((message, least[message], at_ms))
    return Shares(account[order], objects[order], message[order], at_ms[order])


def find_rows(ids: Ints, known: Ints) -> tuple[Ints, NDArray[np.bool_]]:
    """Return the place of each id among known ones, which ascend, and whether it is there at all."""
    if not len(known):
        return np.zeros(len(ids), np.int64), np.zeros(len(ids), bool)
    rows = np.minimum(np.searchsorted(known, ids), len(known) - 1)
    return rows, known[rows] == ids


def find_brand_posts(observations: Observations) -> Ints:
    """Return the ids, ascending, of the posts whose text or hashtags name the brand or its product."""
    pattern = match_brand(observations.context)
    ids = [np.zeros(0, np.int64)]
    if pattern:
        for batch in observations.batches("posts", ["post_id", "text", "hashtags"]):
            named = pc.match_substring_regex(batch["text"].cast(pa.string()), pattern, ignore_case=True)
            is_named = pc.fill_null(named, False).to_numpy(zero_copy_only=False)
            tags = pc.list_flatten(batch["hashtags"]).cast(pa.string())
            tagged = pc.match_substring_regex(tags, pattern, ignore_case=True).to_numpy(zero_copy_only=False)
            is_named[pc.list_parent_indices(batch["hashtags"]).to_numpy()[tagged]] = True
            ids.append(batch["post_id"].to_numpy()[is_named])
    return np.sort(np.concatenate(ids))


def match_brand(context: Mapping[str, Any]) -> str:
    """Return a regular expression of all names of the brand, its product and its hashtags; empty without any."""
    names = {context["brand"], context["product"], *context["aliases"], *context["hashtags"]}
    return "|".join(re.escape(name) for name in sorted(names) if name)


def read_fast_reposts(observations: Observations, account_ids: Ints, within_ms: int) -> tuple[Ints, Ints]:
    """Return who reposted whose post at most `within_ms` after it appeared: rows of accounts, each int64[n]."""
    question = """
        select repost.account_id, parent.account_id
        from posts repost join posts parent on repost.parent_id = parent.post_id
        where repost.kind = 'repost' and epoch_ms(repost.created_at) - epoch_ms(parent.created_at) <= $within
    """
    with observations.ask() as database:
        answer = list(database.execute(question, {"within": within_ms}).fetchnumpy().values())
    ends = np.array(answer, np.int64).reshape(2, -1)
    (reposter, known), (author, also_known) = (find_rows(ids, account_ids) for ids in ends)
    return reposter[known & also_known], author[known & also_known]


@dataclass(frozen=True, slots=True)
class _Part:
    """Shares of one kind in one batch; names are unique over the kinds."""

    account: Ints
    names: pa.Array
    row: Ints
    at_ms: Ints


def _read_batch(
    batch: pa.RecordBatch, account_ids: Ints, kinds: Sequence[Kind], topic: Ints | None
) -> tuple[int, list[_Part]]:
    """Return the rows of a batch and its shares, of posts on the topic (ids of posts; None is any)."""
    account, is_known = find_rows(batch["account_id"].to_numpy(), account_ids)
    at_ms = batch["created_at"].cast(pa.int64()).to_numpy()
    parts = []
    for kind in kinds:
        row, names = _name_objects(batch, kind)
        subject = batch["root_id" if kind == "repost" else "post_id"].to_numpy()
        kept = is_known[row] & (True if topic is None else find_rows(subject[row], topic)[1])
        row, names = row[kept], names.filter(pa.array(kept))
        parts.append(_Part(account[row], names, row, at_ms[row]))
    return len(batch), parts


def _name_objects(batch: pa.RecordBatch, kind: Kind) -> tuple[Ints, pa.Array]:
    """Return the row and the name of every object of a kind."""
    if kind == "repost":
        row = np.flatnonzero(pc.equal(batch["kind"].cast(pa.string()), "repost").to_numpy(zero_copy_only=False))
        return row, batch["root_id"].take(pa.array(row))
    words = batch["hashtags" if kind == "hashtag" else "urls"]
    names = pc.list_flatten(words).cast(pa.string())
    return pc.list_parent_indices(words).to_numpy().astype(np.int64), _prefix(names, kind)


def _prefix(names: pa.Array, kind: Kind) -> pa.Array:
    return pc.binary_join_element_wise("#", pc.utf8_lower(names), "") if kind == "hashtag" else names


def _number_objects(names: Sequence[pa.Array]) -> Ints:
    """Return a number for each name, words in alphabetical order first, then posts; equal names get the same."""
    numbers = [np.zeros(len(part), np.int64) for part in names]
    n_known = 0
    for kind in (pa.string(), pa.int64()):
        places = [place for place, part in enumerate(names) if part.type == kind]
        if not places:
            continue
        encoded = pa.chunked_array([names[place] for place in places]).combine_chunks().dictionary_encode()
        ranks = np.argsort(pc.array_sort_indices(encoded.dictionary).to_numpy())
        codes = ranks[encoded.indices.to_numpy()].astype(np.int64) + n_known
        n_known += len(ranks)
        for place, part in zip(places, np.split(codes, np.cumsum([len(names[p]) for p in places])[:-1]), strict=True):
            numbers[place] = part
    return np.concatenate(numbers)
