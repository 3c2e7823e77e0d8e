"""The class's commands, and their old name."""

import subprocess
import sys

import pytest


def run(*arguments):
    line = [sys.executable, "-m", *arguments]
    return subprocess.run(line, capture_output=True, text=True, timeout=60)


@pytest.mark.parametrize("arguments", [(), ("grade", "a", "b"), ("course", "build/course")])
def test_the_old_name_says_in_one_line_where_the_commands_are(arguments):
    done = run("dcgan_lib.classroom", *arguments)
    assert done.returncode == 1 and done.stdout == ""
    assert len(done.stderr.splitlines()) == 1
    assert "python -m dcgan_classroom" in done.stderr and "python -m dcgan_course" in done.stderr


@pytest.mark.parametrize(
    "package, commands",
    [
        ("dcgan_classroom", ("release", "grade", "report", "doctor")),
        ("dcgan_course", ("run", "lint", "tidy", "repository", "archive")),
    ],
)
def test_help_lists_the_commands(package, commands):
    done = run(package, "--help")
    assert done.returncode == 0
    assert all(f"\n  {name} " in done.stdout for name in commands)


def test_a_worker_of_the_grader_builds_no_grammar_that_no_notebook_needs():
    code = "import sys, dcgan_classroom.grading.one, nbformat; print('lark' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.stdout == "False\n", done.stderr
