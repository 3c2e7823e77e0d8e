"""Measures of face pictures that need no download (chapter 08): pure functions of arrays."""

from __future__ import annotations

import cv2
import numpy as np


def grey_copies(images: np.ndarray, side: int) -> np.ndarray:
    """Grey copies of another size: uint8 (n, any, any, 3), RGB → uint8 (n, side, side)."""
    shrinks = images.shape[1] > side
    how = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    greys = (cv2.cvtColor(image, cv2.COLOR_RGB2GRAY) for image in np.ascontiguousarray(images))
    return np.stack([cv2.resize(grey, (side, side), interpolation=how) for grey in greys])


def draw(images: np.ndarray, count: int, random: np.random.Generator) -> np.ndarray:
    """``count`` of the images without repetition; all of them, in their order, if as many."""
    if count == len(images):
        return images
    return images[np.sort(random.permutation(len(images))[:count])]


def squared_distances(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Squared Euclidean distances of all rows: (n, d), (m, d) → float64 (n, m)."""
    a, b = a.astype(np.float64), b.astype(np.float64)
    squares = (a**2).sum(axis=1)[:, None] + (b**2).sum(axis=1) - 2 * a @ b.T
    return np.maximum(squares, 0)


def mean_of_pairs(distances: np.ndarray) -> float:
    """Mean of a square matrix beside its diagonal."""
    count = len(distances)
    return float((distances.sum() - np.trace(distances)) / (count * (count - 1)))
