"""What the site is made of, piece by piece, without building it."""

from __future__ import annotations

import re
import tomllib
from dataclasses import replace
from fnmatch import fnmatch
from pathlib import Path

import nbformat
import pytest

from dcgan_classroom.release import student_version
from dcgan_course.chapters import NOTEBOOKS, find_chapters, grading, read_notebook
from dcgan_course.site.building import build_site
from dcgan_course.site.interfaces import find_rooms, write_command_page, write_interfaces
from dcgan_course.site.lessons import lesson_page, link_terms
from dcgan_course.site.sources import DOCS, Made, require_made
from dcgan_course.site.terms import read_terms
from dcgan_lib.collect import DATABASES
from dcgan_lib.shared.errors import CourseError
from tests.support.built_site import BuiltSite

PATH = NOTEBOOKS / "04_generator.ipynb"
LAST = 11  # the chapters after it go beyond the paper, and the six weeks
CARD = {
    "application/vnd.jupyter.widget-view+json": {"model_id": "a"},
    "text/plain": "VBox()",
}


@pytest.fixture
def chapter():
    return read_notebook(PATH)


def of_the_paper():
    return [path for path in find_chapters() if int(path.stem[:2]) <= LAST]


def page_of(chapter, executed, solved=True):
    student = student_version(chapter, PATH.name)
    return lesson_page(chapter, executed, student, PATH.stem, {"z": "z"}, solved)


def test_a_bold_word_of_the_glossary_becomes_a_link():
    terms = {"mode collapse": "mode collapse", "gan": "GAN"}
    text = link_terms("A **GAN**, its **mode\ncollapse**, and **more**.", terms)
    assert text == (
        "A **{term}`GAN <GAN>`**, its **{term}`mode collapse <mode collapse>`**, and **more**."
    )


def test_the_glossary_is_read_with_its_synonyms():
    terms = read_terms(DOCS / "glossary.md")
    assert terms["gan"] == "GAN" and {"g", "generator", "bgr", "rgb"} <= set(terms)
    assert len(terms) > 50


def test_most_words_that_chapters_teach_have_their_entry():
    terms = read_terms(DOCS / "glossary.md")
    for path in of_the_paper():
        objectives = read_notebook(path).cells[0].source.partition("**Before this**")[0]
        bold = {" ".join(word.split()).lower() for word in re.findall(r"\*\*(.+?)\*\*", objectives)}
        assert len(bold & set(terms)) >= 3, path.stem


def test_a_page_has_the_runs_outputs_without_its_widgets_and_its_parameters(chapter):
    executed = nbformat.from_dict(chapter)
    drawn = next(cell for cell in executed.cells if "draw_stamps" in cell.source)
    drawn.outputs = [
        nbformat.v4.new_output("display_data", {"image/png": "iVBO"}),
        nbformat.v4.new_output("display_data", CARD),
        nbformat.v4.new_output("display_data", CARD | {"image/png": "iVBO"}),
    ]
    injected = nbformat.v4.new_code_cell("data_dir = '/home/somebody/data'")
    executed.cells.insert(3, injected)
    page = page_of(chapter, executed)
    (cell,) = [cell for cell in page.cells if cell.id == drawn.id]
    assert [list(output.data) for output in cell.outputs] == [
        ["image/png"],
        ["text/plain", "image/png"],
    ]
    assert "/home/somebody" not in nbformat.writes(page)


def test_a_chapter_that_was_changed_since_it_was_run_is_refused(chapter):
    executed = nbformat.from_dict(chapter)
    next(cell for cell in executed.cells if "draw_stamps" in cell.source).source += "\n1"
    with pytest.raises(CourseError, match=r"isn't the chapter that was run. .* Run `make course`"):
        page_of(chapter, executed)


def test_solutions_are_folded_or_left_out(chapter):
    solved, student = (page_of(chapter, chapter, solved) for solved in (True, False))
    for shown, stub in zip(solved.cells, student.cells, strict=True):
        if grading(shown) and grading(shown).solution and shown.cell_type == "code":
            assert "hide-input" in shown.metadata.tags and "BEGIN SOLUTION" in shown.source
            assert "NotImplementedError" in stub.source and "SOLUTION" not in stub.source
        elif grading(shown) and grading(shown).solution:
            assert shown.source.startswith("<details") and "Your answer here" in stub.source


def test_only_the_solved_page_offers_the_solved_notebook(chapter):
    titles = [page_of(chapter, chapter, solved).cells[0].source for solved in (True, False)]
    assert ["downloads/solved/" in title for title in titles] == [True, False]
    assert all("downloads/student/04_generator.ipynb" in title for title in titles)


