"""Open questions: a table and a page to mark them by hand, and the marks read back."""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from dcgan_classroom.reporting.gradebook import ClassBook, Key, defused, write_csv
from dcgan_lib.shared import CourseError

COLUMNS = ("student", "chapter", "grade_id", "title", "answer", "points", "score", "comment")
FILE = "marks_by_hand.csv"
MOST_ANSWER = 30_000  # characters; a spreadsheet's cell holds 32,767


@dataclass(frozen=True)
class ToMark:
    """One open answer that a human marks; ``score`` is None until then."""

    student: str
    chapter: str
    grade_id: str
    title: str
    answer: str
    points: float
    score: float | None
    comment: str

    @property
    def key(self) -> Key:
        """What names it: student, chapter, grade_id."""
        return self.student, self.chapter, self.grade_id


def open_answers(book: ClassBook, answers: Mapping[Key, str]) -> list[ToMark]:
    """Every answer that is a human's to mark, exercise by exercise.

    Args:
        book: the class, with the scores that were given by hand so far.
        answers: the students' texts, by (student, chapter, grade_id).
    """
    found = []
    for chapter in book.chapters:
        for cell in (cell for cell in chapter.cells if cell.manual):
            for student in book.students:
                result = book.counted.get((student, chapter.name))
                marks = {mark.grade_id: mark for mark in result.marks} if result else {}
                mark, key = marks.get(cell.grade_id), (student, chapter.name, cell.grade_id)
                if mark and mark.how == "human" and mark.status == "manual":
                    text, comment = answers.get(key, "")[:MOST_ANSWER], book.comments.get(key, "")
                    values = (cell.title, text, float(mark.points), mark.score, comment)
                    found.append(ToMark(*key, *values))
    return found


def write_to_mark(rows: list[ToMark], path: Path) -> None:
    """Write the table to fill in: columns ``COLUMNS``, one row per open answer."""
    write_csv(pd.DataFrame([vars(row) for row in rows], columns=list(COLUMNS)), path)


def csv_fields(row: ToMark) -> list[str]:
    """One row as the page writes it: as in the table, score and comment left to the page."""
    texts = [row.student, row.chapter, row.grade_id, row.title, row.answer]
    return [str(defused(text)) for text in texts] + [f"{row.points:g}"]


def read_marks(
    path: str | Path, rows: list[ToMark]
) -> tuple[dict[Key, tuple[float | None, str]], list[str]]:
    """Read a filled-in table: commas, semicolons or tabs, as spreadsheets save it.

    A row whose answer is no longer the student's answer (a later attempt came in) isn't used.

    Args:
        path: the table.
        rows: the open answers as they are now.

    Returns:
        (score or None, comment) by (student, chapter, grade_id), and a sentence for each row
        that wasn't used.

    Raises:
        CourseError: no such table, a row for nobody, a row twice, a score that is none.
    """
    known = {tuple(str(defused(part)) for part in row.key): row for row in rows}
    given, stale, unknown, wrong = {}, [], [], []
    for number, line in enumerate(_lines(Path(path)), 2):
        row = known.get((line["student"], line["chapter"], line["grade_id"]))
        if row is None:
            if line["score"].strip() or line["comment"].strip():
                unknown.append(f"{line['student']}, {line['chapter']}, {line['grade_id']}")
            continue
        if row.key in given:
            wrong.append(f"row {number}: {row.student}, {row.grade_id} a second time")
            continue
        score, text = _score(line["score"], row), line["score"].strip()
        if text and score is None:
            wrong.append(f"row {number}: {text!r} for {row.student}, {row.grade_id}")
        if (text or line["comment"].strip()) and _differs(line.get("answer"), row):
            stale.append(
                f"{row.student}, {row.chapter}, {row.grade_id}: the answer is another one since "
                "it was marked; it is to be marked anew."
            )
            continue
        given[row.key] = score, _undefused(line["comment"]).strip()
    _refuse(path, unknown, wrong)
    return {key: value for key, value in given.items() if value != (None, "")}, stale


def _lines(path: Path) -> list[dict[str, str]]:
    try:
        text = path.read_text("utf-8-sig")
        first = text.split("\n", 1)[0]
        lines = csv.reader(text.splitlines(keepends=True), delimiter=max(",;\t", key=first.count))
        header, *rows = [line for line in lines if any(line)]
        found = [dict(zip(header, row, strict=False)) for row in rows]
        needed = {"student", "chapter", "grade_id", "score", "comment"}
        if needed - set(header) or any(needed - set(row) for row in found):
            raise ValueError(f"columns {', '.join(header)}")
    except (OSError, ValueError, csv.Error) as error:
        what = "no such file" if isinstance(error, FileNotFoundError) else error
        raise CourseError(
            f"Marks can't be read. Expected: {path}, a CSV in UTF-8 with the columns "
            f"{', '.join(COLUMNS)}. Received: {what}. Fill in {FILE} of the report, and save it "
            "as CSV UTF-8."
        ) from None
    return found


def _score(text: str, row: ToMark) -> float | None:
    try:
        score = float(text.strip().replace(",", "."))
    except ValueError:
        return None
    return score if math.isfinite(score) and 0 <= score <= row.points else None


def _differs(answer: str | None, row: ToMark) -> bool:
    now = str(defused(row.answer))
    return bool(answer and answer.strip()) and answer.split() != now.split()


def _undefused(text: str) -> str:
    return text[1:] if text.startswith("'") and defused(text[1:]) == text else text


def _refuse(path: str | Path, unknown: list[str], wrong: list[str]) -> None:
    if unknown:
        raise CourseError(
            f"Some marks are for nobody. Expected: rows of open answers, named as in the report's "
            f"{FILE}. Received in {path}: {_few(unknown)}. Mend student, chapter and grade_id, or "
            "take these rows out."
        )
    if wrong:
        raise CourseError(
            f"Some scores can't be given. Expected: one row for each answer, with a number from 0 "
            f"to its points, or nothing. Received in {path}: {_few(wrong)}. Mend these rows."
        )


def _few(found: list[str]) -> str:
    rest = f" and {len(found) - 3} more" if len(found) > 3 else ""
    return f"{'; '.join(found[:3])}{rest}"
