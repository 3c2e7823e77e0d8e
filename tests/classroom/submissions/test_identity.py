"""Whose a file is, when it came, and what one student can't do to the others by handing in."""

import io
import os
import subprocess
import time
import zipfile
from datetime import datetime

import pytest

from dcgan_classroom.submissions import files as reading
from dcgan_classroom.submissions.entries import DiskEntry
from tests.support.submitted import found_in, notebook, packed, write

MINE, FORGED = notebook(note="mine"), notebook(note="forged")
MOODLES = "Bob Ross_77_assignsubmission_file_"
CANVASES = "rossbob_1234_5678_04_generator"
IN_THE_NAME_OF_BOB = (
    "Bob Ross/04_generator.ipynb",
    "Bob Ross_04_generator.ipynb",
    "Bob Ross - 04_generator.ipynb",
    f"{MOODLES}/04_generator.ipynb",
    f"{MOODLES}04_generator (9).ipynb",
    f"{CANVASES}.ipynb",
    "04_generator/Bob Ross.ipynb",
    "attempt 9/Bob Ross/04_generator.ipynb",
)
TOPS = {  # where Bob's work lies, where Eve's does, and what Bob is called there
    "plain folders": ("Bob Ross/04_generator.ipynb", "eve/{}", "Bob Ross"),
    "Moodle's folders": (f"{MOODLES}/04.ipynb", "Eve_8_assignsubmission_file_/{}", "Bob Ross"),
    "Canvas's files": (f"{CANVASES}.ipynb", "eve_9999_8888_{}", "rossbob"),
}


def submitted(found):
    return {(one.student, one.chapter): b"mine" in one.data for one in found.submissions}


@pytest.mark.parametrize("name", IN_THE_NAME_OF_BOB)
@pytest.mark.parametrize("zipped", [False, True, "twice"])
@pytest.mark.parametrize("top", TOPS)
@pytest.mark.parametrize("exported", [False, True])
def test_nobody_hands_in_for_somebody_else(top, name, zipped, exported, tmp_path):
    bobs, eves, bob = TOPS[top]
    if zipped or "Canvas" in top:  # Canvas's exports hold files, no folders
        inner = packed({name: FORGED})
        eves, data = (
            eves.format("work.zip"),
            packed({"x.zip": inner}) if zipped == "twice" else inner,
        )
    else:
        eves, data = eves.format(name), FORGED
    files = {bobs: MINE, eves: data}
    if exported:
        (tmp_path / "class.zip").write_bytes(packed(files))
        found = found_in(tmp_path / "class.zip")
    else:
        found = found_in(tmp_path / "in", files)
    assert submitted(found)[bob, "04_generator"]
    assert sum(student == bob for student, _ in submitted(found)) == 1
    assert any(student.casefold() == "eve" for student in found.students)


def test_a_class_that_was_packed_by_hand_is_not_one_student(tmp_path):
    files = {"class/ada/04.ipynb": MINE, "class/bob/04.ipynb": MINE}
    (tmp_path / "in.zip").write_bytes(packed(files))
    assert found_in(tmp_path / "in.zip").students == ("ada", "bob")
    alone = {f"ada/attempt {n}/04.ipynb": notebook(note=str(n)) for n in (1, 2)}
    (tmp_path / "one.zip").write_bytes(packed(alone))
    assert found_in(tmp_path / "one.zip").students == ("ada",)


def test_an_export_among_students_folders_is_one_students_and_is_named(tmp_path):
    inner = packed({f"{MOODLES}/04.ipynb": FORGED, "Al_7_assignsubmission_file_/04.ipynb": FORGED})
    found = found_in(tmp_path, {"Bob Ross/04_generator.ipynb": MINE, "eve.zip": inner})
    assert submitted(found) == {("Bob Ross", "04_generator"): True, ("eve", "04_generator"): False}
    (problem,) = [one for one in found.problems if "like a platform's export" in one.problem]
    assert problem.source == "eve.zip" and "--exports" in problem.problem


@pytest.mark.parametrize(
    ("one", "other", "names"),
    [
        (
            "Ada L_11_assignsubmission_file_/04.ipynb",
            "Ada L_22_assignsubmission_file_/04.ipynb",
            ["Ada L (11)", "Ada L (22)"],
        ),
        (
            "lada_111_555_04.ipynb",
            "lada_222_666_04.ipynb",
            ["lada (111)", "lada (222)"],
        ),
        ("lada_111_555_04.ipynb", "lada_222_666_05.ipynb", ["lada (111)", "lada (222)"]),
    ],
)
def test_students_of_one_name_have_a_mark_each(one, other, names, tmp_path):
    found = found_in(
        tmp_path, {one: notebook(), other: notebook("up-block" if "04" in other else "down-block")}
    )
    assert [each.student for each in found.submissions] == names == list(found.students)
    assert sum("different numbers" in each.problem for each in found.problems) == 2
    assert found.namesakes == (names[0].partition(" (")[0],)


