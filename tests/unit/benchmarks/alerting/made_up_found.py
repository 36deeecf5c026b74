"""A document of ``smearbench alerts --json``, made up: as many worlds and rules as a test asks for."""

WAVES = (("2025-03-03T00:00:00Z", "2025-03-05T00:00:00Z"), ("2025-03-10T00:00:00Z", "2025-03-11T00:00:00Z"))


def make_wave(place, hours):
    start, end = WAVES[place]
    return {
        "start": start,
        "end": end,
        "detected": hours is not None,
        "time_to_detect_hours": hours,
        "exposures": 100,
        "exposures_before": 100 if hours is None else int(hours),
    }


def make_rule(name="loud", **figures):
    rule = {
        "name": name,
        "expr": "mentions > 9",
        "for": "10m",
        "summary": "Many mentions.",
        "sweep": None,
        "n_waves": 2,
        "n_detected": 1,
        "detection_rate": 0.5,
        "random_detection_rate": 0.25,
        "time_to_detect_hours": 4.0,
        "random_time_to_detect_hours": 9.0,
        "exposure_share_at_detection": 0.3,
        "false_alarms_per_day": 0.2,
        "twin_alarms_per_day": 0.1,
        "n_true_episodes": 1,
        "n_false_episodes": 2,
        "n_crisis_episodes": 0,
        "intervals": None,
    }
    return rule | figures


def make_world(names, seed=1, hours=(4.0, None)):
    rules = [
        {
            "name": name,
            "episodes": {
                "true": ["2025-03-03T04:00:00Z"],
                "false": ["2025-03-07T00:00:00Z"],
                "crisis": [],
                "twin": ["2025-03-07T00:00:00Z"],
            },
            "waves": [make_wave(place, when) for place, when in enumerate(hours)],
        }
        for name in names
    ]
    dataset = {
        "scenario": "made_up",
        "seed": seed,
        "run_start": "2025-03-01T00:00:00Z",
        "run_end": "2025-03-21T00:00:00Z",
        "launch": "2025-03-20T00:00:00Z",
        "scored_from": "2025-03-02T00:00:00Z",
        "evaluate_until": "2025-03-19T00:00:00Z",
        "twin_at_hand": True,
    }
    events = [
        {"name": "teaser", "kind": "teaser", "time": "2025-03-18T00:00:00Z"},
        {"name": "embargo_lift", "kind": "press_embargo_lift", "time": "2025-03-19T06:00:00Z"},
        {"name": "car_launch", "kind": "launch", "time": "2025-03-20T00:00:00Z"},
    ]
    return {
        "dataset": dataset,
        "crises": [{"start": "2025-03-12T00:00:00Z", "end": "2025-03-13T00:00:00Z"}],
        "events": events,
        "mentions_per_day": [3, 1, 4] * 6,
        "rules": rules,
    }


def make_found(*rules, n_worlds=1):
    rules = rules or (make_rule(),)
    names = [rule["name"] for rule in rules]
    return {
        "software": {"smearbench": "0"},
        "engine": {"name": "duckdb", "version": "1"},
        "step_minutes": 5,
        "settings": {"cooldown_hours": 6.0, "warm_up_days": 7.0, "delay_minutes": 1.0},
        "twin_at_hand": [True] * n_worlds,
        "rules": list(rules),
        "worlds": [make_world(names, seed) for seed in range(1, n_worlds + 1)],
    }
