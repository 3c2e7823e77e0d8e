"""A crop that moves, put back into its photograph without a seam."""

from __future__ import annotations

import cv2
import numpy as np

from dcgan_lib.shared import CourseError


def paste_back(
    photograph: np.ndarray, crop: np.ndarray, left: int, top: int, side: int
) -> np.ndarray:
    """A copy of a photograph with a square of it replaced by a crop, brought to its size.

    Args:
        photograph: uint8, shape (height, width, 3), RGB.
        crop: uint8, shape (n, n, 3), RGB.
        left: of the square, in pixels of the photograph; may lie beyond its edge.
        top: likewise.
        side: of the square, in pixels of the photograph.

    Returns:
        uint8, of the photograph's shape. Of the square, what lies beyond the edge is left out.

    Raises:
        CourseError: no pixel of the square lies in the photograph.
    """
    height, width = photograph.shape[:2]
    x, y = max(0, left), max(0, top)
    right, bottom = min(width, left + side), min(height, top + side)
    if right <= x or bottom <= y:
        raise CourseError(
            f"The crop can't be pasted back. Expected a square that lies in the photograph of "
            f"{width}×{height}. Received: {side} px from ({left}, {top}) on. Use the box of this "
            "photograph's own crop."
        )
    how = cv2.INTER_AREA if side < len(crop) else cv2.INTER_CUBIC
    patch = crop if len(crop) == side else cv2.resize(crop, (side, side), interpolation=how)
    pasted = photograph.copy()
    pasted[y:bottom, x:right] = patch[y - top : bottom - top, x - left : right - left]
    return pasted


def seam(photograph: np.ndarray, pasted: np.ndarray, left: int, top: int, side: int) -> float:
    """How much a square stands out: what its outermost pixels differ from the photograph's by.

    Args:
        photograph: uint8, shape (height, width, 3).
        pasted: the same photograph with the square replaced.
        left: of the square, in pixels; it may reach beyond the photograph's edge.
        top: likewise.
        side: of the square.

    Returns:
        Mean absolute difference along the square's border, as far as that lies in the photograph,
        where 1 is white against black: 0 where nothing can be seen of it.
    """
    height, width = photograph.shape[:2]
    rows, columns = np.mgrid[:height, :width]
    below, right = rows - top, columns - left
    inside = (below >= 0) & (below < side) & (right >= 0) & (right < side)
    outermost = np.isin(below, (0, side - 1)) | np.isin(right, (0, side - 1))
    off = np.abs(photograph.astype(np.float64) - pasted)[inside & outermost] / 255
    return float(off.mean()) if off.size else 0.0


def motion_kept(field: np.ndarray, tapered: np.ndarray) -> float:
    """Which share of a motion is left where the face is.

    Args:
        field: float, shape (side, side, 2), in pixels.
        tapered: the same motion, tapered or measured again.

    Returns:
        By how much of ``field`` the other one moves the inside of the ellipse that touches the
        square's four sides, along its own direction: 1 for all of it, also of no motion.
    """
    side = len(field)
    along = np.linspace(-1, 1, side)
    inside = np.hypot(*np.meshgrid(along, along)) <= 1
    before, after = (np.asarray(one, np.float64)[inside] for one in (field, tapered))
    whole = float((before**2).sum())
    return float((before * after).sum() / whole) if whole else 1.0
