"""Multi-scale structural similarity of two pictures (chapter 08)."""

from __future__ import annotations

import numpy as np

SCALE_WEIGHTS = (0.0448, 0.2856, 0.3001, 0.2363, 0.1333)  # from fine to coarse
WINDOW, WINDOW_SIGMA = 11, 1.5  # pixels


def ms_ssim(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Multi-scale structural similarity of each pair (Wang et al. 2003), mean over channels.

    The Gaussian window of 11 px fits 3 scales at 64 px (64, 32, 16), 2 at 32 px and 4 at 128;
    their published weights are divided by their sum. At the published five scales and above
    176 px this is the published measure.

    Args:
        a: uint8, shape (n, side, side, 3).
        b: uint8, of the same shape.

    Returns:
        float64, shape (n,): 1 for equal pictures, near 0 for unlike ones.
    """
    x, y = (np.moveaxis(images, 3, 1).astype(np.float32) for images in (a, b))  # (n, 3, s, s)
    scales = scale_count(a.shape[1])
    weights = np.array(SCALE_WEIGHTS[:scales]) / sum(SCALE_WEIGHTS[:scales])
    product = np.ones(x.shape[:2])
    for scale, weight in enumerate(weights, 1):
        luminance, contrast = _ssim_parts(x, y)
        similarity = luminance * contrast if scale == scales else contrast
        product *= np.maximum(similarity.mean(axis=(2, 3), dtype=np.float64), 0) ** weight
        x, y = _halved(x), _halved(y)
    return product.mean(axis=1)


def diversity_ms_ssim(images: np.ndarray, seed: int = 0, pairs: int = 500) -> float:
    """Mean MS-SSIM over random pairs of different images: high when faces look alike.

    (Odena et al. 2017, section 4.2.)

    Args:
        images: uint8, shape (n, side, side, 3), RGB, at least two.
        seed: of the pairs.
        pairs: how many.
    """
    random = np.random.default_rng(seed)
    first = random.integers(0, len(images), pairs)
    second = (first + random.integers(1, len(images), pairs)) % len(images)
    return float(ms_ssim(images[first], images[second]).mean())


def scale_count(side: int) -> int:
    """How many scales of MS-SSIM pictures of ``side`` pixels have room for, at most 5."""
    return min(len(SCALE_WEIGHTS), int(np.log2(side / WINDOW)) + 1)


def _ssim_parts(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Luminance and contrast·structure wherever the window fits (Wang et al. 2004, eq. 6–13)."""
    c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    mean_x, mean_y = _windowed(x), _windowed(y)
    squares = _windowed(x * x) + _windowed(y * y) - mean_x**2 - mean_y**2
    product = _windowed(x * y) - mean_x * mean_y
    luminance = (2 * mean_x * mean_y + c1) / (mean_x**2 + mean_y**2 + c1)
    return luminance, (2 * product + c2) / (squares + c2)


def _windowed(x: np.ndarray) -> np.ndarray:
    """Gaussian means: (n, 3, s, s) → (n, 3, s - 10, s - 10)."""
    distance = np.arange(WINDOW) - WINDOW // 2
    weights = np.exp(-(distance**2) / (2 * WINDOW_SIGMA**2))
    places = x.shape[2] - WINDOW + 1
    band = np.zeros((places, x.shape[2]), np.float32)
    for place in range(places):
        band[place, place : place + WINDOW] = weights / weights.sum()
    return band @ x @ band.T


def _halved(x: np.ndarray) -> np.ndarray:
    return (x[..., ::2, ::2] + x[..., 1::2, ::2] + x[..., ::2, 1::2] + x[..., 1::2, 1::2]) / 4
