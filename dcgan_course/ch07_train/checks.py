"""Checks of chapter 07's exercises."""

from __future__ import annotations

from collections.abc import Callable

import keras
import numpy as np
import tensorflow as tf

from dcgan_course.checking import passed, require, require_close, require_shape
from dcgan_lib import batches, build_generator, get_settings, to_images
from dcgan_lib.train import DCGAN


def check_count_updates(count_updates: Callable[[int, int, int], int]) -> None:
    """7.1: as many updates as the library's loader serves batches."""
    for faces, batch_size, epochs in ((48, 8, 1), (50, 8, 3), (39, 10, 7)):
        received = count_updates(faces, batch_size, epochs)
        served = batches(np.zeros((faces, 2, 2, 3), np.uint8), batch_size, 0, epochs=epochs)
        expected = int(served.cardinality())
        require(
            received == expected,
            f"The loader serves another number of batches for {faces} faces, batch size "
            f"{batch_size} and {epochs} epochs. Expected {expected}. Received: {received}. "
            "What does the loader of chapter 3 do with the faces that fill no batch, and when?",
        )
    passed("7.1", "the loader serves as many batches as you say")


def check_adam_step(adam_step: Callable[..., tuple[float, float, float]]) -> None:
    """7.2: the same path as Keras's Adam takes."""
    for rate, beta_1 in ((0.01, 0.9), (0.0003, 0.5)):
        value, mean, square = 1.0, 0.0, 0.0
        variable = keras.Variable(1.0)
        theirs = keras.optimizers.Adam(rate, beta_1=beta_1)
        for step, gradient in enumerate((3.0, -0.5, 0.02, 2.0, -4.0), 1):
            result = adam_step(value, gradient, mean, square, step, rate, beta_1)
            require(
                isinstance(result, tuple) and len(result) == 3,
                "Adam has to remember two averages between steps. Expected a tuple (value, mean, "
                f"square). Received: {type(result).__name__}.",
            )
            before, (value, mean, square) = value, result
            theirs.apply([tf.constant(gradient)], [variable])
            moved, expected = value - before, float(variable.numpy()) - before
            require(
                abs(value - float(variable.numpy())) < 1e-3 * rate,
                f"Step {step} with gradient {gradient:g} ends elsewhere than Keras's Adam "
                f"(learning rate {rate:g}, β1 {beta_1:g}). Expected a move of {expected:.3g}. "
                f"Received: {moved:.3g}. {_adam_hint(step)}",
            )
    passed("7.2", "your parameter and Keras's take the same path")


def check_training_step(training_step: Callable[..., tuple[tf.Tensor, tf.Tensor]]) -> None:
    """7.3: the same losses and the same new weights as ``DCGAN.train_step``."""
    mine, theirs = _small_gan(), _small_gan()
    faces = np.random.default_rng(0).uniform(-1, 1, (8, 32, 32, 3)).astype(np.float32)
    before = {net.name: _values(net) for net in (mine.generator, mine.discriminator)}
    z = mine.noise(8)  # the same numbers as train_step draws below: same seed
    result = training_step(mine, tf.constant(faces), z)
    measured = theirs.train_step(tf.constant(faces))
    require(
        isinstance(result, tuple) and len(result) == 2,
        f"Expected a tuple (d_loss, g_loss). Received: {type(result).__name__}.",
    )
    for net in (mine.generator, mine.discriminator):
        require(
            _statistics_moved(net),
            f"The {net.name}'s BatchNormalization hasn't seen the batch. Expected a call with "
            "training=True. Received: a call in inference mode, which is Keras's default here.",
        )
    for name, value in zip(("d_loss", "g_loss"), result, strict=True):
        hint = "Real and generated faces pass D apart, each with training=True. Which labels?"
        require_close(f"Your {name}", value, measured[name], 1e-4, hint)
    for net, other in ((mine.discriminator, theirs.discriminator),
                       (mine.generator, theirs.generator)):  # fmt: skip
        _compare_moves(net, other, before[net.name])
    passed(
        "7.3",
        f"D {float(result[0]):.4f}, G {float(result[1]):.4f}, as by the library's step; same new "
        "weights",
    )


def check_face_pictures(face_pictures: Callable[[keras.Model, np.ndarray], np.ndarray]) -> None:
    """7.4: uint8 pictures of G in inference mode, from -1 → 0 to 1 → 255."""
    generator = _spread_generator()
    noise = np.random.default_rng(1).uniform(-1, 1, (6, 100)).astype(np.float32)
    before = _values(generator)
    pictures = face_pictures(generator, noise)
    require_shape("The pictures of 6 z", pictures, (6, 32, 32, 3), "One picture for each z.")
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
    expected = to_images(generator(noise, training=False)).astype(int)
    error = np.abs(np.asarray(pictures, int) - expected)
    require(
        error.max() <= 1,
        f"The values are others. Expected -1 as 0, 0 as 127 or 128, 1 as 255. Received: pixels "
        f"that are off by up to {error.max()}. Shift first, then stretch; convert to uint8 last.",
    )
    passed("7.4", "6 pictures in uint8, the right way from -1 to 1, and G is as it was")


def _adam_hint(step: int) -> str:
    if step == 1:
        return (
            "The first step is one learning rate long, whatever the gradient's size: look at both "
            "corrections for the start, at the root, and at the sign."
        )
    return "The first step is right; do mean and square both go on from the ones before?"


def _small_gan() -> DCGAN:
    """A small DCGAN, always the same, with plain descent at two different rates."""
    gan = DCGAN(get_settings("tiny", image_size=32, moving_average=0))
    gan.compile(keras.optimizers.SGD(0.5), keras.optimizers.SGD(0.3))
    return gan


def _spread_generator() -> keras.Model:
    """A small G whose faces reach from nearly -1 to nearly 1."""
    generator = build_generator(get_settings("tiny", image_size=32))
    last = generator.get_layer("up_32")
    last.kernel.assign(last.kernel * 40)
    return generator


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
