"""An executed chapter as a page of the site."""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping

import nbformat

from dcgan_course.chapters import grading, has_tag
from dcgan_lib.shared import CourseError

WIDGET = "application/vnd.jupyter.widget-view+json"
BOLD = re.compile(r"\*\*(?!\*)(.+?)\*\*", re.DOTALL)
DOWNLOADS = """:::{{div}} downloads
Download this chapter: {links}
:::"""
KINDS = (("student", "to work through"), ("solved", "solved"))
SOLUTION = {"code_prompt_show": "Show a solution", "code_prompt_hide": "Hide the solution"}
SETUP = {"code_prompt_show": "Show the Setup cell", "code_prompt_hide": "Hide the Setup cell"}
ANSWER = """<details class="answer"><summary>A model answer</summary>

{}

</details>"""


def lesson_page(
    chapter: nbformat.NotebookNode,
    executed: nbformat.NotebookNode,
    student: nbformat.NotebookNode,
    name: str,
    terms: Mapping[str, str],
    solved: bool,
) -> nbformat.NotebookNode:
    """What Sphinx is given of a chapter: its cells, with the outputs of the run.

    Args:
        chapter: as it is stored; not changed.
        executed: the same, as it was run.
        student: its students' version.
        name: of its file, without suffix.
        terms: a term in small letters → its entry in the glossary.
        solved: whether solutions and model answers are shown, folded; if not, the students' stubs
            stand in their place.

    Raises:
        CourseError: the chapter's code was changed since it was run.
    """
    page = copy.deepcopy(chapter)
    run = {cell.id: cell for cell in executed.cells}
    stubs = {cell.id: cell.source for cell in student.cells}
    for cell in page.cells:
        if cell.cell_type == "code":
            cell.outputs = _outputs(cell, run.get(cell.id), name)
        if grading(cell) and not solved:
            cell.source = stubs[cell.id]
        if cell.cell_type == "code":
            _fold(cell, solved)
        elif grading(cell) and solved:
            cell.source = ANSWER.format(cell.source)
        else:
            cell.source = link_terms(cell.source, terms)
    _offer_downloads(page.cells[0], name, solved)
    return page


def _outputs(
    cell: nbformat.NotebookNode, run: nbformat.NotebookNode | None, name: str
) -> list[nbformat.NotebookNode]:
    if run is None or run.source != cell.source:
        raise CourseError(
            f"{name} isn't the chapter that was run. Expected: the code of the last `make course`. "
            f"Received: another cell {cell.source.splitlines()[0]!r}. Run `make course` again."
        )
    return [output for output in map(_still, run.outputs) if output]


def link_terms(text: str, terms: Mapping[str, str]) -> str:
    """Bold words that the glossary has, as links to their entries."""

    def linked(match: re.Match[str]) -> str:
        words = " ".join(match[1].split())
        entry = terms.get(words.lower())
        return f"**{{term}}`{words} <{entry}>`**" if entry else match[0]

    return BOLD.sub(linked, text)


def _fold(cell: nbformat.NotebookNode, solved: bool) -> None:
    if has_tag(cell, "setup"):
        texts = SETUP
    elif solved and grading(cell) and grading(cell).solution:
        texts = SOLUTION
    else:
        return
    cell.metadata["tags"] = [*cell.metadata.get("tags", []), "hide-input"]
    cell.metadata["mystnb"] = dict(texts)


def _still(output: nbformat.NotebookNode) -> nbformat.NotebookNode | None:
    """An output without its widget, which needs a kernel; None if nothing else is in it."""
    if WIDGET not in output.get("data", {}):
        return output
    kept = {kind: value for kind, value in output.data.items() if kind != WIDGET}
    return None if set(kept) <= {"text/plain"} else nbformat.from_dict({**output, "data": kept})


def _offer_downloads(first: nbformat.NotebookNode, name: str, solved: bool) -> None:
    kinds = (
        {"student": "to work through", "solved": "solved"}
        if solved
        else {"student": "to work through"}
    )
    links = " · ".join(
        f"{{download}}`{text} </downloads/{kind}/{name}.ipynb>`" for kind, text in kinds.items()
    )
    title, _, rest = first.source.partition("\n")
    first.source = f"{title}\n\n{DOWNLOADS.format(links=links)}\n{rest}"
