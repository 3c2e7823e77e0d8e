"""Keypoints with local affine motion, and the warp that they make (Siarohin et al. 2019).

Places are (x, y) with the picture's edges at -1 and 1, as in the paper.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import tensorflow as tf


class Keypoints(NamedTuple):
    """Where a picture's keypoints lie, and how the picture is bent around them.

    Attributes:
        places: float32, shape (batch, n, 2).
        jacobians: float32, shape (batch, n, 2, 2): from the reference to the picture.
    """

    places: tf.Tensor
    jacobians: tf.Tensor


def grid(side: int) -> tf.Tensor:
    """The places of all pixels: float32 (side, side, 2), the middle of each."""
    along = (2 * np.arange(side, dtype=np.float32) + 1) / side - 1
    return tf.constant(np.dstack(np.meshgrid(along, along)))


def expected_places(heat: tf.Tensor) -> tf.Tensor:
    """The mean place under heat maps that sum to 1: (batch, side, side, n) → (batch, n, 2)."""
    return tf.einsum("byxn,yxc->bnc", heat, grid(heat.shape[1]))


def local_motions(source: Keypoints, driving: Keypoints, side: int) -> tf.Tensor:
    """Where each keypoint's affine motion takes the pixels of the driving picture (eq. 4, 5).

    Args:
        source: n keypoints of the picture that is to move.
        driving: n keypoints of the one that shows how.
        side: of the result.

    Returns:
        Places in the source: float32 (batch, n + 1, side, side, 2); the first ones don't move:
        that is for the background.
    """
    jacobians = source.jacobians @ inverse(driving.jacobians)  # (batch, n, 2, 2)
    away = grid(side)[None, None] - driving.places[:, :, None, None]  # (batch, n, side, side, 2)
    moved = tf.einsum("bnij,bnyxj->bnyxi", jacobians, away) + source.places[:, :, None, None]
    still = tf.broadcast_to(grid(side), tf.shape(moved[:, :1]))
    return tf.concat([still, moved], axis=1)


def differences_of_bumps(source: Keypoints, driving: Keypoints, side: int) -> tf.Tensor:
    """A bump at each driving keypoint less one at the source's: (batch, side, side, n) (eq. 6)."""
    return _bumps(driving.places, side) - _bumps(source.places, side)


def relative(source: Keypoints, first: Keypoints, now: Keypoints) -> Keypoints:
    """The source's keypoints, moved as the driver's have moved since its first frame (section 3.3).

    So a face keeps its own shape, and only what changes is carried over.

    Args:
        source: of the portrait.
        first: of the driver's first frame, which should resemble the portrait's pose.
        now: of another frame of the driver.
    """
    places = source.places + now.places - first.places
    return Keypoints(places, now.jacobians @ inverse(first.jacobians) @ source.jacobians)


def sample(images: tf.Tensor, places: tf.Tensor) -> tf.Tensor:
    """What images show at some places, bilinear; beyond the edge, their outermost pixels.

    Gradients reach the places, and not the images.

    Args:
        images: float32, shape (batch, side, side, channels).
        places: float32, shape (batch, height, width, 2).

    Returns:
        float32, shape (batch, height, width, channels).
    """
    images = tf.stop_gradient(images)
    side, channels = images.shape[1], images.shape[3]
    pixels = tf.clip_by_value((places + 1) * (side / 2) - 0.5, 0.0, side - 1.0)
    low = tf.minimum(tf.floor(tf.stop_gradient(pixels)), side - 2.0)
    share = pixels - low
    corner = tf.cast(low[..., 1] * side + low[..., 0], tf.int32)
    flat = tf.reshape(images, (-1, side * side, channels))

    def at(offset: int) -> tf.Tensor:
        return tf.gather(flat, corner + offset, batch_dims=1)

    x, y = share[..., :1], share[..., 1:]
    upper = at(0) * (1 - x) + at(1) * x
    lower = at(side) * (1 - x) + at(side + 1) * x
    return upper * (1 - y) + lower * y


def inverse(matrices: tf.Tensor) -> tf.Tensor:
    """The inverses of matrices (…, 2, 2); nearly singular ones are kept from exploding."""
    a, b, c, d = (matrices[..., row, column] for row in (0, 1) for column in (0, 1))
    determinant = a * d - b * c
    safe = tf.where(tf.abs(determinant) < 0.05, tf.where(determinant < 0, -0.05, 0.05), determinant)
    rows = tf.stack([tf.stack([d, -b], -1), tf.stack([-c, a], -1)], -2)
    return rows / safe[..., None, None]


def _bumps(places: tf.Tensor, side: int) -> tf.Tensor:
    away = grid(side)[None, :, :, None] - places[:, None, None]  # (batch, side, side, n, 2)
    return tf.exp(-tf.reduce_sum(away**2, axis=-1) / 0.02)  # the variance is the paper's 0.01
