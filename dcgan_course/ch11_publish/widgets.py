"""Widgets of chapter 11."""

from __future__ import annotations

import ipywidgets
import numpy as np

from dcgan_course.ch11_publish.rounding import rounded
from dcgan_course.exploring import explorer
from dcgan_lib.publish import Stamp, make_faces
from dcgan_lib.shared import image_grid


def explore_bits(stamps: list[Stamp], z: np.ndarray) -> ipywidgets.VBox:
    """A slider from 8 bits to 2, over the faces of z."""

    def draw(bits: int) -> np.ndarray:
        return image_grid(make_faces(rounded(stamps, bits), z))

    return explorer(draw, width=480, bits=ipywidgets.IntSlider(8, 2, 8, description="bits"))
