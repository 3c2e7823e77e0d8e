"""What G and D are built from (chapters 04 and 05; the paper's section 6)."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from dcgan_lib.settings import Settings

FIRST_SIDE = 4  # G starts from, and D ends at, maps of 4×4
WEIGHT_STDDEV = 0.02  # Radford et al. 2015, for kernels alone: gamma starts at 1
EPSILON = 1e-5  # of BatchNormalization


def count_doublings(image_size: int) -> int:
    """How often a side of 4 has to double to become ``image_size``: 4 times for 64."""
    return (image_size // FIRST_SIDE).bit_length() - 1


class LayerMaker:
    """Makes the layers of one network as its settings say.

    Each kernel starts from N(0, 0.02) by a seed of its own, so the same seed gives the same
    network.

    Args:
        settings: uses seed, precision, leaky_slope and batch_norm_momentum.
        network: 0 for G and 1 for D, so that they don't start from the same numbers.
    """

    def __init__(self, settings: Settings, network: int) -> None:
        self.settings = settings
        self.kernels = iter(np.random.SeedSequence((settings.seed, network)).generate_state(8))

    def convolution(
        self, kind: type[layers.Layer], channels: int, kernel_size: int, **options: Any
    ) -> layers.Layer:
        """``Conv2D`` or ``Conv2DTranspose``, without a bias: BatchNormalization adds one."""
        return kind(channels, kernel_size, use_bias=False, **self._start(), **options)

    def dense(self, units: int) -> layers.Layer:
        """The hidden layer that guideline c removes (``settings.fully_connected``)."""
        return layers.Dense(units, name="hidden_dense", **self._start())

    def normalisation(self, name: str) -> layers.Layer:
        """BatchNormalization over the channels."""
        momentum, precision = self.settings.batch_norm_momentum, self.settings.precision
        return FusedBatchNormalization(
            momentum=momentum, epsilon=EPSILON, dtype=precision, name=f"norm_{name}"
        )

    def activation(self, kind: str, name: str) -> layers.Layer:
        """ReLU or LeakyReLU: ``kind`` is "relu" or "leaky_relu"."""
        precision = self.settings.precision
        if kind == "relu":
            return layers.ReLU(name=f"relu_{name}", dtype=precision)
        return layers.LeakyReLU(self.settings.leaky_slope, name=f"leaky_{name}", dtype=precision)

    def _start(self) -> dict[str, Any]:
        seed = int(next(self.kernels))
        kernel = keras.initializers.RandomNormal(stddev=WEIGHT_STDDEV, seed=seed)
        return {"kernel_initializer": kernel, "dtype": self.settings.precision}


@keras.saving.register_keras_serializable("dcgan_lib")
class FusedBatchNormalization(layers.BatchNormalization):
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
            training: True normalises by the batch's own statistics, and moves the running ones
                towards them; else the running ones are used.
            mask: is not supported; leave it out.
        """
        if not training or isinstance(inputs, keras.KerasTensor):
            return super().call(inputs, training=False)
        outputs, mean, variance = tf.compat.v1.nn.fused_batch_norm(
            inputs, self.gamma, self.beta, epsilon=self.epsilon, is_training=True
        )
        for running, value in ((self.moving_mean, mean), (self.moving_variance, variance)):
            running.assign(self.momentum * running + (1.0 - self.momentum) * value)
        return outputs


@keras.saving.register_keras_serializable("dcgan_lib")
class BatchDeviation(layers.Layer):
    """Tell D how varied a batch is, as one more channel (Karras et al. 2018, section 3).

    The standard deviation over the batch, averaged over places and channels: the same number
    everywhere. Faces that are all alike give themselves away by it.
    """

    def call(self, inputs: tf.Tensor) -> tf.Tensor:
        """(batch, height, width, channels) → (batch, height, width, channels + 1)."""
        deviation = tf.sqrt(tf.math.reduce_variance(inputs, axis=0) + 1e-8)
        shape = tf.concat([tf.shape(inputs)[:3], [1]], axis=0)
        return tf.concat([inputs, tf.fill(shape, tf.reduce_mean(deviation))], axis=3)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """One channel more."""
        return (*input_shape[:3], input_shape[3] + 1)


def in_plain_keras(network: keras.Model) -> keras.Model:
    """The same network without any class of this library, so that Keras alone can open its file.

    Args:
        network: from ``build_generator`` or ``build_discriminator``.

    Returns:
        A copy with the same weights and, in inference mode, the same outputs.
    """
    twin = keras.models.clone_model(network, clone_function=_plain_layer)
    twin.set_weights(network.get_weights())
    return twin


def _plain_layer(layer: layers.Layer) -> layers.Layer:
    fused = isinstance(layer, FusedBatchNormalization)
    kind = layers.BatchNormalization if fused else type(layer)
    return kind.from_config(layer.get_config())
