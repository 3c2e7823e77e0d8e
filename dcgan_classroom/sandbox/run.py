"""How a run of a notebook ended: what the grader's side saw, and what it makes of that."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection
from dataclasses import dataclass, field

import nbformat

from dcgan_classroom.sandbox.notebook import error_output
from dcgan_classroom.sandbox.process import Limits, Running

STATUSES = ("ok", "out of memory", "timeout", "died")
ENDS = {
    "wall": ("timeout", "The notebook ran longer than its {wall_seconds:g} s in all."),
    "cell": ("timeout", "A cell ran longer than its {cell_seconds:g} s, and could not be stopped."),
    "memory": ("out of memory", "The processes took more than {memory_mb} MB of memory together."),
    "files": ("died", "Too many files were made."),
    "flood": ("died", "The kernel sent more than the grader can take."),
}


@dataclass(frozen=True)
class Run:
    """How running one notebook ended.

    Attributes:
        notebook: the executed notebook. A cell's ``execution_count`` is None unless it ended,
            else 1, 2, … in the order of running, whatever the kernel said.
        status: "ok" (every cell ended, errors in cells allowed), "timeout", "died" or "out of
            memory". After "timeout" and "out of memory" later cells may have run as well.
        seconds: that it took, the kernel's start included.
        note: a sentence or more on what was not as usual, for a human; "" mostly.
        left_out: files of the work folder that were not taken over, a sentence each. Students
            choose their names: they are not to be shown.
    """

    notebook: nbformat.NotebookNode
    status: str
    seconds: float
    note: str
    left_out: tuple[str, ...] = ()


@dataclass
class Record:
    """What the grader's side saw while a notebook ran."""

    limits: Limits
    each: Callable[[int, int], object] | None = None
    silent: Collection[str] = ()
    status: str = "ok"
    notes: list[str] = field(default_factory=list)
    begun: bool = False
    ended: int = 0
    token: str = field(default_factory=lambda: uuid.uuid4().hex)

    def worsen(self, status: str, note: str) -> None:
        """Take a worse status, and say why."""
        self.status = max(self.status, status, key=STATUSES.index)
        if note not in self.notes:
            self.notes.append(note)


def judge(running: Running, record: Record, notebook: nbformat.NotebookNode) -> None:
    """Say what ended the kernel, if a cell is left that it did not end."""
    left = [
        cell
        for cell in notebook.cells
        if cell.cell_type == "code" and cell.source.strip() and cell.execution_count is None
    ]
    if not left:
        return
    name = "DeadKernel"
    if running.out_of_memory():
        name, status, note = "MemoryError", *ENDS["memory"]
        if running.why != "memory":
            note = "The kernel ended for want of memory ({memory_mb} MB)."
    elif running.why:
        status, note = ENDS[running.why]
        name = "Timeout" if status == "timeout" else name
    else:
        status, note = "died", "The kernel ended in a cell (exit code {code})."
    note = note.format(code=running.process.returncode, **vars(record.limits))
    record.worsen(status, note)
    left[0].outputs.append(error_output(name, note))
