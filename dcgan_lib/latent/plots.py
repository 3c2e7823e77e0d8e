"""Figures of chapter 09: what lives in z."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import keras
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from dcgan_lib.latent.attributes import ATTRIBUTES
from dcgan_lib.latent.concepts import arithmetic, around, concept, move
from dcgan_lib.latent.directions import Components, Share, Success
from dcgan_lib.latent.inversion import Inversion, left_over
from dcgan_lib.latent.walks import between_four, interpolate
from dcgan_lib.shared import (
    DARK_GREY,
    GENERATED_COLOUR,
    GENERATED_PALE,
    GREY,
    PALE_GREY,
    finish,
    image_grid,
    show_picture,
)
from dcgan_lib.train import generate


def draw_interpolations(generator: keras.Model, pairs: np.ndarray, steps: int = 9) -> Figure:
    """From one face to another, along the line above and along the arc below.

    Args:
        generator: (batch, latent_dim) → (batch, side, side, 3) in [-1, 1].
        pairs: float32, shape (n, 2, latent_dim).
        steps: faces in a row, both ends included.
    """
    figure = Figure(figsize=(1.05 * steps + 0.9, 2.5 * len(pairs)), layout="constrained")
    panels = figure.subplots(len(pairs), 1, squeeze=False)[:, 0]
    for axes, (a, b) in zip(panels, pairs, strict=True):
        ways = [interpolate(a, b, steps, kind) for kind in ("linear", "spherical")]
        show_picture(axes, image_grid(generate(generator, np.concatenate(ways)), columns=steps))
        for place, name in ((0.75, "line"), (0.25, "arc")):
            axes.text(-0.01, place, f" {name}", transform=axes.transAxes, ha="right", va="center")
        lengths = [np.linalg.norm(way[steps // 2]) for way in ways]
        ends = f"{np.linalg.norm(a):.1f} and {np.linalg.norm(b):.1f}"
        middle = f"in the middle {lengths[0]:.1f} on the line, {lengths[1]:.1f} on the arc"
        axes.set_title(f"length of z: {ends} at the ends, {middle}", fontsize="medium")
    return figure


def draw_square(generator: keras.Model, corners: np.ndarray, side: int = 7) -> Figure:
    """Faces between four, which stand in the corners.

    Args:
        generator: as for ``draw_interpolations``.
        corners: float32, shape (4, latent_dim).
        side: faces along an edge.
    """
    points = between_four(corners, side).reshape(side * side, -1)
    figure = Figure(figsize=(0.95 * side, 0.95 * side + 0.3), layout="constrained")
    axes = figure.subplots()
    show_picture(axes, image_grid(generate(generator, points), columns=side), "between four faces")
    return figure


def draw_arithmetic(
    generator: keras.Model,
    z: np.ndarray,
    concepts: Sequence[Sequence[int]],
    titles: Sequence[str] = ("first", "minus second", "plus third"),
    reach: float = 0.25,
    seed: int = 0,
    noise: str = "uniform",
) -> Figure:
    """Sums of faces in the manner of Radford et al. 2015, figure 7.

    A column for each concept: the faces it was made of, and below them the face of their mean.
    Right of it the sum, in the middle of eight others whose z differ from it by a little noise.

    Args:
        generator: as for ``draw_interpolations``.
        z: float32, shape (n, latent_dim), what the rows choose from.
        concepts: rows of z: with what is wanted, without it, and of who shall get it.
        titles: of the three columns.
        reach: of the little differences, drawn uniform in [-reach, reach].
        seed: of these differences.
        noise: of the run's settings, as for ``arithmetic``.
    """
    means = [concept(z, list(rows)) for rows in concepts]
    examples = max(len(rows) for rows in concepts)
    figure = Figure(figsize=(10.5, 1.25 * (examples + 1) + 0.5), layout="constrained")
    places = figure.add_gridspec(examples + 1, 4, width_ratios=(1, 1, 1, examples + 1.6))
    for column, (title, rows, mean) in enumerate(zip(titles, concepts, means, strict=True)):
        faces = generate(generator, np.concatenate([z[list(rows)], mean[None]]))
        for row, face in enumerate(faces[:-1]):
            show_picture(figure.add_subplot(places[row, column]), face, "" if row else title)
        below = figure.add_subplot(places[examples, column])
        show_picture(below, faces[-1], "their mean", frame=GENERATED_COLOUR)
    beside = around(arithmetic(*means, noise), reach, seed=seed, noise=noise)
    faces = generate(generator, beside)
    right = figure.add_subplot(places[:, 3])
    show_picture(right, image_grid(faces), "the sum, and eight beside it")
    return figure


def draw_sweeps(
    generator: keras.Model,
    z: np.ndarray,
    directions: Mapping[str, np.ndarray],
    strengths: Sequence[float] = (-3, -2, -1, 0, 1, 2, 3),
    noise: str = "uniform",
) -> Figure:
    """One face moved along several directions, a row for each.

    Args:
        generator: as for ``draw_interpolations``.
        z: float32, shape (latent_dim,).
        directions: name → float (latent_dim,).
        strengths: how far, in lengths of the direction; a column for each.
        noise: of the run's settings, as for ``move``.
    """
    rows = [[move(z, way, far, noise) for far in strengths] for way in directions.values()]
    faces = generate(generator, np.array(rows).reshape(-1, len(z)))
    size = (1.05 * len(strengths) + 1.6, 1.08 * len(rows) + 0.4)
    figure = Figure(figsize=size, layout="constrained")
    panels = figure.subplots(len(rows), len(strengths), squeeze=False)
    for axes, face in zip(panels.ravel(), faces, strict=True):
        show_picture(axes, face)
    for axes, name in zip(panels[:, 0], directions, strict=True):
        axes.text(-0.08, 0.5, name, transform=axes.transAxes, ha="right", va="center")
    for axes, strength in zip(panels[0], strengths, strict=True):
        axes.set_title(f"{strength:+g}" if strength else "as it was", fontsize="medium")
    return figure


def draw_success(results: Sequence[Success]) -> Figure:
    """How often a direction gave what it is named for, beside random ones, with intervals of 95 %.

    Args:
        results: as ``direction_success`` gives them, one for each attribute.
    """
    figure = Figure(figsize=(max(1.15 * len(results) + 2.2, 6), 4.2), layout="constrained")
    axes, x = figure.subplots(), np.arange(len(results))
    bars = {
        "along its direction": ([one.along.changed for one in results], GENERATED_PALE),
        "along it, and the same person": (
            [one.along.changed_same for one in results],
            GENERATED_COLOUR,
        ),
        "along random ones": ([one.at_random.changed for one in results], PALE_GREY),
        "along random ones, and the same person": (
            [one.at_random.changed_same for one in results],
            GREY,
        ),
    }
    for place, (label, (shares, colour)) in enumerate(bars.items()):
        draw_bars(axes, x + 0.2 * (place - 1.5), shares, 0.19, label, colour)
    names = [ATTRIBUTES[result.attribute].more.replace(", ", ",\n") for result in results]
    axes.set_xticks(x, names)
    strength, count = results[0].strength, results[0].count
    axes.set_ylabel("share of faces")
    axes.set(ylim=(0, 1), title=f"Moved by {strength:g}: who changed? ({count} faces each)")
    return finish(figure, "below", columns=2)


def draw_inversion(photographs: np.ndarray, found: Mapping[str, Inversion]) -> Figure:
    """Photographs, the faces that were found for them, and what is left over.

    Args:
        photographs: uint8, shape (n, side, side, 3), RGB; a row for each.
        found: title → what was found for them. For the last one the residual is drawn: grey
            where nothing is left, white and black where half of the range is.
    """
    columns = {"photograph": photographs} | {name: one.faces for name, one in found.items()}
    columns["left over"] = left_over(photographs, list(found.values())[-1].faces)
    size = (1.55 * len(columns), 1.62 * len(photographs) + 0.3)
    figure = Figure(figsize=size, layout="constrained")
    panels = figure.subplots(len(photographs), len(columns), squeeze=False)
    for column, (name, pictures) in zip(panels.T, columns.items(), strict=True):
        for row, (axes, picture) in enumerate(zip(column, pictures, strict=True)):
            show_picture(axes, picture, "" if row else name)
    for column, one in zip(panels.T[1:], found.values(), strict=False):
        for axes, residual in zip(column, one.residuals, strict=True):
            place = {"transform": axes.transAxes, "ha": "center", "va": "top"}
            axes.text(0.5, -0.02, f"{residual:.3f}", fontsize="small", **place)
    return figure


def draw_components(
    generator: keras.Model,
    components: Components,
    z: np.ndarray,
    count: int = 5,
    strengths: Sequence[float] = (-4, -2, 0, 2, 4),
    noise: str = "uniform",
) -> Figure:
    """One face moved along the principal directions of G's first layer.

    Args:
        generator: as for ``draw_interpolations``.
        components: as ``principal_directions`` finds them.
        z: float32, shape (latent_dim,).
        count: how many components.
        strengths: how far, in standard deviations of a component.
        noise: of the run's settings, as for ``move``.
    """
    rows = zip(components.steps[:count], components.shares, strict=False)
    names = {f"component {n}\n{100 * share:.1f} %": step for n, (step, share) in enumerate(rows, 1)}
    return draw_sweeps(generator, z, names, strengths, noise)


def draw_bars(
    axes: Axes, x: np.ndarray, shares: Sequence[Share], width: float, label: str, colour: str
) -> None:
    """Bars at ``x`` with the ends of their intervals."""
    values = np.array(shares)  # (n, 3): height, lower and upper end
    reach = np.abs(values[:, 1:] - values[:, :1]).T
    style = {"ecolor": DARK_GREY, "capsize": 2, "error_kw": {"linewidth": 1}}
    axes.bar(x, values[:, 0], width, yerr=reach, color=colour, label=label, **style)
