"""How the class did: each exercise's scores, its commonest mistakes, and what has changed since."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass

from dcgan_classroom.gradebook import EXCUSED, ClassBook, GradedCell, GradedChapter
from dcgan_classroom.grading import Mark
from dcgan_classroom.reporting.clean import plain
from dcgan_classroom.reporting.work import Seen

BINS = ("0", "up to ¼", "up to ½", "up to ¾", "below full", "full")
TEACH_AGAIN = 1 / 3  # share of a class with less than full points, and
FEWEST_FAILED = 2  # students, from which on an exercise is called one to teach again
MOST_MISTAKES = 3  # of an exercise
LONGEST_EXAMPLE = 2_000  # characters
_OWN = re.compile(r"\d+(?:\.\d+)?|'[^']*'|\"[^\"]*\"|`[^`]*`")  # numbers and names in a message


@dataclass(frozen=True)
class Mistake:
    """What several students did wrong alike: one message, how often, and one of the answers."""

    message: str
    count: int
    example: str


@dataclass(frozen=True)
class Exercise:
    """How the class did on one exercise.

    Attributes:
        chapter: that it is in.
        cell: its graded cell.
        bins: students by their share of the points, as ``BINS`` says.
        unmarked: students whose answer is still to be marked.
        mean: of the points given, None without any.
        mistakes: the commonest, grouped by their message without its numbers and names.
    """

    chapter: GradedChapter
    cell: GradedCell
    bins: tuple[int, ...]
    unmarked: int
    mean: float | None
    mistakes: tuple[Mistake, ...]

    @property
    def graded(self) -> int:
        """How many students have a score."""
        return sum(self.bins)

    @property
    def failed(self) -> int:
        """How many have less than all points."""
        return self.graded - self.bins[-1]

    @property
    def to_teach_again(self) -> bool:
        """Whether so many failed that it is the class's rather than a student's matter."""
        return self.failed >= max(FEWEST_FAILED, TEACH_AGAIN * self.graded)


@dataclass(frozen=True)
class Change:
    """A mark that is another one than before: score before and now."""

    student: str
    chapter: str
    title: str
    before: float
    now: float


def exercises(book: ClassBook, seen: Seen) -> list[Exercise]:
    """How the class did on each exercise, in the course's order; what was excused isn't counted."""
    return [
        _exercise(book, chapter, cell, seen) for chapter in book.chapters for cell in chapter.cells
    ]


def changes(before: ClassBook, now: ClassBook) -> list[Change]:
    """Marks of both gradings that differ, in the course's order; not those given by hand."""
    found = []
    for chapter in now.chapters:
        for student in now.students:
            earlier = before.counted.get((student, chapter.name))
            result = now.counted.get((student, chapter.name))
            scores = {mark.grade_id: mark.score for mark in earlier.marks} if earlier else {}
            for mark in result.marks if result else ():
                old = scores.get(mark.grade_id)
                if old is not None and mark.score is not None and abs(old - mark.score) > 1e-9:
                    change = Change(
                        student=student,
                        chapter=chapter.name,
                        title=mark.title,
                        before=old,
                        now=mark.score,
                    )
                    found.append(change)
    return found


def _exercise(book: ClassBook, chapter: GradedChapter, cell: GradedCell, seen: Seen) -> Exercise:
    marks = _marks(book, chapter, cell)
    scored = {student: mark for student, mark in marks.items() if mark.score is not None}
    bins = Counter(_bin(mark) for mark in scored.values())
    scores = [mark.score for mark in scored.values()]
    return Exercise(
        chapter=chapter,
        cell=cell,
        bins=tuple(bins[place] for place in range(len(BINS))),
        unmarked=len(marks) - len(scored),
        mean=sum(scores) / len(scores) if scores else None,
        mistakes=_mistakes(chapter.name, scored, seen),
    )


def _marks(book: ClassBook, chapter: GradedChapter, cell: GradedCell) -> dict[str, Mark]:
    """The marks of one exercise, by student, of everybody who handed it in."""
    found = {}
    for student in book.students:
        result = book.counted.get((student, chapter.name))
        if result and result.status != "missing":
            for mark in result.marks:
                if mark.grade_id == cell.grade_id and mark.status != EXCUSED:
                    found[student] = mark
    return found


def _mistakes(chapter: str, marks: dict[str, Mark], seen: Seen) -> tuple[Mistake, ...]:
    groups: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for student, mark in marks.items():
        if mark.score < mark.points:
            key = (student, chapter, mark.grade_id)
            message = plain(seen.errors.get(key) or mark.reason or mark.status)
            groups[_OWN.sub("…", message)].append((message, seen.answers.get(key, "")))
    largest = sorted(groups.values(), key=len, reverse=True)[:MOST_MISTAKES]
    return tuple(_mistake(group) for group in largest)


def _mistake(group: list[tuple[str, str]]) -> Mistake:
    """One group: its commonest message, and the shortest of the answers that led to it."""
    message = Counter(message for message, _ in group).most_common(1)[0][0]
    answers = [answer for said, answer in group if said == message and answer.strip()]
    example = min(answers, key=len, default="")[:LONGEST_EXAMPLE]
    return Mistake(message=message, count=len(group), example=example)


def _bin(mark: Mark) -> int:
    share = mark.score / mark.points if mark.points else 1.0
    if share >= 1:
        return len(BINS) - 1
    return next(place for place, top in enumerate((0, 0.25, 0.5, 0.75, 1)) if share <= top)
