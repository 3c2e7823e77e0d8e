"""Checks of chapter 09's exercises."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import keras
import numpy as np
import tensorflow as tf

from dcgan_course.ch09_latent.searching import lengths
from dcgan_course.checking import exercise, numbers, passed, require, require_close, require_shape
from dcgan_lib import build_generator, get_settings
from dcgan_lib.latent import arithmetic, attribute_direction, concept, interpolate, label_thirds

CLOSE = 0.001  # of a length
ANGLES = (25, 65, 140)  # degrees between two z; at 90 the sine of the whole angle is 1


@exercise("9.1")
def check_typical_length(typical_length: Callable[[int, int], float]) -> None:
    """9.1: as long as means of z really are, when they are drawn."""
    for latent_dim, count in ((100, 1), (25, 1), (100, 2), (64, 4)):
        received = float(numbers("The length", typical_length(latent_dim, count)))
        expected = (latent_dim / 3 / count) ** 0.5
        drawn = lengths(latent_dim, count, draws=4000)
        hint = (
            "What is the mean square of one number in [-1, 1], and how many are added?"
            if count == 1
            else "One z is right. What does averaging do to the mean square of a number?"
        )
        require(
            abs(received - expected) <= CLOSE * expected,
            f"The mean of {count} z of {latent_dim} numbers has another length. Expected "
            f"{expected:.3f} (4000 that were drawn: {np.sqrt((drawn**2).mean()):.3f}). Received: "
            f"{received:.3f}. {hint}",
        )
    passed("9.1", "drawn z, and means of them, are as long as you say")


@exercise("9.2")
def check_slerp(slerp: Callable[[np.ndarray, np.ndarray, float], np.ndarray]) -> None:
    """9.2: the library's arc: from end to end, by even lengths and even angles."""
    random = np.random.default_rng(0)
    for degrees in ANGLES:
        a, b = _pair(random, degrees)
        lengths_of = np.linalg.norm(a), np.linalg.norm(b)
        for share, end, name in ((0.0, a, "start"), (1.0, b, "end")):
            found = _point(slerp, a, b, share)
            require_close(
                f"The {name} of the arc", found, end, hint=f"t = {share:g} is the {name}."
            )
        for share in (0.25, 0.5, 0.8):
            found, expected = _point(slerp, a, b, share), _on_the_arc(a, b, share)
            length = (1 - share) * lengths_of[0] + share * lengths_of[1]
            angle = _angle(a, found)
            require(
                abs(angle - share * degrees) < 0.01,
                f"At t = {share:g} the point lies elsewhere: the arc between two z that are "
                f"{degrees}° apart has to be {share * degrees:g}° from its start there. Received: "
                f"{angle:.4g}°. Do equal steps of t make equal angles?",
            )
            require(
                abs(np.linalg.norm(found) - length) < 1e-4,
                f"At t = {share:g} the point has another length. Expected {length:.4f}, between "
                f"{lengths_of[0]:.4f} and {lengths_of[1]:.4f}. Received: "
                f"{np.linalg.norm(found):.4f}. Is your direction of length 1 before the length "
                "comes in?",
            )
            require_close(f"The point at t = {share:g}", found, expected, 1e-5)
    passed("9.2", "from end to end by equal angles, as in the library")


@exercise("9.3")
def check_add_faces(add_faces: Callable[..., np.ndarray]) -> None:
    """9.3: sums of means, kept in the range of z."""
    random = np.random.default_rng(1)
    rows = [0, 3, 5], [1, 2, 4, 6], [7, 9, 11]
    for scale in (0.3, 1.0):  # with 0.3 nothing leaves the range
        z = random.uniform(-scale, scale, (12, 30))
        if scale == 1:
            z[[*rows[0]], :5], z[[*rows[1], *rows[2]], :5] = 0.9, -0.8  # out, and back again
        given = z.copy()
        found = numbers("The sum", add_faces(given, *rows))
        require(
            np.array_equal(given, z),
            "Your function has changed z itself. Expected z as it was. Received: other numbers in "
            "it. Work on copies.",
        )
        require_shape("The sum", found, (30,), "One number for each coordinate of z.")
        terms = [concept(z, list(part)) for part in rows]
        expected = arithmetic(*terms)
        sums = [z[part].sum(axis=0) for part in rows]
        wrong = {
            "Each group is summed up, so a larger group counts for more. Expected one z for each "
            "group that doesn't depend on its size. Received: sums.": _kept(sums, (1, -1, 1)),
            "What the second group has is added. Expected it taken away. Received: all three "
            "added.": _kept(terms, (1, 1, 1)),
            "The third group is taken away. Expected the second. Received: the other sign.": _kept(
                terms, (1, 1, -1)
            ),
            "The result leaves the range of z. Expected numbers in [-1, 1], where G was trained. "
            "Received: larger ones.": terms[0] - terms[1] + terms[2],
            "The range is kept too soon. Expected only the result in [-1, 1]. Received: a "
            "difference that was cut before the third group "
            "came.": _kept([_kept(terms[:2], (1, -1)), terms[2]], (1, 1)),
        }
        for cause, value in wrong.items():
            require(np.allclose(found, expected) or not np.allclose(found, value), cause)
        hint = "Which group gives, which takes, and what stands for a group of several z?"
        require_close("The sum", found, expected, 1e-5, hint)
    passed("9.3", "mean + mean - mean, and still a z that G knows")


