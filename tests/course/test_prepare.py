"""What chapters take from each other: made once, also when two ask at the same time."""

import subprocess
import sys

import pytest

from dcgan_course import prepare
from dcgan_lib.crop.manifest import read_manifest
from dcgan_lib.settings import get_settings

TINY = get_settings("tiny", max_faces=12, batch_size=4)
ASK = """\
import sys
from dcgan_course import prepare
from dcgan_lib.settings import get_settings
print(prepare.faces(sys.argv[1], get_settings("tiny", max_faces=12)))"""


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory):
    """Made by two processes at once."""
    folder = tmp_path_factory.mktemp("data")
    both = [subprocess.Popen([sys.executable, "-c", ASK, folder], stderr=subprocess.PIPE)
            for _ in range(2)]  # fmt: skip
    for process in both:
        _, errors = process.communicate(timeout=120)
        assert process.returncode == 0, errors.decode()
    return folder


def test_a_part_of_the_photographs_gives_as_many_faces(data_dir):
    table = read_manifest(data_dir / "faces" / "orl-12")
    assert len(table) == 12 and (table["decision"] == "kept").all()
    assert len(list((data_dir / "raw" / "orl").glob("*/*.pgm"))) == 400
    assert len(list((data_dir / "faces" / "orl-12").glob("*/*.png"))) == 12


def test_nothing_is_made_twice(data_dir):
    before = {p: p.stat().st_mtime_ns for p in data_dir.rglob("*") if p.is_file()}
    prepare.faces(data_dir, TINY)
    assert {p: p.stat().st_mtime_ns for p in data_dir.rglob("*") if p.is_file()} == before


def test_all_photographs_have_folders_of_their_own():
    assert prepare.set_name(get_settings("quick")) == "orl"
    assert prepare.set_name(TINY) == "orl-12"


def test_runs_are_named_by_profile_and_seed():
    name = prepare.run_folder("runs", get_settings("tiny")).as_posix()
    assert name == "runs/orl-tiny"
    assert prepare.run_folder("runs", get_settings("quick", seed=3)).name == "orl-quick-seed3"


def test_a_generator_comes_from_the_first_run_until_there_is_a_trained_one(data_dir, tmp_path):
    small = prepare.some_generator(tmp_path, data_dir, TINY)
    assert small.output_shape == (None, 32, 32, 3)
    assert (tmp_path / "first-tiny" / "generator.keras").exists()
    run = prepare.trained_run(tmp_path, data_dir, TINY)
    assert run == tmp_path / "orl-tiny"
    assert prepare.some_generator(tmp_path, data_dir, TINY).output_shape == (None, 64, 64, 3)
    finished = (run / "generator.keras").stat().st_mtime_ns
    prepare.trained_run(tmp_path, data_dir, TINY)
    assert (run / "generator.keras").stat().st_mtime_ns == finished
