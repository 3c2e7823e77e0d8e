"""`make course`: chapters in order, a line for each, a page that opens on the pictures."""

import re
import subprocess
import sys

import nbformat
import numpy as np
import pytest
from PIL import Image

from dcgan_course.chapters import KERNEL, write_notebook
from dcgan_course.run import run_course
from dcgan_lib.settings import get_settings
from dcgan_lib.shared.errors import CourseError
from tests.conftest import REPOSITORY

PICTURE = """\
from IPython.display import display
from PIL import Image
display(Image.new("RGB", (40, 30), "orange"))"""


def write_chapter(folder, name, *sources):
    literals = 'profile = ""\nseed = 0\ndata_dir = ""\nrun_dir = ""'
    parameters = nbformat.v4.new_code_cell(literals, metadata={"tags": ["parameters"]})
    title = nbformat.v4.new_markdown_cell(f"# {name} & more")
    cells = [title, parameters, *map(nbformat.v4.new_code_cell, sources)]
    notebook = nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": KERNEL})
    write_notebook(notebook, folder / f"{name}.ipynb")


@pytest.fixture
def chapters(tmp_path):
    folder = tmp_path / "notebooks"
    folder.mkdir()
    write_chapter(folder, "00_first", "print(profile, run_dir)", PICTURE)
    write_chapter(folder, "01_second", "open('from_second', 'w').close()")
    return folder


def run(chapters, tmp_path, report=print, **options):
    out, data, runs = tmp_path / "out", tmp_path / "data", tmp_path / "runs"
    return run_course(out, get_settings("tiny"), data, runs, chapters, report, **options)


def test_chapters_run_in_order_with_a_line_each_and_the_total(chapters, tmp_path):
    lines = []
    run(chapters, tmp_path, lines.append)
    assert [line.split()[0] for line in lines] == ["00_first", "01_second", "all"]
    seconds = [float(re.search(r"([\d.]+) s$", line)[1]) for line in lines]
    assert sum(seconds[:2]) == pytest.approx(seconds[2], abs=0.2)
    assert (tmp_path / "out" / "from_second").exists()
    first = (tmp_path / "out" / "00_first.ipynb").read_text("utf-8")
    assert f"tiny {tmp_path / 'runs'}" in first


def test_chapters_beyond_the_paper_run_when_they_are_asked_for(chapters, tmp_path):
    write_chapter(chapters, "13_later", "1 + 1")
    lines = []
    run(chapters, tmp_path, lines.append, beyond=True)
    assert [line.split()[0] for line in lines] == ["13_later", "all"]
    run(chapters, tmp_path, lines.append)
    assert [line.split()[0] for line in lines[2:]] == ["00_first", "01_second", "all"]


def test_the_page_opens_on_the_pictures_and_links_every_chapter(chapters, tmp_path):
    run_folder = tmp_path / "runs" / "orl-tiny"
    (run_folder / "samples").mkdir(parents=True)
    for epoch, grey in ((0, 10), (1, 200)):
        grid = Image.fromarray(np.full((20, 20, 3), grey, np.uint8))
        grid.save(run_folder / "samples" / f"epoch_{epoch:04}.png")
    page = run(chapters, tmp_path).read_text("utf-8")
    assert page.index("pictures/faces.png") < page.index("<h2>Chapters")
    with Image.open(tmp_path / "out" / "pictures" / "faces.png") as picture:
        assert picture.getpixel((0, 0))[0] == 200
    assert "pictures/training.gif" not in page  # there is none
    linked = set(re.findall(r"(?:href|src)='([^']+)'", page))
    assert {"00_first.html", "01_second.html", "pictures/00_first.png"} <= linked
    assert all((tmp_path / "out" / name).is_file() for name in linked)
    assert "00_first &amp; more" in page


def test_a_failing_chapter_stops_the_course(chapters, tmp_path):
    write_chapter(chapters, "01_second", "raise ValueError('no faces here')")
    write_chapter(chapters, "02_third", "open('from_third', 'w').close()")
    with pytest.raises(CourseError, match=r"01_second.ipynb failed .* ValueError: no faces here"):
        run(chapters, tmp_path)
    assert not (tmp_path / "out" / "from_third").exists()


def test_the_command_says_where_to_look(chapters, tmp_path):
    line = [sys.executable, "-m", "dcgan_course", "run", str(tmp_path / "out")]
    line += ["--profile", "tiny", "--notebooks", str(chapters), "--run-dir", str(tmp_path)]
    done = subprocess.run(line, cwd=REPOSITORY, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert str(tmp_path / "out" / "index.html") in done.stdout
    assert done.stderr == ""


def test_the_command_fails_in_one_paragraph(chapters, tmp_path):
    write_chapter(chapters, "00_first", "1 / 0")
    line = [sys.executable, "-m", "dcgan_course", "run", str(tmp_path / "out")]
    done = subprocess.run(
        [*line, "--notebooks", str(chapters)], cwd=REPOSITORY, capture_output=True, text=True
    )
    assert done.returncode == 1
    assert "Error: 00_first.ipynb failed" in done.stderr and "Traceback" not in done.stderr
