"""The page in headless Chromium: from disk and from a server, and nothing leaves (test-browser)."""

from __future__ import annotations

import functools
import http.server
import io
import os
import threading
import time

import numpy as np
import pytest
from PIL import Image

from dcgan_lib.publish import sliders
from dcgan_lib.publish.engine import make_faces, seed_noise
from dcgan_lib.publish.publication import publish
from dcgan_lib.publish.stamps import fold_generator
from dcgan_lib.train.run import load_generator
from tests.support.publishing import make_run

pytestmark = pytest.mark.browser
WIDTHS, SCHEMES = (1280, 390), ("light", "dark")
FACE = """async () => {  // the pixels of the large face, once they are seen to be what it shows
  const image = await makeImage(zOf(seed)), copy = large.cloneNode();
  paint(copy, image);
  return copy.toDataURL() === large.toDataURL() ? Array.from(image.data) : null;
}"""
NAMELESS = """[...document.querySelectorAll("button, input, canvas[role], [role=group]")].filter(
  one => !one.getAttribute("aria-label") && !one.getAttribute("aria-labelledby")
    && !one.textContent.trim()).map(one => one.outerHTML)"""
SMALL = """[...document.querySelectorAll("#one button, .actions button, header button")].filter(
  one => one.getBoundingClientRect().height < 44).map(one => one.outerHTML)"""
FILMED = "frames.filter(Boolean).length === 25 && !waiting.length && !atWork"
IDLE = "!waiting.length && !atWork"


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    """A run whose faces differ, and its page."""
    folder = tmp_path_factory.mktemp("published")
    run = make_run(folder / "orl-tiny")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sliders, "LEARNT", 120)
        patch.setattr(sliders, "TESTED", 45)
        publish(run, folder / "site" / "some where" / "face.html")
    return run, folder / "site" / "some where" / "face.html"


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def addresses(published):
    """The page from disk, and from a static server below a path."""
    path = published[1]
    handler = functools.partial(Quiet, directory=path.parents[1])
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    served = f"http://127.0.0.1:{server.server_port}/some%20where/face.html"
    yield {"disk": path.as_uri(), "server": served}
    server.shutdown()
    server.server_close()


@pytest.fixture
def visit(browser, addresses):
    """Open the page, wait for its face, and note whatever it says or asks for."""
    contexts = []

    def open_page(place="disk", fragment="", wait=True, script=None, **options):
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}} | options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(60_000)
        page.heard = []
        page.on("console", lambda message: page.heard.append(message.text))
        page.on("pageerror", lambda error: page.heard.append(str(error)))
        page.on("request", lambda request: page.heard.append(request.url[:200]))
        if script:
            page.add_init_script(script)
        page.goto(addresses[place] + fragment)
        if wait:
            page.wait_for_selector("html.drawn")
        return page

    yield open_page
    for context in contexts:
        context.close()


def wait_for(page, expression, value=None):
    """Until an expression is true; Playwright's own way is an eval, which the page forbids."""
    deadline = time.monotonic() + 60
    while not page.evaluate(expression, value):
        assert time.monotonic() < deadline, expression
        page.wait_for_timeout(50)


def unexpected(page, address):
    own = (address, "data:", "blob:")
    return [one for one in page.heard if not one.startswith(own)]


def number(page):
    return int(page.url.rpartition("#")[2])


def press(page, act):
    before = number(page)
    act()
    wait_for(page, f"!location.hash.endsWith('#{before}')")
    return number(page)


@pytest.mark.parametrize("place", ["disk", "server"])
def test_each_visit_has_a_face_of_its_own_and_nothing_leaves(visit, addresses, place):
    pages = [visit(place) for _ in range(2)]
    assert number(pages[0]) != number(pages[1])
    for page in pages:
        assert unexpected(page, addresses[place]) == []


def test_the_same_address_shows_the_same_face_which_is_kerass(visit, published):
    z = seed_noise(123456789, 100)[None]
    expected = make_faces(fold_generator(load_generator(published[0])), z)[0]
    for place in ("disk", "server"):
        page = visit(place, "#123456789", reduced_motion="reduce")
        wait_for(page, IDLE)
        seen = np.reshape(page.evaluate(FACE), (64, 64, 4))[..., :3]
        off = np.abs(seen - expected.astype(int))
        assert off.max() <= 1 and off.mean() < 0.02


def test_press_tap_space_bar_and_back(visit):
    page = visit(has_touch=True)
    first = number(page)
    seen = [press(page, lambda: page.click("#another")), press(page, lambda: page.tap("#face"))]
    page.evaluate("document.activeElement.blur()")
    seen.append(press(page, lambda: page.keyboard.press("Space")))
    assert len({first, *seen}) == 4
    wait_for(page, f"large.getAttribute('aria-label').endsWith(' {seen[-1]}')")
    assert str(seen[-1]) in page.locator("[role=status]").inner_text()
    page.go_back()
    wait_for(page, f"find('number').textContent === '{seen[1]}'")
    assert number(page) == seen[1]


@pytest.mark.parametrize("fragment", ["#99999999999", "#x", "#-1", "#4294967296"])
def test_an_address_that_names_no_face_gives_any(visit, fragment):
    assert 0 <= number(visit("disk", fragment)) < 2**32


