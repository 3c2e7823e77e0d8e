"""Setup on machines like Colab and Kaggle: their TensorFlow, and what they mix (make test-colab).

Downloads some 4 GB and takes a quarter of an hour, so it has a command of its own. The versions
are those of Colab's public package list of August 2026, and of Kaggle's public requirements over
Colab's image of 2025; neither service itself is reached.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import nbformat
import papermill
import pytest

from dcgan_course.chapters import find_chapters, has_tag
from dcgan_lib import __version__
from tests.conftest import REPOSITORY

pytestmark = pytest.mark.colab
ON_BOTH = [
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
COLAB = [
    *ON_BOTH,
    "tensorflow==2.20.0",
    "keras==3.13.2",
    "numpy==2.1.3",
    "matplotlib==3.10.0",
    "ipywidgets==7.7.1",
    "tensorboard==2.20.0",
]
COLAB_OPENCV = [
    "opencv-python==5.0.0.93",
    "opencv-python-headless==5.0.0.93",
    "opencv-contrib-python==4.14.0.94",
]
KAGGLE = [
    *ON_BOTH,
    "tensorflow==2.19.0",
    "keras==3.10.0",
    "numpy<2",
    "matplotlib<3.8",
    "ipywidgets==8.1.5",
    "scikit-learn==1.2.2",
    "nbconvert==6.4.5",
]
KAGGLE_OPENCV = [
    "opencv-python==4.12.0.88",
    "opencv-python-headless==4.12.0.88",
    "opencv-contrib-python==4.12.0.88",
]


@dataclass(frozen=True)
class Machine:
    """A hosted machine's environment: its Jupyter kernel and its Python."""

    kernel: str
    python: Path

    def versions(self) -> dict[str, str]:
        line = [self.python, "-m", "pip", "list", "--format=json"]
        listed = subprocess.run(line, capture_output=True, check=True)
        return {package["name"]: package["version"] for package in json.loads(listed.stdout)}

    def pip(self, *arguments: str) -> None:
        subprocess.run([self.python, "-m", "pip", *arguments], check=True)

    def finds_cascade(self) -> bool:
        look = "from dcgan_lib.crop.detect import load_cascade; load_cascade()"
        return subprocess.run([self.python, "-c", look], capture_output=True).returncode == 0

    def execute(self, notebook: Path, cwd: Path, **parameters: str) -> None:
        """Run a notebook beside its result, in tiny; leave its parameters as given."""
        papermill.execute_notebook(
            notebook,
            cwd / f"{notebook.stem}_done.ipynb",
            {"profile": "tiny", "data_dir": "../data", "run_dir": "../runs"} | parameters,
            kernel_name=self.kernel,
            cwd=cwd,
            progress_bar=False,
        )


@pytest.fixture(scope="session")
def colab(tmp_path_factory) -> Machine:
    return make_machine("colab", "3.13", COLAB, COLAB_OPENCV, tmp_path_factory.mktemp("colab"))


@pytest.fixture(scope="session")
def kaggle(tmp_path_factory) -> Machine:
    return make_machine("kaggle", "3.11", KAGGLE, KAGGLE_OPENCV, tmp_path_factory.mktemp("kaggle"))


