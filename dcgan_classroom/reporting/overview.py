"""How the class did: each exercise's scores, what it failed with, and what has changed since."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from nbformat import NotebookNode

from dcgan_classroom.release import student_version
from dcgan_classroom.reporting import similar
from dcgan_classroom.reporting.clean import plain
from dcgan_classroom.reporting.gradebook import ClassBook, GradedCell, GradedChapter, Key
from dcgan_classroom.reporting.outputs import error_of
from dcgan_course import grading, read_notebook

BINS = ("0", "up to ¼", "up to ½", "up to ¾", "below full", "full")


@dataclass
class Seen:
    """What reading the executed notebooks told.

    Attributes:
        answers: a student's source, by (student, chapter, grade_id) of a marked cell.
        errors: the error before a graded cell's mark, likewise.
        written: a chapter's students and the cells they wrote.
    """

    answers: dict[Key, str] = field(default_factory=dict)
    errors: dict[Key, str] = field(default_factory=dict)
    written: dict[str, dict[str, list[similar.Written]]] = field(
        default_factory=lambda: defaultdict(dict)
    )


@dataclass(frozen=True)
class Exercise:
    """How the class did on one exercise.

    Attributes:
        chapter: that it is in.
        cell: its graded cell.
        bins: students by their share of the points, as ``BINS`` says.
        unmarked: students whose answer is still to be marked.
        mean: of the points given, None without any.
        errors: what it failed with, most frequent first, and how often.
    """

    chapter: GradedChapter
    cell: GradedCell
    bins: tuple[int, ...]
    unmarked: int
    mean: float | None
    errors: tuple[tuple[str, int], ...]

    @property
    def graded(self) -> int:
        """How many students have a score."""
        return sum(self.bins)

    @property
    def failed(self) -> int:
        """How many have less than all points."""
        return self.graded - self.bins[-1]


@dataclass(frozen=True)
class Change:
    """A mark that is another one than before: score before and now."""

    student: str
    chapter: str
    title: str
    before: float
    now: float


def read_work(
    executed: Mapping[tuple[str, str], Path | None], handed_out: Mapping[str, NotebookNode]
) -> Seen:
    """Read every executed notebook: answers, errors, and what the students wrote.

    Args:
        executed: its file by (student, chapter); None where there is none.
        handed_out: the chapters as they were released.
    """
    seen = Seen()
    for (student, chapter), path in executed.items():
        if path is None:
            continue
        notebook, error = read_notebook(path), ""
        cells = similar.written_cells(notebook, handed_out.get(chapter))
        seen.written[chapter][student] = cells
        for cell in notebook.cells:
            data = grading(cell) or {}
            key = (student, chapter, data.get("grade_id", ""))
            error = error_of(cell) or ("" if data.get("solution") else error)
            if data.get("grade"):
                seen.answers.setdefault(key, cell.source)
                seen.errors.setdefault(key, error)
                error = ""
    return seen


def exercises(book: ClassBook, errors: Mapping[Key, str]) -> list[Exercise]:
    """How the class did on each exercise, in the course's order.

    Args:
        book: the class.
        errors: by (student, chapter, grade_id), as ``read_work`` finds them.
    """
    return [
        _exercise(book, chapter, cell, errors)
        for chapter in book.chapters
        for cell in chapter.cells
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
                    found.append(Change(student, chapter.name, mark.title, old, mark.score))
    return found


def _exercise(
    book: ClassBook,
    chapter: GradedChapter,
    cell: GradedCell,
    errors: Mapping[Key, str],
) -> Exercise:
    bins, scores, unmarked, found = [0] * len(BINS), [], 0, Counter()
    for student in book.students:
        result = book.counted.get((student, chapter.name))
        for mark in result.marks if result and result.status != "missing" else ():
            if mark.grade_id != cell.grade_id:
                continue
            if mark.score is None:
                unmarked += 1
                continue
            scores.append(mark.score)
            bins[_bin(mark.score / mark.points if mark.points else 1.0)] += 1
            if mark.score < mark.points:
                error = errors.get((student, chapter.name, cell.grade_id))
                found[error or mark.reason or mark.status] += 1
    mean = sum(scores) / len(scores) if scores else None
    common = tuple((plain(error), count) for error, count in found.most_common(3))
    return Exercise(chapter, cell, tuple(bins), unmarked, mean, common)


def _bin(share: float) -> int:
    if share >= 1:
        return len(BINS) - 1
    return next(place for place, top in enumerate((0, 0.25, 0.5, 0.75, 1)) if share <= top)


def releases(book: ClassBook, folder: str | Path) -> dict[str, NotebookNode]:
    """The chapters as they were handed out, as far as ``folder`` has their solved ones."""
    paths = [Path(folder) / f"{chapter.name}.ipynb" for chapter in book.chapters]
    found = [path for path in paths if path.is_file()]
    return {path.stem: student_version(read_notebook(path), path.name) for path in found}
