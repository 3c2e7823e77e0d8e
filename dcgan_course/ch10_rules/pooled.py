"""D with pooling in place of strides, and the mistakes in it that a check can name (10.2)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import keras
from keras import layers


def pooled_network(
    width: int,
    *,
    kernel: int = 4,
    bias: bool = False,
    pooling: type[layers.Layer] | None = layers.MaxPooling2D,
    pooled_last: bool = False,
    normalised: Sequence[bool] = (False, True, True),
    momentum: float = 0.9,
    slope: float = 0.2,
    times: Sequence[int] = (1, 2, 4),
) -> keras.Model:
    """D of 32×32 images with pooling; the defaults are what exercise 10.2 asks for.

    Args:
        width: channels of the first map.
        kernel: side of the kernels.
        bias: whether the convolutions have one.
        pooling: the layer that halves the side; None for strides.
        pooled_last: whether pooling comes after LeakyReLU.
        normalised: whether each step has BatchNormalization.
        momentum: of BatchNormalization.
        slope: of LeakyReLU.
        times: channels of each step, as multiples of ``width``.

    Returns:
        A model (batch, 32, 32, 3) → (batch, 1).
    """
    image = keras.Input((32, 32, 3))
    x = image
    for factor, normalise in zip(times, normalised, strict=True):
        strides = 1 if pooling else 2
        x = layers.Conv2D(width * factor, kernel, strides, "same", use_bias=bias)(x)
        x = pooling(2)(x) if pooling and not pooled_last else x
        x = layers.BatchNormalization(momentum=momentum)(x) if normalise else x
        x = layers.LeakyReLU(slope)(x)
        x = pooling(2)(x) if pooling and pooled_last else x
    return keras.Model(image, layers.Flatten()(layers.Conv2D(1, 4, use_bias=False)(x)))


MISTAKES: tuple[tuple[str, Callable[[int], keras.Model]], ...] = (
    (
        "Strides still halve the side. Expected convolutions that keep it, then pooling. Received: "
        "D as written.",
        partial(pooled_network, pooling=None),
    ),
    (
        "The pooling is another one. Expected the largest of each 2×2. Received: their mean.",
        partial(pooled_network, pooling=layers.AveragePooling2D),
    ),
    (
        "Pooling stands in another place. Expected it right after the convolution. Received: after "
        "LeakyReLU.",
        partial(pooled_network, pooled_last=True),
    ),
    (
        "Only one rule is to be turned. Expected BatchNormalization from the second step on "
        "(guideline b). Received: in the first as well.",
        partial(pooled_network, normalised=(True, True, True)),
    ),
    (
        "Only one rule is to be turned. Expected BatchNormalization from the second step on "
        "(guideline b). Received: none.",
        partial(pooled_network, normalised=(False, False, False)),
    ),
    (
        "LeakyReLU has another slope. Expected 0.2. Received: 0.3, Keras's default.",
        partial(pooled_network, slope=0.3),
    ),
    (
        "Nothing negative comes through. Expected LeakyReLU with slope 0.2. Received: ReLU.",
        partial(pooled_network, slope=0.0),
    ),
    (
        "BatchNormalization has another momentum. Expected 0.9. Received: 0.99, Keras's default.",
        partial(pooled_network, momentum=0.99),
    ),
    (
        "The convolutions have biases. Expected use_bias=False. Received: biases.",
        partial(pooled_network, bias=True),
    ),
    ("The kernels have another size. Expected 4. Received: 3.", partial(pooled_network, kernel=3)),
    (
        "Every step has the same channels. Expected width times 1, 2, 4. Received: always width.",
        partial(pooled_network, times=(1, 1, 1)),
    ),
)
