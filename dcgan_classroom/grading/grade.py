"""A class, graded: find, prepare, run, mark, and keep every result; interrupted, it goes on."""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from tqdm.auto import tqdm

from dcgan_classroom.grading.arguments import (
    Options,
    chosen_chapters,
    deadline_moment,
    refuse_parameters,
    require_new,
    require_something,
)
from dcgan_classroom.grading.class_file import why_again, write_class
from dcgan_classroom.grading.faults import Faults
from dcgan_classroom.grading.jobs import BOXES, Job, job_key, result_stem
from dcgan_classroom.grading.marks import graded_cells
from dcgan_classroom.grading.one import grade_one
from dcgan_classroom.grading.parallel import run_jobs
from dcgan_classroom.grading.reference import ask_reference, prepared_folder
from dcgan_classroom.grading.results import (
    Result,
    missing_result,
    read_result,
    write_result,
)
from dcgan_classroom.grading.setting import Setting, chapter_key, load_chapter
from dcgan_classroom.progress import prepared_one_by_one
from dcgan_classroom.sandbox import Sandbox
from dcgan_classroom.submissions import (
    Found,
    Problem,
    Submission,
    find_submissions,
    solution_cells,
)
from dcgan_course import grading
from dcgan_lib.shared import one_at_a_time

RIGHT = "right"  # folder of what the solved chapters answer
Report = Callable[[str], object]
TEMPORARY = (BOXES, RIGHT, "given")  # "given": of an earlier version


@dataclass(frozen=True)
class Grading:
    """What one call of ``grade_class`` did.

    Attributes:
        results: of every submission and of all that is missing.
        problems: what was found odd among the submissions, or could not be graded.
        graded: how many notebooks were run now.
        kept: how many results were there already.
        failed: how many could not be graded, for no fault of a student's.
        incomplete: students who handed in more than is read, with what was too much.
    """

    results: tuple[Result, ...]
    problems: tuple[Problem, ...]
    graded: int
    kept: int
    failed: int
    incomplete: tuple[tuple[str, str], ...] = ()


def grade_class(
    submissions: str | Path,
    out: str | Path,
    sandbox: Sandbox,
    options: Options | None = None,
    report: Report = tqdm.write,
) -> Grading:
    """Grade what a class handed in.

    Args:
        submissions: folder or export; see ``find_submissions``.
        out: folder for results; one that holds results needs ``options.resume``.
        sandbox: from ``find_sandbox``.
        options: how; by default as ``Options`` says.
        report: receives a line for each prepared chapter and each graded notebook.

    Raises:
        CourseError: nothing was handed in, ``out`` holds results, the course's own chapters
            can't be graded, or an option can't be used.
        KeyboardInterrupt: by Ctrl-C; what was graded is kept.
    """
    options, out = options or Options(), Path(out).resolve()
    notebooks = Path(options.notebooks).resolve()
    deadline, chosen = deadline_moment(options.deadline), chosen_chapters(notebooks, options)
    refuse_parameters(options.params)
    found = find_submissions(
        submissions,
        chosen,
        options.pattern,
        {name: _grade_ids(notebooks, name) for name in chosen},
        exports=options.exports,
        every_attempt=options.every_attempt,
    )
    require_something(found, submissions)
    require_new(out, options.resume)
    setting = Setting(
        notebooks=notebooks,
        out=out,
        profile=options.profile,
        seed=options.seed,
        params=dict(options.params),
        limits=options.limits,
        sandbox=sandbox,
    )
    with one_at_a_time(out):
        return _grade_found(setting, found, options, deadline, report)


def _grade_found(
    setting: Setting, found: Found, options: Options, deadline: datetime | None, report: Report
) -> Grading:
    """Grade what was found, but for what was graded before."""
    if why := why_again(setting.out):
        report(why)
    _clear(setting.out)
    names = sorted({one.chapter for one in found.submissions})
    write_class(setting, names, options, found.problems)
    _forget_namesakes(setting.out, found)
    jobs, faults = _jobs(setting, names, found, deadline), Faults(setting.out)
    kept = [_kept(job) for job in jobs if job.path.exists()]
    left = [(job, faults.sets_aside(job)) for job in jobs if not job.path.exists()]
    to_do = [job for job, why in left if not why]
    _prepare(to_do, report)
    done, failed = _graded(to_do, options, faults, report)
    failed = [*(_problem(job, why) for job, why in left if why), *failed]
    missing = [_missing(setting, found, *pair) for pair in found.missing()]
    problems = (*found.problems, *failed)
    write_class(setting, names, options, problems)
    _clear(setting.out)
    return Grading(
        results=(*kept, *done, *missing),
        problems=problems,
        graded=len(done),
        kept=len(kept),
        failed=len(failed),
        incomplete=found.incomplete,
    )


