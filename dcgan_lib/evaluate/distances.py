"""Distances between faces: the nearest one, memorisation, variety."""

from __future__ import annotations

import numpy as np

from dcgan_lib.evaluate.arrays import grey_copies, mean_of_pairs, squared_distances

COMPARED_SIDE = 32  # pixels; distances are taken between grey copies of this side


CHUNK = 4096  # references that images are compared with at a time


def nearest(images: np.ndarray, references: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The reference nearest to each image, mirror images of the references included.

    The distance is the root mean squared difference of grey copies of 32×32 with values in
    [0, 1]: 0 for a copy, about 0.2 for two unlike portraits.

    Args:
        images: uint8, shape (n, side, side, 3), RGB.
        references: uint8, shape (m, side, side, 3), RGB.

    Returns:
        Distances, float64 (n,), and rows of ``references``, int64 (n,).
    """
    rows = _grey(images)
    best, where = np.full(len(rows), np.inf), np.zeros(len(rows), np.int64)
    for start in range(0, len(references), CHUNK):
        part = references[start : start + CHUNK]
        mirrored = _grey(part[:, :, ::-1])
        squares = np.minimum(
            squared_distances(rows, _grey(part)), squared_distances(rows, mirrored)
        )
        found = squares.argmin(axis=1)
        least = squares[np.arange(len(rows)), found]
        where[least < best] = (start + found)[least < best]
        best = np.minimum(best, least)
    return _as_distance(best), where


def nearest_distances(images: np.ndarray, references: np.ndarray) -> np.ndarray:
    """Distance of each image to the nearest reference or its mirror image, as in ``nearest``."""
    return nearest(images, references)[0]


def memorisation(generated: np.ndarray, held_out: np.ndarray) -> float:
    """Probability that a generated face lies nearer to a training face than a new photograph.

    The Mann-Whitney statistic as a share, ties counted half: 0.5 where generated faces lie as
    near to the training faces as photographs that training never saw, 1 for copies, below 0.5
    where they are further away than a new photograph is.

    Args:
        generated: distances of generated faces to their nearest training faces, (n,).
        held_out: the same of held-out photographs, (m,).
    """
    ordered = np.sort(held_out)
    below = np.searchsorted(ordered, generated, side="left")
    up_to = np.searchsorted(ordered, generated, side="right")
    return float(np.mean(1 - (below + up_to) / (2 * len(ordered))))


def variety(images: np.ndarray) -> float:
    """Mean distance between two different images, as ``nearest`` measures it.

    Args:
        images: uint8, shape (n, side, side, 3), RGB, at least two.
    """
    rows = _grey(images)
    return mean_of_pairs(_as_distance(squared_distances(rows, rows)))


def _grey(images: np.ndarray) -> np.ndarray:
    """Grey levels 0 to 255 as whole numbers, whose squared differences are exact: (n, 1024)."""
    return grey_copies(images, COMPARED_SIDE).reshape(len(images), -1).astype(np.float64)


def _as_distance(squares: np.ndarray) -> np.ndarray:
    return np.sqrt(squares) / (255 * COMPARED_SIDE)
