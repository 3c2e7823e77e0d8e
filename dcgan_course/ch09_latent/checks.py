"""Checks of chapter 09's exercises."""

from __future__ import annotations

from collections.abc import Callable

import keras
import numpy as np
import tensorflow as tf

from dcgan_course.ch09_latent.searching import lengths
from dcgan_course.checking import passed, require, require_close, require_shape
from dcgan_lib import build_generator, get_settings
from dcgan_lib.latent import arithmetic, attribute_direction, concept, interpolate, label_thirds

CLOSE = 0.01  # of a typical length: chance of the draws is a tenth of that


def check_typical_length(typical_length: Callable[[int, int], float]) -> None:
    """9.1: as long as means of z really are, when they are drawn."""
    for latent_dim, count in ((100, 1), (25, 1), (100, 2), (64, 4)):
        received = float(typical_length(latent_dim, count))
        expected = float(np.sqrt((lengths(latent_dim, count, draws=4000) ** 2).mean()))
        hint = (
            "What is the mean square of one number in [-1, 1], and how many are added?"
            if count == 1
            else "One z is right. What does averaging do to the mean square of a number?"
        )
        require(
            abs(received - expected) <= CLOSE * expected,
            f"The mean of {count} z of {latent_dim} numbers has another length. Expected about "
            f"{expected:.2f}, as drawn. Received: {received:.2f}. {hint}",
        )
    passed("9.1", "drawn z, and means of them, are as long as you say")


def check_slerp(slerp: Callable[[np.ndarray, np.ndarray, float], np.ndarray]) -> None:
    """9.2: the library's arc: from end to end, by even lengths and even angles."""
    a, b = np.array([3.0, 0.0, 0.0]), np.array([0.0, 1.0, 1.0])
    for share, end, name in ((0.0, a, "start"), (1.0, b, "end")):
        found = slerp(a, b, share)
        require_shape("A point of the arc", found, (3,))
        require_close(f"The {name} of the arc", found, end, hint=f"t = {share:g} is the {name}.")
    for share in (0.25, 0.5):
        length = float(np.linalg.norm(slerp(a, b, share)))
        expected = (1 - share) * 3 + share * np.sqrt(2)
        require(
            abs(length - expected) < 1e-4,
            f"At t = {share:g} the point has another length. Expected {expected:.4f}, between 3 "
            f"and {np.sqrt(2):.4f}. Received: {length:.4f}. Mix unit vectors first; the length "
            "comes last, by itself.",
        )
    a, b = np.random.default_rng(0).uniform(-1, 1, (2, 20))
    for share, expected in zip(np.linspace(0, 1, 5), interpolate(a, b, 5), strict=True):
        hint = "Do equal steps of t make equal angles? Look at both sines, and what divides them."
        require_close(f"The point at t = {share:g}", slerp(a, b, share), expected, 1e-5, hint)
    passed("9.2", "from end to end by equal angles, as in the library")


def check_add_faces(add_faces: Callable[..., np.ndarray]) -> None:
    """9.3: sums of means, kept in the range of z."""
    random = np.random.default_rng(1)
    for scale in (0.3, 1.0):  # with 0.3 nothing leaves the range
        z = random.uniform(-scale, scale, (12, 30))
        rows = [0, 3, 5], [1, 2, 4, 6], [7, 9, 11]
        before = z.copy()
        found = add_faces(z, *rows)
        require(np.array_equal(z, before), "Your function has changed z itself. Work on copies.")
        require_shape("The sum", found, (30,), "One number for each coordinate of z.")
        expected = arithmetic(*(concept(z, list(part)) for part in rows))
        hint = (
            "A concept is a mean over rows; the first and the third are added, the second is "
            "taken away."
            if scale < 1
            else "Is the result kept in [-1, 1], where G was trained, and only the result?"
        )
        require_close("The sum", found, expected, 1e-5, hint)
    passed("9.3", "mean + mean - mean, and still a z that G knows")


def check_direction(direction: Callable[[np.ndarray, np.ndarray], np.ndarray]) -> None:
    """9.4: from the mean of the lowest third to that of the highest, of length 1."""
    random = np.random.default_rng(2)
    z = random.uniform(-1, 1, (90, 8))
    scores = 50 + 3 * z[:, 0] - 2 * z[:, 5] + random.normal(0, 1, 90)
    found = direction(z, scores)
    require_shape("The direction", found, (8,), "A mean over faces has one number a coordinate.")
    length = float(np.linalg.norm(found))
    require(
        abs(length - 1) < 1e-4,
        f"The direction has another length. Expected 1. Received: {length:.4f}. "
        "Divide by its norm.",
    )
    expected = attribute_direction(z, label_thirds(scores))
    require(
        float(np.dot(found, expected)) > 0,
        "The direction leads the wrong way. Expected towards faces of high scores. Received: "
        "towards low ones. Which mean is taken from which?",
    )
    hint = "Which faces count? Look at both limits: a third of the faces beyond each."
    require_close("The direction", found, expected, 1e-5, hint)
    passed("9.4", "from the lowest third to the highest, of length 1")


def check_search_step(search_step: Callable[..., tf.Tensor]) -> None:
    """9.5: one step down the slope of the mean squared difference, G as it was."""
    generator = _spread_generator()
    z = tf.constant(np.random.default_rng(3).uniform(-0.5, 0.5, (1, 100)), tf.float32)
    target = tf.fill((1, 32, 32, 3), 0.5)
    before = [weight.numpy().copy() for weight in generator.weights]
    rate = _rate(generator, z, target)
    found = search_step(generator, z, target, rate)
    require_shape("The next z", found, (1, 100))
    same = all(np.array_equal(a, b.numpy()) for a, b in zip(before, generator.weights, strict=True))
    require(same, "The search has changed G. Call it with training=False, and move z alone.")
    move, expected = np.asarray(found - z), -rate * np.asarray(_slope(generator, z, target))
    require(bool(np.any(move)), "z hasn't moved. Does the tape watch z, and is the gradient used?")
    require(
        float((move * expected).sum()) > 0,
        "z has moved uphill: the face is less like the photograph than before. Look at the sign.",
    )
    hint = (
        "Look at the loss: the mean, over all pixels and channels, of the squared difference; and "
        "at the rate."
    )
    largest = np.abs(expected).max()
    require_close("The move of z", move / largest, expected / largest, 1e-3, hint)
    far = np.asarray(search_step(generator, z, target, 1e4 * rate))
    require(
        float(np.abs(far).max()) <= 1,
        "A long step leaves the range of z. Expected numbers in [-1, 1]. Received: up to "
        f"{np.abs(far).max():.3g}. Clip the new z.",
    )
    passed("9.5", "downhill, by the rate, and never out of [-1, 1]")


def _spread_generator() -> keras.Model:
    """A small G whose faces differ."""
    generator = build_generator(get_settings("tiny", image_size=32))
    for variable in generator.trainable_variables:
        if "kernel" in variable.path:
            variable.assign(variable * 8)
    return generator


def _slope(generator: keras.Model, z: tf.Tensor, target: tf.Tensor) -> tf.Tensor:
    with tf.GradientTape() as tape:
        tape.watch(z)
        loss = tf.reduce_mean((generator(z, training=False) - target) ** 2)
    return tape.gradient(loss, z)


def _rate(generator: keras.Model, z: tf.Tensor, target: tf.Tensor) -> float:
    """A rate at which no coordinate moves by more than a fifth."""
    return 0.2 / float(tf.reduce_max(tf.abs(_slope(generator, z, target))))
