"""Labels: operated accounts that were seen are positives, silent ones are neither."""

import numpy as np
import pytest

from benchmarks.labels import label_accounts
from simulator.dataset import open_dataset
from tests.tiny_dataset import DAY, END, START, rows_of, write_tiny


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    return open_dataset(write_tiny(tmp_path_factory.mktemp("labels") / "tiny"))


def _positives(dataset, until):
    labels = label_accounts(dataset, until)
    return labels.account_ids[labels.is_positive].tolist(), labels.account_ids[labels.is_silent].tolist()


@pytest.mark.parametrize(
    ("until", "positives", "silent"),
    [
        (START + DAY, [], [21, 22]),
        (START + DAY + 1, [21], [22]),
        (START + DAY + 60_001, [21, 22], []),
        (END, [21, 22], []),
    ],
)
def test_positives_are_operated_accounts_seen_before(tiny, until, positives, silent):
    assert _positives(tiny, until) == (positives, silent)


def test_account_seen_only_by_a_like_is_a_positive(tmp_path):
    likes = rows_of("likes", [(START + 60_000, 22, 101)])
    truth = rows_of("truth_likes", [(22, 101, 0)])
    dataset = open_dataset(write_tiny(tmp_path / "tiny", tables={"likes": likes, "truth_likes": truth}))
    assert _positives(dataset, START + DAY) == ([22], [21])


def test_accounts_created_later_are_not_there(tiny):
    assert label_accounts(tiny, START - 9 * DAY).account_ids.tolist() == [11, 12, 13, 14]


def test_groups_by_role_tactic_and_squad(tiny):
    labels = label_accounts(tiny, END)
    named = {
        kind: {name: labels.account_ids[flags].tolist() for name, flags in groups.items()}
        for kind, groups in labels.groups.items()
    }
    assert named == {
        "role": {"seeder": [21], "amplifier": [22]},
        "tactic": {"misinformation": [21, 22]},
        "squad": {"agency.night": [21, 22]},
    }


def test_account_ids_ascend(tiny):
    assert (np.diff(label_accounts(tiny, END).account_ids) > 0).all()
