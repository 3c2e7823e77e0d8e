"""Differentiable augmentation: what it changes, what it leaves, and the way back for gradients."""

import numpy as np
import pytest
import tensorflow as tf

from dcgan_lib.train.augmentation import MOST_STRENGTH, augment, next_strength

FACES = np.random.default_rng(0).uniform(-1, 1, (64, 32, 32, 3)).astype(np.float32)


def changed(names, seed=1, faces=FACES, strength=None):
    random = tf.random.Generator.from_seed(seed)
    return augment(tf.constant(faces), random, names, strength).numpy()


def test_no_names_change_nothing():
    np.testing.assert_array_equal(changed(()), FACES)


@pytest.mark.parametrize("name", ["color", "translation", "cutout"])
def test_each_image_changes_in_its_own_way_and_by_the_seed(name):
    twins = np.repeat(FACES[:1], 8, axis=0)
    result = changed((name,), faces=twins)
    assert result.shape == twins.shape
    assert len({image.tobytes() for image in result}) > 5
    np.testing.assert_array_equal(result, changed((name,), faces=twins))
    assert not np.array_equal(result, changed((name,), seed=2, faces=twins))


def test_translation_shifts_by_up_to_an_eighth_and_fills_with_grey():
    shifts = set()
    for face, moved in zip(FACES, changed(("translation",)), strict=True):
        padded = np.pad(face, ((4, 4), (4, 4), (0, 0)))
        places = [
            (y, x)
            for y in range(9)
            for x in range(9)
            if np.array_equal(padded[y : y + 32, x : x + 32], moved)
        ]
        assert len(places) == 1
        shifts.add(places[0])
    assert {y for y, _ in shifts} == {x for _, x in shifts} == set(range(9))


def test_cutout_blanks_a_square_of_half_the_side():
    for face, cut in zip(FACES, changed(("cutout",)), strict=True):
        hole = (cut == 0).all(axis=2)
        rows, columns = np.flatnonzero(hole.any(axis=1)), np.flatnonzero(hole.any(axis=0))
        assert 8 <= len(rows) <= 16
        assert 8 <= len(columns) <= 16
        assert hole.sum() == len(rows) * len(columns)
        np.testing.assert_array_equal(cut[~hole], face[~hole])


def test_color_keeps_the_layout_of_grey_images():
    grey = np.repeat(FACES[..., :1], 3, axis=3)
    for before, after in zip(grey, changed(("color",), faces=grey), strict=True):
        assert np.ptp(after, axis=2).max() < 1e-5  # grey stays grey
        assert np.corrcoef(before.ravel(), after.ravel())[0, 1] > 0.999


@pytest.mark.parametrize("name", ["color", "translation", "cutout"])
def test_gradients_pass_back_to_the_image(name):
    faces = tf.constant(FACES)
    with tf.GradientTape() as tape:
        tape.watch(faces)
        total = tf.reduce_sum(augment(faces, tf.random.Generator.from_seed(1), (name,)))
    gradient = tape.gradient(total, faces)
    assert 0.3 < float(tf.reduce_mean(tf.cast(gradient != 0, tf.float32))) <= 1


def test_half_precision_stays_half():
    faces = tf.cast(FACES, tf.bfloat16)
    names = ("color", "translation", "cutout")
    assert augment(faces, tf.random.Generator.from_seed(1), names).dtype == tf.bfloat16


def test_the_strength_is_the_share_of_faces_that_change():
    many = np.tile(FACES, (16, 1, 1, 1))
    for strength in (0.0, 0.3, 1.0):
        result = changed(("color",), faces=many, strength=tf.constant(strength))
        share = np.mean([not np.array_equal(*pair) for pair in zip(many, result, strict=True)])
        assert share == pytest.approx(strength, abs=0.05)


def test_the_strength_rises_where_d_is_sure_and_falls_where_it_guesses():
    sure, guessing = tf.ones((16, 1)), tf.constant([[1.0], [-1.0]] * 8)
    start = tf.constant(0.4)
    assert float(next_strength(start, sure, target=0.6)) > 0.4
    assert float(next_strength(start, guessing, target=0.6)) < 0.4


def test_the_strength_stays_between_nothing_and_what_g_would_learn():
    strength = tf.constant(0.0)
    assert float(next_strength(strength, -tf.ones((16, 1)), target=0.6)) == 0
    for _ in range(30):
        strength = next_strength(strength, tf.ones((5000, 1)), target=0.6)
    assert float(strength) == pytest.approx(MOST_STRENGTH)
