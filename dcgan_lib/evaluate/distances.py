"""Distances between faces: the nearest one, memorisation, variety; and between rows of numbers."""

from __future__ import annotations

import cv2
import numpy as np

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


def nearer_way_round(photograph: np.ndarray, face: np.ndarray) -> np.ndarray:
    """A photograph, or its mirror image where that is more like a face; both (side, side, 3)."""
    ways = (photograph, photograph[:, ::-1])
    return min(ways, key=lambda way: np.square(way.astype(float) - face).sum())


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


def grey_copies(images: np.ndarray, side: int) -> np.ndarray:
    """Grey copies of another size: uint8 (n, any, any, 3), RGB → uint8 (n, side, side)."""
    shrinks = images.shape[1] > side
    how = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    greys = (cv2.cvtColor(image, cv2.COLOR_RGB2GRAY) for image in np.ascontiguousarray(images))
    return np.stack([cv2.resize(grey, (side, side), interpolation=how) for grey in greys])


def choose_some(images: np.ndarray, count: int, random: np.random.Generator) -> np.ndarray:
    """``count`` of the images, none twice, in their order."""
    if count == len(images):
        return images
    return images[np.sort(random.permutation(len(images))[:count])]


def squared_distances(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Squared Euclidean distances of all rows: (n, d), (m, d) → float64 (n, m)."""
    a, b = a.astype(np.float64), b.astype(np.float64)
    squares = (a**2).sum(axis=1)[:, None] + (b**2).sum(axis=1) - 2 * a @ b.T
    return np.maximum(squares, 0)


def mean_of_pairs(distances: np.ndarray) -> float:
    """Mean of a square matrix, its diagonal left out."""
    count = len(distances)
    return float((distances.sum() - np.trace(distances)) / (count * (count - 1)))


def _grey(images: np.ndarray) -> np.ndarray:
    """Grey levels 0 to 255 as whole numbers, whose squared differences are exact: (n, 1024)."""
    return grey_copies(images, COMPARED_SIDE).reshape(len(images), -1).astype(np.float64)


def _as_distance(squares: np.ndarray) -> np.ndarray:
    return np.sqrt(squares) / (255 * COMPARED_SIDE)
