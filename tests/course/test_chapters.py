"""The course's own tools, tried on whole chapters and on deliberately broken ones."""

import ast
import subprocess
import sys

import nbformat
import pytest

from dcgan_classroom.release import student_version, write_release
from dcgan_course import chapters as notebooks
from dcgan_course.chapters import (
    ANSWER,
    FIRST_BEYOND,
    find_chapters,
    read_notebook,
    tidy,
    write_notebook,
)
from dcgan_course.frame import HIDDEN, HIDDEN_END, problems
from dcgan_lib import __version__
from dcgan_lib.shared.errors import CourseError
from tests.conftest import REPOSITORY

CHAPTERS = find_chapters()
NAMES = [path.stem for path in CHAPTERS]


@pytest.fixture(scope="module")
def released(tmp_path_factory):
    folder = tmp_path_factory.mktemp("release")
    write_release(folder)
    return folder


@pytest.fixture
def broken(tmp_path):
    """Write chapter 04 after a change, and say what the lint finds."""

    def lint(change):
        notebook = read_notebook(notebooks.NOTEBOOKS / "04_generator.ipynb")
        change(notebook)
        write_notebook(notebook, tmp_path / "04_generator.ipynb")
        return problems(tmp_path / "04_generator.ipynb")

    return lint


def cell_with(notebook, text):
    return next(cell for cell in notebook.cells if text in cell.source)


def replaced(text, by):
    def change(notebook):
        cell = cell_with(notebook, text)
        cell.source = cell.source.replace(text, by)

    return change


def everywhere(text, by):
    def change(notebook):
        for cell in notebook.cells:
            cell.source = cell.source.replace(text, by)

    return change


def added(source, make=nbformat.v4.new_code_cell, place=-1):
    def change(notebook):
        cell = make(source)
        cell.id = "added"
        notebook.cells.insert(place, cell)

    return change


def graded(**values):
    def change(notebook):
        cell_with(notebook, "lesson.check_up_block(").metadata.nbgrader.update(values)

    return change


def with_output(notebook):
    cell_with(notebook, "import").outputs = [nbformat.v4.new_output("stream", text="a")]


# The frame


@pytest.mark.parametrize("path", CHAPTERS, ids=NAMES)
def test_every_chapter_is_in_order(path):
    assert problems(path) == []


def test_the_chapters_on_the_paper_are_numbered_without_a_gap_and_none_twice():
    numbers = [int(name[:2]) for name in NAMES]
    assert numbers[:FIRST_BEYOND] == list(range(FIRST_BEYOND))
    assert numbers == sorted(set(numbers))


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (replaced("# 4 · ", "# "), "no title"),
        (replaced("**checkerboard** comes", "checkerboard comes"), "bold terms"),
        (replaced("**Time**", "Time"), "doesn't say **Time**"),
        (replaced("seed = 0", "seed = int('0')"), "plain literals"),
        (replaced('VERSION, ADDRESS = "', 'VERSION, ADDRESS = "9'), "make notebooks"),
        (with_output, "outputs or execution counts: run `make notebooks`"),
        (lambda n: n.metadata.update(language_info={"name": "python"}), "the course's form"),
        (replaced("## What you have learned", "## The end"), "What you have learned"),
        (replaced("- A **checkerboard** appears", "- It appears"), "doesn't answer: checkerboard"),
        (added("\n".join(f"a{n} = {n}" for n in range(21))), "21 lines, more than 20"),
        (added("1 + 1", place=8), "no sentence stands before"),
        (added("A word. " * 2500, nbformat.v4.new_markdown_cell), "words"),
        (added('open("/home/me/faces")'), "absolute path"),
        (added("import requests"), "call to the network: requests"),
        (everywhere("Predict, then run", "Guess"), "Predict, then run"),
        (replaced("# Exercise 4.3: ", "# Four three: "), "doesn't begin with '# Exercise"),
        (replaced("    ### END SOLUTION", ""), "no region"),
        (replaced("### END HIDDEN TESTS", ""), "without its end"),
        (graded(points=0), "no points"),
        (graded(grade_id="up-block"), "share a grade_id"),
        (graded(grade_id="other"), "up-block has no check"),
    ],
)
def test_a_broken_frame_is_named(broken, change, problem):
    found = broken(change)
    assert any(problem in line for line in found), found


def test_a_chapter_without_its_next_link_is_named(tmp_path):
    for name in ("04_generator", "05_discriminator"):
        source = notebooks.NOTEBOOKS / f"{name}.ipynb"
        (tmp_path / source.name).write_bytes(source.read_bytes())
    notebook = read_notebook(tmp_path / "04_generator.ipynb")
    replaced("](05_discriminator.ipynb)", "](elsewhere)")(notebook)
    write_notebook(notebook, tmp_path / "04_generator.ipynb")
    assert any("no link to 05_disc" in line for line in problems(tmp_path / "04_generator.ipynb"))


