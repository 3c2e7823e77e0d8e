"""The grids of faces that a run keeps, read again, and the film of them all."""

from __future__ import annotations

from pathlib import Path

import keras
import numpy as np
from PIL import Image

from dcgan_lib.settings import Settings
from dcgan_lib.shared import CourseError, by_number, image_grid, split_grid, write_gif, write_png
from dcgan_lib.train.run import load_settings
from dcgan_lib.train.sample import fixed_noise, generate

FILM_FRAMES = 60


def find_grids(run: str | Path) -> dict[int, Path]:
    """The pictures that a run keeps of its faces: epoch → file, in order; none before the first."""
    return by_number(Path(run) / "samples", "epoch_*.png")


def grid_path(run: Path, epoch: int) -> Path:
    """Where a run keeps the grid of an epoch."""
    return run / "samples" / f"epoch_{epoch:04d}.png"


def sampled_epochs(run: Path) -> list[int]:
    """The epochs of which a run keeps a grid, in order.

    Raises:
        CourseError: the run has no grids.
    """
    epochs = list(find_grids(run))
    if not epochs:
        raise CourseError(
            f"There is nothing to look at. Expected grids of faces in {run / 'samples'}. "
            "Received: none. Train the run first."
        )
    return epochs


def evenly_spaced_epochs(run: Path, most: int) -> list[int]:
    """At most so many of ``sampled_epochs``, evenly spaced, the first and the last among them.

    Raises:
        CourseError: the run has no grids.
    """
    epochs = sampled_epochs(run)
    places = np.linspace(0, len(epochs) - 1, min(most, len(epochs))).round().astype(int)
    return [epochs[place] for place in places]


def faces_over_epochs(run: Path, columns: int = 6, rows: int = 4) -> dict[str, np.ndarray]:
    """Some z followed over a run's epochs, for ``draw_strip``.

    Args:
        run: the run's folder.
        columns: how many epochs, at most.
        rows: how many z, at most.

    Returns:
        "epoch 0" and so on → uint8 (rows, side, side, 3), RGB; the same z in each.
    """
    epochs = evenly_spaced_epochs(run, columns)
    return {f"epoch {epoch}": faces_at(run, epoch)[:rows] for epoch in epochs}


def grid_at(run: Path, epoch: int) -> np.ndarray:
    """A run's whole grid after an epoch of ``sampled_epochs``: uint8 (height, width, 3), RGB.

    Raises:
        CourseError: the run has no grid of this epoch.
    """
    path = grid_path(run, epoch)
    if not path.exists():
        raise CourseError(
            f"There is no grid of this epoch. Expected one of {sampled_epochs(run)}. "
            f"Received: {epoch}. Choose one of these."
        )
    with Image.open(path) as picture:
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
    """The faces of a run's grid, apart again.

    Returns:
        uint8 (sample_count, side, side, 3), RGB; the same row comes from the same z in each epoch.

    Raises:
        CourseError: as ``grid_at``.
    """
    settings = load_settings(run)
    return split_grid(grid_at(run, epoch), settings.image_size)[: settings.sample_count]


def write_grid(run: Path, generator: keras.Model, settings: Settings, epoch: int) -> None:
    """Keep the faces that G makes of the run's own noise after an epoch, unselected."""
    images = generate(generator, fixed_noise(settings))
    write_png(image_grid(images), grid_path(run, epoch))


def write_film(run: Path) -> None:
    """``training.gif`` from at most 60 of a run's grids, the last one held for two seconds."""
    epochs = evenly_spaced_epochs(run, FILM_FRAMES)
    write_gif((grid_at(run, epoch) for epoch in epochs), run / "training.gif", rate=10, hold=2)
