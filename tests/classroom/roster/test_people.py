"""The class list is read as Canvas, Moodle and people write it."""

from pathlib import Path

import pytest

from dcgan_classroom.roster import CANVAS, MOODLE_WORKSHEET, read_roster
from dcgan_lib.shared import CourseError

CANVAS_EXPORT = (
    "Student,ID,SIS User ID,SIS Login ID,Section,4 · Means (901),Final Score\n"
    "    Points Possible,,,,,10.0,(read only)\n"
    '"Lovelace, Ada",1201,s1,ada@example.org,Monday,,0\n'
    '"Boole, George",1202,s2,george@example.org,Friday,,0\n'
)
WORKSHEET = (
    "Identifier,Full name,Email address,Status,Grade,Maximum Grade,Feedback comments\n"
    "Participant 3301,Ada Lovelace,ada@example.org,Submitted for grading,,100.00,\n"
    "Participant 3302,George Boole,george@example.org,No submission,,100.00,\n"
)


def write(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_text(text, encoding)
    return path


def test_canvas_names_are_turned_round_and_its_points_are_kept(tmp_path):
    roster = read_roster(write(tmp_path / "r.csv", CANVAS_EXPORT))
    assert roster.kind == CANVAS and roster.possible["4 · Means (901)"] == 10
    first, second = roster.people
    assert (first.name, first.number, first.group) == ("Ada Lovelace", "1201", "Monday")
    assert (second.name, second.login) == ("George Boole", "george@example.org")


def test_moodles_worksheet_gives_its_numbers(tmp_path):
    roster = read_roster(write(tmp_path / "r.csv", WORKSHEET))
    assert roster.kind == MOODLE_WORKSHEET
    assert [one.number for one in roster.people] == ["3301", "3302"]
    assert roster.people[0].row["Maximum Grade"] == "100.00"


def test_moodles_participants_and_a_list_by_hand(tmp_path):
    text = "First name,Last name,Email address,Groups\nAda,Lovelace,ada@example.org,Monday\n"
    (person,) = read_roster(write(tmp_path / "r.csv", text)).people
    assert (person.name, person.email, person.group) == (
        "Ada Lovelace",
        "ada@example.org",
        "Monday",
    )
    (person,) = read_roster(write(tmp_path / "r.csv", "name;email\nZoë;zoe@example.org\n")).people
    assert (person.name, person.email) == ("Zoë", "zoe@example.org")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1252", "utf-16"])
def test_a_list_that_a_spreadsheet_saved_keeps_its_letters(tmp_path, encoding):
    path = write(tmp_path / "r.csv", "name,email\r\nZoë Müller,z@example.org\r\n", encoding)
    assert read_roster(path).people[0].name == "Zoë Müller"


def test_two_people_of_one_name_are_told_apart(tmp_path):
    text = "name,email\nAda,a1@example.org\nAda,a2@example.org\n"
    names = [one.name for one in read_roster(write(tmp_path / "r.csv", text)).people]
    assert names == ["Ada (a1@example.org)", "Ada (a2@example.org)"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("email\na@example.org\n", "has no names.*Received: .*email"),
        ("name,email\n", "is empty"),
        ("name\nAda\nAda\n", "can't be told apart.*Ada"),
    ],
)
def test_a_list_that_is_no_roster_is_refused(tmp_path, text, message):
    with pytest.raises(CourseError, match=f"(?s){message}"):
        read_roster(write(tmp_path / "r.csv", text))


def test_no_list_is_refused(tmp_path):
    with pytest.raises(CourseError, match=r"roster can't be read.*no such file"):
        read_roster(tmp_path / "nowhere.csv")
