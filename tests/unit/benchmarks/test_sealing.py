"""The hidden track: what is drawn, handed out, committed to and proved, and that every change of it is refused."""

import hashlib
import itertools
import json
import secrets
import shutil
from dataclasses import replace

import pyarrow.parquet as pq
import pytest

from benchmarks.blind.protocol import View
from benchmarks.detector import Observations
from benchmarks.orders import Order, make_orders
from benchmarks.scoring.unfinished import publish
from benchmarks.sealed.sealed_answers import ANSWERS_FILE, Learning, answer_sealed
from benchmarks.sealed.sealed_worlds import (
    SEALED_FILE,
    digest_files,
    open_sealed,
    read_secret,
    view_world,
)
from benchmarks.sealed.sealing import commit, seal_suite, serialise_labels
from benchmarks.sealed.secret_dials import DIALS, draw_worlds
from benchmarks.sealed.unsealing import prove_commitment, prove_observations, reveal
from benchmarks.suites.suite import list_worlds, load_suite
from benchmarks.suites.suite_results import read_rows
from benchmarks.suites.workers import Workers
from simulator.dataset import open_dataset
from simulator.errors import InputError, OutputError
from simulator.scenario import scenario_yaml
from simulator.vocabulary import Split
from tests.hidden_suite import ACCOUNTS, ATTACKED, CALM, LABEL, write_suite
from tests.tiny_dataset import DAY, LAUNCH, START, write_tiny

ALONE = Workers(1)
HOUR = 3_600_000
TREE = "depth_3_tree"
BROKEN = Order("no_such:Detector", reference="no_such:Detector")


@pytest.fixture(scope="module")
def suite(tmp_path_factory):
    path = write_suite(tmp_path_factory.mktemp("suite"))
    return load_suite(str(path))[0], path.parent


@pytest.fixture(scope="module")
def public(suite):
    """The scenarios of the cells as everybody knows them."""
    return {order.cell.name: order.load() for order in list_worlds(*suite, Split.test)}


@pytest.fixture(scope="module")
def drawn(suite):
    """Worlds of three drawings, each with its scenario."""
    return [(world, world.load()) for _ in range(3) for world in draw_worlds(*suite)]


@pytest.fixture(scope="module")
def attacked(drawn):
    return [(world, scenario) for world, scenario in drawn if world.cell.level]


@pytest.fixture(scope="module")
def place(tmp_path_factory, suite):
    """A sealed folder, its secret and answers to it: not to be changed."""
    place = tmp_path_factory.mktemp("hidden")
    seal_suite(*suite, place / "sealed", place / "secret.json", ALONE)
    known = [open_dataset(write_tiny(place / f"known-{seed}", seed=seed)) for seed in (7, 8)]
    learning = Learning(known[:1], known[1:])
    answer_sealed(place / "sealed", [*make_orders([TREE]), BROKEN], place / "answers", ALONE, learning=learning)
    for dataset in known:
        shutil.rmtree(dataset.path)
    return place


