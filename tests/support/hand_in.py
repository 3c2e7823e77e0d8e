"""What the fixture class is made with: a notebook to be filled in, and a table of who hands in."""

import json
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from dcgan_classroom.release import student_version
from dcgan_course.chapters import grading, read_notebook

COURSE = Path(__file__).with_name("course")
SUMS, LINES = "01_sums", "02_lines"
FULL = (3, 2, 1, None)  # running totals, even numbers, greeting, and an open answer
TRAPS = "# What is outside\n"  # begins the cell that tells an attack where things are


@dataclass(frozen=True)
class Traps:
    """What attacks try to reach; the attacks' code has these as names, in capitals.

    Attributes:
        secret: a file that anybody may read.
        places: folders to write into; into some anybody may.
        port: of a server on loopback.
        theirs: folders that hold solved chapters, probes, submissions and results.
        nonce: in the command line of processes that are to outlive the run.
    """

    secret: str
    places: tuple[str, ...]
    port: int
    theirs: tuple[str, ...]
    nonce: str

    def code(self) -> str:
        return TRAPS + "\n".join(
            f"{name.upper()} = {value!r}" for name, value in vars(self).items()
        )


class Book:
    """A chapter as a student has it: released, every answer filled in rightly, not run."""

    def __init__(self, chapter: str, traps: Traps):
        solved = read_notebook(COURSE / f"{chapter}.ipynb")
        self.notebook = student_version(solved, chapter)
        self.chapter, self.traps = chapter, traps
        for cell, right in zip(self.notebook.cells, solved.cells, strict=True):
            if grading(cell) and grading(cell).solution:
                lines = right.source.splitlines()
                cell.source = "\n".join(line for line in lines if "### " not in line)

    @property
    def cells(self) -> list[NotebookNode]:
        return self.notebook.cells

    def cell(self, grade_id: str) -> NotebookNode:
        """The cell of a grade id."""
        found = [one for one in self.cells if grading(one) and grading(one).grade_id == grade_id]
        return found[0]

    def answer(self, grade_id: str, source: str) -> None:
        """Answer an exercise otherwise; a code cell keeps its first line."""
        cell, text = self.cell(grade_id), textwrap.dedent(source).strip("\n")
        first = cell.source.splitlines()[0]
        cell.source = f"{first}\n{text}" if cell.cell_type == "code" else text

    def add(self, source: str, before: str | None = None, kind: str = "code") -> NotebookNode:
        """Put an extra cell before the cell of a grade id, by default after all."""
        make = nbformat.v4.new_code_cell if kind == "code" else nbformat.v4.new_markdown_cell
        cell = make(textwrap.dedent(source).strip("\n"))
        at = self.cells.index(self.cell(before)) if before else len(self.cells)
        self.cells.insert(at, cell)
        return cell

    def attack(self, source: str, before: str | None = "running-total") -> None:
        """An extra cell that knows where things are."""
        self.add(f"{self.traps.code()}\n{textwrap.dedent(source)}", before)

    def bytes(self) -> bytes:
        """The file."""
        return json.dumps(self.notebook, indent=1).encode()


Maker = Callable[[Book], dict[str, bytes | Path] | None]


@dataclass(frozen=True)
class HandedIn:
    """One submission of the class, and what is expected of it.

    Attributes:
        student: name.
        group: "right", "partly right", "accident", "tampering" or "attack".
        sentence: what was handed in.
        status: of the result.
        marks: scores in the chapter's order; None where a human is to mark.
        why: the reason for these marks.
        says: what one of the result's notes or reasons has to say.
        chapter: stem.
        make: fills in a ``Book``; may give files or links instead, by their path.
    """

    student: str
    group: str
    sentence: str
    status: str
    marks: tuple[float | None, ...]
    why: str
    says: str
    chapter: str
    make: Maker

    def write(self, folder: Path, traps: Traps) -> None:
        """Write it as a student's folder below ``folder``."""
        book = Book(self.chapter, traps)
        files = self.make(book) or {f"{self.student}/{self.chapter}.ipynb": book.bytes()}
        for name, data in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.symlink_to(data) if isinstance(data, Path) else path.write_bytes(data)


CLASS: list[HandedIn] = []


def group(name: str) -> Callable:
    """A decorator for functions that fill in a ``Book``: ``@right("ok", FULL, "why")``."""

    def hands_in(
        status: str,
        marks: tuple[float | None, ...],
        why: str,
        says: str = "",
        chapter: str = SUMS,
        student: str = "",
    ) -> Callable:
        def enrol(make: Maker) -> Maker:
            who = student or make.__name__.replace("_", " ")
            text = " ".join((make.__doc__ or "").split())
            CLASS.append(HandedIn(who, name, text, status, marks, why, says, chapter, make))
            return make

        return enrol

    return hands_in