def test_moodles_numbers_for_two_chapters_are_one_students(tmp_path):
    files = {
        "Ada L_11_assignsubmission_file_/04.ipynb": notebook(),
        "Ada L_22_assignsubmission_file_/05.ipynb": notebook("down-block"),
    }
    found = found_in(tmp_path, files)
    assert found.students == ("Ada L",) and len(found.submissions) == 2
    assert all("taken as one student's" in one.problem for one in found.problems)


def test_two_attempts_in_canvas_have_one_number(tmp_path):
    files = {"lada_111_555_04.ipynb": notebook(), "lada_111_556_04-1.ipynb": MINE}
    assert submitted(found_in(tmp_path, files)) == {("lada", "04_generator"): True}


def test_names_are_compared_as_they_are_read(tmp_path):
    composed, decomposed = "Zo\u00eb", "Zoe\u0308"
    files = {f"{composed}/04.ipynb": MINE, f"{decomposed}/05.ipynb": notebook("down-block")}
    assert found_in(tmp_path / "in", files).students == (composed,)
    for name in (b"caf\xe9", b"caf\xe8", b"caf\xe9\x07"):
        write(tmp_path / "odd", {f"{os.fsdecode(name)}/04.ipynb": MINE})
    found = found_in(tmp_path / "odd")
    assert found.students == (r"caf\xe8", r"caf\xe9", r"caf\xe9\x07")


@pytest.fixture
def small_budgets(monkeypatch):
    monkeypatch.setattr(reading, "MOST_FILES", 100)
    monkeypatch.setattr(reading, "MOST_OF_ALL", 10**6)


@pytest.mark.parametrize("zipped", [False, True])
def test_what_one_student_hands_in_too_much_costs_nobody_else(zipped, small_budgets, tmp_path):
    many = {f"{n}.txt": b"" for n in range(300)}
    large = {f"0{n}/04_generator ({n}).ipynb": bytes(600_000) for n in range(9)}
    files = {"ada": many, "bob": large}
    given = (
        {f"{who}.zip": packed(each) for who, each in files.items()}
        if zipped
        else {f"{who}/{path}": data for who, each in files.items() for path, data in each.items()}
    )
    found = found_in(tmp_path / "in", given | {"cy/04.ipynb": MINE})
    assert submitted(found) == {("cy", "04_generator"): True}
    assert dict(found.incomplete) == {"ada": "more than 100 files", "bob": "more than 0 MB"}
    assert len(found.problems) < 50  # not a line for each file


@pytest.mark.long
def test_an_export_holds_a_hundred_thousand_files_of_one_student(tmp_path):
    files = {f"ada/{n}.txt": b"" for n in range(100_000)} | {"bob/04.ipynb": MINE}
    (tmp_path / "class.zip").write_bytes(packed(files))
    start = time.monotonic()
    found = found_in(tmp_path / "class.zip")
    assert submitted(found) == {("bob", "04_generator"): True}
    assert [who for who, _ in found.incomplete] == ["ada"]
    assert len(found.problems) < 50 and time.monotonic() - start < 60


@pytest.fixture
def deep():
    """Make a thousand and more folders in each other; they are removed at the end."""
    made = []

    def make(folder, levels):
        made.append(folder)
        _deep(folder, levels)

    yield make
    for folder in made:
        subprocess.run(["rm", "-rf", folder], check=True)


