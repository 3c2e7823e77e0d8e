"""What the loader serves, epoch by epoch and batch by batch (chapter 03)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

import numpy as np

from dcgan_lib import batches, from_images, to_images


@dataclass(frozen=True)
class Served:
    """One batch: uint8 (batch_size, side, side, 3), RGB, and where it stands."""

    pictures: np.ndarray
    title: str


def numbered_faces(count: int, side: int = 1) -> np.ndarray:
    """Faces without a face: each pixel's three bytes hold the row's number.

    Returns:
        uint8 (count, side, side, 3); ``face_numbers`` reads the numbers back.
    """
    number = np.arange(count)
    codes = np.stack([number // 65536, number // 256 % 256, number % 256], axis=1)
    faces = np.empty((count, side, side, 3), np.uint8)
    faces[:] = codes[:, None, None]
    return faces


def face_numbers(batch: np.ndarray) -> np.ndarray:
    """Row numbers of a batch of ``numbered_faces``: float32 (n, side, side, 3) → int (n,)."""
    return to_images(batch)[:, 0, 0].astype(int) @ (65536, 256, 1)


def rows_served(count: int, batch_size: int, seed: int, epoch: int = 0) -> np.ndarray:
    """Which rows ``batches`` serves in an epoch, found by sending numbered faces through it.

    Returns:
        int (count // batch_size, batch_size).
    """
    served = batches(numbered_faces(count), batch_size, seed, first_epoch=epoch)
    return np.stack([face_numbers(batch) for batch in served])


def serve_batch(
    images: np.ndarray,
    names: Sequence[str],
    *,
    epoch: int = 0,
    step: int = 0,
    batch_size: int = 16,
    flip: bool = False,
    shuffled: bool = True,
    seed: int = 0,
) -> Served:
    """One batch, as ``batches`` serves it or, not shuffled, in the folder's order.

    Args:
        images: uint8 (n, side, side, 3), RGB.
        names: n POSIX paths; the parent is the person.
        epoch: number of the epoch, from 0.
        step: number of the batch in the epoch, from 0.
        batch_size: faces in it, 1 to n.
        flip: mirror about half of them.
        shuffled: False serves the rows as they lie in the folder.
        seed: of order and flips.

    Raises:
        ValueError: the epoch has no such step, or no batch of this size can be filled.
    """
    steps = len(images) // batch_size
    if not 0 <= step < max(steps, 1):
        raise ValueError(
            f"There is no such batch. Expected a step from 0 to {steps - 1}: {len(images)} faces "
            f"fill {steps} batches of {batch_size}. Received: step {step}."
        )
    if shuffled:
        served = batches(images, batch_size, seed, flip=flip, first_epoch=epoch)
        pictures = to_images(next(iter(served.skip(step))))
        rows = rows_served(len(images), batch_size, seed, epoch)[step]
    else:
        rows = np.arange(step * batch_size, (step + 1) * batch_size)
        pictures = np.array(images[rows])
        mirrored = np.random.default_rng((seed, epoch, step)).random(batch_size) < 0.5 * flip
        pictures[mirrored] = pictures[mirrored, :, ::-1]
    people = len({PurePosixPath(names[row]).parent for row in rows})
    order = "shuffled" if shuffled else "in the folder's order"
    place = f"epoch {epoch}, step {step} of 0–{steps - 1}, {order}"
    return Served(pictures, f"{place}: {batch_size} faces of {people} people")


def batch_means(images: np.ndarray, batch_size: int, seed: int, *, shuffled: bool) -> np.ndarray:
    """Mean brightness of each batch of an epoch, in [-1, 1]: float (n // batch_size,)."""
    steps = len(images) // batch_size
    rows = np.arange(steps * batch_size).reshape(steps, batch_size)
    if shuffled:
        rows = rows_served(len(images), batch_size, seed)
    each = from_images(images).mean(axis=(1, 2, 3))
    return each[rows].mean(axis=1)


def visits(count: int, batch_size: int, seed: int, epochs: int) -> np.ndarray:
    """Which faces each epoch serves: bool (epochs, count)."""
    seen = np.zeros((epochs, count), bool)
    for epoch in range(epochs):
        seen[epoch, rows_served(count, batch_size, seed, epoch).ravel()] = True
    return seen


def prefetch_times(read: float, train: float, count: int, *, prefetch: bool) -> np.ndarray:
    """When each batch is read and trained on, with one batch prepared ahead or none.

    Args:
        read: what it takes to prepare a batch, in any unit of time.
        train: what the network takes for it.
        count: batches.
        prefetch: whether the next batch is prepared while the network works.

    Returns:
        float (count, 2): the times at which reading and training begin.
    """
    times = np.zeros((count, 2))
    free = done = 0.0  # when the reader may begin, and when the network is done
    for number in range(count):
        begin = free if prefetch else max(free, done)
        start = max(begin + read, done)
        times[number] = begin, start
        free, done = start, start + train  # the buffer is free once the network has taken it
    return times
