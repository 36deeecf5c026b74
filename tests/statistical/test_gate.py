"""The gate of the audit on six small worlds; the whole gate is `smearbench audit` over ten worlds a level."""

import pytest

from benchmarks.audit.audit import audit_datasets
from simulator import load_scenario, open_dataset, simulate

LEVELS = ("L4", "L5")
SEEDS = (311, 312, 313)


@pytest.fixture(scope="module")
def findings(tmp_path_factory):
    folder = tmp_path_factory.mktemp("gate")
    worlds = []
    for level in LEVELS:
        changes = [f"operators.agency.squads.all.evasion={level}"]
        scenario = load_scenario("ev_launch", accounts=2000, days=45, prevalence=0.03, overrides=changes)
        for seed in SEEDS:
            simulate(scenario, seed=seed, out=folder / f"{level}-{seed}")
            worlds.append(open_dataset(folder / f"{level}-{seed}"))
    audit = audit_datasets(worlds, baselines=("synchrony",), cache=folder / "cache")
    assert audit.n_worlds_by_level == dict.fromkeys(LEVELS, len(SEEDS))
    assert audit.file_marks == ()
    return audit.findings


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("family", ["formats", "marginals", "text"])
def test_no_shortcut_gives_operated_accounts_away(findings, level, family):
    """Beyond a limit and no chance: what the audit calls a failure."""
    gated = [finding for finding in findings if (finding.level, finding.family) == (level, family)]
    assert any(finding.is_gated for finding in gated)
    failures = [
        (finding.probe, round(finding.value, 3), finding.low, finding.high) for finding in gated if finding.fails
    ]
    assert failures == []


@pytest.mark.parametrize("level", LEVELS)
def test_single_features_are_within_their_limits_but_for_chance(findings, level):
    """Three worlds of sixty positives: one standard error of a mean area is about 0.02."""
    features = [
        finding
        for finding in findings
        if (finding.level, finding.family, finding.measure) == (level, "marginals", "roc_auc") and finding.is_gated
    ]
    assert len(features) > 50
    for finding in features:
        assert 0.30 - 2 * finding.error <= finding.value <= 0.70 + 2 * finding.error, finding.probe
