"""`python -m dcgan_classroom grade` and `doctor`."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dcgan_course import NOTEBOOKS
from dcgan_lib import PROFILES
from dcgan_lib.shared import CourseError

if TYPE_CHECKING:
    from dcgan_classroom.grading.grade import Grading
    from dcgan_classroom.sandbox import Limits

MOST_PROBLEMS = 50  # lines that are printed
User = Annotated[
    str | None,
    typer.Option(metavar="NAME", help="Whom kernels run as; for root.", show_default="nobody"),
]
Submissions = Annotated[
    Path, typer.Argument(help="Folder of submissions, or an export (.zip).", show_default=False)
]
Out = Annotated[Path, typer.Argument(help="Folder to write to.", show_default=False)]
Chapters = Annotated[
    list[str] | None, typer.Option(metavar="NN …", help="Such as 02 04; all by default.")
]
Profile = Annotated[str, typer.Option(help=f"One of {', '.join(PROFILES)}.")]
Seed = Annotated[int, typer.Option(min=0, help="The course's; each student's own comes from it.")]
Params = Annotated[
    Path | None, typer.Option(metavar="FILE", help="JSON: more parameters of the notebooks.")
]
Workers = Annotated[
    int | None, typer.Option(min=1, help="Processes.", show_default="one for each core")
]
Scheduler = Annotated[
    str | None, typer.Option(metavar="ADDRESS", help="A Dask scheduler's, in their place.")
]
Timeout = Annotated[float | None, typer.Option(min=1, metavar="S", help="Seconds for one cell.")]
Memory = Annotated[
    int | None, typer.Option(min=256, metavar="MB", help="For one notebook's processes.")
]
Pattern = Annotated[str | None, typer.Option(help="How files are named: '{student}_{chapter}'.")]
Exports = Annotated[
    bool, typer.Option("--exports", help="SUBMISSIONS holds several exports, not students.")
]
EveryAttempt = Annotated[
    bool, typer.Option("--every-attempt", help="Earlier ones too, for the best to count.")
]
Deadline = Annotated[
    str | None, typer.Option(metavar="ISO", help="Such as '2026-11-30T23:59 Europe/Berlin'.")
]
Resume = Annotated[bool, typer.Option("--resume", help="Go on; keep what hasn't changed.")]
Trust = Annotated[
    bool, typer.Option("--trust-submissions", help="Run students' code without a sandbox.")
]
Notebooks = Annotated[Path, typer.Option("--notebooks", help="Folder of the solved chapters.")]


def grade_command(
    submissions: Submissions,
    out: Out,
    chapters: Chapters = None,
    profile: Profile = "tiny",
    seed: Seed = 0,
    params: Params = None,
    workers: Workers = None,
    scheduler: Scheduler = None,
    timeout: Timeout = None,
    memory: Memory = None,
    user: User = None,
    pattern: Pattern = None,
    exports: Exports = False,
    every_attempt: EveryAttempt = False,
    deadline: Deadline = None,
    resume: Resume = False,
    trust_submissions: Trust = False,
    notebooks: Notebooks = NOTEBOOKS,
) -> None:
    """Run what students handed in, each notebook in a sandbox, and mark it."""
    from dcgan_classroom.grading.arguments import Options
    from dcgan_classroom.grading.grade import grade_class
    from dcgan_classroom.sandbox import find_sandbox

    _require_profile(profile)
    if trust_submissions:
        print("Nothing is isolated: students' code can do here whatever you can.")
    options = Options(
        profile=profile,
        seed=seed,
        chapters=chapters,
        workers=workers,
        scheduler=scheduler,
        limits=_limits(timeout, memory),
        resume=resume,
        pattern=pattern,
        exports=exports,
        every_attempt=every_attempt,
        deadline=deadline,
        notebooks=notebooks,
        params=_read_params(params),
    )
    done = grade_class(submissions, out, find_sandbox(user, trust_submissions), options)
    _print_outcome(done, out)
    if done.failed or done.incomplete:
        raise typer.Exit(1)


def doctor_command(
    user: User = None,
) -> None:
    """Prove the sandbox: try to get out of it in many ways, and print which held."""
    from dcgan_classroom.sandbox import check, find_sandbox

    sandbox = find_sandbox(user)
    print(f"Kernels run in {sandbox.kind}.\n{sandbox.memory}")
    attempts = check(sandbox)
    width = max(len(one.attempt) for one in attempts)
    for one in attempts:
        print(f"{'held   ' if one.held else 'GOT OUT'}  {one.attempt:{width}}  {one.seen}")
    if not all(one.held for one in attempts):
        raise CourseError(
            "The sandbox doesn't hold. Expected: every attempt fails. Received: the lines marked "
            "GOT OUT. Don't grade with it; update bubblewrap and the system, or grade elsewhere."
        )


def _require_profile(profile: str) -> None:
    if profile not in PROFILES:
        raise CourseError(
            f"There is no profile {profile!r}. Expected: one of {', '.join(PROFILES)}. "
            f"Received: {profile!r}."
        )


def _limits(timeout: float | None, memory: int | None) -> Limits:
    """Those of a run: a whole notebook has five times as much as a cell, at least the usual."""
    from dcgan_classroom.grading.setting import LIMITS

    limits = LIMITS
    if timeout is not None:
        wall = max(limits.wall_seconds, 5 * timeout)
        limits = replace(limits, cell_seconds=timeout, wall_seconds=wall)
    return limits if memory is None else replace(limits, memory_mb=memory)


def _print_outcome(done: Grading, out: Path) -> None:
    """What was odd, how many were graded, what to do now, and what has no mark."""
    from dcgan_classroom.grading.class_file import CLASS

    for problem in done.problems[:MOST_PROBLEMS]:
        print(f"{problem.source}: {problem.problem}")
    if len(done.problems) > MOST_PROBLEMS:
        print(f"{len(done.problems) - MOST_PROBLEMS} more such lines are in {out / CLASS}.")
    counts = Counter(result.status for result in done.results)
    by_status = ", ".join(f"{count} {status}" for status, count in sorted(counts.items()))
    print(f"{done.graded} graded, {done.kept} kept from before: {by_status or 'nothing'}.")
    print(f"Now: python -m dcgan_classroom report {out}")
    if done.incomplete:
        names = "; ".join(f"{student}: {why}" for student, why in done.incomplete)
        print(f"Not everything was read of {len(done.incomplete)} ({names}). See to these by hand.")
    if done.failed:
        print(f"{done.failed} could not be graded and have no mark; go on with --resume.")


def _read_params(path: Path | None) -> dict[str, object]:
    if path is None:
        return {}
    try:
        values = json.loads(path.read_text("utf-8"))
        if not isinstance(values, dict):
            raise ValueError(f"a {type(values).__name__}")
    except (OSError, ValueError) as error:
        raise CourseError(
            f"The parameters can't be read. Expected: {path}, a JSON object such as "
            f'{{"seed": 7}}. Received: {error}. Fix the file.'
        ) from None
    return values
