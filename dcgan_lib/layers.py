"""What G and D are built from (chapters 04 and 05; the paper's section 6)."""

from __future__ import annotations

from collections.abc import Iterator

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from dcgan_lib.settings import Settings

FIRST_SIDE = 4  # G starts from, and D ends at, maps of 4×4
WEIGHT_STDDEV = 0.02  # Radford et al. 2015, for convolution kernels alone


@keras.saving.register_keras_serializable("dcgan_lib")
class FusedBatchNormalization(keras.layers.BatchNormalization):
    """``keras.layers.BatchNormalization`` over the channels of 4-D maps, and faster in training.

    Keras 3 spells the training pass out in a dozen operations, each of which goes through the
    whole map again; a DCGAN of width 32 on two processor cores spends a quarter of its time
    there. Weights, names and results are Keras's, but for the running variance, which is that
    of a sample (n - 1), as PyTorch's is.
    """

    def call(
        self, inputs: tf.Tensor, training: bool | None = None, mask: tf.Tensor | None = None
    ) -> tf.Tensor:
        """Normalise (batch, height, width, channels) maps.

        Args:
            inputs: the maps.
            training: by the batch's own statistics, moving the running ones; else by these.
            mask: not supported by the training pass; leave it away.
        """
        if not training or isinstance(inputs, keras.KerasTensor):
            return super().call(inputs, training=False)
        outputs, mean, variance = tf.compat.v1.nn.fused_batch_norm(
            inputs, self.gamma, self.beta, epsilon=self.epsilon, is_training=True
        )
        for running, value in ((self.moving_mean, mean), (self.moving_variance, variance)):
            running.assign(self.momentum * running + (1.0 - self.momentum) * value)
        return outputs


def count_doublings(image_size: int) -> int:
    return (image_size // FIRST_SIDE).bit_length() - 1


def kernel_initializers(seed: int, network: int) -> Iterator[keras.initializers.Initializer]:
    """One N(0, 0.02) for each convolution, so that the same seed gives the same network."""
    for number in np.random.SeedSequence((seed, network)).generate_state(8):
        yield keras.initializers.RandomNormal(stddev=WEIGHT_STDDEV, seed=int(number))


def normalise(x: keras.KerasTensor, settings: Settings, name: str) -> keras.KerasTensor:
    return FusedBatchNormalization(
        momentum=settings.batch_norm_momentum, epsilon=1e-5, dtype=settings.precision, name=name
    )(x)


def activate(x: keras.KerasTensor, kind: str, settings: Settings, place: str) -> keras.KerasTensor:
    precision = settings.precision
    if kind == "relu":
        return layers.ReLU(name=f"relu_{place}", dtype=precision)(x)
    return layers.LeakyReLU(settings.leaky_slope, name=f"leaky_{place}", dtype=precision)(x)


def dense(units: int, settings: Settings, kernel: keras.initializers.Initializer) -> layers.Layer:
    return layers.Dense(
        units, kernel_initializer=kernel, dtype=settings.precision, name="hidden_dense"
    )
