"""A widget of chapter 13: a picture that sliders move and turn."""

from __future__ import annotations

from collections.abc import Mapping

import ipywidgets
import numpy as np

from dcgan_course.exploring import explorer, film as film
from dcgan_lib.beyond.style import StyleGenerator, moving_frames


def explore_moving(generators: Mapping[str, StyleGenerator], z: np.ndarray) -> ipywidgets.VBox:
    """Sliders that move and turn the source of one face, over what each generator makes of it.

    Args:
        generators: title → generator.
        z: float32, shape (latent_dim,).
    """

    def draw(pixels: float, degrees: int) -> np.ndarray:
        return moved_frame(generators, z, pixels, degrees)

    return explorer(
        draw,
        width=620,
        pixels=ipywidgets.FloatSlider(0, min=-8, max=8, step=0.25, description="pixels"),
        degrees=ipywidgets.IntSlider(0, -180, 180, step=5, description="degrees"),
    )


def moved_frame(
    generators: Mapping[str, StyleGenerator], z: np.ndarray, pixels: float, degrees: float
) -> np.ndarray:
    """One frame of ``moving_frames``, its source so many pixels to the right and turned."""
    side = next(iter(generators.values())).settings.image_size
    transform = np.array([[np.deg2rad(degrees), pixels / side, 0]])
    return next(moving_frames(generators, z, transform))
