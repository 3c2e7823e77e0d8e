"""Whose everything is: told by the outermost thing that the instructor or a platform made.

What lies in a student's own folder or archive is that student's, whatever it is called: a file
named like a platform's export is an export only at the top.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from dcgan_classroom.submissions.entries import Entry
from dcgan_classroom.submissions.names import (
    TIME,
    Owner,
    attempt_of,
    chapter_of,
    exported,
    matched,
    named_by_hand,
)

DEEPEST_PATTERN = 12  # folders that a pattern is tried in
DEEPEST_AROUND = 3  # folders around those of students: for a chapter, for an attempt


@dataclass(frozen=True)
class Owned:
    """A folder, file or archive at the top, and whose it is.

    Attributes:
        entry: what lies there.
        owner: whose.
        place: its path, as a reader finds it, such as ``moodle.zip: Ada_12_…``.
        export: the path of the export that it lies in.
    """

    entry: Entry
    owner: Owner
    place: str
    export: str = ""


def find_owners(
    top: Sequence[Entry], chapters: Sequence[str], export: str = "", above: Owner | None = None
) -> Iterator[Owned]:
    """Whose each of the outermost things is; folders around them are looked into.

    Args:
        top: the outermost folders, files and archives.
        chapters: stems of the chapters.
        export: where they lie, for a reader: "" or ``moodle.zip: ``.
        above: what the folders around them tell of chapter and attempt.
    """
    numbered = _numbered_folders(top, chapters)
    for entry in top:
        place, told = f"{export}{entry.name}", above or Owner("")
        chapter = chapter_of(entry.stem, chapters, whole=True)
        is_stem = len(re.sub(r"\D", "", entry.stem)) < len(entry.stem)
        of_chapter = chapter and (is_stem or numbered) and not told.chapter
        around = of_chapter or (_tells_attempt(entry.name) and place.count("/") < DEEPEST_AROUND)
        if entry.folder and not entry.problem and around:
            attempt = attempt_of(entry.name) or told.attempt
            inner = Owner("", chapter=chapter or told.chapter, attempt=attempt)
            yield from find_owners(entry.children(), chapters, f"{place}/", inner)
            continue
        owner = exported(entry.stem, chapters, not entry.folder)
        owner = owner or named_by_hand(entry.stem, chapters, not entry.folder)
        if not owner.student and (entry.archive or told.chapter):  # ada.zip, 04_generator/ada.ipynb
            owner = replace(owner, student=entry.stem.strip())
        hints = {"chapter": owner.chapter or told.chapter, "attempt": owner.attempt or told.attempt}
        yield Owned(entry, replace(owner, **hints), place, export)


def find_by_pattern(
    top: Sequence[Entry], chapters: Sequence[str], pattern: re.Pattern[str], inside: str = ""
) -> Iterator[Owned]:
    """Whose each file and archive is, by a pattern for their paths."""
    for entry in top:
        place = f"{inside}{entry.name}"
        if entry.folder and not entry.problem and place.count("/") < DEEPEST_PATTERN:
            yield from find_by_pattern(entry.children(), chapters, pattern, f"{place}/")
        else:
            yield Owned(entry, matched(f"{inside}{entry.stem}", chapters, pattern), place)


def is_wrapped_export(children: Sequence[Entry], chapters: Sequence[str]) -> bool:
    """Whether these are what a platform exports: it named two of them, or all of them."""
    named = [child for child in children if exported(child.stem, chapters, not child.folder)]
    return len(named) > 1 or 0 < len(named) == len(children)


def _numbered_folders(top: Sequence[Entry], chapters: Sequence[str]) -> bool:
    """Whether folders called ``01`` and ``02`` are chapters', not students'.

    They are if there is nothing else, and what lies right in them isn't called after a chapter.
    """
    for entry in top:
        if not entry.folder or entry.problem or not chapter_of(entry.name, chapters, whole=True):
            return False
        if any(chapter_of(one.stem, chapters) for one in entry.children() if not one.folder):
            return False
    return True


def _tells_attempt(name: str) -> bool:
    return bool(attempt_of(name) or TIME.fullmatch(name))
