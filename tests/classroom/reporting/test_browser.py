"""The report's pages in headless Chromium: nothing of a student runs, marking by hand works."""

import os
import shutil

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


@pytest.mark.parametrize("width", [1280, 390])
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


POLICY = """comments = ["Give an example."]
[rubric."04_means/mean-words"]
"says what a mean hides" = 1.5
"gives an example" = 1
"""


@pytest.fixture
def own_report(report, tmp_path):
    """A report of one's own, with a rubric, and a function that puts marks in."""
    shutil.copytree(report.parent, tmp_path / "out")
    (tmp_path / "policy.toml").write_text(POLICY, "utf-8")
    course = report.parents[1] / "course"

    def again(**options):
        return write_report(tmp_path / "out", notebooks=course, **options).parent

    return again(policy=tmp_path / "policy.toml"), again


def section(page, student, title):
    """One student's answer to one exercise, unfolded if need be."""
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
    return (
        page.locator(f"h2:has-text('{title}') ~ .answer, details:has-text('{title}') .answer")
        .filter(has_text=student)
        .first
    )


def downloaded(page, path):
    with page.expect_download() as waiting:
        page.click("#save")
    waiting.value.save_as(path)
    return path


def test_marks_given_on_the_page_come_back(own_report, browser, tmp_path):
    report, again = own_report
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
    again(marks=tmp_path / FILE)
    marks = pd.read_parquet(report / "marks.parquet").set_index(["student", "grade_id"])
    given = marks.loc[("Bob", "mean-words")]
    assert given["score"] == 1.5 and given["comment"] == '=2+3, "quoted"\nsecond line'
    assert marks["score"].isna().sum() == 6


def test_what_was_typed_is_there_when_the_page_is_opened_again(own_report, browser, tmp_path):
    report, again = own_report
    context = browser.new_context()
    page = context.new_page()
    page.goto((report / "to_mark.html").as_uri())
    answer = section(page, "Bob", "Exercise 4.3")
    answer.locator("[name=comment]").fill("too short")
    answer.locator("[name=rubric]").first.check()
    assert answer.locator("[name=score]").get_attribute("placeholder") == "1.5"
    page.close()
    page = context.new_page()
    page.goto((report / "to_mark.html").as_uri())
    answer = section(page, "Bob", "Exercise 4.3")
    assert answer.locator("[name=comment]").input_value() == "too short"
    assert answer.locator("[name=rubric]").first.is_checked()
    assert "1 mark that you typed earlier" in page.locator("#brought").inner_text()
    report = again(marks=downloaded(page, tmp_path / FILE))
    page.goto((report / "to_mark.html").as_uri())  # the report has it now: nothing is left over
    assert page.locator("#brought").is_hidden()
    answer = section(page, "Bob", "Exercise 4.3")
    assert answer.locator("[name=comment]").input_value() == "too short"
    assert "1 of 7" in page.locator("#count").inner_text()
    context.close()


def test_comments_are_offered_again_and_what_was_typed_can_be_forgotten(own_report, browser):
    page = browser.new_page()
    page.goto((own_report[0] / "to_mark.html").as_uri())
    section(page, "Bob", "Exercise 4.3").locator("[name=comment]").fill("Which values?")
    other = section(page, "Ada Lovelace", "Exercise 4.3")
    other.locator("[name=comment]").focus()
    assert other.locator(".offers button").all_inner_texts() == [
        "Give an example.",
        "Which values?",
    ]
    other.locator(".offers button").last.click()
    assert other.locator("[name=comment]").input_value() == "Which values?"
    page.reload()
    page.click("#forget")
    assert section(page, "Bob", "Exercise 4.3").locator("[name=comment]").input_value() == ""
    page.close()


def test_a_mark_of_the_grader_is_changed_on_the_page(own_report, browser, tmp_path):
    report, again = own_report
    page = browser.new_page()
    page.goto((report / "to_mark.html").as_uri())
    answer = section(page, "Bob", "Exercise 4.1")
    assert "leng(values)" in answer.inner_text()
    answer.locator("[name=bonus]").fill("0.5")
    answer.locator("[name=comment]").fill("only a slip; =1")
    section(page, "Ada Lovelace", "Exercise 4.2").locator("[name=excused]").check()
    path = downloaded(page, tmp_path / FILE)
    assert "slip;' =1" in path.read_text("utf-8-sig")
    page.close()
    again(marks=path)
    report = again()
    marks = pd.read_parquet(report / "marks.parquet").set_index(["student", "grade_id"])
    bob, ada = marks.loc[("Bob", "mean-check")], marks.loc[("Ada Lovelace", "spread-check")]
    assert bob["score"] == 0.5 and bob["comment"].endswith("only a slip; =1")
    assert ada["status"] == "excused" and ada["points"] == 0


def test_an_anonymous_page_names_nobody(own_report, browser, tmp_path):
    _, again = own_report
    page = browser.new_page()
    page.goto((again(anonymous=True) / "to_mark.html").as_uri())
    text = page.content()
    assert "Bob" not in text and "Lovelace" not in text
    page.locator(".answer [name=score]").first.fill("2")
    path = downloaded(page, tmp_path / FILE)
    page.close()
    marks = pd.read_parquet(again(marks=path) / "marks.parquet")
    assert (marks["score"][marks["how"] == "human"] == 2).sum() == 1
