"""Marks: what a notebook's functions answered is compared outside of its process.

First in rank are answers compared here with those of the solved chapter: all have to agree for an
exercise's points, so that no mark depends on the numbers drawn. Then, where nothing is asked, the
check cell as it ran in the student's process; open questions wait for a human.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from nbformat import NotebookNode

from dcgan_classroom.grading.questions import harmless, probe_id, words_of
from dcgan_classroom.grading.results import Mark
from dcgan_classroom.probes import MEASURED, Answers, Probe, Raised, difference
from dcgan_classroom.sandbox import Run
from dcgan_course import ANSWER, EXERCISE, grading

HEADING = re.compile(r"^#+ (Exercise \d+\.\d+\b.*)$", re.MULTILINE)
MOST_NAMED = 4  # questions that a reason names
NOT_ANSWERED = Raised("error", "it was not answered")
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
    marks, words = [], words_of(run.notebook)
    for one in graded:
        if one.manual:
            marks.append(_by_hand(one, cells.get(one.cell_id)))
        elif one.solution in probes:
            cell = cells.get(probe_id(one.solution))
            asked = _Asked(probes[one.solution], right[one.solution], data, words)
            marks.append(_by_answers(one, asked, answers.get(one.solution), cell, run.status))
        else:
            marks.append(_by_tests(one, cells.get(one.cell_id), run.status))
    return tuple(marks)


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


def _ended(cell: NotebookNode | None, run_status: str, words: str | None = None) -> tuple[str, str]:
    """Status and reason of a cell that gave nothing; "ok" and "" of one that ran without error.

    With ``words``, an error is told by such words alone.
    """
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
    raised = Raised(name, " ".join(str(errors[-1].get("evalue", "")).split())[:300])
    raised = raised if words is None else harmless(raised, words)
    return "error", f"{raised.name}: {raised.text}" if raised.text else f"{raised.name}."


def _number(cell: NotebookNode, points: float) -> float:
    for output in reversed(cell.get("outputs", [])):
        if output.output_type == "execute_result":
            try:
                number = float(output.data.get("text/plain", ""))
            except (TypeError, ValueError):
                return points
            return number if math.isfinite(number) else points
    return points


@dataclass(frozen=True)
class _Asked:
    """What was asked of one exercise, and all that it takes to mark the answers."""

    probe: Probe
    right: Answers
    data: Path
    words: str


def _by_answers(
    one: MarkedCell,
    asked: _Asked,
    given: Answers | None,
    cell: NotebookNode | None,
    run_status: str,
) -> Mark:
    how = "bands" if asked.probe.bands else "answers"
    if given is None:
        status, reason = _ended(cell, run_status, asked.words)
        lost = "What your functions gave could not be read."
        return one.mark(0.0, status if reason else "error", reason or lost, how)
    if missing := [name for name in asked.probe.needs if name in given.missing]:
        names = ", ".join(f"`{name}`" for name in missing)
        text = f"The notebook defines no {names}: names have to stay."
        return one.mark(0.0, "error", text, how)
    reason, status = _disagreement(asked, given)
    reasons = [reason, *_outside_bands(asked, given)]
    if any(reasons) and status == "ok":
        reasons.append(asked.probe.message)
    told = " ".join(filter(None, reasons))
    return one.mark(0.0 if told else one.points, status, told, how)


def _disagreement(asked: _Asked, given: Answers) -> tuple[str, str]:
    """What to tell the student of answers that don't agree, "" if all do; and the status."""
    right = {k: value for k, value in asked.right.values.items() if not k.startswith(MEASURED)}
    nothing = NOT_ANSWERED
    if given.problem:
        nothing = harmless(given.problem, asked.words)
    answers = {name: _harmless_answer(given.values.get(name, nothing), asked) for name in right}
    found = {name: _difference(right[name], answers[name], asked.probe) for name in right}
    wrong = {name: why for name, why in found.items() if why}
    if not wrong:
        return "", "ok"
    if len(wrong) == len(right) and all(isinstance(answers[name], Raised) for name in wrong):
        return f"Your function {next(iter(wrong.values())).removeprefix('it ')}", "error"
    named = [f"{name} ({why})" for name, why in list(wrong.items())[:MOST_NAMED]]
    rest = f"; and {len(wrong) - MOST_NAMED} more" if len(wrong) > MOST_NAMED else ""
    agree = f"{len(right) - len(wrong)} of {len(right)} questions were answered rightly"
    return f"{agree}; the points are for all of them. Not: {'; '.join(named)}{rest}.", "ok"


def _harmless_answer(answer: object, asked: _Asked) -> object:
    known = not isinstance(answer, Raised) or answer == NOT_ANSWERED
    return answer if known else harmless(answer, asked.words)


def _difference(right: object, given: object, probe: Probe) -> str:
    try:
        return difference(right, given, probe.tolerance)
    except Exception:  # whatever a student's process wrote
        return "it can't be compared"


def _outside_bands(asked: _Asked, given: Answers) -> list[str]:
    """A sentence for each figure outside of its bounds."""
    bands = asked.probe.bands
    if bands is None:
        return []
    arrays = {
        name.removeprefix(MEASURED): value
        for name, value in given.values.items()
        if name.startswith(MEASURED)
    }
    try:
        figures = dict(bands.measure(arrays, asked.data))
    except Exception:  # whatever a student's arrays make of the measure
        return ["What was to be measured is missing or has another form."]
    limits = bands.limits.items()
    return [told for name, limit in limits if (told := _outside(name, figures.get(name), *limit))]


def _outside(name: str, value: float | None, low: float | None, high: float | None) -> str:
    """What to tell the student of one figure; "" where it lies within its bounds."""
    value = math.nan if value is None else value
    least, most = (-math.inf if low is None else low), (math.inf if high is None else high)
    if least <= value <= most:
        return ""
    bounds = [] if low is None else [f"at least {low:g}"]
    bounds += [] if high is None else [f"at most {high:g}"]
    return f"{name} is {value:.3g} ({' and '.join(bounds)} counts)."
