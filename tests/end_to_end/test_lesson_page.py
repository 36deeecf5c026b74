"""Lessons and bets in a real browser: by keyboard alone, scored, sealed until the reveal, offline."""

import pytest
from selenium.webdriver.common.keys import Keys

from benchmarks.report.drawn import Limits
from benchmarks.report.lesson_file import list_lessons, load_lesson
from benchmarks.report.report import make_report
from simulator.dataset import open_dataset
from simulator.scenario import load_scenario
from tests.browser import Browser

pytestmark = [pytest.mark.needs("chromium", "chromedriver"), pytest.mark.xdist_group("browser")]

_SIZES = ((1280, 720), (1920, 1080), (390, 844))
_EARLY = ("operators.agency.break_up.time=T-5d 09:00",)


@pytest.fixture(scope="module")
def browser():
    browser = Browser()
    yield browser
    browser.quit()


@pytest.fixture(scope="module")
def dataset(library):
    return open_dataset(library.path(load_scenario("classroom", accounts=600), 1))


@pytest.fixture(scope="module")
def pages(dataset, library, tmp_path_factory):
    """Return the page of each shipped lesson."""
    early = open_dataset(library.path(load_scenario("classroom", accounts=600, overrides=_EARLY), 1))
    folder = tmp_path_factory.mktemp("lessons")
    for name in list_lessons():
        page = make_report(dataset, [early], lesson=load_lesson(name))
        (folder / f"{name}.html").write_text(page, encoding="utf-8")
    return folder


@pytest.fixture
def opened(browser, pages):
    browser.resize(1280, 720)
    browser.list_requests()
    browser.list_complaints()
    browser.open(pages / "campaign.html")
    return browser


def _go(browser, step):
    browser.driver.execute_async_script(
        "smearbench.lesson.go(arguments[0]).then(arguments[arguments.length - 1])", step
    )


def _open_board(browser, name):
    browser.run("smearbench.boards.open(arguments[0])", name)


def _reveal(browser):
    browser.run("smearbench.controls.reveal()")
    browser.wait(lambda: browser.state("revealed"))


def _click(browser, name):
    browser.run("document.getElementById(arguments[0]).click()", name)


def _press_on(browser, name):
    browser.run("document.getElementById(arguments[0]).focus()", name)
    browser.press(Keys.ENTER)


@pytest.mark.parametrize("name", sorted(list_lessons()))
def test_lesson_runs_from_start_to_end_by_keyboard_alone(browser, pages, name):
    steps = load_lesson(name).content.steps
    browser.resize(1280, 720)
    browser.list_requests()
    browser.list_complaints()
    browser.open(pages / f"{name}.html")
    titles = []
    for step in steps:
        browser.wait(
            lambda title=step.title.en: browser.run("return document.querySelector('#lesson h2').textContent") == title
        )
        titles.append(step.title.en)
        if step.question is not None:
            _press_on(browser, "choice-0")
            _press_on(browser, "check")
            browser.wait(lambda: browser.run("return document.querySelector('.told') !== null"))
            assert "…" not in browser.run("return document.querySelector('.told').textContent")
        _press_on(browser, "lesson-next") if step is steps[-1] else browser.press(Keys.PAGE_DOWN)
    browser.wait(lambda: browser.run("return document.getElementById('lesson').hidden"))
    assert browser.list_requests() == [(pages / f"{name}.html").as_uri()]
    assert browser.list_complaints() == []


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("board", ["accounts", "spikes", "when"])
def test_bets_fit_a_projector_without_scrolling(opened, board, language):
    opened.run("smearbench.state.set({language: arguments[0]})", language)
    _open_board(opened, board)
    high, seen = opened.run("const e = document.getElementById('board'); return [e.scrollHeight, e.clientHeight]")
    assert high <= seen


@pytest.mark.parametrize(
    ("language", "told"), [("en", "600 accounts, 109 of them drawn"), ("zh", "600 个账号，画出其中 109 个")]
)
def test_sampled_picture_says_so_at_its_top(browser, dataset, tmp_path, language, told):
    page = tmp_path / "some.html"
    page.write_text(make_report(dataset, limits=Limits(accounts=100)), encoding="utf-8")
    browser.open(page, f"lang={language}")
    assert told in browser.run("return document.getElementById('subtitle').textContent")


def test_page_up_goes_back(opened):
    opened.press(Keys.PAGE_DOWN)
    opened.wait(lambda: opened.run("return smearbench.lesson.place()") == 1)
    opened.press(Keys.PAGE_UP)
    opened.wait(lambda: opened.run("return smearbench.lesson.place()") == 0)


def test_playing_stops_where_the_step_says(opened):
    _go(opened, 1)
    opened.run("smearbench.clock.seek(1e5)")
    opened.wait(lambda: opened.state("playing") is False)
    assert opened.state("time") == opened.run("return smearbench.payload.extras.lesson.steps[1].show.until")


