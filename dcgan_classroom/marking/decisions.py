"""What a human decided about one answer, and the marks that come of it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from dcgan_classroom.gradebook import EXCUSED, ClassBook, Key
from dcgan_classroom.grading import Mark, Result

Rubric = Mapping[str, Mapping[str, float]]  # "chapter/grade_id" → what an answer can have → points


@dataclass(frozen=True)
class Decision:
    """What a human says of one answer.

    Attributes:
        student: whose answer it is.
        chapter: stem of the chapter's file.
        grade_id: of the graded cell.
        answer_id: of the answer, from ``answer_id``: the decision counts for no other answer.
        score: 0 to the points, in place of the automatic mark; None leaves that.
        bonus: added to it; below 0 it is taken away.
        excused: the exercise counts neither for nor against the student.
        rubric: what the answer has of the exercise's rubric; it gives the score if ``score`` is
            None.
        comment: for the student.
    """

    student: str
    chapter: str
    grade_id: str
    answer_id: str
    score: float | None = None
    bonus: float = 0.0
    excused: bool = False
    rubric: tuple[str, ...] = ()
    comment: str = ""

    @property
    def key(self) -> Key:
        """What names the mark: student, chapter, grade_id."""
        return self.student, self.chapter, self.grade_id

    @property
    def is_empty(self) -> bool:
        """Whether it says nothing."""
        values = (self.score is not None, self.bonus, self.excused, self.rubric, self.comment)
        return not any(values)


def answer_id(answer: str) -> str:
    """12 hex digits that tell one answer from another, whatever a spreadsheet did to its spaces."""
    return hashlib.sha256(" ".join(answer.split()).encode("utf-8", "replace")).hexdigest()[:12]


def decided(book: ClassBook, decisions: Iterable[Decision], rubric: Rubric) -> ClassBook:
    """The class with a human's decisions put in.

    Args:
        book: the class, with its points before they are weighted; not changed.
        decisions: those that count for the answers that are there.
        rubric: of the policy; what it no longer holds gives no points.
    """
    by_key = {decision.key: decision for decision in decisions}

    def of_mark(result: Result, mark: Mark) -> Mark:
        decision = by_key.get((result.student, result.chapter, mark.grade_id))
        items = rubric.get(f"{result.chapter}/{mark.grade_id}", {})
        return mark if decision is None else _marked(mark, decision, items)

    counted = {
        key: replace(result, marks=tuple(of_mark(result, mark) for mark in result.marks))
        for key, result in book.counted.items()
    }
    comments = {
        decision.key: text
        for decision in by_key.values()
        if (text := _comment(decision, rubric.get("/".join(decision.key[1:]), {})))
    }
    return replace(book, counted=counted, comments=comments)


def _marked(mark: Mark, decision: Decision, items: Mapping[str, float]) -> Mark:
    if decision.excused:
        reason = "Excused: it counts neither for nor against you."
        return replace(mark, points=0.0, score=0.0, status=EXCUSED, reason=reason, how="human")
    score = decision.score
    if score is None and decision.rubric:
        score = min(mark.points, max(0.0, sum(items.get(one, 0.0) for one in decision.rubric)))
    if score is None and not decision.bonus:
        return mark
    base = mark.score if score is None else score
    total = max(0.0, (base or 0.0) + decision.bonus)
    return replace(mark, score=total, how="human")


def _comment(decision: Decision, items: Mapping[str, float]) -> str:
    ticked = [f"{one} ({items[one]:+g})" for one in decision.rubric if one in items]
    added = [f"Changed by hand: {decision.bonus:+g}."] if decision.bonus else []
    return "\n".join(filter(None, [*ticked, *added, decision.comment]))
