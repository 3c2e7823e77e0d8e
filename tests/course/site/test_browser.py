"""Every page of the site in headless Chromium, on a screen and on a phone (make test-browser)."""

from __future__ import annotations

import functools
import http.server
import threading

import pytest

pytestmark = pytest.mark.browser
WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def address(folder):
    """The site on a static server below a path."""
    handler = functools.partial(Quiet, directory=folder.parent)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/some%20where/"
    server.shutdown()
    server.server_close()


@pytest.fixture
def visit(browser, address):
    """Open a page; whatever it says on the console or asks of others is kept in ``heard``."""
    contexts = []

    def open_page(name, **options):
        contexts.append(browser.new_context(**options))
        page = contexts[-1].new_page()
        page.heard = []
        page.on("console", lambda message: complain(page, message))
        page.on("pageerror", lambda error: page.heard.append(str(error)))
        page.on("request", lambda request: page.heard.append(request.url[:200]))
        page.goto(address + name)
        return page

    yield open_page
    for context in contexts:
        context.close()


def complain(page, message):
    if message.type in ("error", "warning"):
        page.heard.append(message.text)


def unexpected(page, address):
    return [one for one in page.heard if not one.startswith((address, "data:", "blob:"))]


@pytest.mark.parametrize("width", [1280, 390])
def test_every_page_fits_and_is_quiet(visit, site, address, width):
    for name in site.pages:
        page = visit(name, viewport={"width": width, "height": 900})
        assert unexpected(page, address) == [], name
        assert page.evaluate(WIDER) == 0, name
        page.close()


def test_the_search_finds_a_chapter(visit):
    page = visit("search.html?q=checkerboard")
    page.wait_for_selector("#search-results a[href*='04_generator']", timeout=30_000)


@pytest.mark.parametrize("scheme, dark", [("light", False), ("dark", True)])
def test_pages_follow_the_systems_colours(visit, scheme, dark):
    page = visit("index.html", color_scheme=scheme)
    colour = page.evaluate("getComputedStyle(document.body).backgroundColor")
    brightness = sum(map(int, colour.strip("rgb()").split(",")[:3])) / 3
    assert (brightness < 100) == dark


def test_a_face_is_made_within_the_site(visit):
    page = visit("face.html")
    page.frame_locator("iframe").locator("html.drawn").wait_for(state="attached", timeout=60_000)


def test_a_solution_unfolds(visit):
    page = visit("chapters/04_generator.html")
    folded = page.locator("details:has-text('Show a solution')").first
    code = folded.locator("pre").first
    assert not code.is_visible()
    folded.locator("summary").click()
    assert code.is_visible()
