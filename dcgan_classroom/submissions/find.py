"""What students handed in: found, numbered by attempt, and nothing lost in silence."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from zipfile import is_zipfile

from dcgan_classroom.submissions.attempts import Who, counted_attempts, names_of
from dcgan_classroom.submissions.collect import Read, collect_student
from dcgan_classroom.submissions.entries import DiskEntry, Entry, read_archive
from dcgan_classroom.submissions.found import Found, Problem
from dcgan_classroom.submissions.names import attempt_of, compile_pattern
from dcgan_classroom.submissions.owners import (
    Owned,
    find_by_pattern,
    find_owners,
    is_wrapped_export,
)
from dcgan_lib.shared import CourseError

MOST_ATTEMPTS = 10  # of a student that are graded, where every attempt is
MOST_MEMBERS, LONGEST_LIST = 5_000_000, 2**29  # of an export, which a platform made


def find_submissions(
    path: str | Path,
    chapters: Sequence[str],
    pattern: str | None = None,
    grade_ids: Mapping[str, Collection[str]] | None = None,
    exports: bool = False,
    every_attempt: bool = False,
) -> Found:
    """Find the notebooks that students handed in.

    ``path`` is a folder with a folder or archive per student (nested folders may be attempts),
    flat files ``student_chapter.ipynb``, or an export of Moodle, Canvas or Google Classroom: a
    zip archive, unpacked or not. Whose a file is comes from the outermost of these and from
    nothing below it. Nothing is written, links are not followed, and every student has a budget:
    what is more than that costs nobody else anything.

    Args:
        path: the folder or zip archive.
        chapters: stems of the chapters that are graded.
        pattern: where names are others; see ``names.SYNTAX``.
        grade_ids: of each chapter, to recognise a notebook whose name doesn't tell it.
        exports: whether what lies in ``path`` are exports, each a folder or an archive.
        every_attempt: whether the last ``MOST_ATTEMPTS`` attempts of each are taken, not the last.

    Raises:
        CourseError: no such folder or archive, or a pattern that can't be used.
    """
    compiled = compile_pattern(pattern) if pattern else None
    with ExitStack() as opened:
        outermost = _Outermost(opened, chapters)
        tops = outermost.exports(Path(path)) if exports else [outermost.top(Path(path))]
        owners: list[Owned] = []
        for top in tops:
            if compiled:
                owners += find_by_pattern(top.entries, chapters, compiled, top.place)
            else:
                owners += find_owners(top.entries, chapters, top.place)
        most = MOST_ATTEMPTS if every_attempt else 1
        return _found(owners, outermost.problems, chapters, grade_ids or {}, most)


def _found(
    owners: Sequence[Owned],
    problems: Sequence[Problem],
    chapters: Sequence[str],
    grade_ids: Mapping[str, Collection[str]],
    most_attempts: int,
) -> Found:
    of_each: dict[Who, list[Owned]] = {}
    for owned in owners:
        of_each.setdefault((owned.owner.student, owned.owner.number), []).append(owned)
    read = {who: collect_student(all_of, chapters, grade_ids) for who, all_of in of_each.items()}
    everything = [one for each in read.values() for one, _ in each.submissions]
    names, namesakes = names_of((one for one in owners if one.owner.student), everything)
    named = {who: names.get(who, "") for who in read}
    handed_in = [
        (replace(one, student=named[who]), told)
        for who, each in read.items()
        for one, told in each.submissions
    ]
    counted, beside = counted_attempts(handed_in, most_attempts)
    counted.sort(key=lambda one: (one.chapter, one.student.casefold(), one.student, one.attempt))
    students = sorted(set(filter(None, named.values())), key=lambda one: (one.casefold(), one))
    theirs = [
        replace(one, student=named[who]) for who, each in read.items() for one in each.problems
    ]
    return Found(
        submissions=tuple(counted),
        problems=(*problems, *theirs, *namesakes, *beside),
        students=tuple(students),
        incomplete=_incomplete(read, named),
        namesakes=tuple(sorted({name for (name, _), shown in names.items() if shown != name})),
    )


def _incomplete(read: Mapping[Who, Read], named: Mapping[Who, str]) -> tuple[tuple[str, str], ...]:
    return tuple((named[who], each.exceeded) for who, each in read.items() if each.exceeded)


@dataclass(frozen=True)
class _Top:
    """The outermost folders, files and archives, and the place that they have in messages."""

    entries: Sequence[Entry]
    place: str = ""


class _Outermost:
    """Opens what the instructor or a platform made."""

    def __init__(self, opened: ExitStack, chapters: Sequence[str]) -> None:
        self._opened, self._chapters = opened, chapters
        self.problems: list[Problem] = []

    def top(self, path: Path) -> _Top:
        """A folder's or archive's outermost entries; what is wrapped around an export goes."""
        if path.is_file() and is_zipfile(path):
            return self._archive(path, f"{path.name}: ")
        if not path.is_dir():
            what = "which is something else" if path.exists() else "which does not exist"
            raise CourseError(
                f"There are no submissions. Expected: a folder, or an export as .zip. Received: "
                f"{path}, {what}. Name the folder that holds them."
            )
        return self._unwrapped(_Top(DiskEntry(path).children()))

    def exports(self, path: Path) -> list[_Top]:
        """The outermost entries of every export that lies in a folder."""
        found = []
        for entry in self.top(path).entries:
            if entry.folder and not entry.problem:
                found.append(self._unwrapped(_Top(entry.children(), f"{entry.name}/")))
            elif entry.archive and isinstance(entry, DiskEntry) and not entry.problem:
                found.append(self._archive(entry.path, f"{entry.name}: "))
            else:
                text = entry.problem or "It isn't an export: those are folders and archives."
                self.problems.append(Problem(entry.name, text))
        return found

    def _archive(self, path: Path, place: str) -> _Top:
        file = self._opened.enter_context(DiskEntry(path).open())
        try:
            root, outside, _ = read_archive(file, MOST_MEMBERS, LONGEST_LIST)
        except ValueError as error:
            self.problems.append(Problem(place.removesuffix(": "), str(error)))
            return _Top([])
        for name in outside:
            text = "Its name leads out of the archive's folder."
            self.problems.append(Problem(f"{place}{name}", text))
        return self._unwrapped(_Top(root.children(), place), packed=True)

    def _unwrapped(self, top: _Top, packed: bool = False) -> _Top:
        """What lies in the only folder or archive, if that holds what a platform exports.

        In an archive (``packed``), students' folders may lie in one around them, as a folder is
        packed by hand.
        """
        if len(top.entries) != 1 or top.entries[0].problem:
            return top
        only = top.entries[0]
        if only.archive and isinstance(only, DiskEntry):
            inner = self._archive(only.path, f"{only.name}: ")
            return inner if self._is_export(inner.entries) else top
        inside = only.children() if only.folder else []
        holds_class = self._wraps(inside) or (packed and self._is_export(inside))
        return _Top(inside, f"{top.place}{only.name}/") if holds_class else top

    def _is_export(self, entries: Sequence[Entry]) -> bool:
        folders = sum(entry.folder for entry in entries)
        attempts = any(attempt_of(entry.name) for entry in entries)
        return self._wraps(entries) or (1 < folders == len(entries) and not attempts)

    def _wraps(self, entries: Sequence[Entry]) -> bool:
        return is_wrapped_export(entries, self._chapters)
