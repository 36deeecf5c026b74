"""The page in a real browser: offline, by keyboard, in both languages and themes, with any content."""

from importlib.resources import files

import pytest
from selenium.webdriver.common.keys import Keys

from benchmarks.report.report import make_report
from simulator.dataset import open_dataset
from simulator.scenario import load_scenario
from tests.browser import Browser
from tests.tiny_dataset import make_tables, write_tiny

pytestmark = [pytest.mark.needs("chromium", "chromedriver"), pytest.mark.xdist_group("browser")]

_MARKUP = "</script><script>window.ran=1</script><img src=https://x.invalid/a onerror='window.ran=1'>"
_BIDI = "abc\u202etxt.exe\u2066"
_SIZES = ((1280, 720), (1920, 1080), (390, 844))


@pytest.fixture(scope="module")
def browser():
    browser = Browser()
    yield browser
    browser.quit()


@pytest.fixture(scope="module")
def dataset(library):
    return open_dataset(library.path(load_scenario("classroom", accounts=300, days=30), 1))


@pytest.fixture(scope="module")
def page(dataset, tmp_path_factory):
    path = tmp_path_factory.mktemp("page") / "report.html"
    path.write_text(make_report(dataset), encoding="utf-8")
    return path


@pytest.fixture
def opened(browser, page):
    browser.resize(1280, 720)
    browser.prefer(prefers_color_scheme="light", prefers_reduced_motion="no-preference")
    browser.list_requests()
    browser.list_complaints()
    browser.open(page)
    return browser


def _click(browser, name):
    browser.run("document.getElementById(arguments[0]).click()", f"button-{name}")


def _reveal(browser):
    _click(browser, "reveal")
    browser.wait(lambda: browser.state("revealed"))


def test_address_says_where_to_begin(opened, page):
    opened.open(page, "day=12.5&reveal&lang=zh&theme=dark")
    assert [opened.state(name) for name in ("time", "revealed", "language", "theme")] == [18_000, True, "zh", "dark"]


@pytest.mark.parametrize("nonsense", ["day=1e99", "day=-3", "day=x&lang=xx&theme=<b>", "%ff&&&=&reveal=no"])
def test_nonsense_in_the_address_leaves_the_page_whole(opened, page, nonsense):
    opened.open(page, nonsense)
    assert 0 <= opened.state("time") <= opened.run("return smearbench.run.minutes")
    assert opened.state("language") in ("en", "zh")


def test_page_asks_nothing_of_a_network_and_complains_of_nothing(opened, page):
    opened.run("smearbench.clock.seek(1e5); smearbench.state.set({tables: true, selected: 3, language: 'zh'})")
    _reveal(opened)
    assert opened.list_requests() == [page.as_uri()]
    assert opened.list_complaints() == []


def test_policy_stops_a_script_and_a_request_that_are_not_the_pages_own(opened):
    opened.run("""
        const script = document.createElement('script'), image = document.createElement('img');
        script.textContent = 'window.ran = 1';
        image.src = 'http://127.0.0.1:9/a.png';
        document.body.append(script, image);
    """)
    opened.wait(lambda: len(opened.list_complaints()) >= 1)
    assert opened.run("return window.ran === undefined")


def test_space_plays_and_pauses(opened):
    opened.press(Keys.SPACE)
    opened.wait(lambda: opened.state("time") > 60)
    opened.press(Keys.SPACE)
    assert opened.state("playing") is False
    assert opened.run("return smearbench.frameMs.length") > 0


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ((Keys.END,), "smearbench.run.minutes"),
        ((Keys.END, Keys.HOME), "0"),
        ((Keys.ARROW_RIGHT,), "smearbench.run.world.bin / 60000"),
        ((Keys.ARROW_RIGHT, Keys.ARROW_LEFT), "0"),
        (("n",), "smearbench.timeline.stops()[0]"),
        (("n", "n"), "smearbench.timeline.stops()[1]"),
    ],
)
def test_keys_move_time(opened, keys, expected):
    opened.press(*keys)
    assert opened.state("time") == opened.run(f"return {expected}")


