"""Widgets of chapter 02."""

from __future__ import annotations

from collections.abc import Sequence

import ipywidgets
import numpy as np
from matplotlib.figure import Figure

from dcgan_course.ch02_crop.plots import draw_detections
from dcgan_course.exploring import explorer


def explore_thresholds(photos: Sequence[np.ndarray]) -> ipywidgets.VBox:
    """Sliders of the cascade's thresholds over the boxes that it finds in a photograph.

    Args:
        photos: grey photographs, uint8 (height, width), to choose among by number.
    """

    def draw(photograph: int, **values: float) -> Figure:
        return draw_detections(photos[photograph], **values)

    return explorer(
        draw,
        width=560,
        photograph=ipywidgets.IntSlider(0, 0, len(photos) - 1, description="photograph"),
        scale_factor=ipywidgets.FloatSlider(
            1.05, min=1.02, max=1.6, step=0.01, description="scale factor"
        ),
        neighbours=ipywidgets.IntSlider(4, 0, 30, description="neighbours"),
        min_size=ipywidgets.IntSlider(45, 24, 150, description="minimum size (px)"),
        tilt=ipywidgets.IntSlider(0, -180, 180, step=5, description="turned by (degrees)"),
    )
