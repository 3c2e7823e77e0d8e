"""A class, graded: find, prepare, run, mark, and keep every result; interrupted, it goes on."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from tqdm.auto import tqdm

from dcgan_classroom.grading.marks import graded_cells, marks_of_nothing
from dcgan_classroom.grading.one import BOXES, Job, described, grade_one, job_key, result_stem
from dcgan_classroom.grading.parallel import share_out
from dcgan_classroom.grading.reference import LIMITS, Setting, chapter_key, load_chapter, make_given
from dcgan_classroom.grading.results import Result, read_result, write_result
from dcgan_classroom.sandbox import Limits, Sandbox
from dcgan_classroom.submissions import (
    Found,
    Problem,
    Submission,
    chapter_of,
    find_submissions,
    solution_cells,
)
from dcgan_course import NOTEBOOKS, find_chapters, grading
from dcgan_lib.shared import CourseError, atomic_path, one_at_a_time

CLASS = "class.json"
PROBE_SEED = "probe_seed"
TAKEN = ("data_dir", "run_dir")  # parameters that only the grader sets


@dataclass(frozen=True)
class Grading:
    """What one call of ``grade`` did.

    Attributes:
        results: of every submission and of all that is missing.
        problems: what was found odd among the submissions, or could not be graded.
        graded: how many notebooks were run now.
        kept: how many results were there already.
        failed: how many could not be graded, for no fault of a student's.
    """

    results: tuple[Result, ...]
    problems: tuple[Problem, ...]
    graded: int
    kept: int
    failed: int


def grade_class(
    submissions: str | Path,
    out: str | Path,
    *,
    sandbox: Sandbox,
    profile: str = "tiny",
    seed: int = 0,
    chapters: Sequence[str] | None = None,
    workers: int | None = None,
    scheduler: str | None = None,
    limits: Limits = LIMITS,
    resume: bool = False,
    pattern: str | None = None,
    deadline: str | None = None,
    notebooks: str | Path = NOTEBOOKS,
    params: Mapping[str, object] | None = None,
    report: Callable[[str], object] = tqdm.write,
) -> Grading:
    """Grade what a class handed in.

    Args:
        submissions: folder or export; see ``find_submissions``.
        out: folder for results; one that holds results needs ``resume``.
        sandbox: from ``find_sandbox``.
        profile: the notebooks' parameter.
        seed: of the course, 0 or above; each student's notebook gets one of its own from it.
        chapters: stems or numbers; None for all.
        workers: processes on this machine, by default one for each core.
        scheduler: address of a Dask scheduler that does it instead.
        limits: of each run.
        resume: go on with ``out``: what was graded and hasn't changed since is kept.
        pattern: how file names are made; see ``incoming_names.SYNTAX``.
        deadline: ISO 8601; without a zone in this machine's.
        notebooks: folder of the solved chapters, and of ``probes.py`` for a course of one's own.
        params: further parameters of the notebooks.
        report: receives a line for each prepared chapter and each graded notebook.

    Raises:
        CourseError: nothing was handed in, ``out`` holds results, the course's own chapters
            can't be graded, or an argument can't be used.
        KeyboardInterrupt: by Ctrl-C; what was graded is kept.
    """
    out, notebooks = Path(out).resolve(), Path(notebooks).resolve()
    moment, chosen = _moment(deadline), _chosen(notebooks, chapters)
    _refuse_parameters(params or {})
    ids = {name: _grade_ids(notebooks, name) for name in chosen}
    found = find_submissions(submissions, chosen, pattern, ids)
    _require_something(found, submissions)
    _require_new(out, resume)
    with one_at_a_time(out):
        _clear(out)
        setting = Setting(
            *(notebooks, out, profile, seed, dict(params or {}), limits, sandbox),
            _probe_seed(out),
        )
        names = sorted({one.chapter for one in found.submissions})
        _write_class(setting, names, deadline, found.problems)
        jobs = _jobs(setting, names, found, moment, report)
        kept = [_kept(job) for job in jobs if job.path.exists()]
        done: list[Result] = []
        failed: list[Problem] = []
        for ended in _graded([job for job in jobs if not job.path.exists()], workers, scheduler):
            if isinstance(ended, Problem):
                failed.append(ended)
                report(f"{ended.source}: {ended.problem}")
            else:
                done.append(ended)
                report(line(ended))
        missing = [_missing(setting, found, *pair) for pair in found.missing()]
        problems = (*found.problems, *failed)
        _write_class(setting, names, deadline, problems)
        shutil.rmtree(out / BOXES, ignore_errors=True)
    return Grading((*kept, *done, *missing), problems, len(done), len(kept), len(failed))


def _clear(out: Path) -> None:
    """Make the folder of results, without what an interrupted grading left there."""
    for left in (out / BOXES, *(out / "given").glob(".part-*")):
        shutil.rmtree(left, ignore_errors=True)
    (out / "results").mkdir(parents=True, exist_ok=True)


def _jobs(
    setting: Setting,
    names: Sequence[str],
    found: Found,
    deadline: datetime | None,
    report: Callable[[str], object],
) -> list[Job]:
    """Prepare every chapter that was handed in, and say what is to be graded."""
    given, keys = {}, {}
    for name in names:
        given[name], keys[name] = make_given(setting, name), chapter_key(setting, name)
        report(f"{name} is prepared: its own answers are known")
    return [
        Job(
            *(setting, one, _late(one, deadline)),
            given[one.chapter],
            job_key(keys[one.chapter], one),
        )
        for one in found.submissions
    ]


def line(result: Result) -> str:
    """One student's result in one line."""
    open_ones = sum(mark.score is None for mark in result.marks)
    to_mark = f", {open_ones} to mark by hand" if open_ones else ""
    return (
        f"{result.student:24} {result.chapter:20} {result.score:6.2f} of {result.points:g}"
        f"{to_mark}  {result.status}, {result.seconds:.0f} s"
    )


