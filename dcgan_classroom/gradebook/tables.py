"""The class in tables: a row per student, and a row per mark."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from dcgan_classroom.gradebook.book import ClassBook
from dcgan_classroom.grading import Mark, Result
from dcgan_classroom.spreadsheet import write_csv
from dcgan_lib.shared import atomic_path

MARK_COLUMNS = (
    *("student", "chapter", "grade_id", "title", "points", "score", "status", "how"),
    *("reason", "comment", "attempt", "submitted", "late", "run", "source"),
)
PERSON_COLUMNS = ("number", "email", "group")  # where there is a roster
STUDENT_COLUMNS = ("score", "points", "percent", "deducted", "to_mark", "late", "missing")
NUMBERS = ("score", "points", "percent", "deducted")


def mark_table(book: ClassBook) -> pd.DataFrame:
    """One row per student and graded cell, for what was handed in or is known to be missing."""
    rows = [
        _mark_row(book, result, mark)
        for _, result in sorted(book.counted.items())
        for mark in result.marks
    ]
    return pd.DataFrame(rows, columns=MARK_COLUMNS).astype({"points": float, "score": float})


def _mark_row(book: ClassBook, result: Result, mark: Mark) -> dict[str, object]:
    values = {**vars(result), "run": result.status, **vars(mark)}
    values["comment"] = book.comments.get((result.student, result.chapter, mark.grade_id), "")
    return {name: values[name] for name in MARK_COLUMNS}


def student_table(book: ClassBook) -> pd.DataFrame:
    """One row per student: score, points, percent, deducted, to_mark, late, missing, chapters.

    A chapter's column holds the score, or nothing where nothing was handed in. With a roster,
    number, e-mail address and group stand behind the name.
    """
    person = PERSON_COLUMNS if book.people else ()
    chapters = [chapter.name for chapter in book.chapters]
    rows = [_student_row(book, student) for student in book.students]
    table = pd.DataFrame(rows, columns=["student", *person, *STUDENT_COLUMNS, *chapters])
    return table.astype({name: float for name in (*NUMBERS, *chapters)})


def _student_row(book: ClassBook, student: str) -> dict[str, object]:
    there = [result for _, result in book.results(student) if result]
    score, points = book.score_of(student), book.points_of(student)
    person = book.people.get(student)
    scores = {
        chapter.name: book.score_of(student, chapter)
        for chapter, result in book.results(student)
        if result and result.status != "missing"
    }
    return {
        "student": student,
        **{name: getattr(person, name, "") for name in PERSON_COLUMNS},
        "score": score,
        "points": points,
        "percent": round(100 * score / points, 1) if points else 0.0,
        "deducted": sum(book.deduction(student, chapter) for chapter in book.chapters),
        "to_mark": sum(mark.score is None for result in there for mark in result.marks),
        "late": "; ".join(result.chapter for result in there if result.late),
        "missing": "; ".join(chapter.name for chapter in book.missing(student)),
        **scores,
    }


def write_tables(book: ClassBook, out: Path) -> list[Path]:
    """Write gradebook (a row per student) and marks (a row per graded cell), CSV and Parquet.

    In a CSV no text begins as a formula does; Parquet holds every text as it is.
    """
    written = []
    for name, table in (("gradebook", student_table(book)), ("marks", mark_table(book))):
        write_csv(table, out / f"{name}.csv")
        with atomic_path(out / f"{name}.parquet") as part:
            table.to_parquet(part, index=False)
        written += [out / f"{name}.csv", out / f"{name}.parquet"]
    return written
