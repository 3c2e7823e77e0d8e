"""Folders into arrays, arrays into batches."""

import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from dcgan_lib.load import batches, cache, from_images, load_face_set, load_faces, to_images
from dcgan_lib.shared.errors import CourseError

HAND = re.compile(r"/ 127\.5 - 1|\* 127\.5\)*\.astype")  # by hand: uint8 to [-1, 1] and back


@pytest.fixture
def folder(faces, tmp_path):
    """A copy of the faces that a test may change, without the cache."""
    ignored = shutil.ignore_patterns(".cache")
    return shutil.copytree(faces, tmp_path / "faces", ignore=ignored)


def test_faces_are_rgb_bytes_sorted_by_name(folder):
    coloured = np.zeros((64, 64, 3), np.uint8)
    coloured[..., 0] = 250  # blue, as OpenCV writes
    cv2.imwrite(str(folder / "a.png"), coloured)
    face_set = load_face_set(folder)
    assert face_set.images.shape == (49, 64, 64, 3)
    assert face_set.images.dtype == np.uint8
    assert face_set.names == sorted(face_set.names)
    assert face_set.images[face_set.names.index("a.png"), 0, 0].tolist() == [0, 0, 250]


def test_rows_equal_what_opencv_reads(folder):
    face_set = load_face_set(folder)
    for row, name in enumerate(face_set.names):
        expected = cv2.cvtColor(cv2.imread(str(folder / name)), cv2.COLOR_BGR2RGB)
        np.testing.assert_array_equal(face_set.images[row], expected)


def test_the_cache_is_used_and_noticed_when_stale(folder):
    first = load_faces(folder)
    cache = folder / ".cache" / "faces_64.npy"
    written = cache.stat().st_mtime_ns
    load_faces(folder)
    assert cache.stat().st_mtime_ns == written
    changed = folder / "s1" / "1.png"
    cv2.imwrite(str(changed), np.full((64, 64, 3), 7, np.uint8))
    os.utime(changed, ns=(1, 1))  # as a copy with its old time would have
    again = load_face_set(folder)
    assert (again.images[again.names.index("s1/1.png")] == 7).all()
    assert (first != again.images).any()
    changed.unlink()
    assert len(load_faces(folder)) == len(first) - 1


def test_a_killed_process_loses_only_the_part_that_it_was_reading(folder, tmp_path, monkeypatch):
    slow = tmp_path / "slow.py"
    slow.write_text(
        "import sys, time\n"
        "from dcgan_lib.load import cache, load_faces\n"
        "read, cache.CHUNK = cache.read_photo, 8\n"
        "cache.read_photo = lambda path: time.sleep(0.2) or read(path)\n"
        "load_faces(sys.argv[1])\n"
    )
    journal = folder / ".cache" / "faces_64.part.jsonl"
    process = subprocess.Popen([sys.executable, slow, folder])
    while not (journal.exists() and len(journal.read_text().splitlines()) > 2):
        assert process.poll() is None
        time.sleep(0.01)
    process.kill()
    process.wait()
    with journal.open("a") as file:
        file.write('{"names": ["s1/')  # cut off in the middle of a line
    read, again = cache.read_photo, []
    monkeypatch.setattr(cache, "CHUNK", 8)
    monkeypatch.setattr(cache, "read_photo", lambda path: again.append(path) or read(path))
    face_set = load_face_set(folder)
    assert 0 < len(again) <= 48 - 2 * 8
    shutil.rmtree(folder / ".cache")
    expected = load_face_set(folder)
    assert face_set.names == expected.names
    np.testing.assert_array_equal(face_set.images, expected.images)


def test_what_was_begun_of_other_images_isnt_gone_on_with(folder):
    expected = np.array(load_faces(folder))
    (folder / ".cache" / "faces_64.npy").rename(folder / ".cache" / "faces_64.part.npy")
    journal = folder / ".cache" / "faces_64.part.jsonl"
    journal.write_text('"another stamp"\n{"names": ["x"], "unreadable": [], "oblong": 0}\n')
    np.testing.assert_array_equal(load_faces(folder), expected)
    left = {path.name for path in (folder / ".cache").iterdir()}
    assert left == {"faces_64.json", "faces_64.npy"}


def test_a_damaged_cache_is_made_again(folder):
    expected = np.array(load_faces(folder))
    (folder / ".cache" / "faces_64.npy").write_bytes(b"not an array")
    np.testing.assert_array_equal(load_faces(folder), expected)