def _clear(out: Path) -> None:
    """Make the folder of results, without boxes, questions and answers of this or an earlier call.

    Seeds and right answers never outlive the call that drew them.
    """
    for left in (*(out / name for name in TEMPORARY), *(out / "prepared").glob(".part-*")):
        shutil.rmtree(left, ignore_errors=True)
    (out / "probe_seed").unlink(missing_ok=True)  # of an earlier version
    (out / "results").mkdir(parents=True, exist_ok=True)


def _jobs(
    setting: Setting, names: Sequence[str], found: Found, deadline: datetime | None
) -> list[Job]:
    """What is to be graded, each with a seed that nobody can know before."""
    keys = {name: chapter_key(setting, name) for name in names}
    return [
        Job(
            setting=setting,
            submission=one,
            late=_late(one, deadline),
            prepared=prepared_folder(setting, one.chapter),
            right=setting.out / RIGHT / secrets.token_hex(8),
            seed=secrets.randbits(48),
            key=job_key(keys[one.chapter], one),
        )
        for one in found.submissions
    ]


def _prepare(jobs: Sequence[Job], report: Report) -> None:
    """Ask the solved chapters what students will be asked."""
    for name in prepared_one_by_one(sorted({job.submission.chapter for job in jobs})):
        ask_reference(name, [job for job in jobs if job.submission.chapter == name])
        report(f"{name} is prepared: its own answers are known")


def line(result: Result) -> str:
    """One student's result in one line."""
    open_ones = sum(mark.score is None for mark in result.marks)
    to_mark = f", {open_ones} to mark by hand" if open_ones else ""
    return (
        f"{result.student:24} {result.chapter:20} {result.score:6.2f} of {result.points:g}"
        f"{to_mark}  {result.status}, {result.seconds:.0f} s"
    )


def _graded(
    jobs: Sequence[Job], options: Options, faults: Faults, report: Report
) -> tuple[list[Result], list[Problem]]:
    """What was graded, and what could not be; each is reported as it ends."""
    done: list[Result] = []
    failed: list[Problem] = []
    if not jobs:
        return done, failed
    with tqdm(total=len(jobs), desc="grading", unit="notebook") as bar:
        for ended in run_jobs(grade_one, jobs, options.workers, options.scheduler):
            bar.update()
            if ended.value is not None:
                done.append(ended.value)
                report(line(ended.value))
            else:
                failed.append(_problem(ended.job, faults.note(ended.job, ended.error)))
                report(f"{failed[-1].source}: {failed[-1].problem}")
    return done, failed


def _problem(job: Job, text: str) -> Problem:
    one = job.submission
    return Problem(one.source, text, one.student, one.chapter, one.number)


def _kept(job: Job) -> Result:
    """A result from before, with what is known of the submission now; the newest file counts."""
    before = read_result(job.path)
    one = job.submission
    now = replace(
        before,
        attempt=one.attempt,
        source=one.source,
        submitted=one.submitted,
        late=job.late,
        number=one.number,
    )
    if now != before:
        write_result(now, job.path)
    else:
        os.utime(job.path)
    return now


def _forget_namesakes(out: Path, found: Found) -> None:
    """Remove results from before a second student of the same name handed in: whose are they?"""
    if found.namesakes:
        for path in (out / "results").glob("*.json"):
            if read_result(path).student in set(found.namesakes) - set(found.students):
                path.unlink()


def _missing(setting: Setting, found: Found, student: str, chapter: str) -> Result:
    notebook, _ = load_chapter(setting.notebooks, chapter)
    key = hashlib.sha256(f"missing {student} {chapter_key(setting, chapter)}".encode()).hexdigest()
    notes = tuple(
        f"{one.source}: {one.problem}"
        for one in found.problems
        if one.student == student and one.chapter in ("", chapter)
    )
    reason = "Nothing was handed in that can be graded."
    result = missing_result(student, chapter, graded_cells(notebook), reason, key, notes)
    nothing = Submission(student, chapter, 0, "", "", b"")
    write_result(result, setting.out / "results" / f"{result_stem(nothing, key)}.json")
    return result


def _grade_ids(notebooks: Path, name: str) -> set[str]:
    notebook, _ = load_chapter(notebooks, name)
    return {grading(cell).grade_id for cell in solution_cells(notebook)}


def _late(one: Submission, deadline: datetime | None) -> bool:
    after = bool(deadline and one.submitted) and datetime.fromisoformat(one.submitted) > deadline
    return one.late or after
