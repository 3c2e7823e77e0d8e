"""A policy makes grades of marks: late work, extensions, attempts and weights."""

from dataclasses import replace

import pytest

from dcgan_classroom.gradebook import (
    Policy,
    counted_by,
    policy_text,
    read_class,
    read_policy,
    student_table,
    weighted,
)
from dcgan_lib.shared import CourseError
from tests.support.graded_class import CHAPTERS, handed_in, write_class

DEADLINE = "2026-11-20T18:00:00+00:00"
LATE = "2026-11-22T17:00:00+00:00"  # in its second day
WHOLE = """
attempt = "best"
comments = ["Give the units."]
[late]
per_day = 10
grace_minutes = 15
at_most = 30
[extensions]
"Ada" = 2026-11-25T18:00:00+00:00
[extensions."George"]
04_means = 2026-11-22T18:00:00+00:00
[weights]
04_means = 2
"04_means/mean-check" = 0.5
[rubric."04_means/mean-words"]
"an example" = 1
"""


@pytest.fixture
def policy(tmp_path):
    def read(text):
        (tmp_path / "policy.toml").write_text(text, "utf-8")
        return read_policy(tmp_path / "policy.toml")

    return read


def graded(tmp_path, *results):
    return read_class(write_class(tmp_path / "out", *results, deadline=DEADLINE))


def late(student="Ada", submitted=LATE, **values):
    return handed_in(student, submitted=submitted, late=True, **values)


def score(book, student="Ada"):
    return book.score_of(student, book.chapters[0])


def test_without_a_policy_lateness_costs_nothing(tmp_path):
    assert score(counted_by(graded(tmp_path, late()), Policy())) == 5


@pytest.mark.parametrize(
    ("submitted", "points"),
    [
        ("2026-11-20T17:59:00+00:00", 5),
        ("2026-11-20T18:14:00+00:00", 5),  # within the grace
        ("2026-11-20T18:16:00+00:00", 4.3),
        ("2026-11-21T18:14:00+00:00", 4.3),
        (LATE, 3.6),
        ("2026-12-24T18:00:00+00:00", 2.9),  # no more than 30%
        ("2026-11-20T20:10:00+02:00", 5),  # another zone's time
    ],
)
def test_each_day_begun_costs_its_percent_of_the_points(tmp_path, policy, submitted, points):
    rules = policy("[late]\nper_day = 10\ngrace_minutes = 15\nat_most = 30\n")
    is_late = submitted > "2026-11-20T18:00" and "+02" not in submitted
    book = graded(tmp_path, handed_in("Ada", submitted=submitted, late=is_late))
    assert score(counted_by(book, rules)) == pytest.approx(points)


def test_lateness_takes_no_more_than_there_is(tmp_path):
    book = counted_by(graded(tmp_path, late(scores=(0.5, 0, None))), Policy(per_day=100))
    assert score(book) == 0 and student_table(book)["deducted"][0] == 0.5


def test_what_only_the_platform_calls_late_costs_one_day(tmp_path):
    book = counted_by(graded(tmp_path, late(submitted="")), Policy(per_day=10))
    assert score(book) == pytest.approx(4.3)


def test_an_extension_is_a_students_own_deadline(tmp_path, policy):
    rules = policy(WHOLE.replace("best", "last"))
    late_still = late("George", "2026-11-22T19:00:00+00:00")
    book = counted_by(graded(tmp_path, late(), late_still, late("Bob")), rules)
    assert score(book) == 5 and not book.counted["Ada", CHAPTERS[0]].late
    assert score(book, "George") == pytest.approx(4.3)
    assert score(book, "Bob") == pytest.approx(3.6)


def test_an_extension_for_nobody_is_refused(tmp_path, policy):
    with pytest.raises(CourseError, match=r"extension can't be given.*Received: George"):
        counted_by(graded(tmp_path, late()), policy(WHOLE))


def test_the_best_attempt_counts_where_the_policy_says_so(tmp_path, policy):
    first = handed_in("Ada", (1, 4, None))
    results = (first, late(attempt=2, scores=(1, 4, None)), late(attempt=3, scores=(1, 0, None)))
    book = graded(tmp_path, *results)
    assert counted_by(book, Policy()).counted["Ada", CHAPTERS[0]].attempt == 3
    best = Policy(attempt="best")
    assert counted_by(book, best).counted["Ada", CHAPTERS[0]].attempt == 2  # the later of equals
    best = Policy(attempt="best", per_day=10)
    assert counted_by(book, best).counted["Ada", CHAPTERS[0]].attempt == 1  # it was in time


def test_the_best_attempt_is_not_told_from_a_grading_of_the_last_ones(tmp_path):
    book = replace(graded(tmp_path, late()), every_attempt=False)
    with pytest.raises(CourseError, match=r"best attempt isn't known.*--every-attempt --resume"):
        counted_by(book, Policy(attempt="best"))


def test_a_deadline_may_name_its_time_zone(tmp_path):
    book = replace(graded(tmp_path, late()), deadline="2026-11-22T17:59 Europe/Berlin")
    assert score(counted_by(book, Policy(per_day=10))) == pytest.approx(4.3)


def test_weights_multiply_chapters_and_exercises(tmp_path, policy):
    book = graded(
        tmp_path, handed_in("Ada", (1, 2, None)), handed_in("Ada", (3,), chapter="05_words")
    )
    heavy = weighted(book, policy(WHOLE).weights)
    assert heavy.points == 2 * (0.5 + 4 + 2) + 3
    assert heavy.score_of("Ada") == 2 * (0.5 + 2) + 3
    with pytest.raises(CourseError, match=r"\[weights\] can't be used.*Received: 09_none"):
        weighted(book, {"09_none": 2})


def test_a_policy_is_told_in_sentences(policy):
    assert policy_text(Policy()).startswith("The last attempt counts, late or not.")
    text = policy_text(policy(WHOLE))
    assert "costs 10% of a chapter's points, at most 30%. The first 15 minutes" in text


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("late = 3", r"a table \[late\]"),
        ("[late]\nper_week = 3", "some of per_day, grace_minutes, at_most.*per_week"),
        ("lateness = {}", "some of attempt, comments.*lateness"),
        ('attempt = "first"', "attempt = .last. or .best.*'first'"),
        ("[late]\nper_day = -1", "late.per_day, a number of 0 to 100.*-1"),
        ("[late]\nper_day = true", "a number of 0 to 100.*True"),
        ('[weights]\n04 = "x"', "weights.04, a number of 0 or more"),
        ("[extensions]\nAda = 2026-11-25", "with a time of day"),
        ('[rubric.x]\n"a | b" = 1', "items without"),
        ("comments = 3", "comments = "),
        ("x = ", "a file in TOML"),
    ],
)
def test_a_policy_that_can_not_hold_is_refused(policy, text, message):
    with pytest.raises(CourseError, match=f"(?s)policy can't be used.*{message}"):
        policy(text)
