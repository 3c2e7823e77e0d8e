"""The cells of a notebook file that was handed in, as plain data, whatever is odd about them."""

from __future__ import annotations

import ast
import json
import re
from dataclasses import dataclass

from dcgan_classroom.submissions.untrusted import load_untrusted
from dcgan_lib.shared import CourseError

MOST_SOURCE = 200_000  # characters of one cell
MOST_PARTS, DEEPEST = 2_000_000, 200  # of a notebook's JSON, its outputs counted
READ = ("cell_type", "source", "input", "level", "id")  # of a cell, besides its labels


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


def notebook_cells(data: bytes) -> list[dict] | str:
    """The cells of a notebook file, whatever is odd about them, or what is wrong with the file."""
    try:
        values = load_untrusted(data, MOST_PARTS, DEEPEST)
    except ValueError as error:
        return f"It isn't a notebook: {error}."
    if not isinstance(values, dict):
        return "It isn't a notebook: its JSON has another form."
    sheets = values.get("worksheets")
    cells = values.get("cells")
    if not isinstance(cells, list) and isinstance(sheets, list):
        lists = [sheet.get("cells") for sheet in sheets if isinstance(sheet, dict)]
        cells = [cell for cells in lists if isinstance(cells, list) for cell in cells]
    if not isinstance(cells, list):
        return "It isn't a notebook: it has no cells."
    return [cell for cell in cells if isinstance(cell, dict)]


def without_outputs(cells: list[dict]) -> bytes:
    """What grading reads of cells, as a notebook's JSON: no outputs, no pictures."""
    kept = [
        {name: cell[name] for name in READ if name in cell} | {"metadata": _labels(cell)}
        for cell in cells
    ]
    return json.dumps({"cells": kept}, sort_keys=True).encode()


def _labels(cell: dict) -> dict:
    data = cell.get("metadata")
    labels = data.get("nbgrader") if isinstance(data, dict) else None
    return {"nbgrader": labels} if isinstance(labels, dict) else {}


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


def bare(source: str) -> str:
    """A source without what editors change: space at line ends, empty lines at either end."""
    return "\n".join(line.rstrip() for line in source.strip().splitlines())
