"""Differentiable augmentation of what D sees (Zhao et al. 2020, arXiv:2006.10738).

Real and generated batches pass through the same kind of random change before D, and gradients
pass back through it to G: D can't learn a small set by heart, and G isn't taught the changes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import tensorflow as tf

TRANSLATION = 1 / 8  # largest shift, as a share of the side
CUTOUT = 1 / 2  # side of the hole, as a share of the side


MOST_STRENGTH = 0.8  # above it G learns the changes too (Karras et al. 2020, section 2.2)
FULL_STRENGTH_AFTER = 100_000  # faces in which the strength can go from 0 to 1


def augment(
    images: tf.Tensor,
    generator: tf.random.Generator,
    names: Sequence[str],
    strength: tf.Tensor | None = None,
) -> tf.Tensor:
    """Change each image of a batch at random.

    Args:
        images: (batch, side, side, 3), about [-1, 1].
        generator: the source of randomness; its state belongs to the checkpoint.
        names: any of "color", "translation", "cutout", applied in this order.
        strength: the probability with which each change happens to an image, a scalar; None
            changes every image.

    Returns:
        The batch changed, same shape and type. "color" can leave [-1, 1].
    """
    for name in names:
        changed = _CHANGES[name](images, generator)
        if strength is not None:
            chosen = generator.uniform((tf.shape(images)[0], 1, 1, 1)) < strength
            changed = tf.where(chosen, changed, images)
        images = changed
    return images


def next_strength(strength: tf.Tensor, real_logits: tf.Tensor, target: float) -> tf.Tensor:
    """Change more faces where D is too sure of real ones, fewer where it isn't.

    The heuristic of Karras et al. 2020 (arXiv:2006.06676, section 3): the mean sign of D's
    logits of real faces is 0 where D guesses and 1 where it knows the set by heart.

    Args:
        strength: the probability of a change now, a scalar.
        real_logits: (batch, 1), D of real faces.
        target: the mean sign to keep to, between 0 and 1; theirs is 0.6.

    Returns:
        The strength of the next update, from 0 to ``MOST_STRENGTH``.
    """
    surplus = tf.reduce_mean(tf.sign(real_logits)) - target
    step = tf.cast(tf.shape(real_logits)[0], tf.float32) / FULL_STRENGTH_AFTER
    return tf.clip_by_value(strength + step * tf.sign(surplus), 0.0, MOST_STRENGTH)


def _uniform(
    generator: tf.random.Generator, images: tf.Tensor, low: float, high: float
) -> tf.Tensor:
    numbers = generator.uniform((tf.shape(images)[0], 1, 1, 1), low, high)
    return tf.cast(numbers, images.dtype)


def _color(images: tf.Tensor, generator: tf.random.Generator) -> tf.Tensor:
    images = images + _uniform(generator, images, -0.5, 0.5)  # brightness
    grey = tf.reduce_mean(images, axis=3, keepdims=True)
    images = grey + (images - grey) * _uniform(generator, images, 0.0, 2.0)  # saturation
    mean = tf.reduce_mean(images, axis=(1, 2, 3), keepdims=True)
    return mean + (images - mean) * _uniform(generator, images, 0.5, 1.5)  # contrast


def _translation(images: tf.Tensor, generator: tf.random.Generator) -> tf.Tensor:
    batch, side = tf.shape(images)[0], images.shape[1]
    reach = round(side * TRANSLATION)
    shifts = generator.uniform((batch, 2), -reach, reach + 1, dtype=tf.int32)
    padded = tf.pad(images, [[0, 0], [reach, reach], [reach, reach], [0, 0]])
    rows = tf.range(side)[None, :] + shifts[:, :1] + reach  # (batch, side)
    columns = tf.range(side)[None, :] + shifts[:, 1:] + reach
    padded = tf.gather(padded, rows, axis=1, batch_dims=1)
    return tf.gather(padded, columns, axis=2, batch_dims=1)


def _cutout(images: tf.Tensor, generator: tf.random.Generator) -> tf.Tensor:
    batch, side = tf.shape(images)[0], images.shape[1]
    hole = round(side * CUTOUT)
    corners = generator.uniform((batch, 2), -(hole // 2), side - hole // 2, dtype=tf.int32)
    places = tf.range(side)[None, :]  # (1, side)
    in_rows = (places >= corners[:, :1]) & (places < corners[:, :1] + hole)  # (batch, side)
    in_columns = (places >= corners[:, 1:]) & (places < corners[:, 1:] + hole)
    in_hole = in_rows[:, :, None, None] & in_columns[:, None, :, None]
    return tf.where(in_hole, tf.zeros((), images.dtype), images)


_CHANGES: dict[str, Callable[[tf.Tensor, tf.random.Generator], tf.Tensor]] = {
    "color": _color,
    "translation": _translation,
    "cutout": _cutout,
}
