"""Figures of chapter 05: what a strided convolution keeps, what a unit of D sees, what D says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import keras
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from dcgan_course.ch05_discriminator.fields import (
    SIDE,
    STEPS,
    field_of,
    map_side,
    measure_field,
    middle,
    seen_by,
)
from dcgan_course.ch05_discriminator.judging import leaky, leaky_gradient, revive
from dcgan_course.ch05_discriminator.pooling import max_pool, stride_over
from dcgan_lib import to_images
from dcgan_lib.shared import (
    GENERATED_COLOUR,
    GREY,
    HEAT,
    PALE_GREY,
    REAL_COLOUR,
    finish,
    show_picture,
)


def draw_windows(side: int, kernel: int, stride: int, padding: int) -> Figure:
    """Show the windows of a strided convolution along one row of pixels.

    Args:
        side: pixels in the row.
        kernel: pixels in a window.
        stride: pixels from one window to the next.
        padding: zeros that are added at each end.
    """
    starts = range(-padding, side + padding - kernel + 1, stride)
    figure = Figure(figsize=(7, 1.5 + 0.3 * len(starts)), layout="constrained")
    axes = figure.subplots()
    for place in range(-padding, side + padding):
        colour = "white" if place < 0 or place >= side else PALE_GREY
        axes.add_patch(Rectangle((place - 0.5, -0.5), 1, 1, fc=colour, ec=GREY, lw=0.8))
    for number, start in enumerate(starts):
        axes.barh(number + 1, kernel - 0.1, left=start - 0.45, height=0.6, color=REAL_COLOUR)
        look = {"color": "white", "ha": "center", "va": "center", "fontsize": "small"}
        axes.text(start + (kernel - 1) / 2, number + 1, f"output {number}", **look)
    axes.set(
        title=f"side {side}, kernel {kernel}, stride {stride}, padding {padding}: "
        f"{len(starts)} outputs",
        xlabel="input position (white: padding)",
        xticks=range(side),
        yticks=[],
        xlim=(-padding - 0.7, side + padding - 0.3),
        ylim=(len(starts) + 0.6, -0.6),
    )
    return finish(figure, hide=("top", "right", "bottom", "left"))


def draw_glints(pieces: Sequence[np.ndarray], kernel: np.ndarray) -> Figure:
    """Draw two pieces of a face after max pooling and after a strided convolution, compared.

    Args:
        pieces: two, uint8 (16, 16, 3), as ``glints`` makes them.
        kernel: float (4, 4), of the convolution.
    """
    rules = {
        "as they are": lambda piece: piece[..., 0].astype(float),
        "max pooling": lambda piece: max_pool(piece)[..., 0].astype(float),
        "strided convolution": lambda piece: stride_over(piece, kernel),
    }
    figure = Figure(figsize=(6.6, 6.9), layout="constrained")
    panels = figure.subplots(3, 3)
    for line, (name, rule) in zip(panels, rules.items(), strict=True):
        small = [rule(piece) for piece in pieces]
        low, high = np.min(small), np.max(small)
        for axes, values, title in zip(line, small, "AB", strict=False):
            show_picture(axes, values, f"{title}: {name}", vmin=low, vmax=high)
        apart = np.abs(small[0] - small[1])
        differ = f"{int((apart > 1e-9).sum())} numbers differ"
        show_picture(line[2], apart, differ, cmap=HEAT, vmax=high - low)
    return figure


def draw_leak(slope: float) -> Figure:
    """Draw LeakyReLU, its gradient, and how a unit fares with it that starts out negative."""
    x = np.linspace(-4, 4, 401)
    figure = Figure(figsize=(9.2, 2.9), layout="constrained")
    curve, gradient, story = figure.subplots(1, 3)
    for axes in (curve, gradient):
        axes.axvline(0, color=PALE_GREY, lw=1)
    curve.plot(x, leaky(x, slope), color=REAL_COLOUR, lw=2)
    curve.set(title=f"slope {slope:g} below 0", xlabel="in", ylabel="out", ylim=(-4, 4))
    gradient.plot(x, leaky_gradient(x, slope), color=REAL_COLOUR, lw=2)
    gradient.set(title="its gradient", xlabel="in", ylim=(-0.1, 1.15))
    story.axhline(1, color=GREY, ls="--", lw=1)
    story.plot(revive(slope), color=REAL_COLOUR, lw=2)
    story.set(title="a unit that should answer 1", xlabel="update", ylim=(-3.3, 1.5))
    return finish(figure)


def draw_answers(panels: Mapping[str, Mapping[str, np.ndarray]]) -> Figure:
    """Histograms of what D answers: the first kind of each panel in blue, the second in orange.

    Args:
        panels: title → kind of images → probabilities (n,).
    """
    figure = Figure(figsize=(3.1 * len(panels), 2.9), layout="constrained")
    drawn = figure.subplots(1, len(panels), squeeze=False, sharey=True)[0]
    for axes, (title, kinds) in zip(drawn, panels.items(), strict=True):
        for (kind, values), colour in zip(
            kinds.items(), (REAL_COLOUR, GENERATED_COLOUR), strict=False
        ):
            share = np.full(len(values), 1 / len(values))
            axes.hist(values, 20, range=(0, 1), weights=share, color=colour, alpha=0.75, label=kind)
        axes.axvline(0.5, color=GREY, ls=":", lw=1)
        axes.set(title=title, xlabel="D's answer", xlim=(0, 1), ylim=(0, 1.05))
    drawn[0].set_ylabel("share of images")
    drawn[0].yaxis.set_major_formatter("{x:.0%}")
    drawn[0].legend(frameon=False, fontsize="small", loc="upper center")
    return finish(figure)


def draw_fields(discriminator: keras.Model, face: np.ndarray) -> Figure:
    """Draw the receptive field of one unit per layer, by the formula and as measured.

    Args:
        discriminator: as ``build_discriminator`` makes it, for 64×64.
        face: float32 (64, 64, 3), in [-1, 1].
    """
    figure = Figure(figsize=(9.6, 4.7), layout="constrained")
    panels = figure.subplots(2, len(STEPS))
    for layer, (above, below) in enumerate(panels.T, start=1):
        side, unit = map_side(layer), middle(layer)
        box, gradient = field_of(layer, unit, unit), measure_field(discriminator, layer, face)
        formula = f"layer {layer}: {side}×{side}\nformula: {box[2]}"
        show_picture(above, to_images(face), formula)
        measured = f"measured: {int(gradient.any(axis=1).sum())}"
        shades = np.sqrt(gradient)
        show_picture(below, shades, measured, cmap=HEAT, vmax=shades.max())
        _box(above, box)
        _box(below, box)
    return figure


def draw_field(face: np.ndarray, layer: int, down: float, across: float) -> Figure:
    """Draw where on a face one unit of D looks, and what it sees.

    Args:
        face: uint8 (64, 64, 3).
        layer: 1 to 5.
        down, across: the unit's place in its map, from 0 (first) to 1 (last).
    """
    last = map_side(layer) - 1
    row, column = round(down * last), round(across * last)
    box = field_of(layer, row, column)
    figure = Figure(figsize=(6.6, 3.6), layout="constrained")
    panels = figure.subplots(1, 2)
    place = f"layer {layer}: map {last + 1}×{last + 1}\nunit ({row}, {column})"
    show_picture(panels[0], face, place)
    _box(panels[0], box)
    size = f"it sees {box[2]}×{box[2]} pixels\n(plain grey: padding)"
    show_picture(panels[1], seen_by(face, box), size)
    return figure


def _box(axes: Axes, box: tuple[int, int, int]) -> None:
    """Frame a field, and leave the image's own limits as they are."""
    top, left, size = box
    axes.add_patch(
        Rectangle((left - 0.5, top - 0.5), size, size, fill=False, ec=REAL_COLOUR, lw=2.5)
    )
    axes.set(xlim=(-0.5, SIDE - 0.5), ylim=(SIDE - 0.5, -0.5))
