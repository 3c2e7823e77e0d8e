"""Cross-entropies against their formulas, their equilibrium and their gradients."""

import math

import keras
import numpy as np
import pytest
import tensorflow as tf

from dcgan_lib.losses import discriminator_loss, generator_loss, gradient_penalty

REAL = np.array([[2.0], [-1.0], [0.5]], np.float32)
FAKE = np.array([[-3.0], [0.3], [1.0]], np.float32)


def sigmoid(logits):
    return 1 / (1 + np.exp(-logits.astype(np.float64)))


def test_d_loss_is_goodfellows_objective_with_the_sign_turned():
    expected = -np.mean(np.log(sigmoid(REAL))) - np.mean(np.log(1 - sigmoid(FAKE)))
    assert float(discriminator_loss(REAL, FAKE)) == pytest.approx(expected, rel=1e-6)


def test_g_loss_is_the_non_saturating_one():
    expected = -np.mean(np.log(sigmoid(FAKE)))
    assert float(generator_loss(FAKE)) == pytest.approx(expected, rel=1e-6)


def test_the_equilibrium_is_ln_4_and_ln_2():
    undecided = np.zeros((5, 1), np.float32)
    assert float(discriminator_loss(undecided, undecided)) == pytest.approx(math.log(4))
    assert float(generator_loss(undecided)) == pytest.approx(math.log(2))


def test_smoothing_is_one_sided():
    expected = -np.mean(0.9 * np.log(sigmoid(REAL)) + 0.1 * np.log(1 - sigmoid(REAL)))
    expected -= np.mean(np.log(1 - sigmoid(FAKE)))
    smoothed = float(discriminator_loss(REAL, FAKE, label_smoothing=0.1))
    assert smoothed == pytest.approx(expected, rel=1e-6)


def test_extreme_logits_stay_finite():
    sure = np.full((2, 1), 1e4, np.float32)
    assert float(discriminator_loss(sure, -sure)) == 0
    assert float(discriminator_loss(-sure, sure)) == pytest.approx(2e4)
    assert float(generator_loss(-sure)) == pytest.approx(1e4)


def test_a_rejected_face_still_gives_g_a_gradient():
    logits = tf.constant([[-10.0]])
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(logits)
        non_saturating = generator_loss(logits)
        saturating = tf.reduce_mean(tf.math.log(1 - tf.sigmoid(logits)))
    assert abs(tape.gradient(non_saturating, logits).numpy().item()) > 0.99
    assert abs(tape.gradient(saturating, logits).numpy().item()) < 1e-4


def test_the_gradient_penalty_of_a_plane_is_its_squared_slope():
    faces = np.random.default_rng(0).uniform(-1, 1, (5, 8, 8, 3)).astype(np.float32)
    slope = np.random.default_rng(1).normal(size=(8, 8, 3, 1)).astype(np.float32)
    judge = keras.layers.Conv2D(1, 8, use_bias=False)
    plane = keras.Sequential([keras.Input((8, 8, 3)), judge, keras.layers.Reshape((1,))])
    judge.set_weights([slope])
    assert float(gradient_penalty(plane, tf.constant(faces))) == pytest.approx(
        float((slope**2).sum()), rel=1e-5
    )


def test_the_gradient_penalty_is_the_slope_that_small_steps_measure():
    x = keras.Input((4, 4, 3))
    y = keras.layers.Reshape((1,))(keras.layers.Conv2D(1, 4)(keras.ops.tanh(x)))
    curved, random = keras.Model(x, y), np.random.default_rng(0)
    faces = random.uniform(-1, 1, (2, 4, 4, 3)).astype(np.float32)
    step, squares = 1e-2, np.zeros(2)
    for place in np.ndindex(4, 4, 3):
        move = np.zeros((4, 4, 3), np.float32)
        move[place] = step
        slope = (curved(faces + move) - curved(faces - move)) / (2 * step)
        squares += np.square(slope[:, 0])
    penalty = float(gradient_penalty(curved, tf.constant(faces)))
    assert penalty == pytest.approx(squares.mean(), rel=1e-2)