def test_other_sizes_are_resized(folder):
    assert load_faces(folder, 32).shape == (48, 32, 32, 3)
    assert load_faces(folder, 128).shape == (48, 128, 128, 3)


def test_names_in_any_script(folder):
    (folder / "s1" / "1.png").rename(folder / "s1" / "лицо 顔.png")
    assert "s1/лицо 顔.png" in load_face_set(folder).names


def test_a_corrupt_image_is_named_and_skipped(folder):
    whole = (folder / "s2" / "3.png").read_bytes()
    (folder / "s2" / "3.png").write_bytes(whole[: len(whole) // 2])
    (folder / "s2" / "4.png").write_bytes(b"")
    with pytest.warns(UserWarning, match=r"s2.[34]\.png can't be read") as caught:
        face_set = load_face_set(folder)
    assert len(caught) == 2
    assert len(face_set.images) == len(face_set.names) == 46
    assert "s2/3.png" not in face_set.names
    last = cv2.cvtColor(cv2.imread(str(folder / face_set.names[-1])), cv2.COLOR_BGR2RGB)
    np.testing.assert_array_equal(face_set.images[-1], last)


def test_strict_fails_at_a_corrupt_image_even_with_a_cache(folder):
    (folder / "s2" / "4.png").write_bytes(b"no picture")
    with pytest.warns(UserWarning, match="skipped"):
        load_faces(folder)
    with pytest.raises(CourseError, match=r"4\.png can't be read.*10 bytes"):
        load_faces(folder, strict=True)


def test_a_read_only_folder_is_cached_elsewhere(folder, monkeypatch, tmp_path):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr(os, "access", lambda path, mode: False)  # root may write everywhere
    assert len(load_faces(folder)) == 48
    assert not (folder / ".cache").exists()
    assert list(tmp_path.glob("dcgan-faces-*/faces_64.npy"))


@pytest.mark.parametrize("what", ["missing", "empty"])
def test_folders_without_faces_are_refused(what, tmp_path):
    folder = tmp_path / what
    if what == "empty":
        folder.mkdir()
    with pytest.raises(CourseError, match=r"no faces to read.*crop_faces\.py"):
        load_faces(folder)


def test_a_picture_that_is_not_square_is_cut_and_never_squeezed(folder):
    oblong = np.zeros((64, 128, 3), np.uint8)
    oblong[:, 32:96] = 200
    cv2.imwrite(str(folder / "wide.png"), oblong)
    with pytest.warns(UserWarning, match=r"1 of 49 pictures .* aren't square: the middle of each"):
        face_set = load_face_set(folder)
    assert (face_set.images[face_set.names.index("wide.png")] == 200).all()


def test_plots_and_samples_of_a_run_are_never_trained_on(folder):
    names = load_face_set(folder).names
    for run in (folder / "runs" / "one", folder):
        (run / "samples").mkdir(parents=True)
        (run / "history.csv").touch()
        for picture in ("losses.png", "samples/epoch_0001.png"):
            shutil.copy(folder / names[0], run / picture)
    shutil.copy(folder / names[0], folder / "s1" / "contact_sheet.png")
    assert load_face_set(folder).names == names


def test_only_regular_files_are_loaded(folder):
    names = load_face_set(folder).names
    (folder / "x.png").mkdir()
    os.mkfifo(folder / "s1" / "pipe.png")
    (folder / "zero.png").symlink_to("/dev/zero")
    assert load_face_set(folder).names == names


def test_every_format_that_is_cropped_is_loaded(folder):
    shutil.rmtree(folder / "s1")
    for suffix in (".jfif", ".jp2", ".avif", ".mpo"):
        kind = {".jfif": "JPEG", ".mpo": "JPEG"}.get(suffix)
        with Image.open(folder / "s2" / "1.png") as picture:
            picture.save(folder / f"face{suffix}", kind)
    assert len(load_faces(folder)) == 42 + 4


def test_a_name_that_is_no_unicode_is_loaded(folder):
    (folder / "s1" / "1.png").rename(os.fsdecode(os.fsencode(folder) + b"/caf\xe9.png"))
    assert len(load_faces(folder)) == 48


def numbered(count=10, side=4):
    """Faces whose every pixel is their number; the left half is one more."""
    faces = np.zeros((count, side, side, 3), np.uint8)
    faces += np.arange(count, dtype=np.uint8)[:, None, None, None] * 20
    faces[:, :, : side // 2] += 1
    return faces


def served(*arguments, **options):
    return [batch.numpy() for batch in batches(*arguments, **options)]


def numbers(batch):
    return np.round((batch.max(axis=(1, 2, 3)) + 1) * 127.5 - 1).astype(int) // 20


def test_batches_are_full_float32_in_minus_one_to_one():
    faces = np.concatenate([np.zeros((5, 4, 4, 3), np.uint8), np.full((5, 4, 4, 3), 255, np.uint8)])
    parts = served(faces, 4, seed=0)
    assert [part.shape for part in parts] == [(4, 4, 4, 3)] * 2  # the remainder of 2 waits
    assert parts[0].dtype == np.float32
    assert {float(v) for part in parts for v in np.unique(part)} == {-1.0, 1.0}


def test_an_epoch_visits_no_face_twice_and_every_face_comes_in_time():
    parts = served(numbered(), 4, seed=0, epochs=8)
    epochs = [
        np.concatenate([numbers(a), numbers(b)])
        for a, b in zip(parts[::2], parts[1::2], strict=True)
    ]
    assert all(len(set(epoch)) == 8 for epoch in epochs)
    assert set(np.concatenate(epochs)) == set(range(10))
    assert len({tuple(epoch) for epoch in epochs}) == 8  # another order each time


def test_the_seed_sets_the_order_and_the_flips():
    first, again, other = (served(numbered(), 5, seed=s, flip=True) for s in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)


def test_a_later_epoch_can_be_served_alone():
    whole = served(numbered(), 5, seed=3, flip=True, epochs=3)
    last = served(numbered(), 5, seed=3, flip=True, first_epoch=2)
    np.testing.assert_array_equal(whole[4:], last)


def test_flips_mirror_about_half_of_the_faces_left_to_right():
    parts = np.concatenate(served(numbered(), 10, seed=0, flip=True, epochs=40))
    flipped = parts[:, 0, 0, 0] < parts[:, 0, -1, 0]
    assert 0.4 < flipped.mean() < 0.6
    unflipped = np.concatenate(served(numbered(), 10, seed=0))
    assert (unflipped[:, 0, 0, 0] > unflipped[:, 0, -1, 0]).all()


def test_pixels_come_to_floats_and_back_in_one_place():
    """Nowhere else stands the formula, but where a chapter or its answers teach it."""
    root = Path(__file__).parents[2]
    sources = [*root.glob("dcgan_lib/**/*.py"), *root.glob("dcgan_course/**/*.py")]
    found = {path.relative_to(root).as_posix() for path in sources if HAND.search(path.read_text())}
    assert found == {"dcgan_lib/load/pixels.py"}


def test_rows_choose_faces():
    parts = served(numbered(), 3, seed=0, rows=np.array([1, 4, 7]))
    assert sorted(numbers(parts[0])) == [1, 4, 7]


def test_a_set_is_mapped_from_disk_not_read_into_memory(folder):
    assert isinstance(load_faces(folder), np.memmap)


@pytest.mark.parametrize(
    ("faces", "size", "message"),
    [
        (np.zeros((4, 8, 8, 3), np.float32), 2, "Expected uint8.*float32"),
        (np.zeros((4, 8, 8), np.uint8), 2, r"shape \(n, side, side, 3\)"),
        (np.zeros((4, 8, 8, 3), np.uint8), 5, "from 1 to 4.*batch_size=5"),
    ],
)
def test_what_batches_refuse(faces, size, message):
    with pytest.raises(CourseError, match=message):
        batches(faces, size, seed=0)


def test_bytes_become_minus_one_to_one_in_even_steps_and_come_back():
    bytes_ = np.arange(256, dtype=np.uint8).reshape(1, 16, 16, 1)
    floats = from_images(bytes_)
    assert floats.dtype == np.float32 and (floats[0, 0, 0, 0], floats[0, -1, -1, 0]) == (-1, 1)
    np.testing.assert_allclose(floats.ravel(), np.linspace(-1, 1, 256), atol=1e-7)
    assert (to_images(floats) == bytes_).all()
    assert to_images(np.array([-3.0, 3.0])).tolist() == [0, 255]
