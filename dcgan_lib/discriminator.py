"""The discriminator (chapter 05; the paper's section 5.2)."""

from __future__ import annotations

import keras
from keras import layers

from dcgan_lib.layers import BatchDeviation, LayerMaker, count_doublings
from dcgan_lib.machine import for_this_machine
from dcgan_lib.settings import Settings


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
    settings = for_this_machine(settings)
    make = LayerMaker(settings, network=1)
    normalised = settings.batch_norm in ("both", "discriminator", "everywhere")
    image = keras.Input((settings.image_size, settings.image_size, 3), name="image")
    x = image
    if settings.output == "sigmoid":
        x = layers.Rescaling(0.5, 0.5, name="to_0_1")(x)
    for step in range(count_doublings(settings.image_size)):
        side = settings.image_size // 2 ** (step + 1)  # 32, 16, 8, 4 with the paper's settings
        channels = settings.discriminator_width * 2**step  # 64, 128, 256, 512
        x = _halved(x, channels, side, settings, make)  # (batch, side, side, channels)
        if normalised and (step > 0 or settings.batch_norm == "everywhere"):
            x = make.normalisation(f"{side}")(x)
        x = make.activation(settings.discriminator_activation, f"{side}")(x)
    logit = _logit(x, settings, make)
    return keras.Model(image, logit, name="discriminator")


def _halved(
    x: keras.KerasTensor, channels: int, side: int, settings: Settings, make: LayerMaker
) -> keras.KerasTensor:
    """Halve the side: by a strided convolution, or by pooling after a plain one."""
    options = {"padding": "same", "name": f"down_{side}"}
    strides = 1 if settings.pooling else 2
    kind, kernel_size = layers.Conv2D, settings.kernel_size
    x = make.convolution(kind, channels, kernel_size, strides=strides, **options)(x)
    if settings.pooling:
        x = layers.MaxPooling2D(2, dtype=settings.precision, name=f"pool_{side}")(x)
    return x


def _logit(x: keras.KerasTensor, settings: Settings, make: LayerMaker) -> keras.KerasTensor:
    """One number for the whole last map: (batch, 4, 4, channels) → (batch, 1), float32."""
    channels = x.shape[3]
    if settings.fully_connected:
        x = layers.Flatten(name="map_as_row")(x)
        x = make.dense(channels)(x)
        x = make.activation(settings.discriminator_activation, "dense")(x)
        x = layers.Reshape((1, 1, channels), name="row_as_map")(x)
    if settings.batch_deviation:
        x = BatchDeviation(name="batch_deviation", dtype=settings.precision)(x)
    x = make.convolution(layers.Conv2D, 1, x.shape[1], name="judge")(x)  # (batch, 1, 1, 1)
    return layers.Reshape((1,), dtype="float32", name="logit")(x)