def test_dragging_the_stream_scrubs(opened):
    opened.run("""
        const box = document.getElementById('streams'), frame = box.getBoundingClientRect();
        const at = {clientX: frame.left + frame.width / 4, clientY: frame.top + 40, bubbles: true, pointerId: 1};
        box.setPointerCapture = () => {};
        box.dispatchEvent(new PointerEvent('pointerdown', at)); box.dispatchEvent(new PointerEvent('pointerup', at));
    """)
    assert opened.state("time") == pytest.approx(opened.run("return smearbench.run.minutes") / 4, rel=0.01)


def test_every_control_is_reached_and_used_by_keyboard_alone(opened):
    buttons = {f"button-{name}" for name in ("play", "next", "tables", "reveal", "language", "theme")}
    wanted, reached = buttons | {"network", "scrub", "speed", "panel"}, set()
    for _ in range(40):
        if wanted <= reached:
            break
        opened.press(Keys.TAB)
        name = opened.run("return document.activeElement.id")
        if name in ("button-language", "button-theme", "button-reveal"):
            opened.press(Keys.ENTER)
        reached.add(name)
    assert wanted <= reached
    opened.wait(lambda: opened.state("revealed"))
    assert (opened.state("language"), opened.state("theme")) == ("zh", "dark")


def test_arrows_and_enter_open_an_account(opened):
    opened.run("document.getElementById('network').focus()")
    opened.press(Keys.ARROW_RIGHT, Keys.ARROW_RIGHT, Keys.ENTER)
    chosen = opened.state("selected")
    assert chosen >= 0
    handle = opened.run("return smearbench.run.accounts.handle[arguments[0]]", chosen)
    assert handle in opened.run("return document.getElementById('card').textContent")
    opened.press(Keys.ESCAPE)
    assert opened.state("selected") == -1


def test_language_changes_every_word(opened):
    english = opened.run("return document.body.innerText")
    _click(opened, "language")
    assert opened.run("return document.documentElement.lang") == "zh-CN"
    chinese = opened.run("return document.body.innerText")
    strings = opened.run("return [...document.querySelectorAll('[data-words]')].map((e) => e.textContent)")
    assert all(strings)
    assert not [text for text in strings if text in english]
    assert "Play" not in chinese


def test_theme_follows_the_system_until_it_is_chosen(opened):
    opened.prefer(prefers_color_scheme="dark")
    opened.wait(lambda: opened.run("return document.documentElement.dataset.theme") == "dark")
    _click(opened, "theme")
    assert opened.run("return document.documentElement.dataset.theme") == "light"


def test_nothing_moves_by_itself_for_who_wants_no_motion(browser, page):
    browser.prefer(prefers_reduced_motion="reduce")
    browser.open(page)
    assert browser.state("still")
    browser.press(Keys.SPACE)
    browser.wait(lambda: browser.state("time") > 0)
    browser.press(Keys.SPACE)


def test_truth_is_sealed_until_the_reveal(opened, dataset):
    operated = dataset.table("truth_accounts", ["operated"])["operated"].to_pylist()
    assert opened.run("return smearbench.truth === undefined && smearbench.payload.truths === null")
    assert opened.run("return document.querySelector('#legend .operated') === null")
    _reveal(opened)
    assert opened.run("return document.querySelector('#legend .operated b').textContent") == str(sum(operated))
    _click(opened, "reveal")
    assert opened.run("return document.querySelector('#legend .operated') === null")


def test_tables_hold_every_post(opened, dataset):
    _click(opened, "tables")
    cells = opened.run("""
        return [...document.querySelectorAll('#tables table')[0].querySelectorAll('td.number')]
            .map((cell) => Number(cell.textContent.replace(/,/g, '')))
    """)
    assert sum(cells) == dataset.counts["posts"]


