"""The page of scripts/draw.py in a headless Chromium, drawn on by mouse, finger and keys."""

import dataclasses
import re
import threading
import time

import numpy as np
import pytest

pytest.importorskip("matplotlib")
pytest.importorskip("tqdm")

from minigrad.scripts.drawing.board import SIDE, Board
from minigrad.scripts.drawing.server import BoardServer
from minigrad.vision.io import read_image
from tests.scripts.webdriver import Browser, programs

if None in programs():
    pytest.skip("chromium and chromedriver are not installed", allow_module_level=True)

TAB, LEFT, UP, RIGHT, DOWN = "\ue004", "\ue012", "\ue013", "\ue014", "\ue015"  # of the WebDriver standard
ONE = [(0.5, 0.15), (0.5, 0.35), (0.5, 0.6), (0.5, 0.85)]
ZERO = [(0.5 + 0.22 * np.sin(t), 0.5 - 0.35 * np.cos(t)) for t in np.linspace(0, 2 * np.pi, 25)]

LABEL = "document.getElementById('label').textContent"
PERCENTS = "return [...document.querySelectorAll('.percent')].map(e => e.textContent)"
SETTLED = f"return answered === wanted && !asking && {LABEL}"
BOXES = """return [...document.querySelectorAll('section, #label, #bars li, .track, .percent, canvas, button, p')]
    .map(e => e.getBoundingClientRect()).map(r => [r.left, r.top, r.width, r.height])"""


@pytest.fixture(scope="module")
def chromium(tmp_path_factory):
    browser = Browser(tmp_path_factory.mktemp("profile"))
    yield browser
    browser.close()


@pytest.fixture
def page(chromium, server):
    """The page, freshly loaded at a desk's size. Whatever a test does, nothing is logged and no other host asked."""
    chromium.log(), chromium.requests()  # those before
    show(chromium, server, 1280, 800)
    yield chromium
    assert chromium.log() == []
    strangers = [url for url in chromium.requests() if not url.startswith((server.url + "/", "data:"))]
    assert strangers == []


