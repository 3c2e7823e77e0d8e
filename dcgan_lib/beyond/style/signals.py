"""Layers that treat maps as signals: their source, and their nonlinearity (chapter 13)."""

from __future__ import annotations

import keras
import numpy as np
import tensorflow as tf

from dcgan_lib.beyond.style.filters import linear_matrix, resampling_matrix
from dcgan_lib.beyond.style.plan import FIRST_CUTOFF, Stage

SLOPE = 0.2
GAIN = 2**0.5  # of a leaky ReLU, so that its output is as strong as its input
FINER = 2  # the nonlinearity works on a grid so many times as dense as its output's


class FourierFeatures(keras.layers.Layer):
    """Waves across the plane in place of a learnt constant: a source that can be moved exactly.

    Karras et al. 2021, section 3.1 (config B) and 3.2 (config H): frequencies lie evenly in a
    disc, and an affine map of w turns and moves them for each picture. At the start of training
    it does nothing.

    Args:
        stage: what is put out.
        seed: of frequencies, phases and the first mixture.
    """

    def __init__(self, stage: Stage, *, seed: int, name: str) -> None:
        super().__init__(name=name)
        self.stage = stage
        random = np.random.default_rng(seed)
        angles = random.uniform(0, 2 * np.pi, stage.channels)
        lengths = FIRST_CUTOFF * np.sqrt(random.uniform(0, 1, stage.channels))
        waves = lengths * np.stack([np.cos(angles), np.sin(angles)])  # (2, channels)
        self.waves = waves.astype(np.float32)
        self.phases = random.uniform(0, 1, stage.channels).astype(np.float32)
        mixture = random.normal(0, stage.channels**-0.5, (stage.channels, stage.channels))
        self.first_mixture = mixture.astype(np.float32)
        self.points = stage.grid.positions().astype(np.float32)

    def build(self, w_shape: tuple, transform_shape: tuple) -> None:
        """Make the weights: w (batch, latent_dim), transform (batch, 3)."""
        self.pose = keras.layers.Dense(4, kernel_initializer="zeros", name="pose")
        self.pose.build(w_shape)
        self.pose.set_weights([self.pose.get_weights()[0], np.array([1, 0, 0, 0], np.float32)])
        self.mixture = self.add_weight(shape=self.first_mixture.shape, initializer="zeros")
        self.mixture.assign(self.first_mixture)

    def call(self, w: tf.Tensor, transform: tf.Tensor) -> tf.Tensor:
        """w (batch, latent_dim), transform (batch, 3) → (batch, side, side, channels).

        A transform is an angle in radians, anticlockwise as one sees it, and how far to the right
        and down, in sides of the picture. The whole picture is turned round its centre, then moved.
        """
        rows, columns = self.points[None, :, None], self.points[None, None, :]
        x, y = _came_from(columns, rows, *tf.unstack(transform[:, :, None, None], axis=1))
        pose = self.pose(w)
        pose /= tf.norm(pose[:, :2], axis=1, keepdims=True)
        angle = tf.atan2(pose[:, 1], pose[:, 0])[:, None, None]
        x, y = _came_from(x, y, angle, pose[:, 2, None, None], pose[:, 3, None, None])
        turns = tf.tensordot(tf.stack([x, y], axis=-1), self.waves, 1) + self.phases
        return tf.tensordot(tf.sin(2 * np.pi * turns) * GAIN, self.mixture, 1)


def _came_from(
    x: tf.Tensor, y: tf.Tensor, angle: tf.Tensor, right: tf.Tensor, down: tf.Tensor
) -> tuple[tf.Tensor, tf.Tensor]:
    """Where a point of the transformed plane was before."""
    x, y = x - right, y - down
    cos, sin = tf.cos(angle), tf.sin(angle)
    return cos * x - sin * y, sin * x + cos * y


class FilteredLeakyReLU(keras.layers.Layer):
    """Leaky ReLU of a signal (Karras et al. 2021, section 2.1 and 3.2, config F).

    A bend makes new, finer waves. On a grid twice as dense they have room; then what the stage's
    own grid can't hold is taken out, in place of coming back as something else.

    Args:
        start: what comes in.
        end: what goes out.
    """

    def __init__(self, start: Stage, end: Stage, *, name: str) -> None:
        super().__init__(name=name)
        dense = end.grid.finer(FINER)
        self.up = resampling_matrix(start.grid, dense, start.band)
        self.down = resampling_matrix(dense, end.grid, end.band)

    def call(self, maps: tf.Tensor) -> tf.Tensor:
        """(batch, start.size, start.size, channels) → (batch, end.size, end.size, channels)."""
        return along_both(bent(along_both(maps, self.up)), self.down)


class PlainLeakyReLU(keras.layers.Layer):
    """Leaky ReLU of samples, after linear interpolation where the grid changes.

    Args: as for ``FilteredLeakyReLU``.
    """

    def __init__(self, start: Stage, end: Stage, *, name: str) -> None:
        super().__init__(name=name)
        self.up = None if start.grid == end.grid else linear_matrix(start.grid, end.grid)

    def call(self, maps: tf.Tensor) -> tf.Tensor:
        """As that of ``FilteredLeakyReLU``."""
        return bent(maps if self.up is None else along_both(maps, self.up))


def along_both(maps: tf.Tensor, matrix: np.ndarray) -> tf.Tensor:
    """Apply a matrix (after, before) along the rows and the columns of maps.

    Args:
        maps: float32, shape (batch, before, before, channels).
        matrix: float32, shape (after, before).

    Returns:
        float32, shape (batch, after, after, channels).
    """
    after, before = matrix.shape
    batch, channels = tf.shape(maps)[0], maps.shape[-1]
    flat = tf.reshape(maps, (batch, before, before * channels))
    rows = tf.reshape(tf.matmul(matrix, flat), (batch, after, before, channels))
    return tf.matmul(matrix, rows)


def bent(maps: tf.Tensor) -> tf.Tensor:
    """A leaky ReLU with its gain."""
    return tf.nn.leaky_relu(maps, SLOPE) * GAIN
