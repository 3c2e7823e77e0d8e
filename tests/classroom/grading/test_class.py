"""The fixture class: every submission has the mark that it deserves, and nobody got out.

`make test` grades every third one of each group, and `make test-long` the others.
"""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest

from dcgan_classroom.grading.grade import Grading
from dcgan_classroom.grading.results import read_results
from dcgan_classroom.reporting.report import write_report
from dcgan_classroom.sandbox.unprotected import Unprotected
from tests.support.fixture_class import (
    EXPLOITS,
    GROUPS,
    LIMITS,
    differences,
    found_of,
    grade_fixtures,
    table,
)
from tests.support.hand_in import CLASS, COURSE, HandedIn
from tests.support.tools import the_sandbox

ATTACKS_THAT_WORK = ("reads the solution", "reads a neighbour", "calls home")
PROBLEMS = {  # what the list of problems has to name of whom
    "climbs_out": "climbed_out.ipynb",
    "hands_in_a_letter": "hands in a letter",
    "links_to_the_solution": "links to the solution",
    "tries_twice": "attempt 1",
}
ALONE = [one for one in CLASS if "(" not in one.student]  # two of one name are told apart together
QUICK = [one for name in GROUPS for one in [o for o in ALONE if o.group == name][::3]]
LATER = [one for one in CLASS if one not in QUICK]


@dataclass(frozen=True)
class Graded:
    """Who was graded, the folder of results, what ``grade`` returned, what was touched outside."""

    students: list[HandedIn]
    out: Path
    done: Grading
    touched: list[str]


@pytest.fixture(scope="module", params=["quick", pytest.param("later", marks=pytest.mark.long)])
def graded(request, tmp_path_factory):
    """A part of the class, graded."""
    sandbox, folder = the_sandbox(), tmp_path_factory.mktemp("class")
    folder.chmod(0o755)
    chosen = QUICK if request.param == "quick" else LATER
    some = tuple(one.student for one in chosen)
    return Graded(chosen, folder / "out", *grade_fixtures(folder, sandbox, some=some)[1:])


def test_the_class_has_forty_submissions_of_all_kinds():
    counts = Counter(one.group for one in CLASS)
    assert sum(counts.values()) >= 40
    assert counts["right"] >= 5 and counts["partly right"] >= 4
    assert set(counts) == set(GROUPS)
    assert len({one.student for one in CLASS}) == len(CLASS)
    assert all(one.sentence and one.why for one in CLASS)


def test_each_has_the_status_and_the_marks_that_are_expected(graded):
    found = {one.student: differences(one, found_of(one, graded.out)) for one in graded.students}
    assert {student: text for student, text in found.items() if text} == {}


def test_nothing_outside_was_touched(graded):
    assert graded.touched == []


def test_nobody_is_lost(graded):
    found = {(one.student, one.chapter) for one in read_results(graded.out)}
    assert {(one.student, one.chapter) for one in graded.students} <= found
    assert graded.done.failed == 0
    named = " ".join(f"{one.source} {one.problem}" for one in graded.done.problems)
    for one in graded.students:
        assert PROBLEMS.get(one.make.__name__, "") in named


def test_what_was_asked_leaves_with_nothing_that_is_kept(graded):
    out = graded.out
    kept = [path for folder in ("results", "executed") for path in (out / folder).iterdir()]
    assert kept and not any("LEAKED" in path.read_text() for path in (*kept, out / "class.json"))
    assert not (out / "right").exists() and not (out / "boxes").exists()


def test_output_is_capped(graded):
    most = 40 * LIMITS.output_kb * 1024
    assert all(path.stat().st_size < most for path in (graded.out / "executed").iterdir())


def test_the_table_has_a_row_for_each_and_no_cross(graded):
    text = table(graded.students, graded.out)
    assert text.count("✓") == len(graded.students) and "✗" not in text


def test_the_report_holds_everybody_and_no_script_of_theirs(graded):
    out = graded.out
    index = write_report(out, notebooks=COURSE, report=lambda line: None)
    book = pd.read_csv(out / "report" / "gradebook.csv")
    assert {one.student.lstrip("=") for one in graded.students} == {
        str(name).lstrip("'=") for name in book["student"]
    }
    pages = list((out / "report" / "students").rglob("*.html"))
    assert len({page.parent for page in pages}) == len(graded.students) and index.exists()
    for page in (index, *pages):
        text = page.read_text()
        assert not any(exploit in text for exploit in (*EXPLOITS, "<img src=x onerror"))


def test_without_a_sandbox_these_attacks_work(tmp_path):
    chosen, _, touched = grade_fixtures(tmp_path, Unprotected(), 1, ATTACKS_THAT_WORK)
    marks = [found_of(one, tmp_path / "out").marks[0].score for one in chosen]
    assert marks == [3, 3, 3]
    assert touched and all("server was reached" in line for line in touched)
