"""One thing changed in a dataset is caught by the rule that is about it."""

import hashlib
import json
import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from benchmarks.cli import make_app
from simulator import load_scenario, open_dataset
from simulator.schema import TABLE_BY_NAME
from simulator.verify import RULE_GROUPS, open_subject
from tests.worlds import DAY, HOUR, Library, plain

Rows = list[dict[str, Any]]
Change = Callable[[Rows], Any]


def tamper(folder: Path, name: str, change: Change) -> None:
    """Change the rows of a table of one file, and the manifest so that it agrees again."""
    table = TABLE_BY_NAME[name]
    (path,) = open_dataset(folder).files(name)
    rows = pq.read_table(path).to_pylist()
    rows = change(rows) or rows
    plain = [[row[column.name] for row in rows] for column in table.columns]
    kinds = [column.type.value_type if pa.types.is_dictionary(column.type) else column.type for column in table.columns]
    schema = pa.schema([pa.field(c.name, kind, c.nullable) for c, kind in zip(table.columns, kinds, strict=True)])
    arrays = [pa.array(values, kind) for values, kind in zip(plain, kinds, strict=True)]
    pq.write_table(pa.Table.from_arrays(arrays, schema=schema).cast(table.arrow), path)
    seal(folder, path.relative_to(folder).as_posix(), name, len(rows))


