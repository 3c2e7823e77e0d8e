"""Widgets of chapter 05."""

from __future__ import annotations

from functools import partial

import ipywidgets
import numpy as np

from dcgan_course.ch05_discriminator.fields import STEPS
from dcgan_course.ch05_discriminator.plots import draw_field, draw_leak
from dcgan_course.exploring import explorer


def explore_receptive_field(face: np.ndarray) -> ipywidgets.VBox:
    """Sliders of layer and place over what a unit of D sees of a face, uint8 (64, 64, 3)."""
    places = {
        name: ipywidgets.FloatSlider(0.5, min=0, max=1, step=0.05, description=name)
        for name in ("down", "across")
    }
    layer = ipywidgets.IntSlider(2, 1, len(STEPS), description="layer")
    return explorer(partial(draw_field, face), width=640, layer=layer, **places)


def explore_leak() -> ipywidgets.VBox:
    """A slider of LeakyReLU's slope over its curve, its gradient and a unit that trains by it."""
    slope = ipywidgets.FloatSlider(0.2, min=0, max=1, step=0.05, description="slope below 0")
    return explorer(draw_leak, width=860, slope=slope)
