"""Setup on a machine like Colab: its TensorFlow, and three OpenCV wheels at once (make test-colab).

Downloads some 2 GB and takes several minutes, so it has a command of its own.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import papermill
import pytest

from dcgan_course.chapters import NOTEBOOKS
from dcgan_lib import __version__
from tests.conftest import REPOSITORY

pytestmark = pytest.mark.colab
COLAB = [
    "tensorflow==2.20.0",
    "keras==3.13.2",
    "numpy==2.1.3",
    "matplotlib==3.10.0",
    "ipywidgets==7.7.1",
    "tensorboard==2.20.0",
    "filelock",
    "ipykernel",
    "packaging",
    "pandas==2.2.2",
    "pillow",
    "pooch",
    "requests",
    "tqdm",
    "typer",
]
OPENCV = [
    "opencv-python==5.0.0.93",
    "opencv-python-headless==5.0.0.93",
    "opencv-contrib-python==4.14.0.94",
]


@pytest.fixture(scope="session")
def colab(tmp_path_factory):
    """An environment with Colab's versions, as the kernel ``colab``; its Python."""
    folder = tmp_path_factory.mktemp("colab")
    subprocess.run([sys.executable, "-m", "venv", folder / "env"], check=True)
    python = folder / "env" / "bin" / "python"
    for packages in (COLAB, ["--no-deps", *OPENCV]):
        subprocess.run([python, "-m", "pip", "install", "--quiet", *packages], check=True)
    spec = folder / "kernels" / "colab" / "kernel.json"
    spec.parent.mkdir(parents=True)
    start = [str(python), "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    spec.write_text(json.dumps({"argv": start, "display_name": "Colab", "language": "python"}))
    os.environ["JUPYTER_PATH"] = str(folder)
    return python


@pytest.fixture
def content(tmp_path):
    """A checkout without its environment, as `git clone` makes it on Colab."""
    line = ["git", "clone", "--quiet", str(REPOSITORY), str(tmp_path / "course")]
    subprocess.run(line, check=True)
    shutil.copytree(NOTEBOOKS, tmp_path / "course" / "notebooks", dirs_exist_ok=True)
    for package in ("dcgan_lib", "dcgan_course"):
        shutil.copytree(REPOSITORY / package, tmp_path / "course" / package, dirs_exist_ok=True)
    return tmp_path / "course" / "notebooks"


def versions(python: Path) -> dict[str, str]:
    listed = subprocess.run(
        [python, "-m", "pip", "list", "--format=json"], capture_output=True, check=True
    )
    return {package["name"]: package["version"] for package in json.loads(listed.stdout)}


def find_cascade(python: Path) -> bool:
    look = "from dcgan_lib.crop.detect import load_cascade; load_cascade()"
    return subprocess.run([python, "-c", look], capture_output=True).returncode == 0


def test_setup_leaves_tensorflow_alone_and_chapters_02_and_07_run(colab, content):
    before = versions(colab)
    for name in ("02_crop_faces", "07_train"):
        parameters = {"profile": "tiny", "data_dir": "../data", "run_dir": "../runs"}
        papermill.execute_notebook(
            content / f"{name}.ipynb",
            content / f"{name}_done.ipynb",
            parameters,
            kernel_name="colab",
            cwd=content,
            progress_bar=False,
        )
    after = versions(colab)
    assert after["dcgan-lib"] == __version__
    for name in ("tensorflow", "keras", "numpy", "ipywidgets"):
        assert after[name] == before[name]
    assert find_cascade(colab)
    assert (content.parent / "runs" / "orl-tiny" / "generator.keras").exists()


def test_setup_finds_the_archive_beside_the_notebook_and_mends_opencv(colab, tmp_path):
    subprocess.run([colab, "-m", "pip", "uninstall", "--quiet", "--yes", "dcgan-lib"], check=True)
    newest = ["--quiet", "--force-reinstall", "--no-deps", OPENCV[0]]  # its files win: no cascade
    subprocess.run([colab, "-m", "pip", "install", *newest], check=True)
    line = [sys.executable, "-m", "dcgan_course", "archive", str(tmp_path)]
    subprocess.run(line, cwd=REPOSITORY, check=True)
    papermill.execute_notebook(
        NOTEBOOKS / "01_collect_faces.ipynb",
        tmp_path / "done.ipynb",
        {"profile": "tiny", "data_dir": "data", "run_dir": "runs"},
        kernel_name="colab",
        cwd=tmp_path,
        progress_bar=False,
    )
    after = versions(colab)
    assert after["dcgan-lib"] == __version__
    wheels = {name: version for name, version in after.items() if name.startswith("opencv")}
    assert list(wheels) == ["opencv-python-headless"] and wheels.popitem()[1].startswith("4.")
    assert find_cascade(colab)


def test_without_course_or_archive_setup_says_what_to_do(colab, tmp_path):
    subprocess.run([colab, "-m", "pip", "uninstall", "--quiet", "--yes", "dcgan-lib"], check=True)
    with pytest.raises(papermill.PapermillExecutionError, match=r"Upload dcgan-course-.*\.zip"):
        papermill.execute_notebook(
            NOTEBOOKS / "01_collect_faces.ipynb",
            tmp_path / "done.ipynb",
            kernel_name="colab",
            cwd=tmp_path,
            progress_bar=False,
        )
