"""Checks of chapter 10's exercises."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import keras
import numpy as np
from scipy import stats

from dcgan_course.checking import passed, require, require_close, require_shape
from dcgan_lib import Settings, build_discriminator, get_settings
from dcgan_lib.rules import MAIN

NAN = float("nan")


def check_ranking(my_ranking: Callable[[], Sequence[str]]) -> None:
    """10.1: a tuple of the five main rules; every order is welcome."""
    ranking = my_ranking()
    require(
        isinstance(ranking, tuple | list) and all(isinstance(name, str) for name in ranking),
        f"Expected a tuple of five names. Received: {type(ranking).__name__}.",
    )
    unknown = [name for name in ranking if name not in MAIN]
    require(
        not unknown,
        f"There is no such rule. Expected names among {', '.join(MAIN)}. Received: "
        f"{', '.join(unknown)}.",
    )
    require(
        sorted(ranking) == sorted(MAIN),
        f"Each of the five rules has one place. Expected {len(MAIN)} names, none twice. "
        f"Received: {', '.join(ranking) or 'none'}.",
    )
    passed("10.1", "your prediction is kept; section 10.5 lays it beside what was measured")


def check_pooled(pooled_discriminator: Callable[[int], keras.Model]) -> None:
    """10.2: the library's D with pooling: same shapes, parameters, and logits."""
    mine = pooled_discriminator(6)
    theirs = build_discriminator(_pooled_settings(6))
    images = np.random.default_rng(0).uniform(-1, 1, (4, 32, 32, 3)).astype(np.float32)
    logits = np.asarray(mine(images, training=False))
    require_shape("D's answer to 4 images", logits, (4, 1), "Three steps: 32 → 16 → 8 → 4.")
    kinds = [type(layer).__name__ for layer in mine.layers]
    strided = [layer.name for layer in mine.layers
               if isinstance(layer, keras.layers.Conv2D) and layer.strides != (1, 1)]  # fmt: skip
    require(
        kinds.count("MaxPooling2D") == 3 and not strided,
        "Expected three MaxPooling2D, and convolutions that keep the side. Received: "
        f"{kinds.count('MaxPooling2D')} of them, and {len(strided)} convolutions with a stride.",
    )
    require(
        kinds.count("BatchNormalization") == 2,
        "Only one rule is to be turned. Expected BatchNormalization in the second and third step "
        f"(guideline b). Received: {kinds.count('BatchNormalization')} of them.",
    )
    require(
        mine.count_params() == theirs.count_params(),
        f"D has another number of parameters. Expected {theirs.count_params():,}, as with "
        f"strides. Received: {mine.count_params():,}. Compare kernel size, channels and biases.",
    )
    mine.set_weights(theirs.get_weights())
    hint = "With the library's weights it should answer the same. Which slope, which activation?"
    received, expected = (100 * np.asarray(net(images, training=False)) for net in (mine, theirs))
    require_close("D's logits (×100)", received, expected, 1e-3, hint)
    passed("10.2", f"{mine.count_params():,} parameters, as with strides, and the same logits")


def check_interval(
    paired_interval: Callable[[np.ndarray, np.ndarray], tuple[float, float, float]],
) -> None:
    """10.3: mean difference and its 95 % interval, as scipy's paired t test gives it."""
    random = np.random.default_rng(3)
    for count in (2, 5, 12):
        written = random.normal(70, 20, count)
        turned = written + random.normal(8, 3, count)
        result = paired_interval(turned, written)
        require(
            isinstance(result, tuple | list) and len(result) == 3,
            f"Expected a tuple (mean, low, high). Received: {type(result).__name__}.",
        )
        mean, low, high = map(float, result)
        require_close(
            "The mean difference", mean, (turned - written).mean(), 1e-6,
            "Turned minus as written, seed by seed.",
        )  # fmt: skip
        bounds = stats.ttest_rel(turned, written).confidence_interval(0.95)
        hint = _interval_hint(turned, written, high - mean)
        require_close(f"The lower end for {count} pairs", low, bounds.low, 1e-4, hint)
        require_close(f"The upper end for {count} pairs", high, bounds.high, 1e-4, hint)
    passed("10.3", "your interval and scipy's are the same for 2, 5 and 12 pairs")


def check_verdict(verdict: Callable[[float, float, str], str]) -> None:
    """10.4: the three verdicts, for measures of either direction, and without an interval."""
    cases = [
        (2.0, 9.0, "lower", "holds", "all above 0, and lower is better: turning made it worse"),
        (-9.0, -2.0, "lower", "does not hold", "all below 0, and lower is better"),
        (-9.0, -2.0, "higher", "holds", "all below 0, and higher is better"),
        (2.0, 9.0, "higher", "does not hold", "all above 0, and higher is better"),
        (-1.0, 9.0, "lower", "undecided", "0 lies within the interval"),
        (-9.0, 1.0, "higher", "undecided", "0 lies within the interval"),
        (NAN, NAN, "lower", "undecided", "one seed has no interval"),
    ]
    for low, high, better, expected, why in cases:
        received = verdict(low, high, better)
        require(
            received == expected,
            f"Look again at low={low:g}, high={high:g}, better={better!r}: {why}. Expected "
            f"{expected!r}. Received: {received!r}.",
        )
    passed("10.4", "holds, does not hold, undecided: each where it belongs")


def _pooled_settings(width: int) -> Settings:
    return get_settings("tiny", image_size=32, discriminator_width=width, pooling=True)


def _interval_hint(turned: np.ndarray, written: np.ndarray, reach: float) -> str:
    differences, count = turned - written, len(turned)
    error = stats.sem(differences)
    student = stats.t.ppf(0.975, count - 1)
    causes = {
        "Is that 1.96? So few pairs need Student's t.": stats.norm.ppf(0.975) * error,
        "Is the deviation taken with n - 1 (ddof=1)?": student * error * np.sqrt(1 - 1 / count),
        "Is the deviation divided by √n?": student * error * np.sqrt(count),
        "0.95 on both sides together leaves 0.025 on each.": stats.t.ppf(0.95, count - 1) * error,
        "n pairs have n - 1 degrees of freedom.": stats.t.ppf(0.975, count) * error,
    }
    for hint, value in causes.items():
        if np.isclose(reach, value, rtol=1e-3):
            return hint
    return "Take the differences first; the interval is that of their mean."
