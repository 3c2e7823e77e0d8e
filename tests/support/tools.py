"""What tests of the classroom share: the machine's sandbox, and a run of some cells in it."""

import functools
import tempfile
from pathlib import Path

import pytest
from nbformat.v4 import new_code_cell, new_notebook

from dcgan_classroom.sandbox.base import Sandbox
from dcgan_classroom.sandbox.engine import run_notebook
from dcgan_classroom.sandbox.find import find_sandbox
from dcgan_classroom.sandbox.process import Limits
from dcgan_classroom.sandbox.run import Run
from dcgan_lib.shared.errors import CourseError

LIMITS = Limits(memory_mb=4096, file_mb=8, box_mb=16, tmp_mb=16, cell_seconds=60, wall_seconds=90)


@functools.cache
def _found() -> Sandbox | str:
    try:
        return find_sandbox()
    except CourseError as error:
        return str(error)


def the_sandbox() -> Sandbox:
    """This machine's sandbox; the test is skipped, with the reason, where none is to be had."""
    found = _found()
    if isinstance(found, str):
        pytest.skip(found)
    return found


def run_cells(
    *sources: str,
    sandbox: Sandbox | None = None,
    limits: Limits = LIMITS,
    parameters: dict | None = None,
    box: Path | None = None,
    **options: object,
) -> Run:
    """Run some cells after a parameters cell ``seed = 0``; the sandbox is this machine's."""
    first = new_code_cell("seed = 0", metadata={"tags": ["parameters"]})
    notebook = new_notebook(cells=[first, *map(new_code_cell, sources)])
    sandbox = sandbox or the_sandbox()
    with tempfile.TemporaryDirectory() as folder:
        return run_notebook(notebook, parameters or {}, sandbox, limits, box or folder, **options)


def printed(run: Run, at: int) -> str:
    """What cell ``at`` printed or showed as text, the parameters cell not counted."""
    texts = []
    for output in run.notebook.cells[at + 1].outputs:
        if output.output_type == "stream":
            texts.append(output.text)
        elif output.output_type == "error":
            texts.append(f"{output.ename}: {output.evalue}")
        else:
            texts.append(output.data.get("text/plain", ""))
    return "".join(texts)
