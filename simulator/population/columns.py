"""Accounts as columns: one row an account, organics first by segment, then operated by operator and squad."""

from dataclasses import dataclass, fields
from typing import get_args

import numpy as np
from numpy.typing import NDArray

NEVER = np.iinfo(np.int64).max
NO_CODE = 255
NO_BOUND = -1


@dataclass(frozen=True, slots=True)
class Accounts:
    """Every account of a world; arrays of one length, set once and not modified after.

    Times are int64 ms since the epoch, UTC; Q16 is fixed point with 16 fraction bits.
    """

    key: NDArray[np.uint64]  # names every draw of the account
    account_id: NDArray[np.int64]  # public id, in [0, 2^53)
    segment: NDArray[np.uint8]  # Segment of its organic life; NO_CODE: purely operated, has none
    mimic: NDArray[np.uint8]  # Segment whose laws it draws from; its own where it has one
    language: NDArray[np.uint8]  # Language
    client: NDArray[np.uint8]  # Client
    zone: NDArray[np.uint8]  # index in Population.zones
    created_ms: NDArray[np.int64]
    active_from_ms: NDArray[np.int64]
    active_until_ms: NDArray[np.int64]  # NEVER: does not leave
    sessions_q16: NDArray[np.int32]  # mean sessions a day; 0: purely operated without camouflage
    originals_q16: NDArray[np.int32]  # mean originals a session
    chronotype: NDArray[np.uint8]  # 0 early to 7 late, and 8 more for each later habit: ``rhythm.build_clocks``
    brand_interest: NDArray[np.uint8]  # 1: follows the brand's topic
    brand_talk_q16: NDArray[np.int32]  # share of its originals that are about the brand
    attitude: NDArray[np.int32]  # Q16, -65536 to 65536
    susceptibility_q16: NDArray[np.int32]
    scheduled_q16: NDArray[np.int32]  # share of originals sent at fixed minutes
    community: NDArray[np.int32]
    group: NDArray[np.int32]  # index in Population.groups; -1 none
    verified: NDArray[np.uint8]
    operator: NDArray[np.int16]  # index in Population.operators; -1 none
    squad: NDArray[np.int16]  # index in Population.squads; -1 none
    role: NDArray[np.uint8]  # Role; NO_CODE: organic
    stock: NDArray[np.uint8]  # Stock; NO_CODE: organic
    operated_from_ms: NDArray[np.int64]  # NEVER: organic
    camouflage: NDArray[np.uint8]  # 1: purely operated or bought, and lives an organic-like life while operated
    overlap: NDArray[np.uint8]  # 1: operated, with profile, follows and activity drawn from organic laws
    pushed_q16: NDArray[np.int32]  # pushed items a day that an overlapping account keeps to; NO_BOUND: any number
    pattern_key: NDArray[np.uint64]  # shared by accounts with one name pattern; 0 none

    def __len__(self) -> int:
        return len(self.key)


COLUMN_NAMES = tuple(field.name for field in fields(Accounts))
# The element type of each column, read off its annotation: numpy.ndarray[shape, numpy.dtype[type]].
COLUMN_TYPES = {field.name: np.dtype(get_args(get_args(field.type)[1])[0]) for field in fields(Accounts)}


@dataclass(frozen=True, slots=True)
class Group:
    """Accounts that act together: `kind` is fan_club, rival_club, newsroom, marketing_team, news_network or squad."""

    kind: str
    name: str


@dataclass(frozen=True, slots=True)
class Population:
    """Accounts and the names behind their codes."""

    accounts: Accounts
    n_organic: int
    zones: tuple[str, ...]
    n_communities: int
    groups: tuple[Group, ...]
    operators: tuple[str, ...]
    squads: tuple[tuple[str, str], ...]  # (operator, squad)

    def __len__(self) -> int:
        return len(self.accounts)
