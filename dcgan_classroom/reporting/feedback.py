"""What a student gets back: the marked notebook, as a notebook and as a page, and a summary.

Nothing of it runs, and nothing is fetched: pictures stand in the page, and formulas and widgets
stay still. Hidden tests show in a mark's reason only.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import nbformat
from markupsafe import Markup, escape
from nbformat import NotebookNode

from dcgan_classroom.gradebook import ClassBook, GradedChapter
from dcgan_classroom.grading import Mark, Result
from dcgan_classroom.reporting.clean import clean_markdown, code, plain
from dcgan_classroom.reporting.outputs import Shown, kept_outputs, shown_outputs, visible_source
from dcgan_classroom.reporting.pages import points_text, write_page
from dcgan_course import KERNEL, grading, write_notebook

STATUS_WORDS = {
    "error": "ended with an error",
    "timeout": "took too long",
    "died": "the kernel died",
    "out of memory": "needed too much memory",
    "missing": "could not be read",
}


@dataclass(frozen=True)
class Cell:
    """One cell as a page shows it."""

    kind: str
    html: Markup
    anchor: str
    count: object
    outputs: tuple[Shown, ...]
    mark: Mark | None
    comment: str


def write_student(
    folder: Path,
    book: ClassBook,
    student: str,
    notebooks: Mapping[str, NotebookNode | None],
    policy: str,
) -> None:
    """Write one student's folder: ``index.html``, and ``.html`` and ``.ipynb`` of each chapter.

    Args:
        folder: to write to; nothing in it leads to another student.
        book: the class.
        student: whose folder it is.
        notebooks: executed notebooks by chapter; None where there is none.
        policy: how marks become grades, in sentences.
    """
    for chapter, result in book.results(student):
        if result is None or result.status == "missing":
            continue
        notebook = notebooks.get(chapter.name)
        comments = _comments(book, student, chapter)
        cells = shown_cells(notebook, result, comments) if notebook else []
        write_page(
            folder / f"{chapter.name}.html",
            "chapter.html",
            book=book,
            student=student,
            chapter=chapter,
            result=result,
            cells=cells,
            marks=[(mark, comments.get(mark.grade_id, "")) for mark in result.marks],
            status=STATUS_WORDS,
        )
        if notebook:
            marked = marked_notebook(notebook, result, comments)
            write_notebook(marked, folder / f"{chapter.name}.ipynb")
    write_page(
        folder / "index.html",
        "student.html",
        book=book,
        student=student,
        status=STATUS_WORDS,
        policy_text=policy,
    )


def _comments(book: ClassBook, student: str, chapter: GradedChapter) -> dict[str, str]:
    found = {cell.grade_id: (student, chapter.name, cell.grade_id) for cell in chapter.cells}
    return {name: book.comments[key] for name, key in found.items() if key in book.comments}


def shown_cells(notebook: NotebookNode, result: Result, comments: Mapping[str, str]) -> list[Cell]:
    """The cells of an executed notebook as a page shows them, each mark at its cell.

    Args:
        notebook: executed.
        result: whose marks are shown.
        comments: a human's words by grade_id.
    """
    marks = {mark.grade_id: mark for mark in result.marks}
    cells = []
    for cell in notebook.cells:
        data = grading(cell) or {}
        mark = marks.pop(data.get("grade_id"), None) if data.get("grade") else None
        comment = comments.get(mark.grade_id, "") if mark else ""
        shown = tuple(shown_outputs(cell)) if cell.cell_type == "code" else ()
        source, count = visible_source(cell), cell.get("execution_count")
        if cell.cell_type == "code":
            text = code(source)
        elif cell.cell_type == "markdown":
            text = clean_markdown(source, cell.get("attachments"))
        else:
            text = escape(plain(source))
        anchor = mark.grade_id if mark else ""
        cells.append(
            Cell(
                kind=cell.cell_type,
                html=text,
                anchor=anchor,
                count=count,
                outputs=shown,
                mark=mark,
                comment=comment,
            )
        )
    return cells


def marked_notebook(
    notebook: NotebookNode, result: Result, comments: Mapping[str, str]
) -> NotebookNode:
    """A copy of an executed notebook with a Markdown cell after each graded one: mark and reason.

    Outputs are kept as text, clean tables and pictures; scripts, SVG and widgets are dropped.
    """
    marks = {mark.grade_id: mark for mark in result.marks}
    copy = nbformat.v4.new_notebook(metadata={"kernelspec": KERNEL})
    for cell in notebook.cells:
        kept = nbformat.from_dict(cell)
        kept.source = visible_source(cell)
        if cell.cell_type == "code":
            kept.outputs = kept_outputs(cell)
        kept.metadata = nbformat.from_dict(
            {key: cell.metadata[key] for key in ("nbgrader", "tags") if key in cell.metadata}
        )
        copy.cells.append(kept)
        data = grading(cell) or {}
        mark = marks.pop(data.get("grade_id"), None) if data.get("grade") else None
        if mark:
            copy.cells.append(_mark_cell(mark, comments.get(mark.grade_id, "")))
    copy.nbformat_minor = 5
    return copy


def _mark_cell(mark: Mark, comment: str) -> NotebookNode:
    lines = [f"**{_quoted(mark.title)}** · {points_text(mark)}"]
    lines += [_quoted(text) for text in (mark.reason, comment) if text]
    cell = nbformat.v4.new_markdown_cell("\n\n".join(lines), metadata={"tags": ["mark"]})
    cell.id = f"mark-{re.sub(r'[^A-Za-z0-9_-]', '-', mark.grade_id)}"[:64]
    return cell


def _quoted(text: str) -> str:
    line = html.escape(" ".join(plain(text).split()), quote=False)
    return re.sub(r"([\\`*_{}\[\]()#+!|~$-])", r"\\\1", line)
