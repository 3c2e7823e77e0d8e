"""The notebook that is run is the course's own: nothing but answers is taken from a student's."""

import json

import nbformat
import pytest

from dcgan_classroom.release import student_version
from dcgan_classroom.submissions.cells import top_names
from dcgan_classroom.submissions.rebuild import rebuild_notebook
from dcgan_course.chapters import grading, read_notebook
from dcgan_course.frame import HIDDEN, HIDDEN_END
from dcgan_lib.shared.errors import CourseError
from tests.conftest import REPOSITORY

CHAPTER = read_notebook(REPOSITORY / "tests" / "support" / "course" / "01_sums.ipynb")
RELEASE = student_version(CHAPTER, "01")
MINE = "# Exercise 1.1: add up as you go\ndef running_total(values):\n    return values.cumsum()"
COUNT = "# Exercise 1.2: count the even numbers\ndef count_even(last):\n    return 7"
WORDS = "Because it does the same work twice."


def work():
    """A student's notebook as plain data: released, with three answers."""
    notebook = json.loads(nbformat.writes(RELEASE))
    put(notebook, "running-total", MINE)
    put(notebook, "count-even", COUNT)
    put(notebook, "slow-discussion", WORDS)
    return notebook


def cell_of(notebook, grade_id):
    graded = [c for c in notebook["cells"] if c["metadata"].get("nbgrader")]
    return next(c for c in graded if c["metadata"]["nbgrader"]["grade_id"] == grade_id)


def put(notebook, grade_id, source):
    cell_of(notebook, grade_id)["source"] = source


def rebuilt(notebook):
    return rebuild_notebook(CHAPTER, RELEASE, json.dumps(notebook).encode())


def sources(notebook):
    return [cell.source for cell in notebook.cells]


EXPECTED = sources(rebuilt(work()).notebook)


def swap(notebook, one, other, key):
    a, b = cell_of(notebook, one), cell_of(notebook, other)
    if key == "grade_id":
        a, b = a["metadata"]["nbgrader"], b["metadata"]["nbgrader"]
    a[key], b[key] = b[key], a[key]


def deleted(notebook):
    notebook["cells"] = [c for c in notebook["cells"] if "assert" not in "".join(c["source"])]


def duplicated(notebook):
    notebook["cells"].append({**cell_of(notebook, "running-total"), "id": "copy"})


def reordered(notebook):
    notebook["cells"].reverse()


def retyped(notebook):
    cell = cell_of(notebook, "running-total")
    cell["cell_type"] = "markdown"
    cell.pop("outputs"), cell.pop("execution_count")


def relabelled(notebook):
    swap(notebook, "running-total", "count-even", "grade_id")


def answers_relabelled(notebook):
    swap(notebook, "running-total", "slow-discussion", "grade_id")


def new_ids(notebook):
    for number, cell in enumerate(notebook["cells"]):
        cell["id"] = f"colab-{number}"


def without_metadata(notebook):
    for cell in notebook["cells"]:
        cell["metadata"] = {}


def without_any_sign(notebook):
    without_metadata(notebook)
    for cell in notebook["cells"]:
        del cell["id"]
    notebook["nbformat_minor"] = 4


def awarded(notebook):
    for cell in notebook["cells"]:
        if "nbgrader" in cell["metadata"]:
            cell["metadata"]["nbgrader"] |= {"points": 100, "grade": True}


def checks_changed(notebook):
    put(notebook, "running-total-check", "pass")


def forged_outputs(notebook):
    output = {"output_type": "stream", "name": "stdout", "text": "score: 100"}
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            cell["outputs"], cell["execution_count"] = [output], 1
    notebook["metadata"]["papermill"] = {"status": "completed"}


@pytest.mark.parametrize(
    ("tamper", "note"),
    [
        (deleted, "deleted"),
        (duplicated, "there 2 times"),
        (reordered, "moved"),
        (retyped, "was a markdown cell"),
        (relabelled, "grade id that isn't theirs"),
        (answers_relabelled, "grade id that isn't theirs"),
        (new_ids, None),
        (without_metadata, None),
        (without_any_sign, None),
        (awarded, "points that the course doesn't give"),
        (checks_changed, "Locked cells were changed"),
        (forged_outputs, None),
    ],
)
def test_tampering_changes_nothing_but_a_note(tamper, note):
    notebook = work()
    tamper(notebook)
    made = rebuilt(notebook)
    assert sources(made.notebook) == EXPECTED
    assert made.solutions["running-total"] == MINE
    assert made.solutions["slow-discussion"] == WORDS
    points = [grading(cell).get("points") for cell in made.notebook.cells if grading(cell)]
    assert max(filter(None, points)) == 3
    assert note is None or any(note in text for text in made.notes), made.notes
    assert all(not cell.get("outputs") for cell in made.notebook.cells)


