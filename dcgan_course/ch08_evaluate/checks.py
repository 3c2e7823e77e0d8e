"""Checks of chapter 08's exercises."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from dcgan_course.ch08_evaluate.harms import MEASURES, Study
from dcgan_course.ch08_evaluate.witnesses import NOT_WORSE, WORSE
from dcgan_course.checking import exercise, numbers, passed, require, require_close, shown
from dcgan_lib.evaluate import (
    COMPARED_SIDE,
    frechet_distance,
    nearest_distances,
    precision_recall_density_coverage,
)

PREDICTED = ("blur", "noise", "dropped people", "copies")


@exercise("8.1")
def check_wasserstein(wasserstein: Callable[[np.ndarray, np.ndarray], float]) -> None:
    """8.1: symmetric, blind to the order, a shift's own length, and right for two random sets."""
    random = np.random.default_rng(0)
    a, b = random.normal(0, 1, 200), random.normal(0.5, 2, 200)
    given = a.copy(), b.copy()
    received = numbers("The distance", wasserstein(*given))
    require(
        received.ndim == 0,
        "The distance of two samples is one number. Expected a number. "
        f"Received: {shown(received)}. What is left when all gaps are averaged?",
    )
    require(
        np.array_equal(given[0], a) and np.array_equal(given[1], b),
        "Your function has sorted a sample in place. Expected both samples as they were. "
        "Received: a changed array. np.sort gives a sorted copy.",
    )
    expected = np.abs(np.sort(a) - np.sort(b)).mean()
    gaps = np.sort(a) - np.sort(b)
    for cause, value in {
        "The gaps are squared. Expected the mean of the ways themselves. Received: their mean "
        "square.": (gaps**2).mean(),
        "The gaps are squared. Expected the mean of the ways themselves. Received: the root of "
        "their mean square.": np.sqrt((gaps**2).mean()),
        "The gaps are added up. Expected their mean. Received: their sum.": np.abs(gaps).sum(),
        "Only the means are compared, so what goes up and what goes down cancels. Expected each "
        "number's own way. Received: the gap of both means.": abs(gaps.mean()),
    }.items():
        require(not np.isclose(received, value), cause)
    require_close("The distance of a sample from itself", wasserstein(a, a), 0.0)
    shuffled = float(numbers("The distance", wasserstein(a, random.permutation(a))))
    require(
        shuffled < 1e-9,
        "The same numbers in another order are the same sample. Expected 0. "
        f"Received: {shuffled:.3g}. Which number of one sample is paired with which of the other?",
    )
    hint = "Each number moves to its partner, and the mean is taken over all."
    require_close("The distance of a sample from its copy moved by 3", wasserstein(a, a + 3), 3.0)
    require_close(
        "The distance to the sample times -2",
        wasserstein(a, -2 * a),
        np.abs(np.sort(a) - np.sort(-2 * a)).mean(),
        hint=hint,
    )
    require_close("The distance of two samples", received, expected, hint=hint)
    passed("8.1", "the same sample is at 0 in any order, a sample moved by 3 is at 3")


@exercise("8.2")
def check_nearest(nearest_distance: Callable[[np.ndarray, np.ndarray], float]) -> None:
    """8.2: the library's distance, copies and mirror images at 0."""
    random = np.random.default_rng(0)
    side = COMPARED_SIDE
    photographs = random.integers(0, 256, (5, side, side), np.uint8)
    face = random.integers(0, 128, (side, side), np.uint8)  # darker than all photographs
    given = face / 255, photographs / 255
    received = numbers("The distance", nearest_distance(*given))
    require(
        np.array_equal(given[0], face / 255) and np.array_equal(given[1], photographs / 255),
        "Your function has changed the pictures that it was given. Expected them as they were. "
        "Received: other numbers in them. Which operation works in place?",
    )
    require(
        received.ndim == 0,
        "One face has one nearest distance. Expected a number. "
        f"Received: {shown(received)}. Over what do you take the mean, over what the least?",
    )
    copied = float(
        numbers("The distance", nearest_distance(photographs[3] / 255, photographs / 255))
    )
    require(
        abs(copied) < 1e-9,
        f"A copy is at distance 0. Expected 0. Received: {copied:.3g}. Is the least of all "
        "photographs taken?",
    )
    mirrored = photographs[3, :, ::-1] / 255
    turned = float(numbers("The distance", nearest_distance(mirrored, photographs / 255)))
    require(
        abs(turned) < 1e-9,
        "A mirror image is a copy too: the run was trained on flipped faces. Expected 0. "
        f"Received: {turned:.3g}. Which axis goes from left to right?",
    )
    expected = nearest_distances(_coloured(face[None]), _coloured(photographs))[0]
    hint = "Root of the mean of the squared differences, the mean over all pixels."
    require_close("The nearest distance", received, expected, 1e-6, hint)
    passed("8.2", "copies and mirror images are at 0, others where the library finds them")