@pytest.mark.parametrize("board", ["accounts", "spikes", "when", "sides"])
def test_truth_is_not_in_the_document_before_the_reveal(opened, board):
    _open_board(opened, board)
    hidden = opened.run("return document.getElementById('board').outerHTML")
    assert opened.run("return smearbench.truth === undefined")
    own = opened.run("""
        const board = document.getElementById('board').cloneNode(true);
        board.querySelectorAll('[dir]').forEach((written) => written.remove());
        return board.outerHTML;
    """)
    assert not [word for word in ("bought", "verdict", "evidence", "right", "squad") if word in own]
    _reveal(opened)
    assert opened.run("return document.getElementById('board').outerHTML") != hidden


def test_bets_are_placed_and_scored_by_keyboard_alone(opened, dataset):
    _open_board(opened, "accounts")
    for place in range(10):
        _press_on(opened, f"accuse-{place}")
    _open_board(opened, "when")
    _press_on(opened, "when-call")
    _open_board(opened, "spikes")
    if opened.run("return smearbench.payload.extras.bets.spikes.length"):
        _press_on(opened, "spike-0")
    assert opened.run("return document.getElementById('score').hidden")
    _press_on(opened, "bet-reveal")
    opened.wait(lambda: opened.state("revealed"))
    operated = opened.run(
        "return smearbench.payload.extras.bets.accounts.map((i) => smearbench.truth.accounts.operated[i])"
    )
    score = opened.run("return smearbench.bets.scoreAccounts()")
    assert 0 < sum(operated) < 10
    assert score == {"points": sum(operated), "of": 10}
    told = opened.run("return document.getElementById('score').textContent")
    assert told.endswith("of 20 points")


def test_right_accusations_make_all_points(opened):
    _open_board(opened, "accounts")
    truth = opened.driver.execute_async_script("""
        const done = arguments[0], ten = smearbench.payload.extras.bets.accounts;
        smearbench.payload.openTruth().then((truths) => done(ten.map((i) => truths[0].accounts.operated[i])));
    """)
    for place, is_operated in enumerate(truth):
        if is_operated:
            _click(opened, f"accuse-{place}")
    _reveal(opened)
    assert opened.run("return smearbench.bets.scoreAccounts()") == {"points": 10, "of": 10}
    assert "0 who are not" in opened.run("return document.getElementById('outcome').textContent")


def test_reveal_shows_an_account_beside_its_squad_mates(opened):
    _open_board(opened, "accounts")
    _reveal(opened)
    assert opened.run("return document.querySelectorAll('.reveal tbody tr').length") == 10
    assert opened.run("return document.querySelectorAll('.evidence.operated .pair.mate').length") >= 1
    last = opened.run("return [...document.querySelectorAll('.reveal tbody button')].pop().id")
    _press_on(opened, last)
    assert opened.run("return document.querySelector('.evidence').classList.contains('honest')")
    assert opened.run("return document.activeElement.id") == last


def test_calling_before_the_first_push_makes_no_points(opened):
    _reveal(opened)
    first = opened.run("return smearbench.bets.firstPush()")
    opened.run("smearbench.bets.placed.called = arguments[0] - 1", first)
    assert opened.run("return smearbench.bets.scoreWhen().points") == 0
    opened.run("smearbench.bets.placed.called = arguments[0]", first)
    assert opened.run("return smearbench.bets.scoreWhen().points") == 5


def test_sides_have_letters_first_and_names_after_the_reveal(opened):
    _open_board(opened, "sides")
    assert "Run A" in opened.run("return document.querySelector('.side-key').textContent")
    _reveal(opened)
    key = opened.run("return document.querySelector('.side-key').textContent")
    assert key.count("Broken up on") == 2
    assert opened.run("return document.querySelectorAll('.side-figures figure').length") >= 5


@pytest.mark.parametrize("size", _SIZES)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_no_board_is_wider_than_the_window(opened, size, language):
    opened.resize(*size)
    opened.run("smearbench.state.set({language: arguments[0]})", language)
    for revealed in (False, True):
        if revealed:
            _reveal(opened)
        for board in ("accounts", "spikes", "when", "sides"):
            _open_board(opened, board)
            assert opened.run("return document.documentElement.scrollWidth") <= size[0], (board, revealed)
            if size[0] > 900:
                assert opened.run("return document.getElementById('stage').getBoundingClientRect().bottom") <= size[1]


@pytest.mark.parametrize("board", ["accounts", "spikes", "when", "sides"])
def test_checker_of_accessibility_finds_nothing_serious(opened, board):
    from importlib.resources import files

    opened.run(files("axe_core_python").joinpath("axe.min.js").read_text(encoding="utf-8"))
    for revealed in (False, True):
        if revealed:
            _reveal(opened)
        _open_board(opened, board)
        opened.run("document.getAnimations().forEach((animation) => animation.finish())")
        found = opened.driver.execute_async_script("""
            const done = arguments[0];
            axe.run('#stage, #tab-row', {resultTypes: ['violations']}).then((r) => done(r.violations));
        """)
        serious = [(v["id"], [n["html"] for n in v["nodes"]]) for v in found if v["impact"] in ("serious", "critical")]
        assert serious == [], revealed
