"""Checks of chapter 14's exercises."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from dcgan_course.ch14_animate import truths
from dcgan_course.checking import exercise, numbers, passed, require, require_close, require_shape


@exercise("14.1")
def check_warp_back(warp_back: Callable[[np.ndarray, np.ndarray], np.ndarray]) -> None:
    """14.1: each pixel shows what the source shows at its place and the field."""
    random = np.random.default_rng(1)
    image = random.uniform(-1, 1, (6, 9))
    still = np.zeros((6, 9, 2))
    require_close("Without motion, the picture", warp_back(image.copy(), still), image, 1e-6)
    right, down, between = (still + np.array(way) for way in ((2, 0), (0, 1), (0.5, 0.25)))
    mixed = random.uniform(-3, 3, still.shape)
    cases = {
        "With x = 2 everywhere, the picture": (right, "x counts columns, from left to right."),
        "With y = 1 everywhere, the picture": (down, "y counts rows, downwards: the second axis "
                                                     "of the field, the first of the picture."),
        "With x = 0.5 and y = 0.25, the picture": (between, "Between four pixels each counts by "
                                                            "how near it is."),
        "With a field of its own at each pixel, the picture": (mixed, "Beyond the edge, the "
                                                                      "outermost pixels go on."),
    }  # fmt: skip
    for name, (field, hint) in cases.items():
        found = warp_back(image.copy(), field.copy())
        require_close(name, found, truths.warp_back(image, field), 1e-6, hint)
    passed("14.1", "every pixel comes from where the field points")


@exercise("14.2")
def check_main_ways(
    main_ways: Callable[[np.ndarray, int], tuple[np.ndarray, np.ndarray]],
) -> None:
    """14.2: directions of most motion, of length 1, and what share each has."""
    random = np.random.default_rng(2)
    for rows, columns, count in ((40, 12, 3), (6, 30, 2)):
        scales = np.geomspace(9, 0.1, columns)
        fields = random.normal(0, 1, (rows, columns)) * scales + 0.7
        directions, shares = main_ways(fields.copy(), count)
        wanted, wanted_shares = truths.main_ways(fields, count)
        require_shape("The directions", directions, wanted.shape, "One row for each.")
        require_shape("The shares", shares, (count,))
        lengths = np.linalg.norm(numbers("The directions", directions), axis=1)
        require_close("The length of each direction", lengths, np.ones(count), 1e-5)
        alike = np.abs((np.asarray(directions) * wanted).sum(axis=1))  # either way round is right
        require(
            bool((alike > 0.9999).all()),
            "A direction isn't the one of most motion. Expected those of the largest singular "
            f"values, first of all. Received: directions that agree by {alike.round(3).tolist()}. "
            "The middle photograph doesn't move and stays the origin: is anything subtracted?",
        )
        hint = "Shares of squared motion: squares of the singular values, by the sum of all."
        require_close("The shares", shares, wanted_shares, 1e-5, hint)
    passed("14.2", "the first directions hold the most motion")


@exercise("14.3")
def check_fade(fade: Callable[[int, int], np.ndarray]) -> None:
    """14.3: nothing at the border, everything from the margin on, smooth between."""
    for side, margin in ((16, 4), (31, 10), (64, 12)):
        factors = fade(side, margin)
        require_shape(f"fade({side}, {margin})", factors, (side, side))
        values = numbers("fade", factors)
        border = np.concatenate([values[0], values[-1], values[:, 0], values[:, -1]])
        require(
            bool(np.abs(border).max() < 1e-6),
            f"The border still moves. Expected 0 in the outermost pixels. Received: up to "
            f"{np.abs(border).max():.3g}. How far is the first pixel from the border?",
        )
        inside = values[margin : side - margin, margin : side - margin]
        require(
            bool(np.abs(inside - 1).max() < 1e-6),
            f"The middle loses motion. Expected 1 from {margin} pixels inwards. Received: down to "
            f"{inside.min():.3g}.",
        )
        hint = "Half a swing of a cosine for each axis, and the product of both."
        require_close("The factors between", values, truths.fade(side, margin), 1e-5, hint)
    passed("14.3", "the border stays where it is, and the face moves")


@exercise("14.4")
def check_follow(follow: Callable[..., np.ndarray]) -> None:
    """14.4: a keypoint's place goes to its place, and around it the picture is bent."""
    random = np.random.default_rng(3)
    still = np.eye(2)
    own, driving = random.uniform(-1, 1, (2, 2))
    at_keypoint = follow(driving.copy(), own.copy(), still, driving.copy(), still)
    hint = "What lies at the driving keypoint comes from the source's own."
    require_close("At the driving keypoint, the place", at_keypoint, own, 1e-6, hint)
    for _ in range(3):
        place = random.uniform(-1, 1, 2)
        bends = still + random.normal(0, 0.3, (2, 2, 2))
        found = follow(place, own, bends[0], driving, bends[1])
        hint = "First undo the driving picture's bend, then apply the source's: J = A B⁻¹."
        wanted = truths.follow(place, own, bends[0], driving, bends[1])
        require_close("With two bends, the place", found, wanted, 1e-5, hint)
    passed("14.4", "equation 4 of the first order motion model")