@pytest.mark.parametrize("size", _SIZES)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_nothing_is_wider_than_the_window(opened, size, language):
    opened.resize(*size)
    opened.run("smearbench.state.set({language: arguments[0], selected: 5, tables: true})", language)
    opened.wait(lambda: opened.run("return document.documentElement.scrollWidth") <= size[0], 3)


@pytest.mark.parametrize("size", _SIZES[:2])
def test_a_projector_shows_all_without_scrolling(opened, size):
    opened.resize(*size)
    opened.wait(lambda: opened.run("return document.getElementById('stage').getBoundingClientRect().bottom") <= size[1])


@pytest.mark.parametrize("size", _SIZES)
def test_labels_of_the_axis_do_not_overlap(opened, size):
    opened.resize(*size)
    opened.wait(lambda: opened.run("return document.querySelectorAll('.axis-box text').length") >= 3)
    overlaps = opened.run("""
        const frames = [...document.querySelectorAll('.axis-box text')].map((e) => e.getBoundingClientRect());
        return frames.filter((a, i) => frames.some((b, j) => j > i && a.left < b.right && b.left < a.right
            && a.top < b.bottom - 3 && b.top < a.bottom - 3)).length
    """)
    assert overlaps == 0


@pytest.mark.parametrize(("language", "theme"), [("en", "light"), ("zh", "dark")])
def test_checker_of_accessibility_finds_nothing_serious(opened, language, theme):
    opened.run("smearbench.state.set({language: arguments[0], theme: arguments[1], selected: 5, tables: true})",
               language, theme)  # fmt: skip
    _reveal(opened)
    opened.run(files("axe_core_python").joinpath("axe.min.js").read_text(encoding="utf-8"))
    # Rows of a table are alike, and the checker takes a second for each hundred.
    opened.run(
        "document.querySelectorAll('tbody tr:nth-child(n+5), .posts li:nth-child(n+4)').forEach((row) => row.remove())"
    )
    found = opened.driver.execute_async_script("""
        const done = arguments[0];
        axe.run(document, {resultTypes: ['violations']}).then((r) => done(r.violations));
    """)
    serious = [(v["id"], [n["html"] for n in v["nodes"]]) for v in found if v["impact"] in ("serious", "critical")]
    assert serious == []


def _write_hostile(folder):
    tables = make_tables()
    accounts, posts = tables["accounts"], tables["posts"]
    for name, text in (("handle", _MARKUP), ("display_name", _BIDI), ("bio", "long " * 2000), ("location", _MARKUP)):
        column = [text if place == 0 else old for place, old in enumerate(accounts[name].to_pylist())]
        accounts = accounts.set_column(accounts.column_names.index(name), accounts.schema.field(name), [column])
    texts = [_MARKUP if text and place == 0 else text for place, text in enumerate(posts["text"].to_pylist())]
    posts = posts.set_column(posts.column_names.index("text"), posts.schema.field("text"), [texts])
    return write_tiny(folder, tables={"accounts": accounts, "posts": posts})


def test_hostile_texts_are_shown_as_texts(browser, tmp_path):
    _write_hostile(tmp_path / "hostile")
    path = tmp_path / "hostile.html"
    path.write_text(make_report(open_dataset(tmp_path / "hostile")), encoding="utf-8")
    browser.list_requests()
    browser.open(path)
    browser.run("smearbench.state.set({time: smearbench.run.minutes, selected: 0, hovered: 0, tables: true})")
    _reveal(browser)
    card = browser.run("return document.getElementById('card').textContent")
    assert "<img src=https://x.invalid/a onerror='window.ran=1'>" in card
    assert "\u202e" not in card
    assert "…" in browser.run("return document.querySelector('.bio').textContent")
    assert browser.run("return window.ran === undefined && document.images.length === 0")
    assert browser.list_requests() == [path.as_uri()]
    assert browser.run("return document.documentElement.scrollWidth") <= 1280
