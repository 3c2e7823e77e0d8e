"""The notebook that is run: the instructor's own, with only the students' answers put in.

Rebuild rather than repair: whatever was deleted, copied, moved, retyped, relabelled or awarded to
oneself is simply not taken over. A student's cell finds its place by three signs, the grade id,
the cell's id and the exercise's first line; two of them outvote a third that was changed.
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher

import nbformat
from nbformat import NotebookNode

from dcgan_classroom.submissions.find import notebook_cells
from dcgan_course import EXERCISE, grading
from dcgan_lib.shared import CourseError

MOST_CELLS = 2000  # of a student's notebook; what follows is left out
MOST_SOURCE = 200_000  # characters of one cell
ALIKE = 0.7  # share of matching text from which a cell is a changed cell of the chapter
COMPARED = 4000  # characters of a cell that are compared
MOST_NAMES = 5  # in a note
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


@dataclass
class Cell:
    """One cell of a student's notebook, as plain data."""

    kind: str  # "code", "markdown" or "raw"
    source: str
    id: str = ""
    grade_id: str = ""
    points: object = None
    place: int = -1  # of the chapter's cell that it is; -1: the student's own
    votes: float = 0.0


@dataclass
class _Work:
    """The chapter's cells and what came of each."""

    cells: list[NotebookNode]
    by_id: dict[str, int]
    by_grade_id: dict[str, int]
    by_exercise: dict[str, int]
    notes: list[str] = field(default_factory=list)


def rebuild_notebook(chapter: NotebookNode, release: NotebookNode, submitted: bytes) -> Rebuilt:
    """Put a student's answers into the chapter.

    Args:
        chapter: the instructor's solved chapter; not changed.
        release: its student version; not changed either.
        submitted: the bytes of the file that was handed in.

    Raises:
        CourseError: it is no notebook.
    """
    cells = read_cells(submitted)
    work = _survey(release)
    if len(cells) > MOST_CELLS:
        work.notes.append(f"Only the first {MOST_CELLS} of {len(cells)} cells were looked at.")
        cells = cells[:MOST_CELLS]
    _find_places(cells, work)
    chosen = _choose(cells, work)
    _note_changes(cells, chosen, work)
    solutions = _put_in(chosen, work)
    extra = _extra_cells(cells, work)
    _note_new_names(extra, chapter, work)
    notebook = nbformat.v4.new_notebook(
        cells=_interleave(work.cells, extra), metadata=nbformat.from_dict(release.metadata)
    )
    notebook.nbformat_minor = 5
    return Rebuilt(notebook, solutions, tuple(work.notes))


def read_cells(data: bytes) -> list[Cell]:
    """The cells of a notebook file of any format, or of one that breaks its format's rules.

    Raises:
        CourseError: it is no notebook.
    """
    found = notebook_cells(data)
    if isinstance(found, str):
        raise CourseError(
            f"A submission can't be graded. Expected: a Jupyter notebook. Received: {found} "
            "Ask for it again: File → Download in Jupyter gives the right file."
        )
    return [_cell(values) for values in found]


def solution_cells(notebook: NotebookNode) -> list[NotebookNode]:
    """The cells of a chapter that students fill in: solutions in code, and open answers."""
    return [cell for cell in notebook.cells if is_solution(cell)]


def is_solution(cell: NotebookNode) -> bool:
    """Whether a cell of a chapter is one that students fill in."""
    return bool(grading(cell) and grading(cell).solution)


def is_extra(cell: NotebookNode) -> bool:
    """Whether a cell of a rebuilt notebook is one that the student added."""
    return cell.id.startswith(EXTRA)


def _cell(values: dict) -> Cell:
    data = values.get("metadata")
    data = data.get("nbgrader") if isinstance(data, dict) else None
    data = data if isinstance(data, dict) else {}
    kind = values.get("cell_type")
    source = _text(values.get("source", values.get("input")))  # "input": format 3
    if kind == "heading":  # format 3
        level = values.get("level")
        kind, source = "markdown", f"{'#' * (level if level in range(1, 7) else 1)} {source}"
    return Cell(
        kind if kind in ("code", "markdown", "raw") else "raw",
        source[:MOST_SOURCE],
        _text(values.get("id")),
        _text(data.get("grade_id")),
        data.get("points"),
    )


