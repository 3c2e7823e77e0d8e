"""A class is graded: every mark as deserved, and nothing lost when processes are killed."""

import json
import shutil
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import pytest

from dcgan_classroom.grading import grade, one
from dcgan_classroom.grading.arguments import Options
from dcgan_classroom.grading.grade import grade_class
from dcgan_classroom.grading.parallel import run_jobs
from dcgan_classroom.grading.results import read_results
from dcgan_classroom.grading.setting import student_seed
from dcgan_classroom.release import student_version
from dcgan_classroom.sandbox.process import Limits
from dcgan_classroom.sandbox.run import Run
from dcgan_course.chapters import find_chapters, grading, read_notebook, write_notebook
from dcgan_lib.shared.errors import CourseError
from tests.conftest import REPOSITORY
from tests.support.killed import killing
from tests.support.tools import the_sandbox

COURSE = REPOSITORY / "tests" / "support" / "course"
LIMITS = Limits(memory_mb=4096, box_mb=16, tmp_mb=16, cell_seconds=20, wall_seconds=90)
TOTAL = "def running_total(values):\n    total, out = 0.0, []\n    for value in values:\n"
TOTAL += "        total += value\n        out.append(total)\n    return np.array(out)"
KILLS = "import os\ndef running_total(values):\n    os._exit(3)"
NAMES = {"running-total": "Exercise 1.1: add up as you go"}


def hand_in(folder, student, chapter, seed=None, **answers):
    """Write a student's notebook: the solved chapter's release, with answers put in."""
    solved = read_notebook(COURSE / f"{chapter}.ipynb")
    notebook = student_version(solved, chapter)
    for cell, right in zip(notebook.cells, solved.cells, strict=True):
        data = grading(cell)
        if data and data.solution:
            cell.source = answers.get(data.grade_id.replace("-", "_"), right.source)
    if seed is not None:
        extra = nbformat.v4.new_code_cell("seed_was = seed\nprint('seed', seed)")
        notebook.cells.append(extra)
    (folder / student).mkdir(parents=True, exist_ok=True)
    write_notebook(notebook, folder / student / f"{chapter}.ipynb")


def graded(folder, out, **options):
    options = Options(**{"notebooks": COURSE, "limits": LIMITS, "workers": 1, **options})
    return grade_class(folder, out, the_sandbox(), options, report=lambda line: None)


@pytest.fixture(scope="module")
def class_of_five(tmp_path_factory):
    """A class graded once: submissions, results' folder, and what ``grade`` returned."""
    the_sandbox()
    folder = tmp_path_factory.mktemp("class")
    work = folder / "in"
    hand_in(work, "ada", "01_sums", seed=1)
    hand_in(work, "ada", "02_lines")
    hand_in(work, "bob", "01_sums", running_total=TOTAL, count_even="def count_even(n): return 3")
    hand_in(work, "cy", "01_sums", running_total=KILLS, slow_discussion="")
    (work / "dan").mkdir()
    (work / "dan" / "01_sums.ipynb").write_text("{")
    done = graded(work, folder / "out", workers=2, deadline="2001-01-01", seed=7)
    return work, folder / "out", done


def by_name(results):
    return {(one.student, one.chapter): one for one in results}


def test_every_student_has_the_marks_that_the_answers_deserve(class_of_five):
    _, out, done = class_of_five
    found = by_name(read_results(out))
    scores = {key: (one.score, one.status) for key, one in found.items()}
    assert scores == {
        ("ada", "01_sums"): (6, "ok"),
        ("ada", "02_lines"): (6, "ok"),
        ("bob", "01_sums"): (4, "error"),
        ("bob", "02_lines"): (0, "missing"),
        ("cy", "01_sums"): (2, "died"),
        ("cy", "02_lines"): (0, "missing"),
        ("dan", "01_sums"): (0, "missing"),
        ("dan", "02_lines"): (0, "missing"),
    }
    assert by_name(done.results) == found
    assert (done.graded, done.kept, done.failed) == (4, 0, 0)
    assert all(one.late for key, one in found.items() if one.status != "missing")
    assert "dan/01_sums.ipynb: It isn't a notebook" in found["dan", "01_sums"].notes[0]


def test_a_cell_that_ends_the_kernel_costs_only_its_exercise(class_of_five):
    marks = {
        mark.grade_id: mark for mark in by_name(class_of_five[2].results)["cy", "01_sums"].marks
    }
    assert marks["running-total-check"].status == "died"
    assert marks["count-even-check"].score == 2
    assert marks["slow-discussion"].status == "missing"


