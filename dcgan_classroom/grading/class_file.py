"""``class.json``: what a report has to know of a grading besides its results."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from dcgan_classroom.grading.arguments import Options
from dcgan_classroom.grading.marks import graded_cells
from dcgan_classroom.grading.setting import Setting, load_chapter
from dcgan_classroom.submissions import Problem
from dcgan_lib.shared import atomic_path

CLASS = "class.json"
GRADER = 2  # goes up with what makes earlier results ones that are graded again
AGAIN = (
    "This folder was graded by an earlier version of the grader. What was handed in is graded "
    "again: every student is asked with numbers of their own now."
)


def write_class(
    setting: Setting, names: Sequence[str], options: Options, problems: Sequence[Problem]
) -> None:
    """Write it, whole or not at all."""
    values = {
        "chapters": [_chapter_values(setting.notebooks, name) for name in names],
        "grader": GRADER,
        "profile": setting.profile,
        "seed": setting.seed,
        "deadline": options.deadline or "",
        "every_attempt": options.every_attempt,
        "params": dict(setting.params),
        "limits": asdict(setting.limits),
        "sandbox": setting.sandbox.kind,
        "problems": [{"source": one.source, "problem": one.problem} for one in problems],
    }
    with atomic_path(setting.out / CLASS) as part:
        part.write_text(json.dumps(values, indent=1, ensure_ascii=False), "utf-8")


def _chapter_values(notebooks: Path, name: str) -> dict[str, object]:
    notebook, _ = load_chapter(notebooks, name)
    title = notebook.cells[0].source.splitlines()[0].lstrip("# ")
    cells = [
        {"grade_id": one.grade_id, "title": one.title, "points": one.points, "manual": one.manual}
        for one in graded_cells(notebook)
    ]
    return {"name": name, "title": title, "cells": cells}


def why_again(out: Path) -> str:
    """Why results that are there can't be kept; "" if they can, or there are none."""
    try:
        grader = json.loads((out / CLASS).read_text("utf-8")).get("grader", 1)
    except (OSError, ValueError, AttributeError):
        return ""
    return AGAIN if grader != GRADER and any((out / "results").glob("*.json")) else ""
