"""What transposed convolutions add up, and the maps inside G (chapter 04)."""

from __future__ import annotations

import keras
import numpy as np


def overlap(kernel_size: int, stride: int = 2, side: int = 16) -> np.ndarray:
    """How many kernel stamps of a transposed convolution cover each output pixel.

    Args:
        kernel_size: side of the kernel, 1 to 9.
        stride: step between two stamps, 1 to 4.
        side: side of the input map.

    Returns:
        int array (side, side): a window in the middle of the output, away from its edges.
    """
    counts = np.zeros(4 * side * stride + kernel_size, int)
    for start in range(0, 4 * side * stride, stride):
        counts[start : start + kernel_size] += 1
    row = counts[2 * stride * 4 :][:side]
    return np.outer(row, row)


def stamps(values: np.ndarray, kernel: np.ndarray, stride: int = 2) -> np.ndarray:
    """A transposed convolution in one dimension, before its sum: what each value stamps.

    Args:
        values: float array (n,), the input.
        kernel: float array (k,).
        stride: step between two stamps.

    Returns:
        float array (n, width of the output): a row for each value; the output is their sum.
    """
    rows = np.zeros((len(values), (len(values) - 1) * stride + len(kernel)))
    for index, value in enumerate(values):
        rows[index, index * stride : index * stride + len(kernel)] = value * kernel
    return rows


def grown_maps(generator: keras.Model, z: np.ndarray) -> list[np.ndarray]:
    """What leaves each nonlinearity of G, and the face at the end, from one z, (latent_dim,).

    Returns:
        float arrays (4, 4, channels), (8, 8, channels), … and (side, side, 3) in [-1, 1].
    """
    layers = [layer for layer in generator.layers if layer.name.startswith("relu_")]
    stages = keras.Model(generator.input, [layer.output for layer in layers] + generator.outputs)
    return [np.asarray(output)[0] for output in stages(z[None], training=False)]


def strongest_channels(values: np.ndarray, count: int = 4) -> np.ndarray:
    """The channels of a map that have most to show, as pictures.

    Args:
        values: float array (h, w, channels).
        count: how many channels.

    Returns:
        uint8 (count, h, w, 3), each stretched from black to white.
    """
    strongest = np.argsort(values.std(axis=(0, 1)))[::-1][:count]
    chosen = np.moveaxis(values[..., strongest], 2, 0)  # (count, h, w)
    low = chosen.min(axis=(1, 2), keepdims=True)
    span = np.maximum(chosen.max(axis=(1, 2), keepdims=True) - low, 1e-8)
    grey = ((chosen - low) / span * 255).astype(np.uint8)
    return np.repeat(grey[..., None], 3, axis=3)
