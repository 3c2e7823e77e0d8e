"""Whose a file is, which chapter and which attempt, by names as learning platforms write them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from dcgan_lib.shared import CourseError

MOODLE = re.compile(
    r"(?P<student>.+?)_(?P<number>\d+)_assignsubmission_(?P<kind>[a-z]+)_?(?P<file>.*)"
)
CANVAS = re.compile(
    r"(?P<student>[^_]+)(?P<late>_LATE)?_(?P<number>\d{3,})_(?P<upload>\d{3,})_(?P<file>.+)"
)
COPY = re.compile(r"^(?:Copy of|Kopie von)\s+", re.IGNORECASE)  # as Drive names copies
ATTEMPT = re.compile(
    r"(?:\s*\((\d+)\)|[-_ ](?:attempt|try|version|v)[-_ ]?(\d+)|-(\d{1,2}))$", re.I
)
ATTEMPT_FOLDER = re.compile(r"(?:attempt|try|version|submission)[-_ ]?(\d+)", re.IGNORECASE)
TIME = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)(?:[T_ -]+(?:at[ _])?(\d\d)[-:._h]?(\d\d)(?:[-:._m]?(\d\d))?)?"
)
PLACEHOLDERS = {
    "student": r"(?P<student>[^/]+?)",
    "chapter": r"(?P<chapter>[^/]+?)",
    "attempt": r"(?P<attempt>\d+)",
    "any": r"[^/]*?",
}
SYNTAX = (
    "a path without .ipynb that names {student}, and if it can {chapter} and {attempt}; {any} is "
    "what doesn't matter, / goes into a folder: '{student}_{chapter}', 'group {any}/{student}'"
)


@dataclass(frozen=True)
class Owner:
    """Whose a folder or file is that the instructor or a platform named.

    Attributes:
        student: name; "" where nothing tells.
        number: the platform's number for the student, or "".
        platform: "Moodle", "Canvas" or "".
        file: the rest of a file's name: what the student called it; "" for a folder.
        late: whether the platform says so.
        chapter: that the name or the folders above it tell; or "".
        attempt: that they state; 0 where they state none.
    """

    student: str
    number: str = ""
    platform: str = ""
    file: str = ""
    late: bool = False
    chapter: str = ""
    attempt: int = 0


@dataclass(frozen=True)
class Told:
    """What a path below a student's folder tells: chapter ("" for none), attempt, ISO time."""

    chapter: str
    attempt: int = 0
    moment: str = ""


def exported(name: str, chapters: Sequence[str], is_file: bool) -> Owner | None:
    """The owner of what a platform named; None for any other name.

    Args:
        name: without its suffix.
        chapters: stems of the chapters.
        is_file: Canvas and Google Classroom name files only.
    """
    if found := MOODLE.fullmatch(name):
        return Owner(found["student"].strip(), found["number"], "Moodle", found["file"])
    if is_file and (found := CANVAS.fullmatch(name)):
        late = bool(found["late"])
        return Owner(found["student"].strip(), found["number"], "Canvas", found["file"], late)
    if is_file and " - " in name:  # Google Classroom: "Ada Lovelace - 04_generator (1)"
        student, _, file = name.rpartition(" - ")
        if _without_attempt(file)[0].casefold() in (one.casefold() for one in chapters):
            return Owner(student.strip(), file=file)
    return None


def named_by_hand(name: str, chapters: Sequence[str], is_file: bool) -> Owner:
    """The owner of a folder ``ada``, an archive ``ada.zip`` or a file ``ada_04_generator``."""
    if not is_file:
        return Owner(name.strip())
    stem, attempt = _without_attempt(name)
    for chapter in chapters:
        for part in (chapter, chapter[:2]):
            found = re.fullmatch(rf"(.+?)[_ -]+{re.escape(part)}", stem, re.IGNORECASE)
            if found:
                return Owner(found[1].strip(), file=stem, chapter=chapter, attempt=attempt)
    return Owner("", file=name)


