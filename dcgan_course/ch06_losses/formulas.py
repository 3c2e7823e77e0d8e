"""Cross-entropy as it is written, losses, and the slopes of G's two losses (chapter 06)."""

from __future__ import annotations

import math

import numpy as np
import tensorflow as tf

from dcgan_lib import discriminator_loss, generator_loss


def naive_cross_entropy(logits: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """The formula as it is written, by way of the probability: breaks for large logits.

    Args:
        logits: float (n,).
        labels: float (n,), in [0, 1].

    Returns:
        The loss in nats, (n,), in the precision of ``logits``; inf or NaN where it breaks.
    """
    with np.errstate(all="ignore"):
        chances = 1 / (1 + np.exp(-logits))
        return -labels * np.log(chances) - (1 - labels) * np.log(1 - chances)


def loss_gradients(logits: np.ndarray) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Both losses of G and their slopes with respect to D's logit, measured with ``GradientTape``.

    Args:
        logits: (n,), D of generated faces.

    Returns:
        "minimax" and "non-saturating", each: loss (n,), derivative (n,).
    """
    logit = tf.constant(logits, tf.float32)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(logit)
        losses = {
            "minimax": -tf.nn.softplus(logit),  # log(1 - sigmoid)
            "non-saturating": tf.nn.softplus(-logit),  # -log(sigmoid)
        }
    slopes = {name: tape.gradient(loss, logit) for name, loss in losses.items()}
    return {name: (loss.numpy(), slopes[name].numpy()) for name, loss in losses.items()}


def smoothed_loss(logits: np.ndarray, smoothing: float) -> np.ndarray:
    """D's loss on a real face whose label is 1 - ``smoothing``: (n,) → (n,), in nats."""
    labels = np.full_like(logits, 1 - smoothing)
    return tf.nn.sigmoid_cross_entropy_with_logits(labels, logits).numpy()


def best_smoothed_logit(smoothing: float) -> float:
    """The logit at which ``smoothed_loss`` is lowest: there D says 1 - ``smoothing``."""
    return math.log((1 - smoothing) / smoothing)


def both_losses(real_logit: float, fake_logit: float, count: int = 8) -> tuple[float, float]:
    """The library's losses of D and of G on a batch where D gives each kind the same logit."""
    real, fake = tf.fill((count, 1), real_logit), tf.fill((count, 1), fake_logit)
    return float(discriminator_loss(real, fake)), float(generator_loss(fake))
