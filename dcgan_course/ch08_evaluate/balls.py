"""Points of a plane, and the balls that precision, recall and coverage count with (chapter 08)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


def toy_points(seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Two clusters of real points, (50, 2), and a G of the left one, with strays, (44, 2)."""
    random = np.random.default_rng(seed)
    centres = np.array([[-1.6, 0.0], [1.6, 0.3]])
    real = np.concatenate([random.normal(centre, 0.5, (25, 2)) for centre in centres])
    strays = [(1.5, 2.4), (0.1, -1.9), (2.6, -1.7), (3.2, 1.9)]
    return real, np.concatenate([random.normal(centres[0], 0.3, (40, 2)), strays])


@dataclass(frozen=True)
class Balls:
    """Which points lie in which balls; a ball reaches to its centre's k-th neighbour.

    Attributes:
        real_radii, generated_radii: (n,) and (m,), of the balls round the points of each set.
        generated_in_real: bool (m,), generated points in a ball of a real one: precision.
        real_in_generated: bool (n,), real points in a ball of a generated one: recall.
        real_balls_reached: bool (n,), balls of real points that hold a generated one: coverage.
    """

    real_radii: np.ndarray
    generated_radii: np.ndarray
    generated_in_real: np.ndarray
    real_in_generated: np.ndarray
    real_balls_reached: np.ndarray


def count_balls(real: np.ndarray, generated: np.ndarray, k: int) -> Balls:
    """Lay balls round two sets of points, (n, 2) and (m, 2)."""
    across = np.linalg.norm(real[:, None] - generated, axis=2)  # (n, m)
    real_radii, generated_radii = _radii(real, k), _radii(generated, k)
    in_real = across <= real_radii[:, None]
    return Balls(
        real_radii=real_radii,
        generated_radii=generated_radii,
        generated_in_real=in_real.any(axis=0),
        real_in_generated=(across <= generated_radii).any(axis=1),
        real_balls_reached=in_real.any(axis=1),
    )


def _radii(points: np.ndarray, k: int) -> np.ndarray:
    """Distance of each point to its k-th neighbour: (n, 2) → (n,)."""
    apart = np.linalg.norm(points[:, None] - points, axis=2)
    return np.sort(apart, axis=1)[:, k]  # the 0th is the point itself
