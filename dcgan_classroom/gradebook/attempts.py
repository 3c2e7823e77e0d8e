"""Which attempt counts, how late it is, and what that costs."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import datetime, timedelta

from dcgan_classroom.gradebook.book import ClassBook, Handin
from dcgan_classroom.gradebook.policy import ALL_CHAPTERS, Policy
from dcgan_classroom.gradebook.times import moment
from dcgan_classroom.grading import Result, deadline_moment
from dcgan_lib.shared import CourseError

DAY = timedelta(days=1)


def counted_by(book: ClassBook, policy: Policy) -> ClassBook:
    """The class with the attempt that counts for each, and with what lateness costs.

    Args:
        book: the class, by its roster if there is one.
        policy: of the class; lateness is counted from the deadline that ``grade`` was given, or
            from a student's own.

    Raises:
        CourseError: an extension for nobody of the class, or for no chapter that was graded; or
            the best attempt is to count, and only the last ones were graded.
    """
    if policy.attempt == "best" and not book.every_attempt:
        raise CourseError(
            "The best attempt isn't known. Expected: a grading of every attempt. Received: "
            f"{book.folder}, in which the last attempts were graded. Grade again with "
            "--every-attempt --resume."
        )
    deadline, extensions = deadline_moment(book.deadline), _extensions(book, policy)
    counted: dict[Handin, Result] = {}
    deducted: dict[Handin, float] = {}
    for key, results in book.handed_in.items():
        extended = extensions.get(key)
        timed = [_timed(result, extended) for result in results]
        costs = [_cost(one, extended or deadline, policy) for one in timed]
        place = len(timed) - 1
        if policy.attempt == "best":
            worth = [one.score - cost * one.points for one, cost in zip(timed, costs, strict=True)]
            place = max(range(len(worth)), key=lambda at: (worth[at], at))
        counted[key] = timed[place]
        if costs[place]:
            deducted[key] = costs[place]
    return replace(book, counted=counted, deducted=deducted)


def _timed(result: Result, extended: datetime | None) -> Result:
    """The result, late by the student's own deadline where there is one.

    A platform that calls a submission late, without a time, means the deadline of all.
    """
    if extended is None:
        return result
    handed_in = moment(result.submitted)
    return replace(result, late=bool(handed_in and handed_in > extended))


def _cost(result: Result, deadline: datetime | None, policy: Policy) -> float:
    """Share of the points, 0 to 1; a day where only the platform knows how late it is."""
    if not result.late:
        return 0.0
    handed_in = moment(result.submitted)
    days = 1
    if handed_in and deadline and handed_in > deadline:
        beyond = handed_in - deadline - timedelta(minutes=policy.grace_minutes)
        days = max(0, math.ceil(beyond / DAY))
    return min(days * policy.per_day, policy.at_most) / 100


def _extensions(book: ClassBook, policy: Policy) -> dict[Handin, datetime]:
    by_text = {person.email.casefold(): name for name, person in book.people.items()}
    by_text |= {name.casefold(): name for name in book.students}
    chapters = [chapter.name for chapter in book.chapters]
    found: dict[Handin, datetime] = {}
    for student, deadlines in policy.extensions.items():
        name = by_text.get(student.casefold())
        odd = sorted(set(deadlines) - {ALL_CHAPTERS, *chapters})
        if name is None or odd:
            _refuse(student, odd, chapters)
        for chapter in chapters:
            later = deadlines.get(chapter, deadlines.get(ALL_CHAPTERS))
            if later:
                found[name, chapter] = later
    return found


def _refuse(student: str, odd: list[str], chapters: list[str]) -> None:
    told = f" with {', '.join(odd)}" if odd else ""
    raise CourseError(
        "An extension can't be given. Expected: a student's name or e-mail address as the "
        f"gradebook has it, and chapters among {', '.join(chapters)}. Received: "
        f"{student}{told}. Correct the policy's [extensions]."
    )
