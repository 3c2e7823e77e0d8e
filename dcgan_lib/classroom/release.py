"""The student version of the chapters, from the solved ones, by nbgrader's own preprocessors."""

from __future__ import annotations

import json
from pathlib import Path

import nbformat
from nbgrader.preprocessors import ClearHiddenTests, ClearSolutions, ComputeChecksums, LockCells

from dcgan_lib.classroom.frame import EXERCISE
from dcgan_lib.classroom.notebooks import NOTEBOOKS, chapters, read_notebook, write_notebook
from dcgan_lib.files import CourseError

ANSWER = "Your answer here."


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


def release(out: str | Path, folder: str | Path = NOTEBOOKS) -> list[Path]:
    """Write the student version of every chapter.

    Solutions become stubs, hidden tests go, points stay; cells that are not the student's are
    locked. The same chapters give the same bytes.

    Args:
        out: folder for the notebooks, made if need be; outside of ``folder``.
        folder: the solved chapters.

    Returns:
        The files written, in order.

    Raises:
        CourseError: no chapters, an ``out`` among the solved ones, or a solution that can't
            be cut.
    """
    out = Path(out)
    if out.resolve() == Path(folder).resolve():
        raise CourseError(
            f"The solved chapters would be written over. Expected: OUT, another folder. "
            f"Received: {out}. Choose, for instance, build/release."
        )
    written = []
    for path in chapters(folder):
        write_notebook(student_version(read_notebook(path), path.name), out / path.name)
        written.append(out / path.name)
    return written


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
            f"markers, in a cell of its kind. Received: {error} Mend the cell; "
            "`python -m dcgan_lib.classroom lint` names it."
        ) from error
    return student
