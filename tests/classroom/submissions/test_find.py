"""What students hand in is found, whatever the platform; nothing is lost, nothing climbs out."""

import io
import os
import zipfile

import pytest

from dcgan_classroom.submissions import files as incoming
from dcgan_classroom.submissions.find import find_submissions
from dcgan_classroom.submissions.names import compile_pattern
from dcgan_lib.shared.errors import CourseError
from tests.support.submitted import CHAPTERS, found_in, notebook, packed


@pytest.fixture
def handed_in(tmp_path):
    """Write files, and say what is found: (student, chapter, attempt) and problems by source."""

    def find(files, pattern=None, name="in", exports=False):
        found = found_in(tmp_path / name, files, pattern=pattern, exports=exports)
        problems = {one.source: one.problem for one in found.problems}
        return [(one.student, one.chapter, one.attempt) for one in found.submissions], problems

    return find


@pytest.mark.parametrize(
    ("path", "student"),
    [
        ("ada/04_generator.ipynb", "ada"),
        ("ada/week 4/my generator.ipynb", "ada"),
        ("ada/04.ipynb", "ada"),
        ("ada/Copy of 04_generator.ipynb", "ada"),
        ("ada_04_generator.ipynb", "ada"),
        ("Ada Lovelace_123456_assignsubmission_file_/04_generator.ipynb", "Ada Lovelace"),
        ("Ada Lovelace_123456_assignsubmission_file_04_generator.ipynb", "Ada Lovelace"),
        ("lovelaceada_LATE_12345_67890_04_generator-1.ipynb", "lovelaceada"),
        ("lovelaceada_12345_67890_04_generator.ipynb", "lovelaceada"),
        ("Hand-in 3/Ada Lovelace - 04_generator.ipynb", "Ada Lovelace"),
        ("04_generator/ada/solution.ipynb", "ada"),
        ("04_generator/ada.ipynb", "ada"),
    ],
)
def test_every_platforms_names_are_understood(path, student, handed_in):
    found, _ = handed_in({path: notebook()})
    assert found == [(student, "04_generator", 1)]


def test_a_pattern_says_how_names_are_made(handed_in):
    files = {"group 3/ada-04-2.ipynb": notebook(), "group 3/odd.ipynb": notebook()}
    found, problems = handed_in(files, "group {any}/{student}-{chapter}-{attempt}")
    assert found == [("ada", "04_generator", 1)]
    assert "whose it is" in problems["group 3/odd.ipynb"]


@pytest.mark.parametrize("pattern", ["{chapter}", "{student}_{student}", "{student}_{day}"])
def test_a_pattern_that_cant_be_used_is_refused(pattern):
    with pytest.raises(CourseError, match=r"pattern can't be used.*Received: '.*Leave --pattern"):
        compile_pattern(pattern)


def test_of_several_attempts_the_last_counts_and_the_others_are_named(handed_in):
    files = {
        "ada/04_generator.ipynb": notebook(note="1"),
        "ada/04_generator (1).ipynb": notebook(note="2"),
        "ada/04_generator (2).ipynb": notebook(note="3"),
        "bob/2026-11-02T09-00/04_generator.ipynb": notebook(note="1"),
        "bob/2026-11-01T22-15/04_generator.ipynb": notebook(note="2"),
    }
    found, problems = handed_in(files)
    assert found == [("ada", "04_generator", 3), ("bob", "04_generator", 2)]
    assert set(problems) == {
        "ada/04_generator.ipynb",
        "ada/04_generator (1).ipynb",
        "bob/2026-11-01T22-15/04_generator.ipynb",
    }
    assert "attempt 2 of 3" in problems["ada/04_generator (1).ipynb"]


def test_two_files_for_one_attempt_are_named(handed_in):
    files = {"ada/04.ipynb": notebook(note="1"), "ada/b/04.ipynb": notebook(note="2")}
    found, problems = handed_in(files)
    assert found == [("ada", "04_generator", 2)]
    assert any("two files for one attempt" in text for text in problems.values())
    same = {"eve/04.ipynb": notebook(), "eve/b/04.ipynb": notebook()}
    assert any("same file" in text for text in handed_in(same, name="same")[1].values())


def test_a_chapter_is_known_by_its_cells_where_the_name_tells_nothing(handed_in):
    found, problems = handed_in(
        {
            "ada/homework.ipynb": notebook("down-block"),
            "bob/homework.ipynb": notebook("something else"),
            "cy/04_generator.ipynb": notebook("down-block"),
        }
    )
    assert found == [("ada", "05_discriminator", 1)]
    assert "isn't a chapter" in problems["bob/homework.ipynb"]
    assert "its cells are those of 05" in problems["cy/04_generator.ipynb"]


