"""What was found among the submissions: notebooks, problems and students."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Submission:
    """One notebook that one student handed in for one chapter.

    Attributes:
        student: name, as the folder, file or export gives it; with the platform's number where
            several students have that name.
        chapter: stem of the chapter's file, such as "04_generator".
        attempt: 1 for the first.
        source: where it was found, relative to the submissions.
        submitted: ISO 8601 time, or "" where nothing tells.
        data: the notebook's cells without outputs, as JSON.
        number: the platform's number for the student, or "".
        late: whether the platform says that it came late.
    """

    student: str
    chapter: str
    attempt: int
    source: str
    submitted: str
    data: bytes
    number: str = ""
    late: bool = False


@dataclass(frozen=True)
class Problem:
    """A file that is not graded, or not as it seems: a sentence for the instructor.

    ``student`` and ``chapter`` are "" where the path doesn't tell them.
    """

    source: str
    problem: str
    student: str = ""
    chapter: str = ""
    number: str = ""


@dataclass(frozen=True)
class Found:
    """Everything that was handed in.

    Attributes:
        submissions: the last attempt of each student at each chapter, or the last ones where every
            attempt was asked for, by chapter and student.
        problems: all other files, each with the reason why it isn't graded.
        students: everybody of whom there is any file, by name.
        incomplete: students of whom not everything was read, with what was too much.
        namesakes: names that several students have; each has a number with it.
    """

    submissions: tuple[Submission, ...]
    problems: tuple[Problem, ...]
    students: tuple[str, ...]
    incomplete: tuple[tuple[str, str], ...] = ()
    namesakes: tuple[str, ...] = ()

    def missing(self) -> list[tuple[str, str]]:
        """(student, chapter) of what others handed in and this student did not."""
        there = {(one.student, one.chapter) for one in self.submissions}
        chapters = sorted({one.chapter for one in self.submissions})
        return [
            (who, what) for what in chapters for who in self.students if (who, what) not in there
        ]
