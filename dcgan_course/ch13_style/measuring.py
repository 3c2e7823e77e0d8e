"""All of this chapter's figures for some generators, as tables."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from dcgan_lib.beyond.style import (
    Equivariance,
    StyleGenerator,
    measure_rotation,
    measure_sticking,
    measure_translation,
)

MEASURES = {"EQ-T": measure_translation, "EQ-R": measure_rotation}


def measure_all(
    generators: Mapping[str, StyleGenerator], z: np.ndarray
) -> dict[str, dict[str, Equivariance]]:
    """EQ-T and EQ-R of each generator.

    Args:
        generators: title → generator.
        z: float32, shape (n, latent_dim).

    Returns:
        title → measure → what was measured.
    """
    return {
        title: {name: measure(generator, z) for name, measure in MEASURES.items()}
        for title, generator in generators.items()
    }


def in_decibels(
    measured: Mapping[str, Mapping[str, Equivariance]], which: str = "peak"
) -> pd.DataFrame:
    """A row for each generator, a column for each measure.

    Args:
        measured: from ``measure_all``.
        which: "peak", "relative" or "ceiling".
    """
    rows = {
        title: {name: getattr(one, which) for name, one in found.items()}
        for title, found in measured.items()
    }
    return pd.DataFrame(rows).T


def sticking_table(
    generators: Mapping[str, StyleGenerator], z: np.ndarray, pixels: float = 2.0
) -> pd.DataFrame:
    """How much of the detail follows and how much stays, a row for each generator."""
    found = {title: measure_sticking(one, z, pixels) for title, one in generators.items()}
    return pd.DataFrame(
        {title: {"follows": one.follows, "stays": one.stays} for title, one in found.items()}
    ).T
