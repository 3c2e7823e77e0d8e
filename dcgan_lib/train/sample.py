"""Noise in, faces out: what a trained generator is asked for."""

from __future__ import annotations

from collections.abc import Callable

import keras
import numpy as np
import tensorflow as tf

from dcgan_lib.load import to_images
from dcgan_lib.settings import Settings


def generate(
    generator: keras.Model, noise: np.ndarray, each: Callable[[int], object] = lambda n: None
) -> np.ndarray:
    """Faces of a generator in inference mode, some at a time.

    Args:
        generator: (batch, latent_dim) → (batch, side, side, 3) in [-1, 1].
        noise: float32, shape (n, latent_dim), in [-1, 1].
        each: called with the number of faces after every part.

    Returns:
        uint8 array (n, side, side, 3), RGB.
    """
    parts = []
    for start in range(0, len(noise), 64):
        faces = generator(tf.constant(noise[start : start + 64]), training=False)
        parts.append(to_images(faces))
        each(len(parts[-1]))
    return np.concatenate(parts)


def fixed_noise(settings: Settings) -> np.ndarray:
    """The z of every grid of a run: float32 (sample_count, latent_dim)."""
    return draw_noise(settings.sample_count, settings.latent_dim, settings.seed, settings.noise)


def noise_tensor(
    random: tf.random.Generator, shape: tuple[int | tf.Tensor, ...], noise: str
) -> tf.Tensor:
    """z drawn in training, where the generator's state belongs to the checkpoint.

    Args:
        random: the source.
        shape: (batch, latent_dim).
        noise: as ``settings.noise``: "uniform" in [-1, 1] (the paper's section 5.1), or "normal",
            N(0, 1).
    """
    if noise == "normal":
        return random.normal(shape)
    return random.uniform(shape, -1.0, 1.0)


def draw_noise(count: int, latent_dim: int, seed: int, noise: str = "uniform") -> np.ndarray:
    """z drawn outside training, the same for the same seed: float32 (count, latent_dim).

    Uniform in [-1, 1], or N(0, 1) for a run whose ``settings.noise`` is "normal".
    """
    random = np.random.default_rng(seed)
    if noise == "normal":
        return random.standard_normal((count, latent_dim), np.float32)
    return random.uniform(-1, 1, (count, latent_dim)).astype(np.float32)
