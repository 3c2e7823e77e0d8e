"""Checks of chapter 08's exercises."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from dcgan_course.ch08_evaluate.harms import MEASURES, Study
from dcgan_course.checking import passed, require, require_close
from dcgan_lib.evaluate import (
    COMPARED_SIDE,
    frechet_distance,
    nearest_distances,
    precision_recall_density_coverage,
)

PREDICTED = ("blur", "noise", "dropped people", "copies")
NOTICED, SILENT = 2.0, 1.0  # in units of what a measure varies anyway


def check_wasserstein(wasserstein: Callable[[np.ndarray, np.ndarray], float]) -> None:
    """8.1: symmetric, blind to the order, a shift's own length, and right for two random sets."""
    random = np.random.default_rng(0)
    a, b = random.normal(0, 1, 200), random.normal(0.5, 2, 200)
    kept = a.copy()
    received = np.asarray(wasserstein(a, b))
    require(
        received.ndim == 0,
        "The distance of two samples is one number. Expected a number. "
        f"Received: shape {received.shape}. What is left when all gaps are averaged?",
    )
    require(
        np.array_equal(a, kept),
        "Your function has sorted the student's own sample in place. Expected both samples as they "
        "were. Received: a changed array. np.sort gives a sorted copy.",
    )
    require_close("The distance of a sample from itself", wasserstein(a, a), 0.0)
    shuffled = wasserstein(a, random.permutation(a))
    require(
        shuffled < 1e-9,
        "The same numbers in another order are the same sample. Expected 0. "
        f"Received: {shuffled:.3g}. Which number of one sample is paired with which of the other?",
    )
    hint = "Each number moves to its partner; nothing cancels, nothing is squared."
    require_close("The distance of a sample from its copy moved by 3", wasserstein(a, a + 3), 3.0)
    require_close("The distance to the sample times -2", wasserstein(a, -2 * a),
                  np.abs(np.sort(a) - np.sort(-2 * a)).mean(), hint=hint)  # fmt: skip
    expected = np.abs(np.sort(a) - np.sort(b)).mean()
    require_close("The distance of two samples", received, expected, hint=hint)
    passed("8.1", "the same sample is at 0 in any order, a sample moved by 3 is at 3")


def check_nearest(nearest_distance: Callable[[np.ndarray, np.ndarray], float]) -> None:
    """8.2: the library's distance, copies and mirror images at 0."""
    random = np.random.default_rng(0)
    side = COMPARED_SIDE
    photographs = random.integers(0, 256, (5, side, side), np.uint8)
    face = random.integers(0, 256, (side, side), np.uint8)
    received = np.asarray(nearest_distance(face / 255, photographs / 255))
    require(
        received.ndim == 0,
        "One face has one nearest distance. Expected a number. "
        f"Received: shape {received.shape}. Over what do you take the mean, over what the least?",
    )
    copied = nearest_distance(photographs[3] / 255, photographs / 255)
    require(
        abs(copied) < 1e-9,
        f"A copy is at distance 0. Expected 0. Received: {copied:.3g}. Is the least of all "
        "photographs taken?",
    )
    turned = nearest_distance(photographs[3, :, ::-1] / 255, photographs / 255)
    require(
        abs(turned) < 1e-9,
        "A mirror image is a copy too: the run was trained on flipped faces. Expected 0. "
        f"Received: {turned:.3g}. Which axis goes from left to right?",
    )
    expected = nearest_distances(_coloured(face[None]), _coloured(photographs))[0]
    hint = "Root of the mean of the squared differences, the mean over all pixels."
    require_close("The nearest distance", received, expected, 1e-6, hint)
    passed("8.2", "copies and mirror images are at 0, others where the library finds them")


def check_precision(precision: Callable[[np.ndarray, np.ndarray, int], float]) -> None:
    """8.3: the library's precision, for several k and sizes."""
    random = np.random.default_rng(0)
    real, generated = random.normal(0, 1, (40, 3)), random.normal(0.5, 1.4, (55, 3))
    for k in (1, 3, 5):
        received = float(precision(real, generated, k))
        expected = precision_recall_density_coverage(real, generated, k).precision
        swapped = precision_recall_density_coverage(real, generated, k).recall
        without_self = precision_recall_density_coverage(real, generated, max(k - 1, 1)).precision
        hint = "Whose balls are they, and whose points are counted?"
        if abs(received - swapped) < 1e-9:
            hint = "This is the share of real points among the generated ones: recall."
        elif (k == 1 and received == 0) or (k > 1 and abs(received - without_self) < 1e-9):
            hint = "Is a point the nearest neighbour of itself in your count?"
        require_close(f"The precision for k = {k}", received, expected, 1e-9, hint)
    far = precision(real, real + 100, 3)
    require_close("The precision of points far from every real one", far, 0.0)
    passed("8.3", "your precision and the library's agree for k of 1, 3 and 5")


def check_predictions(predict: Callable[[], dict[str, tuple[str, str]]], study: Study) -> None:
    """8.4: for each harm one measure that calls it worse, and one that doesn't."""
    predicted = predict()
    require(
        set(predicted) == set(PREDICTED),
        f"The harms have other names. Expected {', '.join(PREDICTED)}. "
        f"Received: {', '.join(predicted)}.",
    )
    strongest = study.strengths[-1]
    for harm in PREDICTED:
        pair = predicted[harm]
        unknown = [name for name in pair if name not in MEASURES]
        require(
            len(pair) == 2 and not unknown,
            f"{harm}: expected two names among {', '.join(MEASURES)}. Received: {pair}.",
        )
        worse = study.worse(harm, strongest)
        notices, silent = pair
        require(
            worse[notices] > NOTICED,
            f"{harm}: {notices} doesn't call it worse (its answer moves by {-worse[notices]:.1f} "
            "times what it varies anyway). Expected a measure that looks at what is harmed here. "
            f"Received: {notices!r}. What is still as it was, what isn't?",
        )
        require(
            worse[silent] < SILENT,
            f"{harm}: {silent} does notice it (worse by {worse[silent]:.1f} times what it varies "
            f"anyway). Expected a measure that is blind to it. Received: {silent!r}. What does "
            "this measure never look at?",
        )
    passed("8.4", "you know one witness and one blind measure for each harm")


def check_frechet(frechet: Callable[..., float]) -> None:
    """8.5: the library's distance where no two features go together."""
    random = np.random.default_rng(0)
    a, b = random.normal(0, 1, 6), random.normal(0, 1, 6)
    one, two = random.uniform(0.2, 2, 6), random.uniform(0.2, 2, 6)
    received = frechet(a, one, b, two)
    require_close("The distance of a Gaussian from itself", frechet(a, one, a, one), 0.0)
    far = frechet(a, one, a + 1, one)
    require_close("The distance to a Gaussian moved by 1 in each of 6 features", far, 6.0,
                  hint="Add up the squares; no root at the end.")  # fmt: skip
    expected = frechet_distance(a, np.diag(one**2), b, np.diag(two**2))
    hint = "With equal means, what is left of each term where a deviation grows from 1 to 2?"
    require_close("The distance", received, expected, 1e-6, hint)
    passed("8.5", "your distance and the library's agree where covariances are diagonal")


def _coloured(greys: np.ndarray) -> np.ndarray:
    """(n, side, side) → (n, side, side, 3)."""
    return np.repeat(greys[..., None], 3, axis=3)
