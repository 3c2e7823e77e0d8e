"""The two networks of a DCGAN (chapters 04 and 05; the paper's sections 5 and 6)."""

from __future__ import annotations

from collections.abc import Iterator

import keras
import numpy as np
from keras import layers

from dcgan_lib.batch_norm import FusedBatchNormalization
from dcgan_lib.settings import Settings

FIRST_SIDE = 4  # G starts from, and D ends at, maps of 4×4
WEIGHT_STDDEV = 0.02  # Radford et al. 2015, for convolution kernels alone


def build_generator(settings: Settings) -> keras.Model:
    """G: from noise to a face, by transposed convolutions alone (the paper's section 5.1).

    Each transposed convolution doubles the side and halves the channels. BatchNormalization and
    ReLU follow every one but the last, which ends in tanh (guidelines b and d); there is no fully
    connected layer (guideline c): the first map comes from z by a 4×4 kernel on a 1×1 map.

    Args:
        settings: uses image_size, latent_dim, generator_width, kernel_size and
            batch_norm_momentum.

    Returns:
        A model (batch, latent_dim) in [-1, 1] → (batch, image_size, image_size, 3) float32 in
        [-1, 1].
    """
    kernels = _initializers(settings.seed, network=0)
    precision, doublings = settings.precision, _doublings(settings.image_size)
    channels = settings.generator_width * 2 ** (doublings - 1)
    z = keras.Input((settings.latent_dim,), name="z")
    x = layers.Reshape((1, 1, settings.latent_dim), name="z_as_map")(z)  # (batch, 1, 1, latent)
    x = layers.Conv2DTranspose(
        channels,
        FIRST_SIDE,
        use_bias=False,
        kernel_initializer=next(kernels),
        dtype=precision,
        name="up_4",
    )(x)  # (batch, 4, 4, channels)
    x = _normalise(x, settings, "norm_4")
    x = layers.ReLU(name="relu_4", dtype=precision)(x)
    for step in range(1, doublings):
        side, channels = FIRST_SIDE * 2**step, channels // 2
        x = _up(channels, settings, next(kernels), f"up_{side}")(x)  # (batch, side, side, channels)
        x = _normalise(x, settings, f"norm_{side}")
        x = layers.ReLU(name=f"relu_{side}", dtype=precision)(x)
    x = _up(3, settings, next(kernels), f"up_{settings.image_size}")(
        x
    )  # (batch, image_size, image_size, 3)
    face = layers.Activation("tanh", dtype="float32", name="face")(x)
    return keras.Model(z, face, name="generator")


def build_discriminator(settings: Settings) -> keras.Model:
    """D: from an image to one logit, by strided convolutions (the paper's section 5.2).

    Each convolution halves the side and doubles the channels, in place of pooling (guideline a);
    LeakyReLU follows every one but the last (guideline e), BatchNormalization every one but the
    first and the last (guideline b). The logit comes from a 4×4 kernel on a 4×4 map, so there
    is no fully connected layer (guideline c).

    Args:
        settings: uses image_size, discriminator_width, kernel_size, leaky_slope and
            batch_norm_momentum.

    Returns:
        A model (batch, image_size, image_size, 3) in [-1, 1] → (batch, 1) float32 logits;
        their sigmoid is the probability that an image is real.
    """
    kernels = _initializers(settings.seed, network=1)
    precision = settings.precision
    image = keras.Input((settings.image_size, settings.image_size, 3), name="image")
    x = image
    for step in range(_doublings(settings.image_size)):
        side = settings.image_size // 2 ** (step + 1)
        x = layers.Conv2D(
            settings.discriminator_width * 2**step,
            settings.kernel_size,
            strides=2,
            padding="same",
            use_bias=False,
            kernel_initializer=next(kernels),
            dtype=precision,
            name=f"down_{side}",
        )(x)  # (batch, side, side, channels)
        if step > 0:
            x = _normalise(x, settings, f"norm_{side}")
        x = layers.LeakyReLU(settings.leaky_slope, dtype=precision, name=f"leaky_{side}")(x)
    judge = layers.Conv2D(
        1,
        FIRST_SIDE,
        use_bias=False,
        kernel_initializer=next(kernels),
        dtype=precision,
        name="judge",
    )
    x = judge(x)  # (batch, 1, 1, 1)
    logit = layers.Reshape((1,), dtype="float32", name="logit")(x)  # (batch, 1)
    return keras.Model(image, logit, name="discriminator")


def _doublings(image_size: int) -> int:
    return (image_size // FIRST_SIDE).bit_length() - 1


def _initializers(seed: int, network: int) -> Iterator[keras.initializers.Initializer]:
    """One N(0, 0.02) for each convolution, so that the same seed gives the same network."""
    for number in np.random.SeedSequence((seed, network)).generate_state(8):
        yield keras.initializers.RandomNormal(stddev=WEIGHT_STDDEV, seed=int(number))


def _normalise(x: keras.KerasTensor, settings: Settings, name: str) -> keras.KerasTensor:
    return FusedBatchNormalization(
        momentum=settings.batch_norm_momentum, epsilon=1e-5, dtype=settings.precision, name=name
    )(x)


def _up(
    channels: int, settings: Settings, kernel: keras.initializers.Initializer, name: str
) -> layers.Layer:
    return layers.Conv2DTranspose(
        channels,
        settings.kernel_size,
        strides=2,
        padding="same",
        use_bias=False,
        kernel_initializer=kernel,
        dtype=settings.precision,
        name=name,
    )
