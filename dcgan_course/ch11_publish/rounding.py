"""Kernels in fewer bits, and what that costs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from dcgan_lib.evaluate import (
    hog_features,
    precision_recall_density_coverage,
    sliced_wasserstein,
)
from dcgan_lib.publish import Stamp, make_faces

BITS = (32, 16, 8, 6, 4, 3)


def rounded(stamps: Sequence[Stamp], bits: int) -> list[Stamp]:
    """Stamps whose kernels hold what so many bits can: 32 all, 16 half precision, else steps.

    Below 16, each output channel has ``2 ** bits - 1`` equal steps on both sides of 0.

    Args:
        stamps: a folded generator.
        bits: 32, 16, or 2 to 8.
    """
    return [replace(stamp, kernel=_rounded(stamp.kernel, bits)) for stamp in stamps]


def cost_of_bits(
    stamps: Sequence[Stamp], z: np.ndarray, photographs: np.ndarray, bits: Sequence[int] = BITS
) -> pd.DataFrame:
    """What each number of bits costs: one row for each, beside 32.

    Args:
        stamps: a folded generator.
        z: float, shape (n, latent_dim), n above 5.
        photographs: uint8, shape (m, side, side, 3), RGB, m above 5.
        bits: as for ``rounded``.

    Returns:
        By bits: ``megabytes`` of the kernels, ``pixels off`` (share of values that differ from
        those of 32 bits), ``largest`` difference in grey levels, ``sliced_wasserstein`` and
        ``coverage`` beside the photographs.
    """
    exact = make_faces(stamps, z).astype(int)
    real = hog_features(photographs)
    rows = {}
    for count in bits:
        faces = make_faces(rounded(stamps, count), z)
        off = np.abs(faces - exact)
        overlap = precision_recall_density_coverage(real, hog_features(faces))
        rows[count] = {
            "megabytes": sum(stamp.kernel.size for stamp in stamps) * count / 8e6,
            "pixels off": float((off > 0).mean()),
            "largest": int(off.max()),
            "sliced_wasserstein": np.mean(list(sliced_wasserstein(photographs, faces).values())),
            "coverage": overlap.coverage,
        }
    return pd.DataFrame(rows).T.rename_axis("bits")


def _rounded(kernel: np.ndarray, bits: int) -> np.ndarray:
    if bits >= 16:
        return kernel.astype(np.float16 if bits == 16 else np.float32).astype(np.float32)
    factors = np.maximum(np.abs(kernel).max(axis=(0, 1, 2)), 1e-12) / (2 ** (bits - 1) - 1)
    return (np.round(kernel / factors) * factors).astype(np.float32)