def _text(value: object) -> str:
    if isinstance(value, list):
        value = "".join(part for part in value if isinstance(part, str))
    return value.encode("utf-8", "replace").decode("utf-8") if isinstance(value, str) else ""


def _survey(release: NotebookNode) -> _Work:
    cells = [nbformat.from_dict(cell) for cell in release.cells]
    graded = {grading(cell).grade_id: at for at, cell in enumerate(cells) if grading(cell)}
    exercises = {
        EXERCISE.match(cells[at].source)[1]: at
        for at in graded.values()
        if cells[at].cell_type == "code" and EXERCISE.match(cells[at].source)
    }
    return _Work(cells, {cell.id: at for at, cell in enumerate(cells)}, graded, exercises)


def _find_places(cells: Sequence[Cell], work: _Work) -> None:
    """Say of each cell which of the chapter's cells it is."""
    for cell in cells:
        votes: Counter[int] = Counter()
        line = EXERCISE.match(cell.source.lstrip())
        signs = (
            (work.by_id.get(cell.id), 1.2),  # ids are seldom tampered with; they win a tie
            (work.by_grade_id.get(cell.grade_id), 1.0),
            (work.by_exercise.get(line[1].rstrip()) if line else None, 1.0),
        )
        for place, weight in signs:
            if place is not None:
                votes[place] += weight
        for place in votes:
            votes[place] += 0.5 * (work.cells[place].cell_type == cell.kind)
        if votes:
            cell.place, cell.votes = max(votes.items(), key=lambda vote: vote[1])
    _find_alike(cells, work)
    _find_between(cells, work)


def _find_between(cells: Sequence[Cell], work: _Work) -> None:
    """An answer without any sign: the cell that stands where it should."""
    for at, own in enumerate(work.cells):
        if not is_solution(own) or any(cell.place == at for cell in cells):
            continue
        before = [n for n, cell in enumerate(cells) if 0 <= cell.place < at]
        after = [n for n, cell in enumerate(cells) if cell.place > at]
        start, end = max(before, default=-1) + 1, min(after, default=len(cells))
        for cell in cells[start:end]:
            if cell.place < 0 and cell.kind == own.cell_type and cell.source.strip():
                cell.place = at
                break


def _find_alike(cells: Sequence[Cell], work: _Work) -> None:
    """Cells without any sign: the chapter's own, changed or not, where the text says so."""
    taken = {cell.place for cell in cells}
    free = [at for at in range(len(work.cells)) if at not in taken]
    texts = {at: _bare(work.cells[at].source) for at in free}
    for cell in (cell for cell in cells if cell.place < 0):
        text = _bare(cell.source)
        same = [at for at in free if texts[at] == text]
        if same or (same := [at for at in free if _alike(texts[at], text)]):
            cell.place = same[0]
            free.remove(same[0])


def _alike(one: str, other: str) -> bool:
    matcher = SequenceMatcher(None, one[:COMPARED], other[:COMPARED], autojunk=False)
    quick = (matcher.real_quick_ratio, matcher.quick_ratio, matcher.ratio)
    return bool(other) and all(ratio() >= ALIKE for ratio in quick)


def _choose(cells: Sequence[Cell], work: _Work) -> dict[int, Cell]:
    """For each solution or answer the student's cell that counts, by its place in the chapter."""
    chosen: dict[int, Cell] = {}
    for at, own in enumerate(work.cells):
        if not is_solution(own):
            continue
        stub = _bare(own.source)
        found = [cell for cell in cells if cell.place == at]
        if found:
            found.sort(key=lambda cell: (_bare(cell.source) != stub, cell.votes), reverse=True)
            chosen[at] = found[0]
        if len(found) > 1:
            work.notes.append(
                f"{_title(own)} is there {len(found)} times; the cell that was given out counts."
            )
        if not found:
            work.notes.append(f"{_title(own)} is missing; the empty stub was run.")
    return chosen


