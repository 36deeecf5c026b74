"""Filled texts: their lists, their spacing, and how alike the modes of a manuscript leave them."""

import re
from functools import cache

import numpy as np
import pyarrow as pa
import pytest

from simulator.errors import SmearbenchError
from simulator.language import fill, fill_texts
from simulator.vocabulary import Language, Split, TextMode
from tests import tiny_texts
from tests.tiny_texts import SEED, batch_of, handles, phrasebook, wild_habits, written

N_ROWS = 12_000
MANUSCRIPT = "claim.battery_fire.manuscript.0"


@cache
def many():
    """Return texts, hashtags, links and mentions of rows that vary in everything, by every sort of writer."""
    return written(tiny_texts.varied_batch(N_ROWS), wild_habits())


def told(content, n=60, mode=3, lang=0, **columns):
    """Return the texts of n rows of one content."""
    rows = batch_of(n, content=phrasebook().content_code(content), mode=mode, lang=lang, **columns)
    return written(rows, tiny_texts.wild_habits())[0]


@pytest.mark.parametrize(
    ("column", "pattern"), [(1, r"(?<!\S)#(\w+)|#(\w+)"), (2, r"https?://\S+"), (3, r"(?<!\S)@(\w+)")],
    ids=["hashtags", "urls", "mentions"],
)  # fmt: skip
def test_lists_are_exactly_those_in_the_text(column, pattern):
    found = [[match[0].lstrip("#@") for match in re.finditer(pattern, text)] for text in many()[0]]
    assert found == many()[column]
    assert any(many()[column])


def test_no_hashtag_comes_twice():
    tags = [[tag.lower() for tag in tags] for tags in many()[1]]
    assert [several for several in tags if len(set(several)) < len(several)] == []


@pytest.mark.parametrize(
    "pattern",
    [r"[{}<>|$]", r"\(\(", r"\)\)", r"  ", r"^\s", r"\s$", r"^$", r"\ba\(n\)", r" // ", r"\n|\t|\x00|�"],
    ids=["braces", "opened", "closed", "doubled", "leading", "trailing", "empty", "article", "order", "odd"],
)
def test_no_text_shows_how_it_was_made(pattern):
    assert [text for text in many()[0] if re.search(pattern, text)] == []


def test_links_lie_under_reserved_names():
    hosts = {re.match(r"https://([^/]+)/", url)[1] for urls in many()[2] for url in urls}
    assert {host for host in hosts if not host.endswith((".example", ".invalid", ".test"))} == set()


def test_columns_are_valid_arrow():
    columns = fill_texts(phrasebook(), SEED, tiny_texts.varied_batch(3_000), wild_habits(), handles(), 400)
    for column in columns:
        column.validate(full=True)  # also that the bytes are UTF-8
    assert [column.type for column in columns[1:]] == [pa.list_(pa.field("element", pa.string()))] * 3


def test_empty_batch_has_four_empty_columns():
    columns = fill_texts(phrasebook(), SEED, batch_of(0), wild_habits(), handles(), 400)
    assert [column.to_pylist() for column in columns] == [[], [], [], []]


def test_silent_rows_have_no_text_and_leave_the_others_as_they_are():
    rows = tiny_texts.varied_batch(60)
    silent = np.arange(60) % 3 == 1
    expected = [list(column) for column in written(rows, wild_habits())]
    for column, nothing in zip(expected, (None, [], [], []), strict=True):
        column[1::3] = [nothing] * 20
    assert written(rows | {"content": np.where(silent, -1, rows["content"])}, wild_habits()) == expected


def test_nobody_need_have_a_handle():
    rows = batch_of(3, content=phrasebook().content_code("deal"))
    columns = fill_texts(phrasebook(), SEED, rows, wild_habits(), pa.array([], pa.string()), 400)
    assert columns[3].to_pylist() == [[], [], []]


def test_handles_may_be_a_slice():
    rows = batch_of(200, content=phrasebook().content_code("reply.chat"), mention_row=3, style_row=np.arange(200))
    whole, part = (
        fill_texts(phrasebook(), SEED, rows, wild_habits(), array, 400)[3]
        for array in (handles()[5:20], handles().take(list(range(5, 20))))
    )
    assert whole == part
    assert {name for names in whole.to_pylist() for name in names} == {handles()[8].as_py()}


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("content", [MANUSCRIPT, "official.launch", "marketing"])
def test_pasted_manuscript_and_formal_text_are_the_same_for_every_writer(content, language):
    texts = told(content, mode=0, lang=language, shared_key=8, paste=1, own_key=3, style_row=np.arange(60))
    assert len(set(texts)) == 1


def words_of(text):
    return set(re.findall(r"\w", text) if re.search("[一-鿿]", text) else re.findall(r"\w+", text))


def likeness(texts):
    """Return the mean share of words that a text has in common with the first."""
    first = words_of(texts[0])
    return np.mean([len(first & words_of(text)) / len(first | words_of(text)) for text in texts[1:]])


