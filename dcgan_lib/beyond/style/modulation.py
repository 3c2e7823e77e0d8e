"""A convolution that a style steers (chapter 13; Karras et al. 2020, section 2.2)."""

from __future__ import annotations

import keras
import numpy as np
import tensorflow as tf

SMALL = 1e-8
DIFFERENCE = 0.8  # of what neighbours have in common, which the first kernels leave out


def modulated_kernel(kernel: np.ndarray, style: np.ndarray, demodulate: bool = True) -> np.ndarray:
    """The kernel that one style makes of a kernel (their equations 1 and 3).

    Each input channel is scaled by its style; then each output channel is divided by the length
    of what it sums with, so that maps of standard deviation 1 give such maps again.

    Args:
        kernel: float, shape (height, width, in, out).
        style: float, shape (in,).
        demodulate: False leaves the division out, as for RGB.

    Returns:
        float, of the kernel's shape.
    """
    scaled = kernel * np.asarray(style)[:, None]
    if not demodulate:
        return scaled
    return scaled / np.sqrt((scaled**2).sum(axis=(0, 1, 2)) + SMALL)


class ModulatedConvolution(keras.layers.Layer):
    """A convolution whose kernel is another one for each picture of a batch.

    The same as convolving each picture by its ``modulated_kernel``, in one convolution for all:
    maps are scaled before it, and again after it.

    Args:
        channels: of the output.
        size: side of the kernel.
        demodulate: as for ``modulated_kernel``.
        seed: of the first weights.
    """

    def __init__(self, channels: int, size: int, *, demodulate: bool, seed: int, name: str) -> None:
        super().__init__(name=name)
        self.channels, self.size, self.demodulate = channels, size, demodulate
        self.seeds = np.random.SeedSequence(seed).generate_state(2)

    def build(self, maps_shape: tuple, style_shape: tuple) -> None:
        """Make the weights: maps (batch, height, width, in), style (batch, latent_dim)."""
        width, count = style_shape[-1], maps_shape[-1]
        shape = (self.size, self.size, count, self.channels)
        self.kernel = self.add_weight(shape=shape, initializer="zeros")
        self.kernel.assign(first_kernel(shape, int(self.seeds[0])))
        self.bias = self.add_weight(shape=(self.channels,), initializer="zeros")
        self.to_style = keras.layers.Dense(
            count,
            kernel_initializer=_normal(width**-0.5, self.seeds[1]),
            bias_initializer="ones",
            name="to_style",
        )
        self.to_style.build(style_shape)
        self.scale = 1.0 if self.demodulate else (self.size**2 * count) ** -0.5

    def call(self, maps: tf.Tensor, style: tf.Tensor) -> tf.Tensor:
        """Maps (batch, height, width, in), style (batch, latent_dim) → (…, channels)."""
        styles = self.to_style(style)  # (batch, in)
        x = tf.nn.conv2d(maps * styles[:, None, None, :], self.kernel, 1, "SAME")
        if self.demodulate:
            power = tf.reduce_sum(tf.square(self.kernel), axis=(0, 1))  # (in, out)
            lengths = tf.linalg.matmul(tf.square(styles), power) + SMALL
            x *= tf.math.rsqrt(lengths)[:, None, None, :]
        return x * self.scale + self.bias


def first_kernel(shape: tuple[int, int, int, int], seed: int) -> np.ndarray:
    """Weights to start from: N(0, 1), less what input channels and most of what neighbours share.

    Without that an untrained generator is blurred: each bend adds a constant, every kernel hands
    it on, and detail is lost beside it. A trained one finds such kernels itself.
    """
    kernel = np.random.default_rng(seed).standard_normal(shape)
    kernel -= kernel.mean(axis=2, keepdims=True)
    kernel -= DIFFERENCE * kernel.mean(axis=(0, 1), keepdims=True)
    return kernel.astype(np.float32)


def _normal(deviation: float, seed: np.uint32) -> keras.initializers.Initializer:
    return keras.initializers.RandomNormal(stddev=deviation, seed=int(seed))
