"""Where the best attempt is to count, every attempt is graded; else the last."""

import json
from pathlib import Path

from dcgan_classroom.submissions import find_submissions


def hand_in(folder: Path, attempt: int, text: str) -> None:
    cells = [{"cell_type": "markdown", "metadata": {}, "source": text}]
    path = folder / "ada" / f"attempt {attempt}" / "04_means.ipynb"
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps({"cells": cells, "metadata": {}, "nbformat": 4}))


def attempts(folder: Path, **options: bool) -> list[int]:
    found = find_submissions(folder, ["04_means"], **options)
    return [one.attempt for one in found.submissions]


def test_the_last_attempt_alone_is_taken_unless_all_are_asked_for(tmp_path):
    for number in (1, 2, 3):
        hand_in(tmp_path, number, f"text {number}")
    assert attempts(tmp_path) == [3]
    assert attempts(tmp_path, every_attempt=True) == [1, 2, 3]


def test_an_attempt_that_is_handed_in_again_is_graded_once(tmp_path):
    for number, text in ((1, "same"), (2, "other"), (3, "same")):
        hand_in(tmp_path, number, text)
    found = find_submissions(tmp_path, ["04_means"], every_attempt=True)
    assert [one.attempt for one in found.submissions] == [2, 3]
    assert any("It is the same file as" in one.problem for one in found.problems)


def test_no_more_than_ten_attempts_of_a_student_are_graded(tmp_path):
    for number in range(1, 15):
        hand_in(tmp_path, number, f"text {number}")
    assert attempts(tmp_path, every_attempt=True) == list(range(5, 15))
