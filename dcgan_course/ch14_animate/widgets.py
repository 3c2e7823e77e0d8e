"""Widgets of chapter 14."""

from __future__ import annotations

from collections.abc import Sequence

import ipywidgets
import numpy as np

from dcgan_course.exploring import explorer, film as film
from dcgan_lib.beyond.animate import Motions, Portrait, move_portrait
from dcgan_lib.shared import with_caption

MARK = "Generated: moved by sliders."


def explore_motions(
    portrait: Portrait, motions: Motions, titles: Sequence[str], reach: float = 3.0
) -> ipywidgets.VBox:
    """A slider for each principal motion, over the portrait in its photograph.

    Args:
        portrait: who moves.
        motions: as many as titles, or more.
        titles: of the sliders.
        reach: of each slider to either side, in standard deviations.
    """

    def draw(**amounts: float) -> np.ndarray:
        moved = move_portrait(portrait, motions.field(list(amounts.values())))
        return with_caption(moved, MARK)

    controls = {
        title: ipywidgets.FloatSlider(0, min=-reach, max=reach, step=reach / 12, description=title)
        for title in titles
    }
    return explorer(draw, width=320, **controls)
