"""Widgets of chapter 04."""

from __future__ import annotations

import ipywidgets
import keras
import numpy as np

from dcgan_course.ch04_generator.plots import draw_overlap
from dcgan_course.exploring import explore_directions, explorer
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
    steps = np.random.default_rng(seed).standard_normal((count, latent_dim)) / np.sqrt(latent_dim)
    directions = {f"direction {number}": step for number, step in enumerate(steps, 1)}
    return explore_directions(generator, draw_noise(1, latent_dim, seed)[0], directions, reach=8)
