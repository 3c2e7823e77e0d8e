"""Measures of faces against cases whose answer is known."""

import numpy as np
import pytest

from dcgan_lib.evaluate import evaluate, haar_acceptance, nearest_distances, variety
from dcgan_lib.files import CourseError
from dcgan_lib.load import load_faces
from dcgan_lib.settings import get_settings
from dcgan_lib.train import train


@pytest.fixture(scope="module")
def images(faces):
    return np.array(load_faces(faces))


def test_the_cascade_accepts_faces_and_no_noise(images):
    assert haar_acceptance(images) >= 0.95
    noise = np.random.default_rng(0).integers(0, 256, (20, 64, 64, 3), np.uint8)
    assert haar_acceptance(noise) == 0
    half = np.concatenate([images[:10], noise[:10]])
    assert haar_acceptance(half) == pytest.approx(0.5, abs=0.1)


def test_a_copy_and_a_mirrored_copy_are_at_distance_zero(images):
    assert nearest_distances(images[:5], images).max() == 0
    assert nearest_distances(images[:5, :, ::-1], images).max() < 0.005


def test_distance_grows_with_noise_and_strangers_are_far(images):
    random = np.random.default_rng(0)

    def noisy(strength):
        noise = random.normal(0, strength, images.shape)
        return np.clip(images + noise, 0, 255).astype(np.uint8)

    near, further = (nearest_distances(noisy(s), images).mean() for s in (10, 60))
    assert 0 < near < further
    strangers = nearest_distances(images[:6], images[6:])  # the six faces of one person
    assert strangers.min() > 0.05


def test_variety_is_zero_for_one_face_and_falls_when_modes_drop(images):
    assert variety(np.repeat(images[:1], 5, axis=0)) == 0
    dropped = np.concatenate([images[:3]] * 16)  # three faces, again and again
    assert 0 < variety(dropped) < variety(images)


def test_a_run_is_measured_beside_its_held_out_faces(faces, tmp_path):
    run = tmp_path / "run"
    train(faces, run, get_settings("tiny"))
    report = evaluate(run, faces, count=20)
    assert report == evaluate(run, faces, count=20)
    assert report.count == 20
    assert report.haar_acceptance < 0.5 < report.haar_acceptance_held_out
    assert 0 < report.nearest_held_out < report.nearest_generated
    assert report.variety_generated < report.variety_training


def test_what_evaluate_refuses(faces, tmp_path):
    with pytest.raises(CourseError, match="There is no run here"):
        evaluate(tmp_path, faces)
    with pytest.raises(CourseError, match="at least 2"):
        evaluate(tmp_path, faces, count=1)
