"""What the page is given: exact counts, clean texts, and the truth apart from what is visible."""

import base64
import gzip
import json
import re

import numpy as np
import pytest

from benchmarks.report import page_file
from benchmarks.report.columns import CUT_SIGN, clean_text, code_deltas, code_words, pack
from benchmarks.report.drawn import Limits
from benchmarks.report.narrative_series import HOUR_MS, choose_bins
from benchmarks.report.payload import describe_run
from benchmarks.report.report import make_report
from simulator.dataset import open_dataset
from tests.tiny_dataset import write_tiny


@pytest.fixture(scope="module")
def dataset(tmp_path_factory):
    return open_dataset(write_tiny(tmp_path_factory.mktemp("tiny") / "tiny"))


@pytest.fixture(scope="module")
def run(dataset):
    return describe_run(dataset)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (None, ""),
        ("plain 汉字 🍞", "plain 汉字 🍞"),
        ("a\u202eb\u2066c\u200f", "a\ufffdb\ufffdc\ufffd"),
        ("a\x00b\x1bc", "a\ufffdb\ufffdc"),
        ("x" * 280, "x" * 280),
        ("x" * 10_000, "x" * 279 + CUT_SIGN),
        ("</script>", "</script>"),
    ],
)
def test_text_is_cut_and_freed_of_controls(text, shown):
    assert clean_text(text) == shown


def test_deltas_and_words_can_be_read_back():
    values = np.array([5, 5, 9, 2], dtype=np.int64)
    assert np.cumsum(code_deltas(values)).tolist() == values.tolist()
    coded = code_words(["b", None, "a", "b"])
    assert [coded["words"][code] if code >= 0 else None for code in coded["codes"]] == ["b", None, "a", "b"]


def test_packed_payload_is_the_same_each_time_and_has_no_markup():
    content = {"b": "</script><!--", "a": [1, 2]}
    assert pack(content) == pack(dict(reversed(content.items())))
    assert re.fullmatch(r"[A-Za-z0-9+/=]+", pack(content))
    assert json.loads(gzip.decompress(base64.b64decode(pack(content)))) == content


@pytest.mark.parametrize(("days", "hours"), [(1, 1), (15, 1), (42, 3), (180, 12), (365, 24), (3000, 168 * 2)])
def test_bins_are_the_finest_that_a_picture_can_show(days, hours):
    bins = choose_bins(0, days * 24 * HOUR_MS)
    assert bins.width_ms == min(hours, 168) * HOUR_MS
    assert bins.n_bins * bins.width_ms >= days * 24 * HOUR_MS


def test_series_count_every_post_once(run):
    series = run.visible["series"]
    assert sum(series["all"]) == 8
    assert sum(series["background"]) == 3  # bread, a reply and a sunset
    assert sum(series["other"]) == 2  # the launch and what is said of it
    assert [sum(counts) for counts in series["narratives"]] == [3]
    assert sum(run.truth["series"]["brakes"]) == 2


def test_visible_part_says_nothing_of_the_truth(run):
    text = json.dumps(run.visible)
    for word in ("operated", "push", "squad", "agency", "segment", "bulk_created", "root"):
        assert word not in text


def test_truth_stands_in_the_order_of_the_accounts(run):
    assert run.account_ids.tolist() == [11, 12, 13, 14, 21, 22]
    assert run.truth["accounts"]["operated"] == [0, 0, 0, 0, 1, 1]
    assert run.visible["world"]["brand_accounts"] == [3]


def test_posts_point_at_what_they_react_to(run):
    posts = run.visible["posts"]
    assert posts["parent"] == [-1, -1, 1, 1, 1, -1, -1, 6]
    assert posts["about"] == [-1, 0, 0, 0, -1, -1, 1, 1]
    assert run.truth["posts"]["push"] == [-1, 0, 0, -1, -1, -1, -1, -1]


def test_sampling_keeps_counts_exact(dataset, run):
    few = describe_run(dataset, Limits(accounts=3, brand_posts=2, other_posts=1)).visible
    assert few["counts"]["accounts"] == 6
    assert few["counts"]["posts"] == 8
    assert few["counts"]["posts_drawn"] == len(few["posts"]["about"]) <= 3
    assert few["series"] == run.visible["series"]
    assert "auralis" in few["accounts"]["handle"]


def test_a_run_beside_another_draws_the_same_accounts(dataset, run):
    beside = describe_run(dataset, account_ids=run.account_ids[:4])
    assert beside.visible["accounts"]["handle"] == ["ada", "bo", "chen", "auralis"]


def test_page_is_one_file_that_names_no_address(dataset):
    page = make_report(dataset)
    assert not re.search(r"""(?:src|href)=["'](?!#)""", page)
    assert not re.search(r"https?://(?!www\.w3\.org/2000/svg)", page)
    assert "default-src 'none'" in page
    assert "{{" not in page
    assert page == make_report(dataset)


def test_every_script_and_style_is_in_the_page_once(dataset):
    page = make_report(dataset)
    for name in (*page_file.SCRIPTS, *page_file.STYLES):
        first_line = page_file._read(name).splitlines()[0]
        assert page.count(first_line) == 1, name


def test_both_languages_have_the_same_words():
    english, chinese = (page_file._read_strings(language) for language in ("en", "zh"))
    # Names out of scenarios are English already.
    named = {key for key in chinese if key.startswith(("narrative.", "role.", "stock.", "push."))}
    assert set(english) == set(chinese) - named
    for key in english:
        assert set(re.findall(r"{\w+}", english[key])) == set(re.findall(r"{\w+}", chinese[key])), key


def test_every_word_that_a_script_asks_for_is_there():
    english = page_file._read_strings("en")
    sources = "".join(page_file._read(name) for name in (*page_file.SCRIPTS, "page.html"))
    asked = set(re.findall(r"""say\("([a-z_.]+)"[,)]""", sources)) | set(
        re.findall(r'data-words(?:-label)?="([^"]+)"', sources)
    )
    assert asked
    assert asked <= set(english)
