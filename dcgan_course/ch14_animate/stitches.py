"""A moved face back in its photograph, in three ways, with the seam of each."""

from __future__ import annotations

import numpy as np

from dcgan_lib.beyond.animate import (
    Portrait,
    motion_kept,
    move_portrait,
    paste_back,
    resize_field,
    seam,
    warp,
    wider_square,
)


def stitch(
    portrait: Portrait, field: np.ndarray, factors: np.ndarray
) -> tuple[dict[str, np.ndarray], dict[str, float], dict[str, float]]:
    """Move a face as it is, faded by some factors, and as the library does it.

    Args:
        portrait: in its photograph.
        field: float, shape (size, size, 2), in pixels of ``portrait.face``.
        factors: (size, size), by which the field is multiplied.

    Returns:
        By title: photographs, uint8; their seams; and the share of the motion that is left where
        the face is.
    """
    faded = field * factors[..., None]
    square = portrait.left, portrait.top, portrait.side
    pictures = {
        "untouched": _pasted(portrait, field),
        "your fade": _pasted(portrait, faded),
        "beyond the crop": move_portrait(portrait, field),
    }
    squares = dict.fromkeys(pictures, square) | {"beyond the crop": wider_square(portrait)}
    seams = {
        title: seam(portrait.photograph, picture, *squares[title])
        for title, picture in pictures.items()
    }
    kept = {"untouched": 1.0, "your fade": motion_kept(field, faded), "beyond the crop": 1.0}
    return pictures, seams, kept


def _pasted(portrait: Portrait, field: np.ndarray) -> np.ndarray:
    """The face alone warped at full size, and pasted back as it is."""
    left, top, side = portrait.left, portrait.top, portrait.side
    around = np.pad(portrait.photograph, ((side,) * 2, (side,) * 2, (0, 0)), "edge")
    face = around[top + side : top + 2 * side, left + side : left + 2 * side]
    return paste_back(portrait.photograph, warp(face, resize_field(field, side)), left, top, side)
