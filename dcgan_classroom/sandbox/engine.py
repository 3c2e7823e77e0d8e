"""Papermill runs one notebook, its kernel in a sandbox: cells, time limits, a cap on output.

Nothing that the kernel says decides about the run's status: the grader's side counts which
cells ended, and watches the process. A cell that times out is interrupted; a kernel that
ignores it is ended 5 seconds later, and the whole run when its wall clock is up.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import Any

import nbformat
from jupyter_core.utils import run_sync
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import NBClientEngine, papermill_engines

from dcgan_classroom.sandbox.base import START_SECONDS, Sandbox
from dcgan_classroom.sandbox.kernel import Manager
from dcgan_classroom.sandbox.notebook import error_output, make_sound, prepare
from dcgan_classroom.sandbox.output_cap import Cap, collapse
from dcgan_classroom.sandbox.process import Limits, copy_out
from dcgan_classroom.sandbox.run import Record, Run, judge
from dcgan_lib.shared import CourseError

ENGINE = "dcgan-sandbox"
GRACE_SECONDS = 5  # for a kernel to obey an interrupt, and for the last of a cell's output
MEMORY_ERRORS = ("MemoryError", "_ArrayMemoryError", "ResourceExhaustedError")


class SandboxClient(PapermillNotebookClient):
    """Papermill's client for a kernel that is not trusted."""

    def __init__(self, nb_man: Any, km: Manager, record: Record, **options: Any) -> None:
        limits = record.limits
        super().__init__(
            nb_man,
            km=km,
            allow_errors=True,
            timeout_func=lambda cell: limits.cell_seconds,
            interrupt_on_timeout=True,
            error_on_timeout={"ename": record.token, "evalue": "", "traceback": []},
            iopub_timeout=GRACE_SECONDS,
            startup_timeout=START_SECONDS,
            record_timing=False,
            skip_cells_with_tag=record.token,
            on_cell_error=self._note_error,
            **options,
        )
        self.record, self.cap = record, Cap(limits.output_kb * 1024)

    def execute(self, **_: Any) -> nbformat.NotebookNode:
        """Run every cell; the kernel runs already, and is ended elsewhere."""
        self.reset_execution_trackers()
        with self.setup_kernel(cleanup_kc=False):
            self.papermill_execute_cells()
            self.set_widgets_metadata()
        return self.nb

    async def async_execute_cell(
        self, cell: nbformat.NotebookNode, cell_index: int, **_: Any
    ) -> nbformat.NotebookNode:
        """Run one cell, and keep what it printed within the cap.

        Raises:
            DeadKernelError: the kernel ended, or had to be ended.
        """
        if cell.cell_type != "code" or not cell.source.strip():
            self._tell(cell_index)
            return cell
        limit, interrupts, ended = self.record.limits.cell_seconds, self.km.interrupts, False
        self.record.begun = True
        self.cap.begin_cell()
        running = self.km.running
        running.cell_deadline = time.monotonic() + limit + 2 * GRACE_SECONDS
        try:
            await super().async_execute_cell(cell, cell_index, self.record.ended + 1)
            ended = True
        except CellTimeoutError:
            if self.km.interrupts > interrupts:  # and it did not obey
                running.end("cell")
                raise DeadKernelError("ended") from None
            ended = True
            self.record.notes.append("Some output was lost: more was printed than could be read.")
        finally:
            running.cell_deadline = float("inf")
            self.record.ended += ended
            cell.execution_count = self.record.ended if ended else None
            collapse(cell, self.cap.end_cell())
            if ended and self.km.interrupts > interrupts:
                self._time_out(cell)
        self._tell(cell_index)
        return cell

    execute_cell = run_sync(async_execute_cell)

    def process_message(self, message: dict, cell: nbformat.NotebookNode, cell_index: int) -> Any:
        """Let one message of the kernel change the cell, as far as the cap allows."""
        if cell.get("id") in self.record.silent and not _silenced(message):
            return None
        hooked = bool(self.output_hook_stack.get(message["parent_header"].get("msg_id")))
        if not self.cap.admits(message, cell, self._display_id_map, hooked):
            return None
        going_on = cell.outputs and not hooked and not self.clear_before_next_output
        going_on = going_on and message["msg_type"] == "stream"
        if going_on and self.cap.joins(cell.outputs[-1], message["content"]):
            return None
        return super().process_message(message, cell, cell_index)

    def _note_error(self, cell: Any, cell_index: int, execute_reply: dict) -> None:
        name = execute_reply["content"].get("ename")
        if name in MEMORY_ERRORS:
            note = f"A cell found no more memory ({self.record.limits.memory_mb} MB)."
            self.record.worsen("out of memory", note)

    def _time_out(self, cell: nbformat.NotebookNode) -> None:
        text = f"The cell was stopped after {self.record.limits.cell_seconds:g} s."
        self.record.worsen("timeout", "A cell was stopped for running too long.")
        cell.outputs.append(error_output("Timeout", text))

    def _tell(self, cell_index: int) -> None:
        if self.record.each:
            self.record.each(cell_index + 1, len(self.nb.cells))


