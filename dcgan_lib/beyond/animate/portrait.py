"""A portrait in its photograph: found, moved, and put back at full size."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from dcgan_lib.beyond.animate.fields import extend, resize_field, taper, warp
from dcgan_lib.beyond.animate.stitching import paste_back
from dcgan_lib.crop import Box, UnreadablePhoto, crop_face, detect_faces, read_photo
from dcgan_lib.shared import CourseError

MARGIN = 0.04  # of the box's side on each edge, as chapter 02's crops have it
REACH = 1 / 4  # of the crop's side: how far beyond the crop the motion fades
DETECTED = 640  # pixels of the longer side of the copy in which the face is looked for


@dataclass(frozen=True)
class Portrait:
    """A photograph, and the square of its face.

    Attributes:
        photograph: uint8, shape (height, width, 3), RGB.
        left: of the square, in pixels; it may reach beyond the photograph's edge.
        top: likewise.
        side: of the square.
        face: uint8, shape (size, size, 3): the square at the animator's size.
    """

    photograph: np.ndarray
    left: int
    top: int
    side: int
    face: np.ndarray


def portrait_of(photograph: np.ndarray, size: int = 64) -> Portrait:
    """Find the face to move. A square of exactly ``size`` pixels, as G makes it, is all face.

    Args:
        photograph: uint8, shape (height, width, 3), RGB.
        size: of the face, in pixels.

    Raises:
        CourseError: there is no face in it.
    """
    if photograph.shape[:2] == (size, size):
        return Portrait(photograph, 0, 0, size, photograph)
    box = find_box(photograph)
    side = max(1, round(max(box.w, box.h) * (1 + 2 * MARGIN)))
    left, top = round(box.x + box.w / 2 - side / 2), round(box.y + box.h / 2 - side / 2)
    return Portrait(photograph, left, top, side, crop_face(photograph, box, size, MARGIN))


def read_portrait(path: str | Path, size: int = 64) -> Portrait:
    """The portrait in a file.

    Raises:
        CourseError: the file can't be read, or shows no face.
    """
    try:
        return portrait_of(read_photo(Path(path)), size)
    except (UnreadablePhoto, OSError) as error:
        reason = str(error) if Path(path).is_file() else "there is no such file"
        raise CourseError(
            "This photograph can't be read. Expected a picture with a face, such as a JPEG or PNG "
            f"file. Received: {path}: {reason}. Check the path, or choose another photograph."
        ) from None


def find_box(photograph: np.ndarray) -> Box:
    """The best face of a photograph, in its own pixels.

    Raises:
        CourseError: there is none.
    """
    shrink = min(1.0, DETECTED / max(photograph.shape[:2]))
    small = cv2.resize(photograph, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA)
    found = detect_faces(small)
    if not found:
        height, width = photograph.shape[:2]
        raise CourseError(
            f"There is no face to move. Expected an upright face from the front. Received: a "
            f"picture of {width}×{height} in which none was found. Choose another photograph."
        )
    x, y, w, h = (round(number / shrink) for number in found[0][:4])
    return Box(x, y, w, h, found[0].confidence)


def move_portrait(
    portrait: Portrait,
    field: np.ndarray,
    kept: np.ndarray | None = None,
    painted: np.ndarray | None = None,
) -> np.ndarray:
    """Move the face within its photograph, at full size and without a seam.

    The motion goes on beyond the crop and fades there to nothing, so that all of it is kept where
    the face is. What the photograph shows is moved, not what the animator saw of it, so the face
    stays as sharp; only what an animator paints comes at its own size.

    Args:
        portrait: whose face.
        field: float, shape (size, size, 2), in pixels of ``portrait.face``.
        kept: float, shape (size, size, 1) in [0, 1]: 0 where the painting replaces the photograph.
        painted: uint8, shape (size, size, 3).

    Returns:
        uint8, of the photograph's shape.
    """
    left, top, whole = wider_square(portrait)
    reach = round(REACH * len(field))
    wide = resize_field(taper(extend(field, reach), reach), whole)
    moved = warp(_cut(portrait.photograph, left, top, whole), wide)
    if kept is not None and painted is not None:
        inset = (whole - portrait.side) // 2
        inner = moved[inset : inset + portrait.side, inset : inset + portrait.side]
        inner[:] = _blended(inner, kept, painted)
    return paste_back(portrait.photograph, moved, left, top, whole)


def wider_square(portrait: Portrait) -> tuple[int, int, int]:
    """The square at whose border a portrait's motion has faded: left, top and side in pixels."""
    reach = round(REACH * portrait.side)
    return portrait.left - reach, portrait.top - reach, portrait.side + 2 * reach


def _blended(inner: np.ndarray, kept: np.ndarray, painted: np.ndarray) -> np.ndarray:
    """What is kept of the photograph, and elsewhere the painting, which fades at the border."""
    size, side = len(kept), len(inner)
    shown = taper(1 - kept.reshape(size, size, 1), size // 8)
    share = cv2.resize(shown, (side, side), interpolation=cv2.INTER_LINEAR)[..., None]
    paint = cv2.resize(painted, (side, side), interpolation=cv2.INTER_CUBIC)
    return np.clip(np.round(inner * (1 - share) + paint * share), 0, 255).astype(np.uint8)


def _cut(image: np.ndarray, left: int, top: int, side: int) -> np.ndarray:
    """A square of an image; beyond its edge, its outermost pixels."""
    height, width = image.shape[:2]
    rows = np.clip(np.arange(top, top + side), 0, height - 1)
    columns = np.clip(np.arange(left, left + side), 0, width - 1)
    return np.ascontiguousarray(image[np.ix_(rows, columns)])
