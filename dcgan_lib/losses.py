"""Cross-entropy of D and of G (chapter 06; the paper's sections 3 and 8c)."""

from __future__ import annotations

import keras
import tensorflow as tf


def discriminator_loss(
    real_logits: tf.Tensor, fake_logits: tf.Tensor, label_smoothing: float = 0.0
) -> tf.Tensor:
    """What D minimises: cross-entropy with real faces labelled 1 and generated ones 0.

    -mean(log D(x)) - mean(log(1 - D(G(z)))), Goodfellow et al.'s equation 1 (2014) with the sign
    turned; the paper tells the same game in words.
    At the equilibrium D answers 1/2 everywhere and the loss is ln 4.

    Args:
        real_logits: (batch, 1), D of real faces, before the sigmoid.
        fake_logits: (batch, 1), D of generated faces, before the sigmoid.
        label_smoothing: one-sided (Salimans et al. 2016): real faces are labelled
            1 - label_smoothing, generated ones stay at 0.

    Returns:
        A scalar, at least 0, float32.
    """
    real_labels = tf.ones_like(real_logits) * (1.0 - label_smoothing)
    real = tf.nn.sigmoid_cross_entropy_with_logits(real_labels, real_logits)
    fake = tf.nn.sigmoid_cross_entropy_with_logits(tf.zeros_like(fake_logits), fake_logits)
    return tf.reduce_mean(real) + tf.reduce_mean(fake)


def generator_loss(fake_logits: tf.Tensor) -> tf.Tensor:
    """What G minimises: cross-entropy of its faces against the label 1.

    -mean(log D(G(z))), the non-saturating form of Goodfellow et al. 2014: where D rejects a
    face with confidence, its gradient stays large. At the equilibrium it is ln 2.

    Args:
        fake_logits: (batch, 1), D of generated faces, before the sigmoid.

    Returns:
        A scalar, at least 0, float32.
    """
    return tf.reduce_mean(
        tf.nn.sigmoid_cross_entropy_with_logits(tf.ones_like(fake_logits), fake_logits)
    )


def gradient_penalty(discriminator: keras.Model, faces: tf.Tensor) -> tf.Tensor:
    """How steep D is at real faces: R1 of Mescheder et al. 2018 (arXiv:1801.04406, equation 9).

    The mean over the batch of the squared length of the gradient of D's logit with respect to
    the face. Where D is flat around real faces, the game settles instead of circling.

    Args:
        discriminator: (batch, side, side, 3) → (batch, 1), logits.
        faces: real faces as D sees them, (batch, side, side, 3).

    Returns:
        A scalar, at least 0, float32.
    """
    with tf.GradientTape() as tape:
        tape.watch(faces)
        logits = tf.reduce_sum(discriminator(faces, training=True))
    slopes = tf.cast(tape.gradient(logits, faces), tf.float32)
    return tf.reduce_mean(tf.reduce_sum(slopes**2, axis=(1, 2, 3)))