def test_what_is_missing_is_named_with_the_command_that_makes_it(tmp_path):
    made = Made(tmp_path / "course", tmp_path / "release", tmp_path / "run", tmp_path / "faces")
    with pytest.raises(CourseError, match=r"Received: no such file. Run `make course` first"):
        require_made(made)
    made = replace(made, course=NOTEBOOKS)
    made.run.mkdir()
    (made.run / "generator.keras").touch()
    with pytest.raises(CourseError, match=r"00_start_here.ipynb.* Run `make release` first"):
        require_made(made)


def test_other_files_are_never_replaced(tmp_path):
    (tmp_path / "holiday.jpg").touch()
    made = Made(NOTEBOOKS, NOTEBOOKS, tmp_path, tmp_path)
    with pytest.raises(CourseError, match=r"would replace other files. .* Name another folder"):
        build_site(made, tmp_path)
    assert (tmp_path / "holiday.jpg").exists()


def test_every_picture_of_the_gallery_is_there_with_its_credit():
    pictures = tomllib.loads((DOCS / "images/gallery.toml").read_text("utf-8"))["picture"]
    for picture in pictures:
        assert (DOCS / "images" / picture["file"]).is_file()
        assert picture["set"] in DATABASES and picture["command"].startswith("python -m dcgan_lib")


def test_the_syllabus_gives_the_points_that_the_chapters_have():
    points = {
        path.stem: sum(
            grading(cell).points
            for cell in read_notebook(path).cells
            if grading(cell) and grading(cell).grade
        )
        for path in find_chapters()
    }
    rows = re.findall(r"^\| \d \|.*", (DOCS / "syllabus.md").read_text("utf-8"), re.MULTILINE)
    taught = [re.findall(r"chapters/(\w+)\.ipynb", row) for row in rows]
    assert [name for week in taught for name in week] == [path.stem for path in of_the_paper()]
    for row, names in zip(rows, taught, strict=True):
        assert int(row.split("|")[4]) == sum(points[name] for name in names)


def test_each_room_of_the_library_has_its_page(tmp_path: Path):
    write_interfaces(tmp_path)
    assert {f"{room}.md" for room in find_rooms()} == {path.name for path in tmp_path.iterdir()}
    crop = (tmp_path / "dcgan_lib.crop.md").read_text("utf-8")
    assert "autofunction:: dcgan_lib.crop.crop_folder" in crop
    assert "autoclass:: dcgan_lib.crop.CropSettings" in crop
    assert "| `CASCADE_WINDOW` | `24` | side in pixels" in crop
    assert "crop_command" not in crop


def test_each_command_has_its_help(tmp_path: Path):
    page = tmp_path / "commands.md"
    page.write_text("# Commands\n", "utf-8")
    write_command_page(page)
    text = page.read_text("utf-8")
    for name in ("collect", "crop", "train", "evaluate", "latent", "publish"):
        assert f"## {name}\n" in text and f"Usage: python -m dcgan_lib {name} " in text


def test_every_page_is_in_a_table_of_contents():
    pages = {path.relative_to(DOCS).with_suffix("").as_posix() for path in DOCS.rglob("*.md")}
    listed = set()
    for path in DOCS.rglob("*.md"):
        for block in re.findall(r"```\{toctree\}\n(.*?)```", path.read_text("utf-8"), re.DOTALL):
            below = (path.parent.relative_to(DOCS) / line for line in block.split() if line)
            patterns = [place.as_posix() for place in below]
            listed |= {page for page in pages if any(fnmatch(page, one) for one in patterns)}
    assert sorted(pages - listed - {"index"}) == []


def test_a_link_that_leads_nowhere_is_found(tmp_path: Path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a/one.html").write_text(
        "<a href='../two.html?v=1#here'></a><a href='two.html'></a><a href='../two.html#gone'></a>"
        "<a href='#'></a><a href='https://example.org/x'></a>",
        "utf-8",
    )
    (tmp_path / "two.html").write_text(
        "<p id='here'></p><script src='//cdn.example.org/x.js'></script><img src='gone.png'>",
        "utf-8",
    )
    (tmp_path / "style.css").write_text("@import 'https://fonts.example.org/a.css';", "utf-8")
    site = BuiltSite(tmp_path)
    assert site.broken_links() == [
        "a/one.html: two.html",
        "a/one.html: ../two.html#gone",
        "two.html: gone.png",
    ]
    assert site.asked_of_others() == [
        "two.html: //cdn.example.org/x.js",
        "style.css: https://fonts.example.org/a.css",
    ]
