"""Figures of chapter 09: what lives in z."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import keras
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from dcgan_lib.latent.attributes import ATTRIBUTES
from dcgan_lib.latent.concepts import arithmetic, around, concept, move
from dcgan_lib.latent.directions import Components, Success
from dcgan_lib.latent.inversion import Inversion
from dcgan_lib.latent.walks import between_four, interpolate
from dcgan_lib.shared import GENERATED_COLOUR, image_grid
from dcgan_lib.train import generate

CONTROL_COLOUR = "#a0aec0"  # what chance or plain copies do


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
        _show(axes, image_grid(generate(generator, np.concatenate(ways)), columns=steps))
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
    _show(axes, image_grid(generate(generator, points), columns=side))
    axes.set_title("between four faces")
    return figure


def draw_arithmetic(
    generator: keras.Model,
    z: np.ndarray,
    concepts: Sequence[Sequence[int]],
    titles: Sequence[str] = ("first", "minus second", "plus third"),
    reach: float = 0.25,
    seed: int = 0,
) -> Figure:
    """Sums of faces in the manner of Radford et al. 2015, figure 7.

    A column for each concept: the faces it was made of, and below them the face of their mean.
    Right of it the sum, in the middle of eight others whose z differ from it by a little noise.

    Args:
        generator: as for ``draw_interpolations``.
        z: float32, shape (n, latent_dim), what the rows choose from.
        concepts: rows of z: with what is wanted, without it, and of who shall get it.
        titles: of the three columns.
        reach: noise is drawn uniform in [-reach, reach].
        seed: of that noise.
    """
    means = [concept(z, list(rows)) for rows in concepts]
    examples = max(len(rows) for rows in concepts)
    figure = Figure(figsize=(10.5, 1.25 * (examples + 1) + 0.5), layout="constrained")
    places = figure.add_gridspec(examples + 1, 4, width_ratios=(1, 1, 1, examples + 1.6))
    for column, (title, rows, mean) in enumerate(zip(titles, concepts, means, strict=True)):
        faces = generate(generator, np.concatenate([z[list(rows)], mean[None]]))
        for row, face in enumerate(faces[:-1]):
            _show(figure.add_subplot(places[row, column]), face, title if row == 0 else "")
        _show(figure.add_subplot(places[examples, column]), faces[-1], "their mean", framed=True)
    faces = generate(generator, around(arithmetic(*means), reach, seed=seed))
    _show(figure.add_subplot(places[:, 3]), image_grid(faces), "the sum, and eight beside it")
    return figure


def draw_sweeps(
    generator: keras.Model,
    z: np.ndarray,
    directions: Mapping[str, np.ndarray],
    strengths: Sequence[float] = (-3, -2, -1, 0, 1, 2, 3),
) -> Figure:
    """One face moved along several directions, a row for each.

    Args:
        generator: as for ``draw_interpolations``.
        z: float32, shape (latent_dim,).
        directions: name → float (latent_dim,).
        strengths: how far, in lengths of the direction; a column for each.
    """
    rows = [[move(z, way, strength) for strength in strengths] for way in directions.values()]
    faces = generate(generator, np.array(rows).reshape(-1, len(z)))
    size = (1.05 * len(strengths) + 1.6, 1.08 * len(rows) + 0.4)
    figure = Figure(figsize=size, layout="constrained")
    panels = figure.subplots(len(rows), len(strengths), squeeze=False)
    for axes, face in zip(panels.ravel(), faces, strict=True):
        _show(axes, face)
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
    figure = Figure(figsize=(1.15 * len(results) + 2.2, 4.2), layout="constrained")
    axes, x = figure.subplots(), np.arange(len(results))
    bars = {
        "changed": ("along its direction", "#fbd38d"),
        "changed_same": ("… and still the same person", GENERATED_COLOUR),
        "random_changed": ("along random ones", "#cbd5e0"),
        "random_changed_same": ("… and still the same person", "#718096"),
    }
    for place, (field, (label, colour)) in enumerate(bars.items()):
        values = np.array([getattr(result, field) for result in results])  # (n, 3)
        draw_bars(axes, x + 0.2 * (place - 1.5), values, 0.19, label, colour)
    names = [ATTRIBUTES[result.attribute].more.replace(", ", ",\n") for result in results]
    axes.set_xticks(x, names)
    strength, count = results[0].strength, results[0].count
    axes.set_ylabel("share of faces")
    axes.set(ylim=(0, 1), title=f"Moved by {strength:g}: who changed? ({count} faces each)")
    _finish(figure, axes, columns=2)
    return figure


def draw_inversion(photographs: np.ndarray, found: Mapping[str, Inversion]) -> Figure:
    """Photographs, the faces that were found for them, and what is left over.

    Args:
        photographs: uint8, shape (n, side, side, 3), RGB; a row for each.
        found: title → what was found for them. For the last one the residual is drawn: grey
            where nothing is left, white and black where half of the range is.
    """
    last = list(found.values())[-1]
    rest = (photographs.astype(np.float32) - last.faces).mean(axis=3, keepdims=True)
    rest = np.clip(128 + np.repeat(rest, 3, axis=3), 0, 255).astype(np.uint8)
    columns = {"photograph": photographs} | {name: one.faces for name, one in found.items()}
    columns["left over"] = rest
    size = (1.55 * len(columns), 1.62 * len(photographs) + 0.3)
    figure = Figure(figsize=size, layout="constrained")
    panels = figure.subplots(len(photographs), len(columns), squeeze=False)
    for place, (name, pictures) in enumerate(columns.items()):
        for row, picture in enumerate(pictures):
            _show(panels[row, place], picture, name if row == 0 else "")
            if name in found:
                text = f"{found[name].residuals[row]:.3f}"
                panels[row, place].text(0.5, -0.02, text, ha="center", va="top", fontsize="small",
                                        transform=panels[row, place].transAxes)  # fmt: skip
    return figure


def draw_components(
    generator: keras.Model,
    components: Components,
    z: np.ndarray,
    count: int = 5,
    strengths: Sequence[float] = (-4, -2, 0, 2, 4),
) -> Figure:
    """One face moved along the principal directions of G's first layer.

    Args:
        generator: as for ``draw_interpolations``.
        components: as ``principal_directions`` finds them.
        z: float32, shape (latent_dim,).
        count: how many components.
        strengths: how far, in standard deviations of a component.
    """
    rows = zip(components.steps[:count], components.shares, strict=False)
    names = {f"component {n}\n{100 * share:.1f} %": step for n, (step, share) in enumerate(rows, 1)}
    return draw_sweeps(generator, z, names, strengths)


def draw_bars(
    axes: Axes, x: np.ndarray, values: np.ndarray, width: float, label: str, colour: str
) -> None:
    """Bars with ends: values (n, 3) hold height, lower and upper end."""
    reach = np.abs(values[:, 1:] - values[:, :1]).T
    style = {"ecolor": "#2d3748", "capsize": 2, "error_kw": {"linewidth": 1}}
    axes.bar(x, values[:, 0], width, yerr=reach, color=colour, label=label, **style)


def _show(axes: Axes, picture: np.ndarray, title: str = "", framed: bool = False) -> None:
    axes.imshow(picture, interpolation="nearest")
    axes.set_xticks([])
    axes.set_yticks([])
    axes.spines[:].set(visible=framed, color=GENERATED_COLOUR, linewidth=2)
    if title:
        axes.set_title(title, fontsize="medium")


def _finish(figure: Figure, axes: Axes, columns: int = 3) -> None:
    axes.spines[["top", "right"]].set_visible(False)
    figure.legend(frameon=False, fontsize="small", ncols=columns, loc="outside lower center")
