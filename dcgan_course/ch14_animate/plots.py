"""Figures of chapter 14: fields, sliders' sweeps, seams, and what was moved how well."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from dcgan_lib.beyond.animate import Motions, Portrait, move_portrait
from dcgan_lib.shared import (
    GENERATED_COLOUR,
    GREY,
    LIGHT_GREY,
    REAL_COLOUR,
    draw_strip,
    finish,
    show_picture,
)

STEP = 5  # pixels from arrow to arrow
COLOURS = (LIGHT_GREY, GREY, REAL_COLOUR, GENERATED_COLOUR)


def draw_field(
    source: np.ndarray, target: np.ndarray, field: np.ndarray, warped: np.ndarray
) -> Figure:
    """A source, a target, the field between them as arrows, and the source warped by it.

    Args:
        source: uint8, shape (side, side, 3), RGB; target and warped likewise.
        target: where the arrows bring it.
        field: float, shape (side, side, 2), in pixels.
        warped: what they make of it.
    """
    figure = Figure(figsize=(10, 2.9), layout="constrained")
    panels = figure.subplots(1, 4)
    pictures = {"source": source, "target": target, "where things go": source, "warped": warped}
    for axes, (title, picture) in zip(panels, pictures.items(), strict=True):
        show_picture(axes, picture, title)
    rows, columns = np.mgrid[STEP // 2 : len(field) : STEP, STEP // 2 : len(field) : STEP]
    ways = -field[rows, columns]  # a field says where things come from
    options = {"angles": "xy", "scale_units": "xy", "scale": 1, "width": 0.008}
    panels[2].quiver(columns, rows, ways[..., 0], ways[..., 1], color=GENERATED_COLOUR, **options)
    return figure


def draw_motions(
    portrait: Portrait, motions: Motions, titles: Sequence[str], reach: float = 2.0
) -> Figure:
    """Each principal motion by itself, from one end of its slider to the other, a row for each.

    Args:
        portrait: who moves.
        motions: as many as titles, or more.
        titles: of the rows.
        reach: of the ends, in standard deviations.
    """
    ends = np.linspace(-reach, reach, 5)
    figure = Figure(figsize=(9, 1.9 * len(titles)), layout="constrained")
    panels = figure.subplots(len(titles), len(ends), squeeze=False)
    for row, (axes, title) in enumerate(zip(panels, titles, strict=True)):
        for one, end in zip(axes, ends, strict=True):
            amounts = [end if place == row else 0.0 for place in range(len(titles))]
            heading = f"{end:+.0f} deviations" if row == 0 else ""
            show_picture(one, move_portrait(portrait, motions.field(amounts)), heading)
        axes[0].set_ylabel(title)
    return figure


def draw_seams(
    pictures: Mapping[str, np.ndarray], seams: Mapping[str, float], kept: Mapping[str, float]
) -> Figure:
    """Photographs with a face pasted back in several ways: see ``stitch``."""
    columns = {
        f"{title}\nseam {seams[title]:.4f}, kept {kept[title]:.2f}": picture[None]
        for title, picture in pictures.items()
    }
    return draw_strip(columns, 2.6)


def draw_pairs(driver: np.ndarray, moved: np.ndarray, most: int = 8) -> Figure:
    """A driver's faces, and below each the portrait that follows it.

    Args:
        driver: uint8, shape (n, side, side, 3), RGB.
        moved: uint8, of the same shape.
        most: how many of them.
    """
    pairs = zip(driver[:most], moved[:most], strict=True)
    return draw_strip({f"{number}": np.stack(pair) for number, pair in enumerate(pairs)})


def draw_reenactment(columns: Mapping[str, np.ndarray], rows: int = 5) -> Figure:
    """Sources, targets, and what each way makes of them: a row for each pair.

    Args:
        columns: title → uint8 (n, side, side, 3), RGB.
        rows: how many pairs, evenly chosen.
    """
    count = len(next(iter(columns.values())))
    chosen = np.linspace(0, count - 1, min(rows, count)).round().astype(int)
    return draw_strip({title: faces[chosen] for title, faces in columns.items()})


def draw_failure(table: pd.DataFrame) -> Figure:
    """How like the truth each way is, by how far faces move; see ``failure_by_motion``."""
    figure = Figure(figsize=(6.4, 3.6), layout="constrained")
    axes = figure.subplots()
    for (name, values), colour in zip(table.items(), COLOURS, strict=False):
        axes.plot(table.index, values, "o-", color=colour, label=name)
    axes.set(xlabel="mean motion in pixels of 64", ylabel="MS-SSIM", ylim=(0, 1))
    axes.set_title("the further a face turns, the less is right")
    return finish(figure, "inside")


def draw_parts(
    source: np.ndarray, warped: np.ndarray, kept: np.ndarray, painted: np.ndarray, out: np.ndarray
) -> Figure:
    """What an animator does to one face: warped, kept, painted, and put together.

    Args:
        source: uint8, shape (side, side, 3), RGB; warped, painted and out likewise.
        warped: the source's own pixels, moved.
        kept: float, shape (side, side, 1) in [0, 1]: white where these are kept.
        painted: what stands elsewhere.
        out: both.
    """
    mask = np.repeat((255 * kept).round().astype(np.uint8), 3, axis=-1)
    parts = {"source": source, "warped": warped, "kept": mask, "painted": painted, "output": out}
    return draw_strip({title: picture[None] for title, picture in parts.items()}, 1.9)
