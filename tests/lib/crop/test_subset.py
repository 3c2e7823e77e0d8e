"""A subset is reproducible and balanced; a held-out part takes its share of every group."""

import random
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from PIL import Image

from dcgan_lib.crop.manifest import Row, kept_faces, write_manifest
from dcgan_lib.crop.photos import find_photos
from dcgan_lib.crop.subset import balanced_subset, copy_subset, split_held_out
from dcgan_lib.load import load_faces
from dcgan_lib.shared.errors import CourseError

SCRIPT = Path(__file__).parents[3] / "data_scripts" / "make_subset.py"

ORL_NAMES = [f"s{person}/{shot}.png" for person in range(1, 41) for shot in range(1, 11)]


def per_group(names):
    return Counter(name.rpartition("/")[0] for name in names)


@pytest.mark.parametrize("count", [1, 39, 40, 100, 399, 400])
def test_groups_differ_by_at_most_one(count):
    chosen = balanced_subset(ORL_NAMES, count, seed=0)
    sizes = [per_group(chosen)[f"s{person}"] for person in range(1, 41)]
    assert len(set(chosen)) == count and set(chosen) <= set(ORL_NAMES)
    assert max(sizes) - min(sizes) <= 1
    assert chosen == sorted(chosen)


def test_small_groups_give_all_they_have_and_large_ones_the_rest():
    names = ["rare/1.png"] + [f"{group}/{i}.png" for group in "ab" for i in range(20)]
    assert per_group(balanced_subset(names, 21, seed=3)) == {"rare": 1, "a": 10, "b": 10}


def test_the_choice_depends_on_the_seed_and_not_on_the_order():
    shuffled = random.Random(1).sample(ORL_NAMES, len(ORL_NAMES))
    assert balanced_subset(shuffled, 50, seed=7) == balanced_subset(ORL_NAMES, 50, seed=7)
    assert balanced_subset(ORL_NAMES, 50, seed=8) != balanced_subset(ORL_NAMES, 50, seed=7)


def test_the_choice_is_the_same_on_every_machine():
    names = [f"{group}/{i}.png" for group in "abc" for i in range(4)]
    assert balanced_subset(names, 4, seed=42) == ["a/3.png", "b/3.png", "c/0.png", "c/3.png"]


@pytest.mark.parametrize("count", [0, -1, 401])
def test_an_impossible_count_is_refused(count):
    with pytest.raises(CourseError, match=rf"from 1 to 400.*Received: {count}\."):
        balanced_subset(ORL_NAMES, count, seed=0)


def test_every_person_gives_a_share():
    kept, held_out = split_held_out(ORL_NAMES, 0.1, seed=0)
    assert set(per_group(held_out).values()) == {1} and set(per_group(kept).values()) == {9}
    assert sorted(kept + held_out) == sorted(ORL_NAMES)
    shuffled = random.Random(1).sample(ORL_NAMES, len(ORL_NAMES))
    assert split_held_out(shuffled, 0.1, seed=0) == (kept, held_out)


def test_a_folder_without_groups_is_one_group():
    kept, held_out = split_held_out([f"{i:03}.png" for i in range(200)], 0.1, seed=0)
    assert (len(kept), len(held_out)) == (180, 20)


def test_a_pair_gives_one_and_a_single_photograph_stays():
    kept, held_out = split_held_out(["a/1.png", "a/2.png", "b/1.png"], 0.01, seed=0)
    assert len(held_out) == 1 and held_out[0].startswith("a/") and "b/1.png" in kept
    kept, held_out = split_held_out(["a/1.png", "a/2.png", "b/1.png"], 0.99, seed=0)
    assert len(held_out) == 1 and len(kept) == 2
    assert split_held_out(ORL_NAMES, 0.0, seed=0) == (sorted(ORL_NAMES), [])


@pytest.mark.parametrize("fraction", [-0.1, 1.0, float("nan")])
def test_an_impossible_fraction_is_refused(fraction):
    with pytest.raises(CourseError, match="at least 0 and below"):
        split_held_out(ORL_NAMES, fraction, seed=0)


@pytest.fixture
def face_set(tmp_path):
    """A face set of two groups of six, with the row of a photograph that gave no face."""
    src = tmp_path / "faces"
    names = [f"{group}/{index}.png" for group in "ab" for index in range(6)]
    for index, name in enumerate(names):
        (src / name).parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (4, 4), (index, 0, 0)).save(src / name)
    rows = [Row(name, face=name, decision="kept") for name in names]
    write_manifest(src, [*rows, Row("a/x.png", decision="no face")])
    (src / "contact_sheet.png").write_bytes(b"no face")
    return src


def test_a_subset_takes_its_groups_and_its_rows_along(face_set, tmp_path):
    dst = tmp_path / "part"
    names = copy_subset(face_set, dst, 4, seed=1)
    assert per_group(names) == {"a": 2, "b": 2}
    assert kept_faces(dst) == names == find_photos(dst)
    assert all((dst / name).read_bytes() == (face_set / name).read_bytes() for name in names)
    (dst / names[0]).unlink()  # as if it had been interrupted
    assert copy_subset(face_set, dst, 4, seed=1) == names == find_photos(dst)


def test_a_folder_of_photographs_without_a_manifest(face_set, tmp_path):
    (face_set / "manifest.csv").unlink()
    (face_set / "contact_sheet.png").unlink()
    names = copy_subset(face_set, tmp_path / "part", 12, seed=0)
    assert names == find_photos(face_set) == find_photos(tmp_path / "part")


def test_a_subset_mixes_with_nothing_else(face_set, tmp_path):
    copy_subset(face_set, tmp_path / "part", 4, seed=1)
    with pytest.raises(CourseError, match=r"in use for something else.*other files"):
        copy_subset(face_set, tmp_path / "part", 4, seed=2)
    with pytest.raises(CourseError, match="DST outside of"):
        copy_subset(face_set, face_set / "part", 4, seed=1)
    with pytest.raises(CourseError, match="There is no folder"):
        copy_subset(tmp_path / "gone", tmp_path / "new", 4, seed=1)


def test_a_subset_that_was_loaded_is_still_that_subset(face_set, tmp_path):
    names = copy_subset(face_set, tmp_path / "part", 6, seed=1)
    load_faces(tmp_path / "part")  # leaves its cache there
    assert copy_subset(face_set, tmp_path / "part", 6, seed=1) == names


def test_the_command(face_set, tmp_path):
    command = [sys.executable, str(SCRIPT), str(face_set), str(tmp_path / "part")]
    result = subprocess.run(
        [*command, "--count", "5", "--seed", "3"], capture_output=True, text=True
    )
    assert result.returncode == 0 and "5 pictures of 2 groups" in result.stdout
    assert kept_faces(tmp_path / "part") == balanced_subset(kept_faces(face_set), 5, seed=3)
    too_many = subprocess.run([*command, "--count", "13"], capture_output=True, text=True)
    assert too_many.returncode == 1 and "from 1 to 12" in too_many.stderr
    assert subprocess.run(command, capture_output=True).returncode == 2