def test_tidy_strips_and_keeps(tmp_path):
    notebook = read_notebook(notebooks.NOTEBOOKS / "04_generator.ipynb")
    with_output(notebook)
    notebook.cells[3].execution_count = 7
    notebook.cells[0].metadata["scrolled"] = True
    notebook.metadata["widgets"] = {"state": {}}
    tidied = tidy(notebook, "04_generator", notebooks.repository_address())
    stored = (notebooks.NOTEBOOKS / "04_generator.ipynb").read_text("utf-8")
    assert notebooks.notebook_text(tidied) == stored


def test_a_file_that_is_no_notebook_is_named(tmp_path):
    (tmp_path / "00_x.ipynb").write_text("<html>", "utf-8")
    with pytest.raises(CourseError, match=r"00_x.ipynb, a Jupyter notebook"):
        read_notebook(tmp_path / "00_x.ipynb")
    with pytest.raises(CourseError, match="There are no chapters"):
        find_chapters(tmp_path / "nowhere")


def test_the_public_address_makes_badges_and_setup():
    address = "https://github.com/someone/faces"
    notebook = read_notebook(CHAPTERS[0])
    published = tidy(notebook, CHAPTERS[0].stem, address)
    assert f"someone/faces/blob/main/notebooks/{CHAPTERS[0].name}" in published.cells[0].source
    assert f'"{__version__}", "{address}"' in cell_with(published, "VERSION, ADDRESS").source
    again = tidy(published, CHAPTERS[0].stem, "")
    assert notebooks.notebook_text(again) == notebooks.notebook_text(tidy(notebook, "x", ""))


# The student version


@pytest.mark.parametrize("name", NAMES)
def test_nothing_of_a_solution_or_hidden_test_is_left(released, name):
    solved = read_notebook(notebooks.NOTEBOOKS / f"{name}.ipynb")
    student = read_notebook(released / f"{name}.ipynb")
    text = "\n".join(cell.source for cell in student.cells)
    assert "SOLUTION" not in text and "HIDDEN" not in text
    kept = {cell.id: cell.source for cell in student.cells}
    for cell in solved.cells:
        for begin, end in (("### BEGIN SOLUTION", "### END SOLUTION"), (HIDDEN, HIDDEN_END)):
            for part in cell.source.split(begin)[1:]:
                secret = [line.strip() for line in part.split(end)[0].splitlines()]
                secret = [line for line in secret if len(line) > 8]  # not a lone bracket
                assert not [line for line in secret if line in kept[cell.id]]


@pytest.mark.parametrize("name", NAMES)
def test_every_stub_parses_and_says_its_exercise(released, name):
    student = read_notebook(released / f"{name}.ipynb")
    stubs = [cell for cell in student.cells if cell.source.startswith("# Exercise ")]
    assert stubs
    for cell in stubs:
        ast.parse(cell.source)
        assert f'NotImplementedError("{cell.source.splitlines()[0][2:]}")' in cell.source


@pytest.mark.parametrize("name", NAMES)
def test_points_stay_and_other_cells_are_locked(released, name):
    def points(notebook):
        data = [cell.metadata.get("nbgrader", {}) for cell in notebook.cells]
        return [one.points for one in data if one.get("grade")]

    solved = read_notebook(notebooks.NOTEBOOKS / f"{name}.ipynb")
    student = read_notebook(released / f"{name}.ipynb")
    assert points(student) == points(solved) and sum(points(solved)) > 0
    for cell in student.cells:
        data = cell.metadata.get("nbgrader")
        if data and not data.solution:
            assert cell.metadata.editable is False and data.checksum


def test_open_questions_are_emptied(released):
    for name in NAMES:
        cells = read_notebook(released / f"{name}.ipynb").cells
        assert [cell for cell in cells if cell.source == ANSWER]


def test_releasing_again_gives_the_same_bytes(released, tmp_path):
    for path in write_release(tmp_path):
        assert path.read_bytes() == (released / path.name).read_bytes()


@pytest.mark.parametrize("name", NAMES)
def test_nbgrader_accepts_both_versions(released, name):
    from nbgrader.nbgraderformat import MetadataValidator
    from nbgrader.preprocessors import CheckCellMetadata

    for folder in (notebooks.NOTEBOOKS, released):
        notebook = read_notebook(folder / f"{name}.ipynb")
        nbformat.validate(notebook)
        for cell in notebook.cells:
            MetadataValidator().validate_cell(cell)
        CheckCellMetadata().preprocess(notebook, {})
        marked = [c.metadata["nbgrader"] for c in notebook.cells if "nbgrader" in c.metadata]
        assert {entry["schema_version"] for entry in marked} == {3}


def test_some_chapters_can_be_released(released, tmp_path):
    written = write_release(tmp_path, chapters=["04", "02_crop_faces"])
    assert [path.name for path in written] == ["02_crop_faces.ipynb", "04_generator.ipynb"]
    assert all(path.read_bytes() == (released / path.name).read_bytes() for path in written)


