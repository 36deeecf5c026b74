"""A user's own posts: what is read of them, and what is refused."""

from zoneinfo import ZoneInfo

import pytest

from benchmarks.fidelity.measures import Holdings
from benchmarks.fidelity.pairs import Pair
from benchmarks.fidelity.reference_table import measure_reference, read_reference
from simulator.errors import InputError
from tests.some_posts import write_posts

UTC = ZoneInfo("UTC")


def _write(folder, text, name="posts.csv"):
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_posts_are_read_in_the_order_of_time(tmp_path):
    rows = "x,2025-05-05 08:00:00,later #tag\ny,2025-05-05 07:00:00+02:00,@bo see https://a.example\nx,,no time\n"
    posts = read_reference(_write(tmp_path, f"account_id,created_at,text\n{rows}"), ZoneInfo("Asia/Shanghai"))
    assert posts.text.to_pylist() == ["@bo see https://a.example", "later #tag"]
    assert posts.account.tolist() == [2, 1]
    assert posts.url.to_pylist() == ["https://a.example", None]
    assert posts.has_hashtag.tolist() == [False, True]
    assert posts.has_mention.tolist() == [True, False]
    assert (posts.local_ms % 86_400_000 // 3_600_000).tolist() == [13, 16]


def test_facts_of_a_table_are_those_that_it_can_tell():
    pair = Pair(synthetic="everyday_posts", real="reference", why="")
    facts = {
        fact.name: fact for fact in measure_reference(Holdings(pair, write_posts([(1, 0, "a b"), (2, 9, "c")])), "")
    }
    assert facts["length_tokens"].value == 1.5
    assert "repost_share" not in facts
    assert "posts_tail_alpha" not in facts


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        (
            "a.csv",
            "account_id,created_at\n1,2025-01-01\n",
            r"a\.csv: must have the column text, got account_id, created_at",
        ),
        ("b.csv", "account_id,created_at,text\n1,soon,hi\n", r"b\.csv: must be readable, got .*soon"),
        ("c.csv", "account_id,created_at,text\n", r"c\.csv: must have at least one row with a time, got none"),
        ("d.json", "{}", r"d\.json: must be a \.parquet or \.csv file, got '\.json'"),
        ("e.parquet", "no parquet", r"e\.parquet: must be readable, got"),
    ],
)
def test_wrong_table_is_refused(tmp_path, name, content, message):
    with pytest.raises(InputError, match=message):
        read_reference(_write(tmp_path, content, name), UTC)


def test_missing_table_is_refused(tmp_path):
    with pytest.raises(InputError, match=r"f\.csv: must be a file that exists, got none"):
        read_reference(tmp_path / "f.csv", UTC)
