"""Which of the chapter's cells each cell of a student's notebook is.

A cell finds its place by three signs, the grade id, the cell's id and the exercise's first line;
two of them outvote a third that was changed. Where all are gone, the text and the order tell.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

import nbformat
from nbformat import NotebookNode

from dcgan_classroom.submissions.cells import Cell, bare
from dcgan_course import EXERCISE, grading

ALIKE = 0.7  # share of matching text from which a cell is a changed cell of the chapter
COMPARED = 4000  # characters of a cell that are compared


@dataclass(frozen=True)
class ReleasedChapter:
    """The cells that students were given, and where each of their signs leads.

    Attributes:
        cells: copies of the release's cells, to be filled in.
        by_id: place of each cell id.
        by_grade_id: place of each grade id.
        by_exercise: place of the solution cell of each exercise's first line.
    """

    cells: list[NotebookNode]
    by_id: dict[str, int]
    by_grade_id: dict[str, int]
    by_exercise: dict[str, int]


def survey(release: NotebookNode) -> ReleasedChapter:
    """A released chapter, ready to be filled in."""
    cells = [nbformat.from_dict(cell) for cell in release.cells]
    graded = {grading(cell).grade_id: at for at, cell in enumerate(cells) if grading(cell)}
    exercises = {
        EXERCISE.match(cells[at].source)[1]: at
        for at in graded.values()
        if cells[at].cell_type == "code" and EXERCISE.match(cells[at].source)
    }
    return ReleasedChapter(cells, {cell.id: at for at, cell in enumerate(cells)}, graded, exercises)


def find_places(cells: Sequence[Cell], chapter: ReleasedChapter) -> None:
    """Say of each cell which of the chapter's cells it is."""
    for cell in cells:
        votes: Counter[int] = Counter()
        line = EXERCISE.match(cell.source.lstrip())
        signs = (
            (chapter.by_id.get(cell.id), 1.2),  # ids are seldom tampered with; they win a tie
            (chapter.by_grade_id.get(cell.grade_id), 1.0),
            (chapter.by_exercise.get(line[1].rstrip()) if line else None, 1.0),
        )
        for place, weight in signs:
            if place is not None:
                votes[place] += weight
        for place in votes:
            votes[place] += 0.5 * (chapter.cells[place].cell_type == cell.kind)
        if votes:
            cell.place, cell.votes = max(votes.items(), key=lambda vote: vote[1])
    _find_alike(cells, chapter)
    _find_between(cells, chapter)


def _find_between(cells: Sequence[Cell], chapter: ReleasedChapter) -> None:
    """An answer without any sign: the cell that stands where it should."""
    for at, own in enumerate(chapter.cells):
        if not is_solution(own) or any(cell.place == at for cell in cells):
            continue
        before = [n for n, cell in enumerate(cells) if 0 <= cell.place < at]
        after = [n for n, cell in enumerate(cells) if cell.place > at]
        start, end = max(before, default=-1) + 1, min(after, default=len(cells))
        for cell in cells[start:end]:
            if cell.place < 0 and cell.kind == own.cell_type and cell.source.strip():
                cell.place = at
                break


def _find_alike(cells: Sequence[Cell], chapter: ReleasedChapter) -> None:
    """Cells without any sign: the chapter's own, changed or not, where the text says so."""
    taken = {cell.place for cell in cells}
    free = [at for at in range(len(chapter.cells)) if at not in taken]
    texts = {at: bare(chapter.cells[at].source) for at in free}
    for cell in (cell for cell in cells if cell.place < 0):
        text = bare(cell.source)
        same = [at for at in free if texts[at] == text]
        if same or (same := [at for at in free if _alike(texts[at], text)]):
            cell.place = same[0]
            free.remove(same[0])


def _alike(one: str, other: str) -> bool:
    matcher = SequenceMatcher(None, one[:COMPARED], other[:COMPARED], autojunk=False)
    quick = (matcher.real_quick_ratio, matcher.quick_ratio, matcher.ratio)
    return bool(other) and all(ratio() >= ALIKE for ratio in quick)


def is_solution(cell: NotebookNode) -> bool:
    """Whether a cell of a chapter is one that students fill in."""
    return bool(grading(cell) and grading(cell).solution)
