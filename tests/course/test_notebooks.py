"""Every chapter, end to end: under nbval, by papermill with parameters, and as a student has it.

They run in a folder of their own, in profile tiny, and share what they make (faces, short runs).
"""

import os
import subprocess
import sys
import time
from pathlib import Path

import filelock
import nbformat
import numpy as np
import pandas as pd
import pytest
from nbclient import NotebookClient
from PIL import Image

from dcgan_classroom.release import student_version
from dcgan_course.chapters import KERNEL, find_chapters, grading, write_notebook
from dcgan_course.run import pictures_of, run_chapter
from dcgan_lib.settings import get_settings
from dcgan_lib.shared.errors import CourseError

PATHS = {path.stem: path for path in find_chapters()}
NAMES = list(PATHS)
LEAVING = ("01_collect_faces", "02_crop_faces", "07_train")  # what other chapters go on with
TINY = get_settings("tiny")


@pytest.fixture(scope="session")
def place(tmp_path_factory):
    """A folder that all test processes share, away from the repository."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    (shared / "course" / "notebooks").mkdir(parents=True, exist_ok=True)
    return shared / "course"


@pytest.fixture(scope="session")
def executed(place):
    """Run a chapter by papermill, once, whichever test process asks for it first."""
    folder = place / "executed"
    folder.mkdir(exist_ok=True)

    def run(name):
        seconds = folder / f"{name}.seconds"
        with filelock.FileLock(folder / f"{name}.lock"):
            if not seconds.exists():
                parameters = {"profile": "tiny", "seed": 3}
                parameters |= {"data_dir": str(place / "data"), "run_dir": str(place / "runs")}
                start = time.perf_counter()
                run_chapter(PATHS[name], folder / f"{name}.ipynb", parameters)
                seconds.write_text(str(time.perf_counter() - start))
        return nbformat.read(folder / f"{name}.ipynb", 4), float(seconds.read_text())

    return run


def size_of(path):
    with Image.open(path) as picture:
        return picture.size


@pytest.mark.long
@pytest.mark.parametrize("name", NAMES)
def test_a_chapter_runs_under_nbval(name, place):
    source = PATHS[name]
    copy = place / "notebooks" / source.name
    copy.write_bytes(source.read_bytes())
    line = [sys.executable, "-m", "pytest", "-q", "--nbval-lax", "-p", "no:cacheprovider", copy]
    environment = {**os.environ, "DCGAN_PROFILE": "tiny"}
    for key in [key for key in environment if key.startswith(("PYTEST_", "DCGAN_D"))]:
        del environment[key]
    done = subprocess.run(
        line, cwd=copy.parent, env=environment, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stdout[-4000:]


@pytest.mark.parametrize(
    "name", [n if n in LEAVING else pytest.param(n, marks=pytest.mark.long) for n in NAMES]
)
def test_a_chapter_runs_by_papermill_with_parameters(name, executed):
    notebook, seconds = executed(name)
    printed = [
        output.get("text", "")
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        if output.get("name") == "stderr"
    ]
    assert [text for text in printed if "it/s" not in text and "%|" not in text] == []
    injected = next(
        c for c in notebook.cells if "injected-parameters" in c.metadata.get("tags", [])
    )
    assert 'profile = "tiny"' in injected.source and "seed = 3" in injected.source
    assert len(pictures_of(notebook)) >= 3
    assert seconds < 120  # 30 on a quiet machine with two cores
    for cell in notebook.cells:
        data = grading(cell)
        if data and data.grade and not data.solution:
            printed = "".join(output.get("text", "") for output in cell.outputs)
            assert "✓ Exercise" in printed, cell.source


def test_chapter_01_leaves_photographs_with_their_licence(executed, place):
    executed("01_collect_faces")
    assert (place / "data" / "raw" / "orl" / "collection.json").is_file()
    assert len(list((place / "data" / "raw" / "orl").glob("s*/*.pgm"))) == 400


def test_chapter_02_leaves_faces_and_reasons(executed, place):
    executed("02_crop_faces")
    folder = place / "data" / "faces" / f"orl-{TINY.max_faces}"
    table = pd.read_csv(folder / "manifest.csv")
    kept = table[table["decision"] == "kept"]["face"]
    assert len(table) == TINY.max_faces and len(kept) > 0.9 * TINY.max_faces
    assert {size_of(folder / name) for name in kept} == {(64, 64)}


def test_chapter_07_leaves_a_finished_run(executed, place):
    executed("07_train")
    run = place / "runs" / "orl-tiny-seed3"
    history = pd.read_csv(run / "history.csv")
    assert len(history) == TINY.epochs and np.isfinite(history.to_numpy()).all()
    assert size_of(run / "samples" / f"epoch_{TINY.epochs:04d}.png") == (266, 266)
    assert {"generator.keras", "training.gif"} <= {path.name for path in run.iterdir()}


@pytest.mark.long
@pytest.mark.parametrize("name", NAMES)
def test_a_students_notebook_fails_only_where_it_is_to_be_done(name, place):
    student = student_version(nbformat.read(PATHS[name], 4), name)
    folder = place / "students"
    folder.mkdir(exist_ok=True)
    os.environ["DCGAN_PROFILE"] = "tiny"
    NotebookClient(
        student,
        timeout=300,
        kernel_name="python3",
        allow_errors=True,
        resources={"metadata": {"path": str(folder)}},
    ).execute()
    errors = [
        (output.ename, output.evalue)
        for cell in student.cells
        for output in cell.get("outputs", [])
        if output.output_type == "error"
    ]
    assert errors and {name for name, _ in errors} == {"NotImplementedError"}, errors
    assert all(text.startswith("Exercise ") for _, text in errors)


def test_a_chapter_that_fails_stops_with_its_error_and_copy(tmp_path):
    cell = nbformat.v4.new_code_cell("1 / 0")
    notebook = nbformat.v4.new_notebook(cells=[cell], metadata={"kernelspec": KERNEL})
    write_notebook(notebook, tmp_path / "00_broken.ipynb")
    copy = tmp_path / "out" / "00_broken.ipynb"
    copy.parent.mkdir()
    with pytest.raises(CourseError, match=r"ZeroDivisionError: division by zero.*out/00_broken"):
        run_chapter(tmp_path / "00_broken.ipynb", copy, {})
    assert "ZeroDivisionError" in Path(copy).read_text("utf-8")
