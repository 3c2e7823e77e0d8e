"""Marks: answers are compared outside of the student's process, and only answers count."""

import json
import math
import os
import resource
import time
from pathlib import Path

import nbformat
import numpy as np
import pytest

from dcgan_classroom.grading import marks, missing_result
from dcgan_classroom.grading.marks import graded_cells, mark
from dcgan_classroom.grading.questions import probe_cells, without_probes
from dcgan_classroom.probes import answers as reading, find_probes
from dcgan_classroom.probes.answers import Answers, Other, Raised, difference, read_answers
from dcgan_classroom.probes.beyond.ch08_evaluate import rightly_named
from dcgan_classroom.release import student_version
from dcgan_classroom.sandbox.engine import run_notebook
from dcgan_classroom.sandbox.process import Limits
from dcgan_classroom.sandbox.run import Run
from dcgan_classroom.submissions.rebuild import rebuild_notebook
from dcgan_course.chapters import find_chapters, grading, read_notebook
from dcgan_lib.shared.errors import CourseError
from tests.conftest import REPOSITORY
from tests.support.planted import asked, solved
from tests.support.tools import the_sandbox

COURSE = REPOSITORY / "tests" / "support" / "course"
CHAPTER = read_notebook(COURSE / "01_sums.ipynb")
PROBES = find_probes(COURSE, ["01_sums"])["01_sums"]
LIMITS = Limits(memory_mb=4096, box_mb=16, cell_seconds=20, wall_seconds=60)


def marked(probe, names, source, folder):
    """Whether every answer agrees when a function is written in another way."""
    right = asked(probe, names, folder)
    changed = dict(names)
    exec(source, changed)
    given = asked(probe, changed, folder)
    pairs = [(right.values[name], given.values[name]) for name in right.values]
    return not any(difference(*pair, probe.tolerance) for pair in pairs)


@pytest.fixture(scope="module")
def collecting():
    return solved("01")


def test_every_coding_exercise_of_the_course_has_a_probe():
    found = find_probes(find_chapters()[0].parent, [path.stem for path in find_chapters()])
    for path in find_chapters():
        for one in graded_cells(read_notebook(path)):
            assert one.manual or one.solution in found[path.stem], (path.stem, one.grade_id)
        assert all(probe.needs and probe.message for probe in found[path.stem].values())


@pytest.mark.parametrize(
    ("grade_id", "source", "agrees"),
    [
        ("changed-digits", "def changed_digits(a, b): return 60", False),
        ("is-safe", "def is_safe(name): return True", False),
        ("is-safe", "def is_safe(name): return name[:1] != '/' and '..' not in name", False),
        ("kind-of", "def kind_of(start): return 'other'", False),
        (
            "photographs-per-person",
            "from collections import Counter\ndef photographs_per_person(folder):\n"
            "    found = filter(is_photograph, folder.rglob('*'))\n"
            "    return Counter(str(path.parent.relative_to(folder)) for path in found)",
            True,
        ),
        (
            "photographs-per-person",
            "def photographs_per_person(folder):\n"
            "    return {p.name: len(list(p.iterdir())) for p in folder.iterdir()}",
            False,
        ),
    ],
)
def test_a_probe_tells_right_from_wrong_not_form(collecting, grade_id, source, agrees, tmp_path):
    names, probes = collecting
    assert marked(probes[grade_id], names, source, tmp_path) == agrees


SWAPPED = "def frechet(a, b, c, d): return float(((a - c)**2 + (b**2 - d**2)**2).sum())"
UNTURNED = """def nearest_distance(face, photographs):
    return float(np.sqrt(((photographs - face) ** 2).mean((1, 2))).min())"""
LIBRARYS = """from dcgan_lib.evaluate import precision_recall_density_coverage as overlap
def precision(real, generated, k): return overlap(real, generated, k).precision"""
TRAINS_G = """def search_step(generator, z, photograph, rate):
    z = tf.Variable(z)
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean((generator(z, training=True) - photograph) ** 2)
    return tf.clip_by_value(z - rate * tape.gradient(loss, z), -1, 1)"""
