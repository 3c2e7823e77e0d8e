"""What students handed in: found, numbered by attempt, and nothing lost in silence."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from dcgan_classroom.submissions.cells import notebook_cells
from dcgan_classroom.submissions.files import Incoming, read_incoming
from dcgan_classroom.submissions.names import Whose, compile_pattern, whose

MOST_SHOWN = 300  # characters of a name in a message


@dataclass(frozen=True)
class Submission:
    """One notebook that one student handed in for one chapter.

    Attributes:
        student: name, as the folder, file or export gives it.
        chapter: stem of the chapter's file, such as "04_generator".
        attempt: 1 for the first.
        source: where it was found, relative to the submissions.
        submitted: ISO 8601 time, or "" where nothing tells.
        data: the notebook file's bytes, at most 50 MB.
    """

    student: str
    chapter: str
    attempt: int
    source: str
    submitted: str
    data: bytes


@dataclass(frozen=True)
class Problem:
    """A file that is not graded, or not as it seems: a sentence for the instructor.

    ``student`` and ``chapter`` are "" where the path doesn't tell them.
    """

    source: str
    problem: str
    student: str = ""
    chapter: str = ""


@dataclass(frozen=True)
class Found:
    """Everything that was handed in.

    Attributes:
        submissions: the last attempt of each student at each chapter, by chapter and student.
        problems: all other files, each with the reason why it isn't graded.
        students: everybody of whom there is any file, by name.
    """

    submissions: tuple[Submission, ...]
    problems: tuple[Problem, ...]
    students: tuple[str, ...]

    def missing(self) -> list[tuple[str, str]]:
        """(student, chapter) of what others handed in and this student did not."""
        there = {(one.student, one.chapter) for one in self.submissions}
        chapters = sorted({one.chapter for one in self.submissions})
        return [
            (who, what) for what in chapters for who in self.students if (who, what) not in there
        ]


def find_submissions(
    path: str | Path,
    chapters: Sequence[str],
    pattern: str | None = None,
    grade_ids: Mapping[str, Collection[str]] | None = None,
) -> Found:
    """Find the notebooks that students handed in.

    ``path`` is a folder with a folder per student (nested folders may be attempts), flat files
    ``student_chapter.ipynb``, or an export of Moodle, Canvas or Google Classroom: a zip archive,
    unpacked or not. Folders and archives may lie side by side. Nothing is written, links are not
    followed, and no more than 50 MB of a file are read.

    Args:
        path: the folder or zip archive.
        chapters: stems of the chapters that are graded.
        pattern: where names are others; see ``incoming_names.SYNTAX``.
        grade_ids: of each chapter, to recognise a notebook whose name doesn't tell it.

    Raises:
        CourseError: no such folder or archive, or a pattern that can't be used.
    """
    compiled = compile_pattern(pattern) if pattern else None
    read: list[tuple[Submission, Whose]] = []
    problems: list[Problem] = []
    for incoming in read_incoming(Path(path)):
        told = whose(incoming.path, chapters, compiled)
        if incoming.archive and not told.student:
            told = whose(f"{incoming.archive}/{incoming.path}", chapters, compiled)
        taken = _read(incoming, told, grade_ids or {})
        if isinstance(taken, Problem):
            problems.append(taken)
        else:
            read.append((taken, told))
    counted, beside = _attempts(read)
    named = [*(one.student for one, _ in read), *(one.student for one in problems)]
    students = sorted(set(filter(None, named)), key=lambda name: (name.casefold(), name))
    counted.sort(key=lambda one: (one.chapter, one.student.casefold(), one.student))
    return Found(tuple(counted), tuple(problems + beside), tuple(students))


def _read(
    incoming: Incoming, told: Whose, grade_ids: Mapping[str, Collection[str]]
) -> Submission | Problem:
    source = incoming.source[:MOST_SHOWN]

    def problem(text: str, chapter: str = told.chapter) -> Problem:
        return Problem(source, text, told.student, chapter)

    if incoming.data is None:
        return problem(incoming.problem)
    cells = notebook_cells(incoming.data)
    if isinstance(cells, str):
        return problem(cells)
    if not told.student:
        return problem(
            "It doesn't tell whose it is. Put it into a folder with the student's name, name it "
            "like ada_04_generator.ipynb, or say with --pattern how names are made."
        )
    held = _chapters_held(cells, grade_ids)
    chapter = told.chapter or (held[0] if len(held) == 1 else "")
    if not chapter:
        return problem("It is no chapter that is graded: neither its name nor its cells tell one.")
    if held and chapter not in held and grade_ids.get(chapter):
        return problem(f"It is named {chapter}, but its cells are those of {held[0]}.")
    moment = told.moment or incoming.modified
    return Submission(told.student, chapter, told.attempt, source, moment, incoming.data)


def _chapters_held(cells: list[dict], grade_ids: Mapping[str, Collection[str]]) -> list[str]:
    """The chapters that share most grade ids with these cells; empty where none does."""
    ids = set()
    for cell in cells:
        data = cell.get("metadata")
        data = data.get("nbgrader") if isinstance(data, dict) else None
        if isinstance(data, dict) and isinstance(data.get("grade_id"), str):
            ids.add(data["grade_id"])
    shared = {chapter: len(ids & set(known)) for chapter, known in grade_ids.items()}
    most = max(shared.values(), default=0)
    return [chapter for chapter, count in shared.items() if count == most and most > 0]


def _attempts(read: list[tuple[Submission, Whose]]) -> tuple[list[Submission], list[Problem]]:
    """The last attempt of each, numbered; and a line for every other file."""
    groups: dict[tuple[str, str], list[tuple[Submission, Whose]]] = {}
    for one, told in read:
        groups.setdefault((one.student, one.chapter), []).append((one, told))
    counted, problems = [], []
    for group in groups.values():
        group.sort(key=lambda pair: (pair[1].attempt, pair[0].submitted, pair[0].source))
        numbered = [replace(one, attempt=place) for place, (one, _) in enumerate(group, 1)]
        counted.append(numbered[-1])
        for (_, told), one in zip(group[:-1], numbered[:-1], strict=True):
            text = _why_not(one, told, group[-1], len(group))
            problems.append(Problem(one.source, text, one.student, one.chapter))
    return counted, problems


def _why_not(one: Submission, told: Whose, last: tuple[Submission, Whose], count: int) -> str:
    counts = f"{last[0].source} counts."
    if one.data == last[0].data:
        return f"It is the same file as {last[0].source}, which counts."
    if (told.attempt, told.moment) == (last[1].attempt, last[1].moment):
        if one.submitted == last[0].submitted:
            return (
                f"It is one of two files for one attempt, as far as names and times tell; {counts}"
            )
        return f"It is one of two files for one attempt; the later one, {counts}"
    return f"It is attempt {one.attempt} of {count}; the last one, {counts}"
