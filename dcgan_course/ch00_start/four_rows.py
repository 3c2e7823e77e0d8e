"""Four rows of z, to say of each how many different faces G makes of it (chapter 00)."""

from __future__ import annotations

import numpy as np

from dcgan_lib.train import draw_noise

ROWS = {
    "a": "one z, four times",
    "b": "seed 7, drawn again each time",
    "c": "seeds 1 to 4",
    "d": "one z, only its last number changed",
}


def noise_rows(latent_dim: int, seed: int) -> dict[str, np.ndarray]:
    """Four rows of four z each, by letter, as ``ROWS`` describes them.

    Returns:
        ``{"a": …, "b": …, "c": …, "d": …}``, float32 (4, latent_dim), in [-1, 1].
    """
    one = np.repeat(draw_noise(1, latent_dim, seed), 4, axis=0)
    changed = one.copy()
    changed[:, -1] = (-1, -0.5, 0.5, 1)
    seeds = {"b": (7, 7, 7, 7), "c": (1, 2, 3, 4)}
    drawn = {
        row: np.concatenate([draw_noise(1, latent_dim, number) for number in numbers])
        for row, numbers in seeds.items()
    }
    return {"a": one, **drawn, "d": changed}


def count_different(faces: np.ndarray, tolerance: float = 1e-6) -> int:
    """How many of some faces differ from every one before them.

    Args:
        faces: float (n, side, side, 3).
        tolerance: largest difference of a value between two that count as the same.
    """
    different: list[np.ndarray] = []
    for face in faces:
        if all(np.abs(face - other).max() > tolerance for other in different):
            different.append(face)
    return len(different)
