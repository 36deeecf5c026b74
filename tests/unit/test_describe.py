"""Rules of the summary of a dataset: every number is worked by hand from the tiny dataset."""

import json
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from simulator.concentration import find_top_share
from simulator.dataset import DatasetWriter
from simulator.describe import describe, render_description
from simulator.errors import DatasetError
from simulator.grids import draw_course
from tests.tiny_dataset import CONTEXT, make_origin, make_tables, rows_of, write_tiny


@pytest.fixture(scope="module")
def summary(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return describe(write_tiny(tmp_path_factory.mktemp("describe") / "tiny"))


def render(renderable: Any, width: int = 80) -> str:
    console = Console(width=width, file=None, record=True, quiet=True)
    console.quiet = False
    with console.capture() as captured:
        console.print(renderable)
    return captured.get()


def test_a_summary_is_json(summary: dict[str, Any]) -> None:
    assert json.loads(json.dumps(summary)) == summary


def test_origin_is_told(summary: dict[str, Any]) -> None:
    found = summary["dataset"]
    assert (found["scenario"], found["seed"], found["variant"], found["n_days"]) == ("tiny", 7, "world", 5)
    assert found["launch"] == "2025-05-04T00:00:00Z"


def test_rows_are_those_of_the_tables(summary: dict[str, Any]) -> None:
    assert summary["rows"] == {name: len(rows) for name, rows in make_tables().items()}


def test_posts_are_counted_by_kind_and_language(summary: dict[str, Any]) -> None:
    assert summary["posts"]["by_kind"] == {"post": 4, "repost": 2, "quote": 1, "reply": 1}
    assert summary["posts"]["by_lang"] == {"en": 6, "zh": 2}
    assert summary["posts"]["campaign_by_kind"] == {"post": 1, "repost": 1}


def test_prevalence_counts_operated_accounts_and_pushed_posts(summary: dict[str, Any]) -> None:
    found = summary["prevalence"]
    assert (found["operated_accounts"], found["operated_share"]) == (2, pytest.approx(2 / 6, abs=1e-6))
    assert (found["campaign_posts"], found["campaign_post_share"]) == (2, 0.25)


def test_operated_accounts_that_stay_silent_are_counted_apart(tmp_path: Path) -> None:
    keep = make_tables()["posts"]
    silent = keep.filter([row["account_id"] != 22 for row in keep.to_pylist()])
    path = write_tiny(tmp_path / "tiny", tables={"posts": silent, "likes": make_tables()["likes"].slice(1)})
    found = describe(path)["prevalence"]
    assert (found["visible_before_evaluate_until"], found["silent_before_evaluate_until"]) == (1, 1)


def test_segments_name_accounts_that_only_ever_were_operated(summary: dict[str, Any]) -> None:
    expected = {"casual": 2, "brand": 1, "critic": 1, "fan": 1, "operated only": 1}
    assert summary["accounts"]["by_segment"] == expected
    assert summary["accounts"]["operated_by_squad"] == {"agency.night": 2}


def test_pushes_are_listed_with_their_windows(summary: dict[str, Any]) -> None:
    (push,) = summary["pushes"]["pushes"]
    assert (push["name"], push["start"], push["n_posts"]) == ("agency.p1", "2025-05-02T00:00:00Z", 2)
    assert (summary["pushes"]["n"], summary["pushes"]["n_waves"]) == (1, 1)


def test_the_busiest_day_comes_first_and_is_counted_from_the_launch(summary: dict[str, Any]) -> None:
    first = summary["busiest_days"][0]
    assert first == {"day": "2025-05-02", "days_from_launch": -2, "posts": 4, "campaign_posts": 2}


def test_narratives_are_split_into_campaign_and_others(summary: dict[str, Any]) -> None:
    expected = {"narrative": "brakes", "campaign_posts": 2, "other_posts": 1, "exposures": 4}
    assert summary["top_narratives"] == [expected]


def test_exposures_and_reach_are_summed(summary: dict[str, Any]) -> None:
    found = summary["exposures"]
    assert (found["total"], found["campaign"], found["reach_by_operator"]) == (8, 4, {"agency": 2})


def test_concentration_counts_what_each_account_was_shown(summary: dict[str, Any]) -> None:
    found = summary["exposures"]["concentration"]
    assert (found["top_1_percent_share"], found["n_accounts"]) == (0.75, 5)


@pytest.mark.parametrize(
    ("groups", "n_top", "expected"),
    [
        ([(1, 70.0), (99, 30.0)], 1, 0.7),
        ([(99, 30.0), (1, 70.0)], 1, 0.7),
        ([(10, 10.0)], 1, 0.1),
        ([(2, 60.0), (8, 40.0)], 1, 0.3),
        ([(2, 60.0), (8, 40.0)], 4, 0.7),
        ([(2, 60.0)], 0.02, 0.5),
        ([(2, 60.0)], 100, 1.0),
        ([], 1, 0.0),
        ([(5, 0.0)], 1, 0.0),
    ],
)
def test_top_shares_equal_those_worked_by_hand(
    groups: list[tuple[float, float]], n_top: float, expected: float
) -> None:
    assert find_top_share(groups, n_top) == pytest.approx(expected)


def test_a_quiet_world_has_no_campaign(tmp_path: Path) -> None:
    with DatasetWriter(tmp_path / "quiet") as writer:
        path = writer.finish(make_origin(), CONTEXT)
    found = describe(path)
    assert (found["prevalence"]["operated_share"], found["exposures"]["campaign_share"]) == (0.0, 0.0)
    assert found["pushes"]["n"] == 0
    assert "pushes in" not in render(render_description(found))


def test_the_print_fits_80_columns(summary: dict[str, Any]) -> None:
    text = render(render_description(summary))
    assert max(len(line) for line in text.splitlines()) <= 80
    for word in ("synthetic data", "seed 7", "agency.p1", "brakes", "T-2d", "launch", "Concentration", "75.0 %"):
        assert word in text


def test_long_names_are_folded_not_cut(tmp_path: Path) -> None:
    (push,) = make_tables()["truth_pushes"].to_pylist()
    push["name"] = "a_very_long_operator_name_of_40_letters_." + "p" * 40
    path = write_tiny(tmp_path / "tiny", tables={"truth_pushes": rows_of("truth_pushes", [tuple(push.values())])})
    text = render(render_description(describe(path)))
    assert max(len(line) for line in text.splitlines()) <= 80
    assert "".join(text.split()).count("p" * 20) >= 1


def test_an_incomplete_dataset_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="must be a dataset folder"):
        describe(tmp_path / "none")


def test_paths_with_pattern_letters_are_read(tmp_path: Path) -> None:
    assert describe(write_tiny(tmp_path / "a[1]*?'b"))["rows"]["posts"] == 8


def test_a_course_marks_the_launch_and_keeps_peaks() -> None:
    assert draw_course([0, 0, 1, 0], 2, 1.0) == "▁▁│█▁"
    assert "█" in draw_course([0.0] * 99 + [1.0] + [0.0] * 99, None, 1.0, width=10)
    assert draw_course([0.0, 0.0], None, 0.0) == "▁▁"
