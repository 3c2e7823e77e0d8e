"""Marks and feedback for Moodle: the grading worksheet, the gradebook's import, and the files.

- The grading worksheet of an assignment goes back by "Upload grading worksheet".
- A table with addresses goes into the course by Grades → Import → CSV file.
- The archive goes into an assignment by "Upload multiple feedback files in a zip": Moodle takes a
  file for the person whose number stands in its name, after the first ``_``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from dcgan_classroom.archive import write_archive
from dcgan_classroom.gradebook import ClassBook
from dcgan_classroom.roster import MOODLE_WORKSHEET, Roster
from dcgan_classroom.spreadsheet import write_csv

GRADE, MAXIMUM, COMMENTS = "Grade", "Maximum Grade", "Feedback comments"


def write_moodle_worksheet(book: ClassBook, roster: Roster, path: Path) -> None:
    """Write the worksheet that the roster is, with grades and comments filled in.

    A grade is a share of the worksheet's maximum: of all chapters of this grading together.

    Args:
        book: the class, by this roster.
        roster: Moodle's grading worksheet.
        path: of the CSV.
    """
    rows = []
    for person in roster.people:
        row = dict(person.row)
        points = book.points_of(person.name)
        share = book.score_of(person.name) / points if points else 0.0
        row[GRADE] = f"{share * _maximum(row, points):.2f}"
        if COMMENTS in roster.columns:
            row[COMMENTS] = _summary(book, person.name)
        rows.append(row)
    write_csv(pd.DataFrame(rows, columns=list(roster.columns)), path)


def write_moodle_grades(book: ClassBook, path: Path) -> None:
    """Write one row per person with an address: points and comments of each chapter.

    Args:
        book: the class, by its roster.
        path: of the CSV.
    """
    rows = []
    for student, person in sorted(book.people.items()):
        if not person.email:
            continue
        row = {"Full name": student, "Email address": person.email}
        for chapter in book.chapters:
            row[chapter.title] = f"{book.score_of(student, chapter):.2f}"
            row[f"{chapter.title} (feedback)"] = _comments(book, student, chapter.name)
        rows.append(row)
    write_csv(pd.DataFrame(rows), path)


def write_moodle_feedback(
    book: ClassBook, roster: Roster | None, students: Path, names: Mapping[str, str], path: Path
) -> int:
    """Pack every student's feedback as Moodle takes it.

    Args:
        book: the class.
        roster: its class list, if there is one.
        students: the report's folder of students.
        names: of their folders in it.
        path: of the archive; nothing is written where nobody's number is known.

    Returns:
        How many students' feedback is in it.
    """
    files, count = {}, 0
    for student in book.students:
        number = _number(book, roster, student)
        if not number:
            continue
        count += 1
        shown = re.sub(r"[^\w .-]|_", " ", student).strip(" .~") or "student"
        for file in sorted((students / names[student]).iterdir()):
            files[f"{shown}_{number}_assignfeedback_file_{file.name}"] = file
    if files:
        write_archive(files, path)
    return count


def _number(book: ClassBook, roster: Roster | None, student: str) -> str:
    """Moodle's number of somebody in this assignment: each assignment has numbers of its own."""
    results = [result for _, result in book.results(student) if result]
    numbers = [one.number for one in results if f"_{one.number}_assignsubmission_" in one.source]
    of_submission = next(filter(None, numbers), "")
    person = book.people.get(student)
    is_listed = person and roster and roster.kind == MOODLE_WORKSHEET
    return of_submission or (person.number if is_listed else "")


def _maximum(row: Mapping[str, str], points: float) -> float:
    try:
        return float(row.get(MAXIMUM, "").replace(",", "."))
    except ValueError:
        return points


def _summary(book: ClassBook, student: str) -> str:
    lines = []
    for chapter in book.chapters:
        score, points = book.score_of(student, chapter), book.points_of(student, chapter)
        lines.append(f"{chapter.title}: {score:.4g} of {points:.4g} points.")
        lines += filter(None, [_comments(book, student, chapter.name)])
    return "\n".join(lines)


def _comments(book: ClassBook, student: str, chapter: str) -> str:
    result = book.counted.get((student, chapter))
    comments = {
        mark.title: book.comments.get((student, chapter, mark.grade_id), "")
        for mark in (result.marks if result else ())
    }
    return "\n".join(f"{title}: {text}" for title, text in comments.items() if text)
