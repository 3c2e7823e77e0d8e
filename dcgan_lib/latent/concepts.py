"""Arithmetic with z (Radford et al. 2015, section 6.3.2): means, sums, neighbours and steps.

A z that training draws uniform stays in [-1, 1], where G was trained; one drawn from N(0, 1) has
no such edge and is left as it is. ``noise`` says which: it is the run's setting of that name.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dcgan_lib.shared import CourseError

LEAST_EXAMPLES = 3  # of a concept: below, the mean is still one person's face


def concept(z: np.ndarray, rows: Sequence[int]) -> np.ndarray:
    """What some faces have in common: the mean of their z (Radford et al. 2015, section 6.3.2).

    Args:
        z: float, shape (n, latent_dim).
        rows: which of them, at least 3; with one alone, its own traits don't cancel out.

    Returns:
        float32, shape (latent_dim,).

    Raises:
        CourseError: too few rows, or one that is not there.
    """
    if len(rows) < LEAST_EXAMPLES or not all(0 <= row < len(z) for row in rows):
        raise CourseError(
            f"A concept needs examples. Expected at least {LEAST_EXAMPLES} rows from 0 to "
            f"{len(z) - 1}. Received: {list(rows)}. Choose some more faces that show it."
        )
    return np.asarray(z)[list(rows)].mean(axis=0, dtype=np.float64).astype(np.float32)


def arithmetic(
    plus: np.ndarray, minus: np.ndarray, plus2: np.ndarray, noise: str = "uniform"
) -> np.ndarray:
    """``plus - minus + plus2``: smiling woman - woman + man (Radford et al. 2015, figure 7).

    Args:
        plus: the concept that has what is wanted, (latent_dim,).
        minus: the one that is like it without.
        plus2: the one that shall get it.
        noise: of the run's settings; "uniform" keeps the sum in [-1, 1].

    Returns:
        float32, shape (latent_dim,).
    """
    return _kept_in_range(np.asarray(plus, np.float64) - minus + plus2, noise)


def around(
    z: np.ndarray, reach: float = 0.25, count: int = 9, seed: int = 0, noise: str = "uniform"
) -> np.ndarray:
    """A z in the middle of others that differ a little: the 3×3 faces of Radford's figure 7.

    Args:
        z: float, shape (latent_dim,).
        reach: the differences are drawn uniform in [-reach, reach].
        count: how many in all; the one in the middle is z itself.
        seed: of the differences.
        noise: of the run's settings; "uniform" keeps all of them in [-1, 1].

    Returns:
        float32, shape (count, latent_dim).
    """
    differences = np.random.default_rng(seed).uniform(-reach, reach, (count, len(z)))
    differences[count // 2] = 0
    return _kept_in_range(z + differences, noise)


def move(
    z: np.ndarray, direction: np.ndarray, strength: float = 1.0, noise: str = "uniform"
) -> np.ndarray:
    """z pushed along a direction.

    Where the noise is uniform each coordinate is clipped to [-1, 1], and what is clipped is lost:
    compare with ``z + strength * direction`` to see how much.

    Args:
        z: float, shape (latent_dim,) or (n, latent_dim).
        direction: float, shape (latent_dim,) or one for each z.
        strength: how far, in lengths of ``direction``.
        noise: of the run's settings; with "normal" nothing is clipped.

    Returns:
        float32, the shape of z.
    """
    moved = np.asarray(z, np.float64) + strength * np.asarray(direction, np.float64)
    return _kept_in_range(moved, noise)


def _kept_in_range(z: np.ndarray, noise: str) -> np.ndarray:
    return (np.clip(z, -1, 1) if noise == "uniform" else z).astype(np.float32)
