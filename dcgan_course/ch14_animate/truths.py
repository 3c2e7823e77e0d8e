"""What the exercises of chapter 14 ask for, as the checks know it."""

from __future__ import annotations

import numpy as np


def warp_back(image: np.ndarray, field: np.ndarray) -> np.ndarray:
    """A picture (height, width) moved by a field (height, width, 2): bilinear, edges go on."""
    height, width = image.shape
    rows, columns = np.mgrid[:height, :width]
    x = np.clip(columns + field[..., 0], 0, width - 1)
    y = np.clip(rows + field[..., 1], 0, height - 1)
    left, top = np.floor(x).astype(int), np.floor(y).astype(int)
    right, bottom = np.minimum(left + 1, width - 1), np.minimum(top + 1, height - 1)
    upper = image[top, left] * (1 - (x - left)) + image[top, right] * (x - left)
    lower = image[bottom, left] * (1 - (x - left)) + image[bottom, right] * (x - left)
    return upper * (1 - (y - top)) + lower * (y - top)


def main_ways(fields: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """The first principal directions of rows (m, d), not centred, and their shares."""
    _, lengths, directions = np.linalg.svd(fields, full_matrices=False)
    return directions[:count], (lengths**2 / (lengths**2).sum())[:count]


def fade(side: int, margin: int) -> np.ndarray:
    """Factors (side, side): 0 at the border, 1 from ``margin`` pixels on, a cosine between."""
    along = np.minimum(np.arange(side), np.arange(side)[::-1])
    ramp = 0.5 - 0.5 * np.cos(np.pi * np.minimum(1, along / margin))
    return np.outer(ramp, ramp)


def follow(
    place: np.ndarray,
    own: np.ndarray,
    own_bend: np.ndarray,
    driving: np.ndarray,
    driving_bend: np.ndarray,
) -> np.ndarray:
    """Where in the source a place of the driving picture comes from, by one keypoint (eq. 4)."""
    return own + own_bend @ np.linalg.inv(driving_bend) @ (place - driving)
