"""Widgets of chapter 13: a face that a slider moves, and a film on the page."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from pathlib import Path

import ipywidgets
import numpy as np
from IPython.display import HTML

from dcgan_course.exploring import explorer
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


def film(path: str | Path, width: int = 620) -> HTML:
    """A GIF for the notebook, inside the page, so that it moves in executed copies too.

    Args:
        path: of the GIF.
        width: on the page, in pixels.
    """
    text = base64.b64encode(Path(path).read_bytes()).decode()
    return HTML(
        f'<img src="data:image/gif;base64,{text}" width="{width}" '
        'alt="Pictures whose source moves, and their detail below">'
    )