def test_what_is_no_notebook_is_named_and_its_student_is_missing(handed_in, tmp_path):
    files = {
        "ada/04_generator.ipynb": notebook(),
        "bob/04_generator.ipynb": b"{",
        "cy/04_generator.ipynb": b" \n",
        "dan/04_generator.pdf": b"%PDF",
        "eve/04_generator.ipynb": b"[" * 100_000,
        "fay/04_generator.ipynb": b'{"cells": 3}',
        "gus/.ipynb_checkpoints/04_generator-checkpoint.ipynb": notebook(),
        "ada/.DS_Store": b"",
    }
    found, problems = handed_in(files)
    assert found == [("ada", "04_generator", 1)]
    assert len(problems) == 6
    missing = find_submissions(tmp_path / "in", CHAPTERS).missing()
    assert missing == [(who, "04_generator") for who in ("bob", "cy", "dan", "eve", "fay", "gus")]


def test_links_pipes_and_large_files_are_not_opened(handed_in, tmp_path, monkeypatch):
    monkeypatch.setattr(incoming, "MOST_BYTES", 1000)
    folder = tmp_path / "in" / "ada"
    folder.mkdir(parents=True)
    (tmp_path / "secret.ipynb").write_bytes(notebook())
    (folder / "04_generator.ipynb").symlink_to(tmp_path / "secret.ipynb")
    (folder / "b").symlink_to(tmp_path)
    os.mkfifo(folder / "05.ipynb")
    found, problems = handed_in({"ada/03.ipynb": notebook(note="x" * 2000)})
    assert not found
    assert {source: text.split(";")[0].split(",")[0] for source, text in problems.items()} == {
        "ada/04_generator.ipynb": "It is a link",
        "ada/b": "It is a link",
        "ada/05.ipynb": "It isn't a plain file.",
        "ada/03.ipynb": "It is larger than 0 MB",
    }


def test_an_archive_whose_names_climb_out_gives_only_what_stays_inside(tmp_path):
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as archive:
        for name in ("../eve/04.ipynb", "/eve/04.ipynb", "C:/eve/04.ipynb", "ada/04.ipynb"):
            archive.writestr(name, notebook())
        link = zipfile.ZipInfo("bob/04.ipynb")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    path = tmp_path / "class.zip"
    path.write_bytes(whole.getvalue())
    found = find_submissions(path, CHAPTERS)
    assert [one.student for one in found.submissions] == ["ada"]
    assert sum("leads out" in one.problem for one in found.problems) == 3
    assert sum("is a link" in one.problem for one in found.problems) == 1
    assert sorted(tmp_path.iterdir()) == [path]


def test_a_zip_bomb_is_left_at_its_bound(tmp_path, monkeypatch):
    monkeypatch.setattr(incoming, "MOST_BYTES", 10**6)
    inner = packed({"04.ipynb": bytes(3 * 10**7)})
    path = tmp_path / "class.zip"
    path.write_bytes(
        packed({"ada/04.ipynb": bytes(10**8), "bob/work.zip": inner, "cy/05.zip": b"x"})
    )
    found = find_submissions(path, CHAPTERS)
    assert not found.submissions
    texts = [one.problem for one in found.problems]
    assert sum("larger" in text for text in texts) == 2
    assert sum("isn't a whole archive" in text for text in texts) == 1


def test_students_archives_lie_beside_folders(handed_in):
    found, problems = handed_in(
        {
            "dan.zip": packed({"04.ipynb": notebook()}),
            "eve/work.zip": packed({"src/04.ipynb": notebook()}),
            "fay.zip": packed({"src/04.ipynb": notebook(), "old/05.ipynb": notebook("down-block")}),
            "gus/04.ipynb": notebook(),
        }
    )
    assert [student for student, *_ in found] == ["dan", "eve", "fay", "gus", "fay"]
    assert not problems


def test_several_exports_are_read_where_the_instructor_says_so(handed_in):
    found, problems = handed_in(
        {
            "moodle.zip": packed({"Ada L_12_assignsubmission_file_/04.ipynb": notebook()}),
            "drive.zip": packed({"bob/04.ipynb": notebook(), "cy/04.ipynb": notebook()}),
            "Hand-in 3/Dan - 04_generator.ipynb": notebook(),
            "notes.txt": b"x",
        },
        exports=True,
    )
    assert [student for student, *_ in found] == ["Ada L", "bob", "cy", "Dan"]
    assert "isn't an export" in problems["notes.txt"]


def test_no_folder_is_an_error_of_the_instructors(tmp_path):
    with pytest.raises(CourseError, match="There are no submissions"):
        find_submissions(tmp_path / "nowhere", CHAPTERS)
