"""What max pooling and a strided convolution keep of a picture (chapter 05)."""

from __future__ import annotations

import numpy as np


def max_pool(image: np.ndarray, times: int = 1) -> np.ndarray:
    """Keep the largest of each 2×2 pixels: (h, w, c) → (h/2, w/2, c), ``times`` times over."""
    for _ in range(times):
        height, width, channels = image.shape
        image = image.reshape(height // 2, 2, width // 2, 2, channels).max(axis=(1, 3))
    return image


def stride_over(image: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    """A grey image under one strided convolution (stride 2, padding 1 with edge pixels).

    Args:
        image: (h, w, 3), any range; the first channel is used. h and w are even.
        kernel: float (4, 4).

    Returns:
        float array (h/2, w/2).
    """
    padded = np.pad(image[..., 0].astype(float), 1, mode="edge")
    windows = np.lib.stride_tricks.sliding_window_view(padded, (4, 4))[::2, ::2]
    return np.einsum("rckl,kl->rc", windows, kernel)


def glints(face: np.ndarray, corner: tuple[int, int] = (18, 12)) -> list[np.ndarray]:
    """A 16×16 piece of a face with one white pixel, twice: at opposite corners of a 2×2 window.

    Args:
        face: uint8 (64, 64, 3).
        corner: row and column of the piece; both even.
    """
    (row, column), pieces = corner, []
    for shift in (0, 1):
        piece = np.array(face[row : row + 16, column : column + 16])
        piece[6 + shift, 8 + shift] = 255
        pieces.append(piece)
    return pieces
