"""From one grid of samples to another, as small matrices along each axis (chapter 13).

A map's samples stand for a smooth signal. What a layer does to the samples has to be what it
would do to the signal: so signals are resampled by low-pass filters, windowed by Kaiser's window
(Karras et al. 2021, section 2.1 and appendix C). A matrix does that along one axis.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.signal import kaiser_atten, kaiser_beta

TAPS = 6  # samples of the coarser grid that a filter reaches over (their n)


@dataclass(frozen=True)
class Grid:
    """Where samples lie along one axis; the picture reaches from -0.5 to 0.5.

    Attributes:
        rate: samples across the picture.
        margin: further samples beyond each of its edges.
    """

    rate: int
    margin: int = 0

    @property
    def size(self) -> int:
        """All samples."""
        return self.rate + 2 * self.margin

    def positions(self) -> np.ndarray:
        """Where the samples are: float64, shape (size,)."""
        return (np.arange(self.size) - self.margin + 0.5) / self.rate - 0.5

    def finer(self, factor: int) -> Grid:
        """As much of the plane, sampled ``factor`` times as densely."""
        return Grid(self.rate * factor, self.margin * factor)


@dataclass(frozen=True)
class Band:
    """Which waves a layer's signal may hold, in waves across the picture.

    Attributes:
        cutoff: where a filter's response has fallen to one half.
        half_width: half of the transition, from what passes to what is stopped.
    """

    cutoff: float
    half_width: float


def low_pass(distance: np.ndarray, band: Band, coarse: int, fine: int) -> np.ndarray:
    """A windowed sinc: what a sample adds to a point at a distance from it.

    Args:
        distance: of the point from the sample, in pictures; any shape.
        band: what passes.
        coarse: samples across the picture on the coarser of two grids.
        fine: and on the finer one.

    Returns:
        float64, of the same shape; 0 beyond ``TAPS`` / 2 samples of the coarser grid.
    """
    reach = TAPS / 2 / coarse
    attenuation = kaiser_atten(TAPS * fine // coarse, 2 * band.half_width / (fine / 2))
    inside = np.sqrt(np.clip(1 - (distance / reach) ** 2, 0, None))
    window = np.where(np.abs(distance) <= reach, np.i0(kaiser_beta(attenuation) * inside), 0.0)
    return np.sinc(2 * band.cutoff * distance) * window


def resampling_matrix(start: Grid, end: Grid, band: Band) -> np.ndarray:
    """The matrix that samples a signal again, with only the waves of ``band``.

    A constant stays what it is. Beyond its grid the signal is taken for 0.

    Args:
        start: where the signal is sampled.
        end: where it shall be.
        band: what passes.

    Returns:
        float32, shape (end.size, start.size): ``matrix @ samples`` along one axis.
    """
    coarse, fine = sorted((start.rate, end.rate))
    wide = Grid(start.rate, start.margin + TAPS * start.rate // coarse + end.margin)
    weights = low_pass(_distances(wide, end), band, coarse, fine)
    weights /= weights.sum(axis=1, keepdims=True)
    beyond = wide.margin - start.margin
    return weights[:, beyond : beyond + start.size].astype(np.float32)


def linear_matrix(start: Grid, end: Grid) -> np.ndarray:
    """The matrix of linear interpolation, as StyleGAN2 upsamples (Karras et al. 2020).

    Args, returns: as for ``resampling_matrix``.
    """
    weights = np.clip(1 - np.abs(_distances(start, end)) * start.rate, 0, None)
    return weights.astype(np.float32)


def _distances(start: Grid, end: Grid) -> np.ndarray:
    return end.positions()[:, None] - start.positions()[None, :]
