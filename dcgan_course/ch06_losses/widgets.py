"""Widgets of chapter 06."""

from __future__ import annotations

import ipywidgets

from dcgan_course.ch06_losses.plots import draw_best_discriminator, draw_toy
from dcgan_course.exploring import explorer

BETAS = (0.0, 0.25, 0.5, 0.7, 0.8, 0.9, 0.95)  # about as log-spaced in 1 - β1 as round numbers are


def explore_best_discriminator() -> ipywidgets.VBox:
    """Sliders of two densities' distance and of G's spread over the best D for them."""
    return explorer(
        draw_best_discriminator,
        distance=ipywidgets.FloatSlider(4, min=0, max=8, step=0.5, description="distance"),
        spread=ipywidgets.FloatSlider(1, min=0.4, max=2, step=0.2, description="G's spread"),
    )


def explore_toy_gan() -> ipywidgets.VBox:
    """Sliders of learning rate, β1 and step over a toy GAN; the first two train it again."""
    return explorer(
        draw_toy,
        width=900,
        learning_rate=ipywidgets.FloatLogSlider(
            0.001, min=-3.5, max=-1.5, step=0.25, description="learning rate", readout_format=".1e"
        ),
        beta_1=ipywidgets.SelectionSlider(options=BETAS, value=0.5, description="β1"),
        step=ipywidgets.IntSlider(1000, 0, 1000, 20, description="step"),
    )
