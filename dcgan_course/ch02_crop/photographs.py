"""Grey photographs, turned, tinted and put together (chapter 02)."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np


def tilted(grey: np.ndarray, degrees: float) -> np.ndarray:
    """A photograph turned anticlockwise about its middle; same size, edges repeated."""
    height, width = grey.shape
    turn = cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), degrees, 1.0)
    return cv2.warpAffine(grey, turn, (width, height), borderMode=cv2.BORDER_REPLICATE)


def in_colour(grey: np.ndarray) -> np.ndarray:
    """A grey photograph in warm, invented colours: uint8 (height, width, 3), RGB."""
    light = grey[..., None] / 255
    return (255 * light ** np.array([0.7, 1.1, 1.5])).round().astype(np.uint8)


def group_photo(
    photos: Sequence[np.ndarray], scales: Sequence[float] = (1.6, 1.2, 0.9, 0.6)
) -> np.ndarray:
    """The first grey photographs side by side, each resized: uint8 (height, width)."""
    parts = [
        cv2.resize(photo, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        for photo, scale in zip(photos, scales, strict=False)
    ]
    height, gap = max(part.shape[0] for part in parts), 8
    ground = np.full((height, sum(part.shape[1] + gap for part in parts)), 200, np.uint8)
    left = 0
    for part in parts:
        ground[height - part.shape[0] :, left : left + part.shape[1]] = part
        left += part.shape[1] + gap
    return ground[:, :-gap]
