"""A face in colours, so that a swap of red and blue shows (chapter 03)."""

from __future__ import annotations

import numpy as np

WARM = ((0, 128, 255), (25, 190, 255), (12, 125, 236), (12, 95, 214))  # grey → red, green, blue
PATCHES = ((214, 40, 40), (46, 160, 67), (38, 84, 196))  # red, green, blue


def colour_card(face: np.ndarray) -> np.ndarray:
    """A grey face in warm colours above a red, a green and a blue patch.

    Args:
        face: uint8 (side, side, 3), grey; side of at least 4.

    Returns:
        uint8 (side + side // 4, side, 3), RGB.
    """
    stops, *channels = WARM
    warm = np.stack([np.interp(face[..., 0], stops, channel) for channel in channels], axis=2)
    columns = np.arange(face.shape[1]) * len(PATCHES) // face.shape[1]
    patches = np.array(PATCHES)[columns][None].repeat(face.shape[0] // 4, axis=0)
    return np.concatenate([warm, patches]).astype(np.uint8)
