"""Sliced Wasserstein distance over a Laplacian pyramid (Karras et al. 2018)."""

from __future__ import annotations

import cv2
import numpy as np

from dcgan_lib.evaluate.distances import choose_some

PATCH, PATCHES_PER_IMAGE, SMALLEST_LEVEL = 7, 128, 16  # of the sliced Wasserstein distance
DIRECTIONS, MOST_IMAGES = (4, 128), 16384


def sliced_wasserstein(real: np.ndarray, generated: np.ndarray, seed: int = 0) -> dict[int, float]:
    """Sliced Wasserstein distance of patches, for each level of a Laplacian pyramid.

    128 patches of 7×7×3 from every image and level, the channels of each set normalised by
    their mean and standard deviation, projected on 4×128 random directions; the distance is the
    mean absolute difference of the sorted projections, ×10³ (Karras et al. 2018, section 5). The
    finest level is the images' own side, the coarsest (the pyramid's blurred rest) is 16 px.
    Both sets are cut at the same random places, so that equal sets are at distance 0. The value
    shrinks with the number of images: compare only values from equal numbers.

    Args:
        real: uint8, shape (n, side, side, 3), RGB.
        generated: uint8, shape (m, side, side, 3), RGB. Of the larger set as many images are
            drawn as the smaller one has, of both at most 16,384.
        seed: of images, places and directions.

    Returns:
        Level's side in pixels → distance, from fine to coarse. 128·min(n, m) patches on each
        side make each of them.
    """
    random = np.random.default_rng(seed)
    count = min(len(real), len(generated), MOST_IMAGES)
    chosen = (choose_some(images, count, random) for images in (real, generated))
    pyramids = [laplacian_pyramid(images) for images in chosen]
    distances = {}
    for finer in zip(*pyramids, strict=True):
        side = finer[0].shape[1]
        places = random.integers(0, side - PATCH + 1, (2, count, PATCHES_PER_IMAGE))
        patches = [_patches(level, places) for level in finer]  # 2 × (count·128, 147)
        distances[side] = 1000 * sliced_distance(*patches, random)
    return distances


def sliced_distance(a: np.ndarray, b: np.ndarray, random: np.random.Generator) -> float:
    """Mean over 512 random directions of the distance between the projected points' quantiles.

    Args:
        a: float32, shape (n, d).
        b: float32, of the same shape.
        random: of the directions.
    """
    repeats, count = DIRECTIONS
    found = []
    for _ in range(repeats):
        directions = random.standard_normal((count, a.shape[1])).astype(np.float32)
        directions /= np.linalg.norm(directions, axis=1, keepdims=True)
        along = [np.sort(directions @ patches.T, axis=1) for patches in (a, b)]
        found.append(np.abs(along[0] - along[1]).mean(dtype=np.float64))
    return float(np.mean(found))


def laplacian_pyramid(images: np.ndarray) -> list[np.ndarray]:
    """Laplacian pyramid (Burt & Adelson 1983): fine detail first, the blurred rest of 16 px last.

    Args:
        images: uint8, shape (n, side, side, 3), RGB.

    Returns:
        float32 (n, side, side, 3), (n, side/2, side/2, 3), …
    """
    levels, finer = [], images.astype(np.float32)
    while finer.shape[1] // 2 >= SMALLEST_LEVEL:
        coarser = np.stack([cv2.pyrDown(image) for image in finer])
        levels.append(finer - np.stack([cv2.pyrUp(image) for image in coarser]))
        finer = coarser
    return [*levels, finer]


def _patches(level: np.ndarray, places: np.ndarray) -> np.ndarray:
    """Patches of a level, normalised by channel: float32 (n·128, 147).

    ``places`` holds tops and lefts: (2, n, 128).
    """
    windows = np.lib.stride_tricks.sliding_window_view(level, (PATCH, PATCH), axis=(1, 2))
    rows = np.arange(len(level))[:, None]
    patches = windows[rows, places[0], places[1]].reshape(-1, 3, PATCH * PATCH)
    mean = patches.mean(axis=(0, 2), keepdims=True, dtype=np.float64)
    variance = np.square(patches).mean(axis=(0, 2), keepdims=True, dtype=np.float64) - mean**2
    patches -= mean.astype(np.float32)
    patches /= np.sqrt(np.maximum(variance, 1e-8)).astype(np.float32)
    return patches.reshape(len(patches), -1)
