"""G and its step as the exercises ask for them, and with the mistakes that a check can name."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import keras
from keras import layers

Maps = keras.KerasTensor
Block = Callable[[Maps, int], Maps]


def up_block(
    x: Maps,
    channels: int,
    *,
    kernel: int = 4,
    strides: int = 2,
    padding: str = "same",
    bias: bool = False,
    copied: bool = False,
    normalised: bool = True,
    momentum: float = 0.9,
    slope: float = 0.0,
    normalise_last: bool = False,
) -> Maps:
    """One step of G; the defaults are what exercise 4.3 asks for.

    Args:
        x: maps (batch, side, side, any).
        channels: of the result.
        kernel: side of the transposed convolution's kernel.
        strides: of the transposed convolution.
        padding: of the transposed convolution.
        bias: whether the convolution has one.
        copied: whether pixels are copied and an ordinary convolution follows.
        normalised: whether BatchNormalization is there.
        momentum: of BatchNormalization.
        slope: of the activation below 0; 0 is ReLU, 1 no activation at all.
        normalise_last: whether BatchNormalization stands after the activation.

    Returns:
        Maps (batch, 2·side, 2·side, channels).
    """
    if copied:
        x = layers.Conv2D(channels, kernel, padding="same", use_bias=bias)(layers.UpSampling2D()(x))
    else:
        x = layers.Conv2DTranspose(channels, kernel, strides, padding, use_bias=bias)(x)
    if normalised and not normalise_last:
        x = layers.BatchNormalization(momentum=momentum)(x)
    x = layers.LeakyReLU(slope)(x) if slope else layers.ReLU()(x)
    if normalised and normalise_last:
        x = layers.BatchNormalization(momentum=momentum)(x)
    return x


def one_step(block: Block, channels: int) -> keras.Model:
    """A network of one step, for maps (batch, 4, 4, 8)."""
    maps = keras.Input((4, 4, 8))
    return keras.Model(maps, block(maps, channels))


def first_map(z: Maps, channels: int) -> Maps:
    """z (batch, latent_dim) → maps (batch, 4, 4, channels), by a kernel that covers them."""
    x = layers.Reshape((1, 1, z.shape[1]))(z)
    return up_block(x, channels, strides=1, padding="valid")


def face_of(x: Maps, *, activation: str = "tanh", bias: bool = False) -> Maps:
    """Maps (batch, 32, 32, any) → faces (batch, 64, 64, 3)."""
    face = layers.Conv2DTranspose(3, 4, 2, "same", use_bias=bias)(x)
    return layers.Activation(activation)(face)


def generator(
    latent_dim: int,
    width: int,
    block: Block = up_block,
    start: Block = first_map,
    times: Sequence[int] = (4, 2, 1),
    end: Callable[[Maps], Maps] = face_of,
) -> keras.Model:
    """G of 64×64 faces; the defaults are what exercise 4.4 asks for.

    Args:
        latent_dim: numbers in a z.
        width: channels of the last hidden map.
        block: one step.
        start: makes the first map of z, with ``width · 8`` channels.
        times: channels of each step, as multiples of ``width``.
        end: what follows the last step.
    """
    z = keras.Input((latent_dim,))
    x = start(z, width * 8)
    for factor in times:
        x = block(x, width * factor)
    return keras.Model(z, end(x))
