"""Checks of chapter 13's exercises."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import tensorflow as tf

from dcgan_course.ch13_style.waves import seen_as as folded
from dcgan_course.checking import exercise, numbers, passed, require, require_close, require_shape
from dcgan_lib.beyond.style import Band, Grid, modulated_kernel, resampling_matrix

FIELDS = (((16, 10), 16), ((20, 24), 32), ((40, 61), 64))  # waves and rates that are tried


@exercise("13.1")
def check_modulate(modulate: Callable[[np.ndarray, np.ndarray], np.ndarray]) -> None:
    """13.1: a style scales what comes in, and the sum keeps its strength."""
    random = np.random.default_rng(0)
    for size, inputs, outputs in ((3, 8, 5), (1, 4, 4)):
        kernel = random.normal(0, 1, (size, size, inputs, outputs))
        style = random.normal(1, 0.7, inputs) * np.where(np.arange(inputs) % 3, 1, -1)
        before = kernel.copy(), style.copy()
        found = modulate(kernel, style)
        same = np.array_equal(kernel, before[0]) and np.array_equal(style, before[1])
        require(same, "Your function has changed what it was given. Work on copies.")
        require_shape("The modulated kernel", found, kernel.shape, "One kernel for one style.")
        values = numbers("The modulated kernel", found)
        lengths = np.sqrt((values**2).sum(axis=(0, 1, 2)))
        require_close(
            "The length of each output channel's weights",
            lengths,
            np.ones(outputs),
            1e-3,
            "Divide by the root of the sum of squares, over height, width and input channels.",
        )
        hint = "Does each input channel get its own factor, before the lengths are taken?"
        require_close("The modulated kernel", values, modulated_kernel(kernel, style), 1e-4, hint)
        with np.errstate(all="ignore"):
            stronger = numbers("The modulated kernel", modulate(kernel, 100 * style))
        hint = "What does a style that is a hundred times as strong change, after the division?"
        require_close("With a style 100 times as strong, it", stronger, values, 1e-3, hint)
    passed("13.1", "a style chooses among the channels, and the strength stays as it was")


@exercise("13.2")
def check_seen_as(seen_as: Callable[[float, int], float]) -> None:
    """13.2: the samples of both waves are the same numbers."""
    for waves, rate in [(w, rate) for pair, rate in FIELDS for w in pair] + [(70.5, 32), (0, 8)]:
        found = float(numbers("What your function gives", seen_as(waves, rate)))
        require(
            0 <= found <= rate / 2,
            f"{waves} waves, sampled {rate} times, are seen as another wave. Expected 0 to "
            f"{rate / 2:g}, as many as so few samples can show. Received: {found:g}.",
        )
        points = np.arange(rate) / rate
        same = np.abs(np.cos(2 * np.pi * waves * points) - np.cos(2 * np.pi * found * points))
        require(
            same.max() < 1e-6 and abs(found - folded(waves, rate)) < 1e-6,
            f"{waves} waves, sampled {rate} times, look like others. Received: {found:g}. Whole "
            "multiples of the rate make no difference to the samples; and a wave that runs "
            "backwards looks like one that runs forwards.",
        )
    passed("13.2", "the samples can't tell your wave from the true one")


@exercise("13.3")
def check_bend(bend: Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray]) -> None:
    """13.3: up along both axes, bent, and down along both."""
    random = np.random.default_rng(1)
    start, end = Grid(8, 2), Grid(12, 1)
    dense, band = end.finer(2), Band(3, 1)
    up, down = resampling_matrix(start, dense, band), resampling_matrix(dense, end, band)
    maps = random.normal(0, 1, (start.size, start.size, 3)).astype(np.float32)
    found = bend(maps.copy(), up, down)
    shape = (end.size, end.size, 3)
    require_shape("The output", found, shape, "Each matrix acts on rows and on columns.")
    require_close(
        "Of maps that are 1 everywhere, the output's middle",
        numbers("The output", bend(np.ones_like(maps), up, down))[5:8, 5:8],
        np.full((3, 3, 3), 2**0.5),
        0.05,
        "What is above 0 is multiplied by √2, once.",
    )
    hint = "Bend where the grid is dense: after `up` along both axes, and before `down`."
    require_close("The output", found, _bend(maps, up, down), 1e-4, hint)
    passed("13.3", "bent where there is room, and filtered before it comes back")


@exercise("13.4")
def check_decibels(
    decibels: Callable[[np.ndarray, np.ndarray, np.ndarray], float],
) -> None:
    """13.4: ten times the logarithm of 2² by the mean squared error, where it is valid."""
    random = np.random.default_rng(2)
    one = random.uniform(-1, 1, (2, 8, 8, 3))
    everywhere = np.ones((2, 8, 8), bool)
    for off in (0.2, 0.02):
        received = float(numbers("The figure", decibels(one, one + off, everywhere)))
        require_close(
            f"Where every pixel is {off} off, the figure",
            received,
            10 * np.log10(4 / off**2),
            1e-4,
            "From black to white is 2. The power of a signal is its square.",
        )
    other = one + random.normal(0, 0.1, one.shape)
    middle = everywhere.copy()
    middle[:, :3] = False
    spoiled = other.copy()
    spoiled[:, :3] = 1000
    expected = 10 * np.log10(4 / np.mean((one[middle] - other[middle]) ** 2))
    hint = "Only pixels where `valid` is True count, in the mean's sum and in its number."
    require_close(
        "With a part that isn't valid, the figure",
        decibels(one, spoiled, middle),
        expected,
        1e-4,
        hint,
    )
    passed("13.4", "as the paper measures; 10 decibels more are a tenth of the squared error")


def _bend(maps: np.ndarray, up: np.ndarray, down: np.ndarray) -> np.ndarray:
    dense = np.einsum("th,sw,hwc->tsc", up, up, maps)
    bent = np.asarray(tf.nn.leaky_relu(dense, 0.2)) * 2**0.5
    return np.einsum("th,sw,hwc->tsc", down, down, bent)
