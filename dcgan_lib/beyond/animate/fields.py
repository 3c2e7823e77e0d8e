"""Displacement fields: for each pixel, how far away the source shows what belongs there.

A field is float32 of shape (height, width, 2), in pixels: x to the right, then y downwards. The
pixel at p of a warped picture shows what the source shows at p + field(p). So a field that is
positive in x everywhere moves the picture to the left.
"""

from __future__ import annotations

import cv2
import numpy as np

from dcgan_lib.shared import CourseError


def warp(image: np.ndarray, field: np.ndarray) -> np.ndarray:
    """Move the pixels of a picture; beyond its edge, its outermost pixels go on.

    Args:
        image: uint8 in [0, 255] or float in [-1, 1], shape (height, width, 3) or (height, width).
        field: float, shape (height, width, 2), in pixels.

    Returns:
        Of the image's type and shape, interpolated by cubic curves, which stay in its range.

    Raises:
        CourseError: the field has another height or width than the image.
    """
    _require_same_size(image, field)
    height, width = field.shape[:2]
    rows, columns = np.mgrid[:height, :width].astype(np.float32)
    places = np.asarray(field, np.float32) + np.dstack([columns, rows])
    image = np.asarray(image, None if image.dtype == np.uint8 else np.float32)
    moved = cv2.remap(image, places, None, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    return moved if image.dtype == np.uint8 else np.clip(moved, image.min(), image.max())


def taper(field: np.ndarray, margin: int) -> np.ndarray:
    """Let a field fade to nothing at the border of its square.

    From the border inwards the factor rises from 0 to 1 over ``margin`` pixels, as the first half
    of a cosine's swing, with no corner at either end. Both axes' factors are multiplied.

    Args:
        field: float, shape (height, width, 2), in pixels.
        margin: pixels from the border to where the whole motion is kept; 0 keeps all of it.

    Returns:
        float32, of the same shape, exactly 0 in the outermost pixels.

    Raises:
        CourseError: the margin is negative or more than half of a side.
    """
    height, width = field.shape[:2]
    if not 0 <= margin <= min(height, width) // 2:
        raise CourseError(
            f"The motion can't be tapered. Expected a margin from 0 to {min(height, width) // 2}, "
            f"half of the shorter side. Received: {margin}. Choose a smaller margin."
        )
    if not margin:
        return np.asarray(field, np.float32)
    factors = np.outer(_ramp(height, margin), _ramp(width, margin))
    return (np.asarray(field, np.float32) * factors[..., None]).astype(np.float32)


def extend(field: np.ndarray, reach: int) -> np.ndarray:
    """Carry a field beyond its border by the motion of its outermost pixels.

    Args:
        field: float, shape (height, width, 2).
        reach: pixels to add on each side.

    Returns:
        float32, shape (height + 2·reach, width + 2·reach, 2).
    """
    return np.pad(np.asarray(field, np.float32), ((reach,) * 2, (reach,) * 2, (0, 0)), "edge")


def resize_field(field: np.ndarray, side: int) -> np.ndarray:
    """The same motion of a picture of another size: more pixels, and longer ways.

    Args:
        field: float, shape (n, n, 2), in pixels.
        side: of the result.

    Returns:
        float32, shape (side, side, 2), in its own pixels.
    """
    how = cv2.INTER_AREA if side < len(field) else cv2.INTER_LINEAR
    resized = cv2.resize(np.asarray(field, np.float32), (side, side), interpolation=how)
    return resized * (side / len(field))


def _ramp(length: int, margin: int) -> np.ndarray:
    """Factors along one axis: 0 at both ends, 1 from ``margin`` pixels on."""
    from_edge = np.minimum(np.arange(length), np.arange(length)[::-1])
    return 0.5 - 0.5 * np.cos(np.pi * np.minimum(1, from_edge / margin))


def _require_same_size(image: np.ndarray, field: np.ndarray) -> None:
    if image.shape[:2] != field.shape[:2] or field.shape[2:] != (2,):
        raise CourseError(
            f"This picture can't be warped. Expected a field of shape "
            f"{(*image.shape[:2], 2)}, x and y for each pixel. Received: {field.shape}. Bring the "
            "field to the picture's size by resize_field."
        )
