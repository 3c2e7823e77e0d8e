"""One wave through a leaky ReLU: what it becomes on a grid, and on a finer one."""

from __future__ import annotations

import numpy as np
import pandas as pd

from dcgan_lib.beyond.style import SLOPE, Band, Grid, resampling_matrix

RATE = 32  # samples across the picture


def seen_as(waves: float, rate: int) -> float:
    """Which wave samples look like: as ``waves`` is folded into 0 to rate / 2."""
    return abs(waves - rate * np.round(waves / rate))


def bent_wave(waves: int, *, filtered: bool, rate: int = RATE, moved: float = 0.0) -> np.ndarray:
    """Samples of a leaky ReLU of a wave.

    Args:
        waves: across the picture, below rate / 2.
        filtered: bend on a grid twice as dense, between two low-pass filters; else bend samples.
        rate: samples across the picture.
        moved: of the wave to the right, in samples.

    Returns:
        float64, shape (rate,).
    """
    grid = Grid(rate, margin=rate // 2)
    samples = np.sin(2 * np.pi * waves * (grid.positions() - moved / rate))
    if filtered:
        dense, band = grid.finer(2), Band(rate * 3 / 8, rate / 8)
        up = resampling_matrix(grid, dense, band)
        samples = resampling_matrix(dense, grid, band) @ _bent(up @ samples)
    else:
        samples = _bent(samples)
    return samples[grid.margin : -grid.margin]


def strengths(samples: np.ndarray) -> np.ndarray:
    """How strong each wave is in samples of one picture: 0, 1, … rate / 2 across it."""
    found = np.abs(np.fft.rfft(samples)) / len(samples)
    found[1:-1] *= 2
    return found


def harmonics(waves: int, rate: int = RATE, count: int = 4) -> pd.DataFrame:
    """The waves that a leaky ReLU makes of one, and which ones their samples look like.

    A wave bent at zero holds itself, a constant, and all even multiples of itself.

    Args:
        waves: across the picture.
        rate: samples across it.
        count: how many to list.
    """
    made = [waves, *(2 * waves * number for number in range(1, count))]
    rows = [{"fits": one <= rate / 2, "seen as": seen_as(one, rate)} for one in made]
    return pd.DataFrame(rows, index=pd.Index(made, name="waves"))


def _bent(samples: np.ndarray) -> np.ndarray:
    return np.where(samples < 0, SLOPE * samples, samples)
