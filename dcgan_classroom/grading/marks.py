"""Marks: the grader's own cells ask a notebook's functions, and answers are compared outside of it.

First in rank are answers compared here with those of the solved chapter; then, where nothing is
asked, the check cell as it ran in the student's process; open questions wait for a human.
"""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from dcgan_classroom.grading.results import Mark
from dcgan_classroom.probes import MEASURED, Answers, Bands, Probe, Raised, cell_source, difference
from dcgan_classroom.sandbox import Run
from dcgan_course import ANSWER, EXERCISE, grading

HEADING = re.compile(r"^#+ (Exercise \d+\.\d+\b.*)$", re.MULTILINE)
PROBE = "probe-"  # ids of the grader's cells begin with it
MOST_NAMED = 4  # questions that a reason names
NEVER_RAN = {
    "timeout": "The notebook was stopped for running too long before this could be asked.",
    "died": "The kernel ended before this could be asked.",
    "out of memory": "The memory was used up before this could be asked.",
}


@dataclass(frozen=True)
class MarkedCell:
    """A graded cell of a chapter.

    Attributes:
        grade_id: of the check cell or of the open answer.
        title: of the exercise.
        points: that can be had.
        manual: whether a human marks it.
        cell_id: the cell's id.
        solution: grade id of the solution cell that it is about; its own for an open answer.
    """

    grade_id: str
    title: str
    points: float
    manual: bool
    cell_id: str
    solution: str

    def mark(
        self, score: float | None, status: str, reason: str = "", how: str = "answers"
    ) -> Mark:
        """Its mark."""
        return Mark(
            grade_id=self.grade_id,
            title=self.title,
            points=self.points,
            score=score,
            status=status,
            reason=reason,
            how=how,
        )


def graded_cells(chapter: NotebookNode) -> list[MarkedCell]:
    """The graded cells of a solved chapter, in its order."""
    found, heading, solution, titles = [], "", "", {}
    for cell in chapter.cells:
        data = grading(cell)
        if data is None:
            heading = (HEADING.findall(cell.source) or [heading])[-1]
            continue
        if data.solution and cell.cell_type == "code":
            solution = data.grade_id
            line = EXERCISE.match(cell.source)
            titles[solution] = line[1] if line else solution
        if data.grade:
            manual = bool(data.solution)
            named = data.grade_id.removesuffix("-check")
            about = data.grade_id if manual else named if named in titles else solution
            title = titles.get(about) or (heading if manual else "") or data.grade_id
            points = max(0.0, float(data.get("points", 0)))
            found.append(MarkedCell(data.grade_id, title, points, manual, cell.id, about))
    return found


def probe_cells(
    nonce: str, probes: Mapping[str, Probe], seed: int, inside: Path, setting: Mapping[str, object]
) -> list[NotebookNode]:
    """The grader's cells, one for each probe, to stand after a notebook's last cell.

    Args:
        nonce: names the folder of answers: ``inside/answers-<nonce>``.
        probes: by grade id of the solution.
        seed: of the inputs; the same for the solved chapter and for every student.
        inside: the work folder, as the kernel sees it.
        setting: the notebook's parameters, as JSON holds them.
    """
    cells = []
    for grade_id, probe in probes.items():
        digest = hashlib.sha256(f"{seed} {grade_id}".encode()).digest()
        given = {
            "code": probe.code,
            "needs": list(probe.needs),
            "seed": int.from_bytes(digest[:6], "big"),
            "folder": str(inside / answers_folder(nonce)),
            "name": grade_id,
            "setting": dict(setting),
        }
        cell = nbformat.v4.new_code_cell(cell_source(given))
        cell.id = probe_id(grade_id)
        cells.append(cell)
    return cells


def answers_folder(nonce: str) -> str:
    """Name of the folder that a run's answers are written to."""
    return f"answers-{nonce}"


def probe_id(grade_id: str) -> str:
    """Id of the cell that asks one exercise."""
    return PROBE + re.sub(r"[^\w-]", "-", grade_id)[:58]


def without_probes(notebook: NotebookNode) -> NotebookNode:
    """An executed notebook without the grader's cells."""
    kept = [cell for cell in notebook.cells if not cell.get("id", "").startswith(PROBE)]
    return nbformat.from_dict({**notebook, "cells": kept})


def mark(
    graded: Sequence[MarkedCell],
    probes: Mapping[str, Probe],
    run: Run,
    answers: Mapping[str, Answers | None],
    right: Mapping[str, Answers],
    data: Path,
) -> tuple[Mark, ...]:
    """Mark one executed notebook.

    Args:
        graded: the chapter's graded cells.
        probes: by grade id of the solution.
        run: the executed notebook, with the probe cells.
        answers: what the student's process answered, by grade id; None or absent: nothing.
        right: what the solved chapter answered to the same questions.
        data: folder of the course's prepared data, for figures.
    """
    cells = {cell.get("id"): cell for cell in run.notebook.cells}
    marks = []
    for one in graded:
        if one.manual:
            marks.append(_by_hand(one, cells.get(one.cell_id)))
        elif one.solution in probes:
            cell = cells.get(probe_id(one.solution))
            given = answers.get(one.solution), right[one.solution]
            marks.append(_by_answers(one, probes[one.solution], cell, run.status, *given, data))
        else:
            marks.append(_by_tests(one, cells.get(one.cell_id), run.status))
    return tuple(marks)


