"""The printed score: every figure in 80 columns, failures said, and a quiet world said to be one."""

import copy

import pytest

from benchmarks.scoring.score_tables import print_scores, show

CUT = {"positives": 1234, "prevalence": 0.1, "average_precision": 0.51234, "precision": None, "recall": 0.25,
       "precision_at_n": 0.7}  # fmt: skip
RANKING = {
    **CUT,
    "f1": 0.31,
    "precision_at_100": 0.9,
    "threshold": 0.25,
    "threshold_from": "detector",
    "accused": 40,
    "false_positives_per_10000": 21.4,
    "false_positives_by_segment": {"casual": [3, 12000], "angry_customer": [7, 300]},
    "by": {
        "role": {"amplifier": CUT},
        "tactic": {"unfavourable_comparison": CUT},
        "squad": {"agency.night": CUT},
        "stock": {"bulk_created": CUT},
        "evasion": {"L3": CUT},
        "language": {"zh": CUT},
    },
}
GROUPING = {"group_score": 0.4, "weighted_precision": 0.5, "grouped_recall": 0.333, "pair_f1": 0.2,
            "adjusted_rand": None, "n_groups": 12, "organic_groups": 2, "group_score_by_operator": 0.6}  # fmt: skip
ALARMS = {
    "budget_per_day": 0.25, "threshold": 2.0, "threshold_from": "calibration", "n_waves": 4, "n_alerts": 5,
    "detection_rate": 0.5, "random_detection_rate": 0.1, "time_to_detect_hours": 1234.5, "lead_time_hours": None,
    "exposure_share_at_detection": 0.625, "false_alarms_per_day": 0.2, "wave_share": 0.1, "nab_score": 0.3,
}  # fmt: skip
COST = {"cpu_seconds": 12.3, "wall_seconds": 13.0, "peak_memory_bytes": 2_500_000_000}


def _detector(name, level, **tracks):
    return {"name": name, "level": level, "status": "ok", "message": "", "cost": COST, "tracks": tracks}


METRICS = {
    "worlds": [
        {
            "dataset": {
                "scenario": "ev_launch",
                "seed": 1,
                "evaluate_until": "2025-05-15T00:00:00Z",
                "twin_at_hand": False,
            },
            "accounts": {"scored": 19940, "positives": 1234, "silent_operated": 3, "prevalence": 0.1},
            "squads": {"agency.night": "L3"},
            "detectors": [
                _detector("co_action_significance", "account", account=RANKING, group=GROUPING),
                _detector("near_duplicate_posts", "post", post=RANKING),
                _detector("page_hinkley", "alert", alert=[ALARMS, ALARMS | {"budget_per_day": None}]),
                _detector("broken", "account")
                | {"status": "out of time", "message": "its process was stopped at the limit of 900 s", "cost": {}},
            ],
        }
    ]
}
ALL_FIGURES = (
    *("19,940 accounts scored, 1,234 of them operated (10.0%)", "3 operated accounts were not seen"),
    *("as of 2025-05-15 00:00 UTC", "0.512", "–", "12.3 s", "2.5 GB", "detector's own threshold"),
    *("agency.night (L3)", "unfavourable_comparison", "bulk_created", "amplifier", "zh"),
    *("angry_customer", "12,000", "Squads found as groups", "0.333", "1,234.5", "0.625", "0.25", "none"),
    *("No twin at hand", "broken", "out of time", "its process was stopped at the limit of 900 s"),
)


@pytest.fixture(autouse=True)
def eighty_columns(monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")


def _print(metrics, capsys):
    print_scores(metrics)
    return capsys.readouterr().out


def test_figures_are_never_cut(capsys):
    assert "…" not in _print(METRICS, capsys)


def test_scores_fit_eighty_columns(capsys):
    assert max(map(len, _print(METRICS, capsys).splitlines())) <= 80


@pytest.mark.parametrize("text", ALL_FIGURES)
def test_scores_show(capsys, text):
    assert text in _print(METRICS, capsys)


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("calibration", "threshold of 10 wrong accusations in 10,000 accounts of the validation worlds;"),
        (None, "threshold: no threshold. Give validation worlds with --calibrate."),
    ],
)
def test_source_of_the_threshold_is_said(capsys, source, text):
    metrics = copy.deepcopy(METRICS)
    metrics["worlds"][0]["detectors"][0]["tracks"]["account"]["threshold_from"] = source
    assert text in _print(metrics, capsys)


def test_quiet_world_has_only_false_alarms(capsys):
    quiet = copy.deepcopy(METRICS)
    quiet["worlds"][0]["accounts"] |= {"positives": 0, "silent_operated": 0, "prevalence": 0.0}
    out = _print(quiet, capsys)
    assert "Nothing here is operated" in out
    assert "false alarm" in out
    assert "40" in out
    assert "21.4" in out
    assert max(map(len, out.splitlines())) <= 80
    assert "0.512" not in out


def test_worlds_are_printed_one_after_the_other(capsys):
    out = _print({"worlds": METRICS["worlds"] * 2}, capsys)
    assert out.count("ev_launch, seed 1") == 2


def test_undefined_is_a_dash():
    assert (show(None), show(0.0), show(0.12345)) == ("–", "0.000", "0.123")
