"""Which rate, band and channels each layer has (chapter 13; Karras et al. 2021, section 3.2)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dcgan_lib.beyond.style.filters import Band, Grid
from dcgan_lib.beyond.style.settings import StyleSettings

FIRST_CUTOFF = 2.0  # waves across the picture, of the Fourier features (their f_c,0)
FIRST_STOPBAND = 2.0**2.1  # their f_t,0
LAST_STOPBAND = 2.0**0.3  # their f_t,N, as a multiple of the last cutoff
CRITICAL = 2  # last layers, whose cutoff is half of the rate: there detail counts for more


@dataclass(frozen=True)
class Stage:
    """What one layer puts out.

    Attributes:
        grid: where its maps are sampled.
        band: which waves they hold.
        channels: how many maps.
    """

    grid: Grid
    band: Band
    channels: int


def plan_stages(settings: StyleSettings) -> list[Stage]:
    """The Fourier features first, then what each convolution puts out.

    Cutoffs and stopbands grow by a constant factor from layer to layer; a rate is the next power
    of two that holds the stopband.

    Returns:
        ``settings.depth + 1`` stages.
    """
    side, depth = settings.image_size, settings.depth
    along = np.minimum(np.arange(depth) / (depth - CRITICAL), 1)
    cutoffs = _growing(FIRST_CUTOFF, side / 2, along)
    stopbands = _growing(FIRST_STOPBAND, side / 2 * LAST_STOPBAND, along)
    rates = 2 ** np.ceil(np.log2(np.minimum(2 * stopbands, side))).astype(int)
    widths = np.maximum(stopbands, rates / 2) - cutoffs
    channels = np.minimum(settings.generator_width * side / 2 / cutoffs, settings.most_channels)
    stages = [
        Stage(Grid(int(rate), settings.margin), Band(float(cutoff), float(width)), round(count))
        for rate, cutoff, width, count in zip(rates, cutoffs, widths, channels, strict=True)
    ]
    return [stages[0], *stages]


def _growing(first: float, last: float, along: np.ndarray) -> np.ndarray:
    return first * (last / first) ** along
