"""`python -m dcgan_classroom grade` and `doctor`."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from dcgan_course import NOTEBOOKS
from dcgan_lib import PROFILES
from dcgan_lib.shared import CourseError

MOST_PROBLEMS = 50  # lines that are printed
User = Annotated[
    str | None,
    typer.Option(metavar="NAME", help="Whom kernels run as; for root.", show_default="nobody"),
]


def grade_command(
    submissions: Annotated[
        Path, typer.Argument(help="Folder of submissions, or an export (.zip).", show_default=False)
    ],
    out: Annotated[Path, typer.Argument(help="Folder to write to.", show_default=False)],
    chapters: Annotated[
        list[str] | None, typer.Option(metavar="NN …", help="Such as 02 04; all by default.")
    ] = None,
    profile: Annotated[str, typer.Option(help=f"One of {', '.join(PROFILES)}.")] = "tiny",
    seed: Annotated[
        int, typer.Option(min=0, help="The course's; each student's own comes from it.")
    ] = 0,
    params: Annotated[
        Path | None, typer.Option(metavar="FILE", help="JSON: more parameters of the notebooks.")
    ] = None,
    workers: Annotated[
        int | None, typer.Option(min=1, help="Processes.", show_default="one for each core")
    ] = None,
    scheduler: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="A Dask scheduler's, in their place.")
    ] = None,
    timeout: Annotated[
        float | None, typer.Option(min=1, metavar="S", help="Seconds for one cell.")
    ] = None,
    memory: Annotated[
        int | None, typer.Option(min=256, metavar="MB", help="For one notebook's processes.")
    ] = None,
    user: User = None,
    pattern: Annotated[
        str | None, typer.Option(help="How files are named: '{student}_{chapter}'.")
    ] = None,
    exports: Annotated[
        bool, typer.Option("--exports", help="SUBMISSIONS holds several exports, not students.")
    ] = False,
    every_attempt: Annotated[
        bool, typer.Option("--every-attempt", help="Earlier ones too, for the best to count.")
    ] = False,
    deadline: Annotated[
        str | None, typer.Option(metavar="ISO", help="Such as '2026-11-30T23:59 Europe/Berlin'.")
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on; keep what hasn't changed.")
    ] = False,
    trust_submissions: Annotated[
        bool, typer.Option("--trust-submissions", help="Run students' code without a sandbox.")
    ] = False,
    notebooks: Annotated[
        Path, typer.Option("--notebooks", help="Folder of the solved chapters.")
    ] = NOTEBOOKS,
) -> None:
    """Run what students handed in, each notebook in a sandbox, and mark it."""
    from dcgan_classroom.grading.arguments import Options
    from dcgan_classroom.grading.class_file import CLASS
    from dcgan_classroom.grading.grade import grade_class
    from dcgan_classroom.grading.setting import LIMITS
    from dcgan_classroom.sandbox import find_sandbox

    if profile not in PROFILES:
        raise CourseError(
            f"There is no profile {profile!r}. Expected: one of {', '.join(PROFILES)}. "
            f"Received: {profile!r}."
        )
    limits = LIMITS
    if timeout is not None:
        wall = max(limits.wall_seconds, 5 * timeout)
        limits = replace(limits, cell_seconds=timeout, wall_seconds=wall)
    if memory is not None:
        limits = replace(limits, memory_mb=memory)
    if trust_submissions:
        print("Nothing is isolated: students' code can do here whatever you can.")
    options = Options(
        profile=profile,
        seed=seed,
        chapters=chapters,
        workers=workers,
        scheduler=scheduler,
        limits=limits,
        resume=resume,
        pattern=pattern,
        exports=exports,
        every_attempt=every_attempt,
        deadline=deadline,
        notebooks=notebooks,
        params=_read_params(params),
    )
    done = grade_class(submissions, out, find_sandbox(user, trust_submissions), options)
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
    if done.failed or done.incomplete:
        raise typer.Exit(1)


def doctor_command(
    user: User = None,
) -> None:
    """Prove the sandbox: try to get out of it in many ways, and print which held."""
    from dcgan_classroom.sandbox import check, find_sandbox

    sandbox = find_sandbox(user)
    print(f"Kernels run in {sandbox.kind}.")
    attempts = check(sandbox)
    width = max(len(one.attempt) for one in attempts)
    for one in attempts:
        print(f"{'held   ' if one.held else 'GOT OUT'}  {one.attempt:{width}}  {one.seen}")
    if not all(one.held for one in attempts):
        raise CourseError(
            "The sandbox doesn't hold. Expected: every attempt fails. Received: the lines marked "
            "GOT OUT. Don't grade with it; update bubblewrap and the system, or grade elsewhere."
        )


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
