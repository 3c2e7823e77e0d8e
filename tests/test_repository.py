"""The house itself: lint, and imports that run with the flow."""

import ast
import subprocess
import sys

import pytest
from conftest import REPOSITORY

FLOW = ("files", "settings", "collect", "crop", "load", "networks", "losses", "gan", "train")
FLOW += ("evaluate", "__main__")


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
