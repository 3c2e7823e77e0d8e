"""An executed chapter as a page of the site."""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping

import nbformat

from dcgan_course.chapters import grading, has_tag

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
    executed: nbformat.NotebookNode,
    student: nbformat.NotebookNode,
    name: str,
    terms: Mapping[str, str],
    solved: bool,
) -> nbformat.NotebookNode:
    """What Sphinx is given of a chapter.

    Args:
        executed: the chapter as it was run; not changed.
        student: its students' version, with the same ids of cells.
        name: of its file, without suffix.
        terms: a term in small letters → its entry in the glossary.
        solved: whether solutions and model answers are shown, folded; if not, the students' stubs
            stand in their place.
    """
    page = copy.deepcopy(executed)
    stubs = {cell.id: cell.source for cell in student.cells}
    page.cells = [cell for cell in page.cells if not has_tag(cell, "injected-parameters")]
    page.metadata.pop("widgets", None)
    page.metadata.pop("papermill", None)
    for cell in page.cells:
        if grading(cell) and not solved:
            cell.source = stubs[cell.id]
        if cell.cell_type == "code":
            _fold(cell, solved)
            cell.outputs = [output for output in map(_still, cell.outputs) if output]
        elif grading(cell) and solved:
            cell.source = ANSWER.format(cell.source)
        else:
            cell.source = link_terms(cell.source, terms)
    _offer_downloads(page.cells[0], name, solved)
    return page


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
    return None if set(kept) <= {"text/plain"} else output | {"data": kept}


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
