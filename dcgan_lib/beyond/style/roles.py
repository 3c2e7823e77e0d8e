"""Which layer decides what: one face's w in one layer of another (chapter 13)."""

from __future__ import annotations

import numpy as np
import pandas as pd
import tensorflow as tf
from scipy.ndimage import gaussian_filter

from dcgan_lib.beyond.style.equivariance import render
from dcgan_lib.beyond.style.generator import StyleGenerator

BLURS = {"coarse": 6.0, "middle": 2.0, "fine": 0.0}  # pixels of the 64: what each scale keeps


def layer_names(generator: StyleGenerator) -> list[str]:
    """Names of the layers that take w, in order: the source, convolutions, RGB."""
    middle = [f"convolution {number}" for number in range(1, generator.layer_count - 1)]
    return ["source", *middle, "RGB"]


def layer_roles(generator: StyleGenerator, z: np.ndarray) -> pd.DataFrame:
    """How much each layer's w changes, at three scales.

    Each face gets the w of the next one in a single layer. What changes is split by blurs into
    coarse, middle and fine, and divided by what a whole exchange changes at that scale.

    Args:
        generator: of any configuration.
        z: float32, shape (n, latent_dim), n at least 2.

    Returns:
        A row for each layer, a column for each scale: root mean squares, as shares.
    """
    styles = generator.styles(z)
    others = tf.roll(styles, 1, axis=0)
    still = _plain(generator, styles)
    whole = _by_scale(_plain(generator, others) - still)
    rows = {}
    for layer, name in enumerate(layer_names(generator)):
        here = (np.arange(generator.layer_count) == layer)[:, None]
        mixed = tf.where(here, others, styles)
        changed = _by_scale(_plain(generator, mixed) - still)
        rows[name] = {scale: changed[scale] / whole[scale] for scale in BLURS}
    return pd.DataFrame(rows).T


def _plain(generator: StyleGenerator, styles: tf.Tensor) -> np.ndarray:
    return render(generator, styles, np.zeros((len(styles), 3)))


def _by_scale(change: np.ndarray) -> dict[str, float]:
    found, left = {}, change
    for name, pixels in BLURS.items():
        width = pixels * change.shape[1] / 64
        part = gaussian_filter(left, (0, width, width, 0))
        found[name] = float(np.sqrt(np.mean(part**2)))
        left = left - part
    return found
