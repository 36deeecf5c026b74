"""Posts and accounts as plain objects."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from simulator.vocabulary import Kind, TextMode


@dataclass(eq=False, repr=False, slots=True)
class Account:
    """One account; `row` is only its name in commands and logs."""

    row: int
    key: int
    attitude: int
    anchor: int
    susceptibility_q16: int
    segment: int
    law: int
    language: int
    client: int
    interested: int
    session_class: int
    original_class: int
    clock_class: int
    scheduled_q16: int
    brand_talk_q16: int
    restraint_q8: int
    zone: int
    removed_at: int
    ends_hour: int
    read_up_to: int = -1
    hostility: int = 0
    posts_today: int = 0
    copies_today: int = 0
    campaign_exposures: int = 0
    posts: list[Post] = field(default_factory=list)
    remembered: dict[int, tuple[int, int]] = field(default_factory=dict)  # slot -> key of a post and times met

    def is_removed(self, now: int) -> bool:
        """Return whether the account is gone by `now`."""
        return self.removed_at <= now


@dataclass(eq=False, repr=False, slots=True)
class Post:
    """One authored item of any kind."""

    sequence: int
    key: int
    time: int
    author: Account
    kind: Kind
    post_id: int
    root_id: int
    language: int
    client: int
    own_key: int
    shared_key: int
    style_row: int
    origin: Post = None  # type: ignore[assignment]  # whose content is shown: itself unless a repost
    parent: Post | None = None
    content: int = 0
    stance: int = 0
    narrative: int = -1
    virality_q8: int = 0
    is_brand: bool = False
    is_manuscript: bool = False
    is_removed: bool = False
    push: int = -1
    root_push: int = -1
    action: int = -1
    mode: int = TextMode.paraphrase
    paste: int = 0
    manuscript: int = -1
    mention_row: int = -1
    forced_tag: int = -1
    forced_url: int = -1
    n_reposts: int = 0
    n_likes: int = 0
    n_quotes: int = 0
    n_impressions: int = 0
    heat: int = 0
    heat_hour: int = 0
    replies: list[Post] = field(default_factory=list)


def accounts_from(records: NDArray[np.void]) -> list[Account]:
    """Return the accounts of packed records."""
    names = [name for name in records.dtype.names if name in Account.__dataclass_fields__]
    columns = [records[name].tolist() for name in names]
    return [
        Account(row=row, **dict(zip(names, values, strict=True)))
        for row, values in enumerate(zip(*columns, strict=True))
    ]
