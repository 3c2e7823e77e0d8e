"""What D answers, and where no gradient comes back (chapter 05)."""

from __future__ import annotations

import keras
import numpy as np
import tensorflow as tf


def leaky(x: np.ndarray, slope: float) -> np.ndarray:
    """LeakyReLU: x above 0, slope·x below; ``slope`` 0 is ReLU."""
    return np.where(x > 0, x, slope * x)


def leaky_gradient(x: np.ndarray, slope: float) -> np.ndarray:
    """The derivative of ``leaky`` with respect to x."""
    return np.where(x > 0, 1.0, slope)


def revive(slope: float, steps: int = 150) -> np.ndarray:
    """Train one unit that starts negative for every input, and should answer 1.

    The unit is f(w·x + b) with w = 1 and b = -3, x in [-1, 1]; gradient descent on the squared
    error with learning rate 0.1.

    Args:
        slope: of f below 0; 0 is ReLU, 1 a straight line.
        steps: updates.

    Returns:
        float array (steps,): the mean of f before each update.
    """
    x, weight, bias, means = np.linspace(-1, 1, 16), 1.0, -3.0, []
    for _ in range(steps):
        before = weight * x + bias
        output = leaky(before, slope)
        means.append(output.mean())
        gradient = 2 * (output - 1) * leaky_gradient(before, slope)
        weight, bias = weight - 0.1 * (gradient * x).mean(), bias - 0.1 * gradient.mean()
    return np.array(means)


def blocked_shares(discriminator: keras.Model, faces: np.ndarray) -> dict[str, tuple[float, float]]:
    """For each map of D, the shares that pass no gradient back: of activations, and of units.

    A unit, one place in one channel, counts where it passes none for any of the faces.

    Args:
        discriminator: as ``build_discriminator`` makes it.
        faces: float32 (n, side, side, 3), in [-1, 1].
    """
    leaky = [layer for layer in discriminator.layers if layer.name.startswith("leaky_")]
    stages = keras.Model(discriminator.input, [x.input for x in leaky] + discriminator.outputs)
    with tf.GradientTape() as tape:
        *maps, logits = stages(tf.constant(faces), training=True)
    gradients = tape.gradient(logits, maps)
    shut = [np.asarray(gradient) == 0 for gradient in gradients]  # (n, side, side, channels)
    return {
        f"{stop.shape[1]}×{stop.shape[2]}": (float(stop.mean()), float(stop.all(axis=0).mean()))
        for stop in shut
    }


def answers(discriminator: keras.Model, images: np.ndarray) -> np.ndarray:
    """What D answers about one batch, as in training: by the batch's own statistics.

    Args:
        discriminator: (batch, side, side, 3) → (batch, 1), logits.
        images: float32 (n, side, side, 3), in [-1, 1].

    Returns:
        float array (n,): probabilities of being real.
    """
    return np.asarray(tf.sigmoid(discriminator(images, training=True)))[:, 0]
