"""The class in tables: which result counts, what every student has, what a spreadsheet may hold.

Of several attempts the last one counts, late or not; what was never handed in counts 0.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import pandas as pd

from dcgan_classroom.grading import Mark, Result, read_result
from dcgan_lib.shared import CourseError, atomic_path

POLICY = (
    "The last attempt counts, late or not. What was not handed in counts 0. "
    "An answer that is still to be marked by hand counts 0 until it is."
)
LONGEST_NAME = 60  # characters of a student's name in a file's name
RESERVED = {
    "con",
    "prn",
    "aux",
    "nul",
    *(f"{port}{n}" for port in ("com", "lpt") for n in "0123456789"),
}
FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")  # what a spreadsheet begins a formula with

Key = tuple[str, str, str]  # student, chapter, grade_id


@dataclass(frozen=True)
class GradedCell:
    """One graded cell of a chapter; ``manual`` if a human marks it."""

    grade_id: str
    title: str
    points: float
    manual: bool


@dataclass(frozen=True)
class GradedChapter:
    """One chapter of a grading: the stem of its file, its title and its graded cells, in order."""

    name: str
    title: str
    cells: tuple[GradedCell, ...]

    @property
    def points(self) -> float:
        """The sum of what can be had."""
        return sum(cell.points for cell in self.cells)


@dataclass(frozen=True)
class ClassBook:
    """A graded class.

    Attributes:
        folder: that ``grade`` wrote to.
        chapters: that were graded, in order.
        profile: that the chapters ran with.
        seed: of the course.
        deadline: ISO 8601, or "".
        problems: what was wrong with files: (source, problem).
        counted: the result that counts, by (student, chapter).
        attempts: how many there are, by (student, chapter).
        comments: a human's words, by (student, chapter, grade_id).
    """

    folder: Path
    chapters: tuple[GradedChapter, ...]
    profile: str
    seed: int
    deadline: str
    problems: tuple[tuple[str, str], ...]
    counted: Mapping[tuple[str, str], Result]
    attempts: Mapping[tuple[str, str], int]
    comments: Mapping[Key, str] = field(default_factory=dict)

    @property
    def students(self) -> list[str]:
        """Everybody who handed in anything, by name."""
        return sorted({student for student, _ in self.counted}, key=lambda name: name.casefold())

    @property
    def points(self) -> float:
        """What a student can have in all chapters together."""
        return sum(chapter.points for chapter in self.chapters)

    def results(self, student: str) -> list[tuple[GradedChapter, Result | None]]:
        """One student's result of each chapter; None for what was not handed in."""
        return [(each, self.counted.get((student, each.name))) for each in self.chapters]

    @property
    def missing_count(self) -> int:
        """How many chapters of how many students are missing, in all."""
        return sum(len(self.missing(student)) for student in self.students)

    def missing(self, student: str) -> list[GradedChapter]:
        """Chapters that one student handed nothing in for, or nothing that can be read."""
        return [
            chapter
            for chapter, result in self.results(student)
            if result is None or result.status == "missing"
        ]


def read_class(folder: str | Path) -> ClassBook:
    """Read what ``grade`` wrote.

    Of two results of the same attempt (one from before a test was mended) the newer file counts.

    Raises:
        CourseError: no grading, or a file of it is broken.
    """
    folder = Path(folder)
    facts = _facts(folder / "class.json")
    newest: dict[tuple[str, str, int], Result] = {}
    paths = (folder / "results").glob("*.json")
    for path in sorted(paths, key=lambda path: (path.stat().st_mtime_ns, path.name)):
        result = read_result(path)
        newest[result.student, result.chapter, result.attempt] = result
    counted: dict[tuple[str, str], Result] = {}
    attempts: dict[tuple[str, str], int] = {}
    for student, chapter, attempt in sorted(newest):
        counted[student, chapter] = newest[student, chapter, attempt]
        attempts[student, chapter] = attempts.get((student, chapter), 0) + 1
    return ClassBook(folder=folder, counted=counted, attempts=attempts, **facts)


def _facts(path: Path) -> dict[str, object]:
    try:
        values = json.loads(path.read_text("utf-8"))
        chapters = tuple(
            GradedChapter(
                chapter["name"],
                chapter["title"],
                tuple(GradedCell(**cell) for cell in chapter["cells"]),
            )
            for chapter in values["chapters"]
        )
        return {
            "chapters": chapters,
            "profile": str(values["profile"]),
            "seed": values["seed"],
            "deadline": values["deadline"] or "",
            "problems": tuple((one["source"], one["problem"]) for one in values["problems"]),
        }
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise CourseError(
            f"There is nothing to report on. Expected: {path}, as `grade` writes it. Received: "
            f"{type(error).__name__}. Name the folder that `grade SUBMISSIONS OUT` wrote to."
        ) from None


