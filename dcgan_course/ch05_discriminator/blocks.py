"""D and its step as the exercises ask for them, and with the mistakes that a check can name."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import keras
from keras import layers

Maps = keras.KerasTensor
Block = Callable[[Maps, int, bool], Maps]


def down_block(
    x: Maps,
    channels: int,
    normalise: bool = True,
    *,
    kernel: int = 4,
    padding: str = "same",
    bias: bool = False,
    pooled: bool = False,
    momentum: float = 0.9,
    slope: float = 0.2,
    normalise_last: bool = False,
) -> Maps:
    """One step of D; the defaults are what exercise 5.3 asks for.

    Args:
        x: maps (batch, side, side, any).
        channels: of the result.
        normalise: whether BatchNormalization is there.
        kernel: side of the convolution's kernel.
        padding: of the convolution.
        bias: whether the convolution has one.
        pooled: whether max pooling halves the side, in place of strides.
        momentum: of BatchNormalization.
        slope: of LeakyReLU below 0; 0 is ReLU, 1 no activation at all.
        normalise_last: whether BatchNormalization stands after LeakyReLU.

    Returns:
        Maps (batch, side / 2, side / 2, channels).
    """
    strides = 1 if pooled else 2
    x = layers.Conv2D(channels, kernel, strides, padding, use_bias=bias)(x)
    x = layers.MaxPooling2D(2)(x) if pooled else x
    if normalise and not normalise_last:
        x = layers.BatchNormalization(momentum=momentum)(x)
    x = layers.LeakyReLU(slope)(x)
    if normalise and normalise_last:
        x = layers.BatchNormalization(momentum=momentum)(x)
    return x


def one_step(block: Block, channels: int, normalise: bool) -> keras.Model:
    """A network of one step, for maps (batch, 16, 16, 8)."""
    maps = keras.Input((16, 16, 8))
    return keras.Model(maps, block(maps, channels, normalise))


def one_logit(x: Maps) -> Maps:
    """Maps (batch, 4, 4, any) → logits (batch, 1), by a kernel that covers the map."""
    return layers.Flatten()(layers.Conv2D(1, x.shape[1], use_bias=False)(x))


def discriminator(
    width: int,
    block: Block = down_block,
    normalised: Sequence[bool] = (False, True, True, True),
    times: Sequence[int] = (1, 2, 4, 8),
    end: Callable[[Maps], Maps] = one_logit,
) -> keras.Model:
    """D of 64×64 images; the defaults are what exercise 5.4 asks for.

    Args:
        width: channels of the first map.
        block: one step.
        normalised: whether each step has BatchNormalization.
        times: channels of each step, as multiples of ``width``.
        end: what follows the last step.
    """
    image = keras.Input((64, 64, 3))
    x = image
    for factor, normalise in zip(times, normalised, strict=True):
        x = block(x, width * factor, normalise)
    return keras.Model(image, end(x))
