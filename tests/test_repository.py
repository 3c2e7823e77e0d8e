"""The house itself: lint, and imports that run with the flow."""

import ast
import functools
import importlib
import re
import subprocess
import sys

import pytest
from conftest import REPOSITORY

FLOW = ("files", "settings", "collect", "crop", "load", "networks", "losses", "gan")
FLOW += (
    "vitals",
    "doctor",
    "train",
    "prepare",
    "similarity",
    "measures",
    "inception",
    "report",
    "compare",
    "evaluate",
)
FLOW += ("report_page", "latent", "attributes", "directions", "film", "invert", "synthetic")
FLOW += ("latent_commands", "rules", "rules_table", "__main__")


@pytest.mark.parametrize("command", [("check",), ("format", "--check")])
def test_ruff_is_content(command):
    line = [sys.executable, "-m", "ruff", *command, "--no-cache", "."]
    done = subprocess.run(line, cwd=REPOSITORY, capture_output=True, text=True)
    assert done.returncode == 0, f"{done.stdout}\nTo mend: ruff check --fix . && ruff format ."


def test_imports_run_with_the_flow():
    places = {name: place for place, name in enumerate(FLOW)}
    for name in FLOW:
        tree = ast.parse((REPOSITORY / "dcgan_lib" / f"{name}.py").read_text("utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("dcgan_lib."):
                imported = node.module.removeprefix("dcgan_lib.")
                assert places.get(imported, -1) < places[name], f"{name} imports {imported}"


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
    module, *names = re.fullmatch(r"`(dcgan_lib\.\w+)\.([\w.]+)`", function).groups()
    found = functools.reduce(getattr, names[0].split("."), importlib.import_module(module))
    assert callable(found)
    path, name = test.strip("`").split("::")
    assert f"\ndef {name}(" in (REPOSITORY / path).read_text("utf-8")
