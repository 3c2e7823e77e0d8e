"""A submission finds its person by number, address or name, and nobody is guessed."""

import unicodedata
from pathlib import Path

import pytest

from dcgan_classroom.roster import Handed, match_people, read_roster
from tests.classroom.roster.test_people import CANVAS_EXPORT, WORKSHEET

BY_HAND = (
    "name,email,number\nAda Lovelace,ada@example.org,7\nZoë Müller,zm@example.org,8\n"
    "Zoë Müller,other@example.org,9\n李 小龙,li@example.org,10\n"
)


def matched(tmp_path: Path, text: str, name: str, number: str = "") -> str:
    path = tmp_path / "roster.csv"
    path.write_text(text, "utf-8")
    found, _ = match_people(read_roster(path), [Handed(name, number)])
    return found[name].name if name in found else ""


@pytest.mark.parametrize(
    "name",
    ["Ada Lovelace", "ada lovelace", "Lovelace, Ada", "ada", "ada@example.org", "lovelaceada", "7"],
)
def test_a_folder_may_have_any_of_somebodys_names(tmp_path, name):
    assert matched(tmp_path, BY_HAND, name) == "Ada Lovelace"


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_letters_of_any_script_and_form_are_the_same(tmp_path, form):
    text = BY_HAND.replace("Zoë Müller,other@example.org,9\n", "")
    assert matched(tmp_path, text, unicodedata.normalize(form, "zoë_müller")) == "Zoë Müller"
    assert matched(tmp_path, text, "李小龙") == "李 小龙"


def test_the_number_of_the_same_platform_decides(tmp_path):
    assert matched(tmp_path, WORKSHEET, "George Boole", "3301") == "Ada Lovelace"
    assert matched(tmp_path, CANVAS_EXPORT, "x", "1202") == "George Boole"
    assert matched(tmp_path, CANVAS_EXPORT, "x (1201)") == "Ada Lovelace"
    assert matched(tmp_path, CANVAS_EXPORT, "Ada Lovelace", "9999") == ""  # another one's number


def test_another_platforms_number_says_nothing(tmp_path):
    assert matched(tmp_path, BY_HAND, "Ada Lovelace", "8") == "Ada Lovelace"


def test_who_could_be_two_people_is_nobody_and_is_said(tmp_path):
    path = tmp_path / "roster.csv"
    path.write_text(BY_HAND, "utf-8")
    handed = [Handed("Zoë Müller"), Handed("Mallory")]
    found, why = match_people(read_roster(path), handed)
    assert found == {}
    assert why["Zoë Müller"] == "It could be Zoë Müller (8) and Zoë Müller (9): " + (
        "the roster has both under this name."
    )
    assert "nobody of this name" in why["Mallory"]
    assert matched(tmp_path, BY_HAND, "Zoë Müller (9)") == "Zoë Müller (9)"


def test_names_that_differ_in_case_only_may_be_two_people(tmp_path):
    path = tmp_path / "roster.csv"
    path.write_text(BY_HAND, "utf-8")
    handed = [Handed(name) for name in ("ada lovelace", "Ada Lovelace", "ada@example.org")]
    found, why = match_people(read_roster(path), handed)
    assert sorted(found) == ["Ada Lovelace", "ada@example.org"]
    assert "has work under another such name" in why["ada lovelace"]
