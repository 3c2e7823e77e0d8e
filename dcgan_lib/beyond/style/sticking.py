"""Does detail follow what it belongs to, or stick to its pixels? (chapter 13)

Karras et al. 2021, section 1, show texture sticking as pictures; here it is two numbers.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import gaussian_filter

from dcgan_lib.beyond.style.equivariance import moved, render
from dcgan_lib.beyond.style.generator import StyleGenerator

BLUR = 1.5  # pixels: what a Gaussian of this deviation takes away is detail


@dataclass(frozen=True)
class Sticking:
    """Where the detail of a moved picture is, as mean correlations from -1 to 1.

    Attributes:
        follows: with detail that was moved along: 1 where none sticks.
        stays: with the detail that was in the same pixels before.
    """

    follows: float
    stays: float


def detail(images: np.ndarray) -> np.ndarray:
    """What is finer than a blur: float, shape (n, side, side, 3), as ``images`` is."""
    return images - gaussian_filter(images, (0, BLUR, BLUR, 0))


def measure_sticking(generator: StyleGenerator, z: np.ndarray, pixels: float = 2.0) -> Sticking:
    """Move the source by some pixels to the right, and see where the detail went.

    Args:
        generator: of any configuration.
        z: float32, shape (n, latent_dim).
        pixels: how far, whole or not.
    """
    styles = generator.styles(z)
    transforms = np.tile([0, pixels / generator.settings.image_size, 0], (len(z), 1))
    still = render(generator, styles, np.zeros_like(transforms))
    after = detail(render(generator, styles, transforms))
    followed, valid = moved(still, transforms)
    return Sticking(
        _correlation(after, detail(followed), valid), _correlation(after, detail(still), valid)
    )


def _correlation(one: np.ndarray, other: np.ndarray, valid: np.ndarray) -> float:
    pairs = zip(one, other, valid, strict=True)
    return float(np.mean([np.corrcoef(a[v].ravel(), b[v].ravel())[0, 1] for a, b, v in pairs]))
