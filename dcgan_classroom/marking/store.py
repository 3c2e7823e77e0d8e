"""Every decision that was ever made on a class, in one file; none is lost."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace
from pathlib import Path

from dcgan_classroom.gradebook import ClassBook, Key
from dcgan_classroom.marking.anonymous import known_anonymous_names
from dcgan_classroom.marking.decisions import Decision
from dcgan_classroom.marking.form import read_form
from dcgan_classroom.marking.rows import MarkingRow
from dcgan_lib.shared import CourseError, atomic_path

STORE = "by_hand.json"  # in the folder that `grade` wrote to


def update_decisions(
    book: ClassBook, rows: Sequence[MarkingRow], own: Path, filled: Path | None = None
) -> tuple[dict[Key, Decision], list[str]]:
    """Put filled-in tables into the class's store of decisions.

    A decision is kept with its answer: if the student hands in another one it doesn't count, and
    if that answer comes back it counts again.

    Args:
        book: the class.
        rows: all marks as they are now.
        own: the report's own table, which may have been filled in; it need not be there.
        filled: a table to put in: it outvotes the other one, also by an empty row.

    Returns:
        What counts for the answers that are there, by (student, chapter, grade_id), and a
        sentence for each row that wasn't used.

    Raises:
        CourseError: a table or the store can't be read.
    """
    path, lines = book.folder / STORE, []
    names = {name: student for student, known in book.aliases.items() for name in known}
    kept = {}
    for decision in _read(path):
        decision = replace(decision, student=names.get(decision.student, decision.student))
        kept[decision.key, decision.answer_id] = decision
    before = dict(kept)
    other_names = {student: list(known) for student, known in book.aliases.items()}
    for student, name in known_anonymous_names(book.folder, book.students).items():
        other_names.setdefault(student, []).append(name)
    for form in filter(None, (own if own.is_file() else None, filled)):
        found, unused = read_form(form, rows, other_names, is_own=form == own)
        lines += unused
        kept |= {(decision.key, decision.answer_id): decision for decision in found}
    kept = {key: decision for key, decision in kept.items() if not decision.is_empty}
    if kept != before:
        _write(path, kept.values())
    current = {(row.key, row.answer_id) for row in rows}
    return {
        key: decision for (key, answer), decision in kept.items() if (key, answer) in current
    }, list(dict.fromkeys(lines))


def _read(path: Path) -> list[Decision]:
    if not path.exists():
        return []
    try:
        values = json.loads(path.read_text("utf-8"))
        return [Decision(**{**one, "rubric": tuple(one["rubric"])}) for one in values]
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise CourseError(
            f"The marks given by hand can't be read. Expected: {path}, as `report` writes it. "
            f"Received: {type(error).__name__}. Take it from a backup, or delete it and put "
            "marks_by_hand.csv in again by --marks."
        ) from None


def _write(path: Path, decisions: Iterable[Decision]) -> None:
    values = [asdict(decision) for decision in decisions]
    with atomic_path(path) as part:
        part.write_text(json.dumps(values, indent=1, ensure_ascii=False), "utf-8")
