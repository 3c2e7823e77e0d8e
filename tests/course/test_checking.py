"""A failed check is one paragraph; a student's own error keeps its traceback, without ours."""

import re

import numpy as np
import pytest
from IPython.core.interactiveshell import InteractiveShell

from dcgan_course.checking import CheckFailed, exercise, numbers, require, require_close, shown

COLOURS = re.compile(r"\x1b\[[0-9;]*m")


@exercise("9.1")
def check_double(double):
    """The smallest check there is."""
    received = double(3)
    require(received + 0 == 6, f"Expected 6. Received: {shown(received)}.")
    print("✓ Exercise 9.1: twice")


@exercise("9.2", double=lambda x: 2 * x)
def check_four_times(four_times):
    """An exercise whose answer may call that of 9.1."""
    require(four_times(3) == 12, "Expected 12.")


@pytest.fixture
def notebook(capsys):
    """Run cells as Jupyter does, and give what a reader sees under them."""
    shell = InteractiveShell()
    shell.user_ns["check_double"] = check_double

    def run(source):
        capsys.readouterr()
        shell.run_cell(source)
        printed = capsys.readouterr()
        return COLOURS.sub("", printed.out + printed.err)

    yield run
    InteractiveShell.clear_instance()


def test_a_failed_check_is_one_paragraph(notebook):
    seen = notebook("check_double(lambda x: x + 1)")
    assert seen.strip() == "✗ Exercise 9.1: Expected 6. Received: 4."


def test_an_error_in_a_students_code_shows_their_lines_and_not_ours(notebook):
    notebook("def double(x):\n    return x * undefined")
    seen = notebook("check_double(double)")
    assert "NameError" in seen and "return x * undefined" in seen
    assert "received = double(3)" not in seen and "attempt" not in seen


def test_a_result_that_breaks_the_check_is_told_in_a_sentence(notebook):
    seen = notebook("check_double(lambda x: None)")
    assert seen.startswith("✗ Exercise 9.1: What your function gave can't be used.")
    assert "NoneType" in seen and "Traceback" not in seen


def test_an_exercise_still_to_be_done_says_so(notebook):
    notebook("def double(x):\n    raise NotImplementedError('Exercise 9.1: twice')")
    assert "NotImplementedError: Exercise 9.1: twice" in notebook("check_double(double)")


FOUR_TIMES = "def four_times(x):\n    return double(double(x))"


@pytest.mark.parametrize("double", ["def double(x): return 2 * x", "def double(x): return x + 2"])
def test_an_earlier_exercises_mistake_is_not_held_against_a_later_one(double):
    names = {}
    exec(f"{double}\n{FOUR_TIMES}", names)
    check_four_times(names["four_times"])
    assert names["double"](1) in (2, 3) and names["double"].__code__.co_filename == "<string>"


def test_an_earlier_exercise_in_another_form_is_left_alone():
    names = {}
    exec("def double(x, times): return times * x\ndef four_times(x): return double(x, 4)", names)
    check_four_times(names["four_times"])


def test_a_mistake_of_its_own_is_found_all_the_same():
    names = {}
    exec("def double(x): return 2 * x\ndef four_times(x): return double(x)", names)
    with pytest.raises(CheckFailed, match="Expected 12"):
        check_four_times(names["four_times"])


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "None"),
        (np.float32(0.5), "0.5"),
        (np.array([1, 2]), "[1, 2]"),
        (np.zeros((4, 5)), "an array of shape (4, 5)"),
        ([1, "two"], "[1, 'two']"),
        (list(range(99)), "a value of type list of 99"),
        (object(), "a value of type object"),
        ([object()], "a value of type list of 1"),
    ],
)
def test_a_value_is_shown_in_a_few_words(value, text):
    assert shown(value) == text


def test_two_numbers_are_shown_with_the_digits_that_tell_them_apart():
    with pytest.raises(CheckFailed) as failure:
        require_close("The loss", 17.5981002, 17.5981, tolerance=1e-12)
    figures = re.search(r"Expected ([\d.]+)\. Received: ([\d.]+)\.", str(failure.value))
    assert figures[1] != figures[2]


@pytest.mark.parametrize("value", [None, "four", [1, "two"], [[1], [2, 3]], {"a": 1}, object()])
def test_what_is_no_number_is_refused_in_words(value):
    with pytest.raises(CheckFailed, match="The side should be a number"):
        numbers("The side", value)
