"""Marks in nbgrader's own database, for those who use its formgrader and exporters."""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

from nbgrader.api import Gradebook, MissingEntry
from sqlalchemy.exc import DatabaseError, SAWarning

from dcgan_classroom.gradebook import ClassBook, GradedChapter
from dcgan_classroom.grading import Mark, Result, deadline_moment
from dcgan_lib.shared import CourseError


def write_database(book: ClassBook, path: str | Path) -> int:
    """Write every counted submission into an nbgrader database, made if need be.

    A chapter is an assignment with one notebook of its name. What else the database holds stays.

    Returns:
        How many submissions were written.

    Raises:
        CourseError: the file is no such database.
    """
    path = Path(path).resolve()
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with _surroundings(), Gradebook(f"sqlite:///{path}") as gradebook:
            for chapter in book.chapters:
                _assignment(gradebook, chapter, deadline_moment(book.deadline))
            for (student, chapter), result in sorted(book.counted.items()):
                _submission(gradebook, student, chapter, result)
                _grades(gradebook, book, result)
    except DatabaseError as error:
        raise CourseError(
            f"Marks can't be exported. Expected: {path}, a database of nbgrader's, or no file "
            f"yet. Received: {error.orig}. Name another file."
        ) from None
    return len(book.counted)


@contextmanager
def _surroundings() -> Iterator[None]:
    """Let nbgrader find ``alembic``, which lies beside this Python, and not warn of itself."""
    before = os.environ.get("PATH", "")
    os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), before])
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SAWarning)  # of how its add_submission fills a session
            yield
    finally:
        os.environ["PATH"] = before


def _assignment(gradebook: Gradebook, chapter: GradedChapter, deadline: datetime | None) -> None:
    name, due = chapter.name, {"duedate": deadline.isoformat()} if deadline else {}
    gradebook.update_or_create_assignment(name, **due)
    gradebook.update_or_create_notebook(name, name)
    for cell in chapter.cells:
        kind = "markdown" if cell.manual else "code"
        gradebook.update_or_create_grade_cell(
            cell.grade_id, name, name, max_score=cell.points, cell_type=kind
        )
        if cell.manual:  # a cell that holds the answer itself: it takes comments
            gradebook.update_or_create_solution_cell(cell.grade_id, name, name)


def _submission(gradebook: Gradebook, student: str, chapter: str, result: Result) -> None:
    gradebook.update_or_create_student(student)
    with suppress(MissingEntry):
        gradebook.remove_submission(chapter, student)  # an earlier one may lack cells
    when = {"timestamp": result.submitted} if result.submitted else {}
    gradebook.add_submission(chapter, student, **when)


def _grades(gradebook: Gradebook, book: ClassBook, result: Result) -> None:
    for mark in result.marks:
        place = (mark.grade_id, result.chapter, result.chapter, result.student)
        _score(gradebook.find_grade(*place), mark)
        comment = book.comments.get((result.student, result.chapter, mark.grade_id))
        if comment and mark.how == "human":
            gradebook.find_comment(*place).manual_comment = comment
    gradebook.db.commit()


def _score(grade: object, mark: Mark) -> None:
    by_hand = mark.how == "human"
    grade.auto_score = None if by_hand else mark.score
    grade.manual_score = mark.score if by_hand else None
    grade.needs_manual_grade = mark.score is None
