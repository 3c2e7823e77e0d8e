"""What a human decides about an answer counts, and goes on counting for that answer."""

import csv
import io
import json

import pandas as pd
import pytest

from dcgan_classroom.gradebook import read_class
from dcgan_classroom.marking import (
    FILE,
    anonymous_names,
    decided,
    marking_rows,
    update_decisions,
    write_form,
)
from dcgan_classroom.marking.form import COLUMNS
from dcgan_lib.shared import CourseError
from tests.support.graded_class import CHAPTERS, handed_in, write_class

MEAN, WORDS = (CHAPTERS[0], "mean-check"), (CHAPTERS[0], "mean-words")
RUBRIC = {"/".join(WORDS): {"names two classes": 1.5, "an example": 1.0, "wrong word": -0.5}}
ANSWERS = {
    ("Ada", *MEAN): "def mean(values):\n    return 1",
    ("Ada", *WORDS): "a mean hides it",
}


class Marking:
    """A class of one, and what its instructor does with the table."""

    def __init__(self, folder):
        self.folder = write_class(folder / "out", handed_in("Ada", (0, 2, None)))
        self.answers = dict(ANSWERS)
        self.own = self.folder / "report" / FILE

    def rows(self, decisions=(), shown=()):
        book = read_class(self.folder)
        return marking_rows(book, self.answers, dict(decisions), dict(shown))

    def fill(self, where=WORDS, student="Ada", **values):
        """Fill in the table's row, or add one for a mark that the grader gave."""
        path = self.folder / FILE
        write_form(self.rows(), path)
        table = pd.read_csv(path, dtype=str, keep_default_na=False)
        is_row = (table["chapter"] == where[0]) & (table["grade_id"] == where[1])
        if not is_row.any():
            table.loc[len(table)] = [student, *where, *[""] * (len(COLUMNS) - 3)]
            is_row = table.index == len(table) - 1
        for name, value in values.items():
            table.loc[is_row, name] = value
        table.to_csv(path, index=False)
        return path

    def marks(self, filled=None):
        """Points that can be had, score and comment of each mark, after tables were put in."""
        book = read_class(self.folder)
        self.kept, self.lines = update_decisions(book, self.rows(), self.own, filled)
        book = decided(book, self.kept.values(), RUBRIC)
        marks = book.counted["Ada", CHAPTERS[0]].marks
        comments = book.comments
        return {
            mark.grade_id: (
                mark.points,
                mark.score,
                comments.get(("Ada", CHAPTERS[0], mark.grade_id), ""),
            )
            for mark in marks
        }


@pytest.fixture
def marking(tmp_path):
    return Marking(tmp_path)


def test_an_open_answer_gets_its_points_and_comment(marking):
    marks = marking.marks(marking.fill(score="1.5", comment="well said"))
    assert marks["mean-words"] == (2, 1.5, "well said")
    assert marks["mean-check"] == (1, 0, "")


def test_an_automatic_mark_can_be_replaced_raised_taken_and_excused(marking):
    assert marking.marks(marking.fill(MEAN, score="0.5"))["mean-check"][1] == 0.5
    marks = marking.marks(marking.fill(MEAN, score="", bonus="3", comment="elegant"))
    assert marks["mean-check"] == (1, 3, "Changed by hand: +3.\nelegant")
    spread = (CHAPTERS[0], "spread-check")
    assert marking.marks(marking.fill(spread, bonus="-0,5"))["spread-check"][1] == 1.5
    assert marking.marks(marking.fill(spread, bonus="-9"))["spread-check"][1] == 0
    assert marking.marks(marking.fill(MEAN, excused="yes"))["mean-check"][:2] == (0, 0)


def test_a_comment_alone_changes_no_points(marking):
    assert marking.marks(marking.fill(MEAN, comment="look again"))["mean-check"] == (
        *(1, 0),
        "look again",
    )


def test_a_rubric_gives_the_points_unless_they_are_typed(marking):
    ticked = "names two classes | wrong word"
    marks = marking.marks(marking.fill(rubric=ticked, comment="nearly"))
    assert marks["mean-words"] == (2, 1, "names two classes (+1.5)\nwrong word (-0.5)\nnearly")
    assert (
        marking.marks(marking.fill(rubric="names two classes | an example"))["mean-words"][1] == 2
    )
    assert marking.marks(marking.fill(rubric=ticked, score="0"))["mean-words"][1] == 0