def _put_in(chosen: dict[int, Cell], work: _Work) -> dict[str, str]:
    solutions = {}
    for at, cell in chosen.items():
        own = work.cells[at]
        if cell.kind != own.cell_type:
            work.notes.append(
                f"{_title(own)} was a {cell.kind} cell; it was taken as it was meant."
            )
        own.source = cell.source
        solutions[grading(own).grade_id] = cell.source
    return solutions


def _note_changes(cells: Sequence[Cell], chosen: dict[int, Cell], work: _Work) -> None:
    changed, relabelled, awarded = set(), 0, 0
    for cell in cells:
        own = work.cells[cell.place] if cell.place >= 0 else None
        data = grading(own) if own is not None else None
        if own is not None and cell.place not in chosen and not (data and data.solution):
            changed |= {cell.place} if _bare(cell.source) != _bare(own.source) else set()
        relabelled += bool(cell.grade_id) and cell.grade_id != (data.grade_id if data else "")
        awarded += cell.points is not None and cell.points != (data or {}).get("points")
    there = {cell.place for cell in cells}
    gone = [own for at, own in enumerate(work.cells) if at not in there and not is_solution(own)]
    checks = [_title(work.cells[at]) for at in sorted(changed) if grading(work.cells[at])]
    if checks:
        work.notes.append(f"Locked cells were changed, and the course's own run: {_few(checks)}.")
    if count := len(changed) - len(checks):
        work.notes.append(f"The chapter's own cells were run where {count} of them were changed.")
    if gone:
        work.notes.append(f"{len(gone)} of the chapter's cells were deleted; they were run anyway.")
    if relabelled:
        work.notes.append(f"{relabelled} cells carry a grade id that isn't theirs.")
    if awarded:
        work.notes.append(f"{awarded} cells carry points that the course doesn't give.")
    places = [cell.place for cell in cells if cell.place >= 0]
    if places != sorted(places):
        work.notes.append("Cells of the chapter were moved; they were run in the chapter's order.")


def _extra_cells(cells: Sequence[Cell], work: _Work) -> list[tuple[int, NotebookNode]]:
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


def _note_new_names(
    extra: Sequence[tuple[int, NotebookNode]], chapter: NotebookNode, work: _Work
) -> None:
    def names_of(cells: Iterable[NotebookNode]) -> set[str]:
        return set().union(*(top_names(c.source) for c in cells if c.cell_type == "code"))

    again = sorted(names_of(cell for _, cell in extra) & names_of(chapter.cells))
    if again:
        work.notes.append(f"Extra cells define names of the chapter anew: {_few(again)}.")


def top_names(source: str) -> set[str]:
    """Names that a cell defines for the cells after it; empty where it can't be parsed."""
    lines = [line for line in source.split("\n") if not re.match(r"\s*[%!?]", line)]
    try:
        tree = ast.parse("\n".join(lines))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return set()
    names: set[str] = set()
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(node.name)
            continue
        if isinstance(node, ast.Lambda | ast.ListComp | ast.SetComp | ast.DictComp):
            continue
        if isinstance(node, ast.GeneratorExp):
            continue
        if isinstance(node, ast.alias):
            names.add((node.asname or node.name).split(".")[0])
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
        waiting += ast.iter_child_nodes(node)
    return names


def _title(own: NotebookNode) -> str:
    line = EXERCISE.match(own.source)
    return line[1] if line else f"“{grading(own).grade_id}”"


def _few(names: Sequence[str]) -> str:
    rest = f" and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else ""
    return f"{', '.join(names[:MOST_NAMES])}{rest}"


def _bare(source: str) -> str:
    """A source without what editors change: space at line ends, empty lines at either end."""
    return "\n".join(line.rstrip() for line in source.strip().splitlines())