def seal(folder: Path, path: str, name: str = "", n_rows: int = 0) -> None:
    """Enter a changed file into the manifest."""
    manifest = json.loads((folder / "manifest.json").read_text())
    entry = next(entry for entry in manifest["files"] if entry["path"] == path)
    content = (folder / path).read_bytes()
    entry |= {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    if name:
        entry["rows"] = manifest["rows"][name] = n_rows
    (folder / "manifest.json").write_text(json.dumps(manifest))


def broken_rules(folder: Path, *groups: str) -> set[str]:
    """The rules of some groups that do not hold; left out, of all."""
    with open_subject(folder) as subject:
        found = [finding for group in groups or RULE_GROUPS for finding in RULE_GROUPS[group](subject)]
    return {finding.rule for finding in found if not finding.holds}


def is_caught(folder: Path, rule: str) -> bool:
    return rule in broken_rules(folder, rule.partition(".")[0])


def first(rows: Rows, **wanted: Any) -> dict[str, Any]:
    """The first row with these values; a callable is a condition."""
    return next(
        row
        for row in rows
        if all(value(row[key]) if callable(value) else row[key] == value for key, value in wanted.items())
    )


def is_there(value: Any) -> bool:
    return value is not None


def put(name: Any = None, /, **changes: Any) -> Change:
    """Change columns of the first row that fits."""
    wanted = name or {}

    def change(rows: Rows) -> None:
        row = first(rows, **wanted)
        row |= {key: value(row[key]) if callable(value) else value for key, value in changes.items()}

    return change


def later(ms: int) -> Callable[[Any], Any]:
    return lambda moment: moment + timedelta(milliseconds=ms)


def without(**wanted: Any) -> Change:
    """Take out the first row that fits."""

    def change(rows: Rows) -> Rows:
        row = first(rows, **wanted)
        return [other for other in rows if other is not row]

    return change


def swap_first_two(rows: Rows) -> Rows:
    return [rows[1], rows[0], *rows[2:]]


IS_PUSHED = {"push_id": is_there, "manuscript_id": is_there}
IS_OPERATED, IS_ORGANIC = {"operated": True}, {"operated": False}
IS_ORGANIC_POST = {"push_id": None}
IS_RUMOUR = {"name": "agency.first_rumour"}
IS_ACCOUNT = {"post_id": None}
NO_PUSH: dict[str, Any] = {"push_id": None, "tactic": None, "technique": None}
NOT_OPERATED: dict[str, Any] = {"operated": False, "operated_from": None, "operated_until": None}
TAMPERINGS: dict[str, tuple[str, Change, str]] = {
    "end of a push": ("truth_pushes", put(end=later(HOUR)), "pushes.window"),
    "start of a push": ("truth_pushes", put(start=later(-DAY)), "pushes.window"),
    "narrative of a push": ("truth_pushes", put(IS_RUMOUR, narrative_id="slower"), "pushes.narrative"),
    "tactic of a push": ("truth_pushes", put(IS_RUMOUR, tactic="community_division"), "pushes.tactic"),
    "squads of a push": ("truth_pushes", put(squads=["loud"]), "pushes.squads"),
    "name of a push": ("truth_pushes", put(name="agency.unheard"), "pushes.named"),
    "a push that is missing": ("truth_pushes", without(**IS_RUMOUR), "pushes.named"),
    "order of the pushes": ("truth_pushes", swap_first_two, "pushes.order"),
    "wave of a push": ("truth_pushes", put(wave_id=5), "pushes.waves"),
    "posts of a push": ("truth_pushes", put(n_posts=lambda n: n + 1), "pushes.counts"),
    "accounts of a push": ("truth_pushes", put(n_accounts=lambda n: n - 1), "pushes.counts"),
    "a pushed post called organic": ("truth_posts", put(IS_PUSHED, **NO_PUSH), "pushes.counts"),
    "pushed posts called organic": ("truth_posts", lambda rows: [row | NO_PUSH for row in rows], "pushed.volume"),
    "an organic post called pushed": ("truth_posts", put(IS_ORGANIC_POST, push_id=3), "pushed.accounts"),
    "an organic post of another day called pushed": ("truth_posts", put(IS_ORGANIC_POST, push_id=9), "pushed.window"),
    "tactic of an organic post": ("truth_posts", put(IS_ORGANIC_POST, tactic="misinformation"), "pushed.others"),
    "an unknown narrative": ("truth_posts", put(IS_ORGANIC_POST, narrative_id="unheard"), "pushed.others"),
    "narrative of a pushed post": ("truth_posts", put(IS_PUSHED, narrative_id=None), "pushed.claims"),
    "posts of a careful squad called pushed": ("truth_posts", lambda rows: [row | {"push_id": 3} for row in rows],
                                               "pushed.bounds"),
    "stance of a pushed post": ("truth_posts", put(IS_PUSHED, stance=1), "pushed.claims"),
    "technique of a pushed post": ("truth_posts", put(IS_PUSHED, technique="T0001"), "pushed.technique"),
    "push of a cascade": ("truth_posts", put({"root_push_id": is_there}, root_push_id=None), "pushed.cascades"),
    "an unknown push": ("truth_posts", put(IS_PUSHED, root_push_id=99), "references.truth_posts"),
    "order of the labels": ("truth_posts", swap_first_two, "rows.posts"),
    "a missing label": ("truth_posts", without(**IS_ORGANIC_POST), "rows.posts"),
    "an invented like": ("truth_likes", put(post_id=1), "rows.likes"),
    "push of a like": ("truth_likes", put(push_id=lambda push: push + 1), "pushed.likes"),
    "operated": ("truth_accounts", put(IS_OPERATED, **NOT_OPERATED), "population.operated"),
    "an innocent called operated": ("truth_accounts", put(IS_ORGANIC, operated=True), "population.prevalence"),
    "end of being operated": ("truth_accounts", put(IS_OPERATED, operated_until=None), "population.operated_times"),
    "purchase of an account": ("truth_accounts", put(IS_OPERATED, operated_from=later(DAY)), "population.batches"),
    "hostile": ("truth_accounts", put(IS_OPERATED, hostile=False), "population.axes"),
    "squad without operator": ("truth_accounts", put(IS_ORGANIC, squad_id="agency.loud"), "population.owners"),
    "an account more of a segment": ("truth_accounts", put(IS_ORGANIC, segment="brand"), "population.segments"),
    "squad of an account": ("truth_accounts", put({"squad_id": "agency.loud"}, squad_id="agency.careful"),
                            "population.squads"),
    "role of an account": ("truth_accounts", put({"role": "hijacker"}, role="handler"), "population.roles"),
    "stock of an account": ("truth_accounts", put({"stock": "bulk_created"}, stock="cyborg"), "population.stock"),
    "an account that is missing": ("truth_accounts", without(**IS_OPERATED), "population.size"),
    "an account without profile": ("accounts", without(verified=False), "rows.accounts"),
    "time of a post": ("posts", put({"kind": "quote"}, created_at=later(-60 * DAY)), "window.posts"),
    "a parent that is no post": ("posts", put({"kind": "reply"}, parent_id=1), "references.posts"),
    "a root of another cascade": ("posts", put({"kind": "reply"}, root_id=lambda n: n + 1), "references.cascades"),
    "a removal of nobody": ("removals", put(IS_ACCOUNT, account_id=1), "references.removals"),
    "a removal too early": ("removals", put(IS_ACCOUNT, time=later(-60 * DAY)), "window.removals"),
    "who removed": ("removals", put({"by": "author"}, by="platform"), "removals.by"),
    "a deletion at another time": ("removals", put({"by": "author"}, time=later(1)), "removals.deletions"),
    "a deletion that is missing": ("removals", without(by="author"), "removals.deletions"),
    "removals of a break-up": ("removals", lambda rows: [row for row in rows if row["by"] == "author"],
                               "removals.break_up"),
    "a counter in the middle of a day": ("metrics", put(as_of=later(HOUR)), "window.metrics"),
    "an exposure between hours": ("truth_exposures", put(hour=later(1)), "window.truth_exposures"),
}  # fmt: skip


RALLIES: dict[str, Any] = {
    "cheer": {"segment": "fan", "theme": "cheer", "share": 1.0, "start": "T-3d 00:00", "end": "T-1d 00:00"}
}
IS_RALLIED = {"rally_id": is_there}
RALLY_TAMPERINGS: dict[str, tuple[str, Change, str]] = {
    "a rallied post called pushed": ("truth_posts", put(IS_RALLIED, manuscript_id=1), "rallies.honest"),
    "an unknown rally": ("truth_posts", put(IS_RALLIED, rally_id="unheard"), "rallies.honest"),
    "a rally called another's": ("truth_posts", put({"rally_id": None}, rally_id="cheer"), "rallies.window"),
    "a rally that nobody hears": ("truth_posts", lambda rows: [row | {"rally_id": None} for row in rows],
                                  "rallies.volume"),
    "a member of another segment": ("truth_accounts",
                                    lambda rows: [row | {"segment": "critic"} for row in rows if row["segment"]],
                                    "rallies.accounts"),
}  # fmt: skip


@pytest.mark.parametrize("what", RALLY_TAMPERINGS)
def test_what_was_changed_of_a_rally_is_caught_by_its_rule(what: str, library: Library, tmp_path: Path) -> None:
    organic = {"accounts": 300, "segments": {"fan": {"share": 0.3}}}
    told = library.told(plain(organic=organic, rallies=RALLIES))
    folder = Path(shutil.copytree(told.path, tmp_path / "copy"))
    assert broken_rules(folder, "rallies") == set()
    table, change, rule = RALLY_TAMPERINGS[what]
    tamper(folder, table, change)
    assert is_caught(folder, rule)


def test_an_untouched_world_is_proved(world: Path) -> None:
    assert broken_rules(world) == set()


@pytest.mark.parametrize("what", TAMPERINGS)
def test_what_was_changed_is_caught_by_its_rule(what: str, copy: Path) -> None:
    table, change, rule = TAMPERINGS[what]
    tamper(copy, table, change)
    assert is_caught(copy, rule)


def test_a_file_whose_digest_is_another_is_caught(copy: Path) -> None:
    path = copy / "observations/accounts.parquet"
    content = bytearray(path.read_bytes())
    content[10] ^= 1
    path.write_bytes(content)
    assert is_caught(copy, "origin.files")


def test_a_post_after_its_authors_removal_is_caught(copy: Path) -> None:
    author = pq.read_table(open_dataset(copy).files("posts")[0], columns=["account_id"])["account_id"][0].as_py()
    tamper(copy, "removals", put({"post_id": None}, account_id=author, time=later(-30 * DAY)))
    assert is_caught(copy, "removals.final")


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ("posts: 45", "posts: 95", "pushed.volume"),
        ("removed_share: 1.0", "removed_share: 0.2", "removals.break_up"),
        ("2025-09-18 19:00", "2025-09-18 19:01", "origin.moments"),
        ("tactic: misinformation", "tactic: community_division", "pushes.tactic"),
    ],
)
def test_another_scenario_than_the_datas_is_caught(old: str, new: str, rule: str, copy: Path) -> None:
    path = copy / "scenario.yaml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    seal(copy, "scenario.yaml")
    assert is_caught(copy, rule)
    assert is_caught(copy, "origin.scenario")


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        (lambda context: context["events"].pop(), "origin.events"),
        (lambda context: context["events"][0].update(time="2025-01-01T00:00:00Z"), "origin.events"),
        (lambda context: context["brand_account_ids"].append(5), "origin.context"),
        (lambda context: context.update(launch="2025-01-01T00:00:00Z"), "origin.context"),
    ],
)
def test_what_the_analyst_is_told_wrongly_is_caught(change: Callable[[Any], Any], rule: str, copy: Path) -> None:
    path = copy / "observations/context.json"
    context = json.loads(path.read_text(encoding="utf-8"))
    change(context)
    path.write_text(json.dumps(context), encoding="utf-8")
    seal(copy, "observations/context.json")
    assert broken_rules(copy, "origin") == {rule}


