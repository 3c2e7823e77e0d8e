"""How marks become grades: lateness, extensions, attempts, weights, and the rubric; from a file."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any, NoReturn

from dcgan_lib.shared import CourseError

ATTEMPTS = ("last", "best")
TABLES = ("attempt", "comments", "extensions", "late", "rubric", "weights")
LATE = ("per_day", "grace_minutes", "at_most")
ALL_CHAPTERS = ""  # stands for every chapter in a student's extensions


@dataclass(frozen=True)
class Policy:
    """What holds for a class; by default nothing is deducted and the last attempt counts.

    Attributes:
        attempt: which one counts, of ``ATTEMPTS``; "best" by what was marked without a human,
            less what lateness costs, the later of two that are equal.
        per_day: percent of a chapter's points that each day begun after the deadline costs.
        grace_minutes: after the deadline that cost nothing.
        at_most: percent that lateness costs at most.
        extensions: deadlines of single students: by name or e-mail address, then by chapter, or
            by ``ALL_CHAPTERS``.
        weights: what points are multiplied by, by chapter or "chapter/grade_id"; else 1.
        rubric: of open questions, by "chapter/grade_id": what an answer can have, and its points.
        comments: that marking offers for every answer.
    """

    attempt: str = "last"
    per_day: float = 0.0
    grace_minutes: float = 0.0
    at_most: float = 100.0
    extensions: Mapping[str, Mapping[str, datetime]] = field(default_factory=dict)
    weights: Mapping[str, float] = field(default_factory=dict)
    rubric: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    comments: tuple[str, ...] = ()


def read_policy(path: str | Path) -> Policy:
    """Read a policy from TOML; whatever the file leaves out keeps its default.

    Raises:
        CourseError: no such file, or something in it that isn't known or can't hold.
    """
    refuse = _refusal(path)
    try:
        values = tomllib.loads(Path(path).read_text("utf-8"))
    except (OSError, ValueError) as error:
        refuse("a file in TOML", "no such file" if isinstance(error, OSError) else str(error))
    _require_known(values, TABLES, refuse)
    late = _table(values, "late", refuse)
    _require_known(late, LATE, refuse)
    attempt = values.get("attempt", "last")
    if attempt not in ATTEMPTS:
        refuse('attempt = "last" or "best"', repr(attempt))
    rubric = _table(values, "rubric", refuse)
    if any("|" in item for items in rubric.values() for item in items):
        refuse("rubric items without |, which stands between them in tables", "one with |")
    comments = values.get("comments", [])
    if not isinstance(comments, list) or not all(isinstance(one, str) for one in comments):
        refuse("comments = [texts]", repr(comments))
    return Policy(
        attempt=attempt,
        per_day=_number(late.get("per_day", 0.0), "late.per_day", refuse, most=100),
        grace_minutes=_number(late.get("grace_minutes", 0.0), "late.grace_minutes", refuse),
        at_most=_number(late.get("at_most", 100.0), "late.at_most", refuse, most=100),
        extensions={
            student: _extension(student, value, refuse)
            for student, value in _table(values, "extensions", refuse).items()
        },
        weights={
            name: _number(value, f"weights.{name}", refuse)
            for name, value in _table(values, "weights", refuse).items()
        },
        rubric={
            name: {
                item: _number(points, f"rubric.{name}", refuse, least=-math.inf)
                for item, points in _table(rubric, name, refuse).items()
            }
            for name in rubric
        },
        comments=tuple(comments),
    )


def policy_text(policy: Policy) -> str:
    """The policy in sentences, for pages."""
    lines = [f"The {policy.attempt} attempt counts, late or not."]
    if policy.per_day:
        most = f", at most {policy.at_most:g}%" if policy.at_most < 100 else ""
        cost = f"costs {policy.per_day:g}% of a chapter's points{most}."
        lines.append(f"Each day begun after the deadline {cost}")
        if policy.grace_minutes:
            lines.append(f"The first {policy.grace_minutes:g} minutes cost nothing.")
    lines.append("What was not handed in counts 0.")
    lines.append("An answer that is still to be marked by hand counts 0 until it is.")
    return " ".join(lines)


def _refusal(path: str | Path) -> Callable[[str, str], NoReturn]:
    def refuse(expected: str, received: str) -> NoReturn:
        raise CourseError(
            f"The policy can't be used. Expected: {expected}, in {path}. Received: {received}. "
            "Correct the file; the instructor's guide shows one with everything in it."
        ) from None

    return refuse


def _require_known(
    values: Mapping[str, Any], known: tuple[str, ...], refuse: Callable[[str, str], NoReturn]
) -> None:
    odd = sorted(set(values) - set(known))
    if odd:
        refuse(f"some of {', '.join(known)}", ", ".join(odd))


def _table(
    values: Mapping[str, Any], name: str, refuse: Callable[[str, str], NoReturn]
) -> Mapping[str, Any]:
    table = values.get(name, {})
    if not isinstance(table, dict):
        refuse(f"a table [{name}]", repr(table))
    return table


def _number(
    value: object,
    name: str,
    refuse: Callable[[str, str], NoReturn],
    *,
    least: float = 0.0,
    most: float = math.inf,
) -> float:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or not math.isfinite(value) or not least <= value <= most:
        bounds = f"{least:g} or more" if most == math.inf else f"{least:g} to {most:g}"
        refuse(f"{name}, a number{f' of {bounds}' * (least > -math.inf)}", repr(value))
    return float(value)


def _extension(
    student: str, value: object, refuse: Callable[[str, str], NoReturn]
) -> dict[str, datetime]:
    by_chapter = value if isinstance(value, dict) else {ALL_CHAPTERS: value}
    for one in by_chapter.values():
        if not isinstance(one, datetime):
            hint = " (with a time of day)" if isinstance(one, date) else ""
            refuse(f"a time such as 2026-12-04T23:59:00+01:00 for {student}{hint}", repr(one))
    return {chapter: one.astimezone() for chapter, one in by_chapter.items()}