NORMAL = """def paired_interval(turned, written):
    differences = turned - written
    mean, reach = differences.mean(), 1.96 * stats.sem(differences)
    return mean, mean - reach, mean + reach"""


@pytest.mark.parametrize(
    ("chapter", "grade_id", "source", "agrees"),
    [
        ("08", "wasserstein", "from scipy.stats import wasserstein_distance as wasserstein", True),
        ("08", "wasserstein", "def wasserstein(a, b): return float(np.abs(a - b).mean())", False),
        ("08", "nearest-distance", UNTURNED, False),
        ("08", "precision", LIBRARYS, True),
        ("08", "frechet", SWAPPED, False),
        ("09", "typical-length", "def typical_length(dims, n): return (dims / 3) ** 0.5", False),
        ("09", "slerp", "def slerp(a, b, t): return (1 - t) * a + t * b", False),
        ("09", "search-step", "def search_step(generator, z, photograph, rate): return z", False),
        ("09", "search-step", TRAINS_G, False),
        ("10", "my-ranking", "def my_ranking(): return sorted(MAIN)", True),
        ("10", "my-ranking", "def my_ranking(): return MAIN[:4]", False),
        ("10", "paired-interval", NORMAL, False),
        ("10", "verdict", "def verdict(low, high, better): return 'undecided'", False),
    ],
)
def test_other_ways_and_usual_mistakes(chapter, grade_id, source, agrees, tmp_path):
    names, probes = solved(chapter)
    assert marked(probes[grade_id], names, source, tmp_path) == agrees


@pytest.mark.parametrize(
    ("pair", "right"),
    [
        (["coverage", "haar"], 2),
        (["recall", "coverage"], 0),
        (["precision", "precision"], 1),
        (["cover", "a"], 0),
        (["coverage"], 0),
        (Raised("KeyError", "'blur'"), 0),
    ],
)
def test_a_prediction_counts_what_is_named_rightly(pair, right, tmp_path):
    figures = rightly_named({"blur": pair}, tmp_path)
    assert figures["measures rightly named for blur"] == right
    assert sum(figures.values()) == right


def test_the_course_predicts_its_own_study_rightly(tmp_path):
    names, probes = solved("08")
    bands = probes["predict-witnesses"].bands
    given = asked(probes["predict-witnesses"], names, tmp_path).values
    figures = bands.measure(
        {name.removeprefix("measured:"): v for name, v in given.items()}, Path()
    )
    assert set(figures) == set(bands.limits) and set(figures.values()) == {2.0}


def test_a_probe_gives_the_same_answers_twice_and_others_for_another_seed(collecting, tmp_path):
    names, probes = collecting
    one, same = (asked(probes["changed-digits"], names, tmp_path) for _ in range(2))
    assert one == same
    assert one != asked(probes["changed-digits"], names, tmp_path, seed=6)


ROW = np.array([1.0, 2.0])


@pytest.mark.parametrize(
    ("expected", "received", "why"),
    [
        (5, 5, ""),
        (5, 5.0, ""),
        (5, 5.0001, "value"),
        (3_578_624, 3_578_625, "value"),
        (0.5, 0.50001, ""),
        (0.5, 0.6, "value"),
        (0.5, math.nan, "value"),
        (math.nan, math.nan, ""),
        (math.inf, math.inf, ""),
        (math.inf, 1e300, "value"),
        (0.5, "0.5", "type"),
        (True, 1, "type"),
        (True, False, "value"),
        ("page", "page", ""),
        (None, None, ""),
        (None, 0, "type"),
        ([1, 2], [1, 2], ""),
        ([1, 2], [1], "number of values"),
        ([1, 2], np.array([1, 2]), ""),
        (ROW, ROW + 1e-6, ""),
        (ROW, ROW[None], "shape"),
        (ROW, ROW.astype(np.float32), ""),
        (ROW, np.array([1.0, np.nan]), "NaN"),
        (np.array([1, 2]), np.array([1.0, 2.0]), "type"),
        (np.array([1, 2], np.uint8), np.array([1, 3]), "values"),
        ({"set": [1, 2]}, {"set": [2, 1]}, ""),
        ({"dict": [["a", 1]]}, {"dict": [["a", 2]]}, "value"),
        ({"dict": [["a", 1]]}, {"dict": [["b", 1]]}, "keys"),
        (5, Raised("ValueError", "no"), "raised ValueError: no"),
        (5, Other("function"), "type"),
        (5, 10**400, "value"),
    ],
)
def test_answers_agree_or_say_why_without_saying_what_is_right(expected, received, why):
    found = difference(expected, received, 1e-4)
    assert (why in found) if why else found == ""
    assert "3578624" not in found