@exercise("8.3")
def check_precision(precision: Callable[[np.ndarray, np.ndarray, int], float]) -> None:
    """8.3: the library's precision, for several k and sizes."""
    random = np.random.default_rng(0)
    real, generated = random.normal(0, 1, (40, 3)), random.normal(0.5, 1.4, (55, 3))
    for k in (1, 3, 5):
        received = float(numbers("The precision", precision(real, generated, k)))
        expected = precision_recall_density_coverage(real, generated, k).precision
        swapped = precision_recall_density_coverage(real, generated, k).recall
        without_self = precision_recall_density_coverage(real, generated, max(k - 1, 1)).precision
        hint = "Whose balls are they, and whose points are counted?"
        if abs(received - swapped) < 1e-9:
            hint = "This is the share of real points among the generated ones: recall."
        elif (k == 1 and received == 0) or (k > 1 and abs(received - without_self) < 1e-9):
            hint = "Is a point the nearest neighbour of itself in your count?"
        require_close(f"The precision for k = {k}", received, expected, 1e-9, hint)
    line, rims = np.array([[0.0, 0], [3, 4], [30, 0], [30, 5]]), np.array([[-3.0, -4], [9, 9]])
    hint = "One point lies just on the rim of a ball, which counts."
    require_close("The precision of points on a rim", precision(line, rims, 1), 0.5, 1e-9, hint)
    far = precision(real, real + 100, 3)
    require_close("The precision of points far from every real one", far, 0.0)
    passed("8.3", "your precision and the library's agree for k of 1, 3 and 5")


@exercise("8.4")
def check_predictions(predict: Callable[[], dict[str, tuple[str, str]]], study: Study) -> None:
    """8.4: for each harm one measure that calls it worse, and one that doesn't."""
    predicted = predict()
    harms = predicted if isinstance(predicted, dict) else ()
    require(
        set(harms) == set(PREDICTED),
        f"The harms have other names. Expected {', '.join(PREDICTED)}. "
        f"Received: {', '.join(map(str, harms)) or shown(predicted)}.",
    )
    for harm in PREDICTED:
        pair = predicted[harm]
        known = isinstance(pair, tuple | list) and [name for name in pair if name in MEASURES]
        require(
            bool(known) and len(known) == len(pair) == 2,
            f"{harm}: expected two names among {', '.join(MEASURES)}. Received: {shown(pair)}.",
        )
        notices, silent = pair
        moved = study.worse(harm, study.strengths[-1])
        told = "it is worse by" if moved[notices] > 0 else "it is better by"
        require(
            notices in WORSE[harm].split(),
            f"{harm}: {notices} doesn't call it worse, in none of the course's eleven studies "
            f"(here {told} {abs(moved[notices]):.1f} times what it varies anyway). Expected a "
            f"measure that looks at what is harmed. Received: {notices!r}. What is still as it "
            "was, what isn't?",
        )
        require(
            silent in NOT_WORSE[harm].split(),
            f"{harm}: {silent} does notice it, in each of the course's eleven studies (here by "
            f"{moved[silent]:.1f} times what it varies anyway). Expected a measure that is blind "
            f"to it. Received: {silent!r}. What does this measure never look at?",
        )
    passed("8.4", "you know one witness and one blind measure for each harm")


@exercise("8.5")
def check_frechet(frechet: Callable[..., float]) -> None:
    """8.5: the library's distance where no two features go together."""
    random = np.random.default_rng(0)
    a, b = random.normal(0, 1, 6), random.normal(0, 1, 6)
    one, two = random.uniform(0.2, 2, 6), random.uniform(0.2, 2, 6)
    given = [part.copy() for part in (a, one, b, two)]
    received = numbers("The distance", frechet(*given))
    require(
        all(np.array_equal(*pair) for pair in zip(given, (a, one, b, two), strict=True)),
        "Your function has changed the arrays that it was given. Expected them as they were. "
        "Received: other numbers in them. Which operation works in place?",
    )
    expected = frechet_distance(a, np.diag(one**2), b, np.diag(two**2))
    means, spread = ((a - b) ** 2).sum(), one**2 + two**2
    for cause, value in {
        "A root is taken at the end. Expected the squared distance. Received: its root.": np.sqrt(
            expected
        ),
        "The deviations are missing. Expected a term for the means and one for the deviations. "
        "Received: the means' alone.": means,
        "The means are missing. Expected a term for the means and one for the deviations. "
        "Received: the deviations' alone.": expected - means,
        "The deviations are taken for variances. Expected A and B as their squares. Received: A "
        "and B as they are.": means + (one + two - 2 * np.sqrt(one * two)).sum(),
        "The root of AB is missing. Expected A + B − 2·√(AB). Received: A + B.": means
        + spread.sum(),
        "The variances are compared in place of the deviations. With A = a² and B = b², what is "
        "A + B − 2·√(AB) as a square?": means + ((one**2 - two**2) ** 2).sum(),
        "The features are averaged. Expected their sum. Received: their mean.": expected / 6,
    }.items():
        require(not np.isclose(received, value), cause)
    require_close("The distance of a Gaussian from itself", frechet(a, one, a, one), 0.0)
    far = frechet(a, one, a + 1, one)
    hint = "Add up the squares over all features."
    require_close("The distance to a Gaussian moved by 1 in 6 features", far, 6.0, hint=hint)
    hint = "Each feature adds the squared gap of the means and that of the deviations."
    require_close("The distance", received, expected, 1e-6, hint)
    passed("8.5", "your distance and the library's agree where covariances are diagonal")


def _coloured(greys: np.ndarray) -> np.ndarray:
    """(n, side, side) → (n, side, side, 3)."""
    return np.repeat(greys[..., None], 3, axis=3)
