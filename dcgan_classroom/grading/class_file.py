"""``class.json``: what a report has to know of a grading besides its results."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from dcgan_classroom.grading.marks import graded_cells
from dcgan_classroom.grading.setting import Setting, load_chapter
from dcgan_classroom.submissions import Problem
from dcgan_lib.shared import atomic_path

CLASS = "class.json"


def write_class(
    setting: Setting, names: Sequence[str], deadline: str | None, problems: Sequence[Problem]
) -> None:
    """Write it, whole or not at all."""
    values = {
        "chapters": [_chapter_values(setting.notebooks, name) for name in names],
        "profile": setting.profile,
        "seed": setting.seed,
        "deadline": deadline or "",
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