def marks_of_nothing(graded: Sequence[MarkedCell], reason: str) -> tuple[Mark, ...]:
    """The marks of a student who handed in nothing that could be run."""
    return tuple(
        one.mark(0.0, "missing", reason, "human" if one.manual else "answers") for one in graded
    )


def _by_hand(one: MarkedCell, cell: NotebookNode | None) -> Mark:
    source = cell.source.strip() if cell is not None else ""
    if source in ("", ANSWER):
        return one.mark(0.0, "missing", "There is no answer.", "human")
    return one.mark(None, "manual", "", "human")


def _by_tests(one: MarkedCell, cell: NotebookNode | None, run_status: str) -> Mark:
    """The check cell as it ran: all points, none, or the number that its last line gives."""
    status, reason = _ended(cell, run_status)
    if reason:
        return one.mark(0.0, status, reason, "tests")
    assert cell is not None
    score = min(one.points, max(0.0, _number(cell, one.points)))
    reason = "" if score >= one.points else "The check gave a part of the points."
    return one.mark(score, "ok", reason, "tests")


def _ended(cell: NotebookNode | None, run_status: str) -> tuple[str, str]:
    """Status and reason of a cell that gave nothing; "ok" and "" of one that ran without error."""
    if cell is None or cell.get("execution_count") is None:
        fallback = "The cell never ran."
        status = run_status if run_status in NEVER_RAN else "error"
        return status, NEVER_RAN.get(run_status, fallback)
    errors = [output for output in cell.get("outputs", []) if output.output_type == "error"]
    if not errors:
        return "ok", ""
    name = errors[-1].get("ename", "error")
    if name == "Timeout":
        return "timeout", "It was stopped for running too long."
    if name == "MemoryError":
        return "out of memory", "It found no more memory."
    text = " ".join(str(errors[-1].get("evalue", "")).split())[:300]
    return "error", f"{name}: {text}" if text else f"{name}."


def _number(cell: NotebookNode, points: float) -> float:
    for output in reversed(cell.get("outputs", [])):
        if output.output_type == "execute_result":
            try:
                number = float(output.data.get("text/plain", ""))
            except (TypeError, ValueError):
                return points
            return number if math.isfinite(number) else points
    return points


def _by_answers(
    one: MarkedCell,
    probe: Probe,
    cell: NotebookNode | None,
    run_status: str,
    given: Answers | None,
    right: Answers,
    data: Path,
) -> Mark:
    how = "bands" if probe.bands and probe.bands.share >= 1 else "answers"

    def marked(score: float, status: str, reason: str) -> Mark:
        text = "" if score >= one.points and status == "ok" else reason
        return one.mark(score, status, text, how)

    if given is None:
        status, reason = _ended(cell, run_status)
        lost = "What your functions gave could not be read."
        return marked(0.0, status if reason else "error", reason or lost)
    if given.missing:
        names = ", ".join(f"`{name}`" for name in given.missing)
        return marked(0.0, "error", f"The notebook defines no {names}: names have to stay.")
    share, reasons, status = _agreement(probe, given, right)
    if probe.bands:
        within, figures = _within_bands(probe.bands, given, data)
        share = (1 - probe.bands.share) * share + probe.bands.share * within
        reasons += figures
    if share < 1 and probe.message and status == "ok":
        reasons.append(probe.message)
    return marked(round(one.points * share, 2), status, " ".join(reasons))


def _agreement(probe: Probe, given: Answers, right: Answers) -> tuple[float, list[str], str]:
    """Share of answers that agree, what to tell the student, and the status."""
    names = [name for name in right.values if not name.startswith(MEASURED)]
    nothing = given.problem or Raised("error", "it was not answered")
    found = {
        name: difference(right.values[name], given.values.get(name, nothing), probe.tolerance)
        for name in names
    }
    wrong = {name: why for name, why in found.items() if why}
    share = 1 - len(wrong) / len(names) if names else 1.0
    if not wrong:
        return share, [], "ok"
    raised = [given.values.get(name, nothing) for name in wrong]
    if len(wrong) == len(names) and all(isinstance(value, Raised) for value in raised):
        return 0.0, [f"Your function {next(iter(wrong.values())).removeprefix('it ')}"], "error"
    named = [f"{name} ({why})" for name, why in list(wrong.items())[:MOST_NAMED]]
    rest = f"; and {len(wrong) - MOST_NAMED} more" if len(wrong) > MOST_NAMED else ""
    right_ones = f"{len(names) - len(wrong)} of {len(names)} questions were answered rightly. Not: "
    return share, [f"{right_ones}{'; '.join(named)}{rest}."], "ok"


def _within_bands(bands: Bands, given: Answers, data: Path) -> tuple[float, list[str]]:
    """Share of figures inside their bands, and what to tell the student of the others."""
    arrays = {
        name.removeprefix(MEASURED): value
        for name, value in given.values.items()
        if name.startswith(MEASURED)
    }
    try:
        figures = dict(bands.measure(arrays, data))
    except Exception:  # whatever a student's arrays make of the measure
        return 0.0, ["What was to be measured is missing or has another form."]
    outside = []
    for name, (low, high) in bands.limits.items():
        value = figures.get(name, math.nan)
        inside = (low is None or value >= low) and (high is None or value <= high)
        if not inside or math.isnan(value):
            bounds = [] if low is None else [f"at least {low:g}"]
            bounds += [] if high is None else [f"at most {high:g}"]
            outside.append(f"{name} is {value:.3g} ({' and '.join(bounds)} counts).")
    return 1 - len(outside) / len(bands.limits), outside
