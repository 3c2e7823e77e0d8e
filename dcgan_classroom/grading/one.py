"""One submission, from its bytes to a result file; a function that any process can be handed."""

from __future__ import annotations

import secrets
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from dcgan_classroom.grading.jobs import BOXES, Job
from dcgan_classroom.grading.marks import graded_cells, mark
from dcgan_classroom.grading.questions import answers_folder, probe_id, without_probes
from dcgan_classroom.grading.reference import fill_box, load_release, read_right, run_with_probes
from dcgan_classroom.grading.results import Result, read_result, write_result
from dcgan_classroom.grading.setting import load_chapter
from dcgan_classroom.probes import Answers, Probe, read_answers
from dcgan_classroom.sandbox import Run
from dcgan_classroom.submissions import is_extra, is_solution, rebuild_notebook
from dcgan_course import grading, write_notebook

ONCE_MORE = "What comes after the cell that ended the kernel was run once more,"


def grade_one(job: Job) -> Result:
    """Grade one submission, unless its result is there; write the result whole or not at all.

    Raises:
        CourseError: the grader's machine is at fault: no kernel could be started.
    """
    if job.path.exists():  # its process was killed before it could tell
        return read_result(job.path)
    setting, one = job.setting, job.submission
    chapter, probes = load_chapter(setting.notebooks, one.chapter)
    right = read_right(job.right, tuple(probes))
    rebuilt = rebuild_notebook(chapter, load_release(job.prepared), one.data)
    run, answers, notes = _ask(job, rebuilt.notebook, probes)
    marks = mark(graded_cells(chapter), probes, run, answers, right, job.prepared / "data")
    executed = Path("executed") / f"{job.stem}.ipynb"
    notebook = without_probes(run.notebook)
    write_notebook(notebook, setting.out / executed)
    result = Result(
        key=job.key,
        student=one.student,
        chapter=one.chapter,
        attempt=one.attempt,
        source=one.source,
        submitted=one.submitted,
        late=job.late,
        status=_status(run, notebook),
        seconds=round(run.seconds, 2),
        notes=(*rebuilt.notes, *notes),
        marks=marks,
        executed=executed.as_posix(),
        number=one.number,
    )
    write_result(result, job.path)
    return result


def _ask(
    job: Job, notebook: NotebookNode, probes: Mapping[str, Probe]
) -> tuple[Run, dict[str, Answers | None], list[str]]:
    """Run the notebook and ask its functions; twice more at most, if the kernel ends on the way.

    The cell in which it ends is left out first. What ends it may have been started by another one
    (processes that fill the memory, little by little), so the student's own cells go next.

    Returns:
        The first run, with the seconds of all; the answers; notes for student and instructor.
    """
    first, answers = _run(job, notebook, probes)
    culprit = next((cell for cell in first.notebook.cells if _never_ended(cell)), None)
    run, seconds, note = first, first.seconds, ""
    for left_out, reduced in AGAIN.items():
        if culprit is None or not any(map(_never_ended, run.notebook.cells)):
            break
        left = {
            name: probe
            for name, probe in probes.items()
            if answers.get(name) is None and probe_id(name) != culprit.id
        }
        shorter = reduced(notebook, culprit.id)
        if not left or shorter is None:
            break
        run, again = _run(job, shorter, _suspect_last(left, culprit))
        seconds += run.seconds
        found = {name: value for name, value in again.items() if value is not None}
        answers |= found
        note = f"{ONCE_MORE} {left_out}." if found else note
    not_taken = f"{len(first.left_out)} files of the work folder were left out."
    notes = [first.note, not_taken if first.left_out else "", note]
    return replace(first, seconds=seconds), answers, [one for one in notes if one]


def _run(
    job: Job, notebook: NotebookNode, probes: Mapping[str, Probe]
) -> tuple[Run, dict[str, Answers | None]]:
    boxes = job.setting.out / BOXES
    boxes.mkdir(parents=True, exist_ok=True)
    box, nonce = Path(tempfile.mkdtemp(dir=boxes)), secrets.token_hex(8)
    try:
        fill_box(job.prepared, job.setting, job.submission.student, box)
        student, asked = job.submission.student, {nonce: job.seed}
        run = run_with_probes(job.setting, notebook, probes, student, box, asked)
        return run, {name: read_answers(box, answers_folder(nonce), name) for name in probes}
    finally:
        shutil.rmtree(box, ignore_errors=True)


def _never_ended(cell: NotebookNode) -> bool:
    is_code = cell.cell_type == "code" and cell.source.strip()
    return bool(is_code) and cell.get("execution_count") is None


def _without_culprit(notebook: NotebookNode, culprit: str) -> NotebookNode:
    """What came before the cell that ended the kernel, and the solutions that come after it."""
    ids = [cell.id for cell in notebook.cells]
    at = ids.index(culprit) if culprit in ids else len(ids)
    rest = [cell for cell in notebook.cells[at + 1 :] if is_solution(cell)]
    return nbformat.from_dict({**notebook, "cells": [*notebook.cells[:at], *rest]})


def _without_own_cells(notebook: NotebookNode, culprit: str) -> NotebookNode | None:
    """What the chapter has before that cell, and all solutions; None if that is everything."""
    if not any(map(is_extra, notebook.cells)):
        return None
    ids = [cell.id for cell in notebook.cells]
    at = ids.index(culprit) if culprit in ids else len(ids)
    cells = [cell for cell in notebook.cells[:at] if not is_extra(cell)]
    cells += [cell for cell in notebook.cells[at:] if is_solution(cell)]
    return nbformat.from_dict({**notebook, "cells": cells})


AGAIN = {  # what is left out when a notebook is run once more, and then again
    "without that cell": _without_culprit,
    "without the cells that were added": _without_own_cells,
}


def _suspect_last(probes: Mapping[str, Probe], culprit: NotebookNode) -> dict[str, Probe]:
    data = grading(culprit)
    suspect = data.grade_id.removesuffix("-check") if data else ""
    return dict(sorted(probes.items(), key=lambda item: item[0] == suspect))


def _status(run: Run, notebook: NotebookNode) -> str:
    if run.status != "ok":
        return run.status
    outputs = (output for cell in notebook.cells for output in cell.get("outputs", []))
    return "error" if any(output.output_type == "error" for output in outputs) else "ok"
