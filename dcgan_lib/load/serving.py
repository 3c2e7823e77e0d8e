"""Faces in memory order into shuffled batches (the paper's section 8a)."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from dcgan_lib.load.pixels import from_images
from dcgan_lib.shared import CourseError

if TYPE_CHECKING:
    import tensorflow as tf


def batches(
    faces: np.ndarray,
    batch_size: int,
    seed: int,
    *,
    flip: bool = False,
    rows: np.ndarray | None = None,
    epochs: int = 1,
    first_epoch: int = 0,
) -> tf.data.Dataset:
    """Serve shuffled batches for training.

    Each epoch visits every face at most once, in an order that depends on ``seed`` and on the
    epoch's number alone, so a resumed run meets the batches that an uninterrupted one would
    have. Every batch is full: the n mod batch_size faces at the end of an epoch's order
    are left out of that epoch (others in the next), because BatchNormalization's statistics
    of a few faces would be noise.

    Args:
        faces: uint8, shape (n, side, side, 3), RGB.
        batch_size: faces in a batch, 1 to n.
        seed: seed of order and flips.
        flip: mirror each face left to right with probability 1/2.
        rows: the rows of ``faces`` to serve; by default all.
        epochs: how many epochs to serve, one after the other.
        first_epoch: number of the first one.

    Returns:
        A dataset of float32 batches (batch_size, side, side, 3) in [-1, 1].

    Raises:
        CourseError: ``faces`` has another shape or type, or fewer rows than one batch.
    """
    import tensorflow as tf

    rows = np.arange(len(faces)) if rows is None else np.asarray(rows)
    _check_batches(faces, rows, batch_size)
    per_epoch = len(rows) // batch_size

    @lru_cache(maxsize=2)  # of a million faces, an order takes as long as a batch
    def epoch_order(epoch: int) -> np.ndarray:
        order = np.random.default_rng((seed, epoch)).permutation(rows)
        return order[: per_epoch * batch_size].reshape(per_epoch, batch_size)

    def read(number: np.int64) -> np.ndarray:
        epoch, step = divmod(int(number), per_epoch)
        batch = from_images(faces[epoch_order(epoch)[step]])
        if flip:
            mirrored = np.random.default_rng((seed, epoch, step)).random(batch_size) < 0.5
            batch[mirrored] = batch[mirrored, :, ::-1]
        return batch

    def read_tensor(number: tf.Tensor) -> tf.Tensor:
        batch = tf.numpy_function(read, [number], tf.float32, stateful=False)
        return tf.ensure_shape(batch, (batch_size, *faces.shape[1:]))

    numbers = tf.data.Dataset.range(first_epoch * per_epoch, (first_epoch + epochs) * per_epoch)
    return numbers.map(read_tensor).prefetch(tf.data.AUTOTUNE)


def _check_batches(faces: np.ndarray, rows: np.ndarray, batch_size: int) -> None:
    if faces.ndim != 4 or faces.shape[3] != 3 or faces.dtype != np.uint8:
        raise CourseError(
            "These faces can't be served. Expected uint8 of shape (n, side, side, 3). "
            f"Received: {faces.dtype} of shape {faces.shape}. Read them with load_faces."
        )
    if not 1 <= batch_size <= len(rows):
        raise CourseError(
            f"A batch can't be filled. Expected a batch size from 1 to {len(rows)}, the number of "
            f"faces. Received: batch_size={batch_size}. Choose a smaller batch size or give more "
            "photographs."
        )