@exercise("9.4")
def check_direction(direction: Callable[[np.ndarray, np.ndarray], np.ndarray]) -> None:
    """9.4: from the mean of the lowest third to that of the highest, of length 1."""
    random = np.random.default_rng(2)
    z = random.uniform(-1, 1, (90, 8))
    scores = np.exp(0.5 * z[:, 0] - 0.4 * z[:, 5] + random.normal(0, 0.5, 90)) * 50
    given = z.copy(), scores.copy()
    found = numbers("The direction", direction(*given))
    require(
        np.array_equal(given[0], z) and np.array_equal(given[1], scores),
        "Your function has changed the arrays that it was given. Expected them as they were. "
        "Received: other numbers in them. Which operation works in place?",
    )
    require_shape("The direction", found, (8,), "A mean over faces has one number a coordinate.")
    length = float(np.linalg.norm(found))
    require(
        abs(length - 1) < 1e-4,
        f"The direction has another length. Expected 1. Received: {length:.4f}. "
        "Divide by its norm.",
    )
    expected = attribute_direction(z, label_thirds(scores))
    require(
        not np.allclose(found, -expected, atol=1e-4),
        "The direction leads the wrong way. Expected towards faces of high scores. Received: "
        "towards low ones. Which mean is taken from which?",
    )
    hint = "Which faces count? Look at both limits: a third of the *faces* beyond each."
    require_close("The direction", found, expected, 1e-5, hint)
    passed("9.4", "from the lowest third to the highest, of length 1")


@exercise("9.5")
def check_search_step(search_step: Callable[..., tf.Tensor]) -> None:
    """9.5: one step down the slope of the mean squared difference, G as it was."""
    generator = _spread_generator()
    z = tf.constant(np.random.default_rng(3).uniform(-0.5, 0.5, (1, 100)), tf.float32)
    target = tf.fill((1, 32, 32, 3), 0.5)
    before = [weight.numpy().copy() for weight in generator.weights]
    rate = _rate(generator, z, target)
    found = numbers("The next z", search_step(generator, z, target, rate))
    require_shape("The next z", found, (1, 100))
    same = all(np.array_equal(a, b.numpy()) for a, b in zip(before, generator.weights, strict=True))
    require(same, "The search has changed G. Call it with training=False, and move z alone.")
    move, expected = np.asarray(found - z), -rate * np.asarray(_slope(generator, z, target))
    require(bool(np.any(move)), "z hasn't moved. Does the tape watch z, and is the gradient used?")
    require(
        float((move * expected).sum()) > 0,
        "z has moved uphill: the face is less like the photograph than before. Look at the sign.",
    )
    _require_known_slope(generator, z, target, move / rate)
    hint = "Look at the loss (the mean squared difference over pixels and channels) and the rate."
    largest = np.abs(expected).max()
    require_close("The move of z", move / largest, expected / largest, 1e-3, hint)
    far = numbers("The next z", search_step(generator, z, target, 1e4 * rate))
    require(
        float(far.min()) < 0 < float(far.max()),
        "A long step stays on one side of 0. Expected z in [-1, 1]. Received: numbers from "
        f"{far.min():.3g} to {far.max():.3g}.",
    )
    require(
        float(np.abs(far).max()) <= 1,
        "A long step leaves the range of z. Expected numbers in [-1, 1]. Received: up to "
        f"{np.abs(far).max():.3g}. Clip the new z.",
    )
    passed("9.5", "downhill, by the rate, and never out of [-1, 1]")


def _kept(terms: Sequence[np.ndarray], signs: Sequence[int]) -> np.ndarray:
    """A sum of terms with these signs, kept in the range of z."""
    total = sum(sign * term for sign, term in zip(signs, terms, strict=True))
    return np.clip(total, -1, 1)


def _require_known_slope(
    generator: keras.Model, z: tf.Tensor, target: tf.Tensor, step: np.ndarray
) -> None:
    """Fail where z followed the slope of another loss that is known, or no slope's length."""
    right = -np.asarray(_slope(generator, z, target))
    pixels = float(tf.size(target))
    for cause, value in {
        "The squared differences are added up. Expected their mean. Received: a step that is too "
        "long by the number of pixels.": right * pixels,
        "The step has one length for every coordinate. Expected the gradient itself, by the rate. "
        "Received: its signs.": np.sign(right),
    }.items():
        require(not np.allclose(step, value, rtol=1e-3, atol=1e-5 * np.abs(value).max()), cause)


def _pair(random: np.random.Generator, degrees: float) -> tuple[np.ndarray, np.ndarray]:
    """Two z of unequal lengths with a known angle between them."""
    a, b = random.uniform(-1, 1, (2, 20))
    across = b - (a @ b) / (a @ a) * a
    u, v = a / np.linalg.norm(a), across / np.linalg.norm(across)
    theta = np.radians(degrees)
    return a, 1.6 * (np.cos(theta) * u + np.sin(theta) * v)


def _on_the_arc(a: np.ndarray, b: np.ndarray, share: float) -> np.ndarray:
    hundredths = interpolate(a, b, 101)
    return hundredths[round(100 * share)]


def _point(slerp: Callable, a: np.ndarray, b: np.ndarray, share: float) -> np.ndarray:
    """A point of a student's arc, whose ends have to stay as they are."""
    given = a.copy(), b.copy()
    found = numbers("A point of the arc", slerp(*given, share))
    require(
        np.array_equal(given[0], a) and np.array_equal(given[1], b),
        "Your function has changed the ends that it was given. Expected them as they were. "
        "Received: other numbers in them. Which operation works in place?",
    )
    require_shape("A point of the arc", found, a.shape)
    return found


def _angle(a: np.ndarray, b: np.ndarray) -> float:
    """The angle between two vectors, in degrees."""
    cosine = a @ b / np.linalg.norm(a) / max(float(np.linalg.norm(b)), 1e-12)
    return float(np.degrees(np.arccos(np.clip(cosine, -1, 1))))


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
