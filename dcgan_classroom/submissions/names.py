"""Whose a file is, which chapter and which attempt, by its path as learning platforms write it."""

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
class Whose:
    """What a path tells.

    Attributes:
        student: name; "" where nothing tells.
        chapter: stem of a chapter; "" where nothing tells.
        attempt: number that the path states; 0 where it states none.
        moment: ISO 8601 time in the path, with the zone of this machine, or "".
    """

    student: str
    chapter: str
    attempt: int = 0
    moment: str = ""


def whose(path: str, chapters: Sequence[str], pattern: re.Pattern[str] | None = None) -> Whose:
    """Read a path, such as ``ada/04_generator (1).ipynb``.

    Tried in this order: the pattern; Moodle's and Canvas's names of folders or files; a folder
    for each student (within one for each chapter, or not), as Google Classroom makes them; flat
    files ``student_chapter.ipynb``.

    Args:
        path: relative, with ``/``.
        chapters: stems of the chapters.
        pattern: from ``compile_pattern``.
    """
    bare = path[: -len(".ipynb")] if path.lower().endswith(".ipynb") else path
    if pattern is not None:
        found = pattern.fullmatch(bare)
        parts = found.groupdict() if found else {}
        stem, attempt = _without_attempt(parts.get("chapter") or bare.rsplit("/", 1)[-1])
        return Whose(
            (parts.get("student") or "").strip(),
            chapter_of(stem, chapters),
            int(parts.get("attempt") or attempt),
            _moment(bare.split("/")[:-1]),
        )
    *folders, stem = bare.split("/")
    for place, part in enumerate([*folders, stem]):
        is_file = place == len(folders)
        exported = MOODLE.fullmatch(part) or (CANVAS.fullmatch(part) if is_file else None)
        if exported:
            rest = exported["file"] if is_file else stem
            return _told(exported["student"], folders, rest, chapters)
    named = [part for part in folders if not chapter_of(part, chapters, whole=True)]
    alone = any(re.fullmatch(rf".+ - {re.escape(one)}", stem, re.IGNORECASE) for one in chapters)
    if named and not alone and not _tells_attempt(named[0]):
        return _told(named[0], folders, stem, chapters)
    return _flat(folders, stem, chapters)


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


def _told(student: str, folders: Sequence[str], stem: str, chapters: Sequence[str]) -> Whose:
    stem, attempt = _without_attempt(stem)
    inner = [part for part in folders if part != student]
    stated = [int(found[1]) for part in inner if (found := ATTEMPT_FOLDER.fullmatch(part))]
    chapter = chapter_of(stem, chapters)
    if not chapter:  # "04_generator/ada/solution.ipynb", "ada/04/homework.ipynb"
        told = [chapter_of(part, chapters, whole=True) for part in inner]
        chapter = next(filter(None, told), "")
    return Whose(student.strip(), chapter, (stated or [attempt])[-1], _moment(inner))


def _flat(folders: Sequence[str], stem: str, chapters: Sequence[str]) -> Whose:
    stem, attempt = _without_attempt(stem)
    for chapter in chapters:
        for name in (chapter, chapter[:2]):
            found = re.fullmatch(rf"(.+?)[_ -]+{re.escape(name)}", stem, re.IGNORECASE)
            if found:
                return Whose(found[1].strip(), chapter, attempt, _moment(folders))
    told = [chapter_of(part, chapters, whole=True) for part in folders]
    chapter = next(filter(None, told), "")
    if chapter and not chapter_of(stem, chapters):  # "04_generator/ada.ipynb"
        return Whose(stem.strip(), chapter, attempt, _moment(folders))
    return Whose("", chapter_of(stem, chapters), attempt, _moment(folders))


def _without_attempt(stem: str) -> tuple[str, int]:
    stem = COPY.sub("", stem)
    found = ATTEMPT.search(stem)
    if not found:
        return stem, 0
    return stem[: found.start()], int(next(filter(None, found.groups()), 0))


def _tells_attempt(part: str) -> bool:
    return bool(ATTEMPT_FOLDER.fullmatch(part) or TIME.fullmatch(part))


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