def matched(path: str, chapters: Sequence[str], pattern: re.Pattern[str]) -> Owner:
    """The owner by the instructor's own pattern; ``path`` without suffix, from the top."""
    found = pattern.fullmatch(path)
    if not found:
        return Owner("")
    parts = found.groupdict()
    stem, attempt = _without_attempt(parts.get("chapter") or path.rsplit("/", 1)[-1])
    return Owner(
        student=parts["student"].strip(),
        file=path.rsplit("/", 1)[-1],
        chapter=chapter_of(stem, chapters),
        attempt=int(parts.get("attempt") or attempt),
    )


def told_by(folders: Sequence[str], stem: str, chapters: Sequence[str]) -> Told:
    """What a student's own names tell: never whose a file is.

    Args:
        folders: names below the student's folder.
        stem: of the file, without suffix.
        chapters: stems of the chapters.
    """
    stem, attempt = _without_attempt(stem)
    stated = [attempt_of(part) for part in folders if attempt_of(part)]
    chapter = chapter_of(stem, chapters)
    if not chapter:  # "ada/04/homework.ipynb"
        told = [chapter_of(part, chapters, whole=True) for part in folders]
        chapter = next(filter(None, told), "")
    return Told(chapter, (stated or [attempt])[-1], _moment(folders))


def attempt_of(name: str) -> int:
    """The attempt that a folder called ``attempt 2`` stands for; else 0."""
    found = ATTEMPT_FOLDER.fullmatch(name)
    return int(found[1]) if found else 0


def compile_pattern(text: str) -> re.Pattern[str]:
    """The pattern of ``--pattern`` as an expression for paths without their suffix.

    Raises:
        CourseError: it names no student, or a placeholder that there isn't.
    """
    parts = re.split(r"\{(\w*)\}", text.removesuffix(".ipynb"))
    names = parts[1::2]
    odd = [name for name in names if name not in PLACEHOLDERS]
    twice = [name for name in set(names) - {"any"} if names.count(name) > 1]
    if odd or twice or "student" not in names:
        raise CourseError(
            f"The pattern can't be used. Expected: {SYNTAX}. Received: {text!r}. "
            "Leave --pattern out for a folder per student, an export, or {student}_{chapter}."
        )
    pieces = [
        PLACEHOLDERS[part] if place % 2 else re.escape(part) for place, part in enumerate(parts)
    ]
    return re.compile("".join(pieces))


def chapter_of(name: str, chapters: Sequence[str], whole: bool = False) -> str:
    """The chapter that a name speaks of: its stem, its title's words, or its number; else "".

    Args:
        name: of a file or folder, without suffix.
        chapters: stems.
        whole: the name is the chapter's and holds nothing else.
    """
    plain = _plain(name)
    if whole:
        found = [stem for stem in chapters if plain in (_plain(stem), stem[:2])]
        return found[0] if len(found) == 1 else ""
    for part in (lambda stem: _plain(stem), lambda stem: _plain(stem[2:])):
        found = [stem for stem in chapters if part(stem) and part(stem) in plain]
        if len(found) == 1:
            return found[0]
    numbers = re.findall(r"(?<![0-9])[0-9]{2}(?![0-9])", name)
    found = [stem for stem in chapters if stem[:2] in numbers]
    return found[0] if len(found) == 1 else ""


def _without_attempt(stem: str) -> tuple[str, int]:
    stem = COPY.sub("", stem)
    found = ATTEMPT.search(stem)
    if not found:
        return stem, 0
    return stem[: found.start()], int(next(filter(None, found.groups()), 0))


def _moment(folders: Sequence[str]) -> str:
    for part in reversed(folders):
        if found := TIME.search(part):
            try:
                moment = datetime(*(int(number or 0) for number in found.groups()))
            except ValueError:
                continue
            return moment.astimezone().isoformat()
    return ""


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())
