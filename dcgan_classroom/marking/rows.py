"""Every mark as a human sees it: the answer, what the grader gave, and what was decided so far."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from dcgan_classroom.gradebook import ClassBook, Key
from dcgan_classroom.marking.decisions import Decision, answer_id

MOST_ANSWER = 30_000  # characters; a spreadsheet's cell holds 32,767


@dataclass(frozen=True)
class MarkingRow:
    """One answer of one student.

    Attributes:
        student: real name.
        shown: name to show, which may be an anonymous one.
        chapter: stem of the chapter's file.
        grade_id: of the graded cell.
        title: of the exercise.
        answer: what the student wrote.
        points: that can be had.
        automatic: score that the grader gave; None where a human is to mark.
        reason: of the grader.
        decision: what was decided so far, None for nothing yet.
    """

    student: str
    shown: str
    chapter: str
    grade_id: str
    title: str
    answer: str
    points: float
    automatic: float | None
    reason: str
    decision: Decision | None

    @property
    def key(self) -> Key:
        """What names it: student, chapter, grade_id."""
        return self.student, self.chapter, self.grade_id

    @property
    def answer_id(self) -> str:
        """Tells this answer from the student's other ones."""
        return answer_id(self.answer)

    @property
    def is_open(self) -> bool:
        """Whether a human is to mark it, or has."""
        return self.automatic is None

    @property
    def is_marked(self) -> bool:
        """Whether it has a score, from whomever."""
        decision = self.decision
        by_hand = decision and (
            decision.score is not None or decision.excused or decision.rubric or decision.bonus
        )
        return bool(by_hand) or self.automatic is not None


def marking_rows(
    book: ClassBook,
    answers: Mapping[Key, str],
    decisions: Mapping[Key, Decision],
    shown: Mapping[str, str],
) -> list[MarkingRow]:
    """Every mark of the class, exercise by exercise, by the name that is shown.

    Args:
        book: the class as the grader marked it.
        answers: the students' texts, by (student, chapter, grade_id).
        decisions: those that count, likewise.
        shown: names to show, by student; who isn't there has the real one.
    """
    found = []
    students = sorted(book.students, key=lambda name: shown.get(name, name).casefold())
    for chapter in book.chapters:
        for cell in chapter.cells:
            for student in students:
                result = book.counted.get((student, chapter.name))
                marks = {mark.grade_id: mark for mark in result.marks} if result else {}
                mark, key = marks.get(cell.grade_id), (student, chapter.name, cell.grade_id)
                if mark is None:
                    continue
                row = MarkingRow(
                    student=student,
                    shown=shown.get(student, student),
                    chapter=chapter.name,
                    grade_id=cell.grade_id,
                    title=cell.title,
                    answer=answers.get(key, "")[:MOST_ANSWER],
                    points=float(mark.points),
                    automatic=mark.score,
                    reason=mark.reason,
                    decision=decisions.get(key),
                )
                found.append(row)
    return found
