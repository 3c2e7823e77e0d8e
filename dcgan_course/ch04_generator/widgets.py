"""Widgets of chapter 04."""

from __future__ import annotations

import ipywidgets
import keras
import numpy as np

from dcgan_course.ch04_generator.plots import draw_overlap, face_at, move
from dcgan_course.exploring import explorer
from dcgan_lib.train import draw_noise


def explore_checkerboard() -> ipywidgets.VBox:
    """Sliders of kernel size and stride over the map of overlaps."""
    return explorer(
        draw_overlap,
        width=420,
        kernel_size=ipywidgets.IntSlider(4, 1, 9, description="kernel size"),
        stride=ipywidgets.IntSlider(2, 1, 4, description="stride"),
    )


def explore_noise_sliders(generator: keras.Model, seed: int = 0, count: int = 4) -> ipywidgets.VBox:
    """Sliders that push one z along ``count`` directions, over the face that G makes of it."""
    latent_dim = generator.input_shape[1]
    random = np.random.default_rng(seed)
    start = draw_noise(1, latent_dim, seed)[0]
    directions = random.standard_normal((count, latent_dim)) / np.sqrt(latent_dim)

    def draw(**amounts: float) -> np.ndarray:
        return face_at(generator, move(start, directions, list(amounts.values())))

    names = [f"direction_{number}" for number in range(1, count + 1)]
    sliders = {
        name: ipywidgets.FloatSlider(0, min=-8, max=8, step=0.5, description=name.replace("_", " "))
        for name in names
    }
    return explorer(draw, width=256, **sliders)
