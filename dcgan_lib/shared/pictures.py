"""The look of every picture: one way to end a figure, one writer of marked PNGs."""

from __future__ import annotations

import io
import math
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from PIL import Image, PngImagePlugin

from dcgan_lib.shared.files import atomic_path
from dcgan_lib.shared.palette import GREY

if TYPE_CHECKING:
    import pandas as pd

MARK = "Generated faces: nobody looks like this."
COMPRESSION = 3  # of 0 to 9: faces get no smaller beyond it, and take three times as long
DPI = 120  # of the figures that commands write

Picture = Figure | np.ndarray


def finish(
    figure: Figure,
    legend: Literal["", "below", "inside"] = "",
    *,
    hide: Sequence[str] = ("top", "right"),
    columns: int = 4,
) -> Figure:
    """End a figure of curves or bars: no line round the axes that frames nothing, and one legend.

    Args:
        figure: drawn; every axes in it is finished.
        legend: "below" explains each label once, under the whole figure; "inside" does so in each
            axes that has labels.
        hide: the sides of the axes to take away.
        columns: of a legend below.

    Returns:
        The same figure.
    """
    entries: dict[str, Any] = {}
    for axes in figure.axes:
        axes.spines[list(hide)].set_visible(False)
        handles, labels = axes.get_legend_handles_labels()
        entries = dict(zip(labels, handles, strict=True)) | entries
        if legend == "inside" and handles:
            axes.legend(frameon=False, fontsize="small")
    if legend == "below":
        look = {"frameon": False, "fontsize": "small", "ncols": columns}
        figure.legend(entries.values(), entries.keys(), loc="outside lower center", **look)
    return figure


def show_picture(
    axes: Axes, picture: np.ndarray, title: str = "", *, frame: str = "", **options: Any
) -> None:
    """Show a picture in sharp pixels, without ticks or lines round it.

    Args:
        axes: where.
        picture: uint8 (height, width, 3), RGB, or (height, width), grey from 0 to 255.
        title: stands above it.
        frame: colour of a frame round it; "": none.
        options: of ``Axes.imshow``, such as another colour map.
    """
    look = {"cmap": "gray", "vmin": 0, "vmax": 255, "interpolation": "nearest"}
    axes.imshow(picture, **look | options)
    axes.set(xticks=[], yticks=[])
    axes.spines[:].set(visible=bool(frame), linewidth=2, color=frame or GREY)
    axes.set_title(title, fontsize="medium")


def plot_epochs(
    axes: Axes, history: pd.DataFrame, columns: Mapping[str, tuple[str, str]], style: str = "-"
) -> None:
    """Curves over the epochs of a run, with dots where one or two epochs make no line.

    Args:
        axes: where.
        history: has a column ``epoch`` and those that are drawn.
        columns: name → label and colour.
        style: of the curves, as Matplotlib writes it.
    """
    if len(history) < 3 and not style.strip("-:."):
        style = f"o{style}"
    for column, (label, colour) in columns.items():
        values = history[column].astype(float)
        axes.plot(history["epoch"], values, style, color=colour, label=label)
    axes.set_xlabel("epoch")
    axes.xaxis.get_major_locator().set_params(integer=True, min_n_ticks=1)


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
        for row, (axes, face) in enumerate(zip(panels[:, place], faces, strict=True)):
            show_picture(axes, face, "" if row else title)
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
    switch_off(panels)
    for axes, picture, title in zip(panels, pictures, titles or [""] * len(pictures), strict=False):
        show_picture(axes, picture, title)
    return figure


def switch_off(panels: Iterable[Axes]) -> None:
    """Hide the axes of panels, whether a picture comes into them or not."""
    for axes in panels:
        axes.axis("off")


def png_bytes(picture: Picture, *, mark: str = MARK, dpi: int = DPI) -> bytes:
    """A figure, or an image uint8 (height, width, 3) in RGB, as the bytes of a PNG file.

    Args:
        picture: what to encode.
        mark: the file's description, which travels with it; "" where no generated face is shown.
        dpi: pixels per inch of a figure.
    """
    buffer = io.BytesIO()
    if isinstance(picture, Figure):
        picture.savefig(buffer, format="png", dpi=dpi, metadata={"Description": mark or None})
    else:
        info = PngImagePlugin.PngInfo()
        if mark:
            info.add_text("Description", mark)
        Image.fromarray(picture).save(buffer, "png", pnginfo=info, compress_level=COMPRESSION)
    return buffer.getvalue()


def write_png(picture: Picture, path: str | Path, *, mark: str = MARK, dpi: int = DPI) -> None:
    """Write a picture as ``png_bytes`` makes it: marked as generated unless it is told otherwise.

    Raises:
        OSError: the file can't be written.
    """
    with atomic_path(path) as part:
        part.write_bytes(png_bytes(picture, mark=mark, dpi=dpi))
