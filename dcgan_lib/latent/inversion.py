"""The z of a photograph: by optimisation, by an encoder, and by both (chapter 09)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from dcgan_lib.load import from_images, to_images
from dcgan_lib.settings import Settings
from dcgan_lib.shared import CourseError
from dcgan_lib.train import noise_tensor

LEARNING_RATE = 0.1  # of z's optimisation
EDGE_WEIGHT = 1.0  # of the differences of neighbouring pixels beside the pixels themselves
LARGEST = 0.98  # a start at ±1 would have no gradient, since tanh ends there
ENCODER_RATE = 0.001


@dataclass(frozen=True)
class Inversion:
    """What was found for n photographs.

    Attributes:
        z: float32 (n, latent_dim).
        faces: uint8 (n, side, side, 3), RGB: what G makes of z.
        residuals: float64 (n,), root mean squared difference of photograph and face, all pixels
            and channels in [0, 1]. What G can't show is in it: nothing is hidden.
    """

    z: np.ndarray
    faces: np.ndarray
    residuals: np.ndarray


def invert(
    generator: keras.Model,
    photographs: np.ndarray,
    steps: int = 150,
    restarts: int = 3,
    seed: int = 0,
    start: np.ndarray | None = None,
    noise: str = "uniform",
    each: Callable[[int], object] = lambda n: None,
) -> Inversion:
    """Search the z whose face is most like each photograph, by gradient descent on z.

    Adam lowers the mean squared difference of the pixels and of their differences to the right
    and the lower neighbour, which keep edges sharp (after Zhu et al. 2016, section 3.1). A z
    uniform in [-1, 1] is written as tanh of what is optimised, so that it can't leave that range.
    The search ends in some valley: of several starts, the one that ends lowest is kept.

    Args:
        generator: (batch, latent_dim) → (batch, side, side, 3) in [-1, 1].
        photographs: uint8, shape (n, side, side, 3), RGB: crops of G's own side.
        steps: updates of z; 0 takes the start as it is.
        restarts: how many starts for each photograph.
        seed: of the starts.
        start: float, shape (n, latent_dim): one start for each instead, such as an encoder's.
        noise: of the run's settings; "normal" lets z go anywhere.
        each: called with 1 after every update.

    Raises:
        CourseError: photographs of another side.
    """
    latent_dim = generator.input_shape[1]
    _check_side(generator, photographs)
    count = len(photographs)
    if start is None:
        random = np.random.default_rng(seed)
        start = 0.5 * random.uniform(-1, 1, (count * restarts, latent_dim))
    restarts = len(start) // count
    targets = from_images(np.repeat(photographs, restarts, axis=0))
    bounded = noise == "uniform"
    z = _descend(generator, tf.constant(targets), start, steps, bounded, each)
    faces = _faces(generator, z)
    residuals = residual(np.repeat(photographs, restarts, axis=0), faces)
    best = residuals.reshape(count, restarts).argmin(axis=1) + restarts * np.arange(count)
    return Inversion(z[best], faces[best], residuals[best])


def residual(photographs: np.ndarray, faces: np.ndarray) -> np.ndarray:
    """Root mean squared difference of uint8 pictures in units of [0, 1]: float64 (n,)."""
    difference = photographs.astype(np.float64) - faces
    return np.sqrt((difference**2).mean(axis=(1, 2, 3))) / 255


def left_over(photographs: np.ndarray, faces: np.ndarray) -> np.ndarray:
    """What faces leave over of photographs, as pictures.

    Args:
        photographs: uint8, shape (n, side, side, 3), RGB.
        faces: uint8, of the same shape.

    Returns:
        uint8, shape (n, side, side): grey where nothing is left, white and black where half of
        the range is.
    """
    rest = (photographs.astype(np.float32) - faces).mean(axis=3)
    return np.clip(128 + rest, 0, 255).astype(np.uint8)


def build_encoder(settings: Settings) -> keras.Model:
    """A face back to z, by strided convolutions: D's body with as many outputs as z is wide.

    Args:
        settings: uses image_size, latent_dim, discriminator_width, leaky_slope, noise and seed.

    Returns:
        A model (batch, image_size, image_size, 3) in [-1, 1] → (batch, latent_dim); in [-1, 1]
        where the noise is uniform.
    """
    keras.utils.set_random_seed(settings.seed)
    image = keras.Input((settings.image_size, settings.image_size, 3), name="image")
    x, side, channels = image, settings.image_size, settings.discriminator_width
    while side > 4:
        x = layers.Conv2D(channels, 4, strides=2, padding="same", use_bias=False)(x)
        x = layers.BatchNormalization(momentum=0.9)(x)
        x = layers.LeakyReLU(settings.leaky_slope)(x)  # (batch, side / 2, side / 2, channels)
        side, channels = side // 2, channels * 2
    x = layers.Flatten()(x)
    last = "tanh" if settings.noise == "uniform" else None
    return keras.Model(image, layers.Dense(settings.latent_dim, activation=last)(x), name="encoder")


def train_encoder(
    generator: keras.Model,
    settings: Settings,
    steps: int = 300,
    batch_size: int = 32,
    each: Callable[[int], object] = lambda n: None,
) -> keras.Model:
    """Teach an encoder to tell z from G's faces: the answers are known and the faces endless.

    It lowers the mean squared error of z. It never sees a photograph: how well it does on one
    shows how far photographs lie from what G makes.

    Args:
        generator: of the run.
        settings: of the run.
        steps: updates of the encoder.
        batch_size: faces in each.
        each: called with 1 after every update.

    Returns:
        The encoder, as ``build_encoder`` makes it.
    """
    encoder, optimizer = build_encoder(settings), keras.optimizers.Adam(ENCODER_RATE)
    optimizer.build(encoder.trainable_variables)
    random = tf.random.Generator.from_seed(settings.seed, alg="philox")
    shape = (batch_size, settings.latent_dim)

    @tf.function
    def update() -> tf.Tensor:
        z = noise_tensor(random, shape, settings.noise)
        faces = generator(z, training=False)
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean((encoder(faces, training=True) - z) ** 2)
        variables = encoder.trainable_variables
        optimizer.apply(tape.gradient(loss, variables), variables)
        return loss

    for _ in range(steps):
        update()
        each(1)
    return encoder


def encode(encoder: keras.Model, generator: keras.Model, photographs: np.ndarray) -> Inversion:
    """What the encoder says of photographs, in one pass.

    Args:
        encoder: of ``train_encoder``.
        generator: the one it was trained on.
        photographs: uint8, shape (n, side, side, 3), RGB.

    Raises:
        CourseError: photographs of another side.
    """
    _check_side(generator, photographs)
    scaled = from_images(photographs)
    parts = [encoder(scaled[i : i + 64], training=False) for i in range(0, len(scaled), 64)]
    z = np.concatenate([np.asarray(part, np.float32) for part in parts])
    faces = _faces(generator, z)
    return Inversion(z, faces, residual(photographs, faces))


def _descend(
    generator: keras.Model,
    targets: tf.Tensor,
    start: np.ndarray,
    steps: int,
    bounded: bool,
    each: Callable[[int], object],
) -> np.ndarray:
    if bounded:
        start = np.arctanh(np.clip(start, -LARGEST, LARGEST))
    free = tf.Variable(start, dtype=tf.float32)
    rate = keras.optimizers.schedules.CosineDecay(LEARNING_RATE, max(1, steps), alpha=0.1)
    optimizer = keras.optimizers.Adam(rate)
    optimizer.build([free])

    def z_of(values: tf.Tensor) -> tf.Tensor:
        return tf.tanh(values) if bounded else values

    @tf.function
    def update() -> None:
        with tf.GradientTape() as tape:
            faces = generator(z_of(free), training=False)
            loss = _difference(faces, targets)
        optimizer.apply([tape.gradient(loss, free)], [free])

    for _ in range(steps):
        update()
        each(1)
    return np.asarray(z_of(free))


def _difference(faces: tf.Tensor, targets: tf.Tensor) -> tf.Tensor:
    """Sum over faces, whose searches don't touch each other, of the mean squared difference."""
    rest = faces - targets  # (n, side, side, 3)
    right, down = rest[:, :, 1:] - rest[:, :, :-1], rest[:, 1:] - rest[:, :-1]
    edges = _mean_square(right) + _mean_square(down)
    return tf.reduce_sum(_mean_square(rest) + EDGE_WEIGHT * edges)


def _mean_square(values: tf.Tensor) -> tf.Tensor:
    return tf.reduce_mean(values**2, axis=(1, 2, 3))


def _faces(generator: keras.Model, z: np.ndarray) -> np.ndarray:
    parts = [generator(z[i : i + 64], training=False) for i in range(0, len(z), 64)]
    return np.concatenate([to_images(part) for part in parts])


def _check_side(generator: keras.Model, photographs: np.ndarray) -> None:
    side = generator.output_shape[1]
    if photographs.ndim != 4 or photographs.shape[1:] != (side, side, 3):
        raise CourseError(
            f"These photographs don't fit the generator. Expected crops of shape (n, {side}, "
            f"{side}, 3). Received: {photographs.shape}. Cut them with crop_face to {side} px."
        )