def _graded(
    jobs: Sequence[Job], workers: int | None, scheduler: str | None
) -> Iterator[Result | Problem]:
    with tqdm(total=len(jobs), desc="grading", unit="notebook", disable=not jobs) as bar:
        for ended in share_out(grade_one, jobs, workers, scheduler) if jobs else ():
            bar.update()
            one = ended.job.submission
            text = f"It could not be graded, and has no mark: {ended.error}"
            yield ended.value or Problem(one.source, text, one.student, one.chapter)


def _kept(job: Job) -> Result:
    """A result from before, with what is known of the submission now; the newest file counts."""
    before = read_result(job.path)
    now = described(before, job)
    if now != before:
        write_result(now, job.path)
    else:
        os.utime(job.path)
    return now


def _missing(setting: Setting, found: Found, student: str, chapter: str) -> Result:
    notebook, _ = load_chapter(setting.notebooks, chapter)
    key = hashlib.sha256(f"missing {student} {chapter_key(setting, chapter)}".encode()).hexdigest()
    notes = tuple(
        f"{one.source}: {one.problem}"
        for one in found.problems
        if one.student == student and one.chapter in ("", chapter)
    )
    marks = marks_of_nothing(graded_cells(notebook), "Nothing was handed in that can be graded.")
    result = Result(key, student, chapter, 0, "", "", False, "missing", 0.0, notes, marks, "")
    nothing = Submission(student, chapter, 0, "", "", b"")
    write_result(result, setting.out / "results" / f"{result_stem(nothing, key)}.json")
    return result


def _write_class(
    setting: Setting, names: Sequence[str], deadline: str | None, problems: Sequence[Problem]
) -> None:
    values = {
        "chapters": [_chapter_values(setting.notebooks, name) for name in names],
        "profile": setting.profile,
        "seed": setting.seed,
        "deadline": deadline or "",
        "params": dict(setting.params),
        "limits": asdict(setting.limits),
        "sandbox": setting.sandbox.kind,
        "problems": [{"source": one.source, "problem": one.problem} for one in problems],
    }
    with atomic_path(setting.out / CLASS) as part:
        part.write_text(json.dumps(values, indent=1, ensure_ascii=False), "utf-8")


def _chapter_values(notebooks: Path, name: str) -> dict[str, object]:
    notebook, _ = load_chapter(notebooks, name)
    title = notebook.cells[0].source.splitlines()[0].lstrip("# ")
    cells = [
        {"grade_id": one.grade_id, "title": one.title, "points": one.points, "manual": one.manual}
        for one in graded_cells(notebook)
    ]
    return {"name": name, "title": title, "cells": cells}


def _chosen(notebooks: Path, wanted: Sequence[str] | None) -> list[str]:
    there = [path.stem for path in find_chapters(notebooks)]
    named = {one: chapter_of(Path(one).stem, there) for one in wanted or ()}
    odd = [one for one, name in named.items() if not name]
    if odd:
        raise CourseError(
            f"There is no chapter {', '.join(odd)}. Expected: some of {', '.join(there)}, or "
            f"their numbers. Received: {', '.join(wanted or ())}."
        )
    return [name for name in there if not named or name in named.values()]


def _grade_ids(notebooks: Path, name: str) -> set[str]:
    notebook, _ = load_chapter(notebooks, name)
    return {grading(cell).grade_id for cell in solution_cells(notebook)}


def _require_something(found: Found, submissions: str | Path) -> None:
    if found.submissions:
        return
    said = [f"{one.source}: {one.problem}" for one in found.problems[:5]]
    raise CourseError(
        "Nothing was handed in that can be graded. Expected: notebooks of the chapters. Received: "
        f"{' '.join(said) or f'no file in {submissions}'} Name the folder that holds a folder for "
        "each student, or an export (.zip)."
    )


def _require_new(out: Path, resume: bool) -> None:
    if not resume and any((out / "results").glob("*.json")):
        raise CourseError(
            f"This folder holds results. Expected: a new folder. Received: {out}. Go on with it "
            "by --resume (what hasn't changed is kept), or choose another one."
        )


def _refuse_parameters(params: Mapping[str, object]) -> None:
    taken = sorted(set(params) & set(TAKEN))
    seed = params.get("seed", 0)
    if taken or not isinstance(seed, int) or isinstance(seed, bool):
        raise CourseError(
            "These parameters can't be set. Expected: parameters of the notebooks other than "
            f"{', '.join(TAKEN)}, seed as a whole number. Received: {', '.join(params)}. Take them "
            "out."
        )


def _probe_seed(out: Path) -> int:
    """A number that nobody can know before: drawn once for a folder of results."""
    path = out / PROBE_SEED
    if not path.exists():
        with atomic_path(path) as part:
            part.write_text(str(secrets.randbits(48)), "ascii")
        path.chmod(0o600)
    return int(path.read_text("ascii"))


def _moment(deadline: str | None) -> datetime | None:
    if not deadline:
        return None
    try:
        moment = datetime.fromisoformat(deadline)
    except ValueError:
        raise CourseError(
            "The deadline can't be read. Expected: ISO 8601, such as 2026-11-30T23:59. "
            f"Received: {deadline!r}."
        ) from None
    return moment.astimezone()


def _late(one: Submission, deadline: datetime | None) -> bool:
    return bool(deadline and one.submitted and datetime.fromisoformat(one.submitted) > deadline)