class SandboxEngine(NBClientEngine):
    """Papermill's engine with that client; ``run_notebook`` gives it its kernel's manager."""

    @classmethod
    def execute_managed_notebook(
        cls, nb_man: Any, kernel_name: str, *, km: Manager, record: Record, **_: Any
    ) -> None:
        """Run the cells of ``nb_man.nb``."""
        client = SandboxClient(nb_man, km, record, kernel_name=kernel_name)
        try:
            client.execute()
        finally:
            if client.kc is not None:
                client.kc.stop_channels()


papermill_engines.register(ENGINE, SandboxEngine)


def run_notebook(
    notebook: nbformat.NotebookNode,
    parameters: dict[str, Any],
    sandbox: Sandbox,
    limits: Limits,
    box: str | Path,
    readable: Sequence[str | Path] = (),
    each: Callable[[int, int], object] | None = None,
    silent: Collection[str] = (),
) -> Run:
    """Run one notebook by papermill, its kernel in a sandbox.

    Touches neither the working directory nor the environment, so that several can run at once.

    Args:
        notebook: what to run; not changed. Its outputs, counts and papermill's metadata are
            dropped first.
        parameters: papermill's, for the cell tagged ``parameters``; paths as they are inside
            (``sandbox.inside(box)``).
        sandbox: from ``find_sandbox``.
        limits: of the run.
        box: the kernel's work folder. What is in it is given to the kernel; when the sandbox
            has ended, it holds the plain files that were there at the end.
        readable: files and folders that can be read, at the same paths.
        each: called after each cell with how many are done, and of how many.
        silent: ids of cells of which nothing is kept but the names of errors; while they run,
            nothing that other cells showed changes either.

    Raises:
        CourseError: the kernel could not be started; no student is to blame.
    """
    box, readable = Path(box).resolve(), [Path(path).resolve() for path in readable]
    if hasattr(sandbox, "run"):  # the whole run in a container
        return sandbox.run(notebook, parameters, limits, box, readable, silent)
    start, ready = time.monotonic(), prepare(notebook, parameters)
    manager, record = Manager(), Record(limits, each, silent=silent)
    try:
        running = manager.launch(sandbox, box, readable, limits)
        _execute(ready, manager, record)
        running.end()
        judge(running, record, ready)
        left_out = [] if sandbox.inside(box) == box else copy_out(running.box, box, limits)
    finally:
        manager.close()
    make_sound(ready)
    seconds, note = time.monotonic() - start, " ".join(record.notes)
    return Run(ready, record.status, seconds, note, tuple(left_out))


def _silenced(message: dict) -> bool:
    """Whether a silent cell's message goes on: its end does, and errors without their words."""
    if message["msg_type"] == "error":
        message["content"].update(evalue="", traceback=[])
    return message["msg_type"] in ("status", "error")


def _execute(notebook: nbformat.NotebookNode, manager: Manager, record: Record) -> None:
    failed: list[BaseException] = []
    if record.each is not None:
        record.each = _keeping(record.each, failed)
    try:
        papermill_engines.execute_notebook_with_engine(
            ENGINE, notebook, "python3", progress_bar=False, km=manager, record=record
        )
    except DeadKernelError:
        pass  # `judge` knows more
    except (Exception, asyncio.CancelledError) as error:
        if failed:
            raise failed[0] from None
        if not record.begun and not isinstance(error, RuntimeError):
            raise
        if not record.begun:
            raise CourseError(
                "A kernel did not answer. Expected: ipykernel, ready within "
                f"{START_SECONDS} s. Received: {error} Give it less to do at once (--workers)."
            ) from error
        record.worsen("died", f"The kernel sent what can't be understood: {type(error).__name__}.")


def _keeping(
    each: Callable[[int, int], object], failed: list[BaseException]
) -> Callable[[int, int], object]:
    def keep(done: int, total: int) -> None:
        try:
            each(done, total)
        except Exception as error:
            failed.append(error)
            raise

    return keep
