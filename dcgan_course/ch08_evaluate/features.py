"""Patches, features and grey copies, as the measures of chapter 08 see them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from dcgan_lib.evaluate import COMPARED_SIDE, PATCH, fid, grey_copies, kid, laplacian_pyramid


def projected(images: np.ndarray, seed: int = 0, count: int = 2000) -> np.ndarray:
    """Patches 7×7×3 of the finest detail, normalised by channel, along one random direction.

    Args:
        images: uint8 (n, side, side, 3), RGB.
        seed: of places and direction, so that two sets are cut and looked at alike.
        count: patches.

    Returns:
        float64 (count,).
    """
    random = np.random.default_rng(seed)
    detail = laplacian_pyramid(images)[0]
    windows = np.lib.stride_tricks.sliding_window_view(detail, (PATCH, PATCH), axis=(1, 2))
    rows = np.arange(count) % len(images)
    tops, lefts = random.integers(0, windows.shape[1], (2, count))
    patches = windows[rows, tops, lefts].astype(np.float64)  # (count, 3, 7, 7)
    patches -= patches.mean((0, 2, 3), keepdims=True)
    patches /= patches.std((0, 2, 3), keepdims=True)
    direction = random.standard_normal(3 * PATCH**2)
    return patches.reshape(count, -1) @ (direction / np.linalg.norm(direction))


def principal(features: np.ndarray, count: int = 32) -> np.ndarray:
    """Features along their ``count`` strongest principal directions, scaled to variance 1.

    Args:
        features: (n, d).
        count: of directions, at most min(n - 1, d).

    Returns:
        float64 (n, count).
    """
    centred = features - features.mean(0, dtype=np.float64)
    left, _, _ = np.linalg.svd(centred, full_matrices=False)
    return left[:, :count] * np.sqrt(len(features))


def halves(features: np.ndarray, counts: Sequence[int], repeats: int = 10) -> pd.DataFrame:
    """FID and KID between two random parts of one and the same set, for several sizes.

    Args:
        features: (n, d).
        counts: size of each part, at most n // 2 and at least 3.
        repeats: for each size.

    Returns:
        One row per pair of parts: ``n``, ``fid``, ``kid``.
    """
    random, rows = np.random.default_rng(0), []
    for count in counts:
        for _ in range(repeats):
            order = random.permutation(len(features))
            a, b = features[order[:count]], features[order[count : 2 * count]]
            rows.append({"n": count, "fid": fid(a, b), "kid": kid(a, b)[0]})
    return pd.DataFrame(rows)


def greys(images: np.ndarray) -> np.ndarray:
    """Grey copies of 32×32: uint8 (n, side, side, 3) → float64 (n, 32, 32) in [0, 1]."""
    return grey_copies(images, COMPARED_SIDE) / 255


def pyramid_pictures(face: np.ndarray) -> dict[str, np.ndarray]:
    """The levels of a face's pyramid as pictures; in the detail, mid-grey stands for 0.

    Args:
        face: uint8 (side, side, 3), RGB.

    Returns:
        "detail" or "the rest" with its side → uint8 (side, side, 3), from fine to coarse.
    """
    *details, rest = [level[0] for level in laplacian_pyramid(face[None])]
    shifted = [("detail", level * 3 + 127.5) for level in details] + [("the rest", rest)]
    return {
        f"{name}\n{len(level)}×{len(level)}": np.clip(np.round(level), 0, 255).astype(np.uint8)
        for name, level in shifted
    }
