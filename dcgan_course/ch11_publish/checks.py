"""Checks of chapter 11's exercises."""

from __future__ import annotations

from collections.abc import Callable

import keras
import numpy as np

from dcgan_course.ch11_publish.visits import NUMBERS, count_seen_before
from dcgan_course.checking import exercise, passed, require, require_close, require_shape

CLOSE = 0.05  # of how many visits see a number again: chance of the draws


@exercise("11.1")
def check_fold(fold: Callable[..., tuple[np.ndarray, np.ndarray]]) -> None:
    """11.1: one layer with the folded weights does what Keras's two layers do."""
    for epsilon in (1e-5, 0.5):
        pair, numbers = _pair(epsilon)
        before = [value.copy() for value in numbers.values()]
        kernel, bias = fold(*numbers.values(), epsilon)
        same = all(np.array_equal(*both) for both in zip(before, numbers.values(), strict=True))
        require(same, "Your function has changed what it was given. Work on copies.")
        hint = "One factor for each output channel: in (height, width, out, in) the third axis."
        require_shape("The folded kernel", kernel, numbers["kernel"].shape, hint)
        require_shape("The folded bias", bias, numbers["beta"].shape, "One for each channel.")
        maps = np.random.default_rng(2).normal(0, 1, (2, 4, 4, 3)).astype(np.float32)
        single = keras.layers.Conv2DTranspose(5, 4, strides=2, padding="same")
        single.build(maps.shape)
        single.set_weights([np.asarray(kernel, np.float32), np.asarray(bias, np.float32)])
        blank = np.zeros((1, 4, 4, 3), np.float32)
        require_close(
            "Where the maps are 0, the output",
            single(blank),
            pair(blank, training=False),
            1e-4,
            "There only the bias is left: what does BatchNormalization make of 0?",
        )
        require_close(
            "The output of the folded layer",
            single(maps),
            pair(maps, training=False),
            1e-4,
            "Which deviation divides, and where does epsilon go: below the root, or outside?",
        )
    passed("11.1", "one layer does what two did, and no statistics are needed any more")


@exercise("11.2")
def check_up(up: Callable[[np.ndarray, np.ndarray, int], np.ndarray]) -> None:
    """11.2: all stamps, added up, are what Keras's layer gives without padding."""
    random = np.random.default_rng(3)
    for side, size, stride in ((1, 4, 1), (3, 4, 2), (2, 5, 2), (4, 3, 3)):
        maps = random.normal(0, 1, (side, side, 3)).astype(np.float32)
        kernel = random.normal(0, 1, (3, size, size, 2)).astype(np.float32)
        expected = keras.ops.conv_transpose(
            maps[None], kernel.transpose(1, 2, 3, 0), strides=stride, padding="valid"
        )[0]
        where = f"For a map of {side}×{side}, a kernel of {size} and a stride of {stride}: "
        found = up(maps.copy(), kernel.copy(), stride)
        hint = "Where does the last stamp start, and where does it end?"
        require_shape(f"{where}the output", found, expected.shape, hint)
        hint = "Does each value stamp the kernel times itself? Are overlaps added, not replaced?"
        require_close(f"{where}the output", found, expected, 1e-4, hint)
    passed("11.2", "your stamps and Keras's layer agree")


@exercise("11.3")
def check_to_codes(to_codes: Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]) -> None:
    """11.3: whole numbers of a byte, and factors that bring the weights back."""
    scales = np.array([1.0, 0.01, 30.0, 0.0])
    kernel = (np.random.default_rng(4).normal(0, 1, (6, 4, 4, 4)) * scales).astype(np.float32)
    codes, factors = to_codes(kernel.copy())
    require_shape("The codes", codes, kernel.shape)
    require_shape("The factors", factors, (4,), "One for each output channel, the last axis.")
    kind = getattr(codes, "dtype", None)
    require(kind == np.int8, f"The codes aren't bytes. Expected int8. Received: {kind}.")
    require(
        bool(np.isfinite(factors).all()),
        "A factor isn't a number. A channel whose weights are all 0 needs one too: what would you "
        "divide by?",
    )
    largest = np.abs(codes[..., :3].astype(int)).max(axis=(0, 1, 2))
    require(
        bool((largest == 127).all()) and codes.min() >= -127,
        "A channel doesn't use the whole byte. Expected codes from -127 to 127, its largest weight "
        f"at an end. Received: {largest.tolist()} as the largest of three channels.",
    )
    off = np.abs(codes.astype(np.float64) * factors - kernel)
    require(
        bool((off <= 0.5001 * np.asarray(factors) + 1e-9).all()),
        "A weight comes back more than half a step away. Is it rounded to the nearest, or cut?",
    )
    passed("11.3", "every weight comes back within half a step, from a quarter of the bytes")


@exercise("11.4")
def check_seen_before(seen_before: Callable[[int, int], float]) -> None:
    """11.4: as many as are counted when numbers are drawn."""
    for visits, numbers in ((1000, 10_000), (1000, 300), (50, 365)):
        received, expected = seen_before(visits, numbers), count_seen_before(visits, numbers)
        require(
            abs(received - expected) <= CLOSE * expected + 0.05,
            f"Of {visits} visits to a page of {numbers:,} faces, another number see one again. "
            f"Expected about {expected:.1f}, as counted. Received: {received:.1f}. How likely is a "
            "certain face to be missed by every visit?",
        )
    received = seen_before(1000, NUMBERS)
    require(
        abs(received - 1000 * 999 / 2 / NUMBERS) < 2e-5,
        "With 2³² numbers the answer is another. Expected about 0.00012. Received: "
        f"{received:.3g}. What if there are far more numbers than visits?",
    )
    passed("11.4", "as many as were counted")


def _pair(epsilon: float) -> tuple[keras.Model, dict[str, np.ndarray]]:
    """A transposed convolution with its BatchNormalization, and their numbers."""
    random = np.random.default_rng(1)
    convolution = keras.layers.Conv2DTranspose(5, 4, strides=2, padding="same", use_bias=False)
    normalisation = keras.layers.BatchNormalization(epsilon=epsilon)
    pair = keras.Sequential([keras.Input((4, 4, 3)), convolution, normalisation])
    numbers = {
        "kernel": random.normal(0, 1, (4, 4, 5, 3)),
        "gamma": random.uniform(0.5, 2, 5),
        "beta": random.normal(0, 1, 5),
        "mean": random.normal(0, 1, 5),
        "variance": random.uniform(0.1, 3, 5),
    }
    pair.set_weights(list(numbers.values()))
    return pair, {name: value.astype(np.float32) for name, value in numbers.items()}
