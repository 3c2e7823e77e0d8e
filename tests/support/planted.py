"""Planted answers: small functions that students might write, some right and some wrong.

A chapter's ``test_planted.py`` collects them in a ``Planted``, by the grade id of their exercise.
``PlantedTests`` hands each to a ``SolvedChapter``, the fixture ``chapter``, which asks both judges
of the course in this process: the visible check, as its cell stands in the notebook, and the mark,
by the grader's own probe.
"""

from __future__ import annotations

import ast
import contextlib
import functools
import io
import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

import nbformat
import pytest

from dcgan_classroom.grading.marks import graded_cells, mark
from dcgan_classroom.probes import SOURCE, Answers, Probe, find_probes, read_answers
from dcgan_classroom.sandbox import Run
from dcgan_course import find_chapters, grading, read_notebook
from dcgan_course.frame import HIDDEN, HIDDEN_END

SEEDS = range(20)  # of the mark's questions; one answer has to get one mark under all of them
FEWEST_RIGHT, FEWEST_WRONG = 3, 6  # answers of an exercise
LONGEST = 700  # characters that a student reads
RAW = ("<Variable", "<KerasVariable", "tf.Tensor", "<tf.", "array([", "Traceback", "object at 0x")


@dataclass(frozen=True)
class PlantedAnswer:
    """What one student wrote for one exercise."""

    grade_id: str
    function: Callable[..., object]

    def __str__(self) -> str:
        return f"{self.grade_id}: {self.function.__name__}"


@dataclass
class Planted:
    """The planted answers of one chapter: ``@planted.wrong("grade-id")`` adds a function."""

    right_ones: list[PlantedAnswer] = field(default_factory=list)
    wrong_ones: list[PlantedAnswer] = field(default_factory=list)

    def right(self, grade_id: str) -> Callable[[Callable], Callable]:
        """Plant an answer that both judges have to accept."""
        return functools.partial(self._plant, self.right_ones, grade_id)

    def wrong(self, grade_id: str) -> Callable[[Callable], Callable]:
        """Plant an answer that both judges have to refuse."""
        return functools.partial(self._plant, self.wrong_ones, grade_id)

    @property
    def all(self) -> list[PlantedAnswer]:
        """Right ones and wrong ones."""
        return [*self.right_ones, *self.wrong_ones]

    @property
    def samples(self) -> list[PlantedAnswer]:
        """The first right one and the first wrong one of each exercise."""
        firsts = {}
        for right, ones in ((True, self.right_ones), (False, self.wrong_ones)):
            for one in ones:
                firsts.setdefault((one.grade_id, right), one)
        return list(firsts.values())

    def count(self, grade_id: str) -> tuple[int, int]:
        """How many right and how many wrong ones an exercise has."""
        right, wrong = (
            sum(one.grade_id == grade_id for one in ones)
            for ones in (self.right_ones, self.wrong_ones)
        )
        return right, wrong

    def _plant(self, kept: list[PlantedAnswer], grade_id: str, function: Callable) -> Callable:
        kept.append(PlantedAnswer(grade_id, function))
        return function


class SolvedChapter:
    """A solved chapter in this process, in which one exercise's answer can be another.

    Args:
        number: of the chapter, such as "04".
        folder: an empty folder, for what the probes write.
        data: the course's prepared data, for marks by figures.
        context: what the check cells name that other cells of the notebook make.
    """

    def __init__(self, number: str, folder: Path, data: Path = Path(), **context: object) -> None:
        self.folder, self.data = folder, data
        self.names, self.probes = solved(number)
        self.names |= context
        notebook = read_notebook(_chapter(number))
        self._graded = {one.solution: one for one in graded_cells(notebook)}
        self._checks = {
            grade_id: _without_hidden_tests(cell.source)
            for cell in notebook.cells
            for grade_id, one in self._graded.items()
            if cell.id == one.cell_id and not one.manual
        }
        self._functions = {
            grading(cell).grade_id: _defined(cell.source)
            for cell in notebook.cells
            if grading(cell) and grading(cell).grade_id in self._checks
        }
        self._right: dict[tuple[str, int], Answers] = {}

    @property
    def exercises(self) -> list[str]:
        """Grade ids of the exercises that have a check."""
        return list(self._checks)

    def check(self, answer: PlantedAnswer) -> str:
        """What the visible check says against an answer; "" where it prints its ✓."""
        printed = io.StringIO()
        try:
            with contextlib.redirect_stdout(printed):
                exec(self._checks[answer.grade_id], self._with(answer))
        except Exception as error:
            return f"{type(error).__name__}: {error}"
        assert "✓ Exercise" in printed.getvalue(), "a check that passes says so"
        return ""

    def mark(self, answer: PlantedAnswer, seed: int = 5) -> float:
        """The share of the exercise's points that the answer gets: 1 or 0."""
        grade_id = answer.grade_id
        probe, graded = self.probes[grade_id], self._graded[grade_id]
        if (grade_id, seed) not in self._right:
            self._right[grade_id, seed] = self._asked(probe, self.names, seed)
        given = {grade_id: self._asked(probe, self._with(answer), seed)}
        right = {grade_id: self._right[grade_id, seed]}
        run = Run(nbformat.v4.new_notebook(), "ok", 1.0, "")
        marks = mark([graded], {grade_id: probe}, run, given, right, self.data)
        return marks[0].score / graded.points

    def _asked(self, probe: Probe, names: dict[str, object], seed: int) -> Answers:
        return asked(probe, names, self.folder, seed, {"data_dir": str(self.data)})

    def _with(self, answer: PlantedAnswer) -> dict[str, object]:
        return {**self.names, self._functions[answer.grade_id]: answer.function}


