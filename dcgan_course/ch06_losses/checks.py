"""Checks of chapter 06's exercises."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import tensorflow as tf

from dcgan_course.ch06_losses.plots import bell, best_discriminator
from dcgan_course.checking import passed, require, require_close, require_shape
from dcgan_lib import discriminator_loss, generator_loss

Losses = tuple[float, float]  # D's and G's
SITUATIONS = {"undecided": (0.0, 0.0), "D has won": (100.0, -100.0), "fooled": (100.0, 100.0)}


def check_cross_entropy(cross_entropy: Callable[[np.ndarray, np.ndarray], np.ndarray]) -> None:
    """6.1: finite and equal to TensorFlow's, also where a float32 overflows."""
    logits = np.tile(np.array([-100, -20, -2, 0, 2, 20, 100], np.float32), 2)
    labels = np.repeat(np.array([1, 0], np.float32), 7)
    with np.errstate(all="ignore"):
        received = np.asarray(cross_entropy(logits, labels))
    require_shape("The loss", received, logits.shape, "One number for each logit, no mean yet.")
    broken = ~np.isfinite(received)
    require(
        not broken.any(),
        f"The loss is not finite at logits {sorted(set(logits[broken].tolist()))}. Expected finite "
        "numbers everywhere. Received: inf or NaN. Which exponential overflows, or which "
        "logarithm gets a 0? Only e to a power of at most 0 is safe.",
    )
    expected = tf.nn.sigmoid_cross_entropy_with_logits(labels, logits).numpy()
    require(
        not np.allclose(received[:7], expected[7:]) or np.allclose(received, expected),
        "The labels are the wrong way round. Expected a small loss for label 1 and a large logit. "
        f"Received: {received[6]:.3g} for label 1 at logit 100.",
    )
    near = np.abs(logits) < 10
    hint = "At logit 0 both labels cost ln 2; at ±100 the wrong side costs 100."
    require_close("The loss of small logits", received[near], expected[near], hint=hint)
    require_close("The loss", received, expected, hint=hint)
    passed("6.1", "your cross-entropy and TensorFlow's agree, up to logits of ±100")


def measure(real_logit: float, fake_logit: float, count: int = 8) -> Losses:
    """Both of the library's losses on a batch where D gives each kind the same logit."""
    real, fake = tf.fill((count, 1), real_logit), tf.fill((count, 1), fake_logit)
    return float(discriminator_loss(real, fake)), float(generator_loss(fake))


def check_predictions(predict_losses: Callable[[], dict[str, Losses]]) -> None:
    """6.2: the losses foreseen are those that the library measures."""
    predicted = predict_losses()
    require(
        set(predicted) == set(SITUATIONS),
        f"The situations have other names. Expected {', '.join(SITUATIONS)}. "
        f"Received: {', '.join(predicted)}.",
    )
    for situation, logits in SITUATIONS.items():
        pairs = zip(("D's", "G's"), predicted[situation], measure(*logits), strict=True)
        for whose, received, measured in pairs:
            require(
                abs(received - measured) <= 0.01,
                f"Look again at '{situation}', {whose} loss. Expected what the library measures, "
                f"within 0.01. Received: {received:.4g}. What does D say there of each kind, and "
                "what does that cost when the label is 1, and when it is 0?",
            )
    passed("6.2", "you foresaw all six")


def check_losses(my_losses: Callable[[tf.Tensor, tf.Tensor], tuple[tf.Tensor, tf.Tensor]]) -> None:
    """6.3: both losses agree with the library's on the same logits."""
    random = np.random.default_rng(0)
    real = tf.constant(random.normal(1, 2, (16, 1)), tf.float32)
    fake = tf.constant(random.normal(-1, 2, (8, 1)), tf.float32)
    received = my_losses(real, fake)
    require(
        isinstance(received, tuple | list) and len(received) == 2,
        f"Expected two losses, D's and G's. Received: {type(received).__name__}.",
    )
    d_loss, g_loss = received
    require_shape("D's loss", d_loss, (), "tf.reduce_mean over the batch leaves one number.")
    require_shape("G's loss", g_loss, (), "tf.reduce_mean over the batch leaves one number.")
    wanted = discriminator_loss(real, fake)
    require(
        not np.isclose(d_loss, wanted / 2, rtol=1e-4),
        "D's loss is half of what it should be. Expected the sum of the two means, one over real "
        f"and one over generated faces. Received: {float(d_loss):.4f}.",
    )
    require_close("D's loss", d_loss, wanted, hint="Real faces carry label 1, generated ones 0.")
    minimax = -tf.reduce_mean(tf.nn.softplus(fake))
    require(
        not np.isclose(abs(d_loss * 0 + g_loss), abs(minimax), rtol=1e-4),
        "G's loss is the minimax one, or has D's label. Expected the non-saturating one: "
        "cross-entropy of generated faces with the label that G wishes for. "
        f"Received: {float(g_loss):.4f}.",
    )
    require_close("G's loss", g_loss, generator_loss(fake), hint="Which label does G wish for?")
    for value in my_losses(-100 + 0 * real, 100 + 0 * fake):
        require(bool(np.isfinite(value)), "A loss is not finite at logits of ±100. Use the logits.")
    passed("6.3", f"D {float(d_loss):.4f}, G {float(g_loss):.4f}: as the library's")


def check_best_discriminator(best: Callable[[np.ndarray, np.ndarray], np.ndarray]) -> None:
    """6.4: no other D reaches a higher objective on the two densities."""
    x = np.linspace(-6, 6, 241)
    p, q = bell(x, -1), bell(x, 1, 1.5)
    received = np.asarray(best(p, q))
    require_shape("D", received, p.shape, "One probability for each place x.")
    require(
        bool(((received >= 0) & (received <= 1)).all()),
        f"D should be a probability, in [0, 1]. Received: {np.nanmin(received):.3g} to "
        f"{np.nanmax(received):.3g}. Set the derivative to 0 and solve for D.",
    )
    require(
        received[90] > received[150],
        "D is larger where generated data are denser. Expected D near 1 where real data are "
        f"dense. Received: {received[90]:.3f} at x = {x[90]:.1f}.",
    )
    theirs = best_discriminator(p, q)
    require(
        _objective(p, q, received) >= _objective(p, q, theirs) - 1e-9,
        f"Another D does better. Expected an objective of {_objective(p, q, theirs):.4f}, summed "
        f"over x. Received: {_objective(p, q, received):.4f}. At each x, maximise "
        "p ln D + q ln(1 − D).",
    )
    passed("6.4", "no D reaches a higher objective than yours")


def _objective(p: np.ndarray, q: np.ndarray, d: np.ndarray) -> float:
    d = np.clip(d, 1e-12, 1 - 1e-12)
    return float(np.sum(p * np.log(d) + q * np.log(1 - d)))
