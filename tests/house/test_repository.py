"""What the repository promises: lint, and a map from the paper to the code."""

import pkgutil
import re
import subprocess
import sys

import pytest

from tests.conftest import REPOSITORY


@pytest.mark.parametrize("command", [("check",), ("format", "--check")])
def test_ruff_is_content(command):
    line = [sys.executable, "-m", "ruff", *command, "--no-cache", "."]
    done = subprocess.run(line, cwd=REPOSITORY, capture_output=True, text=True)
    assert done.returncode == 0, f"{done.stdout}\nTo fix: ruff check --fix . && ruff format ."


def rows_of_the_map():
    lines = (REPOSITORY / "docs" / "paper_to_code.md").read_text("utf-8").splitlines()
    return [line.strip("| ").split(" | ") for line in lines if re.match(r"\| \d", line)]


def test_the_map_covers_every_section_of_the_paper():
    sections = [row[0].split(",")[0].replace(" ", "") for row in rows_of_the_map()]
    wanted = "2, 3, 4.1, 4.2, 4.3, 5.1, 5.2, 6a, 6b, 6c, 6d, 6e, 7, 8a, 8b, 8c, 8d, 9, 10"
    assert ", ".join(sections) == wanted


@pytest.mark.parametrize("row", rows_of_the_map(), ids=lambda row: row[0])
def test_the_map_names_what_exists(row):
    _, _, chapter, function, test = row
    assert (REPOSITORY / "notebooks" / f"{chapter}.ipynb").is_file()
    assert callable(pkgutil.resolve_name(function.strip("`")))
    path, name = test.strip("`").split("::")
    assert f"\ndef {name}(" in (REPOSITORY / path).read_text("utf-8")
