"""Is it a face? The share that the Haar cascade accepts."""

from __future__ import annotations

import cv2
import numpy as np

from dcgan_lib.crop import EDGE, look


def haar_acceptance(images: np.ndarray) -> float:
    """Share of images in which the Haar cascade finds a face that fills at least half the side.

    A face crop is tighter than what the cascade was trained on, so it looks at the image at
    twice its size, and, where that shows none, within a replicated border.

    Args:
        images: uint8, shape (n, side, side, 3), RGB.
    """
    return float(np.mean([_has_face(image) for image in images]))


def _has_face(image: np.ndarray) -> bool:
    side = image.shape[0]
    grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    larger = cv2.resize(grey, (2 * side, 2 * side), interpolation=cv2.INTER_LINEAR)
    edge = round(EDGE * 2 * side)
    framed = cv2.copyMakeBorder(larger, edge, edge, edge, edge, cv2.BORDER_REPLICATE)
    return bool(look(larger, side) or look(framed, side))
