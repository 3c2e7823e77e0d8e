"""What grading a chapter needs: data, runs, the student version, and the right answers.

The solved chapter is asked what every student is asked: the same questions, with the numbers
that were drawn for that student. It runs once for a good many of them.
"""

from __future__ import annotations

import json
import secrets
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from dcgan_classroom.grading.jobs import Job
from dcgan_classroom.grading.questions import answers_folder, probe_cells
from dcgan_classroom.grading.setting import Setting, chapter_key, load_chapter
from dcgan_classroom.probes import Answers, Probe, Raised, difference, read_answers
from dcgan_classroom.sandbox import Run, run_notebook
from dcgan_course import read_notebook, write_notebook
from dcgan_lib.shared import CourseError

AT_ONCE = 48  # students whose questions one run of the solved chapter answers
RELEASE = "release.ipynb"  # the student version
COPIED = ("data", "runs")  # what every box gets a copy of


def prepared_folder(setting: Setting, chapter: str) -> Path:
    """Where a chapter's data, runs and student version are kept."""
    return setting.out / "prepared" / f"{chapter}-{chapter_key(setting, chapter)[:12]}"


def ask_reference(chapter: str, jobs: Sequence[Job]) -> None:
    """Run the solved chapter, and write what it answers to each job's questions.

    What it prepares for students, such as trained networks, is kept with its student version.

    Args:
        chapter: stem.
        jobs: of this chapter, at least one.

    Raises:
        CourseError: the chapter fails, or can't answer what students will be asked.
    """
    _, probes = load_chapter(jobs[0].setting.notebooks, chapter)
    for start in range(0, len(jobs), AT_ONCE):
        if start == 0 or probes:
            _ask(chapter, jobs[start : start + AT_ONCE])


def _ask(chapter: str, jobs: Sequence[Job]) -> None:
    setting, prepared = jobs[0].setting, jobs[0].prepared
    notebook, probes = load_chapter(setting.notebooks, chapter)
    if prepared.exists() and not probes:
        return
    prepared.parent.mkdir(parents=True, exist_ok=True)
    box = Path(tempfile.mkdtemp(prefix=".part-", dir=prepared.parent))
    try:
        fill_box(prepared, setting, "", box)
        seeds = [job.seed for job in (*jobs, jobs[0])]  # the first once more, to see it repeated
        nonces = [secrets.token_hex(8) for _ in seeds]
        asked = dict(zip(nonces, seeds, strict=True))
        _require_sound(chapter, run_with_probes(setting, notebook, probes, "", box, asked))
        for nonce, job in zip(nonces, jobs, strict=False):
            folder = box / answers_folder(nonce)
            for name in probes:
                _require_answers(chapter, name, read_answers(box, folder.name, name))
            job.right.parent.mkdir(parents=True, exist_ok=True)
            folder.rename(job.right) if probes else job.right.mkdir(exist_ok=True)
        for name, probe in probes.items():
            again = read_answers(box, answers_folder(nonces[-1]), name)
            _require_the_same(chapter, name, probe, read_right(jobs[0].right, (name,))[name], again)
        if not prepared.exists():
            _keep(box, chapter, notebook, prepared)
    finally:
        shutil.rmtree(box, ignore_errors=True)


def _keep(box: Path, chapter: str, notebook: NotebookNode, prepared: Path) -> None:
    from dcgan_classroom.release import student_version  # nbgrader, a second of imports

    for path in box.iterdir():
        if path.name not in COPIED:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    write_notebook(student_version(notebook, chapter), box / RELEASE)
    box.replace(prepared)


def run_with_probes(
    setting: Setting,
    notebook: NotebookNode,
    probes: Mapping[str, Probe],
    student: str,
    box: Path,
    asked: Mapping[str, int],
) -> Run:
    """Run a notebook and the grader's cells after it, in one sandbox.

    Args:
        setting: of the class.
        notebook: what to run.
        probes: what to ask, by grade id of the solution.
        student: whose parameters the notebook gets; "" for the solved chapter.
        box: the work folder.
        asked: seed of the questions, by the nonce that names their folder of answers. Several
            sets are asked of the solved chapter only, and have the time of several.
    """
    inside = setting.sandbox.inside(box)
    parameters = setting.parameters(student, inside)
    cells: list[NotebookNode] = []
    for nonce, seed in asked.items():
        more = probe_cells(nonce, probes, seed, inside, parameters)
        for cell in more if cells else ():
            cell.id = f"{cell.id[:50]}-{len(cells)}"
        cells += more
    limits = replace(setting.limits, wall_seconds=setting.limits.wall_seconds * len(asked))
    whole = nbformat.from_dict({**notebook, "cells": [*notebook.cells, *cells]})
    silent = [cell.id for cell in cells]
    return run_notebook(whole, parameters, setting.sandbox, limits, box, silent=silent)


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
    if before == now:
        return
    for run in sorted((box / "runs").glob(f"*-seed{before}")):
        run = run.rename(run.with_name(run.name.removesuffix(str(before)) + str(now)))
        settings = run / "settings.json"
        if settings.is_file():
            values = json.loads(settings.read_text("utf-8"))
            settings.write_text(json.dumps(values | {"seed": now}, indent=2), "utf-8")


@lru_cache(maxsize=32)
def load_release(prepared: Path) -> NotebookNode:
    """The student version; not to be changed."""
    return read_notebook(prepared / RELEASE)


def read_right(folder: Path, asked: Sequence[str]) -> dict[str, Answers]:
    """What the solved chapter answered to one student's questions, by grade id.

    Args:
        folder: a job's ``right``.
        asked: grade ids of the solutions that have a probe.

    Raises:
        CourseError: there is no such answer.
    """
    found = {name: read_answers(folder.parent, folder.name, name) for name in asked}
    for name, answers in found.items():
        _require_answers(folder.name, name, answers)
    return {name: answers for name, answers in found.items() if answers is not None}


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
    raise _unusable(chapter, name, "the solved chapter answers it", problem)


def _require_the_same(
    chapter: str, name: str, probe: Probe, first: Answers, again: Answers | None
) -> None:
    """Students are asked in kernels of their own: an answer may not hang on earlier questions."""
    later = again.values if again else {}
    for question, value in first.values.items():
        why = difference(value, later.get(question), probe.tolerance)
        if why:
            expected = "the same answer, whatever was asked before"
            raise _unusable(chapter, name, expected, f"{question}: {why}")


def _unusable(chapter: str, name: str, expected: str, received: str) -> CourseError:
    return CourseError(
        f"The probe of {name} in {chapter} can't be used. Expected: {expected}. "
        f"Received: {received}. Fix the probe."
    )
