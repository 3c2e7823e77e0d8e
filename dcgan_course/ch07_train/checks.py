"""Checks of chapter 07's exercises."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import keras
import numpy as np
import tensorflow as tf

from dcgan_course.ch07_train.experiment import Experiment, require_experiment
from dcgan_course.ch07_train.one_weight import ADAM_MISTAKES, adam
from dcgan_course.checking import (
    CheckFailed,
    exercise,
    numbers,
    passed,
    require,
    require_close,
    require_shape,
    shown,
)
from dcgan_course.networks import fill
from dcgan_lib import batches, get_settings, to_images
from dcgan_lib.train import DCGAN

LATENT_DIM = 20  # of the small G that exercise 7.4 is checked with
COUNTS = ((48, 8, 1), (50, 8, 3), (39, 10, 7), (7, 8, 5))  # faces, batch size, epochs
PATHS = (  # β1 and β2, and the gradients of a path; ε shows in the second
    ((0.9, 0.999), (3.0, -0.5, 0.02, 2.0, -4.0)),
    ((0.5, 0.999), (0.0, 1e-7, 1e-7, -3e-7)),
    ((0.5, 0.9), (3.0, 3.0, -0.5, 0.0, 2.0)),
)
ADAM_WORDS = ("a move, in learning rates, of", "a mean of", "a square of")
ADAM_HINTS = (
    "Nothing was remembered before: what does each average hold, and what of the gradient is it?",
    "The first step is right; do mean and square both go on from the ones before?",
)


@exercise("7.1")
def check_count_updates(count_updates: Callable[[int, int, int], int]) -> None:
    """7.1: as many updates as the library's loader serves batches."""
    for faces, batch_size, epochs in COUNTS:
        received = count_updates(faces, batch_size, epochs)
        expected = _served(faces, batch_size, epochs)
        require(
            numbers("The count", received) == expected,
            f"The loader serves another number of batches for {faces} faces, batch size "
            f"{batch_size} and {epochs} epochs. Expected {expected}. Received: {shown(received)}. "
            "What does the loader of chapter 3 do with the faces that fill no batch, and when?",
        )
    passed("7.1", "the loader serves as many batches as you say")


@exercise("7.2")
def check_adam_step(adam_step: Callable[..., tuple[float, float, float]]) -> None:
    """7.2: the path that Adam's definition takes, also for gradients of 0 and of ε's size."""
    for betas, gradients in PATHS:
        received = _adam_path(adam_step, gradients, betas)
        expected = _adam_path(adam, gradients, betas)
        wrong = ~(np.abs(received - expected) <= 1e-4 * (1 + np.abs(expected)))  # also NaN
        if not wrong.any():
            continue
        for cause, mistaken in ADAM_MISTAKES:
            if np.allclose(received, _adam_path(mistaken, gradients, betas), 1e-3, 1e-6, True):
                raise CheckFailed(cause)
        step = int(wrong.any(axis=1).argmax())
        what = int(wrong[step].argmax())
        raise CheckFailed(
            f"Step {step + 1}, with gradient {gradients[step]:g}, ends elsewhere for β1, β2 = "
            f"{betas}. Expected {ADAM_WORDS[what]} {expected[step, what]:.6g}. Received: "
            f"{received[step, what]:.6g}. {ADAM_HINTS[min(step, 1)]}"
        )
    passed("7.2", "your parameter takes Adam's path, also where the gradient is 0")


@exercise("7.3")
def check_training_step(training_step: Callable[..., tuple[tf.Tensor, tf.Tensor]]) -> None:
    """7.3: the same losses and the same new weights as ``DCGAN.train_step``."""
    mine, theirs = _small_gan(), _small_gan()
    faces = np.random.default_rng(0).uniform(-1, 1, (8, 32, 32, 3)).astype(np.float32)
    before = {net.name: _values(net) for net in (mine.generator, mine.discriminator)}
    z = mine.noise(8)  # the same numbers as train_step draws below: same seed
    result = training_step(mine, tf.constant(faces), z)
    measured = theirs.train_step(tf.constant(faces))
    require(
        isinstance(result, tuple | list) and len(result) == 2,
        f"Expected a tuple (d_loss, g_loss). Received: {shown(result)}.",
    )
    for net in (mine.generator, mine.discriminator):
        require(
            _statistics_moved(net),
            f"The {net.name}'s BatchNormalization hasn't seen the batch. Expected a call with "
            "training=True. Received: a call in inference mode, which is Keras's default here.",
        )
    swapped = np.allclose(result[::-1], [measured["d_loss"], measured["g_loss"]], 1e-4)
    require(not swapped, "The losses stand in the wrong order. Expected D's first. Received: G's.")
    for name, value in zip(("d_loss", "g_loss"), result, strict=True):
        hint = "Real and generated faces pass D apart, each with training=True. Which labels?"
        require_close(f"Your {name}", value, measured[name], 1e-4, hint)
    pairs = (mine.discriminator, theirs.discriminator), (mine.generator, theirs.generator)
    for net, other in pairs:
        _compare_moves(net, other, before[net.name])
    for net, other in pairs:
        _compare_statistics(net, other)
    passed(
        "7.3",
        f"D {float(result[0]):.4f}, G {float(result[1]):.4f}, as by the library's step; same new "
        "weights",
    )


