"""The grammar format: what templates mean, and a placed message for every mistake."""

from itertools import permutations

import pytest

from simulator.errors import InputError
from simulator.language.grammar import (
    DISPLEASED,
    NEUTRAL,
    NO_OPENER,
    PLEASED,
    Article,
    Choice,
    Line,
    Literal,
    Name,
    Number,
    Slot,
    Slug,
    load_sections,
    parse_template,
    read_sections,
)
from simulator.vocabulary import Language


def parsed(text):
    """Return the nodes of a template."""
    return parse_template(Line("tried.txt", 7, text))


def read(text):
    """Return the sections of one file."""
    return read_sections([("tried.txt", text)])


@pytest.mark.parametrize(
    ("text", "node"),
    [
        ("plain words", Literal("plain words")),
        ("$brand", Name("brand")),
        ("$rival_product", Name("rival_product")),
        ("{person}", Slot("person")),
        ("{.dish}", Slot(".dish")),
        ("{2-40/2}", Number(2, 40, 2)),
        ("{2-9}", Number(2, 9, 1)),
        ("{7}", Literal("7")),
        ("{~5}", Slug(5)),
        ("{_}", Literal(" ")),
        ("<a|b c>", Choice(((Literal("a"),), (Literal("b c"),)))),
        ("<|b>", Choice(((), (Literal("b"),)))),
    ],
)
def test_each_sign_has_its_node(text, node):
    assert parsed(text) == (node,)


def test_article_stands_before_what_it_fits():
    assert parsed("a(n) {fruit}") == (Article(), Slot("fruit"))


def test_groups_hold_groups():
    inner = Choice(((Literal("b"),), (Slot("c"),)))
    assert parsed("<a|<b|{c}>>") == (Choice(((Literal("a"),), (inner,))),)


def test_clauses_come_in_every_order():
    (choice,) = parsed("((one // two // three))")
    said = {"".join(node.text for node in nodes) for nodes in choice.alternatives}
    assert said == {", ".join(order) for order in permutations(("one", "two", "three"))}


@pytest.mark.parametrize(
    ("text", "said"), [("((Stop. // go))", {"Stop. go", "go, Stop."}), ("((停。 // 走))", {"停。走", "走，停。"})]
)
def test_clauses_are_joined_as_their_ends_ask(text, said):
    (choice,) = parsed(text)
    assert {"".join(node.text for node in nodes) for nodes in choice.alternatives} == said


@pytest.mark.parametrize(
    ("text", "rule", "value"),
    [
        ("mail @me", "hold no @, #, tab, double space or link", "'mail @me'"),
        ("a #tag", "hold no @, #, tab, double space or link", "'a #tag'"),
        ("two  spaces", "hold no @, #, tab, double space or link", "'two  spaces'"),
        ("a\ttab", "hold no @, #, tab, double space or link", r"'a\ttab'"),
        ("full\u3000width", "hold no @, #, tab, double space or link", r"'full\u3000width'"),
        ("see http://x.example", "hold no @, #, tab, double space or link", "'see http://x.example'"),
        ("<a|b", "close its groups with >", "'<a|b'"),
        ("((a // b", "close its groups with ))", "'((a // b'"),
        ("<a>", "hold two or more alternatives in a group", "'<a>'"),
        ("((a))", "hold two or more alternatives in a group", "'((a))'"),
        ("((a // b // c // d))", "hold at most three clauses in an order group", "4"),
        ("$brnad", "use a name of brand, product, rival, rival_product, site", "$brnad"),
        ("{Upper}", "name a slot, a number {2-9} or a slug {~5}", "{Upper}"),
        ("{}", "name a slot, a number {2-9} or a slug {~5}", "{}"),
        ("{9-2}", "count upwards", "{9-2}"),
        ("{2-2}", "count upwards", "{2-2}"),
        ("{2-9/0}", "count upwards", "{2-9/0}"),
        ("a > b", "open what it closes", ">"),
        ("a | b", "open what it closes", "|"),
        ("a // b", "open what it closes", " // "),
        ("b))", "open what it closes", "))"),
        ("half {open", "open what it closes", "half {open"),
    ],
)
def test_mistake_in_a_template_is_placed_and_explained(text, rule, value):
    with pytest.raises(InputError) as caught:
        parsed(text)
    (problem,) = caught.value.problems
    assert (problem.file, problem.line, problem.rule, problem.value) == ("tried.txt", 7, rule, value)
    assert str(caught.value).startswith("tried.txt:7:")


