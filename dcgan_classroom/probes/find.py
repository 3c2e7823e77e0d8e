"""What the grader asks of students' functions: a module for each chapter, found by its number."""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
from collections.abc import Mapping
from pathlib import Path

from dcgan_classroom.probes.base import Probe
from dcgan_lib.shared import CourseError

FILE = "probes.py"  # beside the notebooks of a course of one's own: PROBES by chapter
FOLDER = Path(__file__).parent


def find_probes(notebooks: str | Path, chapters: list[str]) -> dict[str, dict[str, Probe]]:
    """The probes of each chapter, by the grade id of the solution that they ask.

    A folder of notebooks may hold a ``probes.py`` with ``PROBES = {chapter: {grade_id: Probe}}``;
    otherwise the module here whose number is the chapter's has ``PROBES = {grade_id: Probe}``.

    Args:
        notebooks: folder of the solved chapters.
        chapters: stems.

    Raises:
        CourseError: ``probes.py`` has no such table.
    """
    own = Path(notebooks) / FILE
    if not own.exists():
        return {chapter: _module_probes(chapter) for chapter in chapters}
    name = f"probes_{hashlib.sha256(str(own.resolve()).encode()).hexdigest()[:8]}"
    spec = importlib.util.spec_from_file_location(name, own)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    table = getattr(module, "PROBES", None)
    sound = isinstance(table, Mapping) and all(
        isinstance(probes, Mapping) and all(isinstance(one, Probe) for one in probes.values())
        for probes in table.values()
    )
    if not sound:
        raise CourseError(
            f"The course's probes can't be used. Expected: PROBES, a dict of chapter → grade id → "
            f"Probe, in {own}. Received: {type(table).__name__}. See tests/support/course."
        )
    return {chapter: dict(table.get(chapter, {})) for chapter in chapters}


def _module_probes(chapter: str) -> dict[str, Probe]:
    found = sorted(FOLDER.glob(f"*/ch{chapter[:2]}_*.py"))
    if not found:
        return {}
    name = f"{__package__}.{found[0].parent.name}.{found[0].stem}"
    return dict(importlib.import_module(name).PROBES)
