"""The notebook that is run: the instructor's own, with only the students' answers put in.

Rebuild rather than repair: whatever was deleted, copied, moved, retyped, relabelled or awarded to
oneself is simply not taken over.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import nbformat
from nbformat import NotebookNode

from dcgan_classroom.submissions.cells import Cell, bare, read_cells, top_names
from dcgan_classroom.submissions.places import ReleasedChapter, find_places, is_solution, survey
from dcgan_course import EXERCISE, grading

MOST_CELLS = 2000  # of a student's notebook; what follows is left out
MOST_NAMES = 5  # in a note
MARKERS = re.compile(r"#+( (?:BEGIN|END) (?:HIDDEN TESTS|MARK SCHEME))")  # the course's own
EXTRA = "extra-"  # ids of the student's own cells begin with it


@dataclass(frozen=True)
class Rebuilt:
    """A notebook ready to be run, made from what a student handed in.

    Attributes:
        notebook: the chapter's release version with the student's solutions and answers, and the
            student's extra cells where they stood. No hidden tests, no outputs.
        solutions: source of each solution and answer that was found, by grade id.
        notes: what was odd, a sentence each.
    """

    notebook: NotebookNode
    solutions: dict[str, str]
    notes: tuple[str, ...]


def rebuild_notebook(solved: NotebookNode, release: NotebookNode, submitted: bytes) -> Rebuilt:
    """Put a student's answers into the chapter.

    Args:
        solved: the instructor's solved chapter; not changed.
        release: its student version; not changed either.
        submitted: the bytes of the file that was handed in.

    Raises:
        CourseError: it isn't a notebook.
    """
    every_cell = read_cells(submitted)
    marked = _take_markers(every_cell)
    cells, chapter = every_cell[:MOST_CELLS], survey(release)
    find_places(cells, chapter)
    chosen = _choose(cells, chapter)
    extra = _extra_cells(cells)
    notes = [
        *_notes_on_length(every_cell),
        *_notes_on_markers(marked),
        *_notes_on_answers(cells, chosen, chapter),
        *_notes_on_own_cells(cells, chosen, chapter),
        *_notes_on_order(cells),
        *_notes_on_names(extra, solved),
    ]
    solutions = _put_in(chosen, chapter)
    notebook = nbformat.v4.new_notebook(
        cells=_interleave(chapter.cells, extra), metadata=nbformat.from_dict(release.metadata)
    )
    notebook.nbformat_minor = 5
    return Rebuilt(notebook, solutions, tuple(notes))


def solution_cells(notebook: NotebookNode) -> list[NotebookNode]:
    """The cells of a chapter that students fill in: solutions in code, and open answers."""
    return [cell for cell in notebook.cells if is_solution(cell)]


def is_extra(cell: NotebookNode) -> bool:
    """Whether a cell of a rebuilt notebook is one that the student added."""
    return cell.id.startswith(EXTRA)


def _take_markers(cells: Sequence[Cell]) -> int:
    """Make the course's markers plain comments, so that whoever leaves out what lies between them
    leaves out nothing that ran; how many cells had any."""
    marked = [cell for cell in cells if MARKERS.search(cell.source)]
    for cell in marked:
        cell.source = MARKERS.sub(r"#\1", cell.source)
    return len(marked)


def _choose(cells: Sequence[Cell], chapter: ReleasedChapter) -> dict[int, Cell]:
    """For each solution or answer the student's cell that counts, by its place in the chapter."""
    chosen: dict[int, Cell] = {}
    for at, own in enumerate(chapter.cells):
        found = [cell for cell in cells if cell.place == at] if is_solution(own) else []
        if found:
            stub = bare(own.source)
            chosen[at] = max(found, key=lambda cell: (bare(cell.source) != stub, cell.votes))
    return chosen


def _put_in(chosen: dict[int, Cell], chapter: ReleasedChapter) -> dict[str, str]:
    """Fill in the chosen answers; gives them by grade id."""
    for at, cell in chosen.items():
        chapter.cells[at].source = cell.source
    return {grading(chapter.cells[at]).grade_id: cell.source for at, cell in chosen.items()}


