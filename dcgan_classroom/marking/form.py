"""The table to mark in: written with what is there, read back as a spreadsheet or page saved it."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd

from dcgan_classroom.marking.decisions import Decision, answer_id
from dcgan_classroom.marking.rows import MarkingRow
from dcgan_classroom.spreadsheet import defused, read_csv, undefused, write_csv
from dcgan_lib.shared import CourseError

NAMED = ("student", "chapter", "grade_id")
COLUMNS = (
    *(*NAMED, "title", "answer", "answer_id", "points", "automatic"),
    *("score", "bonus", "excused", "rubric", "comment"),
)
FILLED = ("score", "bonus", "excused", "rubric", "comment")  # by a human
NEEDED = {*NAMED, "score", "comment"}
FILE = "marks_by_hand.csv"
YES, NO = ("yes", "x", "true", "1"), ("", "no", "false", "0")
BETWEEN = " | "  # the rubric's items in one cell
ADVICE = f"Fill in {FILE} of the report, and save it as CSV UTF-8."


def write_form(rows: Iterable[MarkingRow], path: Path) -> None:
    """Write the table: every answer that a human marks, and every automatic mark that was changed.

    Any other mark can be changed by a row of one's own: student, chapter and grade_id as in
    ``marks.csv``.
    """
    kept = [row for row in rows if row.is_open or row.decision]
    write_csv(pd.DataFrame([_values(row) for row in kept], columns=COLUMNS), path)


def _values(row: MarkingRow) -> dict[str, object]:
    decision = row.decision
    return {
        "student": row.shown,
        "chapter": row.chapter,
        "grade_id": row.grade_id,
        "title": row.title,
        "answer": row.answer,
        "answer_id": row.answer_id,
        "points": row.points,
        "automatic": row.automatic,
        "score": decision.score if decision else None,
        "bonus": decision.bonus or None if decision else None,
        "excused": "yes" if decision and decision.excused else "",
        "rubric": BETWEEN.join(decision.rubric) if decision else "",
        "comment": decision.comment if decision else "",
    }


def csv_fields(row: MarkingRow) -> list[str]:
    """A row's columns up to ``automatic`` as the page writes them, made safe as in the table."""
    values = _values(row) | {"points": f"{row.points:g}"}
    values["automatic"] = "" if row.automatic is None else f"{row.automatic:g}"
    return [str(defused(values[name])) for name in COLUMNS[: COLUMNS.index("score")]]


def read_form(
    path: str | Path,
    rows: Iterable[MarkingRow],
    other_names: Mapping[str, Sequence[str]],
    is_own: bool = False,
) -> tuple[list[Decision], list[str]]:
    """Read a filled-in table.

    Args:
        path: the table; commas, semicolons or tabs, decimal points or commas.
        rows: all marks as they are now.
        other_names: that the table may have in place of students'.
        is_own: whether it is the report's own table of an earlier time: a row for somebody who is
            no longer there is said rather than refused.

    Returns:
        One decision for each row, empty ones too, and a sentence for each filled-in row whose
        answer is no longer the student's (a later attempt came in): it is for the old answer.

    Raises:
        CourseError: no such table, a row for nobody, a row twice, a value that can't be given.
    """
    by_name = {}
    for row in rows:
        for student in (row.student, row.shown, *other_names.get(row.student, ())):
            by_name[str(defused(student)), row.chapter, row.grade_id] = row
    header, lines = read_csv(path, "Marks", ADVICE)
    if NEEDED - set(header):
        raise CourseError(
            f"Marks can't be read. Expected: {path}, a CSV with the columns {', '.join(COLUMNS)}. "
            f"Received: columns {', '.join(header)}. {ADVICE}"
        )
    found: dict[tuple[str, str, str], Decision] = {}
    stale, unknown, wrong = [], [], []
    for number, line in enumerate(lines, 2):
        row = by_name.get(tuple(line[name] for name in NAMED))
        is_filled = any(line.get(name, "").strip() for name in FILLED)
        if row is None:
            unknown += [", ".join(line[name] for name in NAMED)] if is_filled else []
        elif not is_filled and (row.key in found or _earlier_answer(line, row)):
            continue
        elif row.key in found:
            wrong.append(f"row {number}: {row.shown}, {row.grade_id} a second time")
        elif isinstance(decision := _decision(line, row), str):
            wrong.append(f"row {number}: {decision} for {row.shown}, {row.grade_id}")
        elif is_filled and (earlier := _earlier_answer(line, row)):
            found[row.key] = replace(decision, answer_id=earlier)
            stale.append(
                f"{row.shown}, {row.chapter}, {row.grade_id}: the answer is another one since it "
                "was marked; it is to be marked again."
            )
        else:
            found[row.key] = decision
    gone = [f"{one}: there is no such mark any more." for one in unknown] if is_own else []
    _refuse(path, [] if is_own else unknown, wrong)
    return list(found.values()), [*stale, *gone]


def _decision(line: dict[str, str], row: MarkingRow) -> Decision | str:
    """What a row says, or what of it can't be."""
    texts = defaultdict(str, {name: line.get(name, "").strip() for name in FILLED})
    score, bonus = _number(texts["score"]), _number(texts["bonus"])
    if texts["score"] and (score is None or not 0 <= score <= row.points):
        return repr(texts["score"])
    if texts["bonus"] and bonus is None:
        return f"bonus {texts['bonus']!r}"
    if texts["excused"].casefold() not in (*YES, *NO):
        return f"excused {texts['excused']!r}"
    items = [undefused(one).strip() for one in texts["rubric"].split(BETWEEN.strip())]
    return Decision(
        student=row.student,
        chapter=row.chapter,
        grade_id=row.grade_id,
        answer_id=row.answer_id,
        score=score,
        bonus=bonus or 0.0,
        excused=texts["excused"].casefold() in YES,
        rubric=tuple(filter(None, items)),
        comment=undefused(line["comment"]).strip(),
    )


def _number(text: str) -> float | None:
    try:
        number = float(text.lstrip("'").replace(",", "."))
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _earlier_answer(line: dict[str, str], row: MarkingRow) -> str:
    """Id of the answer that a row is about, if that isn't the student's any more; else ""."""
    answer, known = line.get("answer", ""), line.get("answer_id", "").strip()
    if answer.strip() and answer.split() != str(defused(row.answer)).split():
        return answer_id(undefused(answer))
    return known if known != row.answer_id else ""


def _refuse(path: str | Path, unknown: list[str], wrong: list[str]) -> None:
    if unknown:
        raise CourseError(
            f"Some marks are for nobody. Expected: rows named as in the report's {FILE} or "
            f"marks.csv. Received in {path}: {_few(unknown)}. Correct student, chapter and "
            "grade_id, or take these rows out."
        )
    if wrong:
        raise CourseError(
            "Some marks can't be given. Expected: one row for each answer, with a score from 0 "
            "to its points or nothing, a bonus that is a number or nothing, excused yes or "
            f"nothing. Received in {path}: {_few(wrong)}. Correct these rows."
        )


def _few(found: list[str]) -> str:
    rest = f" and {len(found) - 3} more" if len(found) > 3 else ""
    return f"{'; '.join(found[:3])}{rest}"