def pasted_in_every_mode(claim, language):
    """Return the texts of one shared key and many own keys, by mode."""
    content = f"claim.{claim}.manuscript.0"
    return {mode: told(content, mode=mode, lang=language, shared_key=8, paste=1) for mode in TextMode}


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("claim", ["battery_fire", "data_leak", "fans_are_paid"])
def test_verbatim_texts_are_equal(claim, language):
    assert len(set(pasted_in_every_mode(claim, language)[TextMode.verbatim])) == 1


@cache
def likeness_by_mode(language):
    """Return how alike the texts of one shared key are in each mode, over all claims."""
    alike = [
        [likeness(texts) for texts in pasted_in_every_mode(claim, language).values()] for claim in phrasebook().claims
    ]
    return np.mean(alike, axis=0)


@pytest.mark.parametrize(
    ("language", "mode"),
    [
        (Language.zh, TextMode.slots),
        (Language.zh, TextMode.synonyms),
        (Language.zh, TextMode.paraphrase),
        (Language.en, TextMode.slots),
        (Language.en, TextMode.synonyms),
        (Language.en, TextMode.paraphrase),
    ],
)
def test_each_mode_is_less_alike_than_the_one_before(language, mode):
    alike = likeness_by_mode(language)
    assert alike[mode] < alike[mode - 1] - 0.02


@pytest.mark.parametrize("language", Language)
def test_paraphrases_do_not_know_the_shared_key(language):
    one, other = (told(MANUSCRIPT, mode=3, lang=language, shared_key=key) for key in (8, 9))
    assert one == other


@pytest.mark.parametrize("mode", [TextMode.verbatim, TextMode.slots, TextMode.synonyms])
def test_shared_key_chooses_the_words_that_are_shared(mode):
    told_by_key = {tuple(told(MANUSCRIPT, mode=mode, lang=Language.zh, shared_key=key, paste=1)) for key in range(1, 9)}
    assert len(told_by_key) > 1


def test_texts_are_of_their_seed():
    rows = tiny_texts.varied_batch(300)
    one, same, other = (
        fill_texts(phrasebook(), seed, rows, wild_habits(), handles(), 400)[0] for seed in (SEED, SEED, SEED + 1)
    )
    assert one == same
    assert one != other


@pytest.mark.parametrize("place", [0, 5])
def test_forced_hashtag_and_link_are_in_every_text(place):
    book = phrasebook()
    rows = batch_of(80, content=book.content_code(MANUSCRIPT), forced_tag=place, forced_url=place)
    text, tags, urls, _ = written(rows)
    assert all(book.tag_table[place].lower() in map(str.lower, several) for several in tags)
    assert urls == [[book.url_table[place]]] * 80
    assert all(line.endswith(book.url_table[place]) for line in text)


@pytest.mark.parametrize("language", Language)
def test_inline_hashtag_is_parted_by_one_space(language):
    styles = wild_habits()
    styles["inline"] = 255
    rows = batch_of(4_000, content=np.arange(4_000) % len(phrasebook().contents), lang=language)
    texts = written(rows, styles)[0]
    with_tag = [text for text in texts if re.search(r"#[Oo][Rr][Ll][Aa]\b", text)]
    assert len(with_tag) > 200
    if language is Language.zh:
        assert [text for text in with_tag if re.search(r"\S#|#\w+(?![\w ]|$)", text)] == []


def test_lower_case_writer_has_no_capitals():
    styles = wild_habits()
    styles["case"] = 1
    rows = batch_of(400, content=phrasebook().content_code("talk." + phrasebook().contents[phrasebook().topics[0]][5:]))
    bodies = [re.split(r" #| https:", text)[0] for text in written(rows, styles)[0]]
    assert [body for body in bodies if body != body.lower()] == []


@pytest.mark.parametrize("language", Language)
def test_slips_change_no_hashtag_link_or_mention(language):
    rows = tiny_texts.varied_batch(3_000) | {"lang": np.full(3_000, language)}
    careful, careless = wild_habits(), wild_habits()
    careful["slip"], careless["slip"] = 0, 255
    without, with_slips = written(rows, careful), written(rows, careless)
    assert without[0] != with_slips[0]
    assert without[1:] == with_slips[1:]


def test_batch_beyond_two_gibibytes_is_refused(monkeypatch):
    monkeypatch.setattr(fill, "_MOST_BYTES", 10_000)
    texts = fill._make_buffers(10)
    with pytest.raises(SmearbenchError, match=r"must stay under 2 GiB, got \d+ bytes for 7 rows"):
        fill._grow(texts, 7)


@pytest.mark.parametrize("split", Split)
def test_every_split_fills_every_content(split):
    book = phrasebook(split)
    rows = batch_of(4 * len(book.contents), content=np.arange(4 * len(book.contents)) // 4)
    for language in Language:
        assert all(fill_texts(book, SEED, rows | {"lang": rows["lang"] + language}, wild_habits(), handles(), 400)[0])