class PlantedTests:
    """The tests that every chapter's planted answers go through; ``planted`` are its own."""

    planted: Planted

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        """Run a test once for each answer of the kind that its argument names.

        Of an exercise's right and wrong answers, those beyond the ones that it has to have are
        among the long tests.
        """
        kinds = {
            "right_one": _long_beyond(FEWEST_RIGHT, self.planted.right_ones),
            "wrong_one": _long_beyond(FEWEST_WRONG, self.planted.wrong_ones),
            "sample": self.planted.samples,
            "answer": self.planted.all,
        }
        for kind in kinds.keys() & set(metafunc.fixturenames):
            metafunc.parametrize(kind, kinds[kind], ids=str)

    def test_every_exercise_has_six_wrong_and_three_right_answers(self, chapter):
        for grade_id in chapter.exercises:
            right, wrong = self.planted.count(grade_id)
            assert right >= FEWEST_RIGHT and wrong >= FEWEST_WRONG, grade_id

    def test_a_right_answer_is_accepted_by_check_and_mark(self, right_one, chapter):
        assert chapter.check(right_one) == ""
        assert chapter.mark(right_one) == 1

    @pytest.mark.filterwarnings("ignore::RuntimeWarning")
    def test_a_wrong_answer_is_refused_by_check_and_mark(self, wrong_one, chapter):
        require_plain(chapter.check(wrong_one))
        assert chapter.mark(wrong_one) == 0

    @pytest.mark.long
    @pytest.mark.filterwarnings("ignore::RuntimeWarning")
    def test_the_same_answer_gets_the_same_mark_under_twenty_seeds(self, sample, chapter):
        assert len({chapter.mark(sample, seed) for seed in SEEDS}) == 1

    @pytest.mark.seeds
    @pytest.mark.filterwarnings("ignore::RuntimeWarning")
    def test_no_mark_depends_on_the_seed(self, answer, chapter):
        marks = {chapter.mark(answer, seed) for seed in SEEDS}
        assert marks == {1 if answer in self.planted.right_ones else 0}


def _long_beyond(most: int, answers: list[PlantedAnswer]) -> list[object]:
    seen: Counter[str] = Counter()
    params: list[object] = []
    for answer in answers:
        seen[answer.grade_id] += 1
        beyond = seen[answer.grade_id] > most
        params.append(pytest.param(answer, marks=pytest.mark.long) if beyond else answer)
    return params


def require_plain(message: str) -> None:
    """Fail where what a student reads is empty, long, or shows the insides of a library."""
    kind, _, text = message.partition(": ")
    assert kind and text.strip(), f"a failure without words: {message!r}"
    assert kind != "AssertionError", message
    assert len(text) <= LONGEST, message
    assert not [raw for raw in RAW if raw in text], message
    assert "\n" not in text or kind != "CheckFailed", message


def asked(
    probe: Probe,
    names: dict[str, object],
    folder: Path,
    seed: int = 5,
    setting: Mapping[str, object] = MappingProxyType({}),
) -> Answers:
    """Run a probe here, on names as a notebook would define them."""
    given = {"code": probe.code, "needs": probe.needs, "seed": seed, "name": "x"}
    given |= {"folder": str(folder / "a"), "setting": dict(setting)}
    exec(SOURCE, {"STUDENT": names, "GIVEN": given})
    answers = read_answers(folder, "a", "x")
    assert answers is not None
    return answers


def solved(number: str) -> tuple[dict[str, object], dict[str, Probe]]:
    """The names that a solved chapter's solutions need and define, and its probes."""
    path = _chapter(number)
    names: dict[str, object] = {"Path": Path}
    for cell in read_notebook(path).cells:
        if cell.cell_type == "code" and " as lesson" in cell.source:
            exec(cell.source.split("settings = ")[0], names)
        if grading(cell) and grading(cell).solution and cell.cell_type == "code":
            exec(cell.source, names)
    return names, find_probes(path.parent, [path.stem])[path.stem]


def _chapter(number: str) -> Path:
    return next(path for path in find_chapters() if path.name.startswith(number))


def _without_hidden_tests(source: str) -> str:
    return re.sub(rf"{HIDDEN}.*?{HIDDEN_END}", "", source, flags=re.DOTALL)


def _defined(source: str) -> str:
    """The name of the last function that a solution cell defines."""
    defined = [node.name for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)]
    return defined[-1]
