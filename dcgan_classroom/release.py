"""The student version of the chapters, from the solved ones, by nbgrader's own preprocessors."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import nbformat
import typer
from nbgrader.preprocessors import ClearHiddenTests, ClearSolutions, ComputeChecksums, LockCells

from dcgan_classroom.archive import write_archive
from dcgan_classroom.options import Chapters, Notebooks, Zip
from dcgan_course import ANSWER, EXERCISE, NOTEBOOKS, find_chapters, read_notebook, write_notebook
from dcgan_lib.shared import CourseError

ARCHIVE = "notebooks.zip"


class Stubs(ClearSolutions):
    """Puts a stub in each solution's place that says which exercise is to be done."""

    def preprocess_cell(
        self, cell: nbformat.NotebookNode, resources: dict, index: int
    ) -> tuple[nbformat.NotebookNode, dict]:
        """Cut one cell's solution."""
        task = EXERCISE.match(cell.source)
        if task:
            self.code_stub = {
                "python": f"raise NotImplementedError({json.dumps(task[1], ensure_ascii=False)})"
            }
        return super().preprocess_cell(cell, resources, index)


def write_release(
    out: str | Path,
    folder: str | Path = NOTEBOOKS,
    chapters: Sequence[str] | None = None,
    zipped: bool = False,
) -> list[Path]:
    """Write the student version of chapters.

    Solutions become stubs, hidden tests go, points stay; cells that are not the student's are
    locked. The same chapters give the same bytes, of the archive too.

    Args:
        out: folder for the notebooks, made if need be; outside of ``folder``.
        folder: the solved chapters.
        chapters: numbers such as "04", or names such as "04_generator"; by default all.
        zipped: whether to pack them into ``notebooks.zip`` as well.

    Returns:
        The files written, in order; the archive is the last.

    Raises:
        CourseError: no such chapters, an ``out`` among the solved ones, or a solution that can't
            be cut.
    """
    out = Path(out)
    if out.resolve() == Path(folder).resolve():
        raise CourseError(
            f"The solved chapters would be written over. Expected: OUT, another folder. "
            f"Received: {out}. Choose, for instance, build/release."
        )
    students = {
        path.name: student_version(read_notebook(path), path.name)
        for path in chosen_chapters(folder, chapters)
    }
    for name, notebook in students.items():
        write_notebook(notebook, out / name)
    written = [out / name for name in students]
    packed = {path.name: path for path in written}
    return [*written, write_archive(packed, out / ARCHIVE)] if zipped else written


def chosen_chapters(folder: str | Path, wanted: Sequence[str] | None = None) -> list[Path]:
    """The chapters of a folder that were asked for, in the course's order.

    Args:
        folder: the solved chapters.
        wanted: numbers such as "04", or names such as "04_generator"; by default all.

    Raises:
        CourseError: there are no chapters, or none of such a name.
    """
    paths = find_chapters(folder)
    names = {name: path for path in paths for name in (path.stem, path.name, path.stem[:2])}
    unknown = [name for name in wanted or () if name not in names]
    if unknown:
        raise CourseError(
            f"There is no such chapter. Expected: some of {', '.join(p.stem for p in paths)}. "
            f"Received: {', '.join(unknown)}. Name chapters by number, such as 04."
        )
    return sorted({names[name] for name in wanted}) if wanted else paths


def student_version(notebook: nbformat.NotebookNode, name: str) -> nbformat.NotebookNode:
    """One chapter without its solutions and hidden tests.

    Args:
        notebook: the solved chapter; not changed.
        name: its file's name, for messages.

    Raises:
        CourseError: nbgrader can't cut it: a marker without its other half, or outside of a
            solution or test cell.
    """
    student = nbformat.from_dict(notebook)
    steps = (Stubs(text_stub=ANSWER), ClearHiddenTests(), LockCells(), ComputeChecksums())
    try:
        for step in steps:
            student, _ = step.preprocess(student, {"nbgrader": {"notebook": name}})
    except (RuntimeError, ValueError) as error:
        raise CourseError(
            f"{name} can't be released. Expected: each solution and hidden test between its two "
            f"markers, in a cell of its kind. Received: {error} Correct the cell; "
            "`python -m dcgan_course lint` names it."
        ) from error
    return student


def release_command(
    out: Annotated[Path, typer.Argument(help="Folder to write to.", show_default=False)],
    notebooks: Notebooks = NOTEBOOKS,
    chapters: Chapters = None,
    zipped: Zip = False,
) -> None:
    """Write the student version of the chapters: stubs for solutions, no hidden tests."""
    for path in write_release(out, notebooks, chapters, zipped):
        print(path)
