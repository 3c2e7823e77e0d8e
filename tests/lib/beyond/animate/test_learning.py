"""The learnt animator: its geometry, one step of learning, a run, and what it moves."""

from __future__ import annotations

import json
import shutil

import numpy as np
import pytest
import tensorflow as tf

from dcgan_lib import from_images, get_settings, load_face_set
from dcgan_lib.beyond import animate
from dcgan_lib.beyond.animate import geometry
from dcgan_lib.beyond.animate.animator import Animator, pyramid_loss
from dcgan_lib.beyond.animate.learning import serve_pairs
from dcgan_lib.shared.errors import CourseError

TINY = animate.motion_settings(get_settings("tiny"))


def keypoints(places, bends=None):
    places = np.asarray(places, np.float32)[None]
    bends = np.eye(2)[None].repeat(len(places[0]), 0) if bends is None else bends
    return geometry.Keypoints(tf.constant(places), tf.constant(bends[None], tf.float32))


@pytest.fixture(scope="module")
def face_set(faces):
    return load_face_set(faces)


@pytest.fixture(scope="module")
def run(faces, tmp_path_factory):
    """A run of three steps."""
    losses = []
    folder = tmp_path_factory.mktemp("runs") / "motion"
    animate.learn_motion(faces, folder, TINY, losses.append)
    assert len(losses) == 1 and losses[0]["reconstruction"] > 0
    return folder


@pytest.fixture(scope="module")
def animator(run):
    return animate.load_animator(run)


def test_a_keypoint_takes_its_neighbourhood_with_it():
    own, driving = keypoints([[0.5, -0.25]]), keypoints([[0.0, 0.0]])
    places = geometry.local_motions(own, driving, 8).numpy()
    assert places.shape == (1, 2, 8, 8, 2)
    assert np.allclose(places[0, 0], geometry.grid(8))  # the background
    assert np.allclose(places[0, 1] - geometry.grid(8), [0.5, -0.25])


def test_a_bend_is_undone_before_the_other_is_applied():
    twice, half = 2 * np.eye(2)[None], 0.5 * np.eye(2)[None]
    places = geometry.local_motions(keypoints([[0, 0]], twice), keypoints([[0, 0]], half), 8)
    assert np.allclose(places[0, 1], 4 * geometry.grid(8))


def test_a_driver_in_its_first_pose_moves_nothing():
    own, first = keypoints([[0.1, 0.2], [0.3, 0]]), keypoints([[0, 0], [0.5, 0.5]])
    moved = geometry.relative(own, first, first)
    assert np.allclose(moved.places, own.places) and np.allclose(moved.jacobians, own.jacobians)
    later = geometry.Keypoints(first.places + 0.1, first.jacobians)
    assert np.allclose(geometry.relative(own, first, later).places, own.places + 0.1)


def test_places_are_sampled_between_pixels_and_gradients_reach_them(face_set):
    images = tf.constant(from_images(face_set.images[:1]))
    still = tf.Variable(geometry.grid(64)[None])
    with tf.GradientTape() as tape:
        seen = geometry.sample(images, still)
        loss = tf.reduce_sum(seen**2)
    assert np.allclose(seen, images, atol=1e-5)
    assert np.abs(tape.gradient(loss, still)).max() > 0
    shifted = geometry.sample(
        images, geometry.grid(64)[None] + tf.constant([2 / 64, 0.0])
    )  # a pixel
    assert np.allclose(shifted[0, :, :-1], images[0, :, 1:], atol=1e-5)


def test_the_mean_place_of_a_heat_map():
    heat = np.zeros((1, 4, 4, 1), np.float32)
    heat[0, 1, 3] = 0.5
    heat[0, 2, 3] = 0.5
    assert np.allclose(geometry.expected_places(tf.constant(heat)), [[[0.75, 0]]])


