"""Does the picture move as its source does? In decibels (chapter 13; Karras et al. 2021).

EQ-T and EQ-R (their section 3 and appendix E): the picture of a moved source beside the moved
picture, as a peak signal-to-noise ratio.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import tensorflow as tf
from scipy import ndimage

from dcgan_lib.beyond.style.generator import StyleGenerator

PEAK = 2.0  # from black to white, in [-1, 1]
FARTHEST = 1 / 8  # how far a picture is moved, in sides
ORDER = 5  # of the splines that move a picture between its pixels
INSET = 4  # pixels from the edge, where the splines don't know enough


@dataclass(frozen=True)
class Equivariance:
    """How far two pictures agree that should be one, in decibels; more is better.

    Attributes:
        peak: signal-to-noise, the signal being all from black to white (EQ-T or EQ-R).
        relative: the same, the signal being what the pictures vary by.
        ceiling: ``peak`` of the pictures themselves, moved there and back by the interpolation
            that measures: more can't be told apart.
    """

    peak: float
    relative: float
    ceiling: float


def decibels(one: np.ndarray, other: np.ndarray, valid: np.ndarray, power: float) -> float:
    """Ten times the logarithm of signal to error.

    Args:
        one: float, shape (n, side, side, 3).
        other: of the same shape.
        valid: bool, shape (n, side, side): where to look.
        power: of the signal, as a mean square.
    """
    error = np.mean((one[valid] - other[valid]) ** 2)
    return float(10 * np.log10(power / error))


def moved(images: np.ndarray, transforms: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Pictures turned and moved by interpolation, and where that can be trusted.

    Args:
        images: float, shape (n, side, side, 3).
        transforms: float, shape (n, 3): as for ``StyleGenerator.synthesise``.

    Returns:
        The pictures, of the same shape; and bool (n, side, side), False where a pixel comes from
        near the edge or from beyond it.
    """
    side = images.shape[1]
    rows, columns = np.mgrid[:side, :side].astype(float)
    middle = (side - 1) / 2
    pictures, valid = np.empty_like(images), np.empty(images.shape[:3], bool)
    for number, (angle, right, down) in enumerate(transforms):
        x, y = columns - middle - right * side, rows - middle - down * side
        x, y = np.cos(angle) * x - np.sin(angle) * y, np.sin(angle) * x + np.cos(angle) * y
        places = np.stack([y + middle, x + middle])
        low, high = places.min(axis=0), places.max(axis=0)
        valid[number] = (low >= INSET) & (high <= side - 1 - INSET)
        for channel in range(3):
            pictures[number, ..., channel] = ndimage.map_coordinates(
                images[number, ..., channel], places, order=ORDER, mode="nearest"
            )
    return pictures, valid


def render(generator: StyleGenerator, styles: tf.Tensor, transforms: np.ndarray) -> np.ndarray:
    """Faces of moved sources, some at a time: float64 (n, side, side, 3), about [-1, 1].

    Args: as for ``StyleGenerator.synthesise``, a transform for each.
    """
    parts = [
        generator.synthesise(styles[start : start + 16], transforms[start : start + 16]).numpy()
        for start in range(0, len(transforms), 16)
    ]
    return np.concatenate(parts).astype(np.float64)


def measure_translation(generator: StyleGenerator, z: np.ndarray, seed: int = 0) -> Equivariance:
    """EQ-T: moved by up to an eighth of the side, between pixels too.

    Args:
        generator: of any configuration.
        z: float32, shape (n, latent_dim).
        seed: of how far each is moved.
    """
    random = np.random.default_rng(seed)
    shifts = random.uniform(-FARTHEST, FARTHEST, (len(z), 2))
    return _measure(generator, z, np.column_stack([np.zeros(len(z)), shifts]))


def measure_rotation(generator: StyleGenerator, z: np.ndarray, seed: int = 0) -> Equivariance:
    """EQ-R: turned by any angle round the centre.

    Args: as for ``measure_translation``.
    """
    angles = np.random.default_rng(seed).uniform(0, 2 * np.pi, len(z))
    return _measure(generator, z, np.column_stack([angles, np.zeros((len(z), 2))]))


def _measure(generator: StyleGenerator, z: np.ndarray, transforms: np.ndarray) -> Equivariance:
    styles = generator.styles(z)
    still = render(generator, styles, np.zeros_like(transforms))
    by_source = render(generator, styles, transforms)
    by_pixels, valid = moved(still, transforms)
    back = np.column_stack([-transforms[:, 0], *_turned_back(transforms)])
    again, valid_back = moved(by_pixels, back)
    kept = valid_back & _came_whole(valid, back)
    variance = float(still.var(axis=(1, 2)).mean())
    peak = PEAK**2
    return Equivariance(
        decibels(by_source, by_pixels, valid, peak),
        decibels(by_source, by_pixels, valid, variance),
        decibels(again, still, kept, peak),
    )


def _turned_back(transforms: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    angle, right, down = transforms.T
    return (
        -(np.cos(angle) * right - np.sin(angle) * down),
        -(np.sin(angle) * right + np.cos(angle) * down),
    )


def _came_whole(valid: np.ndarray, back: np.ndarray) -> np.ndarray:
    shown, _ = moved(valid[..., None].repeat(3, -1).astype(float), back)
    return shown[..., 0] > 0.999
