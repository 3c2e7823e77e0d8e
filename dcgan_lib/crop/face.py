"""A face cut out of a photograph, and how sharp and how much alike pictures are."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from dcgan_lib.crop.detect import LONGEST, Box


def crop_face(
    image: np.ndarray, box: Box, size: int = 64, margin: float = 0.04, tilt: float = 0.0
) -> np.ndarray:
    """Cut a square around a face and resize it.

    What lies beyond the photograph is filled with its outermost pixels, softly blurred: black
    bars or mirrored ears would be learned as parts of faces.

    Args:
        image: uint8, shape (height, width, 3).
        box: the face in the image's pixels; its longer side counts.
        size: side of the result in pixels.
        margin: added on each edge, as a share of the box's side; negative cuts closer.
        tilt: degrees to turn the face back by, as ``eye_tilt`` measures it.

    Returns:
        uint8 array (size, size, 3).
    """
    side = max(1, round(max(box.w, box.h) * (1 + 2 * margin)))
    reach = side if tilt == 0 else round(side * 1.5)  # the corners that turning brings in
    left = round(box.x + box.w / 2 - reach / 2)
    top = round(box.y + box.h / 2 - reach / 2)
    patch = _cut(image, left, top, reach)
    if tilt:
        turn = cv2.getRotationMatrix2D(((reach - 1) / 2, (reach - 1) / 2), tilt, 1.0)
        patch = cv2.warpAffine(patch, turn, (reach, reach), borderMode=cv2.BORDER_REPLICATE)
        inset = (reach - side) // 2
        patch = patch[inset : inset + side, inset : inset + side]
    method = cv2.INTER_AREA if side > size else cv2.INTER_CUBIC
    return cv2.resize(patch, (size, size), interpolation=method)


def overlap(box: Sequence[float], other: Sequence[float]) -> float:
    """Intersection over union of two boxes (x, y, w, h): 0 where they are apart, 1 where equal."""
    wide = min(box[0] + box[2], other[0] + other[2]) - max(box[0], other[0])
    high = min(box[1] + box[3], other[1] + other[3]) - max(box[1], other[1])
    shared = max(0, wide) * max(0, high)
    return float(shared / (box[2] * box[3] + other[2] * other[3] - shared))


def sharpness(face: np.ndarray) -> float:
    """Variance of the Laplacian of a crop, which is low where it is blurred.

    Args:
        face: uint8 array (height, width, 3), RGB.
    """
    return float(cv2.Laplacian(cv2.cvtColor(face, cv2.COLOR_RGB2GRAY), cv2.CV_64F).var())


def difference_hash(grey: np.ndarray) -> str:
    """256 bits that copies of one photograph share, as 64 hexadecimal digits.

    The picture is shrunk to 17×16; each bit says whether a pixel is lighter than its left
    neighbour.

    Args:
        grey: uint8 array (height, width).
    """
    side = min(max(grey.shape), LONGEST * min(grey.shape))
    soft = cv2.GaussianBlur(grey, (0, 0), side / 40)
    small = cv2.resize(soft, (17, 16), interpolation=cv2.INTER_AREA)
    return np.packbits(small[:, 1:] > small[:, :-1]).tobytes().hex()


def _cut(image: np.ndarray, left: int, top: int, side: int) -> np.ndarray:
    """A square of the image; outside of it, its outermost pixels, blurred."""
    height, width = image.shape[:2]
    known = image[max(0, top) : max(1, top + side), max(0, left) : max(1, left + side)]
    before_y, before_x = max(0, -top), max(0, -left)
    after_y, after_x = max(0, top + side - height), max(0, left + side - width)
    if not (before_y or before_x or after_y or after_x):
        return known
    framed = cv2.copyMakeBorder(known, before_y, after_y, before_x, after_x, cv2.BORDER_REPLICATE)
    blur = max(1, side // 8)
    soft = cv2.blur(cv2.blur(framed, (blur, blur)), (blur, blur))
    soft[before_y : side - after_y, before_x : side - after_x] = known
    return soft
