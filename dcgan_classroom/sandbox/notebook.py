"""A notebook before a run and after it."""

from __future__ import annotations

import json
from typing import Any

import nbformat
from papermill.iorw import load_notebook_node
from papermill.parameterize import parameterize_notebook


def prepare(notebook: nbformat.NotebookNode, parameters: dict[str, Any]) -> nbformat.NotebookNode:
    """A copy with the parameters put in, and nothing that an earlier run left."""
    ready = nbformat.from_dict(json.loads(json.dumps(notebook)))
    ready.metadata.pop("papermill", None)
    ready.metadata.pop("widgets", None)
    for cell in ready.cells:
        cell.metadata.pop("papermill", None)
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    ready = load_notebook_node(ready)
    options = {"kernel_name": "python3", "language": "python"}
    return parameterize_notebook(ready, parameters, **options) if parameters else ready


def make_sound(notebook: nbformat.NotebookNode) -> None:
    """Drop outputs that make a notebook which can't be written or read again."""
    try:
        nbformat.validate(notebook)
        json.dumps(notebook)
        return
    except Exception:
        notebook.metadata.pop("widgets", None)
    for cell in notebook.cells:
        outputs, cell_outputs = [], cell.get("outputs", [])
        for output in cell_outputs:
            try:
                nbformat.validate(output, ref="output")
                json.dumps(output)
                outputs.append(output)
            except Exception:
                outputs.append(error_output("Output", "An output of an odd form was dropped."))
        if cell.cell_type == "code":
            cell.outputs = outputs


def error_output(name: str, text: str) -> nbformat.NotebookNode:
    """An output that reads like an error of the cell's own."""
    return nbformat.v4.new_output("error", ename=name, evalue=text, traceback=[f"{name}: {text}"])
