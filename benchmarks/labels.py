"""The truth about accounts as of a moment: who is a positive, and to which role, tactic and squad it belongs."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.dataset import Dataset
from simulator.dataset.queries import Queries, ask
from simulator.vocabulary import Role, Tactic

Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Labels:
    """The accounts that were created before a moment.

    Attributes
    ----------
    account_ids : int64[n]
        Ascending.
    is_positive : bool[n]
        Operated, and seen posting or liking at least once before the moment.
    is_silent : bool[n]
        Operated and never seen: neither positives nor negatives.
    groups : dict of dict of bool[n]
        Positives by kind (role, tactic, squad) and name. A tactic's are those that carried out one of its
        pushes; an account can belong to several tactics or to none.
    """

    account_ids: NDArray[np.int64]
    is_positive: Flags
    is_silent: Flags
    groups: dict[str, dict[str, Flags]]


# Who is taken over later is, as of then, what he was before.
_OPERATED_BY_THEN = "select account_id from truth_accounts where operated and epoch_ms(operated_from) < $until"


def label_accounts(dataset: Dataset, until_ms: int) -> Labels:
    """Return the labels of a dataset's accounts as of a moment, ms since the epoch, UTC."""
    with ask(tables=dataset) as queries:
        return _label(queries, until_ms)


def _label(queries: Queries, until_ms: int) -> Labels:
    until = {"until": until_ms}
    account_ids = _ids(queries, "select account_id from accounts where epoch_ms(created_at) < $until", until)
    operated = np.isin(account_ids, _ids(queries, _OPERATED_BY_THEN, until))
    visible = """select account_id from posts where epoch_ms(created_at) < $until
                 union select account_id from likes where epoch_ms(created_at) < $until"""
    is_positive = operated & np.isin(account_ids, _ids(queries, visible, until))

    def members(pairs: list[tuple[str, int]]) -> dict[str, Flags]:
        ids_by_name: dict[str, list[int]] = {}
        for name, account_id in pairs:
            ids_by_name.setdefault(name, []).append(account_id)
        return {name: is_positive & np.isin(account_ids, ids) for name, ids in sorted(ids_by_name.items())}

    column = "select {0}, account_id from truth_accounts where operated and {0} is not null"
    carried_out = """select distinct tactic, account_id from posts join truth_posts using (post_id)
                     where tactic is not null and epoch_ms(created_at) < $until"""
    groups = {
        "role": _in_order(members(_pairs(queries, column.format("role"))), [role.name for role in Role]),
        "tactic": _in_order(members(_pairs(queries, carried_out, until)), [tactic.name for tactic in Tactic]),
        "squad": members(_pairs(queries, column.format("squad_id"))),
    }
    return Labels(account_ids, is_positive, operated & ~is_positive, groups)


def _ids(queries: Queries, question: str, parameters: dict[str, int] | None = None) -> NDArray[np.int64]:
    return np.unique(np.asarray([row[0] for row in queries.rows(question, parameters)], np.int64))


def _pairs(queries: Queries, question: str, parameters: dict[str, int] | None = None) -> list[tuple[str, int]]:
    return [(str(name), int(account_id)) for name, account_id in queries.rows(question, parameters)]


def _in_order(groups: dict[str, Flags], names: list[str]) -> dict[str, Flags]:
    return {name: groups[name] for name in names if name in groups}
