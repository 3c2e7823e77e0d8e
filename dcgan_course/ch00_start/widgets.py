"""Widget of chapter 00."""

from __future__ import annotations

from pathlib import Path

import ipywidgets
import numpy as np

from dcgan_course.exploring import explorer
from dcgan_lib.train import first_faces, load_settings, sampled_epochs

GRID_WIDTH = 560  # pixels of an enlarged grid, at most (more where the grid itself is larger)


def explore_epochs(run: str | Path) -> ipywidgets.VBox:
    """A slider over a run's epochs, above the grid of faces that each one left.

    Args:
        run: a run's folder; the slider stops at the epochs of which it keeps a grid.

    Raises:
        CourseError: the run keeps no grid at all.
    """
    run = Path(run)
    kept, count = sampled_epochs(run), load_settings(run).sample_count
    zoom = max(1, GRID_WIDTH // first_faces(run, kept[-1], count).shape[1])

    def draw(epoch: int) -> np.ndarray:
        return first_faces(run, epoch, count, zoom)

    slider = ipywidgets.SelectionSlider(options=kept, value=kept[-1], description="epoch")
    return explorer(draw, width=draw(kept[-1]).shape[1], epoch=slider)  # as it is: no blur
