"""The generator (chapter 04; the paper's section 5.1)."""

from __future__ import annotations

import keras
from keras import layers

from dcgan_lib.layers import (
    FIRST_SIDE,
    activate,
    count_doublings,
    dense,
    kernel_initializers,
    normalise,
)
from dcgan_lib.settings import Settings


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
    kernels = kernel_initializers(settings.seed, network=0)
    precision, doublings = settings.precision, count_doublings(settings.image_size)
    channels = settings.generator_width * 2 ** (doublings - 1)
    normalised = settings.batch_norm in ("both", "generator", "everywhere")
    z = keras.Input((settings.latent_dim,), name="z")
    x = z
    if settings.fully_connected:
        x = dense(channels, settings, next(kernels))(x)  # (batch, channels)
        x = activate(x, settings.generator_activation, settings, "dense")
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
            x = normalise(x, settings, f"norm_{side}")
        x = activate(x, settings.generator_activation, settings, str(side))
        channels = channels // 2 if step < doublings - 1 else 3
        x = _up(x, channels, settings, next(kernels), 2 * side)
    if settings.batch_norm == "everywhere":
        x = normalise(x, settings, "norm_output")
    face = layers.Activation(settings.output, dtype="float32", name="face")(x)
    if settings.output == "sigmoid":
        face = layers.Rescaling(2.0, -1.0, dtype="float32", name="to_range")(face)
    return keras.Model(z, face, name="generator")


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
