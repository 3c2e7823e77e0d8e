"""Pictures to what the networks take and give, and back (the paper's section 4.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    import tensorflow as tf


def from_images(images: np.ndarray) -> np.ndarray:
    """Bring pictures to the range of G's tanh: uint8 in [0, 255] → float32 in [-1, 1], same shape.

    Byte 0 becomes -1 and byte 255 becomes 1, exactly (the paper's section 4.3).
    """
    return np.asarray(images).astype(np.float32) / 127.5 - 1.0


def to_images(faces: np.ndarray | tf.Tensor) -> np.ndarray:
    """Undo ``from_images``: floats, meant to be in [-1, 1] → the nearest uint8, same shape."""
    return np.clip(np.round((np.asarray(faces, np.float32) + 1.0) * 127.5), 0, 255).astype(np.uint8)


def to_square(picture: np.ndarray, size: int) -> np.ndarray:
    """The middle of a picture, as large as can be, at another size.

    Args:
        picture: uint8, shape (height, width, 3).
        size: side of the result in pixels.

    Returns:
        uint8, shape (size, size, 3).
    """
    height, width = picture.shape[:2]
    side = min(height, width)
    top, left = (height - side) // 2, (width - side) // 2
    square = picture[top : top + side, left : left + side]
    if side == size:
        return square
    how = cv2.INTER_AREA if side > size else cv2.INTER_CUBIC
    return cv2.resize(square, (size, size), interpolation=how)
