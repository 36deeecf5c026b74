"""A world as the audit reads it: probe tables of what a detector is shown, beside who is operated at which level."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.audit.format_questions import QUESTION_BY_TABLE
from benchmarks.audit.marginal_questions import ECHO, QUESTIONS, SUBJECTS
from benchmarks.audit.probe_tables import Ids, ProbeTable, answer_by_account
from benchmarks.audit.profile_patterns import describe_profiles
from benchmarks.audit.texts import Documents, read_documents
from benchmarks.blind.protocol import View
from benchmarks.detector import Observations
from benchmarks.scoring.labels import AccountLabels, PostLabels, label_accounts, label_posts
from benchmarks.scoring.score import find_evasion
from simulator.dataset import Dataset

Levels = NDArray[np.object_]
NEGATIVE, NOT_JUDGED = "", "-"


@dataclass(frozen=True, slots=True)
class Probed:
    """Rows of one kind with their probe table.

    Attributes
    ----------
    level : object[n]
        Evasion level of a positive, empty for a negative, '-' for what is neither.
    table : ProbeTable
    """

    level: Levels
    table: ProbeTable

    def pick(self, level: str) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Return which rows count for a level, bool[n], and which of these are positives, bool[m]."""
        counted = (self.level == level) | (self.level == NEGATIVE)
        return counted, np.asarray(self.level[counted] == level, np.bool_)


@dataclass(frozen=True, slots=True)
class AuditedWorld:
    """One dataset as of its `evaluate_until`.

    Attributes
    ----------
    name : str
    levels : tuple of str
        Those of its positives.
    account_ids : int64[n]
        Ascending; the rows of all tables but those of `formats`.
    marginals, subjects, echo, patterns : Probed
        Own rows; what own texts are about; sums of what others did; kinds of profile, as category codes.
    documents : dict of str to sequence of str
        Text of each account, by part.
    formats : dict of str to Probed
        By table.
    """

    name: str
    levels: tuple[str, ...]
    view: View
    account_ids: Ids
    marginals: Probed
    subjects: Probed
    echo: Probed
    patterns: Probed
    documents: Documents
    formats: dict[str, Probed]


def read_world(dataset: Dataset, view: View) -> AuditedWorld:
    """Read a dataset for the audit.

    Parameters
    ----------
    dataset : Dataset
    view : View
        What detectors are shown of it.
    """
    evasion = find_evasion(dataset)
    accounts = label_accounts(dataset, view.as_of_ms, evasion)
    posts = label_posts(dataset, view.as_of_ms, evasion)
    level = _name_levels(accounts)
    observations = Observations(view.folder, view.as_of_ms)

    def ask(*questions: str) -> Probed:
        return Probed(level, answer_by_account(observations, questions, accounts.ids))

    return AuditedWorld(
        name=f"{dataset.manifest.scenario.id}, seed {dataset.seed}",
        levels=tuple(accounts.groups["evasion"]),
        view=view,
        account_ids=accounts.ids,
        marginals=ask(*QUESTIONS),
        subjects=ask(SUBJECTS),
        echo=ask(ECHO),
        patterns=Probed(level, describe_profiles(observations)),
        documents=read_documents(observations, accounts.ids),
        formats=_read_formats(observations, dataset, accounts, posts),
    )


def _name_levels(labels: AccountLabels | PostLabels) -> Levels:
    """Return the level of each positive; operated accounts of no known level, and silent ones, are not judged."""
    level = np.full(len(labels.ids), NEGATIVE, object)
    level[labels.is_positive | labels.is_silent] = NOT_JUDGED
    for name, flags in labels.groups["evasion"].items():
        level[flags] = name
    return level


def _read_formats(
    observations: Observations, dataset: Dataset, accounts: AccountLabels, posts: PostLabels
) -> dict[str, Probed]:
    """Return the formats of each table; a follow is as operated as its follower, a like as the command behind it."""
    with observations.ask() as database:
        answers = {name: database.execute(question).fetchnumpy() for name, question in QUESTION_BY_TABLE.items()}
    by_account, by_post = _name_levels(accounts), _name_levels(posts)
    commanded = _find_commanded_likes(dataset, answers["likes"])
    liker = by_account[np.searchsorted(accounts.ids, answers["likes"]["account_id"])]
    levels = {
        "accounts": by_account[np.searchsorted(accounts.ids, answers["accounts"]["account_id"])],
        "posts": by_post[np.searchsorted(posts.ids, answers["posts"]["post_id"])],
        "likes": np.where(commanded, liker, NEGATIVE),
        "follows": by_account[np.searchsorted(accounts.ids, answers["follows"]["follower_id"])],
    }
    return {name: Probed(levels[name], _tabulate(answers[name])) for name in answers}


def _find_commanded_likes(dataset: Dataset, likes: dict[str, Any]) -> NDArray[np.bool_]:
    truth = dataset.table("truth_likes", ["account_id", "post_id"])
    commanded = set(zip(truth["account_id"].to_pylist(), truth["post_id"].to_pylist(), strict=True))
    pairs = zip(likes["account_id"].tolist(), likes["post_id"].tolist(), strict=True)
    return np.fromiter((pair in commanded for pair in pairs), np.bool_, len(likes["account_id"]))


def _tabulate(answer: dict[str, Any]) -> ProbeTable:
    names = tuple(name for name in answer if not name.endswith("_id"))
    columns = [np.ma.filled(np.ma.asarray(answer[name], np.float64), np.nan) for name in names]
    return ProbeTable(names, np.column_stack(columns))