def _deep(folder, levels):
    here = os.open(folder, os.O_RDONLY)
    for _ in range(levels):
        os.mkdir("x", dir_fd=here)
        below = os.open("x", os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = below
    os.close(here)


def test_a_student_with_1200_folders_stops_nobody(tmp_path, deep):
    write(tmp_path, {"ada/04.ipynb": MINE, "eve/04.ipynb": MINE})
    deep(tmp_path / "eve", 1200)
    assert set(submitted(found_in(tmp_path))) == {("ada", "04_generator"), ("eve", "04_generator")}
    nested = {"/".join(["x"] * 5000) + "/04.ipynb": MINE}
    (tmp_path / "zed.zip").write_bytes(packed(nested))
    found = found_in(tmp_path)
    assert found.students == ("ada", "eve", "zed") and len(found.submissions) == 2


def test_any_exception_is_the_row_of_the_student_whose_files_raise_it(tmp_path, monkeypatch):
    children = DiskEntry.children

    def raising(entry):
        if entry.name == "bob":
            raise ZeroDivisionError("what nobody thought of")
        return children(entry)

    monkeypatch.setattr(DiskEntry, "children", raising)
    found = found_in(tmp_path, {f"{who}/04.ipynb": MINE for who in ("ada", "bob", "cy")})
    assert found.missing() == [("bob", "04_generator")]
    assert any(
        "ZeroDivisionError" in one.problem and one.student == "bob" for one in found.problems
    )


@pytest.mark.parametrize("numbers", [("03", "04", "05"), ("04",), ("04", "17")])
def test_students_called_by_numbers_are_not_chapters(numbers, tmp_path):
    files = {f"{number}/04_generator.ipynb": MINE for number in numbers}
    assert found_in(tmp_path, files).students == numbers


def test_folders_of_chapters_by_number_hold_students(tmp_path):
    files = {"04/ada.ipynb": MINE, "05/ada/work.ipynb": notebook("down-block")}
    assert set(submitted(found_in(tmp_path, files))) == {
        ("ada", "04_generator"),
        ("ada", "05_discriminator"),
    }


def zipped_at(year, name="04.ipynb", data=MINE):
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as archive:
        archive.writestr(zipfile.ZipInfo(name, (year, 1, 1, 0, 0, 0)), data)
    return whole.getvalue()


def test_the_time_is_the_platforms_or_the_containers(tmp_path):
    write(tmp_path, {"ada.zip": zipped_at(2001, "2001-01-01/04.ipynb"), "bob/04.ipynb": MINE})
    os.utime(tmp_path / "ada.zip", (1.6e9, 1.6e9))
    os.utime(tmp_path / "bob" / "04.ipynb", (1.5e9, 1.5e9))
    times = {one.student: one.submitted for one in found_in(tmp_path).submissions}
    assert datetime.fromisoformat(times["ada"]).timestamp() == 1.6e9
    assert datetime.fromisoformat(times["bob"]).timestamp() == 1.5e9
    export = tmp_path / "export.zip"
    export.write_bytes(zipped_at(2020, "ada/work.zip", zipped_at(2001)))
    (one,) = found_in(export).submissions
    assert one.submitted.startswith("2020-01-01")


def test_canvas_says_who_is_late(tmp_path):
    files = {"ada_LATE_111_222_04.ipynb": MINE, "bob_333_444_04.ipynb": MINE}
    late = {one.student: one.late for one in found_in(tmp_path, files).submissions}
    assert late == {"ada": True, "bob": False}


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-8-sig", "utf-32"])
def test_notebooks_in_other_encodings_are_read(encoding, tmp_path):
    found = found_in(tmp_path, {"ada/04.ipynb": MINE.decode().encode(encoding)})
    assert submitted(found) == {("ada", "04_generator"): True}


@pytest.mark.parametrize(
    "name",
    [
        "04_generator.ipynb.txt",
        "04_generator.ipynb.json",
        "04_generator.ipynb (1)",
        "04_generator.IPYNB",
        "Copy of 04_generator.ipynb",
        "Kopie von 04_generator.ipynb (2)",
        "a.zip",
    ],
)
def test_notebooks_under_other_names_are_read(name, tmp_path):
    data = packed({"b.zip": packed({"04.ipynb": MINE})}) if name == "a.zip" else MINE
    assert submitted(found_in(tmp_path, {f"ada/{name}": data})) == {("ada", "04_generator"): True}


def test_what_is_not_read_is_named_with_the_reason(tmp_path):
    deepest = packed({"04.ipynb": MINE})
    for _ in range(4):
        deepest = packed({"more.zip": deepest})
    found = found_in(tmp_path, {"ada/04_generator.py": b"x = 1", "bob/04.zip": deepest})
    told = {one.student: one.problem for one in found.problems}
    assert "Download .ipynb" in told["ada"] and "too many archives" in told["bob"]


def test_a_notebook_of_brackets_costs_no_memory(tmp_path):
    found = found_in(tmp_path, {"ada/04.ipynb": b'{"cells": [' + b"{}," * 10**7 + b"{}]}"})
    assert "more than 2,000,000 parts" in found.problems[0].problem