def _extra_cells(cells: Sequence[Cell]) -> list[tuple[int, NotebookNode]]:
    """The student's own cells, each with the place of the chapter's cell that it stands after."""
    extra, after = [], -1
    for number, cell in enumerate(cells):
        if cell.place >= 0:
            after = cell.place
        elif cell.source.strip():
            new = (
                nbformat.v4.new_code_cell if cell.kind == "code" else nbformat.v4.new_markdown_cell
            )
            made = new(cell.source if cell.kind != "raw" else f"```\n{cell.source}\n```")
            made.id = f"{EXTRA}{number}"
            extra.append((after, made))
    return extra


def _interleave(
    own: Sequence[NotebookNode], extra: Iterable[tuple[int, NotebookNode]]
) -> list[NotebookNode]:
    following: dict[int, list[NotebookNode]] = {}
    for after, cell in extra:
        following.setdefault(after, []).append(cell)
    cells = list(following.get(-1, []))
    for at, cell in enumerate(own):
        cells += [cell, *following.get(at, [])]
    return cells


def _notes_on_length(cells: Sequence[Cell]) -> Iterable[str]:
    if len(cells) > MOST_CELLS:
        yield f"Only the first {MOST_CELLS} of {len(cells)} cells were looked at."


def _notes_on_markers(marked: int) -> Iterable[str]:
    if marked:
        yield f"{marked} cells hold the course's markers of hidden tests; all that ran is shown."


def _notes_on_answers(
    cells: Sequence[Cell], chosen: dict[int, Cell], chapter: ReleasedChapter
) -> Iterable[str]:
    for at, own in enumerate(chapter.cells):
        if not is_solution(own):
            continue
        count = sum(cell.place == at for cell in cells)
        if count > 1:
            yield f"{_title(own)} is there {count} times; the cell that was given out counts."
        if count == 0:
            yield f"{_title(own)} is missing; the empty stub was run."
        elif chosen[at].kind != own.cell_type:
            yield f"{_title(own)} was a {chosen[at].kind} cell; it was taken as it was meant."


def _notes_on_own_cells(
    cells: Sequence[Cell], chosen: dict[int, Cell], chapter: ReleasedChapter
) -> Iterable[str]:
    """On the chapter's own cells: changed, deleted, or with other labels than they had."""
    changed, relabelled, awarded = set(), 0, 0
    for cell in cells:
        own = chapter.cells[cell.place] if cell.place >= 0 else None
        data = grading(own) if own is not None else None
        if own is not None and cell.place not in chosen and not (data and data.solution):
            changed |= {cell.place} if bare(cell.source) != bare(own.source) else set()
        relabelled += bool(cell.grade_id) and cell.grade_id != (data.grade_id if data else "")
        awarded += cell.points is not None and cell.points != (data or {}).get("points")
    checks = [_title(chapter.cells[at]) for at in sorted(changed) if grading(chapter.cells[at])]
    if checks:
        yield f"Locked cells were changed, and the course's own run: {_few(checks)}."
    if count := len(changed) - len(checks):
        yield f"The chapter's own cells were run where {count} of them were changed."
    there = {cell.place for cell in cells}
    gone = [at for at, own in enumerate(chapter.cells) if at not in there and not is_solution(own)]
    if gone:
        yield f"{len(gone)} of the chapter's cells were deleted; they were run anyway."
    if relabelled:
        yield f"{relabelled} cells carry a grade id that isn't theirs."
    if awarded:
        yield f"{awarded} cells carry points that the course doesn't give."


def _notes_on_order(cells: Sequence[Cell]) -> Iterable[str]:
    places = [cell.place for cell in cells if cell.place >= 0]
    if places != sorted(places):
        yield "Cells of the chapter were moved; they were run in the chapter's order."


def _notes_on_names(
    extra: Sequence[tuple[int, NotebookNode]], solved: NotebookNode
) -> Iterable[str]:
    def names_of(cells: Iterable[NotebookNode]) -> set[str]:
        return set().union(*(top_names(c.source) for c in cells if c.cell_type == "code"))

    again = sorted(names_of(cell for _, cell in extra) & names_of(solved.cells))
    if again:
        yield f"Extra cells define names of the chapter again: {_few(again)}."


def _title(own: NotebookNode) -> str:
    line = EXERCISE.match(own.source)
    return line[1] if line else f"“{grading(own).grade_id}”"


def _few(names: Sequence[str]) -> str:
    rest = f" and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else ""
    return f"{', '.join(names[:MOST_NAMES])}{rest}"