def with_scores(book: ClassBook, given: Mapping[Key, tuple[float | None, str]]) -> ClassBook:
    """The class with a human's scores and comments put in.

    Args:
        book: the class; not changed.
        given: (score or None, comment) by (student, chapter, grade_id).
    """

    def marked(result: Result, mark: Mark) -> Mark:
        score, _ = given.get((result.student, result.chapter, mark.grade_id), (None, ""))
        return mark if score is None else replace(mark, score=score, how="human")

    counted = {
        key: replace(result, marks=tuple(marked(result, mark) for mark in result.marks))
        for key, result in book.counted.items()
    }
    comments = {key: comment for key, (_, comment) in given.items() if comment}
    return replace(book, counted=counted, comments=comments)


def mark_table(book: ClassBook) -> pd.DataFrame:
    """One row per student and graded cell, for what was handed in."""
    columns = ["student", "chapter", "grade_id", "title", "points", "score", "status", "how"]
    columns += ["reason", "comment", "attempt", "submitted", "late", "run", "source"]
    rows = [
        [student, chapter, *_mark_values(mark, book.comments, result)]
        for (student, chapter), result in sorted(book.counted.items())
        for mark in result.marks
    ]
    return pd.DataFrame(rows, columns=columns).astype({"points": float, "score": float})


def _mark_values(mark: Mark, comments: Mapping[Key, str], result: Result) -> list[object]:
    comment = comments.get((result.student, result.chapter, mark.grade_id), "")
    values: list[object] = [mark.grade_id, mark.title, float(mark.points), mark.score, mark.status]
    values += [mark.how, mark.reason, comment, result.attempt, result.submitted, result.late]
    return [*values, result.status, result.source]


def student_table(book: ClassBook) -> pd.DataFrame:
    """One row per student: score, points, percent, what is to be marked, late, missing, chapters.

    A chapter's column holds the score, or nothing where nothing was handed in.
    """
    columns = ["student", "score", "points", "percent", "to_mark", "late", "missing"]
    columns += [chapter.name for chapter in book.chapters]
    rows = [_student_row(book, student) for student in book.students]
    numbers = {name: float for name in columns[1:4] + columns[7:]}
    return pd.DataFrame(rows, columns=columns).astype(numbers)


def _student_row(book: ClassBook, student: str) -> list[object]:
    results = [(chapter.name, result) for chapter, result in book.results(student)]
    there = [result for _, result in results if result]
    score = sum(result.score for result in there)
    to_mark = sum(mark.score is None for result in there for mark in result.marks)
    late = "; ".join(result.chapter for result in there if result.late)
    missing = "; ".join(chapter.name for chapter in book.missing(student))
    percent = round(100 * score / book.points, 1) if book.points else 0.0
    scores = [r.score if r and r.status != "missing" else None for _, r in results]
    return [student, score, book.points, percent, to_mark, late, missing, *scores]


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


def write_csv(table: pd.DataFrame, path: Path) -> None:
    """Write a table that a spreadsheet opens without running anything, in UTF-8 with its mark."""
    safe = table.rename(columns=defused).map(defused)
    with atomic_path(path) as part:
        safe.to_csv(part, index=False, encoding="utf-8-sig", lineterminator="\n")


def defused(value: object) -> object:
    """A text that would begin a formula, with an apostrophe before it; anything else as it is."""
    if not isinstance(value, str):
        return value
    text = "".join(sign for sign in value if sign in "\n\t" or sign.isprintable())
    return f"'{text}" if text.lstrip().startswith(FORMULA) else text


def file_names(students: Iterable[str]) -> dict[str, str]:
    """A name for each student's folder: letters, digits, ``_ . -``; no two alike on any system."""
    names = {student: _safe(student) for student in students}
    held = Counter(name.casefold() for name in names.values())
    for student, name in names.items():
        if held[name.casefold()] > 1 or name.split(".")[0].casefold() in RESERVED:
            digest = hashlib.sha256(student.encode("utf-8", "replace")).hexdigest()
            names[student] = f"{name}-{digest[:8]}"  # "Ann" and "ann" are one to macOS and Windows
    return names


def _safe(student: str) -> str:
    text = re.sub(r"[^\w.-]+", "_", unicodedata.normalize("NFC", student))
    return text.strip("._-")[:LONGEST_NAME].rstrip("._-") or "student"