def make_machine(
    name: str, python: str, packages: list[str], opencv: list[str], folder: Path
) -> Machine:
    """An environment with these packages, as a kernel; by the service's Python where it is here."""
    subprocess.run([find_python(python), "-m", "venv", folder / "env"], check=True)
    machine = Machine(name, folder / "env" / "bin" / "python")
    machine.pip("install", "--quiet", *packages)
    machine.pip("install", "--quiet", "--no-deps", *opencv)
    spec = folder / "kernels" / name / "kernel.json"
    spec.parent.mkdir(parents=True)
    start = [str(machine.python), "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    spec.write_text(json.dumps({"argv": start, "display_name": name, "language": "python"}))
    paths = [str(folder), os.environ.get("JUPYTER_PATH", "")]
    os.environ["JUPYTER_PATH"] = os.pathsep.join(path for path in paths if path)
    return machine


def find_python(version: str) -> str:
    candidate = shutil.which(f"python{version}")
    works = candidate and subprocess.run([candidate, "-c", ""], capture_output=True)
    return candidate if works and works.returncode == 0 else sys.executable


@pytest.fixture
def checkout(tmp_path) -> Path:
    """The notebooks' folder of a checkout without its environment, as `git clone` makes it."""
    line = ["git", "clone", "--quiet", str(REPOSITORY), str(tmp_path / "course")]
    subprocess.run(line, check=True)
    for part in ("notebooks", "dcgan_lib", "dcgan_course"):  # with what isn't committed yet
        shutil.copytree(REPOSITORY / part, tmp_path / "course" / part, dirs_exist_ok=True)
    return tmp_path / "course" / "notebooks"


def only_its_start(notebook: Path) -> Path:
    """The notebook, cut off after the first cell behind Setup, which imports what it needs."""
    whole = nbformat.read(notebook, as_version=4)
    code = [place for place, cell in enumerate(whole.cells) if cell.cell_type == "code"]
    setup = next(place for place in code if has_tag(whole.cells[place], "setup"))
    whole.cells = whole.cells[: code[code.index(setup) + 1] + 1]
    start = notebook.with_name(f"{notebook.stem}_start.ipynb")
    nbformat.write(whole, start)
    return start


def test_setup_leaves_colabs_tensorflow_alone_and_chapters_run(colab, checkout):
    before = colab.versions()
    names = ("02_crop_faces", "04_generator", "07_train", "09_latent_space", "11_publish")
    for name in names:
        colab.execute(checkout / f"{name}.ipynb", checkout)
    after = colab.versions()
    assert after["dcgan-lib"] == __version__
    for name in ("tensorflow", "keras", "numpy", "ipywidgets"):
        assert after[name] == before[name]
    assert colab.finds_cascade()
    assert (checkout.parent / "runs" / "orl-tiny" / "generator.keras").exists()


def test_every_chapter_starts_on_colab(colab, checkout):
    for chapter in find_chapters(checkout):
        colab.execute(only_its_start(chapter), checkout)


def test_a_session_that_was_cut_goes_on_in_a_new_one(colab, checkout, tmp_path):
    """Two cells, Setup and one line, continue a run from a folder that both sessions mount."""
    drive = tmp_path / "drive"
    faces = checkout.parent / "data" / "faces" / "orl"
    colab.execute(checkout / "02_crop_faces.ipynb", checkout)
    train = "from dcgan_lib.train import train; from dcgan_lib import get_settings\n"
    settings = 'get_settings("tiny", epochs="40")'
    first = f"{train}train({str(faces)!r}, {str(drive / 'run')!r}, {settings})"
    session = subprocess.Popen([colab.python, "-c", first], start_new_session=True)
    history = drive / "run" / "history.csv"
    wait_for(lambda: history.exists() and len(history.read_text().splitlines()) > 3)
    os.killpg(session.pid, signal.SIGKILL)
    session.wait()
    done = len(history.read_text().splitlines()) - 1
    assert 3 <= done < 40
    again = nbformat.read(only_its_start(checkout / "07_train.ipynb"), as_version=4)
    setup = next(cell for cell in again.cells if has_tag(cell, "setup"))
    line = f"{train}train({str(faces)!r}, {str(drive / 'run')!r}, resume=True)"
    again.cells = [setup, nbformat.v4.new_code_cell(line)]
    nbformat.write(again, checkout / "again.ipynb")
    colab.execute(checkout / "again.ipynb", checkout)
    assert len(history.read_text().splitlines()) - 1 == 40
    assert (drive / "run" / "generator.keras").exists()


def wait_for(happened, seconds: float = 300) -> None:
    end = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < end, "it took too long"
        time.sleep(0.2)


def test_setup_finds_the_archive_beside_the_notebook_and_repairs_opencv(colab, tmp_path):
    colab.pip("uninstall", "--quiet", "--yes", "dcgan-lib")
    newest = COLAB_OPENCV[0]  # its files win, and they have no cascade
    colab.pip("install", "--quiet", "--force-reinstall", "--no-deps", newest)
    line = [sys.executable, "-m", "dcgan_course", "archive", str(tmp_path)]
    subprocess.run(line, cwd=REPOSITORY, check=True)
    chapter = REPOSITORY / "notebooks" / "01_collect_faces.ipynb"
    colab.execute(chapter, tmp_path, data_dir="data", run_dir="runs")
    after = colab.versions()
    assert after["dcgan-lib"] == __version__
    wheels = {name: version for name, version in after.items() if name.startswith("opencv")}
    assert list(wheels) == ["opencv-python-headless"] and wheels.popitem()[1].startswith("4.")
    assert colab.finds_cascade()


def test_without_course_or_archive_setup_says_what_to_do(colab, tmp_path):
    colab.pip("uninstall", "--quiet", "--yes", "dcgan-lib")
    with pytest.raises(papermill.PapermillExecutionError, match=r"Upload dcgan-course-.*\.zip"):
        colab.execute(REPOSITORY / "notebooks" / "01_collect_faces.ipynb", tmp_path)


def test_chapters_run_on_kaggle_whose_tensorflow_stays(kaggle, checkout):
    before = kaggle.versions()
    for name in ("02_crop_faces", "04_generator", "07_train"):
        kaggle.execute(checkout / f"{name}.ipynb", checkout)
    after = kaggle.versions()
    assert [after[name] for name in ("tensorflow", "keras", "numpy")] == [
        before[name] for name in ("tensorflow", "keras", "numpy")
    ]
    assert kaggle.finds_cascade()
