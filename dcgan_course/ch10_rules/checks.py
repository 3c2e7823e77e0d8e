"""Checks of chapter 10's exercises."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import keras
import numpy as np
from scipy import stats

from dcgan_course.ch10_rules.pooled import MISTAKES, pooled_network
from dcgan_course.checking import exercise, numbers, passed, require, require_close, shown
from dcgan_course.networks import require_same_network
from dcgan_lib.rules import MAIN

NAN = float("nan")


@exercise("10.1")
def check_ranking(my_ranking: Callable[[], Sequence[str]]) -> None:
    """10.1: a tuple of the five main rules; every order is welcome."""
    ranking = my_ranking()
    require(
        isinstance(ranking, tuple | list) and all(isinstance(name, str) for name in ranking),
        f"Expected a tuple of five names. Received: {shown(ranking)}.",
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


@exercise("10.2")
def check_pooled(pooled_discriminator: Callable[[int], keras.Model]) -> None:
    """10.2: the library's D with pooling: same shapes, parameters, and logits."""
    images = np.random.default_rng(0).uniform(-1, 1, (16, 32, 32, 3)).astype(np.float32)
    for width in (6, 3):
        mine, theirs = pooled_discriminator(width), pooled_network(width)
        mistakes = [(cause, partial(build, width)) for cause, build in MISTAKES]
        require_same_network(f"Your D of width {width}", mine, theirs, images, mistakes)
    passed("10.2", f"{pooled_network(6).count_params():,} parameters at width 6, as with strides")


@exercise("10.3")
def check_interval(
    paired_interval: Callable[[np.ndarray, np.ndarray], tuple[float, float, float]],
) -> None:
    """10.3: mean difference and its 95 % interval, as scipy's paired t test gives it."""
    random = np.random.default_rng(3)
    for count in (5, 2, 12):
        written = random.normal(70, 20, count)
        turned = written + random.normal(8, 3, count)
        given = turned.copy(), written.copy()
        result = paired_interval(*given)
        require(
            isinstance(result, tuple | list) and len(result) == 3,
            f"Expected a tuple (mean, low, high). Received: {shown(result)}.",
        )
        require(
            np.array_equal(given[0], turned) and np.array_equal(given[1], written),
            "Your function has changed the arrays that it was given. Expected them as they were. "
            "Received: other numbers in them. Which operation works in place?",
        )
        mean, low, high = (float(numbers("What you return", part)) for part in result)
        wanted = (turned - written).mean()
        require(
            not np.isclose(mean, -wanted),
            "The difference is taken the wrong way. Expected turned minus as written. Received: "
            "the opposite.",
        )
        require_close("The mean difference", mean, wanted, 1e-6, "Turned minus as written.")
        require(
            low <= mean <= high,
            "The mean lies outside of its interval. Expected the lower end, then the upper one, "
            f"with the mean between. Received: {low:.4g} to {high:.4g}, with mean {mean:.4g}.",
        )
        bounds = stats.ttest_rel(turned, written).confidence_interval(0.95)
        hint = _interval_hint(turned, written, high - mean)
        require_close(f"The lower end for {count} pairs", low, bounds.low, 1e-4, hint)
        require_close(f"The upper end for {count} pairs", high, bounds.high, 1e-4, hint)
    passed("10.3", "your interval and scipy's are the same for 2, 5 and 12 pairs")


@exercise("10.4")
def check_verdict(verdict: Callable[[float, float, str], str]) -> None:
    """10.4: the three verdicts, for measures of either direction, and without an interval."""
    cases = [
        (2.0, 9.0, "lower", "holds", "all above 0, and lower is better: turning made it worse"),
        (-9.0, -2.0, "lower", "does not hold", "all below 0, and lower is better"),
        (-9.0, -2.0, "higher", "holds", "all below 0, and higher is better"),
        (2.0, 9.0, "higher", "does not hold", "all above 0, and higher is better"),
        (-1.0, 9.0, "lower", "undecided", "0 lies within the interval"),
        (-9.0, 1.0, "higher", "undecided", "0 lies within the interval"),
        (0.0, 9.0, "lower", "undecided", "an end at exactly 0 doesn't leave 0 out"),
        (-9.0, 0.0, "lower", "undecided", "an end at exactly 0 doesn't leave 0 out"),
        (0.0, 9.0, "higher", "undecided", "an end at exactly 0 doesn't leave 0 out"),
        (-9.0, 0.0, "higher", "undecided", "an end at exactly 0 doesn't leave 0 out"),
        (NAN, NAN, "lower", "undecided", "one seed has no interval"),
        (NAN, NAN, "higher", "undecided", "one seed has no interval"),
    ]
    for low, high, better, expected, why in cases:
        received = verdict(low, high, better)
        require(
            isinstance(received, str) and received == expected,
            f"Look again at low={low:g}, high={high:g}, better={better!r}: {why}. Expected "
            f"{expected!r}. Received: {shown(received)}.",
        )
    passed("10.4", "holds, does not hold, undecided: each where it belongs")


def _interval_hint(turned: np.ndarray, written: np.ndarray, reach: float) -> str:
    differences, count = turned - written, len(turned)
    error = stats.sem(differences)
    student = stats.t.ppf(0.975, count - 1)
    shortened = np.sqrt(count / (count - 1))
    causes = {
        "Is that 1.96? So few pairs need Student's t.": stats.norm.ppf(0.975) * error,
        "Is the deviation taken with n - 1 (ddof=1)?": student * error * np.sqrt(1 - 1 / count),
        "Is the deviation divided by √n?": student * error * np.sqrt(count),
        "The deviation is divided by n. Expected √n.": student * error / np.sqrt(count),
        "The deviation is divided by √(n − 1). Expected √n.": student * error * shortened,
        "That is the interval of two groups that aren't paired. Which luck do both runs of a seed "
        "share?": _reach(stats.ttest_ind(turned, written).confidence_interval(0.95)),
        "0.95 on both sides together leaves 0.025 on each.": stats.t.ppf(0.95, count - 1) * error,
        "n pairs have n - 1 degrees of freedom.": stats.t.ppf(0.975, count) * error,
    }
    for hint, value in causes.items():
        if np.isclose(reach, value, rtol=1e-3):
            return hint
    return "Take the differences first; the interval is that of their mean."


def _reach(interval: object) -> float:
    return (interval.high - interval.low) / 2