def show(browser, server, width, height, scheme="light"):
    touch = width < 600
    browser.emulate("setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=touch)
    browser.emulate("setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
    browser.open(server.url)
    browser.wait_for("return document.querySelectorAll('#layers figure').length === 6 && !asking")


def stroke(browser, points, kind="mouse"):
    left, top, side = browser.run(
        "const r = document.getElementById('board').getBoundingClientRect(); return [r.left, r.top, r.width]"
    )
    browser.stroke([(left + x * side, top + y * side) for x, y in points], kind)
    return browser.wait_for(SETTLED)


def drawn(browser):
    """The pixels of the drawing, as the page sends them."""
    return np.array(browser.run("return pixels()"))


@pytest.mark.parametrize("kind", ["mouse", "touch", "pen"])
def test_strokes_are_recognized(page, server, kind):
    assert page.run(f"return {LABEL}") == "?"
    assert stroke(page, ZERO, kind) == "0"
    page.click("#clear")
    page.wait_for(f"return {LABEL} === '?'")
    assert page.run(PERCENTS) == ["–"] * 10
    assert stroke(page, ONE, kind) == "1"


def test_what_is_shown_is_what_the_network_says_of_the_drawing(page, server):
    stroke(page, ZERO)
    stroke(page, ONE)  # over it
    pixels = drawn(page)
    assert pixels.shape == (SIDE, SIDE) and pixels.min() == 0 and pixels.max() == 255
    answer = server.board.look(pixels / 255)
    assert page.run(PERCENTS) == [f"{100 * p:.1f}%" for p in answer.probabilities.astype(float).round(6)]
    assert page.run(f"return {LABEL}") == server.board.classes[answer.probabilities.argmax()]
    canvases = "document.querySelectorAll('#layers figure')[%d].querySelectorAll('canvas')"
    for i, layer in enumerate(answer.layers):
        maps = layer.maps()
        assert page.run(f"return [...{canvases % i}].map(c => [c.height, c.width])") == [
            list(maps.shape[1:]) for _ in maps
        ]
        image = page.run(
            f"return [...{canvases % i}].map(c => [...c.getContext('2d').getImageData(0, 0, c.width, c.height).data])"
        )
        red, _, blue, alpha = np.moveaxis(np.array(image).reshape(*maps.shape, 4), -1, 0)
        assert (alpha == 255).all()
        strong = np.abs(maps) > 0.1 * np.abs(maps).max()
        np.testing.assert_array_equal((red > blue)[strong], (maps > 0)[strong])  # red above zero, blue below


def test_a_line_is_drawn_where_the_pointer_was(page):
    stroke(page, [(0.25, 0.75), (0.5, 0.75), (0.75, 0.75)])
    rows, columns = np.nonzero(drawn(page) > 127)
    thick = page.run("return PEN_WIDTH") * SIDE
    assert rows.mean() == pytest.approx(0.75 * SIDE - 0.5, abs=1)
    assert columns.mean() == pytest.approx(0.5 * SIDE - 0.5, abs=1)
    assert np.ptp(rows) + 1 == pytest.approx(thick, abs=1.5)
    assert np.ptp(columns) + 1 == pytest.approx(0.5 * SIDE + thick, abs=2)


def test_a_touch_leaves_a_dot(page):
    stroke(page, [(0.5, 0.5)])
    radius = page.run("return PEN_WIDTH") / 2 * SIDE
    assert (drawn(page) > 127).sum() == pytest.approx(np.pi * radius**2, rel=0.1)


def test_keys_draw_lift_undo_clear_and_save(page, server):
    page.press(TAB, " ", *[DOWN] * 8)
    assert page.wait_for(SETTLED) == "1"
    rows, columns = np.nonzero(drawn(page) > 127)
    assert np.ptp(rows) > 0.5 * SIDE > 4 * np.ptp(columns)
    page.press(" ", *[LEFT] * 3, UP)  # lifted, the pen leaves nothing
    np.testing.assert_array_equal(np.nonzero(drawn(page) > 127), (rows, columns))
    page.press(" ", *[RIGHT] * 6, " ")
    page.wait_for(SETTLED)
    assert np.ptp(np.nonzero(drawn(page) > 127)[1]) > 0.3 * SIDE
    page.press("u")
    page.wait_for(SETTLED)
    np.testing.assert_array_equal(np.nonzero(drawn(page) > 127), (rows, columns))
    page.press("s")
    text = page.wait_for("return document.getElementById('status').textContent.match(/Saved as .*/)?.[0]")
    assert text == f"Saved as {server.folder / '0001.png'}"
    assert read_image(server.folder / "0001.png", "gray").std() > 10
    page.press("c")
    assert page.wait_for(SETTLED) == "?"
    assert not drawn(page).any()


def test_clearing_can_be_undone(page):
    stroke(page, ZERO)
    stroke(page, ONE)
    both = drawn(page)
    page.click("#clear")
    page.click("#clear")  # of nothing
    assert not drawn(page).any()
    page.click("#undo")
    np.testing.assert_array_equal(drawn(page), both)
    page.click("#undo")
    assert 0 < drawn(page).sum() < both.sum()
    page.click("#undo")
    page.click("#undo")  # of nothing
    assert page.wait_for(SETTLED) == "?"


def test_keys_work_wherever_the_focus_is(page):
    page.press(" ", *[DOWN] * 8)  # nothing has the focus
    assert page.wait_for(SETTLED) == "1"
    page.press(TAB, TAB, "c")  # a button has
    assert page.wait_for(SETTLED) == "?"
    page.press("u")
    assert page.wait_for(SETTLED) == "1"


def test_examples_are_recognized_and_can_be_undone(page):
    stroke(page, ONE)
    for digit in "320":
        page.click("#example")
        page.wait_for(f"return {LABEL} === '{digit}'")
    page.press("e", "u", "u", "u", "u")
    page.wait_for(f"return {LABEL} === '1'")


def test_another_network_sees_the_same_drawing(chromium, board, tmp_path):
    class Another(Board):
        def look(self, drawing):
            answer = super().look(drawing)
            return dataclasses.replace(answer, probabilities=np.roll(answer.probabilities, 1))  # takes a 1 for a 2

    with BoardServer(board, 0, tmp_path, [Another(board.classifier, "another")]) as two:
        thread = threading.Thread(target=two.serve_forever, args=(0.05,))
        thread.start()
        try:
            show(chromium, two, 1280, 800)
            assert stroke(chromium, ONE) == "1"
            before = drawn(chromium)
            choose = (
                "const s = document.querySelector('select'); s.selectedIndex = 1; s.dispatchEvent(new Event('change'))"
            )
            chromium.run(choose)
            chromium.wait_for(f"return document.querySelector('select')?.selectedIndex === 1 && {LABEL} === '2'")
            np.testing.assert_array_equal(drawn(chromium), before)
        finally:
            two.shutdown()
            thread.join()


def test_layers_say_what_their_maps_mean(page):
    figures = "[...document.querySelectorAll('figure')]"
    meanings = page.run(f"return {figures}.map(e => e.querySelector('.meaning')?.innerText)")
    assert len(meanings) == 6 and all(meanings)


def test_a_saved_picture_is_offered(page, server):
    shown = "return !document.getElementById('download').hidden"
    assert not page.run(shown)
    stroke(page, ONE)
    page.click("#save")
    page.wait_for(shown)
    name, start = page.run("const a = document.getElementById('download'); return [a.download, a.href.slice(0, 5)]")
    assert start == "blob:" and (server.folder / name).is_file()
    page.click("#clear")
    assert not page.run(shown)


def test_everything_is_reached_by_tab_and_the_focus_is_seen(page):
    reached = []
    for _ in range(5):
        page.press(TAB)
        style = "getComputedStyle(document.activeElement)"
        width, kind = page.run(f"return [parseFloat({style}.outlineWidth), {style}.outlineStyle]")
        assert width >= 2 and kind == "solid"
        reached.append(page.run("return document.activeElement.id"))
    assert reached == ["board", "clear", "undo", "save", "example"]
    page.press("s")  # with nothing drawn
    assert page.wait_for("return document.getElementById('status').textContent") == "Nothing is drawn yet."


def test_screen_readers_hear_the_prediction_and_the_pen(page):
    assert page.run("return document.getElementById('board').getAttribute('aria-label')") == "Drawing board"
    stroke(page, ONE)
    spoken = page.wait_for("return document.querySelector('[aria-live=polite]').textContent")
    assert re.fullmatch(r"1, \d+ percent", spoken)
    page.press(" ")  # on the board, which has the focus since the stroke
    spoken = page.wait_for("return document.querySelector('[role=status]').textContent")
    assert spoken == "Pen down, 50% across, 25% down"
    unnamed = "[...document.querySelectorAll('button, [role=img]')].filter(e => !e.textContent && !e.ariaLabel).length"
    assert page.run(f"return {unnamed}") == 0


@pytest.mark.parametrize("size", [(1280, 800), (800, 1100), (390, 844), (320, 640), (844, 390), (568, 320)])
def test_nothing_jumps_and_nothing_is_cut_off(page, server, size):
    show(page, server, *size)
    before = page.run(BOXES)
    stroke(page, ZERO, "touch" if size[0] < 600 else "mouse")
    assert page.run(BOXES) == before
    assert page.run("return document.documentElement.scrollWidth") <= size[0]
    left, right = (f(axis) for f, axis in ((min, [b[0] for b in before]), (max, [b[0] + b[2] for b in before])))
    assert left >= 0 and right <= size[0]
    inside = """return [...document.querySelectorAll('section :is(h2, p, li, button, canvas, .percent)')].filter(e => {
        const [own, room] = [e, e.closest('section')].map(one => one.getBoundingClientRect());
        return own.width > 1 && (own.left < room.left || own.right > room.right || e.scrollWidth > e.clientWidth + 1);
    }).map(e => e.outerHTML)"""
    assert page.run(inside) == []
    assert page.run("return Math.min(...[...document.querySelectorAll('.track')].map(e => e.clientWidth))") >= 24


@pytest.mark.parametrize("height", [844, 664])  # without and with the browser's bars
def test_on_a_phone_drawing_and_prediction_are_seen_together(page, server, height):
    show(page, server, 390, height)
    assert page.run("return document.getElementById('bars').getBoundingClientRect().bottom") <= height


@pytest.mark.parametrize("size", [(844, 390), (667, 375), (568, 320)])
def test_on_a_phone_held_sideways_all_is_in_view(page, server, size):
    show(page, server, *size)
    bottoms = (
        "return [...document.querySelectorAll('#board, button, #bars')].map(e => e.getBoundingClientRect().bottom)"
    )
    assert max(page.run(bottoms)) <= size[1]
    square = "const r = board.getBoundingClientRect(); return [board.width - board.height, r.width - r.height]"
    assert page.run(square) == [0, 0]


WEIGHTS = [0.2126, 0.7152, 0.0722]


def luminance(colour):
    """Of a colour like rgb(1, 2, 3): WCAG 2, relative luminance."""
    channels = np.array(re.findall(r"\d+", colour)[:3], float) / 255
    return np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4) @ WEIGHTS


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_is_readable_in_both_colour_schemes(page, server, scheme):
    show(page, server, 1280, 800, scheme)
    stroke(page, ONE)
    ground = page.run("return getComputedStyle(document.querySelector('section')).backgroundColor")
    assert (luminance(ground) < 0.1) == (scheme == "dark")
    for selector in ("h2", "#label", "#keys", "figcaption span", ".percent", "#bars .best .percent"):
        text = page.run(f"return getComputedStyle(document.querySelector({selector!r})).color")
        low, high = sorted([luminance(text), luminance(ground)])
        assert (high + 0.05) / (low + 0.05) >= 4.5, selector  # WCAG 2, level AA


def test_another_colour_scheme_repaints_what_is_drawn(page):
    stroke(page, ONE)
    middle = """const copy = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
        copy.drawImage(board, board.width / 2, board.width / 2, 1, 1, 0, 0, 1, 1);
        return copy.getImageData(0, 0, 1, 1).data[0]"""
    assert page.run(middle) < 60
    page.emulate("setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": "dark"}])
    page.wait_for(middle.replace("data[0]", "data[0] > 200"))


