"""What the tests of the page share: every kind of generator, and weights that it shows."""

from __future__ import annotations

import keras
import numpy as np

VARIANTS = (
    {},
    {"pooling": True},
    {"batch_norm": "everywhere"},
    {"batch_norm": "none"},
    {"fully_connected": True},
    {"generator_activation": "leaky_relu", "leaky_slope": 0.3},
    {"output": "sigmoid"},
    {"noise": "normal", "latent_dim": 20},
    {"kernel_size": 3},
    {"kernel_size": 5},
    {"kernel_size": 7, "image_size": 32},
    {"image_size": 128},
    {"pooling": True, "kernel_size": 3, "image_size": 32},
    {
        "pooling": True,
        "kernel_size": 5,
        "fully_connected": True,
        "output": "sigmoid",
        "batch_norm": "everywhere",
    },
)


def filled(model: keras.Model, seed: int = 0) -> keras.Model:
    """Give every weight, and every moving statistic, a number that matters."""
    random = np.random.default_rng(seed)
    for weight in model.weights:
        shape = tuple(weight.shape)
        values = random.normal(0, np.prod(shape[:-1]) ** -0.5, shape)
        weight.assign(random.uniform(0.5, 1.5, shape) if len(shape) < 2 else values)
    return model
