"""What a class is graded with is read as it was meant, or refused with the way out."""

from datetime import datetime

import pytest

from dcgan_classroom.grading.arguments import deadline_moment
from dcgan_classroom.grading.jobs import result_stem
from dcgan_classroom.submissions import Submission
from dcgan_lib.shared import CourseError


@pytest.mark.parametrize(
    ("deadline", "same"),
    [
        ("2026-11-30T23:59+01:00", "2026-11-30T22:59+00:00"),
        ("2026-11-30T23:59 Europe/Berlin", "2026-11-30T22:59+00:00"),
        ("2026-07-30 23:59 Europe/Berlin", "2026-07-30T21:59+00:00"),
        ("2026-11-30T23:59 UTC", "2026-11-30T23:59+00:00"),
    ],
)
def test_a_deadline_has_a_time_zone(deadline, same):
    assert deadline_moment(deadline) == datetime.fromisoformat(same)


@pytest.mark.parametrize("deadline", ["tomorrow", "2026-11-30T23:59 Mars/Phobos", "2026-13-01"])
def test_no_time_and_no_zone_are_refused(deadline):
    with pytest.raises(CourseError, match=r"deadline can't be read.*Europe/Berlin.*Received"):
        deadline_moment(deadline)


@pytest.mark.parametrize("student", ["𒀀" * 60, "é" * 300, "..", "a/b\\c", ""])
def test_a_results_name_fits_any_file_system(student):
    name = result_stem(Submission(student, "04_generator", 1, "", "", b""), "f" * 64)
    assert len(f"{name}.json.part".encode()) < 255 and name.endswith(
        "--04_generator--1--ffffffffffff"
    )
    assert not set(name) & set('/\\:*?"<>|')
