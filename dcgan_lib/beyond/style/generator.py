"""From z to w, and from w to a face that can be moved and turned (chapter 13)."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from dcgan_lib.beyond.style.modulation import ModulatedConvolution
from dcgan_lib.beyond.style.plan import plan_stages
from dcgan_lib.beyond.style.settings import StyleSettings
from dcgan_lib.beyond.style.signals import FilteredLeakyReLU, FourierFeatures, PlainLeakyReLU

NOT_MOVED = (0.0, 0.0, 0.0)
CONTRAST = 0.35  # standard deviation of an untrained picture's pixels


@keras.saving.register_keras_serializable("dcgan_lib")
class StyleGenerator(keras.Model):
    """A style-based generator, in one of three configurations that differ in one thing each.

    *plain* bends samples and interpolates linearly, as StyleGAN2 does. *T* filters both, and
    differs in nothing else. *R* is T with kernels of 1×1 in place of 3×3. Channels, rates and
    bands are the same in all (Karras et al. 2021 double R's channels).

    Attributes:
        mapping: z, (batch, latent_dim) → w, of the same shape.
        synthesis: [w of each layer, (batch, layers, latent_dim); transform, (batch, 3)] → faces.
        mean_w: the mean of w, (latent_dim,), to truncate towards; ``find_mean_w`` sets it.
    """

    def __init__(self, settings: StyleSettings) -> None:
        super().__init__(name="style_generator")
        self.settings = settings
        seeds = iter(np.random.SeedSequence((settings.seed, 13)).generate_state(32).tolist())
        self.mapping = _build_mapping(settings, next(seeds))
        self.synthesis = _build_synthesis(settings, seeds)
        self.layer_count = settings.depth + 2  # with the source and RGB
        self.mean_w = self.add_weight(
            shape=(settings.latent_dim,), initializer="zeros", trainable=False, name="mean_w"
        )
        self.built = True

    def call(self, z: tf.Tensor, training: bool = False) -> tf.Tensor:
        """z, (batch, latent_dim) → faces, (batch, side, side, 3), about [-1, 1]."""
        return self.synthesise(self.styles(z))

    def styles(self, z: tf.Tensor, truncation: float = 1.0) -> tf.Tensor:
        """z, (batch, latent_dim) → w for each layer, (batch, layers, latent_dim).

        Args:
            z: noise, N(0, 1).
            truncation: how much of w's distance from the mean is kept (Karras et al. 2019,
                appendix B): 1 all, 0 the mean face.
        """
        w = self.mean_w + truncation * (self.mapping(tf.convert_to_tensor(z)) - self.mean_w)
        return tf.repeat(w[:, None, :], self.layer_count, axis=1)

    def synthesise(self, styles: tf.Tensor, transform: np.ndarray | None = None) -> tf.Tensor:
        """Faces, (batch, side, side, 3), about [-1, 1].

        Args:
            styles: w for each layer, (batch, layers, latent_dim).
            transform: of the source, (batch, 3) or (3,): angle in radians, right and down in
                sides of the picture. None moves nothing.
        """
        styles = tf.convert_to_tensor(styles)
        transform = np.asarray(NOT_MOVED if transform is None else transform, np.float32)
        transform = tf.broadcast_to(transform, (tf.shape(styles)[0], 3))
        return self.synthesis([styles, transform])

    def find_mean_w(self, count: int = 2000, seed: int = 0) -> None:
        """Set ``mean_w`` to the mean over so many z."""
        z = np.random.default_rng(seed).standard_normal((count, self.settings.latent_dim))
        self.mean_w.assign(tf.reduce_mean(self.mapping(tf.constant(z, tf.float32)), axis=0))

    def get_config(self) -> dict[str, Any]:
        """The settings, as ``save`` writes them."""
        return {"settings": self.settings.to_dict()}

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> StyleGenerator:
        """A generator of the same settings, with new weights."""
        return cls(StyleSettings(**config["settings"]))


def build_style_generator(settings: StyleSettings) -> StyleGenerator:
    """G as its settings say, with its mean w and a first contrast like that of photographs."""
    generator = StyleGenerator(settings)
    generator.find_mean_w()
    z = np.random.default_rng(settings.seed).standard_normal((8, settings.latent_dim))
    deviation = np.std(generator(z.astype(np.float32)), axis=(1, 2)).mean()
    kernel = generator.synthesis.get_layer("to_rgb").kernel
    kernel.assign(kernel * (CONTRAST / deviation))
    return generator


def mix_styles(coarse: tf.Tensor, fine: tf.Tensor, layer: int) -> tf.Tensor:
    """w of one face up to a layer, and of another from there on (Karras et al. 2019, 3.1).

    Args:
        coarse: (batch, layers, latent_dim).
        fine: of the same shape.
        layer: the first one that takes ``fine``, 0 to layers.
    """
    return tf.concat([coarse[:, :layer], fine[:, layer:]], axis=1)


def _build_mapping(settings: StyleSettings, seed: int) -> keras.Model:
    """z → w: z brought to length √latent_dim, then dense layers (Karras et al. 2019, section 2)."""
    width = settings.latent_dim
    z = keras.Input((width,), name="z")
    power = keras.ops.mean(keras.ops.square(z), axis=1, keepdims=True)
    x = z * keras.ops.rsqrt(power + 1e-8)
    for number, part in enumerate(np.random.SeedSequence(seed).spawn(settings.mapping_depth), 1):
        start = keras.initializers.RandomNormal(
            stddev=(2 / width) ** 0.5, seed=int(part.generate_state(1)[0])
        )
        x = keras.layers.Dense(width, kernel_initializer=start, name=f"map_{number}")(x)
        x = keras.layers.LeakyReLU(0.2, name=f"leaky_{number}")(x)
    return keras.Model(z, x, name="mapping")


def _build_synthesis(settings: StyleSettings, seeds: Any) -> keras.Model:
    stages = plan_stages(settings)
    size = 1 if settings.configuration == "R" else 3
    bend = PlainLeakyReLU if settings.configuration == "plain" else FilteredLeakyReLU
    styles = keras.Input((settings.depth + 2, settings.latent_dim), name="styles")
    transform = keras.Input((3,), name="transform")
    x = FourierFeatures(stages[0], seed=next(seeds), name="source")(styles[:, 0], transform)
    for number, (start, end) in enumerate(pairwise(stages), 1):
        x = ModulatedConvolution(
            end.channels, size, demodulate=True, seed=next(seeds), name=f"convolution_{number}"
        )(x, styles[:, number])
        x = bend(start, end, name=f"bend_{number}")(x)
    x = ModulatedConvolution(3, 1, demodulate=False, seed=next(seeds), name="to_rgb")(
        x, styles[:, -1]
    )
    x = keras.layers.Cropping2D(settings.margin, name="picture")(x)
    return keras.Model([styles, transform], x, name="synthesis")