def test_a_chapter_that_is_not_there_is_named(tmp_path):
    with pytest.raises(CourseError, match=r"no such chapter.*04_generator.*Received: 44, x\."):
        write_release(tmp_path / "out", chapters=["04", "44", "x"])
    assert not (tmp_path / "out").exists()


def test_the_archive_of_a_release_is_always_the_same(released, tmp_path):
    from zipfile import ZipFile

    *written, archive = write_release(tmp_path / "a", chapters=["04"], zipped=True)
    assert archive.name == "notebooks.zip" and len(written) == 1
    with ZipFile(archive) as packed:
        assert packed.namelist() == ["04_generator.ipynb"]
        assert packed.read("04_generator.ipynb") == (released / "04_generator.ipynb").read_bytes()
    again = write_release(tmp_path / "b", chapters=["04"], zipped=True)[-1]
    assert again.read_bytes() == archive.read_bytes()


@pytest.mark.parametrize(
    ("line", "chapters", "zipped"),
    [
        ("out --chapters 02 04 --zip", ["02", "04"], True),
        ("--chapters 02_crop_faces 04 out", ["02_crop_faces", "04"], False),
        ("out --chapters 02 --chapters 04", ["02", "04"], False),
        ("out", [], False),
    ],
)
def test_an_option_takes_several_chapters(line, chapters, zipped):
    from pathlib import Path

    import typer
    from typer.testing import CliRunner

    from dcgan_classroom.options import Chapters, WithChapters, Zip

    app, received = typer.Typer(), []

    @app.command(cls=WithChapters)
    def command(out: Path, chapters: Chapters = None, zipped: Zip = False) -> None:
        received.append((str(out), chapters or [], zipped))

    done = CliRunner().invoke(app, line.split())
    assert done.exit_code == 0 and received == [("out", chapters, zipped)], done.output


def test_the_solved_chapters_are_never_written_over():
    with pytest.raises(CourseError, match="written over"):
        write_release(notebooks.NOTEBOOKS)


@pytest.mark.parametrize(
    ("text", "by", "message"),
    [
        ("    ### END SOLUTION", "", "no end solution"),
        ("### END HIDDEN TESTS", "", "No end hidden tests"),
    ],
)
def test_a_solution_that_would_leak_is_refused(text, by, message):
    notebook = read_notebook(notebooks.NOTEBOOKS / "04_generator.ipynb")
    replaced(text, by)(notebook)
    with pytest.raises(CourseError, match=message):
        student_version(notebook, "04_generator.ipynb")


def test_the_command_releases_and_names_the_files(tmp_path):
    line = [sys.executable, "-m", "dcgan_classroom", "release", str(tmp_path / "out")]
    done = subprocess.run(line, cwd=REPOSITORY, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert [line.split("/")[-1] for line in done.stdout.split()] == [p.name for p in CHAPTERS]


def test_the_command_lints(tmp_path):
    (tmp_path / "04_generator.ipynb").write_bytes(
        (notebooks.NOTEBOOKS / "04_generator.ipynb")
        .read_bytes()
        .replace(b"## What you have learned", b"## The end")
    )
    line = [sys.executable, "-m", "dcgan_course", "lint", "--notebooks", str(tmp_path)]
    done = subprocess.run(line, cwd=REPOSITORY, capture_output=True, text=True)
    assert done.returncode == 1 and "04_generator.ipynb: the last cell has no" in done.stdout


# The public address and the archive


def test_an_address_is_written_everywhere_and_can_be_taken_away(tmp_path):
    clone = tmp_path / "clone"
    subprocess.run(["git", "clone", "--quiet", str(REPOSITORY), str(clone)], check=True)

    def command(url):
        line = [sys.executable, "-m", "dcgan_course", "repository", url]
        done = subprocess.run(line, cwd=clone, capture_output=True, text=True)
        return done.returncode, done.stdout + done.stderr

    assert command("https://github.com/someone/faces.git")[0] == 0
    written = ("pyproject.toml", "README.md", "CITATION.cff")
    for name in (*written, *(f"notebooks/{n}.ipynb" for n in NAMES)):
        assert "github.com/someone/faces" in (clone / name).read_text("utf-8").replace(
            "colab.research.google.com/github/someone", "github.com/someone"
        )
    assert command("")[0] == 0
    changed = ["git", "status", "--porcelain"]
    assert subprocess.run(changed, cwd=clone, capture_output=True, text=True).stdout == ""
    code, text = command("not an address")
    assert code == 1 and "Expected https://HOST/OWNER/NAME" in text


def test_the_archive_is_the_course(tmp_path):
    from zipfile import ZipFile

    line = [sys.executable, "-m", "dcgan_course", "archive", str(tmp_path)]
    done = subprocess.run(line, cwd=REPOSITORY, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    with ZipFile(tmp_path / f"dcgan-course-{__version__}.zip") as archive:
        names = archive.namelist()
    top = f"dcgan-course-{__version__}/"
    assert {f"{top}pyproject.toml", f"{top}dcgan_course/setup.py"} <= set(names)
    assert all(name.startswith(top) for name in names)
