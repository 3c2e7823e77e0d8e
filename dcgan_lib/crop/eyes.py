"""Eyes tell whether a face is level, and whether a photograph is upside down."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import cv2
import numpy as np

from dcgan_lib.crop.detect import (
    EYE_CASCADE,
    Box,
    detect_faces,
    find_face,
    find_large_face,
    load_cascade,
)
from dcgan_lib.crop.face import crop_face

MOST_TILT = 20.0  # degrees
SIDE = 128  # pixels of a crop in which eyes are looked for
UPRIGHT = 8.0  # confidence that no face reaches upside down, but 1 in 400 of some 844 tried
DOUBTFUL = 6.0  # nine in ten of those found upside down have less; of upright ones 1 in 30
MUCH_BETTER = 1.5  # times the confidence × area, where the eyes say nothing


@dataclass(frozen=True)
class Eye:
    """Its middle and its width, in pixels of the crop."""

    x: float
    y: float
    width: float


def eye_tilt(face: np.ndarray) -> float:
    """By how much the line through the eyes falls to the right, in degrees.

    Args:
        face: uint8 crop of a face, grey (height, width) or RGB (height, width, 3).

    Returns:
        Degrees in [-20, 20]: positive when the right-hand eye is lower; 0 when the eyes were
        not found.
    """
    eyes = find_eyes(face)
    return _tilt(*eyes) if eyes else 0.0


def find_eyes(face: np.ndarray) -> tuple[Eye, Eye] | None:
    """The eyes of an upright face, the left-hand one first; None where they weren't found.

    OpenCV's eye cascade looks for them in the upper half. What it finds counts only when there
    is one on each side, of about one size, as far apart as eyes are, and tilted by at most 20°:
    brows, ears and spectacles look like eyes to it, and the face cascade has found the face
    upright.

    Args:
        face: uint8 crop of a face, grey (height, width) or RGB (height, width, 3).
    """
    grey = face if face.ndim == 2 else cv2.cvtColor(face, cv2.COLOR_RGB2GRAY)
    height, width = grey.shape
    upper = cv2.equalizeHist(grey[: round(height * 0.6)])
    side = max(1, width // 8)
    found = load_cascade(EYE_CASCADE).detectMultiScale(upper, 1.05, 4, minSize=(side, side))
    eyes = [Eye(x + w / 2, y + h / 2, w) for x, y, w, h in found]
    left = _largest(eye for eye in eyes if eye.x < width * 0.48)
    right = _largest(eye for eye in eyes if eye.x > width * 0.52)
    if left is None or right is None:
        return None
    sizes = sorted([left.width, right.width])
    far_apart = 0.25 * width <= right.x - left.x <= 0.6 * width
    likely = far_apart and sizes[1] <= 1.5 * sizes[0] and abs(_tilt(left, right)) <= MOST_TILT
    return (left, right) if likely else None


def find_faces(
    grey: np.ndarray, every: bool = False, smallest: int | None = None
) -> tuple[list[Box], bool]:
    """The best face of a photograph, or every face, also where it lies upside down.

    A face of little confidence may be an upside-down one: a third of those are found by chance.
    Then the picture is looked at once more, turned by 180°, and the eyes decide.

    Args:
        grey: uint8 (height, width), upright as its EXIF orientation says.
        every: every face, not only the best.
        smallest: side in pixels of the smallest face of use; by default that of ``detect_faces``.

    Returns:
        ``(boxes, upside_down)``: boxes in the pixels of the upright picture, best first; and
        whether that is ``grey`` turned by 180°.

    Raises:
        CourseError: OpenCV's cascades are missing.
    """
    best = None if every else find_face(grey, smallest)
    boxes = detect_faces(grey) if every else [best] if best else []
    if boxes and boxes[0].confidence >= UPRIGHT:
        return boxes, False
    turned = np.ascontiguousarray(grey[::-1, ::-1])
    in_doubt = bool(boxes) and boxes[0].confidence < DOUBTFUL
    other = find_face(turned, smallest) if in_doubt else find_large_face(turned)
    if other is None or (boxes and not _is_better(other, turned, boxes[0], grey)):
        return boxes, False
    return (detect_faces(turned) if every else [other]), True


def _is_better(other: Box, turned: np.ndarray, box: Box, grey: np.ndarray) -> bool:
    """Whether a face of the turned picture is more likely than that of the picture as it is."""
    if other.worth() <= box.worth() or _shows_eyes(grey, box):
        return False
    return other.worth() > MUCH_BETTER * box.worth() or _shows_eyes(turned, other)


def _shows_eyes(grey: np.ndarray, box: Box) -> bool:
    return find_eyes(crop_face(grey, box, SIDE, 0)) is not None


def _tilt(left: Eye, right: Eye) -> float:
    return float(np.degrees(np.arctan2(right.y - left.y, right.x - left.x)))


def _largest(eyes: Iterable[Eye]) -> Eye | None:
    return max(eyes, key=lambda eye: eye.width, default=None)
