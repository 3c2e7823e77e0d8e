"""The page to mark in: every answer with its marks, points, rubric and comments to fill in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from dcgan_classroom.gradebook import Policy
from dcgan_classroom.marking import FILE, MarkingRow, csv_fields
from dcgan_classroom.reporting.clean import clean_markdown
from dcgan_classroom.reporting.pages import data_block, script, write_page


@dataclass(frozen=True)
class Question:
    """One exercise with all its answers.

    Attributes:
        title: of the exercise.
        chapter: stem of the chapter's file.
        rubric: what an answer can have, with its points.
        rows: the answers, each with its place among all.
    """

    title: str
    chapter: str
    rubric: tuple[tuple[str, float], ...]
    rows: tuple[tuple[int, MarkingRow], ...]


def write_to_mark_page(
    path: Path, rows: Sequence[MarkingRow], policy: Policy, anonymous: bool
) -> None:
    """Write the page.

    What is typed stays in the browser until a page that was written later holds it.

    Args:
        path: of the page.
        rows: every mark of the class.
        policy: with the rubric and the comments that are offered.
        anonymous: whether it names nobody.
    """
    human, automatic = (
        [row for row in rows if row.is_open is is_open] for is_open in (True, False)
    )
    ordered = [*human, *automatic]
    write_page(
        path,
        "to_mark.html",
        script=script("to_mark.js"),
        open_questions=_questions(ordered[: len(human)], 0, policy),
        marked_questions=_questions(automatic, len(human), policy),
        answer=clean_markdown,
        file=FILE,
        anonymous=anonymous,
        data=data_block(
            {
                "rows": [_row_data(row) for row in ordered],
                "comments": list(policy.comments),
            }
        ),
    )


def _row_data(row: MarkingRow) -> dict[str, object]:
    decision = row.decision
    return {
        "fields": csv_fields(row),
        "id": "/".join((row.shown, row.chapter, row.grade_id, row.answer_id)),
        "exercise": f"{row.chapter}/{row.grade_id}",
        "kept": row.is_open or decision is not None,
        "score": "" if decision is None or decision.score is None else f"{decision.score:.4g}",
        "bonus": f"{decision.bonus:.4g}" if decision and decision.bonus else "",
        "excused": bool(decision and decision.excused),
        "rubric": list(decision.rubric) if decision else [],
        "comment": decision.comment if decision else "",
    }


def _questions(rows: Sequence[MarkingRow], first: int, policy: Policy) -> list[Question]:
    placed = enumerate(rows, first)
    found = []
    for (chapter, grade_id), group in groupby(placed, lambda one: one[1].key[1:]):
        members = tuple(group)
        found.append(
            Question(
                title=members[0][1].title,
                chapter=chapter,
                rubric=tuple(policy.rubric.get(f"{chapter}/{grade_id}", {}).items()),
                rows=members,
            )
        )
    return found
