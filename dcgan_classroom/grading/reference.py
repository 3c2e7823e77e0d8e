"""What grading a chapter needs, made once: data, runs, the student version, the right answers."""

from __future__ import annotations

import json
import secrets
import shutil
import tempfile
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from dcgan_classroom.grading.marks import answers_folder, probe_cells
from dcgan_classroom.grading.setting import Setting, chapter_key, load_chapter
from dcgan_classroom.probes import Answers, Probe, Raised, read_answers
from dcgan_classroom.sandbox import Run, run_notebook
from dcgan_course import read_notebook, write_notebook
from dcgan_lib.shared import CourseError

RIGHT = "right"  # folder of the solved chapter's answers
RELEASE = "release.ipynb"  # its student version
COPIED = ("data", "runs")  # what every box gets a copy of


def prepare_chapter(setting: Setting, chapter: str) -> Path:
    """Run the solved chapter, and keep its data, its runs and its answers; once.

    Returns:
        The folder that holds them.

    Raises:
        CourseError: the chapter fails, or can't answer what students will be asked.
    """
    from dcgan_classroom.release import student_version  # nbgrader, a second of imports

    folder = setting.out / "prepared" / f"{chapter}-{chapter_key(setting, chapter)[:12]}"
    if folder.exists():
        return folder
    notebook, probes = load_chapter(setting.notebooks, chapter)
    folder.parent.mkdir(parents=True, exist_ok=True)
    box = Path(tempfile.mkdtemp(prefix=".part-", dir=folder.parent))
    try:
        for name in COPIED:
            (box / name).mkdir()
        nonce = secrets.token_hex(8)
        run = run_with_probes(setting, notebook, probes, "", box, nonce)
        _require_sound(chapter, run)
        for name in probes:
            _require_answers(chapter, name, read_answers(box, answers_folder(nonce), name))
        (box / answers_folder(nonce)).rename(box / RIGHT) if probes else (box / RIGHT).mkdir()
        for path in box.iterdir():
            if path.name not in (*COPIED, RIGHT):
                shutil.rmtree(path) if path.is_dir() else path.unlink()
        write_notebook(student_version(notebook, chapter), box / RELEASE)
        box.replace(folder)
    finally:
        shutil.rmtree(box, ignore_errors=True)
    return folder


def run_with_probes(
    setting: Setting,
    notebook: NotebookNode,
    probes: Mapping[str, Probe],
    student: str,
    box: Path,
    nonce: str,
) -> Run:
    """Run a notebook and the grader's cells after it, in one sandbox."""
    inside = setting.sandbox.inside(box)
    parameters = setting.parameters(student, inside)
    cells = probe_cells(nonce, probes, setting.probe_seed, inside, parameters)
    whole = nbformat.from_dict({**notebook, "cells": [*notebook.cells, *cells]})
    return run_notebook(whole, parameters, setting.sandbox, setting.limits, box)


def fill_box(prepared: Path, setting: Setting, student: str, box: Path) -> None:
    """Copy data and runs into a student's box; runs of the solved chapter's seed get theirs.

    A run's folder and settings name its seed. What a chapter takes from the ones before it is
    so found, not trained again by everybody.
    """
    for name in COPIED:
        if (prepared / name).is_dir():
            shutil.copytree(prepared / name, box / name, dirs_exist_ok=True)
        (box / name).mkdir(exist_ok=True)
    before, now = (setting.parameters(who, Path())["seed"] for who in ("", student))
    for run in sorted((box / "runs").glob(f"*-seed{before}")):
        run = run.rename(run.with_name(run.name.removesuffix(str(before)) + str(now)))
        settings = run / "settings.json"
        if settings.is_file():
            values = json.loads(settings.read_text("utf-8"))
            settings.write_text(json.dumps(values | {"seed": now}, indent=2), "utf-8")


@lru_cache(maxsize=32)
def load_prepared(
    prepared: Path, asked: tuple[str, ...]
) -> tuple[NotebookNode, dict[str, Answers]]:
    """The student version, and what the solved chapter answered, by grade id; not to be changed.

    Args:
        prepared: the folder that ``prepare_chapter`` gave.
        asked: grade ids of the solutions that have a probe.
    """
    found = {name: read_answers(prepared, RIGHT, name) for name in asked}
    for name, answers in found.items():
        _require_answers(prepared.name, name, answers)
    right = {name: answers for name, answers in found.items() if answers is not None}
    return read_notebook(prepared / RELEASE), right


def _require_sound(chapter: str, run: Run) -> None:
    errors = [
        f"{output.ename}: {output.evalue}"
        for cell in run.notebook.cells
        for output in cell.get("outputs", [])
        if output.output_type == "error"
    ]
    if run.status != "ok" or errors:
        raise CourseError(
            f"The course's own {chapter} can't be run, so nobody's can be graded. Expected: every "
            f"cell runs within the limits. Received: {run.status}. {run.note} "
            f"{' '.join(errors)[:500]} Fix the chapter or its probes, or allow more (--timeout, "
            "--memory)."
        )


def _require_answers(chapter: str, name: str, answers: Answers | None) -> None:
    problem = "no answer"
    if answers is not None:
        raised = [value for value in answers.values.values() if isinstance(value, Raised)]
        raised += [answers.problem] if answers.problem else []
        if not (raised or answers.missing) and answers.values:
            return
        problem = f"{raised[0].name}: {raised[0].text}" if raised else "no answer"
        problem = f"no name {answers.missing[0]}" if answers.missing else problem
    raise CourseError(
        f"The probe of {name} in {chapter} can't be used. Expected: the solved chapter answers it. "
        f"Received: {problem}. Fix the probe."
    )