def test_the_pyramid_is_zero_for_alike_pictures_and_sees_what_is_fine():
    random = np.random.default_rng(0)
    face = random.uniform(-1, 1, (2, 64, 64, 3)).astype("float32")
    assert float(pyramid_loss(face, face)) == 0
    assert float(pyramid_loss(face, np.roll(face, 1, 1))) > float(pyramid_loss(face, face + 0.1))


def test_pairs_show_one_person_and_are_mirrored_together(face_set):
    people = animate.by_person(face_set)
    sources, targets = next(iter(serve_pairs(face_set.images, people, TINY)))
    known = {
        face.tobytes(): name for name, rows in people.items() for face in _both(face_set, rows)
    }
    for pair in zip(sources.numpy(), targets.numpy(), strict=True):
        owners = {known[one.tobytes()] for one in pair}
        assert len(owners) == 1 and not np.array_equal(*pair)


def test_people_are_held_out_whole(face_set):
    people = animate.split_people(face_set, 2)
    assert len(people.held_out) == 2 and not set(people.train) & set(people.held_out)
    with pytest.raises(CourseError, match="Nobody is left to learn from"):
        animate.split_people(face_set, 8)


@pytest.mark.long
def test_a_step_lowers_the_loss_of_a_batch_that_comes_again(face_set):
    animator = Animator(TINY)
    animator.compile()
    people = animate.by_person(face_set)
    pair = next(iter(serve_pairs(face_set.images, people, TINY)))
    step = tf.function(animator.train_step)
    losses = [float(step(pair)["reconstruction"]) for _ in range(12)]
    assert np.isfinite(losses).all() and losses[-1] < losses[0]  # running means


def test_a_run_keeps_what_it_needs_and_is_trained_once(run, faces):
    kept = {path.name for path in run.iterdir()}
    assert {"animator.keras", "history.csv", "people.json", "settings.json", "samples"} <= kept
    assert len(json.loads((run / "people.json").read_text("utf-8"))["held_out"]) == TINY.held_out
    animate.learn_motion(faces, run, TINY, lambda losses: pytest.fail("it is finished"))
    with pytest.raises(CourseError, match=r"This run has other settings.*epochs is 1"):
        animate.learn_motion(faces, run, type(TINY)(**TINY.to_dict() | {"epochs": 2}))


def test_a_run_that_is_not_finished_cannot_animate(tmp_path):
    with pytest.raises(CourseError, match="nothing to animate with"):
        animate.load_animator(tmp_path)


def test_an_animator_moves_a_portrait_and_starts_where_it_is(animator, face_set, faces):
    own = face_set.images[:3]
    assert animate.reenact(animator, own, own[::-1]).shape == own.shape
    portrait = animate.portrait_of(own[0])
    frames = list(animate.follow_by_animator(animator, portrait, own, film=True))
    assert len(frames) == 3 and frames[0].shape == (64, 64, 3) and frames[0].dtype == np.uint8


@pytest.mark.long
def test_the_commands_learn_and_animate(faces, run, orl_photographs, command, tmp_path):
    shutil.copytree(faces / "s1", tmp_path / "driver")
    photograph = orl_photographs / "s2" / "1.pgm"
    line = ["animate", photograph, "--driver", tmp_path / "driver", "--run", run]
    done = command(*line, "--out", tmp_path / "film.mp4")
    assert done.returncode == 0, done.stderr
    assert "people who said yes" in done.stdout
    assert b"trainedAlgorithmicMedia" in (tmp_path / "film.mp4").read_bytes()
    done = command(*line, "--out", tmp_path / "film.avi")
    assert done.returncode == 1 and ".gif or .mp4" in done.stderr
    done = command("learn-motion", faces, "--run", run, "--profile", "tiny")
    assert done.returncode == 0, done.stderr


def _both(face_set, rows):
    for face in from_images(face_set.images[rows]):
        yield from (face, np.ascontiguousarray(face[:, ::-1]))