@exercise("7.4")
def check_face_pictures(face_pictures: Callable[[keras.Model, np.ndarray], np.ndarray]) -> None:
    """7.4: uint8 pictures of G in inference mode, from -1 → 0 to 1 → 255."""
    generator = _spread_generator()
    noise = np.random.default_rng(1).uniform(-1, 1, (6, LATENT_DIM)).astype(np.float32)
    noise[0] = 0  # a face without black
    before, given = _values(generator), noise.copy()
    pictures = face_pictures(generator, given)
    require_shape("The pictures of 6 z", pictures, (6, 8, 8, 3), "One picture for each z.")
    dtype = getattr(pictures, "dtype", None)
    require(
        dtype == np.uint8,
        f"A picture is made of bytes. Expected uint8. Received: {getattr(dtype, 'name', dtype)}.",
    )
    unmoved = all(np.array_equal(a, b) for a, b in zip(before, _values(generator), strict=True))
    require(
        unmoved,
        "Looking has changed G: its BatchNormalization took statistics from your noise. Expected "
        "inference mode. Received: training mode. Which argument says so?",
    )
    require(
        np.array_equal(given, noise),
        "Your function has changed the noise that it was given. Expected it as it was. Received: "
        "other numbers in it.",
    )
    expected = to_images(generator(noise, training=False)).astype(int)
    error = np.abs(np.asarray(pictures, int) - expected)
    place = np.unravel_index(error.argmax(), error.shape)
    require(
        bool((error <= 0.0045 * (255 + expected)).all()),
        "The values are others. Expected -1 as 0, 0 as 127 or 128, 1 as 255. Received: "
        f"{np.asarray(pictures)[place]} where {expected[place]} should be. Shift first, then "
        "stretch; convert to uint8 last.",
    )
    passed("7.4", "6 pictures in uint8, the right way from -1 to 1, and G is as it was")


@exercise("7.5")
def check_experiment(my_experiment: Callable[[], Experiment]) -> None:
    """7.5: one setting that training asks, another value, and what one figure will do."""
    require_experiment(my_experiment())
    passed("7.5", "one change, and one thing foreseen; now let it run")


def _served(faces: int, batch_size: int, epochs: int) -> int:
    """How many batches the loader serves; it refuses a set that fills none."""
    if faces < batch_size:
        return 0
    images = np.zeros((faces, 2, 2, 3), np.uint8)
    return int(batches(images, batch_size, 0, epochs=epochs).cardinality())


def _adam_path(
    step_of: Callable[..., object], gradients: Sequence[float], betas: tuple[float, float]
) -> np.ndarray:
    """What each step moves, in learning rates, and what it remembers: (steps, 3)."""
    rate, rows = 0.01, []
    value, mean, square = 1.0, 0.0, 0.0
    for step, gradient in enumerate(gradients, 1):
        result = step_of(value, gradient, mean, square, step, rate, *betas)
        require(
            isinstance(result, tuple | list) and len(result) == 3,
            "Adam has to remember two averages between steps. Expected a tuple (value, mean, "
            f"square). Received: {shown(result)}.",
        )
        before = value
        value, mean, square = (float(numbers("What you return", part)) for part in result)
        rows.append([(value - before) / rate, mean, square])
    return np.array(rows)


def _small_gan() -> DCGAN:
    """A small DCGAN, always the same, with plain descent at two different rates."""
    gan = DCGAN(get_settings("tiny", image_size=32, moving_average=0))
    gan.compile(keras.optimizers.SGD(0.5), keras.optimizers.SGD(0.3))
    return gan


def _spread_generator() -> keras.Model:
    """A small G whose pixels reach from -1 to 1, both included."""
    z = keras.Input((LATENT_DIM,))
    maps = keras.layers.Reshape((8, 8, 3))(keras.layers.Dense(8 * 8 * 3)(z))
    maps = keras.layers.BatchNormalization()(maps)
    network = keras.Model(z, keras.ops.clip(maps, -1, 1))
    fill(network)
    return network


def _values(network: keras.Model) -> list[np.ndarray]:
    return [weight.numpy().copy() for weight in network.weights]


def _statistics_moved(network: keras.Model) -> bool:
    """Whether any moving mean has left the 0 that it starts from."""
    means = [weight for weight in network.weights if weight.path.endswith("moving_mean")]
    return any(np.any(weight.numpy()) for weight in means)


def _compare_moves(mine: keras.Model, theirs: keras.Model, before: list[np.ndarray]) -> None:
    """Fail where one update took the trainable weights elsewhere."""
    rows = zip(mine.weights, theirs.weights, before, strict=True)
    moves = [(a.numpy() - old, b.numpy() - old) for a, b, old in rows if a.trainable]
    largest = max(float(np.abs(right).max()) for _, right in moves)
    moved = max(float(np.abs(left).max()) for left, _ in moves)
    require(
        moved > 0,
        f"The {mine.name} hasn't moved. Expected new weights after the step. Received: the old "
        "ones. Has its own optimizer been given its gradients and its variables?",
    )
    error = max(float(np.abs(left - right).max()) for left, right in moves) / largest
    require(
        error < 1e-2,
        f"The losses are right, but the {mine.name} has moved elsewhere (off by {error:.0%} of the "
        "largest step). Each network follows the gradient of its own loss with its own optimizer, "
        "and both gradients are taken before either network moves.",
    )


def _compare_statistics(mine: keras.Model, theirs: keras.Model) -> None:
    """Fail where BatchNormalization took other statistics: a network ran once too often."""
    for one, other in zip(mine.weights, theirs.weights, strict=True):
        require(
            np.allclose(one.numpy(), other.numpy(), rtol=1e-2, atol=1e-3),
            f"The losses and moves are right, but the {mine.name}'s BatchNormalization has other "
            "statistics. Expected one pass through G and two through D. Received: more passes, or "
            "other ones.",
        )