def test_only_the_answers_are_a_students():
    released = sources(RELEASE)
    changed = [new for new, old in zip(EXPECTED, released, strict=True) if new != old]
    assert changed == [MINE, COUNT, WORDS]
    assert not any("HIDDEN" in source for source in EXPECTED)
    assert rebuilt(work()).notes == ()


def test_a_missing_solution_is_the_stub_and_is_named():
    notebook = work()
    notebook["cells"].remove(cell_of(notebook, "running-total"))
    made = rebuilt(notebook)
    assert "running-total" not in made.solutions
    assert any("raise NotImplementedError" in source for source in sources(made.notebook))
    assert "Exercise 1.1: add up as you go is missing; the empty stub was run." in made.notes


def test_extra_cells_stand_where_they_stood_and_new_names_are_noted():
    notebook = work()
    at = notebook["cells"].index(cell_of(notebook, "count-even"))
    extra = [
        {"cell_type": "code", "source": "import numpy\nnp = numpy\nmine = 3", "metadata": {}},
        {"cell_type": "markdown", "source": "A thought.", "metadata": {"tags": ["parameters"]}},
    ]
    notebook["cells"][at:at] = extra
    made = rebuilt(notebook)
    assert sources(made.notebook) == [*EXPECTED[:at], *(e["source"] for e in extra), *EXPECTED[at:]]
    assert all(not cell.metadata for cell in made.notebook.cells[at : at + 2])
    assert made.notes == ("Extra cells define names of the chapter again: np.",)
    nbformat.validate(made.notebook)


@pytest.mark.parametrize("begin", [HIDDEN, f"#{HIDDEN}", "### BEGIN MARK SCHEME"])
def test_what_a_student_puts_between_the_courses_markers_is_shown(begin):
    notebook = work()
    put(notebook, "running-total", f"{MINE}\n{begin}\nprint('ran')\n{HIDDEN_END}")
    made = rebuilt(notebook)
    assert "print('ran')" in made.solutions["running-total"]
    assert not any(sign in source for source in sources(made.notebook) for sign in (HIDDEN, begin))
    assert any("markers of hidden tests" in note for note in made.notes)


def test_a_copy_beside_an_untouched_stub_counts():
    notebook = work()
    copy = {**cell_of(notebook, "running-total"), "id": "copy"}
    put(notebook, "running-total", sources(RELEASE)[4])
    notebook["cells"].append(copy)
    assert rebuilt(notebook).solutions["running-total"] == MINE


def test_format_3_and_lists_of_lines_are_read():
    notebook = work()
    cells = [
        {**cell, "input": "".join(cell["source"]).splitlines(True), "metadata": {}}
        for cell in notebook["cells"]
    ]
    for cell in cells:
        del cell["source"], cell["id"]
    old = {"nbformat": 3, "worksheets": [{"cells": cells}]}
    for cell in cells:
        if cell["cell_type"] == "markdown":
            cell["source"] = cell.pop("input")
    assert sources(rebuilt(old).notebook) == EXPECTED


@pytest.mark.parametrize("data", [b"", b"[]", b"{", b'{"cells": {}}', b"\xff\xfe", b"[" * 10**5])
def test_what_is_no_notebook_is_refused(data):
    with pytest.raises(CourseError, match=r"can't be graded.*Expected: a Jupyter notebook"):
        rebuild_notebook(CHAPTER, RELEASE, data)


@pytest.mark.parametrize(
    "cells",
    [
        [3, None, "x", {}],
        [{"cell_type": 5, "source": 7, "metadata": "x", "id": []}],
        [{"cell_type": "code", "source": ["a", 3, "\ud800"], "metadata": {"nbgrader": [1]}}],
        [{"cell_type": "code", "source": "x = 1", "metadata": {"nbgrader": {"grade_id": {}}}}] * 3,
    ],
)
def test_cells_of_any_odd_form_do_no_harm(cells):
    made = rebuilt({"cells": cells})
    assert any("missing" in note for note in made.notes)
    nbformat.validate(made.notebook)
    nbformat.writes(made.notebook).encode()


def test_names_that_a_cell_defines():
    source = (
        "%time x\nimport a.b, c as d\ny = [z for z in w]\ndef f(q):\n    r = 1\nfor k in y: pass"
    )
    assert top_names(source) == {"a", "d", "y", "f", "k"}
    assert top_names("def (") == set()
