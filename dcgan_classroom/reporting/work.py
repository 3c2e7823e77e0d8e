"""What students wrote, read from their executed notebooks: answers, errors, cells."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from nbformat import NotebookNode

from dcgan_classroom.gradebook import ClassBook, Key
from dcgan_classroom.release import student_version
from dcgan_classroom.reporting.outputs import error_of
from dcgan_classroom.reporting.similar import Written, written_cells
from dcgan_course import grading, read_notebook


@dataclass
class Seen:
    """What reading the executed notebooks told.

    Attributes:
        answers: what a student wrote, by (student, chapter, grade_id) of the cell that has the
            mark: of a check cell the solution that it is about.
        errors: the error before a graded cell's mark, likewise.
        written: a chapter's students and the cells they wrote.
    """

    answers: dict[Key, str] = field(default_factory=dict)
    errors: dict[Key, str] = field(default_factory=dict)
    written: dict[str, dict[str, list[Written]]] = field(default_factory=lambda: defaultdict(dict))


def read_work(
    executed: Mapping[tuple[str, str], Path | None], handed_out: Mapping[str, NotebookNode]
) -> Seen:
    """Read every executed notebook: answers, errors, and what the students wrote.

    Args:
        executed: its file by (student, chapter); None where there is none.
        handed_out: the chapters as they were released.
    """
    seen = Seen()
    for (student, chapter), path in executed.items():
        if path is None:
            continue
        notebook = read_notebook(path)
        cells = written_cells(notebook, handed_out.get(chapter))
        seen.written[chapter][student] = cells
        _read_marked_cells(seen, student, chapter, notebook)
    return seen


def _read_marked_cells(seen: Seen, student: str, chapter: str, notebook: NotebookNode) -> None:
    error, latest, solutions = "", "", {}
    for cell in notebook.cells:
        data = grading(cell) or {}
        grade_id = data.get("grade_id", "")
        key = (student, chapter, grade_id)
        error = error_of(cell) or ("" if data.get("solution") else error)
        if data.get("solution"):
            latest = solutions.setdefault(grade_id, cell.source)
        if data.get("grade"):
            about = solutions.get(grade_id.removesuffix("-check"), latest)
            seen.answers.setdefault(key, about)
            seen.errors.setdefault(key, error)
            error = ""


def releases(book: ClassBook, folder: str | Path) -> dict[str, NotebookNode]:
    """The chapters as they were handed out, as far as ``folder`` has their solved ones."""
    paths = [Path(folder) / f"{chapter.name}.ipynb" for chapter in book.chapters]
    found = [path for path in paths if path.is_file()]
    return {path.stem: student_version(read_notebook(path), path.name) for path in found}
