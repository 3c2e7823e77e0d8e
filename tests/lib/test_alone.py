"""The library without the course: light to import, and at work where there is no Jupyter."""

import subprocess
import sys
import tomllib
from importlib import metadata

import pytest
from packaging.requirements import Requirement

from tests.conftest import REPOSITORY

PROJECT = tomllib.loads((REPOSITORY / "pyproject.toml").read_text("utf-8"))["project"]
ALONE = """
import importlib, sys
from importlib.abc import MetaPathFinder
from pathlib import Path

class Absent(MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {absent!r}:
            raise ModuleNotFoundError(f"{{name}} isn't installed here", name=name)

sys.meta_path.insert(0, Absent())
import dcgan_lib
for path in sorted(Path(dcgan_lib.__path__[0]).rglob("*.py")):
    parts = path.relative_to(dcgan_lib.__path__[0]).with_suffix("").parts
    if parts[-1] != "__main__":
        importlib.import_module(".".join(("dcgan_lib", *parts)).removesuffix(".__init__"))

from dcgan_lib import get_settings
from dcgan_lib.train import train
settings = get_settings("tiny", image_size=32, held_out=0.1)
print(train({faces!r}, {run!r}, settings).epoch)
"""


def modules_of(extras):
    """Top-level modules of the packages that only these extras ask for, and their own needs."""
    ours = closure(PROJECT["dependencies"])
    theirs = closure(line for name in extras for line in PROJECT["optional-dependencies"][name])
    installed = metadata.packages_distributions()
    only = theirs - ours
    return {name for name, wheels in installed.items() if {w.lower() for w in wheels} <= only}


def closure(lines):
    """Names of the packages that these requirements bring, those of the requirements included."""
    waiting, found = [Requirement(line) for line in lines], set()
    while waiting:
        one = waiting.pop()
        name = one.name.lower().replace("_", "-")
        if name in found or (one.marker and not one.marker.evaluate({"extra": ""})):
            continue
        try:
            needs = metadata.requires(name) or []
        except metadata.PackageNotFoundError:
            continue
        if name != "dcgan-lib":
            found.add(name)
            waiting += [Requirement(line) for line in needs]
    return found


def test_it_imports_and_trains_without_jupyter_widgets_or_nbgrader(faces, tmp_path):
    absent = {"dcgan_course", "dcgan_classroom"} | modules_of(["course", "classroom"])
    assert {"IPython", "ipywidgets", "nbformat", "papermill", "nbgrader", "jupyterlab"} <= absent
    code = ALONE.format(absent=absent, faces=str(faces), run=str(tmp_path / "run"))
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split()[-1] == "1"


@pytest.mark.parametrize(
    "arguments, heavy",
    [
        (["-c", "import dcgan_lib"], ("numpy", "cv2", "pandas", "tensorflow", "matplotlib")),
        (["-m", "dcgan_lib", "--help"], ("cv2", "pandas", "tensorflow", "matplotlib", "numpy")),
    ],
)
def test_nothing_heavy_is_loaded_before_it_is_needed(arguments, heavy):
    line = [sys.executable, "-X", "importtime", *arguments]
    done = subprocess.run(line, capture_output=True, text=True, check=True)
    loaded = {row.rpartition("|")[2].strip() for row in done.stderr.splitlines()}
    assert loaded.isdisjoint(heavy)
