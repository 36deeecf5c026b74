"""Made-up rows of a suite's results: figures of known order, without any simulation."""

import json

from simulator.random_streams import draw_u64, name_key

SEGMENTS = {"casual": 2600, "fan": 500, "marketing": 60, "news_bot": 40, "angry_customer": 300, "deal_bot": 50}
LEVELS = ("L0", "L1", "L2", "L3", "L4", "L5")
# Average precision at L0 and how much of it is left at L5.
DETECTORS = {
    "chance": (0.02, 1.0),
    "near_duplicate": (0.93, 0.12),
    "co_sharing": (0.80, 0.30),
    "fused_network": (0.95, 0.35),
    "digital_dna": (0.45, 0.50),
    "synchrony": (0.70, 0.08),
    "supervised_trees": (0.90, 0.75),
}


def draw_unit(*names):
    """Return a number from 0 to 1 that its names decide."""
    return float(draw_u64(0, 0, name_key(*names))) / 2**64


def make_row(detector, seed=1, level="L0", track="account", scenario="ev_launch", **figures):
    """Return a row of a world with a campaign; `figures` replace or add columns."""
    cell = f"{scenario} {level}".strip()
    return {
        "suite": "made_up",
        "track": track,
        "detector": detector,
        "cell": cell,
        "scenario": scenario,
        "level": level,
        "seed": seed,
        "world": f"{name_key(cell, seed):016x}"[:8],
        "blind": False,
        "status": "ok",
        "message": None,
    } | figures


def make_suite(levels=("L0", "L2", "L4", "L5"), seeds=range(1, 11), detectors=DETECTORS):
    """Return the rows of all tracks for worlds at some levels and for quiet ones."""
    rows = []
    for detector, (first, left) in detectors.items():
        for seed in seeds:
            for level in levels:
                share = first * (1 - (1 - left) * int(level[1]) / 5)
                score = min(max(share + 0.08 * (draw_unit(detector, seed, level) - 0.5), 0.001), 1.0)
                rows += make_world(detector, seed, level, score)
            rows += make_quiet(detector, seed)
    return rows


def make_world(detector, seed, level, score):
    """Return the rows of all tracks of a world with a campaign."""
    segments = {name: [round(draw_unit(detector, seed, name) * n / 50), n] for name, n in SEGMENTS.items()}
    account = make_row(
        detector,
        seed,
        level,
        positives=80,
        negatives=3920,
        prevalence=0.02,
        average_precision=score,
        roc_auc=0.5 + score / 2,
        tpr_at_1_percent_fpr=score * 0.9,
        threshold=0.5,
        threshold_from="calibration",
        precision=score,
        recall=score * 0.8,
        f1=score * 0.85,
        mcc=score * 0.8,
        precision_at_n=score,
        precision_at_0_1_percent_prevalence=score / 5,
        false_positives_per_10000=12 * (1 - score),
        brier=None,
        calibration_error=None,
        false_positives_by_segment=json.dumps(segments),
        average_precision_by=json.dumps({"role": {"seeder": score * 0.7, "amplifier": score}}),
        exposures_delivered=int(200_000 / (1 + int(level[1]))),
    )
    group = make_row(detector, seed, level, "group", group_score=score * 0.9, weighted_precision=score, n_groups=12)
    alerts = [
        make_row(
            detector,
            seed,
            level,
            "alert",
            budget_per_day=budget,
            detection_rate=min(1.0, score * (0.7 + budget / 4)),
            time_to_detect_hours=None if score < 0.2 else 40 * (1 - score) + 2 / budget,
            false_alarms_per_day=budget * 0.9,
            random_detection_rate=0.3 * budget,
            n_waves=6,
        )
        for budget in (1.0, 0.25)
    ]
    return [account, group, *alerts]


def make_quiet(detector, seed):
    """Return the rows of a world without a campaign: no headline is defined."""
    quiet = {"seed": seed, "level": "", "scenario": "quiet_launch"}
    rate = 20 * draw_unit(detector, seed)
    segments = {name: [round(rate * n / 2000), n] for name, n in SEGMENTS.items()}
    flags = {"false_positives_per_10000": rate, "false_positives_by_segment": json.dumps(segments)}
    alerts = [
        make_row(detector, track="alert", budget_per_day=budget, false_alarms_per_day=budget * rate / 10, **quiet)
        for budget in (1.0, 0.25)
    ]
    return [
        make_row(detector, positives=0, average_precision=None, **flags, **quiet),
        make_row(detector, track="group", n_groups=int(rate), group_score=None, **quiet),
        *alerts,
    ]


def make_curves(detectors=DETECTORS, levels=("L0", "L2", "L4", "L5")):
    """Return curves of precision against recall and of time-to-detect against false alarms."""
    curves = []
    for detector, (first, left) in detectors.items():
        for level in levels:
            share = first * (1 - (1 - left) * int(level[1]) / 5)
            names = {"suite": "made_up", "detector": detector, "cell": f"ev_launch {level}"}
            for step in range(101):
                recall = step / 100
                precision = max(0.02, share ** (0.3 + 3 * recall**2) if detector != "chance" else 0.02)
                curves.append(names | {"track": "account", "kind": "precision_recall", "x": recall, "y": precision})
            for alarms in (0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 4.0):
                hours = None if share * alarms**0.3 < 0.15 else 3 + 60 * (1 - share) / (1 + alarms)
                curves.append(names | {"track": "alert", "kind": "time_to_detect", "x": alarms, "y": hours})
    return curves