def test_a_saved_picture_says_that_it_was_generated(visit):
    page = visit("disk", "#42")
    with page.expect_download() as waiting:
        page.click("#save")
    assert waiting.value.suggested_filename == "nobody-42.png"
    data = waiting.value.path().read_bytes()
    picture = Image.open(io.BytesIO(data))
    picture.load()  # checks every chunk's sum
    assert "nobody looks like this" in picture.info["Description"]
    assert "trainedAlgorithmicMedia" in picture.info["XML:com.adobe.xmp"]
    assert picture.size == (512, 548)


def scroll_to(page, name):
    page.locator(f"#{name}").scroll_into_view_if_needed()


def test_the_wall_hangs_faces_that_open_large(visit):
    page = visit()
    scroll_to(page, "wall")
    page.wait_for_selector("#wall .face.drawn >> nth=23")
    tile = page.locator("#wall .face").nth(5)
    seed = int(tile.get_attribute("data-seed"))
    assert press(page, tile.click) == seed
    page.click("#rehang")
    assert int(page.locator("#wall .face").nth(5).get_attribute("data-seed")) != seed


def picture_of(page, name):
    return page.evaluate(f"document.getElementById('{name}').toDataURL()")


def test_the_film_runs_rests_and_obeys_its_slider(visit):
    page = visit()
    scroll_to(page, "film")
    wait_for(page, FILMED)
    assert page.locator("#play").get_attribute("aria-pressed") == "true"
    before = picture_of(page, "between")
    wait_for(page, "old => find('between').toDataURL() !== old", before)
    page.click("#play")
    rested = picture_of(page, "between")
    page.wait_for_timeout(300)
    assert picture_of(page, "between") == rested
    page.locator("#way").fill("0")
    start = picture_of(page, "between")
    page.locator("#way").fill("1")
    assert len({start, rested, picture_of(page, "between")}) == 3


def test_reduced_motion_lets_nothing_run_by_itself(visit):
    page = visit(reduced_motion="reduce")
    scroll_to(page, "film")
    wait_for(page, FILMED)
    assert page.locator("#play").get_attribute("aria-pressed") == "false"


def test_sliders_push_the_face_and_come_back(visit):
    page = visit()
    scroll_to(page, "sliders")
    page.wait_for_selector("#sliders input")
    wait_for(page, IDLE)
    start = picture_of(page, "pushed")
    slider = page.locator("#sliders input").first
    slider.focus()
    page.keyboard.press("End")
    wait_for(page, "old => find('pushed').toDataURL() !== old", start)
    assert slider.get_attribute("aria-label")
    page.click("#sliders [type=reset]")
    wait_for(page, "old => find('pushed').toDataURL() === old", start)


def test_faces_are_dropped_into_sums_and_picked_by_key(visit):
    page = visit()
    scroll_to(page, "sums")
    page.wait_for_selector("#sums.whole")
    wait_for(page, IDLE)
    total = picture_of(page, "total")
    tray, boxes = page.locator(".tray .face"), page.locator(".box .mean")
    tray.nth(7).drag_to(boxes.nth(0))
    assert page.locator(".box").nth(0).locator(".held .face").count() == 2
    wait_for(page, "old => find('total').toDataURL() !== old", total)
    tray.nth(8).focus()
    page.keyboard.press("Enter")
    assert tray.nth(8).get_attribute("aria-pressed") == "true"
    boxes.nth(2).focus()
    page.keyboard.press("Enter")
    assert page.locator(".box").nth(2).locator(".held .face").count() == 2
    page.click("#clear")
    assert page.locator(".held .face").count() == 0


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("width", WIDTHS)
def test_it_fits_and_every_control_has_a_name(visit, width, scheme):
    size = {"width": width, "height": 844}
    page = visit(viewport=size, color_scheme=scheme, reduced_motion="reduce")
    for name in ("wall", "film", "sliders", "sums", "about"):
        scroll_to(page, name)
        page.wait_for_timeout(100)
    wait_for(page, FILMED)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate(NAMELESS) == []
    assert page.evaluate(SMALL) == []
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (sum(map(int, ground[4:-1].split(","))) < 384) == (scheme == "dark")
    if os.environ.get("SCREENSHOTS"):
        path = f"{os.environ['SCREENSHOTS']}/publish_{width}_{scheme}.png"
        page.screenshot(path=path, full_page=True)


@pytest.mark.parametrize(
    "script",
    [
        "delete window.DecompressionStream",
        "delete window.Worker",
        "window.Worker = function () { throw new Error('refused'); }",
    ],
)
def test_an_old_browser_gets_a_sentence(visit, script):
    page = visit(wait=False, script=script)
    page.wait_for_selector("html.old")
    assert "needs a newer browser" in page.locator("#old").inner_text()
    assert page.locator("#old").is_visible() and not page.locator("main").is_visible()


def test_without_javascript_there_is_a_sentence_too(visit):
    page = visit(wait=False, java_script_enabled=False)
    assert page.locator("noscript .sentence").is_visible()
    assert "switched off" in page.locator("noscript").inner_text()


def test_the_page_answers_while_faces_are_made(visit):
    page = visit()
    slow = page.evaluate("""async () => {  // the longest time without an answer, in milliseconds
      for (let i = 0; i < 40; i++) makeImage(zOf(i));
      let longest = 0, last = performance.now();
      while (waiting.length) {
        await new Promise((done) => setTimeout(done));
        longest = Math.max(longest, performance.now() - last);
        last = performance.now();
      }
      return longest;
    }""")
    assert slow < 1000
