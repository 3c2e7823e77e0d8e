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
        settings: uses image_size, latent_dim, generator_width, kernel_size, batch_norm_momentum,
            and the rules that chapter 10 turns.

    Returns:
        A model (batch, latent_dim) in [-1, 1] → (batch, image_size, image_size, 3) float32 in
        [-1, 1].
    """
    kernels = _initializers(settings.seed, network=0)
    precision, doublings = settings.precision, _doublings(settings.image_size)
    channels = settings.generator_width * 2 ** (doublings - 1)
    normalised = settings.batch_norm in ("both", "generator", "everywhere")
    z = keras.Input((settings.latent_dim,), name="z")
    x = z
    if settings.fully_connected:
        x = _dense(channels, settings, next(kernels))(x)  # (batch, channels)
        x = _activate(x, settings.generator_activation, settings, "dense")
    x = layers.Reshape((1, 1, x.shape[1]), name="z_as_map")(x)  # (batch, 1, 1, latent)
    x = layers.Conv2DTranspose(
        channels,
        FIRST_SIDE,
        use_bias=False,
        kernel_initializer=next(kernels),
        dtype=precision,
        name="up_4",
    )(x)  # (batch, 4, 4, channels)
    for step in range(doublings):
        side = FIRST_SIDE * 2**step  # (batch, side, side, channels)
        if normalised:
            x = _normalise(x, settings, f"norm_{side}")
        x = _activate(x, settings.generator_activation, settings, str(side))
        channels = channels // 2 if step < doublings - 1 else 3
        x = _up(x, channels, settings, next(kernels), 2 * side)
    if settings.batch_norm == "everywhere":
        x = _normalise(x, settings, "norm_output")
    face = layers.Activation(settings.output, dtype="float32", name="face")(x)
    if settings.output == "sigmoid":
        face = layers.Rescaling(2.0, -1.0, dtype="float32", name="to_range")(face)
    return keras.Model(z, face, name="generator")


def build_discriminator(settings: Settings) -> keras.Model:
    """D: from an image to one logit, by strided convolutions (the paper's section 5.2).

    Each convolution halves the side and doubles the channels, in place of pooling (guideline a);
    LeakyReLU follows every one but the last (guideline e), BatchNormalization every one but the
    first and the last (guideline b). The logit comes from a 4×4 kernel on a 4×4 map, so there
    is no fully connected layer (guideline c).

    Args:
        settings: uses image_size, discriminator_width, kernel_size, leaky_slope,
            batch_norm_momentum, and the rules that chapter 10 turns.

    Returns:
        A model (batch, image_size, image_size, 3) in [-1, 1] → (batch, 1) float32 logits;
        their sigmoid is the probability that an image is real.
    """
    kernels = _initializers(settings.seed, network=1)
    normalised = settings.batch_norm in ("both", "discriminator", "everywhere")
    image = keras.Input((settings.image_size, settings.image_size, 3), name="image")
    x = image
    if settings.output == "sigmoid":
        x = layers.Rescaling(0.5, 0.5, name="to_0_1")(x)
    for step in range(_doublings(settings.image_size)):
        side = settings.image_size // 2 ** (step + 1)
        channels = settings.discriminator_width * 2**step
        x = _down(x, channels, settings, next(kernels), side)  # (batch, side, side, channels)
        if normalised and (step > 0 or settings.batch_norm == "everywhere"):
            x = _normalise(x, settings, f"norm_{side}")
        x = _activate(x, settings.discriminator_activation, settings, str(side))
    if settings.fully_connected:
        x = layers.Flatten(name="map_as_row")(x)
        x = _dense(channels, settings, next(kernels))(x)  # (batch, channels)
        x = _activate(x, settings.discriminator_activation, settings, "dense")
        x = layers.Reshape((1, 1, channels), name="row_as_map")(x)
    judge = layers.Conv2D(
        1,
        x.shape[1],
        use_bias=False,
        kernel_initializer=next(kernels),
        dtype=settings.precision,
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


def _activate(x: keras.KerasTensor, kind: str, settings: Settings, place: str) -> keras.KerasTensor:
    precision = settings.precision
    if kind == "relu":
        return layers.ReLU(name=f"relu_{place}", dtype=precision)(x)
    return layers.LeakyReLU(settings.leaky_slope, name=f"leaky_{place}", dtype=precision)(x)


def _dense(units: int, settings: Settings, kernel: keras.initializers.Initializer) -> layers.Layer:
    return layers.Dense(
        units, kernel_initializer=kernel, dtype=settings.precision, name="hidden_dense"
    )


def _up(
    x: keras.KerasTensor,
    channels: int,
    settings: Settings,
    kernel: keras.initializers.Initializer,
    side: int,
) -> keras.KerasTensor:
    """Double the side: by a transposed convolution, or by upsampling before a plain one."""
    options = {"padding": "same", "use_bias": False, "kernel_initializer": kernel}
    options |= {"dtype": settings.precision, "name": f"up_{side}"}
    if settings.pooling:
        x = layers.UpSampling2D(2, dtype=settings.precision, name=f"twice_{side}")(x)
        return layers.Conv2D(channels, settings.kernel_size, **options)(x)
    return layers.Conv2DTranspose(channels, settings.kernel_size, strides=2, **options)(x)


def _down(
    x: keras.KerasTensor,
    channels: int,
    settings: Settings,
    kernel: keras.initializers.Initializer,
    side: int,
) -> keras.KerasTensor:
    """Halve the side: by a strided convolution, or by pooling after a plain one."""
    options = {"padding": "same", "use_bias": False, "kernel_initializer": kernel}
    options |= {"dtype": settings.precision, "name": f"down_{side}"}
    strides = 1 if settings.pooling else 2
    x = layers.Conv2D(channels, settings.kernel_size, strides=strides, **options)(x)
    if settings.pooling:
        x = layers.MaxPooling2D(2, dtype=settings.precision, name=f"pool_{side}")(x)
    return x
