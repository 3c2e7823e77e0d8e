"""With a roster everybody of the class is there, under one name, and strangers are named."""

import pytest

from dcgan_classroom.gradebook import enrolled, read_class, student_table
from dcgan_classroom.roster import read_roster
from tests.support.graded_class import CHAPTERS, handed_in, write_class

ROSTER = "name,email,group\nAda Lovelace,ada@example.org,A\nGeorge Boole,gb@example.org,B\n"


@pytest.fixture
def book(tmp_path):
    """Ada under two names, a stranger, and George who handed in nothing."""
    out = write_class(
        tmp_path / "out",
        handed_in("ada", (0, 0, None), submitted="2026-11-19T09:00:00"),
        handed_in("Ada Lovelace", submitted="2026-11-20T09:00:00+00:00"),
        handed_in("Mallory"),
    )
    (tmp_path / "roster.csv").write_text(ROSTER)
    return enrolled(read_class(out), read_roster(tmp_path / "roster.csv"))


def test_who_never_handed_in_is_there_with_0(book):
    table = student_table(book).set_index("student")
    assert table.loc["George Boole", "score"] == 0 and table.loc["George Boole", "points"] == 10
    assert table.loc["George Boole", "missing"] == "; ".join(CHAPTERS)
    assert table.loc["George Boole", "group"] == "B"


def test_the_attempts_of_ones_names_are_put_in_order(book):
    assert [one.attempt for one in book.handed_in["Ada Lovelace", CHAPTERS[0]]] == [1, 2]
    assert book.counted["Ada Lovelace", CHAPTERS[0]].score == 5
    assert ("ada, Ada Lovelace" in dict(book.problems)) or (
        "Ada Lovelace, ada" in dict(book.problems)
    )


def test_a_stranger_keeps_the_mark_and_is_named(book):
    assert book.students == ["Ada Lovelace", "George Boole", "Mallory"]
    assert book.counted["Mallory", CHAPTERS[0]].score == 5
    assert "not in the roster" in dict(book.problems)["Mallory"]
