"""The lengths of z, and a search for the z of a photograph (chapter 09)."""

from __future__ import annotations

from collections.abc import Callable

import keras
import numpy as np
import tensorflow as tf

from dcgan_lib import from_images
from dcgan_lib.latent import residual
from dcgan_lib.train import generate

DRAWS = 20_000
BAND = (0.005, 0.995)  # quantiles: 99 in 100 lengths lie between


def lengths(latent_dim: int, count: int = 1, draws: int = DRAWS, seed: int = 0) -> np.ndarray:
    """How long the mean of ``count`` z is, z uniform in [-1, 1]: float64 (draws,)."""
    random = np.random.default_rng(seed)
    total = sum(random.uniform(-1, 1, (draws, latent_dim)) for _ in range(count))
    return np.linalg.norm(total / count, axis=1)


def usual_lengths(latent_dim: int) -> tuple[float, float]:
    """Between which lengths 99 of 100 drawn z lie."""
    low, high = np.quantile(lengths(latent_dim), BAND)
    return float(low), float(high)


def search(
    generator: keras.Model,
    step: Callable[[keras.Model, tf.Tensor, tf.Tensor, float], tf.Tensor],
    photograph: np.ndarray,
    steps: int,
    rate: float,
) -> tuple[np.ndarray, np.ndarray]:
    """Search the z of a photograph step by step, from a z a tenth as long as a drawn one.

    Args:
        generator: as for ``draw_ways``.
        step: (generator, z, photograph in [-1, 1], rate) → the next z, (1, latent_dim).
        photograph: uint8, shape (side, side, 3), RGB.
        steps: how many.
        rate: of each step.

    Returns:
        Faces, uint8 (steps + 1, side, side, 3), the start first, and what is left over at each,
        float64 (steps + 1,), as ``invert.residual`` measures it.
    """
    target = tf.constant(from_images(photograph[None]))
    start = 0.1 * np.random.default_rng(0).uniform(-1, 1, (1, generator.input_shape[1]))
    z, points = tf.constant(start, tf.float32), []
    for _ in range(steps):
        points.append(z)
        z = step(generator, z, target, rate)
    faces = generate(generator, np.concatenate([*points, z]))
    return faces, residual(np.repeat(photograph[None], len(faces), axis=0), faces)
