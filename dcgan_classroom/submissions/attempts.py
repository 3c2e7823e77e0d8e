"""Who is who, and which of several attempts counts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from dcgan_classroom.submissions.found import Problem, Submission
from dcgan_classroom.submissions.names import Told
from dcgan_classroom.submissions.owners import Owned

Who = tuple[str, str]  # a student's name, and the platform's number or ""


def names_of(
    owners: Iterable[Owned], submissions: Iterable[Submission]
) -> tuple[dict[Who, str], list[Problem]]:
    """What each student is called, with the platform's number where several have one name.

    Canvas gives everybody one number for good; Moodle's is another in each exercise. So Moodle's
    numbers tell students apart only where two of them handed in the same chapter.

    Returns:
        The name by (name, number), and a sentence for every name with several numbers.
    """
    platforms: dict[str, dict[str, Owned]] = {}
    for owned in owners:
        numbers = platforms.setdefault(owned.owner.student, {})
        if owned.owner.number:
            numbers[owned.owner.number] = owned
    handed_in: dict[tuple[str, str], set[str]] = {}
    for one in submissions:
        handed_in.setdefault((one.student, one.chapter), set()).add(one.number)
    names, problems = {}, []
    for name, numbers in platforms.items():
        canvas = any(owned.owner.platform == "Canvas" for owned in numbers.values())
        meet = any(len(met - {""}) > 1 for (who, _), met in handed_in.items() if who == name)
        apart = len(numbers) > 1 and (canvas or meet)
        names[name, ""] = name
        for number, owned in numbers.items():
            names[name, number] = f"{name} ({number})" if apart else name
            if len(numbers) > 1:
                text = _namesakes(name, len(numbers), apart)
                problems.append(Problem(owned.place, text, names[name, number], "", number))
    return names, problems


def _namesakes(name: str, count: int, apart: bool) -> str:
    if apart:
        return f"{count} hand-ins of {name} have different numbers: each is a student's of its own."
    return (
        f"{count} hand-ins of {name} have different numbers, for different chapters: they were "
        "taken as one student's. Give each a folder of its own if they are several students'."
    )


def counted_attempts(
    read: Iterable[tuple[Submission, Told]], most: int = 1
) -> tuple[list[Submission], list[Problem]]:
    """The last attempts of each, numbered; and a line for every other file.

    Args:
        read: every submission, and what its path tells.
        most: how many of the last attempts; copies of a later one aren't among them.
    """
    groups: dict[tuple[str, str], list[tuple[Submission, Told]]] = {}
    for one, told in read:
        groups.setdefault((one.student, one.chapter), []).append((one, told))
    counted, problems = [], []
    for group in groups.values():
        group.sort(key=lambda pair: (pair[1].attempt, pair[0].submitted, pair[0].source))
        numbered = [replace(one, attempt=place) for place, (one, _) in enumerate(group, 1)]
        kept = _different(numbered)[-most:]
        counted += kept
        for (_, told), one in zip(group, numbered, strict=True):
            if one in kept:
                continue
            text = _why_not(one, told, group[-1], len(group))
            problems.append(Problem(one.source, text, one.student, one.chapter, one.number))
    return counted, problems


def _different(attempts: list[Submission]) -> list[Submission]:
    """Attempts that no later one repeats."""
    later = {one.data: one for one in attempts}
    return [one for one in attempts if later[one.data] is one]


def _why_not(one: Submission, told: Told, last: tuple[Submission, Told], count: int) -> str:
    counts = f"{last[0].source} counts."
    if one.data == last[0].data:
        return f"It is the same file as {last[0].source}, which counts."
    if (told.attempt, told.moment) == (last[1].attempt, last[1].moment):
        if one.submitted == last[0].submitted:
            return (
                f"It is one of two files for one attempt, as far as names and times tell; {counts}"
            )
        return f"It is one of two files for one attempt; the later one, {counts}"
    return f"It is attempt {one.attempt} of {count}; the last one, {counts}"