@pytest.fixture(scope="module", autouse=True)
def _no_plots():
    """Leave the plots out, which take longer than all else."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("benchmarks.verdict.plots.draw_suite", lambda rows, curves, folder: None)
        yield


@pytest.fixture(scope="module")
def revealed(place):
    return reveal(place / "sealed", place / "secret.json", place / "answers", place / "results", ALONE)


@pytest.fixture
def copy(place, tmp_path):
    """The same to be changed."""
    for name in ("sealed", "answers"):
        shutil.copytree(place / name, tmp_path / name)
    shutil.copy(place / "secret.json", tmp_path / "secret.json")
    return tmp_path


def change(path, edit):
    """Change the content of a JSON file."""
    content = json.loads(path.read_bytes())
    edit(content)
    path.write_text(json.dumps(content), encoding="utf-8")


def reveal_copy(copy):
    return reveal(copy / "sealed", copy / "secret.json", copy / "answers", copy / "results", ALONE)


def test_every_world_has_a_seed_of_its_own(drawn):
    seeds = [world.seed for world, _ in drawn]
    assert len(set(seeds)) == len(seeds)
    assert max(seeds) > 1 << 53
    assert 1 not in seeds


def test_launch_is_shifted_by_whole_weeks(public, drawn):
    shifts = {(scenario.launch_ms - public[world.cell.name].launch_ms) / (7 * DAY) for world, scenario in drawn}
    assert all(shift.is_integer() and abs(shift) <= 26 for shift in shifts)
    assert len(shifts) > 1


def test_prevalence_stays_within_its_bounds(attacked):
    shares = [world.prevalence for world, _ in attacked]
    assert all(0.1 <= share <= 0.4 for share in shares)
    assert len(set(shares)) > 1
    assert [scenario.prevalence for _, scenario in attacked] == pytest.approx(shares, abs=1 / ACCOUNTS)


def test_one_or_two_dials_of_a_squad_are_drawn_within_their_bounds(public, attacked):
    before = public[LABEL].dials("agency", "day")
    for _, scenario in attacked:
        after = scenario.dials("agency", "day")
        changed = {name for name in type(after).model_fields if getattr(after, name) != getattr(before, name)}
        assert changed <= set(DIALS)
        assert len(changed) <= 2
        factors = [getattr(after, name) / getattr(before, name) for name in changed]
        assert all(0.499 <= factor <= 2.001 for factor in factors)


def test_accounts_stay_as_many(drawn):
    assert {scenario.n_accounts for _, scenario in drawn} == {ACCOUNTS}


def test_moment_of_scoring_does_not_tell_a_campaign(drawn):
    """All are scored an hour before the break-up of the one, at T-1d 09:00 of a launch at 19:00."""
    moments = {(world.cell.name, scenario.evaluate_until_ms - scenario.launch_ms) for world, scenario in drawn}
    assert moments == {(LABEL, -35 * HOUR), (CALM, -35 * HOUR)}


@pytest.mark.parametrize(("step", "cells"), [(1, [LABEL, CALM]), (-1, [CALM, LABEL])])
def test_order_of_worlds_is_drawn(suite, monkeypatch, step, cells):
    numbers = itertools.count(1000, step)
    monkeypatch.setattr(secrets, "token_bytes", lambda n: next(numbers).to_bytes(n))
    worlds = draw_worlds(*suite)
    assert [world.cell.name for world in worlds] == cells
    assert [world.name for world in worlds] == ["world-000", "world-001"]


def test_world_that_begins_after_the_common_moment_is_refused(tmp_path):
    path = write_suite(tmp_path)
    change(tmp_path / f"{CALM}.yaml", lambda data: data.update(start="T-1d 12:00"))
    with pytest.raises(
        InputError, match=r"scored as of the same moment .*, got placid_launch, which begins after T-21"
    ):
        draw_worlds(load_suite(str(path))[0], tmp_path)


def test_secret_world_loads_what_it_was_written_as(drawn):
    world, scenario = drawn[0]
    assert scenario_yaml(scenario) == world.text


def test_scenario_with_absolute_times_keeps_its_launch(tmp_path):
    path = write_suite(tmp_path)
    scenario = tmp_path / f"{ATTACKED}.yaml"
    event = {"kind": "teaser", "time": "2025-05-20 10:00 Asia/Shanghai"}
    change(scenario, lambda data: data.update(events={"teaser": event}))
    worlds = [world for _ in range(3) for world in draw_worlds(load_suite(str(path))[0], tmp_path)]
    assert {world.load().launch.time for world in worlds if world.cell.level} == {"2025-05-22 19:00"}


def test_labels_as_written_by_hand(tmp_path):
    dataset = open_dataset(write_tiny(tmp_path / "tiny"))
    assert serialise_labels("world-000", dataset, LAUNCH) == (
        b"world world-000\n"
        b"accounts 6\n11 0 0 -1 -1\n12 0 0 -1 -1\n13 0 0 -1 -1\n14 0 0 -1 -1\n21 1 0 0 0\n22 1 0 0 0\n"
        b"posts 2\n102\n103\n" + f"waves 1\n{START + DAY} {START + 2 * DAY}\n".encode()
    )


def test_labels_of_a_world_in_which_nothing_has_happened(tmp_path):
    dataset = open_dataset(write_tiny(tmp_path / "tiny"))
    lines = serialise_labels("world-001", dataset, START + DAY).decode().splitlines()
    assert lines[-4:] == ["21 0 1 -1 -1", "22 0 1 -1 -1", "posts 0", "waves 0"]


@pytest.mark.parametrize("labels", [b"smearbench labels 1\nworld a\n", b"smearbench labels 1\nworld b\n"])
def test_commitment_is_the_digest_of_nonce_and_labels(labels):
    nonce = bytes(range(32))
    assert commit(nonce, labels) == hashlib.sha256(nonce + labels).hexdigest()
    assert commit(bytes(32), labels) != commit(nonce, labels)
    assert commit(nonce, labels + b"posts 1\n") != commit(nonce, labels)


def test_nothing_handed_out_names_seed_scenario_or_cell(place):
    secret = read_secret(place / "secret.json")
    files = [path for path in (place / "sealed").rglob("*") if path.is_file()]
    names = "".join(str(path.relative_to(place)) for path in files).encode()
    content = names + b"".join(path.read_bytes() for path in files)
    for world in secret.worlds:
        digest = hashlib.sha256(world.scenario.encode())
        wanted = [str(world.seed), f"{world.seed:x}", world.cell.name, world.cell.scenario.removesuffix(".yaml")]
        wanted += [digest.hexdigest(), secret.nonce, secret.simulator]
        raw = [digest.digest(), bytes.fromhex(secret.nonce), *(world.seed.to_bytes(8, e) for e in ("little", "big"))]
        found = [text for text in [*map(str.encode, wanted), *raw] if text in content]
        assert not found
    assert LABEL in secret.model_dump_json()


def test_folder_holds_observations_up_to_the_moment_and_nothing_else(place):
    sealed = open_sealed(place / "sealed")
    kept = {path.name for path in (place / "sealed").iterdir()}
    assert kept == {SEALED_FILE, *(world.name for world in sealed.worlds)}
    for world in sealed.worlds:
        view = view_world(place / "sealed", world.name)
        assert {path.name for path in (place / "sealed" / world.name).iterdir()} == {"world.json", "observations"}
        assert set(json.loads((place / "sealed" / world.name / "world.json").read_bytes())) == {"synthetic", "as_of"}
        posts = Observations(view.folder, view.as_of_ms).table("posts")["created_at"].cast("int64").to_pylist()
        assert posts
        assert max(posts) < view.as_of_ms


def test_files_do_not_name_what_they_were_made_from(place):
    for path in (place / "sealed").rglob("*.parquet"):
        metadata = pq.read_metadata(path).metadata
        assert set(metadata) <= {b"ARROW:schema", b"smearbench.synthetic", b"smearbench.schema_version"}, path


def test_secret_is_for_its_owner_only(place):
    assert (place / "secret.json").stat().st_mode & 0o777 == 0o600


def test_nothing_unfinished_is_left(place, revealed):
    assert {path.name for path in place.iterdir()} == {"sealed", "secret.json", "answers", "results"}


def test_secret_within_the_folder_is_refused(suite, tmp_path):
    with pytest.raises(InputError, match=r"--secret: must lie outside of .*out, which is handed out"):
        seal_suite(*suite, tmp_path / "out", tmp_path / "out" / "secret.json", ALONE)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("existing", ["out", "secret.json"])
@pytest.mark.parametrize(
    ("force", "message"), [(False, "exists already"), (True, "must be of the same kind to be replaced with --force")]
)
def test_foreign_output_is_never_replaced(suite, tmp_path, existing, force, message):
    kept = tmp_path / existing
    if existing == "out":
        kept.mkdir()
        (kept / "thesis.txt").write_text("mine")
    else:
        kept.write_text("mine")
    with pytest.raises(OutputError, match=message):
        seal_suite(*suite, tmp_path / "out", tmp_path / "secret.json", ALONE, force=force)
    assert {path.name for path in tmp_path.iterdir()} == {existing}


def test_failed_publishing_puts_everything_back(tmp_path):
    for name in ("one", "new_one", "two"):
        (tmp_path / name).write_text(name)
    with pytest.raises(FileNotFoundError):
        publish([(tmp_path / "new_one", tmp_path / "one"), (tmp_path / "missing", tmp_path / "two")])
    assert [(tmp_path / name).read_text() for name in ("one", "two")] == ["one", "two"]


def test_publishing_replaces_all(tmp_path):
    (tmp_path / "one").write_text("old")
    (tmp_path / "new_one").write_text("new")
    publish([(tmp_path / "new_one", tmp_path / "one")])
    assert [path.name for path in tmp_path.iterdir()] == ["one"]
    assert (tmp_path / "one").read_text() == "new"


def test_only_answers_of_detectors_are_blind(place, revealed):
    rows = read_rows(place / "results")
    assert {(row["detector"], row["blind"]) for row in rows} == {
        (TREE, True), ("no_such:Detector", True), ("oracle", False),
    }  # fmt: skip
    assert len(rows) == len(revealed.rows)


def test_detector_learns_and_is_calibrated_on_public_worlds(place, revealed):
    manifest = json.loads((place / "answers" / ANSWERS_FILE).read_bytes())
    assert [len(manifest[key]) for key in ("trained_on", "calibrated_on")] == [1, 1]
    (threshold,) = manifest["detectors"][0]["thresholds"]
    assert (threshold["track"], threshold["budget"]) == ("account", 10.0)
    rows = [row for row in revealed.rows if row["detector"] == TREE]
    assert [row["status"] for row in rows] == ["ok", "ok"]
    assert {(row["threshold"], row["threshold_from"]) for row in rows} == {(threshold["value"], "calibration")}


def test_rows_tell_the_cells_at_last(place, revealed):
    secret = read_secret(place / "secret.json")
    cells = {(world.cell.name, world.cell.level or "", world.seed) for world in secret.worlds}
    assert {(row["cell"], row["level"], row["seed"]) for row in revealed.rows} == cells
    assert {row["suite"] for row in revealed.rows} == {"hidden_sealed"}


def test_oracle_finds_all_and_failures_are_rows(revealed):
    attacked = [row for row in revealed.rows if row["cell"] == LABEL and row["track"] == "account"]
    figures = {row["detector"]: (row["status"], row.get("average_precision")) for row in attacked}
    assert figures["oracle"] == ("ok", 1.0)
    assert figures["no_such:Detector"][0] == "wrong answer"


def test_reveal_without_answers_gives_labels_and_the_oracle(place, tmp_path):
    found = reveal(place / "sealed", place / "secret.json", None, tmp_path / "results", ALONE)
    assert {row["detector"] for row in found.rows} == {"oracle"}
    assert (tmp_path / "results/revealed/labels.txt").exists()


def _spoil_observation(copy):
    path = copy / "sealed/world-001/observations/posts/part-00000.parquet"
    path.write_bytes(path.read_bytes()[:-1] + b"?")


def _add_file(copy):
    (copy / "sealed/world-000/labels.csv").write_text("1")


def _lose_file(copy):
    (copy / "sealed/world-000/observations/follows.parquet").unlink()


def _spoil_answer(copy):
    path = copy / "answers/detector-00/world-000/answer.parquet"
    path.write_bytes(path.read_bytes() + b"?")


def _answer_others(copy):
    change(copy / "answers" / ANSWERS_FILE, lambda content: content.update(sealed="0" * 64))


def _claim_sight(copy):
    change(copy / "answers" / ANSWERS_FILE, lambda content: content.update(blind=False))


def _lose_answer(copy):
    change(copy / "answers" / ANSWERS_FILE, lambda content: content["detectors"][0]["answers"].pop("world-001"))


def _swap_answers(copy):
    """Give the answer to one world for another, with a manifest made to fit."""
    home = copy / "answers/detector-00"
    shutil.rmtree(home / "world-000")
    shutil.copytree(home / "world-001", home / "world-000")
    files = {"world-000": digest_files(home / "world-000")}
    change(copy / "answers" / ANSWERS_FILE, lambda content: content["detectors"][0]["answers"].update(files))


def _change_commitment(copy):
    change(copy / "sealed" / SEALED_FILE, lambda content: content.update(commitment="0" * 64))


def _drop_world(copy):
    change(copy / "secret.json", lambda content: content["worlds"].pop())


def _break_secret(copy):
    change(copy / "secret.json", lambda content: content.update(nonce="secret"))


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (_spoil_observation, r"posts/part-00000.parquet: must be as it was sealed, got another content"),
        (_add_file, r"labels.csv: must be as it was sealed, got a file more"),
        (_lose_file, r"follows.parquet: must be as it was sealed, got none"),
        (_spoil_answer, r"answers/detector-00/world-000/answer.parquet: must be as it was .*, got another content"),
        (_answer_others, r"must answer .*sealed \(SHA-256 .*\), got answers to another one"),
        (_claim_sight, r"must be the answers.json of a folder that `suite answer` wrote, got a wrong one \(blind: "),
        (_lose_answer, r"must answer every world, got none of depth_3_tree to world-001"),
        (_swap_answers, r"depth_3_tree on world-000: must answer about what was shown, in its order, got other ids"),
        (_change_commitment, r"secret.json: must be the secret of the commitment 000000000000, got that of "),
        (_drop_world, r"secret.json: must be of the 2 worlds that were sealed, got 1 others"),
        (_break_secret, r"secret.json: must be the secret of a sealed suite, got a wrong one \(nonce: "),
    ],
)
def test_change_is_refused_before_anything_is_simulated(copy, spoil, message):
    spoil(copy)
    with pytest.raises(InputError, match=message):
        reveal_copy(copy)
    assert not (copy / "results").exists()


def test_other_seed_is_refused(copy):
    def change_seed(content):
        content["worlds"][0]["seed"] ^= 1

    change(copy / "secret.json", change_seed)
    message = "world-000: observations must be those that the secret gives, got another context"
    with pytest.raises(InputError, match=message):
        reveal_copy(copy)
    assert not (copy / "results").exists()


@pytest.fixture(scope="module")
def proof(place, revealed):
    """Nonce, labels and commitment, as revealed."""
    secret = read_secret(place / "results/revealed/secret.json")
    return secret.nonce, (place / "results/revealed/labels.txt").read_bytes(), secret.commitment


def test_revealed_labels_prove_the_commitment(proof):
    prove_commitment(*proof)


def _other_nonce(nonce, labels, commitment):
    return "0" * 64, labels, commitment


def _other_label(nonce, labels, commitment):
    return nonce, labels.replace(b" 1 0 0 0\n", b" 0 0 -1 -1\n", 1), commitment


def _other_post(nonce, labels, commitment):
    first = labels.index(b"\nposts ") + 8
    return nonce, labels[:first] + b"0" + labels[first:], commitment


def _other_commitment(nonce, labels, commitment):
    return nonce, labels, "0" * 64


@pytest.mark.parametrize("edit", [_other_nonce, _other_label, _other_post, _other_commitment])
def test_commitment_binds_nonce_and_labels(proof, edit):
    assert edit(*proof) != proof
    with pytest.raises(InputError, match=r"nonce and labels must have the commitment [0-9a-f]{64}, got [0-9a-f]{64}"):
        prove_commitment(*edit(*proof))


def test_equal_rows_prove_a_world_whatever_its_files(place, tmp_path):
    sealed = view_world(place / "sealed", "world-000")
    files = {f"observations/{path}": digest for path, digest in digest_files(sealed.folder).items()}
    again = View(shutil.copytree(sealed.folder, tmp_path / "again"), sealed.as_of_ms)
    path = again.folder / "accounts.parquet"
    table = pq.read_table(path)
    pq.write_table(table, path, compression="gzip")
    prove_observations("world-000", sealed, again, files, "")
    pq.write_table(table.slice(1), path)
    with pytest.raises(InputError, match=r"got another accounts\. Why\."):
        prove_observations("world-000", sealed, again, files, "Why.")


def test_other_moment_is_refused(place):
    sealed = view_world(place / "sealed", "world-000")
    files = {f"observations/{path}": digest for path, digest in digest_files(sealed.folder).items()}
    with pytest.raises(InputError, match="got another moment"):
        prove_observations("world-000", sealed, replace(sealed, as_of_ms=sealed.as_of_ms + 1), files, "")


def test_oracle_does_not_answer(place, tmp_path):
    with pytest.raises(InputError, match="--detector: must answer blind, got 'oracle'"):
        answer_sealed(place / "sealed", make_orders(["oracle"]), tmp_path / "answers", ALONE)


def test_answers_are_not_written_into_the_sealed_folder(place):
    with pytest.raises(InputError, match=r"--out: must lie outside of .*sealed"):
        answer_sealed(place / "sealed", make_orders(["chance"]), place / "sealed" / "answers", ALONE)
