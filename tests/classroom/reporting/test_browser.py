"""The report's pages in headless Chromium: nothing of a student runs, marking by hand works."""

import os

import pandas as pd
import pytest

from dcgan_classroom.marking import FILE
from dcgan_classroom.reporting.report import write_report
from tests.support.graded_class import CHAPTERS, grade_class

pytestmark = pytest.mark.browser
MAKES_SURE = """(() => {  // whatever may wait for the reader: hovering, focus, opening, pressing
  document.querySelectorAll("details").forEach(one => { one.open = true; });
  document.querySelectorAll("body *").forEach(one => {
    for (const kind of ["mouseover", "focus", "toggle", "load", "error"])
      one.dispatchEvent(new Event(kind));
    if (one.tagName === "A" && !/^(https?:|#|mailto:)/.test(one.getAttribute("href") || "#")
        && !/[.](html|csv|parquet)/.test(one.getAttribute("href"))) one.click();
  });
})()"""


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    folder = tmp_path_factory.mktemp("class")
    grade_class(folder / "out", folder / "course")
    return write_report(folder / "out", notebooks=folder / "course").parent


def opened(browser, path, width=1000):
    """Open a page, and note whatever it runs or asks for."""
    page = browser.new_page(viewport={"width": width, "height": 900})
    page.heard = []
    page.on("dialog", lambda dialog: (page.heard.append(dialog.message), dialog.dismiss()))
    page.on("request", lambda request: page.heard.append(request.url[:1000]))
    page.on("popup", lambda popup: page.heard.append("popup"))
    page.goto(path.as_uri())
    return page


def asked(page, path):
    return [one for one in page.heard if not one.startswith(("data:", path.as_uri()))]


def test_the_browser_would_notice(browser, tmp_path):
    path = tmp_path / "bad.html"
    path.write_text("<img src=x onerror=alert(1)><script src=http://127.0.0.1:9/x.js></script>")
    page = opened(browser, path)
    page.wait_for_timeout(300)
    assert "1" in asked(page, path) and "http://127.0.0.1:9/x.js" in asked(page, path)
    page.close()


@pytest.mark.parametrize("width", [1000, 400])
def test_no_page_runs_or_fetches_anything(report, browser, width):
    pages = sorted(report.rglob("*.html"))
    assert len(pages) > 10
    for number, path in enumerate(pages):
        page = opened(browser, path, width)
        if path.name != "to_mark.html":
            page.evaluate(MAKES_SURE)
        page.wait_for_timeout(200)
        assert asked(page, path) == [] and page.url == path.as_uri(), path
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        if os.environ.get("SCREENSHOTS"):
            name = f"{os.environ['SCREENSHOTS']}/{number}_{path.stem}_{width}.png"
            page.screenshot(path=name, full_page=True)
        page.close()


def test_figures_are_seen(report, browser):
    page = opened(browser, next((report / "students").glob(f"Ada*/{CHAPTERS[0]}.html")))
    assert page.locator(".cell img").first.evaluate("image => image.naturalWidth") == 256
    page.close()


def test_marks_given_on_the_page_come_back(report, browser, tmp_path):
    page = opened(browser, report / "to_mark.html")
    answer = page.locator(".answer", has_text="Bob").first
    points = answer.locator("[name=score]")
    points.fill("7")
    page.click("#save")  # refused: more than the points
    assert "0 of 7" in page.locator("#count").inner_text()
    points.fill("1.5")
    answer.locator("textarea").fill('=2+3, "quoted"\nsecond line')
    assert "1 of 7" in page.locator("#count").inner_text()
    with page.expect_download() as waiting:
        page.click("#save")
    assert waiting.value.suggested_filename == FILE
    waiting.value.save_as(tmp_path / FILE)
    assert asked(page, report / "to_mark.html") == [] or all(
        one.startswith("blob:") for one in asked(page, report / "to_mark.html")
    )
    page.close()
    course = report.parents[1] / "course"
    write_report(report.parent, marks=tmp_path / FILE, notebooks=course)
    marks = pd.read_parquet(report / "marks.parquet").set_index(["student", "grade_id"])
    given = marks.loc[("Bob", "mean-words")]
    assert given["score"] == 1.5 and given["comment"] == '=2+3, "quoted"\nsecond line'
    assert marks["score"].isna().sum() == 6
