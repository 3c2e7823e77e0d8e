"""Marks go back in the forms that Canvas and Moodle take."""

import csv
import re
import zipfile

import pytest

from dcgan_classroom.exports import write_uploads
from dcgan_classroom.gradebook import enrolled, file_names, read_class
from dcgan_classroom.marking import Decision, decided
from dcgan_classroom.roster import read_roster
from tests.classroom.roster.test_people import CANVAS_EXPORT, WORKSHEET
from tests.support.graded_class import CHAPTERS, handed_in, write_class

MOODLE_SOURCE = f"Ada Lovelace_3301_assignsubmission_file_/{CHAPTERS[0]}.ipynb"


@pytest.fixture
def upload(tmp_path):
    """Ada has 5 of 7 in the first chapter; the second was excused."""

    def make(roster_text: str | None, source: str = "") -> dict[str, list[dict[str, str]]]:
        place = {"source": source, "number": "3301" if source else ""}
        results = (
            handed_in("Ada Lovelace", **place),
            handed_in("Ada Lovelace", (None,), chapter=CHAPTERS[1], **place),
        )
        book = read_class(write_class(tmp_path / "out", *results))
        roster = None
        if roster_text:
            (tmp_path / "roster.csv").write_text(roster_text)
            roster = read_roster(tmp_path / "roster.csv")
            book = enrolled(book, roster)
        common = {"student": "Ada Lovelace", "answer_id": ""}
        words = Decision(**common, chapter=CHAPTERS[0], grade_id="mean-words", comment="=well; -1")
        excused = Decision(**common, chapter=CHAPTERS[1], grade_id="why", excused=True)
        book = decided(book, [words, excused], {})
        names = file_names(book.students)
        for student in book.students:
            (tmp_path / "students" / names[student]).mkdir(parents=True)
            (tmp_path / "students" / names[student] / "index.html").write_text(student)
        written = write_uploads(book, roster, tmp_path / "students", names, tmp_path / "upload")
        return {path.name: read(path) for path in written}

    return make


def read(path):
    if path.suffix == ".zip":
        with zipfile.ZipFile(path) as packed:
            return {name: packed.read(name).decode() for name in packed.namelist()}
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_canvas_gets_its_own_people_and_assignments(upload):
    possible, ada, george = upload(CANVAS_EXPORT)["canvas_grades.csv"]
    assert list(ada)[:5] == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section"]
    assert possible["Student"].strip() == "Points Possible" and possible["5 · Words"] == "3"
    assert (ada["Student"], ada["ID"]) == ("Lovelace, Ada", "1201")
    assert ada["4 · Means (901)"] == "7.14"  # 5 of 7, of the 10 that its assignment has
    assert ada["5 · Words"] == "EX" and george["4 · Means (901)"] == "0.00"


def test_moodles_worksheet_comes_back_filled_in(upload):
    found = upload(WORKSHEET)
    ada, george = found["moodle_worksheet.csv"]
    assert list(ada) == WORKSHEET.splitlines()[0].split(",")
    assert (ada["Identifier"], ada["Grade"]) == ("Participant 3301", "71.43")  # of 100
    assert "4 · Means: 5 of 7 points." in ada["Feedback comments"]
    assert george["Grade"] == "0.00" and george["Status"] == "No submission"


def test_moodles_gradebook_finds_people_by_address(upload):
    ada, _ = upload(WORKSHEET)["moodle_grades.csv"]
    assert ada["Email address"] == "ada@example.org" and ada["4 · Means"] == "5.00"
    assert "=well;' -1" in ada["4 · Means (feedback)"]


@pytest.mark.parametrize("roster", [WORKSHEET, None])
def test_moodle_finds_whose_feedback_each_file_is(upload, roster):
    packed = upload(roster, MOODLE_SOURCE)["moodle_feedback.zip"]
    name = "Ada Lovelace_3301_assignfeedback_file_index.html"
    assert packed[name] == "Ada Lovelace"
    for one in packed:  # as Moodle reads it: name, number, kind, plugin, and the file's name
        assert re.fullmatch(r"[^_/]+_\d+_assignfeedback_file_.+", one)


def test_without_a_roster_and_numbers_there_is_nothing_to_hand_back(upload):
    assert upload(None) == {}


def test_no_cell_of_an_upload_would_run(upload):
    for rows in upload(WORKSHEET).values():
        if isinstance(rows, list):
            cells = [cell for row in rows for cell in row.values()]
            assert not [cell for cell in cells if re.search(r"(^|[;\t\n])\s*[=+@-]", cell)]