def test_what_is_kept_tells_no_answers_and_leaves_no_box(class_of_five):
    _, out, _ = class_of_five
    assert len(list((out / "executed").glob("*.ipynb"))) == 4
    for path in (out / "executed").glob("*.ipynb"):
        text = path.read_text()
        assert "GIVEN" not in text and "HIDDEN" not in text
        nbformat.validate(read_notebook(path))
    assert not any((out / name).exists() for name in ("boxes", "right", "probe_seed"))
    facts = json.loads((out / "class.json").read_text())
    assert [chapter["name"] for chapter in facts["chapters"]] == ["01_sums", "02_lines"]
    assert facts["chapters"][0]["cells"][0]["title"] == NAMES["running-total"]
    assert facts["seed"] == 7 and facts["problems"][0]["source"] == "dan/01_sums.ipynb"


def test_every_student_has_a_seed_of_ones_own(class_of_five):
    executed = next((class_of_five[1] / "executed").glob("ada--01_sums*"))
    outputs = [o for cell in read_notebook(executed).cells for o in cell.get("outputs", [])]
    assert f"seed {student_seed(7, 'ada')}" in "".join(o.get("text", "") for o in outputs)
    assert len({student_seed(7, f"student {n}") for n in range(1000)}) > 990
    assert student_seed(7, "ada") != student_seed(8, "ada")


def test_with_resume_only_what_changed_is_graded_again(class_of_five, tmp_path):
    work, out = (shutil.copytree(path, tmp_path / path.name) for path in class_of_five[:2])
    with pytest.raises(CourseError, match=r"holds results\. Expected: a new folder.*--resume"):
        graded(work, out, seed=7)
    before = {path: path.read_bytes() for path in (out / "results").glob("*.json")}
    hand_in(work, "bob", "01_sums", running_total=TOTAL)
    again = graded(work, out, seed=7, resume=True)
    assert (again.graded, again.kept) == (1, 3)
    found = by_name(again.results)
    assert found["bob", "01_sums"].score == 6
    assert not found["ada", "01_sums"].late
    unlike = [p for p, data in before.items() if p.exists() and p.read_bytes() != data]
    assert len(unlike) == 3  # not late any more: there is no deadline now


def wait_for(holds, seconds=60):
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.05)


COMMAND = """
import sys
from pathlib import Path
sys.path.insert(0, {repository!r})
from tests.classroom.grading.test_grade import graded
if __name__ == "__main__":
    graded(Path({work!r}), Path({out!r}), workers={workers}, resume=True)
"""


def started(folder, work, out, workers):
    script = folder / "grading.py"
    values = {"repository": str(REPOSITORY), "work": str(work), "out": str(out)}
    script.write_text(COMMAND.format(**values, workers=workers))
    return subprocess.Popen([sys.executable, script], cwd=folder, stderr=subprocess.DEVNULL)


def children(pid):
    tasks = Path(f"/proc/{pid}/task").glob("*/children")
    found = [int(child) for task in tasks for child in task.read_text().split()]
    return found + [pid for child in found for pid in children(child)]


def test_grading_that_was_killed_goes_on_and_leaves_no_process(tmp_path):
    the_sandbox()
    work, out = tmp_path / "in", tmp_path / "out"
    for name in ("ada", "bob", "cy"):
        hand_in(work, name, "01_sums", running_total=TOTAL)
    process = started(tmp_path, work, out, workers=1)
    wait_for(lambda: list(out.glob("results/*.json")))
    family = children(process.pid)
    process.kill()
    process.wait()
    wait_for(lambda: not any(Path(f"/proc/{pid}").exists() for pid in family))
    left = len(list(out.glob("results/*.json")))
    assert 1 <= left < 3
    done = graded(work, out, resume=True)
    assert (done.kept, done.graded) == (left, 3 - left)
    assert [one.score for one in read_results(out)] == [6, 6, 6]
    assert not list((out / "prepared").glob(".part-*"))


