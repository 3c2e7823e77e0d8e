"""What one unit of D sees: its receptive field, by the formula and as measured (chapter 05).

Layers of D are numbered from 1: four convolutions that halve the side, then the judge. Images are
64×64 throughout.
"""

from __future__ import annotations

import keras
import numpy as np
import tensorflow as tf

SIDE = 64
STEPS = ((4, 2, 1), (4, 2, 1), (4, 2, 1), (4, 2, 1), (4, 1, 0))  # kernel, stride, padding of D
NAMES = ("down_32", "down_16", "down_8", "down_4", "judge")


def field_of(layer: int, row: int, column: int) -> tuple[int, int, int]:
    """What one unit of D sees: first row, first column and side of its receptive field.

    Args:
        layer: 1 to 5, of D for 64×64.
        row, column: of the unit in that layer's map.

    Returns:
        Pixels; the field may reach over the image's edge, into the padding.

    Raises:
        ValueError: D has no such layer.
    """
    if not 1 <= layer <= len(STEPS):
        raise ValueError(f"D has no such layer. Expected 1 to {len(STEPS)}. Received: {layer}.")
    size, jump, start = 1, 1, 0
    for kernel, stride, padding in STEPS[:layer]:
        size += (kernel - 1) * jump
        start -= padding * jump
        jump *= stride
    return start + row * jump, start + column * jump, size


def measure_field(discriminator: keras.Model, layer: int, face: np.ndarray) -> np.ndarray:
    """How much each pixel of a face moves a unit in the middle of a layer's map.

    Args:
        discriminator: as ``build_discriminator`` makes it, for 64×64.
        layer: 1 to 5; its unit is that of ``middle``.
        face: float32 (64, 64, 3), in [-1, 1].

    Returns:
        float array (64, 64): size of the gradient, 0 outside of the receptive field.
    """
    part = keras.Model(discriminator.input, discriminator.get_layer(NAMES[layer - 1]).output)
    image, place = tf.constant(face[None]), middle(layer)
    with tf.GradientTape() as tape:
        tape.watch(image)
        total = tf.reduce_sum(part(image, training=False)[0, place, place] ** 2)
    return np.abs(np.asarray(tape.gradient(total, image))[0]).sum(axis=-1)


def seen_by(face: np.ndarray, field: tuple[int, int, int]) -> np.ndarray:
    """The pixels in a field; beyond the image's edge the grey of zeros in [-1, 1].

    Args:
        face: uint8 (64, 64, 3).
        field: first row, first column and side, as ``field_of`` gives them.

    Returns:
        uint8 (side, side, 3).
    """
    top, left, size = field
    pad = SIDE  # more than any field reaches over the edge
    padded = np.pad(face, ((pad, pad), (pad, pad), (0, 0)), constant_values=127)
    return padded[top + pad :, left + pad :][:size, :size]


def middle(layer: int) -> int:
    """Row, and column, of a unit in the middle of a layer's map."""
    return max(map_side(layer) // 2 - 1, 0)


def map_side(layer: int) -> int:
    """Side of a layer's map: 32, 16, 8, 4, 1."""
    return SIDE // 2**layer if layer < len(STEPS) else 1
