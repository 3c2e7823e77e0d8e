"""What a GAN takes and gives: checked batches of faces, noise, generated faces."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from dcgan_lib.load import to_images
from dcgan_lib.settings import Settings
from dcgan_lib.shared import CourseError

RANGE_TOLERANCE = 1e-3  # by which a training face may leave [-1, 1]


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


def with_first_batch_checked(x: Any) -> Any:
    """Refuse faces in another range than G's tanh, which would be trained on without a word.

    Args:
        x: what ``keras.Model.fit`` takes: an array, a dataset or a generator of batches, each
            with or without labels.

    Returns:
        The same, with nothing taken away.

    Raises:
        CourseError: the first batch isn't float in [-1, 1].
    """
    if isinstance(x, tf.data.Dataset):
        first = next(iter(x.take(1)), None)
    elif isinstance(x, Iterator):
        first = next(x, None)
        x = _put_back(first, x)
    elif hasattr(x, "shape"):
        first = x[:64]
    else:  # a PyDataset; what else there is, Keras knows
        first = x[0] if hasattr(x, "__getitem__") and len(x) else None
    faces = first[0] if isinstance(first, tuple | list) else first
    if faces is not None:
        _require_range(np.asarray(faces))
    return x


def _put_back(first: Any, rest: Iterator[Any]) -> Iterator[Any]:
    if first is not None:
        yield first
    yield from rest


def _require_range(faces: np.ndarray) -> None:
    low, high = float(faces.min()), float(faces.max())
    if faces.dtype.kind == "f" and -1 - RANGE_TOLERANCE <= low < 0 and high <= 1 + RANGE_TOLERANCE:
        return
    raise CourseError(
        "These faces can't be trained on. Expected floats from -1 to 1, as G's tanh gives them, "
        f"with something darker than 0. Received: {faces.dtype} from {low:.3g} to {high:.3g}. "
        "Serve them with dcgan_lib.batches, or bring them there by dcgan_lib.from_images."
    )
