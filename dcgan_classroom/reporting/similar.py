"""Near-identical work for a human to look at: never a verdict.

What students wrote is cut into overlapping pieces, of tokens for code (names and texts made alike,
comments and spacing dropped) and of words for answers. Pieces that the release holds, or that most
of the class wrote, say nothing and are taken away; of what is left, two students' share counts.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations

from nbformat import NotebookNode
from pygments.lexers import PythonLexer
from pygments.token import Comment, Keyword, Name, Number, String, Text

from dcgan_classroom.reporting.clean import MOST_CODE
from dcgan_course import grading, has_tag

TOKENS, WORDS = 10, 5  # in one piece of code, and of prose
THRESHOLD = 0.7  # share of the shorter one's pieces that a pair is shown from
FEWEST = 20  # pieces left of the shorter one; below, likeness is no surprise
MOST_PAIRS = 60
CROWD = 4  # students who must share a piece, and more than half of the class, to call it common

Pieces = frozenset[tuple[str, ...]]


@dataclass(frozen=True)
class Written:
    """One cell that a student wrote: its exercise's id ("" for an extra cell), kind and source."""

    grade_id: str
    kind: str
    source: str


@dataclass(frozen=True)
class Pair:
    """Two students whose work on one chapter is alike.

    Attributes:
        chapter: stem of the chapter's file.
        first: one student.
        second: the other one.
        share: of the shorter one's pieces that the other one has too, 0 to 1.
        pieces: how many that is.
        cells: the cells of each that share at least half of their pieces, side by side.
    """

    chapter: str
    first: str
    second: str
    share: float
    pieces: int
    cells: tuple[tuple[Written, Written], ...]


def written_cells(notebook: NotebookNode, release: NotebookNode | None) -> list[Written]:
    """The cells of an executed notebook that are the student's.

    Args:
        notebook: executed.
        release: what was handed out, which tells extra cells from the course's; None: not known.
    """
    known = {cell.get("id") for cell in release.cells} if release else None
    found = []
    for cell in notebook.cells:
        data = grading(cell) or {}
        extra = known is not None and not data and cell.get("id") not in known
        injected = has_tag(cell, "injected-parameters")
        if data.get("solution") or (extra and not injected):
            source = cell.source[:MOST_CODE]
            grade_id = data.get("grade_id", "")
            found.append(Written(grade_id=grade_id, kind=cell.cell_type, source=source))
    return found


def similar_pairs(
    chapter: str, work: Mapping[str, list[Written]], release: NotebookNode | None
) -> list[Pair]:
    """Pairs of students whose work on a chapter is nearly identical, most alike first.

    Args:
        chapter: stem of the chapter's file.
        work: each student's cells.
        release: what was handed out.
    """
    released = [
        Written(grade_id="", kind=cell.cell_type, source=cell.source)
        for cell in (release.cells if release else ())
    ]
    handed_out = _all_pieces(released)
    own = {student: _all_pieces(cells) - handed_out for student, cells in work.items()}
    counts = Counter(piece for pieces in own.values() for piece in pieces)
    common = {piece for piece, count in counts.items() if count >= CROWD and count > len(work) / 2}
    own = {student: pieces - common for student, pieces in own.items()}
    shared: Counter[tuple[str, str]] = Counter()
    for holders in _holders(own).values():
        shared.update(combinations(sorted(holders), 2))
    pairs = []
    for (first, second), count in shared.items():
        shorter = min(len(own[first]), len(own[second]))
        if shorter >= FEWEST and count / shorter >= THRESHOLD:
            cells = _alike(work[first], work[second], own[first] & own[second])
            pair = Pair(
                chapter=chapter,
                first=first,
                second=second,
                share=count / shorter,
                pieces=count,
                cells=cells,
            )
            pairs.append(pair)
    return sorted(pairs, key=lambda pair: (-pair.share, -pair.pieces, pair.first, pair.second))


def pieces(cell: Written) -> Pieces:
    """The overlapping pieces of one cell: runs of tokens (code) or of words (prose)."""
    if cell.kind == "code":
        tokens, width = _tokens(cell.source), TOKENS
    else:
        tokens, width = re.findall(r"\w+", cell.source.casefold()), WORDS
    return frozenset(tuple(tokens[at : at + width]) for at in range(len(tokens) - width + 1))


def _tokens(source: str) -> list[str]:
    tokens: list[str] = []
    for kind, text in PythonLexer().get_tokens(source):
        if kind in Comment or kind in Text or kind in String.Doc:
            continue
        if kind in String:
            if tokens[-1:] != ["text"]:
                tokens.append("text")
        elif kind in Name and kind not in Name.Builtin and tokens[-1:] != ["."]:
            tokens.append("name")
        elif kind in Keyword or kind in Name or kind in Number or text.strip():
            tokens.append(text)
    return tokens


def _all_pieces(cells: Iterable[Written]) -> Pieces:
    return frozenset().union(*map(pieces, cells))


def _holders(own: Mapping[str, Pieces]) -> dict[tuple[str, ...], list[str]]:
    holders = defaultdict(list)
    for student, owned in own.items():
        for piece in owned:
            holders[piece].append(student)
    return holders


def _alike(
    first: list[Written], second: list[Written], shared: Pieces
) -> tuple[tuple[Written, Written], ...]:
    """For each cell of the first student the second one's most alike, where half is shared."""
    others = [(cell, pieces(cell) & shared) for cell in second]
    found = []
    for cell in first:
        mine = pieces(cell) & shared
        other, theirs = max(others, key=lambda pair: len(pair[1] & mine), default=(None, mine))
        if other and mine and 2 * len(mine & theirs) >= len(mine):
            found.append((cell, other))
    return tuple(found)
