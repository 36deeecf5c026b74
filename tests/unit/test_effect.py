"""Rules of effects: a world minus its twin, worked by hand on two tiny datasets."""

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from rich.console import Console

from simulator.effect import effect
from simulator.effect_over_seeds import effect_over_seeds, summarise_seeds
from simulator.effect_tables import render_effect, render_effect_over_seeds
from simulator.errors import DatasetError
from tests.tiny_dataset import DAY, LAUNCH, START, make_tables, rows_of, write_tiny


def without(name: str, *post_ids: int) -> pa.Table:
    rows = make_tables()[name]
    return rows.filter([row["post_id"] not in post_ids for row in rows.to_pylist()])


def make_twin_tables() -> dict[str, pa.Table]:
    """The same world without its push: 102 to 105 are missing; one like came, one quote did not."""
    likes = [(START + 2 * 3_600_000, 12, 101), (LAUNCH + 2 * 3_600_000, 13, 107)]
    attitudes = [
        (START + day * DAY, segment, mean, 0.04, 0.1, 0.0, 0.1)
        for day in (1, 2)
        for segment, mean in (("casual", 0.1), ("critic", -0.4))
    ]
    exposures = make_tables()["truth_exposures"]
    return {
        "posts": without("posts", 102, 103, 104, 105, 106, 108),
        "truth_posts": without("truth_posts", 102, 103, 104, 105, 106, 108),
        "likes": rows_of("likes", likes),
        "truth_likes": rows_of("truth_likes", []).slice(0),
        "truth_pushes": make_tables()["truth_pushes"].slice(0, 0),
        "truth_exposures": exposures.filter([row["push_id"] is None for row in exposures.to_pylist()]),
        "truth_attitudes": rows_of("truth_attitudes", attitudes),
    }


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("effect")
    write_tiny(folder / "world")
    write_tiny(folder / "world-twin", variant="twin", tables=make_twin_tables())
    write_tiny(folder / "world-placebo", variant="placebo", tables=make_twin_tables())
    return folder


@pytest.fixture(scope="module")
def found(folder: Path) -> dict[str, Any]:
    return effect(folder / "world", folder / "world-twin")


def render(renderable: Any) -> str:
    console = Console(width=80)
    with console.capture() as captured:
        console.print(renderable)
    return captured.get()


def test_an_effect_is_json(found: dict[str, Any]) -> None:
    assert json.loads(json.dumps(found)) == found


def test_reach_is_counted_by_operator_among_organic_accounts(found: dict[str, Any]) -> None:
    assert found["reach"] == [{"operator": "agency", "accounts": 2, "share": 0.4, "exposures": 4}]


def test_exposures_are_counted_by_tactic(found: dict[str, Any]) -> None:
    assert found["exposures"]["by_tactic"] == {"misinformation": 4}
    assert (found["exposures"]["organic_world"], found["exposures"]["organic_twin"]) == (4, 4)


def test_attitudes_are_the_world_minus_the_twin(found: dict[str, Any]) -> None:
    rows = {row["segment"]: row for row in found["attitudes"]["by_segment"]}
    assert [day["mean"] for day in rows["casual"]["by_day"]] == [0.0, -0.04]
    assert (rows["critic"]["at_end"], rows["critic"]["largest_days_from_launch"]) == (-0.05, -1)


def test_all_segments_count_by_their_accounts(found: dict[str, Any]) -> None:
    """Two casual accounts and one critic: (2 * -0.04 + 1 * -0.05) / 3."""
    (row,) = (row for row in found["attitudes"]["by_segment"] if row["segment"] == "all")
    assert row["at_end"] == pytest.approx(-0.13 / 3, abs=1e-9)


def test_reactions_to_the_campaign_are_kept_apart(found: dict[str, Any]) -> None:
    """104 and 105 react to the push; the quote 108 was added; the like of 101 was lost."""
    reactions = found["reactions"]
    assert (reactions["world"], reactions["twin"], reactions["to_campaign"]) == (4, 2, 2)
    assert (reactions["added_elsewhere"], reactions["lost"], reactions["changed_share"]) == (1, 1, 1.0)


def test_reactions_of_operated_accounts_do_not_count(folder: Path) -> None:
    """22 reposted and liked 102, in the world only."""
    placebo = effect(folder / "world-placebo", folder / "world-twin")["reactions"]
    assert (placebo["world"], placebo["twin"], placebo["changed_share"]) == (2, 2, 0.0)


