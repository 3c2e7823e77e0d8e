"""The generator (chapter 04; the paper's section 5.1)."""

from __future__ import annotations

import keras
from keras import layers

from dcgan_lib.layers import FIRST_SIDE, LayerMaker, count_doublings
from dcgan_lib.machine import for_this_machine
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
    settings = for_this_machine(settings)
    make = LayerMaker(settings, network=0)
    normalised = settings.batch_norm in ("both", "generator", "everywhere")
    doublings = count_doublings(settings.image_size)
    widths = [settings.generator_width * 2**step for step in reversed(range(doublings))]
    z = keras.Input((settings.latent_dim,), name="z")
    x = _first_map(z, widths[0], settings, make)  # (batch, 4, 4, 512) with the paper's settings
    for step, channels in enumerate([*widths[1:], 3]):  # 256, 128, 64 and at last RGB
        side = FIRST_SIDE * 2**step
        if normalised:
            x = make.normalisation(f"{side}")(x)
        x = make.activation(settings.generator_activation, f"{side}")(x)
        x = _doubled(x, channels, 2 * side, settings, make)  # (batch, 2·side, 2·side, channels)
    if settings.batch_norm == "everywhere":
        x = make.normalisation("output")(x)
    face = layers.Activation(settings.output, dtype="float32", name="face")(x)
    if settings.output == "sigmoid":
        face = layers.Rescaling(2.0, -1.0, dtype="float32", name="to_range")(face)
    return keras.Model(z, face, name="generator")


def _first_map(
    z: keras.KerasTensor, channels: int, settings: Settings, make: LayerMaker
) -> keras.KerasTensor:
    """Spread z out over 4×4: (batch, latent_dim) → (batch, 4, 4, channels)."""
    if settings.fully_connected:
        z = make.dense(channels)(z)
        z = make.activation(settings.generator_activation, "dense")(z)
    x = layers.Reshape((1, 1, z.shape[1]), name="z_as_map")(z)
    return make.convolution(layers.Conv2DTranspose, channels, FIRST_SIDE, name="up_4")(x)


def _doubled(
    x: keras.KerasTensor, channels: int, side: int, settings: Settings, make: LayerMaker
) -> keras.KerasTensor:
    """Double the side: by a transposed convolution, or by upsampling before a plain one."""
    options = {"padding": "same", "name": f"up_{side}"}
    if settings.pooling:
        x = layers.UpSampling2D(2, dtype=settings.precision, name=f"twice_{side}")(x)
        return make.convolution(layers.Conv2D, channels, settings.kernel_size, **options)(x)
    kind = layers.Conv2DTranspose
    return make.convolution(kind, channels, settings.kernel_size, strides=2, **options)(x)
