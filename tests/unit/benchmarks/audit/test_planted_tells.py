"""Planted tells are found, each by its probe, and a world of coin flips passes."""

from dataclasses import replace

import numpy as np
import pytest

from benchmarks.audit.audit import Audit, audit_worlds
from benchmarks.audit.audit_tables import decide, describe_audit, print_audit
from benchmarks.audit.audited_world import AuditedWorld, Probed
from benchmarks.audit.probe_tables import ProbeTable
from benchmarks.blind.answers import Answer
from benchmarks.blind.protocol import View

N, N_POSITIVE, N_WORLDS = 400, 40, 10
WORDS = ("tea", "rain", "bus", "film", "run", "soup", "cat", "sun")


def make_world(seed: int, folder, level: str = "L4") -> AuditedWorld:
    rng = np.random.Generator(np.random.PCG64(seed))
    levels = np.full(N, "", object)
    levels[rng.permutation(N)[:N_POSITIVE]] = level

    def noise(*names: str) -> Probed:
        return Probed(levels, ProbeTable(names, rng.normal(size=(N, len(names)))))

    texts = [" ".join(rng.choice(WORDS, 12)) for _ in range(N)]
    return AuditedWorld(
        name=f"made up {seed}",
        levels=(level,),
        view=View(folder, 0),
        account_ids=np.arange(N),
        marginals=noise("created_days_before_start", "n_items"),
        subjects=noise("brand_share"),
        echo=noise("likes_received_per_item"),
        patterns=Probed(levels, ProbeTable(("handle_length",), rng.integers(0, 9, (N, 1)).astype(float))),
        documents={"posts": texts},
        formats={"accounts": noise("id_bit_0")},
    )


def plant(probed: Probed, place: int, values) -> Probed:
    table = probed.table.values.copy()
    table[:, place] = values
    return replace(probed, table=ProbeTable(probed.table.names, table))


def tell(world: AuditedWorld, kind: str) -> AuditedWorld:
    """Return a world with one tell."""
    marked = world.marginals.level != ""
    loud = 3.0 * marked
    if kind == "text":
        texts = [
            text + " enough is enough" * bool(flag) for text, flag in zip(world.documents["posts"], marked, strict=True)
        ]
        return replace(world, documents={"posts": texts})
    if kind == "formats":
        return replace(world, formats={"accounts": plant(world.formats["accounts"], 0, loud)})
    if kind == "tree":  # an exclusive or of two features, each of which alone is noise
        values = np.sign(world.marginals.table.values)
        values[:, 1] = np.where(marked, values[:, 0], -values[:, 0])
        return replace(world, marginals=replace(world.marginals, table=ProbeTable(world.marginals.table.names, values)))
    if kind == "age":
        return replace(world, marginals=plant(world.marginals, 0, loud))
    if kind == "marginals":
        return replace(world, marginals=plant(world.marginals, 1, loud))
    if kind == "patterns":
        return replace(
            world, patterns=plant(world.patterns, 0, np.where(marked, 4.0, world.patterns.table.values[:, 0] % 4))
        )
    return replace(world, echo=plant(world.echo, 0, loud))


def look(tmp_path, kind: str = "", level: str = "L4", n_worlds: int = N_WORLDS) -> Audit:
    worlds = [make_world(seed, tmp_path, level) for seed in range(n_worlds)]
    worlds = [tell(world, kind) if kind else world for world in worlds]
    useless = [
        Answer("chance", "account", "ok", "", ids=w.account_ids, scores=np.zeros(N), has_scores=True) for w in worlds
    ]
    return audit_worlds(worlds, {"chance": useless})


def failing(audit: Audit) -> set[str]:
    return {finding.probe for finding in audit.findings if finding.fails}


def test_a_world_of_coin_flips_passes(tmp_path):
    audit = look(tmp_path)
    assert failing(audit) == set()
    assert decide(audit)["verdict"] == "passed"


@pytest.mark.parametrize(
    ("kind", "probes"),
    [
        ("formats", {"accounts.id_bit_0", "accounts: tree"}),
        ("marginals", {"n_items", "tree of depth 4"}),
        ("tree", {"tree of depth 4"}),
        ("patterns", {"kind of handle_length"}),
        ("text", {"n-grams of posts"}),
    ],
)
def test_a_planted_tell_is_found_by_its_probe_and_no_other(tmp_path, kind, probes):
    audit = look(tmp_path, kind)
    assert failing(audit) == probes
    assert decide(audit)["verdict"] == "failed"


def test_what_others_did_is_printed_and_not_gated(tmp_path):
    audit = look(tmp_path, "echo")
    (found,) = [finding for finding in audit.findings if finding.probe == "likes_received_per_item"]
    assert found.value == 1.0
    assert failing(audit) == set()


@pytest.mark.parametrize(("level", "is_told"), [("L2", False), ("L3", False), ("L4", True), ("L5", True)])
def test_age_is_spared_up_to_the_third_level(tmp_path, level, is_told):
    assert ("created_days_before_start" in failing(look(tmp_path, "age", level))) is is_told


@pytest.mark.parametrize(("level", "is_told"), [("L2", False), ("L3", True)])
def test_marginals_are_gated_from_the_third_level_on(tmp_path, level, is_told):
    assert ("n_items" in failing(look(tmp_path, "marginals", level))) is is_told


def test_formats_are_gated_at_every_level(tmp_path):
    assert "accounts.id_bit_0" in failing(look(tmp_path, "formats", "L0"))


def test_few_worlds_are_not_judged(tmp_path):
    gate = decide(look(tmp_path, "marginals", n_worlds=2))
    assert gate["verdict"] == "not judged"
    assert gate["by_level"]["L4"]["verdict"] == "too few worlds for the gate: 2"


def test_the_table_fits_eighty_columns_and_shows_what_fails(tmp_path, capsys):
    print_audit(look(tmp_path, "marginals"))
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= 80
    assert any("n_items" in line and "FAILS" in line for line in lines)


def test_the_document_holds_every_finding_by_world(tmp_path):
    audit = look(tmp_path, n_worlds=2)
    content = describe_audit(audit, ["a", "b"])
    assert content["levels"]["L4"]["worlds"] == 2
    assert all(len(row["by_world"]) == 2 for row in content["findings"])
