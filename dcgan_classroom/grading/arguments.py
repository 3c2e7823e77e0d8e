"""What a class is graded with, as an instructor gives it, checked before anything is run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from dcgan_classroom.grading.setting import LIMITS
from dcgan_classroom.sandbox import Limits
from dcgan_classroom.submissions import Found, chapter_of
from dcgan_course import NOTEBOOKS, find_chapters
from dcgan_lib.shared import CourseError

TAKEN = ("data_dir", "run_dir")  # parameters that only the grader sets


@dataclass(frozen=True)
class Options:
    """How a class is graded.

    Attributes:
        profile: the notebooks' parameter.
        seed: of the course, 0 or above; each student's notebook gets one of its own from it.
        chapters: stems or numbers; None for all.
        workers: processes on this machine, by default one for each core.
        scheduler: address of a Dask scheduler that does it instead.
        limits: of each run.
        resume: go on with the folder of results: what was graded and hasn't changed is kept.
        pattern: how file names are made; see ``submissions.names.SYNTAX``.
        deadline: ISO 8601, with the name of a time zone after it or not; without any, this
            machine's holds.
        exports: whether the outermost folders and archives are exports, not students'.
        every_attempt: whether earlier attempts are graded as well as the last.
        notebooks: folder of the solved chapters, and of ``probes.py`` for a course of one's own.
        params: further parameters of the notebooks.
    """

    profile: str = "tiny"
    seed: int = 0
    chapters: Sequence[str] | None = None
    workers: int | None = None
    scheduler: str | None = None
    limits: Limits = LIMITS
    resume: bool = False
    pattern: str | None = None
    deadline: str | None = None
    exports: bool = False
    every_attempt: bool = False
    notebooks: str | Path = NOTEBOOKS
    params: Mapping[str, object] = field(default_factory=dict)


def chosen_chapters(notebooks: Path, options: Options) -> list[str]:
    """The stems of the chapters that are wanted, in the course's order; by default all."""
    wanted = options.chapters
    there = [path.stem for path in find_chapters(notebooks)]
    named = {one: chapter_of(Path(one).stem, there) for one in wanted or ()}
    odd = [one for one, name in named.items() if not name]
    if odd:
        raise CourseError(
            f"There is no chapter {', '.join(odd)}. Expected: some of {', '.join(there)}, or "
            f"their numbers. Received: {', '.join(wanted or ())}."
        )
    return [name for name in there if not named or name in named.values()]


def require_something(found: Found, submissions: str | Path) -> None:
    """Refuse a folder in which nothing was handed in."""
    if found.submissions:
        return
    said = [f"{one.source}: {one.problem}" for one in found.problems[:5]]
    raise CourseError(
        "Nothing was handed in that can be graded. Expected: notebooks of the chapters. Received: "
        f"{' '.join(said) or f'no file in {submissions}'} Name the folder that holds a folder for "
        "each student, or an export (.zip)."
    )


def require_new(out: Path, resume: bool) -> None:
    """Refuse a folder that holds results, unless grading goes on with it."""
    if not resume and any((out / "results").glob("*.json")):
        raise CourseError(
            f"This folder holds results. Expected: a new folder. Received: {out}. Go on with it "
            "by --resume (what hasn't changed is kept), or choose another one."
        )


def refuse_parameters(params: Mapping[str, object]) -> None:
    """Refuse parameters that only the grader sets, and a seed that isn't a number."""
    taken = sorted(set(params) & set(TAKEN))
    seed = params.get("seed", 0)
    if taken or not isinstance(seed, int) or isinstance(seed, bool):
        raise CourseError(
            "These parameters can't be set. Expected: parameters of the notebooks other than "
            f"{', '.join(TAKEN)}, seed as a whole number. Received: {', '.join(params)}. Take them "
            "out."
        )


def deadline_moment(deadline: str | None) -> datetime | None:
    """A deadline such as ``2026-11-30T23:59 Europe/Berlin``; None for none.

    Raises:
        CourseError: there is no such time or zone.
    """
    if not deadline:
        return None
    time, _, zone = deadline.strip().rpartition(" ")
    try:
        if "/" not in zone and zone != "UTC":
            return datetime.fromisoformat(deadline.strip()).astimezone()
        moment = datetime.fromisoformat(time)
        if moment.tzinfo is not None:
            raise ValueError("two zones")
        return moment.replace(tzinfo=ZoneInfo(zone))
    except (ValueError, ZoneInfoNotFoundError):
        raise CourseError(
            "The deadline can't be read. Expected: ISO 8601, such as 2026-11-30T23:59, "
            "2026-11-30T23:59+01:00 or '2026-11-30T23:59 Europe/Berlin'. "
            f"Received: {deadline!r}."
        ) from None
