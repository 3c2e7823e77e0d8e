"""How soon Adam follows a gradient that changes its sign (chapter 07)."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

AdamStep = Callable[..., tuple[float, float, float]]


def adam_path(
    adam_step: AdamStep, gradients: np.ndarray, learning_rate: float, beta_1: float
) -> np.ndarray:
    """Where Adam takes one parameter that starts at 0.

    Args:
        adam_step: (value, gradient, mean, square, step, learning_rate, beta_1) →
            (value, mean, square), with steps counted from 1.
        gradients: (n,), one for each step.
        learning_rate: above 0.
        beta_1: at least 0 and below 1.

    Returns:
        float array (n + 1,): the parameter before the first step and after each.
    """
    values, mean, square = [0.0], 0.0, 0.0
    for step, gradient in enumerate(np.asarray(gradients, float), 1):
        value, mean, square = adam_step(
            values[-1], gradient, mean, square, step, learning_rate, beta_1
        )
        values.append(float(value))
    return np.array(values)
