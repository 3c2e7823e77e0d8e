"""Checks of chapter 06's exercises."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import tensorflow as tf

from dcgan_course.ch06_losses.densities import bell, best_discriminator
from dcgan_course.ch06_losses.formulas import both_losses
from dcgan_course.checking import (
    exercise,
    numbers,
    passed,
    require,
    require_close,
    require_shape,
    shown,
)
from dcgan_lib import discriminator_loss, generator_loss

Losses = tuple[float, float]  # D's and G's
LOGITS = (-1000, -100, -20, -2, 0, 2, 20, 100, 1000)
LABELS = (1, 0, 0.9, 0.25)
NEAR = 0.005  # of 1 and a loss that is to be foreseen
SITUATIONS = {"undecided": (0.0, 0.0), "D has won": (100.0, -100.0), "fooled": (100.0, 100.0)}


@exercise("6.1")
def check_cross_entropy(cross_entropy: Callable[[np.ndarray, np.ndarray], np.ndarray]) -> None:
    """6.1: finite and equal to TensorFlow's, also between labels and where a float32 overflows."""
    logits = np.tile(np.array(LOGITS, np.float32), len(LABELS))
    labels = np.repeat(np.array(LABELS, np.float32), len(LOGITS))
    given = logits.copy(), labels.copy()
    with np.errstate(all="ignore"):
        received = numbers("The loss", cross_entropy(*given))
    require(
        np.array_equal(given[0], logits) and np.array_equal(given[1], labels),
        "Your function has changed the arrays that it was given. Expected them as they were. "
        "Received: other numbers in them. Which operation works in place?",
    )
    require_shape("The loss", received, logits.shape, "One number for each logit, no mean yet.")
    broken = ~np.isfinite(received)
    require(
        not broken.any(),
        f"The loss is not finite at logits {sorted(set(logits[broken].tolist()))}. Expected finite "
        "numbers everywhere. Received: inf or NaN. Which exponential overflows, or which "
        "logarithm gets a 0? Only e to a power of at most 0 is safe.",
    )
    expected = tf.nn.sigmoid_cross_entropy_with_logits(labels, logits).numpy()
    swapped = tf.nn.sigmoid_cross_entropy_with_logits(1 - labels, logits).numpy()
    require(
        not np.allclose(received, swapped),
        "The labels are the wrong way round. Expected a small loss for label 1 and a large logit. "
        f"Received: {received[LOGITS.index(20)]:.3g} for label 1 at logit 20.",
    )
    hard, near = np.isin(labels, (0, 1)), np.abs(logits) < 10
    hint = "At logit 0 both labels cost ln 2; at ±100 the wrong side costs 100."
    require_close(
        "The loss of small logits", received[hard & near], expected[hard & near], 1e-5, hint
    )
    require_close("The loss of large logits", received[hard], expected[hard], 1e-5, hint)
    hint = "A label of 0.9 costs 0.9 of what label 1 costs, and 0.1 of what label 0 costs."
    require_close("The loss for labels between 0 and 1", received, expected, 1e-5, hint)
    passed("6.1", "your cross-entropy and TensorFlow's agree, up to logits of ±1000")


@exercise("6.2")
def check_predictions(predict_losses: Callable[[], dict[str, Losses]]) -> None:
    """6.2: the losses foreseen are those that the library measures."""
    predicted = predict_losses()
    names = predicted if isinstance(predicted, dict) else ()
    require(
        set(names) == set(SITUATIONS),
        f"The situations have other names. Expected {', '.join(SITUATIONS)}. "
        f"Received: {', '.join(map(str, names)) or shown(predicted)}.",
    )
    for situation, logits in SITUATIONS.items():
        pair = numbers(f"What you foresee for '{situation}'", predicted[situation])
        require(
            pair.shape == (2,),
            f"Look again at '{situation}'. Expected two numbers, D's loss and G's. "
            f"Received: {shown(predicted[situation])}.",
        )
        for whose, received, measured in zip(
            ("D's", "G's"), pair, both_losses(*logits), strict=True
        ):
            require(
                abs(received - measured) <= NEAR * (1 + measured),
                f"Look again at '{situation}', {whose} loss. Expected what the library measures, "
                f"to about two digits. Received: {received:.4g}. What does D say there of each "
                "kind, and what does that cost when the label is 1, and when it is 0?",
            )
    passed("6.2", "you foresaw all six")


