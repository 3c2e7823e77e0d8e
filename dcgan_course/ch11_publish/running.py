"""A whole generator by somebody's own `up`, and what its layers weigh."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import keras
import numpy as np
import pandas as pd

from dcgan_lib.publish import Stamp


def face_by(
    up: Callable[[np.ndarray, np.ndarray, int], np.ndarray], stamps: Sequence[Stamp], z: np.ndarray
) -> np.ndarray:
    """One face, every layer by ``up``; edges, biases and activations are done here.

    Args:
        up: maps (side, side, in), kernel (in, size, size, out), stride → all stamps, added up.
        stamps: a folded generator.
        z: float, shape (latent_dim,).

    Returns:
        uint8, shape (side, side, 3), RGB.
    """
    maps = np.asarray(z, np.float32)[None, None]  # (1, 1, latent_dim)
    for stamp in stamps:
        kept = slice(stamp.crop, stamp.crop + stamp.side)
        values = up(maps, stamp.kernel, stamp.stride)[kept, kept] + stamp.bias
        maps = np.tanh(values) if stamp.tanh else np.where(values < 0, stamp.slope * values, values)
    return np.clip(np.round((maps + 1) * 127.5), 0, 255).astype(np.uint8)


def weights_by_layer(generator: keras.Model) -> pd.DataFrame:
    """What every layer with weights holds: its kind, how many numbers, and its share of all."""
    rows = [
        {"layer": layer.name, "kind": type(layer).__name__, "numbers": layer.count_params()}
        for layer in generator.layers
        if layer.count_params()
    ]
    table = pd.DataFrame(rows).set_index("layer")
    table["share"] = (table["numbers"] / table["numbers"].sum()).round(3)
    return table
