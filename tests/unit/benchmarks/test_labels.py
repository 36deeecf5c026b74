"""Labels: operated accounts that were seen are positives, silent ones are neither; posts and waves by hand."""

import numpy as np
import pytest

from benchmarks.scoring.labels import count_exposures, label_accounts, label_for_training, label_posts, label_waves
from simulator.dataset import open_dataset
from tests.tiny_dataset import DAY, END, HOUR, LAUNCH, START, rows_of, write_tiny


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    return open_dataset(write_tiny(tmp_path_factory.mktemp("labels") / "tiny"))


def _positives(dataset, until):
    labels = label_accounts(dataset, until)
    return labels.ids[labels.is_positive].tolist(), labels.ids[labels.is_silent].tolist()


@pytest.mark.parametrize(
    ("until", "positives", "silent"),
    [
        (START, [], []),
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
    assert label_accounts(tiny, START - 9 * DAY).ids.tolist() == [11, 12, 13, 14]


def _name_groups(labels):
    return {
        kind: {name: labels.ids[flags].tolist() for name, flags in groups.items()}
        for kind, groups in labels.groups.items()
    }


def test_accounts_by_all_that_they_are_cut_by(tiny):
    assert _name_groups(label_accounts(tiny, END, {"agency.night": "L2"})) == {
        "role": {"seeder": [21], "amplifier": [22]},
        "squad": {"agency.night": [21, 22]},
        "stock": {"bulk_created": [21], "compromised": [22]},
        "language": {"en": [21], "zh": [22]},
        "tactic": {"misinformation": [21, 22]},
        "evasion": {"L2": [21, 22]},
    }


def test_tactic_is_of_those_that_carried_it_out_by_then(tiny):
    assert _name_groups(label_accounts(tiny, START + DAY + 1))["tactic"] == {"misinformation": [21]}


def test_squads_operators_and_segments_by_account(tiny):
    labels = label_accounts(tiny, END)
    assert labels.squad.tolist() == labels.operator.tolist() == [-1, -1, -1, -1, 0, 0]
    assert labels.segment.tolist() == ["casual", "critic", "casual", "brand", None, "fan"]


def test_coordinated_account_that_is_not_operated_is_in_an_organic_group(tiny):
    assert label_accounts(tiny, END).organic_group.tolist() == [-1, -1, -1, 0, -1, -1]


def test_account_ids_ascend(tiny):
    assert (np.diff(label_accounts(tiny, END).ids) > 0).all()


@pytest.mark.parametrize(
    ("until", "shown", "positives"),
    [
        (START + DAY + 1, [101, 102], [102]),
        (END, [101, 102, 103, 104, 105, 106, 107, 108], [102, 103]),
    ],
)
def test_posts_that_a_push_commanded_are_positives_and_camouflage_is_none(tiny, until, shown, positives):
    labels = label_posts(tiny, until)
    assert labels.ids.tolist() == shown
    assert labels.ids[labels.is_positive].tolist() == positives
    assert not labels.is_silent.any()


def test_posts_by_all_that_they_are_cut_by(tiny):
    assert _name_groups(label_posts(tiny, END, {"agency.night": "L2"})) == {
        "role": {"seeder": [102], "amplifier": [103]},
        "tactic": {"misinformation": [102, 103]},
        "squad": {"agency.night": [102, 103]},
        "stock": {"bulk_created": [102], "compromised": [103]},
        "language": {"en": [102], "zh": [103]},
        "evasion": {"L2": [102, 103]},
    }


def test_waves_with_their_exposures_and_the_announced_events(tiny):
    waves = label_waves(tiny, END)
    assert waves.wave_start_ms.tolist() == [START + DAY]
    assert waves.wave_end_ms.tolist() == [START + 2 * DAY]
    assert (waves.run_start_ms, waves.run_end_ms) == (START, END)
    assert waves.event_ms.tolist() == [LAUNCH]
    ((hours, exposures),) = waves.exposures
    assert (hours.tolist(), exposures.tolist()) == ([START + DAY], [4])


def test_wave_is_cut_at_the_moment(tiny):
    assert label_waves(tiny, START + DAY + HOUR).wave_end_ms.tolist() == [START + DAY + HOUR]
    assert label_waves(tiny, START + DAY).wave_start_ms.tolist() == []


def test_twin_has_no_waves(tmp_path):
    twin = open_dataset(write_tiny(tmp_path / "twin", variant="twin"))
    assert len(label_waves(twin, END).wave_start_ms) == 0


@pytest.mark.parametrize(("until", "exposures"), [(START + DAY, 0), (START + DAY + 1, 4), (END, 4)])
def test_exposures_to_the_campaign_before_a_moment(tiny, until, exposures):
    assert count_exposures(tiny, until) == exposures


def test_labels_to_learn_from_leave_silent_accounts_out(tiny):
    labels = label_for_training(tiny, START + DAY + 1)
    found = labels["accounts"].to_pydict()
    assert found["account_id"] == [11, 12, 13, 14, 21]
    assert found["operated"] == [False] * 4 + [True]
    assert found["squad_id"] == [None] * 4 + ["agency.night"]
    assert found["operator_id"] == [None] * 4 + ["agency"]
    assert found["role"] == [None] * 4 + ["seeder"]


def test_labels_to_learn_from_hold_posts_and_waves(tiny):
    labels = label_for_training(tiny, END)
    assert labels["posts"].filter(labels["posts"]["pushed"])["post_id"].to_pylist() == [102, 103]
    (wave,) = labels["waves"].to_pylist()
    assert wave["wave_id"] == 0
    assert [wave[name].timestamp() * 1000 for name in ("start", "end")] == [START + DAY, START + 2 * DAY]