def test_a_moment_of_evaluation_that_is_not_the_scenarios_is_caught(copy: Path) -> None:
    manifest = json.loads((copy / "manifest.json").read_text())
    manifest["moments"]["evaluate_until_ms"] += HOUR
    (copy / "manifest.json").write_text(json.dumps(manifest))
    assert broken_rules(copy, "origin") == {"origin.evaluate_until"}


def test_a_twin_that_posts_for_a_push_is_caught(library: Library, tmp_path: Path) -> None:
    path = library.path(load_scenario("classroom", accounts=100, days=4), 1, "twin")
    folder = Path(shutil.copytree(path, tmp_path / "twin"))
    tamper(folder, "truth_posts", put(push_id=0))
    assert is_caught(folder, "pushed.quiet")


def test_a_broken_rule_is_printed_and_fails_the_command(copy: Path) -> None:
    tamper(copy, "truth_pushes", put({"name": "agency.first_rumour"}, tactic="community_division"))
    done = CliRunner().invoke(make_app(), ["verify", str(copy)])
    assert done.exit_code == 1
    line = "  FAIL  tactic: push agency.first_rumour: must be misinformation, got \ncommunity_division"
    assert line in done.stdout
    told = json.loads(CliRunner().invoke(make_app(), ["verify", str(copy), "--json"]).stdout)
    assert not told["holds"]
    fault = next(rule for rule in told["rules"] if rule["rule"] == "pushes.tactic")
    assert (fault["where"], fault["got"]) == ("push agency.first_rumour", "community_division")


def test_a_proved_dataset_ends_well(world: Path) -> None:
    done = CliRunner().invoke(make_app(), ["verify", str(world)])
    assert done.exit_code == 0
    assert "FAIL" not in done.stdout
    assert max(len(line) for line in done.stdout.splitlines()[1:]) <= 80


def test_what_is_no_dataset_is_bad_input(tmp_path: Path) -> None:
    assert CliRunner().invoke(make_app(), ["verify", str(tmp_path)]).exit_code == 2