def test_a_refusal_is_told(page, server, monkeypatch):
    def refuse(drawing):
        raise ValueError("I will not look")

    with monkeypatch.context() as patch:
        patch.setattr(server.board, "look", refuse)
        page.click("#board")
        assert page.wait_for("return document.getElementById('status').textContent") == "I will not look"
    page.click("#clear")
    assert stroke(page, ONE) == "1"  # and it goes on
    assert page.run("return document.getElementById('status').textContent") == ""
    (entry,) = page.log()
    assert "400" in entry["message"]


def test_other_hosts_and_errors_would_be_noticed(chromium, server):
    """What the fixture demands of every test can fail, and the policy holds back what asks elsewhere."""
    chromium.log(), chromium.requests()
    show(chromium, server, 1280, 800)
    names = chromium.run("return performance.getEntries().map(e => e.name).filter(name => name.includes('//'))")
    paths = {name.removeprefix(server.url) for name in names}
    assert paths - {"/icon.svg"} == {"/", "/page.js", "/page.css", "/model"}  # an icon only where there are tabs
    assert set(names) <= set(chromium.requests())
    chromium.run("fetch('http://127.0.0.2:9/').catch(() => console.error('held back'))")
    deadline, logged = time.monotonic() + 10, ""
    while not ("held back" in logged and "Content Security Policy" in logged):
        assert time.monotonic() < deadline, logged
        logged += " ".join(entry["message"] for entry in chromium.log())
    chromium.open("data:text/html,<img src='http://127.0.0.2:9/picture.png'>")
    assert "http://127.0.0.2:9/picture.png" in chromium.requests()
