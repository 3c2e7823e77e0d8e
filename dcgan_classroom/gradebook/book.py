"""A graded class, as `grade` left it: its chapters, its results, and which result counts."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from dcgan_classroom.grading import Result, read_result
from dcgan_classroom.roster import Person
from dcgan_lib.shared import CourseError

EXCUSED = "excused"  # the status of a mark that counts neither for nor against a student

Key = tuple[str, str, str]  # student, chapter, grade_id
Handin = tuple[str, str]  # student, chapter


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
        deadline: as ``grade`` was given it, or "".
        every_attempt: whether earlier attempts were graded as well as the last.
        problems: what was wrong with files and names: (source, problem).
        handed_in: every graded attempt, first to last, by (student, chapter).
        counted: the result that counts, by (student, chapter).
        deducted: share of a chapter's points that lateness costs, by (student, chapter).
        comments: a human's words, by (student, chapter, grade_id).
        people: of the roster, by student; empty where there is no roster.
        aliases: the names that submissions came under, by student of the roster.
    """

    folder: Path
    chapters: tuple[GradedChapter, ...]
    profile: str
    seed: int
    deadline: str
    every_attempt: bool
    problems: tuple[tuple[str, str], ...]
    handed_in: Mapping[Handin, tuple[Result, ...]]
    counted: Mapping[Handin, Result]
    deducted: Mapping[Handin, float] = field(default_factory=dict)
    comments: Mapping[Key, str] = field(default_factory=dict)
    people: Mapping[str, Person] = field(default_factory=dict)
    aliases: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def students(self) -> list[str]:
        """Everybody of the roster and everybody who handed in anything, by name."""
        names = {student for student, _ in self.counted} | set(self.people)
        return sorted(names, key=lambda name: (name.casefold(), name))

    @property
    def attempts(self) -> dict[Handin, int]:
        """How many attempts were graded, by (student, chapter)."""
        return {key: len(results) for key, results in self.handed_in.items()}

    @property
    def points(self) -> float:
        """What a student can have in all chapters together."""
        return sum(chapter.points for chapter in self.chapters)

    def results(self, student: str) -> list[tuple[GradedChapter, Result | None]]:
        """One student's result of each chapter; None for what was not handed in."""
        return [(each, self.counted.get((student, each.name))) for each in self.chapters]

    def points_of(self, student: str, chapter: GradedChapter | None = None) -> float:
        """What one student can have, in one chapter or in all: less what was excused."""
        if chapter is None:
            return sum(self.points_of(student, each) for each in self.chapters)
        result = self.counted.get((student, chapter.name))
        return result.points if result else chapter.points

    def deduction(self, student: str, chapter: GradedChapter) -> float:
        """The points that lateness costs, at most those that there are."""
        result = self.counted.get((student, chapter.name))
        share = self.deducted.get((student, chapter.name), 0.0)
        return min(share * result.points, max(result.score, 0.0)) if result else 0.0

    def score_of(self, student: str, chapter: GradedChapter | None = None) -> float:
        """What one student has, in one chapter or in all, less what lateness costs."""
        if chapter is None:
            return sum(self.score_of(student, each) for each in self.chapters)
        result = self.counted.get((student, chapter.name))
        return result.score - self.deduction(student, chapter) if result else 0.0

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
    """Read what ``grade`` wrote; the last attempt counts.

    Of two results of the same attempt (one from before a test was fixed) the newer file counts.

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
    handed_in: dict[Handin, tuple[Result, ...]] = {}
    for student, chapter, attempt in sorted(newest):
        earlier = handed_in.get((student, chapter), ())
        handed_in[student, chapter] = (*earlier, newest[student, chapter, attempt])
    counted = {key: results[-1] for key, results in handed_in.items()}
    return ClassBook(folder=folder, handed_in=handed_in, counted=counted, **facts)


def _facts(path: Path) -> dict[str, object]:
    try:
        values = json.loads(path.read_text("utf-8"))
        chapters = tuple(
            GradedChapter(
                name=chapter["name"],
                title=chapter["title"],
                cells=tuple(GradedCell(**cell) for cell in chapter["cells"]),
            )
            for chapter in values["chapters"]
        )
        return {
            "chapters": chapters,
            "profile": str(values["profile"]),
            "seed": values["seed"],
            "deadline": values["deadline"] or "",
            "every_attempt": bool(values.get("every_attempt", False)),
            "problems": tuple((one["source"], one["problem"]) for one in values["problems"]),
        }
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise CourseError(
            f"There is nothing to report on. Expected: {path}, as `grade` writes it. Received: "
            f"{type(error).__name__}. Name the folder that `grade SUBMISSIONS OUT` wrote to."
        ) from None