@pytest.mark.parametrize(
    ("text", "line", "rule"),
    [
        ("words\n[a en]\nb", 1, "stand in a section"),
        ("[a fr]", 1, "be a header [name language option ...]"),
        ("[A en]", 1, "be a header [name language option ...]"),
        ("[a en", 1, "be a header [name language option ...]"),
        ("[a en]\n[b en]\nc", 1, "not be empty"),
        ("[a en]\n\n# a comment\n", 1, "not be empty"),
    ],
)
def test_mistake_in_a_file_is_placed_and_explained(text, line, rule):
    with pytest.raises(InputError) as caught:
        read(text)
    assert [(problem.line, problem.rule) for problem in caught.value.problems] == [(line, rule)]


def test_all_mistakes_of_all_files_come_at_once():
    with pytest.raises(InputError) as caught:
        read_sections([("one.txt", "lost\n[a en]\n"), ("two.txt", "lost too")])
    assert [(problem.file, problem.line) for problem in caught.value.problems] == [
        ("one.txt", 1), ("two.txt", 1), ("one.txt", 2),
    ]  # fmt: skip


def test_lines_of_one_file_do_not_fall_into_a_section_of_another():
    with pytest.raises(InputError, match=r"two\.txt:1:1: must stand in a section, got 'lost'"):
        read_sections([("one.txt", "[a en]\nb"), ("two.txt", "lost")])


def test_header_holds_the_options():
    (section,) = read("[brand.look zh - ^2 @phone]\nx")
    assert (section.name, section.language, section.mood) == ("brand.look", Language.zh, DISPLEASED)
    assert (section.skew, section.sector, section.family) == (2, "phone", "")


def test_topic_names_its_family_and_its_own_slots():
    (section,) = read("[talk.soup en cooking]\ndish = soup | stew\nhot {.dish}")
    assert section.family == "cooking"
    assert [line.text for line in section.own_slots["dish"]] == ["soup", "stew"]
    assert [line.text for line in section.lines] == ["hot {.dish}"]


def test_topic_may_have_own_slots_only():
    (section,) = read("[talk.soup en cooking]\ndish = soup")
    assert not section.lines


def test_line_holds_several_entries():
    (section,) = read("[dish en]\nsoup | hot stew\npie")
    assert [(line.text, line.number) for line in section.lines] == [("soup", 2), ("hot stew", 2), ("pie", 3)]


@pytest.mark.parametrize(
    ("marked", "mood"),
    [
        ("so it goes", PLEASED),
        ("+ so it goes", PLEASED),
        ("- so it goes", DISPLEASED),
        ("~ so it goes", NEUTRAL),
        ("= so it goes", PLEASED + NO_OPENER),
        ("-= so it goes", DISPLEASED + NO_OPENER),
    ],
)
def test_marks_override_the_mood_of_the_section(marked, mood):
    (section,) = read(f"[a en +]\n{marked}")
    assert [(line.text, line.mood) for line in section.lines] == [("so it goes", mood)]


@pytest.mark.parametrize("language", Language)
def test_every_shipped_template_parses(language):
    sections = [section for section in load_sections() if section.language is language]
    lines = [line for section in sections if not section.name.startswith("pool.links.") for line in section.lines]
    lines += [line for section in sections for lines in section.own_slots.values() for line in lines]
    assert [line for line in lines if not parse_template(line)] == []
