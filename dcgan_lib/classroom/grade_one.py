"""One submission, from its bytes to a result file; a function that any process can be handed."""

from __future__ import annotations

import hashlib
import re
import secrets
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from dcgan_lib.classroom.answers import Answers, read_answers
from dcgan_lib.classroom.engine import Run
from dcgan_lib.classroom.given import (
    Setting,
    chapter_key,
    fill_box,
    given_folder,
    load_chapter,
    right_answers,
    run_with_probes,
)
from dcgan_lib.classroom.marks import (
    answers_folder,
    graded_cells,
    mark,
    probe_id,
    without_probes,
)
from dcgan_lib.classroom.notebooks import grading, write_notebook
from dcgan_lib.classroom.probes.base import Probe
from dcgan_lib.classroom.rebuild import rebuild
from dcgan_lib.classroom.results import Result, write_result
from dcgan_lib.classroom.submissions import Submission

BOXES = "boxes"
LONGEST_NAME = 60  # characters of a student's name in a file's name


@dataclass(frozen=True)
class Job:
    """A submission to be graded, and how; it can be pickled."""

    setting: Setting
    submission: Submission
    late: bool

    @property
    def key(self) -> str:
        """SHA-256 of all that the marks depend on."""
        one = self.submission
        digest = hashlib.sha256(chapter_key(self.setting, one.chapter).encode())
        digest.update(one.student.encode("utf-8", "replace") + b"\0" + one.data)
        return digest.hexdigest()

    @property
    def stem(self) -> str:
        """Of the result's and the executed notebook's file."""
        return result_stem(self.submission, self.key)

    @property
    def path(self) -> Path:
        """Of the result."""
        return self.setting.out / "results" / f"{self.stem}.json"


def result_stem(submission: Submission, key: str) -> str:
    """``ada--04_generator--1--0123456789ab``: safe as a file's name on any system."""
    name = re.sub(r"[^\w.-]+", "_", submission.student).strip("._-")[:LONGEST_NAME] or "student"
    return f"{name}--{submission.chapter}--{submission.attempt}--{key[:12]}"


def grade_one(job: Job) -> Result:
    """Grade one submission, unless its result is there; write the result whole or not at all.

    Raises:
        CourseError: the grader's machine is at fault: no kernel could be started.
    """
    setting, one = job.setting, job.submission
    chapter, probes = load_chapter(setting.notebooks, one.chapter)
    rebuilt = rebuild(chapter, one.data)
    run, answers, note = _ask(job, rebuilt.notebook, probes)
    data = given_folder(setting, one.chapter) / "data"
    right = right_answers(setting, one.chapter)
    marks = mark(graded_cells(chapter), probes, run, answers, right, data)
    executed = Path("executed") / f"{job.stem}.ipynb"
    notebook = without_probes(run.notebook)
    write_notebook(notebook, setting.out / executed)
    result = Result(
        job.key,
        one.student,
        one.chapter,
        one.attempt,
        one.source,
        one.submitted,
        job.late,
        _status(run, notebook),
        round(run.seconds, 2),
        (*rebuilt.notes, *filter(None, (run.note, note))),
        marks,
        executed.as_posix(),
    )
    write_result(result, job.path)
    return result


def described(result: Result, job: Job) -> Result:
    """A result with what a later look at the submissions says about it (it may be late now)."""
    one = job.submission
    return replace(
        result, attempt=one.attempt, source=one.source, submitted=one.submitted, late=job.late
    )


def _ask(
    job: Job, notebook: NotebookNode, probes: Mapping[str, Probe]
) -> tuple[Run, dict[str, Answers | None], str]:
    """Run the notebook and ask its functions; a second time, if the kernel ended on the way."""
    run, answers = _run(job, notebook, probes)
    culprit = next((cell for cell in run.notebook.cells if _never_ended(cell)), None)
    left = {name: probe for name, probe in probes.items() if answers.get(name) is None}
    if culprit is None or not left:
        return run, answers, ""
    left = {name: probe for name, probe in left.items() if probe_id(name) != culprit.id}
    shorter = _without_the_rest(notebook, culprit.id)
    if not left:
        return run, answers, ""
    _, again = _run(job, shorter, _suspect_last(left, culprit))
    found = {name: value for name, value in again.items() if value is not None}
    note = "What comes after the cell that ended the kernel was run once more, without that cell."
    return run, {**answers, **found}, note if found else ""


def _run(
    job: Job, notebook: NotebookNode, probes: Mapping[str, Probe]
) -> tuple[Run, dict[str, Answers | None]]:
    boxes = job.setting.out / BOXES
    boxes.mkdir(parents=True, exist_ok=True)
    box, nonce = Path(tempfile.mkdtemp(dir=boxes)), secrets.token_hex(8)
    try:
        fill_box(job.setting, job.submission.chapter, job.submission.student, box)
        run = run_with_probes(job.setting, notebook, probes, job.submission.student, box, nonce)
        return run, {name: read_answers(box, answers_folder(nonce), name) for name in probes}
    finally:
        shutil.rmtree(box, ignore_errors=True)


def _never_ended(cell: NotebookNode) -> bool:
    is_code = cell.cell_type == "code" and cell.source.strip()
    return bool(is_code) and cell.get("execution_count") is None


def _without_the_rest(notebook: NotebookNode, culprit: str) -> NotebookNode:
    """What came before the cell that ended the kernel, and the solutions that come after it."""
    ids = [cell.id for cell in notebook.cells]
    if culprit not in ids:
        return notebook
    at = ids.index(culprit)
    rest = [cell for cell in notebook.cells[at + 1 :] if grading(cell) and grading(cell).solution]
    return nbformat.from_dict({**notebook, "cells": [*notebook.cells[:at], *rest]})


def _suspect_last(probes: Mapping[str, Probe], culprit: NotebookNode) -> dict[str, Probe]:
    data = grading(culprit)
    suspect = data.grade_id.removesuffix("-check") if data else ""
    return dict(sorted(probes.items(), key=lambda item: item[0] == suspect))


def _status(run: Run, notebook: NotebookNode) -> str:
    if run.status != "ok":
        return run.status
    outputs = (output for cell in notebook.cells for output in cell.get("outputs", []))
    return "error" if any(output.output_type == "error" for output in outputs) else "ok"