def test_a_worker_that_is_killed_costs_no_neighbour_anything(tmp_path):
    jobs = [str(tmp_path / name) for name in ("a", "kills once", "b", "kills always", "fails", "c")]
    ended = {Path(one.job).name: one for one in run_jobs(killing, jobs, workers=2)}
    assert {name for name, one in ended.items() if one.value == name} == {
        "a",
        "b",
        "c",
        "kills once",
    }
    assert ended["fails"].error == "ValueError: No kernel."
    assert "killed each time" in ended["kills always"].error


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"chapters": ["09"]}, r"no chapter 09\. Expected: some of 01_sums, 02_lines"),
        ({"deadline": "tomorrow"}, r"deadline can't be read\. Expected: ISO 8601"),
        ({"params": {"run_dir": "x"}}, r"parameters can't be set\..*Received: run_dir"),
        ({"params": {"seed": "x"}}, r"parameters can't be set\..*Received: seed"),
        ({"workers": 0}, r"0 processes can't share the work"),
    ],
)
def test_what_cant_be_graded_is_refused(options, message, class_of_five, tmp_path):
    out = shutil.copytree(class_of_five[1], tmp_path / "out")
    for path in (out / "results").glob("ada*"):
        path.unlink()
    with pytest.raises(CourseError, match=message):
        graded(class_of_five[0], out, seed=7, resume=True, **options)


def test_nothing_handed_in_is_refused_with_what_was_found(tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "notes.txt").write_text("x")
    with pytest.raises(CourseError, match=r"Nothing was handed in.*notes.txt: It isn't a notebook"):
        graded(tmp_path / "in", tmp_path / "out")


def test_a_course_that_cant_answer_its_own_questions_is_refused(tmp_path):
    course = shutil.copytree(COURSE, tmp_path / "course")
    text = (course / "probes.py").read_text()
    (course / "probes.py").write_text(text.replace('("count_even",)', '("count_odd",)'))
    hand_in(tmp_path / "in", "ada", "01_sums")
    with pytest.raises(CourseError, match=r"probe of count-even in 01_sums can't be used"):
        graded(tmp_path / "in", tmp_path / "out", notebooks=course)


def test_a_question_whose_answer_hangs_on_earlier_ones_is_refused(tmp_path):
    course = shutil.copytree(COURSE, tmp_path / "course")
    text = (course / "probes.py").read_text()
    counting = "import builtins\nbuiltins.n = getattr(builtins, 'n', 0) + 1\n"
    asked = 'ask("small numbers", lambda: [count_even(builtins.n)'
    text = text.replace('ask("small numbers", lambda: [count_even(last)', counting + asked)
    (course / "probes.py").write_text(text)
    hand_in(tmp_path / "in", "ada", "01_sums")
    with pytest.raises(CourseError, match=r"Expected: the same answer, whatever was asked before"):
        graded(tmp_path / "in", tmp_path / "out", notebooks=course)


def test_what_fails_twice_by_the_machines_fault_is_set_aside(class_of_five, tmp_path, monkeypatch):
    work, out = (shutil.copytree(path, tmp_path / path.name) for path in class_of_five[:2])
    next((out / "results").glob("bob--01*")).unlink()
    tried = []

    def fails(job):
        tried.append(job.seed)
        raise CourseError("No kernel.")

    monkeypatch.setattr(grade, "grade_one", fails)
    again = [graded(work, out, seed=7, resume=True) for _ in range(3)]
    assert [one.failed for one in again] == [1, 1, 1] and len(set(tried)) == 2
    told = [one.problems[-1].problem for one in again]
    assert "could not be graded" in told[0] and "set aside" not in told[0]
    assert all("set aside" in text and "2 times" in text for text in told[1:])
    (out / "faults.json").unlink()
    monkeypatch.undo()
    assert graded(work, out, seed=7, resume=True).graded == 1


def test_three_runs_are_shown_as_the_time_that_they_took(monkeypatch):
    release = student_version(read_notebook(COURSE / "01_sums.ipynb"), "01_sums")
    for cell in release.cells:
        cell.execution_count = None
    release.cells[5].id = "extra-1"
    run = Run(release, "died", 2.5, "It ended.", ("a file",))
    monkeypatch.setattr(one, "_run", lambda *_: (run, {}))
    whole, _, notes = one._ask(None, release, {"count-even": None})
    assert whole.seconds == 7.5
    assert notes == ["It ended.", "1 files of the work folder were left out."]


def test_chapters_are_chosen_by_number(tmp_path, class_of_five):
    out = shutil.copytree(class_of_five[1], tmp_path / "out")
    done = graded(
        class_of_five[0], out, chapters=["02"], seed=7, resume=True, deadline="2001-01-01"
    )
    assert (done.kept, done.graded) == (1, 0)
    assert {one.chapter for one in done.results} == {"02_lines"}


def test_the_course_itself_has_its_chapters():
    assert [path.stem for path in find_chapters(COURSE)] == ["01_sums", "02_lines"]
