"""Widget of chapter 00."""

from __future__ import annotations

from pathlib import Path

import ipywidgets
import numpy as np

from dcgan_course.ch00_start.plots import epoch_grid, sample_epochs
from dcgan_course.exploring import explorer
from dcgan_lib.shared import CourseError


def explore_epochs(run: str | Path) -> ipywidgets.VBox:
    """A slider over a run's epochs, above the grid of faces that each one left.

    Args:
        run: a run's folder; the slider stops at the epochs of which it keeps a grid.

    Raises:
        CourseError: the run keeps no grid at all.
    """
    kept = sample_epochs(run)
    if not kept:
        raise CourseError(
            f"This run has nothing to show. Expected grids in {Path(run) / 'samples'}. "
            "Received: none. Train it first: first_run does so in chapter 00."
        )

    def draw(epoch: int) -> np.ndarray:
        return epoch_grid(run, epoch)

    slider = ipywidgets.SelectionSlider(options=kept, value=kept[-1], description="epoch")
    return explorer(draw, width=draw(kept[-1]).shape[1], epoch=slider)  # as it is: no blur
