"""Photographs of small faces, in which each threshold of the detector matters (chapter 02)."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from dcgan_course.ch02_crop.looks import look

MOST = 24  # photographs that are searched
SCALES = np.arange(0.44, 0.355, -0.01)  # ORL's faces shrink past the smallest size at these


def small_face(photo: np.ndarray, scale: float = 0.5) -> np.ndarray:
    """A grey photograph made smaller, in a border that repeats its edge: uint8 (height, width)."""
    small = cv2.resize(photo, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return cv2.copyMakeBorder(small, 20, 20, 20, 20, cv2.BORDER_REPLICATE)


def doubtful_faces(photos: Sequence[np.ndarray]) -> list[np.ndarray]:
    """Small faces that 4 neighbours find and 5 don't, or 3 find and 4 don't, and one to size.

    Args:
        photos: grey photographs with a face each, of ORL's size.

    Returns:
        Up to three pictures; fewer where the photographs hold no such case.
    """
    chosen = [
        next(
            (
                picture
                for scale in SCALES
                for picture in (small_face(photo, scale) for photo in photos[:MOST])
                if len(look(picture, neighbours=enough))
                and not len(look(picture, neighbours=enough + 1))
            ),
            None,
        )
        for enough in (3, 4)
    ]
    return [small_face(photos[0]), *(picture for picture in chosen if picture is not None)]


def opposed_channels(photo: np.ndarray) -> np.ndarray:
    """A grey photograph in red and its negative in blue: uint8 (height, width, 3), BGR.

    As BGR its grey shows the photograph; taken for RGB, or by its first channel, the negative.
    """
    return cv2.merge([255 - photo, np.full_like(photo, 128), photo])
