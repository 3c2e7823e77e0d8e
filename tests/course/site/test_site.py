"""The built site: it opens without a network, leads nowhere wrong, and keeps its secrets."""

from __future__ import annotations

import re

import pytest

from dcgan_course.chapters import find_chapters, grading, read_notebook
from dcgan_course.frame import BEGIN, END
from dcgan_lib.collect import DATABASES

pytestmark = pytest.mark.long
CHAPTERS = [path.stem for path in find_chapters()]
LONG_ENOUGH = 30  # characters that two people don't write alike by chance


def spoken(text):
    return " ".join(text.split())


def solutions():
    """Every solution and every model answer, as a page would say it."""
    for path in find_chapters():
        for cell in read_notebook(path).cells:
            if grading(cell) and grading(cell).solution:
                parts = re.findall(rf"{BEGIN}\n(.*?)\s*{END}", cell.source, re.DOTALL)
                texts = parts if cell.cell_type == "code" else [plain(cell.source)]
                yield from ((path.stem, spoken(text)) for text in texts if len(text) >= LONG_ENOUGH)


def plain(markdown):
    """The longest stretch of an answer without markup."""
    return max(re.split(r"[*`$\[\]()_|#>-]+", markdown), key=len)


def test_every_page_is_there(site):
    assert {f"chapters/{name}.html" for name in CHAPTERS} <= set(site.pages)
    assert {f"databases/{name}.html" for name in DATABASES} <= set(site.pages)
    assert {"index.html", "face.html", "glossary.html", "api/dcgan_lib.train.html"} <= set(
        site.pages
    )


def test_no_link_is_broken(site, students_site):
    assert site.broken_links() == []
    assert students_site.broken_links() == []


def test_opening_a_page_asks_nobody_for_anything(site):
    assert site.asked_of_others() == []


def test_formulas_are_drawn_by_the_browser_itself(site):
    page = site.pages["chapters/06_adversarial_loss.html"]
    assert len(page.find_all("math")) >= 5
    for name in site.pages:
        assert not re.search(r"\$\$|\\frac|\\mathbb", site.texts[name].replace("$$…", "")), name


def test_a_chapter_has_its_pictures_and_no_dead_widget(site, folder):
    page = site.pages["chapters/07_train.html"]
    assert len(page.select(".cell_output img")) >= 5
    assert "jupyter.widget" not in (folder / "chapters/07_train.html").read_text("utf-8")


def test_words_of_a_chapter_lead_to_the_glossary(site):
    for name in CHAPTERS:
        links = site.pages[f"chapters/{name}.html"].select("a[href*='glossary.html#term-']")
        assert links, name


def test_the_face_page_is_part_of_it(site, folder):
    (frame,) = site.pages["face.html"].find_all("iframe")
    assert "engine" in (folder / frame["src"]).read_text("utf-8")


def test_each_chapter_is_offered_with_gaps_and_solved(site, folder):
    for name in CHAPTERS:
        links = site.pages[f"chapters/{name}.html"].select(".downloads a")
        texts = [
            (folder / "chapters" / link["href"]).resolve().read_text("utf-8") for link in links
        ]
        assert [BEGIN in text for text in texts] == [False, True], name
        assert "NotImplementedError" in texts[0]


def test_solutions_are_shown_folded(site):
    for name, solution in solutions():
        assert solution in site.texts[f"chapters/{name}.html"]


def test_the_students_site_has_no_solution_anywhere(students_site):
    for name, solution in solutions():
        assert all(solution not in text for text in students_site.texts.values()), name
    for path in students_site.root.rglob("*"):
        if path.suffix in {".html", ".ipynb", ".js", ".txt"}:
            text = path.read_text("utf-8")
            assert BEGIN not in text and "BEGIN HIDDEN TESTS" not in text, path


def test_the_students_site_still_shows_what_came_out(students_site):
    page = students_site.pages["chapters/07_train.html"]
    assert len(page.select(".cell_output img")) >= 5
    assert "raise NotImplementedError" in students_site.texts["chapters/07_train.html"]


def test_no_page_tells_where_it_was_made(site, made):
    for path in site.root.rglob("*.html"):
        assert str(made.course.parent) not in path.read_text("utf-8"), path


def test_the_reference_has_what_front_doors_hand_on(site):
    text = site.texts["api/dcgan_lib.crop.html"]
    for name in ("crop_folder", "CropSettings", "SMALLEST_FACE", "Raises:", "Parameters:"):
        assert name in text


def test_the_model_card_is_the_runs(site):
    assert "orl-tiny" in site.texts["model_card.html"]


@pytest.mark.parametrize(
    "page, words",
    [
        ("start.html", ["make course", "make lab"]),
        ("results.html", ["accepted by the Haar cascade", "held out"]),
        ("rules_study.html", ["holds", "does not hold", *(f"{rule}:" for rule in "abcde")]),
        ("instructor_guide.html", ["python -m dcgan_classroom grade", "roster"]),
    ],
)
def test_a_stranger_finds_from_the_first_page(site, page, words):
    assert site.pages["index.html"].select(f".bd-article a[href='{page}']")
    assert [word for word in words if word not in site.texts[page]] == []
