"""The grids of faces that a run keeps, read again, and the film of them all."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from dcgan_lib.shared import CourseError, atomic_path, image_grid, split_grid
from dcgan_lib.train.run import load_settings

FILM_FRAMES = 60


def sampled_epochs(run: Path) -> list[int]:
    """The epochs of which a run keeps a grid, in order.

    Raises:
        CourseError: the run has no grids.
    """
    epochs = sorted(int(path.stem[-4:]) for path in (run / "samples").glob("epoch_*.png"))
    if not epochs:
        raise CourseError(
            f"There is nothing to look at. Expected grids of faces in {run / 'samples'}. "
            "Received: none. Train the run first."
        )
    return epochs


def grid_at(run: Path, epoch: int) -> np.ndarray:
    """A run's whole grid after an epoch of ``sampled_epochs``: uint8 (height, width, 3), RGB."""
    with Image.open(run / "samples" / f"epoch_{epoch:04d}.png") as picture:
        return np.asarray(picture.convert("RGB"))


def first_faces(run: Path, epoch: int, count: int = 16, zoom: int = 1) -> np.ndarray:
    """The first faces of a run's grid after an epoch, in a grid of their own.

    Args:
        run: the run's folder.
        epoch: one of ``sampled_epochs``.
        count: how many faces, at most.
        zoom: each pixel is repeated so often in both directions.

    Returns:
        uint8 array (height, width, 3), RGB.
    """
    grid = image_grid(faces_at(run, epoch)[:count])
    return grid.repeat(zoom, axis=0).repeat(zoom, axis=1)


def faces_at(run: Path, epoch: int) -> np.ndarray:
    """The faces of a run's grid, apart again: uint8 (n, side, side, 3)."""
    return split_grid(grid_at(run, epoch), load_settings(run).image_size)


def write_film(run: Path) -> None:
    """``training.gif`` from at most 60 of a run's grids, the last one held for two seconds."""
    grids = sorted((run / "samples").glob("epoch_*.png"))
    chosen = np.unique(np.linspace(0, len(grids) - 1, min(len(grids), FILM_FRAMES)).astype(int))
    frames = [Image.open(grids[index]).convert("P") for index in chosen]
    durations = [100] * (len(frames) - 1) + [2000]
    with atomic_path(run / "training.gif") as path:
        frames[0].save(path, save_all=True, append_images=frames[1:], duration=durations, loop=0)
