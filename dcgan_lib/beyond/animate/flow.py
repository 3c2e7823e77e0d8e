"""Where things went from one photograph to another: optical flow, and the best single affine."""

from __future__ import annotations

import cv2
import numpy as np

from dcgan_lib.beyond.animate.fields import resize_field

ENLARGED = 2  # times: flow among crops of 64 px finds eyes better at 128
PATCH, STRIDE = 8, 3  # pixels of the enlarged copies, as the method's authors have them
SMOOTH = 3 / 64  # of the side: deviation of the blur that takes a person's wrinkles out of a motion
FARTHEST = 1 / 4  # of the side: no head moves further between two crops
BLUR = 7  # pixels: of the copies that an affine is fitted to


def optical_flow(source: np.ndarray, target: np.ndarray) -> np.ndarray:
    """The field that brings one photograph of a person closest to another.

    Dense inverse search (Kroeger et al. 2016), as OpenCV has it, on grey copies of twice the size.

    Args:
        source: uint8, shape (side, side, 3), RGB.
        target: uint8, of the same shape.

    Returns:
        float32, shape (side, side, 2), in pixels: ``warp(source, field)`` resembles ``target``.
    """
    method = cv2.DISOpticalFlow_create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    method.setFinestScale(0)
    method.setPatchSize(PATCH)
    method.setPatchStride(STRIDE)
    found = method.calc(_enlarged_grey(target), _enlarged_grey(source), None)
    return resize_field(found, len(source))


def smooth_flow(source: np.ndarray, target: np.ndarray) -> np.ndarray:
    """Optical flow without what is one person's own: limited in length, and blurred.

    It carries a motion to another face, whose wrinkles lie elsewhere.

    Args, returns: as ``optical_flow``.
    """
    side = len(source)
    field = np.clip(optical_flow(source, target), -FARTHEST * side, FARTHEST * side)
    return cv2.GaussianBlur(field, (0, 0), SMOOTH * side)


def best_affine(source: np.ndarray, target: np.ndarray) -> np.ndarray:
    """The field of the one affine motion that brings a photograph closest to another.

    By the enhanced correlation coefficient (Evangelidis & Psarakis 2008), as OpenCV has it.

    Args, returns: as ``optical_flow``; no motion where the search finds none that helps.
    """
    side = len(source)
    greys = [cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY) for picture in (target, source)]
    start, stop = np.eye(2, 3, dtype=np.float32), (3, 60, 1e-4)
    try:
        _, matrix = cv2.findTransformECC(*greys, start, cv2.MOTION_AFFINE, stop, None, BLUR)
    except cv2.error:  # the search went astray
        matrix = start
    columns, rows = np.meshgrid(np.arange(side), np.arange(side))
    places = np.stack([columns, rows, np.ones_like(rows)], axis=-1) @ matrix.T
    return (places - np.dstack([columns, rows])).astype(np.float32)


def _enlarged_grey(picture: np.ndarray) -> np.ndarray:
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    times = {"fx": ENLARGED, "fy": ENLARGED}
    return cv2.resize(grey, None, **times, interpolation=cv2.INTER_CUBIC)
