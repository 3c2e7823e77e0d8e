"""What grading one submission gives: a file that is whole or absent, keyed by what was graded."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Protocol

from dcgan_lib.shared import CourseError, atomic_path

STATUSES = ("ok", "error", "timeout", "died", "out of memory", "missing", "manual")
HOWS = ("answers", "tests", "bands", "human")


@dataclass(frozen=True)
class Mark:
    """The mark of one graded cell.

    Attributes:
        grade_id: of the check or answer cell.
        title: of the exercise, such as "Exercise 4.2: Build a block".
        points: that can be had, at least 0.
        score: that were given, 0 to points; None where a human is to mark it.
        status: one of ``STATUSES``: "ok" for a cell that ran and gave its answers, right or
            wrong; "manual" for what a human is to mark; else why there is nothing to mark.
        reason: one sentence for the student; empty for full points.
        how: one of ``HOWS``: answers checked outside of the student's process, tests that ran
            inside it, figures of a trained generator against bands, or a human.
    """

    grade_id: str
    title: str
    points: float
    score: float | None
    status: str
    reason: str = ""
    how: str = "answers"


@dataclass(frozen=True)
class Result:
    """How grading one submission of one chapter ended.

    Attributes:
        key: SHA-256 (hex) of everything that the marks depend on: the submitted bytes, the
            instructor's chapter and probes, the parameters and the limits.
        student: name of the student, as the submissions give it.
        chapter: stem of the chapter's file, such as "04_generator".
        attempt: 1 for the first; the last attempt counts.
        source: where it was found, relative to the submissions.
        submitted: ISO 8601 time of submission, or "" where nothing tells.
        late: whether that is after the deadline, or the platform says that it came late.
        status: of the run: one of ``STATUSES`` but "manual".
        seconds: that the run took.
        notes: what was found odd while the notebook was rebuilt or run, a sentence each.
        marks: one per graded cell, in the chapter's order.
        executed: the executed notebook, relative to the folder of results; "" where there is none.
        number: the platform's number for the student, or "".
    """

    key: str
    student: str
    chapter: str
    attempt: int
    source: str
    submitted: str
    late: bool
    status: str
    seconds: float
    notes: tuple[str, ...]
    marks: tuple[Mark, ...]
    executed: str
    number: str = ""

    @property
    def score(self) -> float:
        """The sum of what was given so far; what a human is to mark counts 0."""
        return sum(mark.score or 0.0 for mark in self.marks)

    @property
    def points(self) -> float:
        """The sum of what can be had."""
        return sum(mark.points for mark in self.marks)


class Gradable(Protocol):
    """What is known of a graded cell without anybody's answer; see ``Mark``."""

    @property
    def grade_id(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def points(self) -> float: ...
    @property
    def manual(self) -> bool: ...


def missing_result(
    student: str,
    chapter: str,
    cells: Iterable[Gradable],
    reason: str,
    key: str = "",
    notes: tuple[str, ...] = (),
) -> Result:
    """The result of a student who handed in nothing for a chapter: 0 for each of its cells.

    Args:
        student: by name.
        chapter: stem.
        cells: the chapter's graded cells, in order.
        reason: one sentence for the student.
        key: of what it depends on; "" for a result that is not kept.
        notes: what was handed in and could not be taken, a sentence each.
    """
    marks = tuple(
        Mark(
            grade_id=cell.grade_id,
            title=cell.title,
            points=cell.points,
            score=0.0,
            status="missing",
            reason=reason,
            how="human" if cell.manual else "answers",
        )
        for cell in cells
    )
    return Result(
        key=key,
        student=student,
        chapter=chapter,
        attempt=0,
        source="",
        submitted="",
        late=False,
        status="missing",
        seconds=0.0,
        notes=notes,
        marks=marks,
        executed="",
    )


def write_result(result: Result, path: str | Path) -> None:
    """Write one result as JSON, whole or not at all."""
    with atomic_path(path) as part:
        part.write_text(json.dumps(asdict(result), indent=1, ensure_ascii=False), "utf-8")


def read_result(path: str | Path) -> Result:
    """Read one result.

    Raises:
        CourseError: the file is no result.
    """
    try:
        values = json.loads(Path(path).read_text("utf-8"))
        marks = tuple(Mark(**mark) for mark in values.pop("marks"))
        return Result(marks=marks, notes=tuple(values.pop("notes")), **values)
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise CourseError(
            f"A result can't be read. Expected: {path}, as `grade` writes it. Received: "
            f"{type(error).__name__}. Delete the file and grade again with --resume."
        ) from None


def read_results(folder: str | Path) -> list[Result]:
    """All results of a grading, ordered by chapter, student and attempt.

    Args:
        folder: the folder that ``grade`` wrote to; its results lie in ``results/*.json``.
    """
    found = [read_result(path) for path in sorted((Path(folder) / "results").glob("*.json"))]
    return sorted(found, key=lambda result: (result.chapter, result.student, result.attempt))
