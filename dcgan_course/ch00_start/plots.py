"""Figures of chapter 00: the idea of a GAN, first faces, and how they came about."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import keras
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch, Rectangle
from pandas.io.formats.style import Styler

from dcgan_course.ch00_start.four_rows import ROWS, count_different, noise_rows
from dcgan_lib import Finding, to_images
from dcgan_lib.shared import (
    DARK_GREY,
    GENERATED_COLOUR,
    REAL_COLOUR,
    WRONG_COLOUR,
    draw_strip,
    image_grid,
    show_picture,
    switch_off,
)
from dcgan_lib.train import faces_over_epochs

WAYS = (  # of the arrows that draw_idea draws, in its units: start and end
    ((1.5, 3.1), (2.0, 3.1)),
    ((3.7, 3.1), (4.25, 3.1)),
    ((5.75, 2.95), (6.75, 2.3)),
    ((5.75, 1.15), (6.75, 1.8)),
    ((8.45, 2.05), (9.05, 2.05)),
)


def environment_table(rows: Sequence[Finding]) -> Styler:
    """What ``machine.describe_machine`` found as a table, with what to do about what is missing."""
    will_do = sum(row.ok for row in rows)
    table = pd.DataFrame(
        [(row.what, row.found, "yes" if row.ok else "no", row.fix) for row in rows],
        columns=["what", "found here", "will do", "what to do"],
    )
    if not table["what to do"].any():
        table = table.drop(columns="what to do")
    colours = {"yes": "color: #2f855a", "no": f"color: {WRONG_COLOUR}; font-weight: bold"}
    return (
        table.style.hide(axis="index")
        .map(colours.get, subset=["will do"])
        .set_table_styles([{"selector": "th, td", "props": "text-align: left"}])
        .set_caption(f"{will_do} of {len(rows)} will do")
    )


def draw_idea(z: np.ndarray, generated: np.ndarray, real: np.ndarray) -> Figure:
    """Draw a GAN: noise through G to a face, D between that face and a real one.

    Args:
        z: float (latent_dim,), in [-1, 1]; a square number of them is drawn.
        generated: uint8 (side, side, 3), RGB: what G makes of z.
        real: uint8 (side, side, 3), RGB, a face from a photograph.
    """
    figure = Figure(figsize=(9.2, 4.3), layout="constrained")
    axes = figure.subplots()
    axes.set(xlim=(0, 10.4), ylim=(-0.1, 4.75), aspect="equal")
    switch_off([axes])
    side = int(len(z) ** 0.5)
    noise = np.repeat(to_images(z[: side**2].reshape(side, side, 1)), 3, 2)
    _picture(axes, noise, (0.1, 2.45), DARK_GREY, f"z: {len(z)} random numbers")
    _picture(axes, generated, (4.35, 2.45), GENERATED_COLOUR, "generated face")
    _picture(axes, real, (4.35, 0.35), REAL_COLOUR, "face from a photograph")
    _network(axes, (2.1, 2.6), GENERATED_COLOUR, "G", "the forger")
    _network(axes, (6.85, 1.55), REAL_COLOUR, "D", "the detective")
    axes.text(9.75, 2.05, "real or\ngenerated?", ha="center", va="center", fontsize="large")
    for start, end in WAYS:
        _arrow(axes, start, end, DARK_GREY)
    _arrow(axes, (9.75, 2.5), (2.85, 3.75), GENERATED_COLOUR, bend=0.33)
    axes.text(7.6, 4.15, "what would have fooled D?", color=GENERATED_COLOUR)
    _arrow(axes, (9.75, 1.6), (7.6, 1.45), REAL_COLOUR, bend=-0.5)
    axes.text(8.7, 0.6, "where was I wrong?", color=REAL_COLOUR, ha="center")
    axes.set_title("A GAN: two networks that train each other")
    return figure


def draw_generated(images: np.ndarray, title: str = "", *, columns: int = 8) -> Figure:
    """A grid of generated faces, enlarged and marked as what they are.

    Args:
        images: uint8 (n, side, side, 3), RGB.
        title: stands above; by default how many there are.
        columns: faces in a row, at most.
    """
    columns = min(columns, len(images))
    grid = image_grid(images, columns)
    width = max(2.5, 1.1 * columns)
    figure = Figure(figsize=(width, width * grid.shape[0] / grid.shape[1] + 0.6))
    axes = figure.add_axes(
        (0, 0, 1, grid.shape[0] / grid.shape[1] * width / figure.get_figheight())
    )
    show_picture(axes, grid)
    note = "generated: nobody looks like this"
    axes.set_title(f"{title or f'{len(images)} faces'}\n{note}", color=GENERATED_COLOUR)
    return figure


def draw_noise_rows(generator: keras.Model, seed: int) -> Figure:
    """Draw what G makes of each of ``noise_rows``, with how many different faces came out.

    Args:
        generator: (batch, latent_dim) → (batch, side, side, 3) in [-1, 1].
        seed: seed of the z in rows a and d.
    """
    figure = Figure(figsize=(9, 5))
    figure.suptitle("What G makes of four rows of z", color=GENERATED_COLOUR)
    edges = {"left": 0.33, "right": 0.8, "top": 0.93, "bottom": 0, "hspace": 0.06}
    panels = figure.subplots(4, 1, gridspec_kw=edges)
    rows = noise_rows(generator.input_shape[1], seed)
    for axes, (row, z) in zip(panels, rows.items(), strict=True):
        faces = np.asarray(generator(z, training=False))
        show_picture(axes, image_grid(to_images(faces), 4))
        different = count_different(faces)
        count = f"{different} different face{'s' if different > 1 else ''}"
        place = {"transform": axes.transAxes, "va": "center"}
        axes.text(-0.04, 0.5, f"{row}: {ROWS[row]}", ha="right", **place)
        axes.text(1.04, 0.5, count, color=GENERATED_COLOUR, **place)
    return figure


def draw_values(face: np.ndarray, pixels: np.ndarray, corner: tuple[int, int] = (9, 6)) -> Figure:
    """A face, and a patch of its numbers before and after the step to pixels.

    Args:
        face: float (side, side, 3), in [-1, 1]; the first channel's numbers are shown.
        pixels: the same as uint8 (side, side, 3), in [0, 255].
        corner: row and column of the patch's first pixel; the patch is 6×6.
    """
    top, left = corner
    figure = Figure(figsize=(9.2, 3.3), layout="constrained")
    whole, before, after = figure.subplots(1, 3)
    show_picture(whole, pixels, "a generated face")
    whole.add_patch(Rectangle((left - 0.5, top - 0.5), 6, 6, fill=False, ec=GENERATED_COLOUR, lw=2))
    patch = np.s_[top : top + 6, left : left + 6]
    _numbers(before, face[patch][..., 0], pixels[patch], "{:.2f}", "what G writes: -1 to 1")
    _numbers(after, pixels[patch][..., 0], pixels[patch], "{:d}", "what a screen shows: 0 to 255")
    return figure


def draw_filmstrip(run: str | Path, count: int = 3, frames: int = 6) -> Figure:
    """Some z followed over a run's epochs: a row for each z, a column for each epoch.

    Args:
        run: a run's folder.
        count: how many z, from the first.
        frames: how many epochs at most, spread evenly from the first to the last.
    """
    figure = draw_strip(faces_over_epochs(Path(run), frames, count))
    figure.suptitle("The same noise over the epochs: generated faces", color=GENERATED_COLOUR)
    return figure


def _picture(
    axes: Axes, image: np.ndarray, corner: tuple[float, float], colour: str, label: str
) -> None:
    """A framed picture of 1.3 by 1.3 with its label below; ``corner`` is the lower left one."""
    left, bottom = corner
    axes.imshow(
        image, extent=(left, left + 1.3, bottom, bottom + 1.3), interpolation="nearest", zorder=2
    )
    axes.add_patch(Rectangle(corner, 1.3, 1.3, fill=False, ec=colour, lw=3, zorder=3))
    axes.text(left + 0.65, bottom - 0.12, label, ha="center", va="top", color=colour)


def _network(axes: Axes, corner: tuple[float, float], colour: str, name: str, part: str) -> None:
    left, bottom = corner
    axes.add_patch(
        FancyBboxPatch(corner, 1.5, 1.0, boxstyle="round,pad=0.05", fc=colour, ec="none")
    )
    axes.text(left + 0.75, bottom + 0.66, name, ha="center", va="center", color="w", fontsize=17)
    axes.text(left + 0.75, bottom + 0.2, part, ha="center", va="center", color="w")


def _arrow(
    axes: Axes,
    start: tuple[float, float],
    end: tuple[float, float],
    colour: str,
    bend: float = 0.0,
) -> None:
    """An arrow; one that is bent is a dashed one, for what flows back."""
    style = {"arrowstyle": "-|>", "color": colour, "lw": 1.6, "shrinkA": 0, "shrinkB": 0}
    if bend:
        style |= {"connectionstyle": f"arc3,rad={bend}", "linestyle": "--"}
    axes.annotate("", end, start, arrowprops=style)


def _numbers(axes: Axes, values: np.ndarray, colours: np.ndarray, form: str, title: str) -> None:
    show_picture(axes, colours, title)
    for (row, column), value in np.ndenumerate(values):
        ink = "black" if colours[row, column].mean() > 110 else "white"
        axes.text(column, row, form.format(value), ha="center", va="center", color=ink, fontsize=8)