@exercise("6.3")
def check_losses(my_losses: Callable[[tf.Tensor, tf.Tensor], tuple[tf.Tensor, tf.Tensor]]) -> None:
    """6.3: both losses agree with the library's, on small logits and on large ones."""
    random = np.random.default_rng(0)
    real = tf.constant(random.normal(1, 2, (16, 1)), tf.float32)
    fake = tf.constant(random.normal(-1, 2, (8, 1)), tf.float32)
    d_loss, g_loss = _both(my_losses(real, fake))
    wanted, wished = float(discriminator_loss(real, fake)), float(generator_loss(fake))
    smooth = wanted + 0.1 * float(tf.reduce_mean(real))
    for cause, pair in {
        "The losses stand in the wrong order. Expected D's first. Received: G's first.":
            (wished, wanted),
        "D's loss is half of what it should be. Expected the sum of two means, one over real and "
        "one over generated faces. Received: their mean.": (wanted / 2, None),
        "D's labels are the wrong way round. Expected 1 for real faces and 0 for generated ones. "
        "Received: the opposite.": (float(discriminator_loss(fake, real)), None),
        "D's loss has smoothed labels. Expected 1 for real faces (smoothing comes in 6.5). "
        "Received: 0.9.": (smooth, None),
        "G's loss is the minimax one. Expected the cross-entropy of generated faces with the label "
        "that G wishes for. Received: the mean of ln(1 − D).":
            (None, -float(tf.reduce_mean(tf.nn.softplus(fake)))),
        "G's loss has D's label. Expected the label that G wishes for. Received: label 0.":
            (None, float(tf.reduce_mean(tf.nn.softplus(fake)))),
        "G's loss is taken over real faces. Expected generated ones alone. Received: real ones.":
            (None, float(generator_loss(real))),
    }.items():  # fmt: skip
        matches = [
            np.isclose(found, value, rtol=1e-4)
            for found, value in zip((d_loss, g_loss), pair, strict=True)
            if value is not None
        ]
        require(not all(matches), cause)
    require_close("D's loss", d_loss, wanted, hint="One mean over real faces, one over generated.")
    require_close("G's loss", g_loss, wished, hint="Which label does G wish for?")
    for size in (100.0, -100.0):
        large = real * 0 - size, fake * 0 + size
        pairs = zip(
            ("D's", "G's"),
            _both(my_losses(*large)),
            (discriminator_loss(*large), generator_loss(large[1])),
            strict=True,
        )
        for whose, found, value in pairs:
            hint = "Go from the logits: a probability has no digits left there."
            require_close(f"{whose} loss at logits of ±100", found, value, 1e-4, hint)
    passed("6.3", f"D {d_loss:.4f}, G {g_loss:.4f}: as the library's")


def _both(received: object) -> tuple[float, float]:
    """D's loss and G's, from what a student's function gave."""
    require(
        isinstance(received, tuple | list) and len(received) == 2,
        f"Expected two losses, D's and G's. Received: {shown(received)}.",
    )
    d_loss, g_loss = received
    require_shape("D's loss", d_loss, (), "tf.reduce_mean over the batch leaves one number.")
    require_shape("G's loss", g_loss, (), "tf.reduce_mean over the batch leaves one number.")
    return float(d_loss), float(g_loss)


@exercise("6.4")
def check_best_discriminator(best: Callable[[np.ndarray, np.ndarray], np.ndarray]) -> None:
    """6.4: no other D reaches a higher objective on the two densities."""
    x = np.linspace(-6, 6, 241)
    p, q = bell(x, -1), bell(x, 1, 1.5)
    given = p.copy(), q.copy()
    received = numbers("D", best(*given))
    require(
        np.array_equal(given[0], p) and np.array_equal(given[1], q),
        "Your function has changed the densities that it was given. Expected them as they were. "
        "Received: other numbers in them. Which operation works in place?",
    )
    require_shape("D", received, p.shape, "One probability for each place x.")
    require(
        bool(((received >= 0) & (received <= 1)).all()),
        f"D should be a probability, in [0, 1]. Received: {np.nanmin(received):.3g} to "
        f"{np.nanmax(received):.3g}. Set the derivative to 0 and solve for D.",
    )
    require(
        received[90] > received[150],
        "D isn't larger where real data are denser. Expected D near 1 where real data are dense, "
        f"and near 0 where generated data are. Received: {received[90]:.3f} at x = {x[90]:.1f}, "
        f"{received[150]:.3f} at x = {x[150]:.1f}.",
    )
    theirs = best_discriminator(p, q)
    worst = int(np.abs(received - theirs).argmax())
    gap = _objective(p, q, theirs) - _objective(p, q, received)
    require(
        abs(received[worst] - theirs[worst]) <= 1e-4,
        f"Another D does better, most of all at x = {x[worst]:.2f}. Expected the highest objective "
        f"there is, summed over x. Received: {gap:.3g} less. At each x, which D makes "
        "p ln D + q ln(1 − D) largest?",
    )
    passed("6.4", "no D reaches a higher objective than yours")


def _objective(p: np.ndarray, q: np.ndarray, d: np.ndarray) -> float:
    d = np.clip(d, 1e-12, 1 - 1e-12)
    return float(np.sum(p * np.log(d) + q * np.log(1 - d)))
