"""The fixture class: every submission has the mark that it deserves, and nobody got out."""

from collections import Counter

import pandas as pd
import pytest

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
from tests.support.hand_in import CLASS, COURSE
from tests.support.tools import the_sandbox

ATTACKS_THAT_WORK = ("reads the solution", "reads a neighbour", "calls home")


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """The class's folder of results, what ``grade`` returned, and what was touched outside."""
    sandbox, folder = the_sandbox(), tmp_path_factory.mktemp("class")
    folder.chmod(0o755)
    _, done, touched = grade_fixtures(folder, sandbox)
    return folder / "out", done, touched


def test_the_class_has_forty_submissions_of_all_kinds():
    counts = Counter(one.group for one in CLASS)
    assert sum(counts.values()) >= 40
    assert counts["right"] >= 5 and counts["partly right"] >= 4
    assert set(counts) == set(GROUPS)
    assert len({one.student for one in CLASS}) == len(CLASS)
    assert all(one.sentence and one.why for one in CLASS)


@pytest.mark.parametrize("one", CLASS, ids=lambda one: one.make.__name__)
def test_it_has_the_status_and_the_marks_that_are_expected(graded, one):
    assert differences(one, found_of(one, graded[0])) == []


def test_nothing_outside_was_touched(graded):
    assert graded[2] == []


def test_nobody_is_lost(graded):
    out, done, _ = graded
    found = {(one.student, one.chapter) for one in read_results(out)}
    assert {(one.student, one.chapter) for one in CLASS} <= found
    assert done.failed == 0
    named = " ".join(f"{one.source} {one.problem}" for one in done.problems)
    for source in ("climbed_out.ipynb", "hands in a letter", "links to the solution", "attempt 1"):
        assert source in named


def test_what_was_asked_leaves_with_nothing_that_is_kept(graded):
    out = graded[0]
    kept = [path for folder in ("results", "executed") for path in (out / folder).iterdir()]
    assert kept and not any("LEAKED" in path.read_text() for path in (*kept, out / "class.json"))
    assert not (out / "right").exists() and not (out / "boxes").exists()


def test_output_is_capped(graded):
    most = 40 * LIMITS.output_kb * 1024
    assert all(path.stat().st_size < most for path in (graded[0] / "executed").iterdir())


def test_the_table_has_a_row_for_each_and_no_cross(graded):
    text = table(CLASS, graded[0])
    assert text.count("✓") == len(CLASS) and "✗" not in text


def test_the_report_holds_everybody_and_no_script_of_theirs(graded):
    out = graded[0]
    index = write_report(out, notebooks=COURSE, report=lambda line: None)
    book = pd.read_csv(out / "report" / "gradebook.csv")
    assert {one.student.lstrip("=") for one in CLASS} == {
        str(name).lstrip("'=") for name in book["student"]
    }
    pages = list((out / "report" / "students").rglob("*.html"))
    assert len({page.parent for page in pages}) == len(CLASS) and index.exists()
    for page in (index, *pages):
        text = page.read_text()
        assert not any(exploit in text for exploit in (*EXPLOITS, "<img src=x onerror"))


def test_without_a_sandbox_these_attacks_work(tmp_path):
    chosen, _, touched = grade_fixtures(tmp_path, Unprotected(), 1, ATTACKS_THAT_WORK)
    marks = [found_of(one, tmp_path / "out").marks[0].score for one in chosen]
    assert marks == [3, 3, 3]
    assert touched and all("server was reached" in line for line in touched)