def written(folder, values):
    (folder / "a").mkdir(exist_ok=True)
    (folder / "a" / "x.json").write_text(values if isinstance(values, str) else json.dumps(values))
    return read_answers(folder, "a", "x")


@pytest.mark.parametrize(
    "array",
    [
        ["|O", [1], "AAAAAAAAAAA="],
        ["<f4", [10**12], "AAAA"],
        ["<f4", [-1], "AAAAAA=="],
        ["<f4", [2, 2], "AAAAAA=="],
        ["<f4", "x", "AAAAAA=="],
        ["<U9", [1], "AAAA"],
        ["<f4", [1], "!!"],
        ["<f4", [1] * 40, "AAAAAA=="],
    ],
)
def test_an_array_that_lies_about_itself_is_no_answer(array, tmp_path):
    values = {"answers": {"n": {"array": array}}, "missing": [], "problem": None}
    assert isinstance(written(tmp_path, values).values["n"], Other)


@pytest.mark.parametrize(
    "text",
    [
        *("", "{", "[]", '{"answers": 3}', "[" * 10**5, "9" * 10**5, "null"),
        '{"answers": {"x": [' + "{}," * 10**7 + '{}]}, "missing": [], "problem": null}',
        '{"answers": {"x": {"float": 1' + "0" * 400 + '}}, "missing": [], "problem": null}',
        '{"answers": {"x": ' + '{"list": [' * 50 + "]}" * 50 + '}, "missing": [], "problem": null}',
    ],
)
def test_a_file_that_is_no_answer_is_none_and_costs_little(text, tmp_path):
    start, before = time.monotonic(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert written(tmp_path, text) is None
    assert time.monotonic() - start < 20
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 10**6  # kB


def test_links_pipes_folders_and_huge_files_are_no_answers(tmp_path, monkeypatch):
    whole = json.dumps({"answers": {}, "missing": [], "problem": None})
    assert written(tmp_path, whole) == Answers({}, (), None)
    target = tmp_path / "a" / "x.json"
    target.rename(tmp_path / "elsewhere")
    target.symlink_to(tmp_path / "elsewhere")
    assert read_answers(tmp_path, "a", "x") is None
    target.unlink()
    os.mkfifo(target)
    assert read_answers(tmp_path, "a", "x") is None
    target.unlink()
    target.mkdir()
    assert read_answers(tmp_path, "a", "x") is None
    (tmp_path / "b").symlink_to(tmp_path / "a")
    assert read_answers(tmp_path, "b", "x") is None
    monkeypatch.setattr(reading, "MOST_BYTES", 10)
    target.rmdir()
    target.write_text(whole)
    assert read_answers(tmp_path, "a", "x") is None


@pytest.fixture(scope="module")
def right(tmp_path_factory):
    names = {"np": np}
    for cell in CHAPTER.cells:
        if grading(cell) and grading(cell).solution and cell.cell_type == "code":
            exec(cell.source, names)
    folder = tmp_path_factory.mktemp("right")
    return {name: asked(probe, names, folder, seed=0) for name, probe in PROBES.items()}


def graded(answers, right, status="ok", notebook=CHAPTER):
    cells = probe_cells("n", PROBES, 0, Path("/box"), {})
    whole = nbformat.from_dict({**notebook, "cells": [*notebook.cells, *cells]})
    for cell in whole.cells:
        cell.execution_count = 1 if status == "ok" and cell.cell_type == "code" else None
    marks = mark(graded_cells(CHAPTER), PROBES, Run(whole, status, 1.0, ""), answers, right, Path())
    return {one.grade_id: one for one in marks}


def test_one_wrong_answer_costs_an_exercises_points_and_no_others(right):
    part = dict(right["running-total"].values) | {"no numbers": np.zeros(3)}
    given = {"running-total": Answers(part), "count-even": right["count-even"]}
    marks = graded(given, right)
    assert (marks["running-total-check"].score, marks["count-even-check"].score) == (0, 2)
    reason = marks["running-total-check"].reason
    assert "2 of 3 questions were answered rightly; the points are for all of them" in reason
    assert "no numbers (its shape is another)" in reason
    assert marks["count-even-check"].reason == ""
    assert marks["greet-check"].how == "tests" and marks["greet-check"].score == 1
    assert marks["slow-discussion"].status == "manual" and marks["slow-discussion"].score is None
    assert marks["running-total-check"].title == "Exercise 1.1: add up as you go"


def test_a_renamed_function_and_one_that_raises_are_errors_with_their_reason(right):
    raised = {n: Raised("NotImplementedError", "Exercise 1.2") for n in right["count-even"].values}
    given = {"running-total": Answers({}, ("running_total",)), "count-even": Answers(raised)}
    marks = graded(given, right)
    assert "defines no `running_total`" in marks["running-total-check"].reason
    reason = marks["count-even-check"].reason
    assert reason == "Your function raised NotImplementedError: Exercise 1.2"
    assert {marks[name].status for name in ("running-total-check", "count-even-check")} == {"error"}


def test_an_error_tells_no_more_than_the_notebook_did_before(right):
    notebook = nbformat.from_dict(CHAPTER)
    notebook.cells[1].source += "\nraise KeyError('known before')"

    def reason(raised):
        answers = {n: raised for n in right["count-even"].values}
        given = {"running-total": None, "count-even": Answers(answers)}
        return graded(given, right, notebook=notebook)["count-even-check"].reason

    assert (
        reason(Raised("KeyError", "known before")) == "Your function raised KeyError: known before"
    )
    assert reason(Raised("ValueError", "[3 1 4 1 5]")) == "Your function raised ValueError"
    assert (
        reason(Raised("Secret314", "known before")) == "Your function raised an error: known before"
    )


def test_a_function_that_gives_nothing_is_wrong(right):
    given = {
        "count-even": Answers(dict.fromkeys(right["count-even"].values)),
        "running-total": None,
    }
    mark_ = graded(given, right)["count-even-check"]
    assert mark_.score == 0 and "of another type" in mark_.reason


def test_names_that_a_student_calls_missing_are_not_repeated(right):
    given = {"count-even": Answers({}, ("the probe's code",)), "running-total": None}
    assert "code" not in graded(given, right)["count-even-check"].reason


def test_answers_that_cant_be_compared_are_wrong(right, monkeypatch):
    def fails(*_):
        raise RecursionError

    monkeypatch.setattr(marks, "difference", fails)
    given = {name: right[name] for name in ("count-even", "running-total")}
    mark_ = graded(given, right)["count-even-check"]
    assert mark_.score == 0 and "can't be compared" in mark_.reason


@pytest.mark.parametrize("status", ["timeout", "died", "out of memory"])
def test_what_never_ran_has_no_points_and_says_why(right, status):
    marks = graded({}, right, status)
    for name in ("running-total-check", "count-even-check", "greet-check"):
        assert marks[name].score == 0 and marks[name].status == status
        assert "before this could be asked" in marks[name].reason


def test_an_answer_that_nobody_wrote_is_missing_and_nothing_is_missing_all(right):
    empty = nbformat.from_dict(CHAPTER)
    next(
        c for c in empty.cells if (grading(c) or {}).get("grade_id") == "slow-discussion"
    ).source = ""
    assert graded({}, right, notebook=empty)["slow-discussion"].status == "missing"
    nothing = missing_result("Ada", "01_sums", graded_cells(CHAPTER), "Nothing.")
    assert [mark.score for mark in nothing.marks] == [0, 0, 0, 0]
    assert nothing.status == "missing" and nothing.score == 0 < nothing.points


def test_figures_of_what_was_trained_are_measured_here(tmp_path):
    probe = find_probes(COURSE, ["02_lines"])["02_lines"]["step"]
    chapter = read_notebook(COURSE / "02_lines.ipynb")
    one = next(cell for cell in graded_cells(chapter) if cell.solution == "step")
    x = np.linspace(-1, 1, 50)
    np.save(tmp_path / "points.npy", np.stack([x, 3 * x - 1]))
    values = {"the new slope": 1.0, "the new height": 2.0}
    right = {"step": Answers({**values, "measured:line": np.zeros(2)})}
    run = Run(nbformat.v4.new_notebook(), "ok", 1.0, "")

    def score(line):
        given = {"step": Answers({**values, "measured:line": line})}
        return mark([one], {"step": probe}, run, given, right, tmp_path)[0]

    assert score(np.array([3.0, -1.0])).score == 4
    assert score(np.array([0.0, 0.0])).score == 0
    assert "error is 4.1" in score(np.array([0.0, 0.0])).reason.replace("4.06", "4.1")
    assert score("forged").score == score(np.array([np.nan, 0])).score == 0


CHEATS = """
import builtins, json, numpy, os, sys
real_open = open
def fake(name, *rest, **more):
    if str(name).endswith(".json.part"):
        return real_open(name[:-5], "w")
    return real_open(name, *rest, **more)
builtins.open = fake
json.dump = lambda values, file: file.write('{"answers": {"small numbers": [0,0,1,1]}}')
class Liar(numpy.ndarray):
    def __eq__(self, other): return True
"""
LINK = "import os\nos.symlink('/etc/passwd', 'answers-n')"
HONEST = "list = [3]\nopen = 5\njson = 'mine'\nlen = sum = 0\nrandom = None"


@pytest.mark.parametrize(
    ("extra", "scores"),
    [
        (HONEST, [3, 2]),
        (CHEATS, [0, 0]),
        ("import os\nos.symlink('/etc/passwd', 'answers-n')", [0, 0]),
    ],
)
def test_in_the_sandbox_tricks_cost_only_the_one_who_plays_them(extra, scores, right, tmp_path):
    sandbox = the_sandbox()
    notebook = json.loads(nbformat.writes(CHAPTER))
    notebook["cells"].append({"cell_type": "code", "source": extra, "metadata": {}})
    made = rebuild_notebook(
        CHAPTER, student_version(CHAPTER, "01"), json.dumps(notebook).encode()
    ).notebook
    made.cells += probe_cells("n", PROBES, 0, sandbox.inside(tmp_path), {})
    run = run_notebook(made, {"seed": 3}, sandbox, LIMITS, tmp_path)
    answers = {name: read_answers(tmp_path, "answers-n", name) for name in PROBES}
    seeded = {name: answers_here(name, tmp_path) for name in PROBES}
    marks = mark(graded_cells(CHAPTER), PROBES, run, answers, seeded, tmp_path)
    assert [one.score for one in marks[:2]] == scores
    sources = [cell.source for cell in without_probes(run.notebook).cells]
    assert not any("builtins" in source and "GIVEN" in source for source in sources)


def answers_here(name, folder):
    """What is right, for the seed that ``probe_cells`` hands to the kernel."""
    cell = next(c for c in probe_cells("n", PROBES, 0, folder, {}) if c.id == f"probe-{name}")
    names = {"np": np}
    for one in CHAPTER.cells:
        if grading(one) and grading(one).solution and one.cell_type == "code":
            exec(one.source, names)
    folder.joinpath("right").mkdir(exist_ok=True)
    exec(cell.source.replace("answers-n", "right"), names)
    return read_answers(folder, "right", name)


def test_a_course_whose_probes_are_no_table_is_refused(tmp_path):
    (tmp_path / "probes.py").write_text("PROBES = [1]")
    with pytest.raises(CourseError, match=r"probes can't be used.*PROBES, a dict.*Received: list"):
        find_probes(tmp_path, ["01_sums"])