def test_ids_that_moved_do_not_count_as_changes(folder: Path, tmp_path: Path) -> None:
    """A post is known by author and time: a collision may give it the next id."""
    tables = make_twin_tables()
    for name in ("posts", "truth_posts", "likes"):
        ids = pa.compute.if_else(pa.compute.equal(tables[name]["post_id"], 107), 1107, tables[name]["post_id"])
        place = tables[name].schema.get_field_index("post_id")
        tables[name] = tables[name].set_column(place, tables[name].schema.field(place), ids)
    moved = write_tiny(tmp_path / "moved", variant="placebo", tables=tables)
    assert effect(moved, folder / "world-twin")["reactions"]["changed_share"] == 0.0


def test_a_world_is_no_twin(folder: Path) -> None:
    with pytest.raises(DatasetError, match=r"variant: must be a twin, got a world. Simulate both at once with --twin"):
        effect(folder / "world", folder / "world")


def test_two_twins_are_refused(folder: Path) -> None:
    with pytest.raises(DatasetError, match="variant: must be a world or a placebo, got a twin"):
        effect(folder / "world-twin", folder / "world-twin")


def test_a_twin_of_another_seed_is_refused(folder: Path, tmp_path: Path) -> None:
    other = write_tiny(tmp_path / "other", seed=8, variant="twin")
    with pytest.raises(DatasetError, match=r"other: seed: must be 7 as in .*world, got 8"):
        effect(folder / "world", other)


def test_the_print_fits_80_columns_and_marks_the_launch(found: dict[str, Any]) -> None:
    text = render(render_effect(found))
    assert max(len(line) for line in text.splitlines()) <= 80
    for word in ("misinformation", "+4", "40.0 %", "casual", "-0.0400", "T-1d", "│", "2 to the campaign"):
        assert word in text


def test_segments_that_nothing_moved_are_named_below(folder: Path) -> None:
    text = render(render_effect(effect(folder / "world-placebo", folder / "world-twin")))
    assert "No change of attitude at all: casual, critic, all" in text
    assert "Reach" not in text


def test_mean_and_interval_equal_those_worked_by_hand() -> None:
    found = summarise_seeds([1.0, 2.0, 3.0, 4.0], [0.0, -0.5, 0.2, 0.0])
    half = 3.182 * (5 / 3 / 4) ** 0.5
    assert (found["mean"], found["floor"]) == (2.5, 0.5)
    assert (found["low"], found["high"]) == (pytest.approx(2.5 - half), pytest.approx(2.5 + half))


@pytest.mark.parametrize(
    ("values", "placebo", "expected"),
    [
        ([1.0, 1.1, 0.9], [0.1, 0.1, 0.1], True),
        ([1.0, 1.1, 0.9], [0.1, -2.0, 0.1], False),
        ([1.0, -1.1, 0.9], [0.0, 0.0, 0.0], False),
        ([1.0], [0.0], False),
        ([0.0, 0.0], [0.0, 0.0], False),
    ],
)
def test_measurable_is_away_from_zero_and_beyond_the_placebo(
    values: list[float], placebo: list[float], expected: bool
) -> None:
    assert summarise_seeds(values, placebo)["is_measurable"] is expected


def test_seeds_are_measured_against_their_own_twins(folder: Path, tmp_path: Path) -> None:
    triples = [(folder / "world", folder / "world-twin", folder / "world-placebo")]
    for seed in (8, 9):
        world = write_tiny(tmp_path / f"{seed}", seed=seed)
        twin = write_tiny(tmp_path / f"{seed}-twin", seed=seed, variant="twin", tables=make_twin_tables())
        placebo = write_tiny(tmp_path / f"{seed}-placebo", seed=seed, variant="placebo", tables=make_twin_tables())
        triples.append((world, twin, placebo))
    found = effect_over_seeds(triples)
    measures = {row["measure"]: row for row in found["measures"]}
    assert (found["n_seeds"], found["seeds"]) == (3, [7, 8, 9])
    assert (measures["reach share, agency"]["mean"], measures["reach share, agency"]["floor"]) == (
        pytest.approx(0.4),
        0.0,
    )
    assert measures["reach share, agency"]["is_measurable"]
    text = render(render_effect_over_seeds(found))
    assert max(len(line) for line in text.splitlines()) <= 80
    assert "no change in any world: organic exposures, change" in text


def test_no_seeds_are_refused() -> None:
    with pytest.raises(ValueError, match=r"must hold at least one \(world, twin, placebo\), got none"):
        effect_over_seeds([])
