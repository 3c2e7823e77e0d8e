"""Every figure of the course. Colours: real and D blue, generated and G orange."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure

REAL_COLOUR = "#2b6cb0"  # real photographs, and the discriminator
GENERATED_COLOUR = "#dd6b20"  # generated faces, and the generator


def image_grid(images: np.ndarray, columns: int | None = None, gap: int = 2) -> np.ndarray:
    """Lay images out row by row on a white ground.

    Args:
        images: uint8, shape (n, height, width, 3), RGB.
        columns: images in a row; by default the ceiling of the square root of n.
        gap: pixels between neighbours and around the grid.

    Returns:
        uint8 array (rows·(height+gap)+gap, columns·(width+gap)+gap, 3).
    """
    count, height, width, _ = images.shape
    columns = columns or math.ceil(math.sqrt(count))
    rows = math.ceil(count / columns)
    grid_shape = (rows * (height + gap) + gap, columns * (width + gap) + gap, 3)
    grid = np.full(grid_shape, 255, np.uint8)
    for index, image in enumerate(images):
        top = gap + (index // columns) * (height + gap)
        left = gap + (index % columns) * (width + gap)
        grid[top : top + height, left : left + width] = image
    return grid


def split_grid(grid: np.ndarray, side: int, gap: int = 2) -> np.ndarray:
    """Undo ``image_grid``: the square images of a grid, row by row, empty places included.

    Args:
        grid: uint8 (height, width, 3), RGB.
        side: of each image, in pixels.
        gap: as ``image_grid`` was given.

    Returns:
        uint8 array (n, side, side, 3).
    """
    tops = range(gap, grid.shape[0], side + gap)
    lefts = range(gap, grid.shape[1], side + gap)
    return np.stack([grid[top : top + side, left : left + side] for top in tops for left in lefts])


def draw_strip(columns: Mapping[str, np.ndarray], side: float = 1.5) -> Figure:
    """Faces that change from column to column: in each row the face of one z.

    Args:
        columns: title → uint8 (rows, height, width, 3), RGB; as many rows in each.
        side: of each face, in inches.
    """
    rows = len(next(iter(columns.values())))
    size = (side * max(len(columns), 3), side * rows + 0.5)
    figure = Figure(figsize=size, layout="constrained")
    panels = figure.subplots(rows, len(columns), squeeze=False)
    for place, (title, faces) in enumerate(columns.items()):
        panels[0, place].set_title(title, fontsize="medium")
        for axes, face in zip(panels[:, place], faces, strict=True):
            axes.imshow(face, interpolation="nearest")
            axes.axis("off")
    return figure


def draw_pictures(
    pictures: Sequence[np.ndarray],
    titles: Sequence[str] | None = None,
    *,
    columns: int = 6,
    side: float = 1.8,
) -> Figure:
    """Pictures side by side, each under its title.

    Args:
        pictures: uint8 (height, width, 3), RGB, or (height, width), grey; sizes may differ.
        titles: one for each; by default none.
        columns: pictures in a row, at most.
        side: of each picture, in inches.
    """
    columns = min(columns, len(pictures))
    rows = math.ceil(len(pictures) / columns)
    height = side + (0.3 if titles else 0)
    figure = Figure(figsize=(columns * side, rows * height), layout="constrained")
    panels = figure.subplots(rows, columns, squeeze=False).ravel()
    for axes in panels:
        axes.axis("off")
    for axes, picture in zip(panels, pictures, strict=False):
        axes.imshow(picture, cmap="gray", vmin=0, vmax=255, interpolation="nearest")
    for axes, title in zip(panels, titles or (), strict=False):
        axes.set_title(title, fontsize="medium")
    return figure