def test_decisions_stay_without_a_table_and_go_with_an_empty_row(marking):
    marking.marks(marking.fill(score="2"))
    assert marking.marks()["mean-words"][1] == 2
    assert marking.marks(marking.fill(score=""))["mean-words"][1] is None


def test_a_decision_counts_for_its_answer_only_and_comes_back_with_it(marking):
    filled = marking.fill(MEAN, score="1")
    assert marking.marks(filled)["mean-check"][1] == 1
    marking.answers["Ada", *MEAN] = "def mean(values):\n    return 2"
    assert marking.marks()["mean-check"][1] == 0
    marking.answers = dict(ANSWERS)
    assert marking.marks()["mean-check"][1] == 1


def test_the_reports_own_table_takes_no_decision_back_that_is_about_another_answer(marking):
    assert marking.marks(marking.fill(score="2"))["mean-words"][1] == 2
    marking.answers["Ada", *WORDS] = "another answer"
    marking.marks()
    write_form(marking.rows(marking.kept), marking.own)  # empty, for the other answer
    marking.answers = dict(ANSWERS)
    assert marking.marks()["mean-words"][1] == 2


def test_a_row_for_somebody_who_is_gone_is_refused_in_a_new_table_only(marking):
    table = pd.read_csv(marking.fill(score="2"), dtype=str, keep_default_na=False)
    table["student"] = "Bob"
    marking.own.parent.mkdir()
    table.to_csv(marking.own, index=False)
    marking.marks()
    assert marking.lines == ["Bob, 04_means, mean-words: there is no such mark any more."]


def test_a_table_about_an_earlier_answer_is_kept_for_it_and_said(marking):
    filled = marking.fill(score="2")
    marking.answers["Ada", *WORDS] = "another answer"
    assert marking.marks(filled)["mean-words"][1] is None
    (line,) = marking.lines
    assert "the answer is another one" in line and "marked again" in line
    marking.answers = dict(ANSWERS)
    assert marking.marks()["mean-words"][1] == 2


def test_the_table_shows_open_answers_and_changed_marks_only(marking):
    path = marking.folder / FILE
    write_form(marking.rows(), path)
    assert list(pd.read_csv(path)["grade_id"]) == ["mean-words"]
    marking.marks(marking.fill(MEAN, score="1"))
    write_form(marking.rows(marking.kept), path)
    assert list(pd.read_csv(path)["grade_id"]) == ["mean-check", "mean-words"]


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"score": "2.5"}, "score from 0 to its points.*'2.5' for Ada"),
        ({"score": "-1"}, "'-1'"),
        ({"bonus": "much"}, "bonus 'much'"),
        ({"excused": "perhaps"}, "excused 'perhaps'"),
        ({"where": MEAN, "score": "1", "student": "Eve"}, "for nobody.*Eve, 04_means, mean-check"),
    ],
)
def test_what_can_not_be_given_is_refused(marking, values, message):
    with pytest.raises(CourseError, match=f"(?s){message}"):
        marking.marks(marking.fill(**values))


def test_a_broken_store_is_refused_rather_than_lost(marking):
    marking.marks(marking.fill(score="2"))
    (marking.folder / "by_hand.json").write_text(json.dumps([{"student": "Ada"}]))
    with pytest.raises(CourseError, match="marks given by hand can't be read"):
        marking.marks()


def test_anonymous_names_tell_nobody_and_stay(marking):
    names = anonymous_names(marking.folder, ["Ada", "Bob"])
    assert names == anonymous_names(marking.folder, ["Bob", "Ada"])
    assert len(set(names.values())) == 2 and "Ada" not in str(names.values())
    path = marking.folder / FILE
    write_form(marking.rows(shown=names), path)
    assert "Ada" not in path.read_text("utf-8-sig").replace("mean hides", "")
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    table["score"] = "2"
    table.to_csv(path, index=False)
    book = read_class(marking.folder)
    kept, _ = update_decisions(book, marking.rows(shown=names), marking.own, path)
    assert kept["Ada", *WORDS].score == 2


def test_an_older_table_without_the_newer_columns_is_read(marking):
    path = marking.folder / "old.csv"
    text = io.StringIO()
    rows = csv.writer(text)
    rows.writerow(
        ["student", "chapter", "grade_id", "title", "answer", "points", "score", "comment"]
    )
    rows.writerow(["Ada", *WORDS, "t", ANSWERS["Ada", *WORDS], "2", "1", "so so"])
    path.write_text(text.getvalue())
    assert marking.marks(path)["mean-words"] == (2, 1, "so so")
