"""A small DCGAN and eight faces of noise, for tests of its steps."""

from __future__ import annotations

import keras
import numpy as np

from dcgan_lib.settings import get_settings
from dcgan_lib.train.gan import DCGAN

FACES = np.random.default_rng(0).uniform(-1, 1, (8, 32, 32, 3)).astype(np.float32)


def small(**changes: object) -> DCGAN:
    """A compiled GAN of profile tiny at 32×32, without an average unless ``changes`` ask for it."""
    gan = DCGAN(get_settings("tiny", image_size=32, **{"moving_average": 0, **changes}))
    gan.compile()
    return gan


def values(network: keras.Model) -> list[np.ndarray]:
    """The weights of a network."""
    return [weight.numpy() for weight in network.weights]
