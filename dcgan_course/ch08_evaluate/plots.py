"""Figures of chapter 08: what a measure of faces sees, step by step."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Circle

from dcgan_course.ch08_evaluate.balls import count_balls
from dcgan_course.ch08_evaluate.features import pyramid_pictures
from dcgan_lib.shared import (
    GENERATED_COLOUR,
    GREY,
    REAL_COLOUR,
    finish,
    plot_epochs,
    show_picture,
    switch_off,
)
from dcgan_lib.train import evenly_spaced_epochs, first_faces, read_history

CURVES = (  # title, what photographs reach, fields
    ("Sliced Wasserstein distance", "sliced_wasserstein_real", ("sliced_wasserstein",)),
    ("Plausible, and of every kind?", "recall_real", ("precision", "recall")),
    ("Likeness of two faces (MS-SSIM)", "ms_ssim_training", ("ms_ssim_generated",)),
    ("Memorisation", 0.5, ("memorisation",)),
)

Distance = Callable[[np.ndarray, np.ndarray], float]


def draw_story(run: Path, columns: int = 5) -> Figure:
    """A run's losses over the faces that it made meanwhile, always from the same four z.

    Args:
        run: the run's folder.
        columns: how many of its epochs are shown, at most.
    """
    history, epochs = read_history(run), evenly_spaced_epochs(run, columns)
    figure = Figure(figsize=(9, 4.4), layout="constrained")
    top, bottom = figure.subfigures(2, 1, height_ratios=(1.15, 1))
    axes = top.subplots()
    networks = {"g_loss": ("G", GENERATED_COLOUR), "d_loss": ("D", REAL_COLOUR)}
    plot_epochs(axes, history, networks)
    axes.set(title="Losses, and the faces of the same four z", ylabel="loss (nats)")
    axes.set_ylim(bottom=0)
    panels = bottom.subplots(1, columns, squeeze=False)[0]
    switch_off(panels)
    for panel, epoch in zip(panels, epochs, strict=False):
        show_picture(panel, first_faces(run, epoch, 4), f"epoch {epoch}")
    return finish(figure, "inside")


def draw_pyramid(face: np.ndarray) -> Figure:
    """A face, and the levels that add up to it; in the detail, mid-grey stands for 0."""
    pictures = {f"face\n{len(face)}×{len(face)}": face} | pyramid_pictures(face)
    figure = Figure(figsize=(2.4 * len(pictures), 2.9), layout="constrained")
    panels = figure.subplots(1, len(pictures))
    for axes, (title, picture) in zip(panels, pictures.items(), strict=True):
        show_picture(axes, picture, title)
    return figure


def draw_projection(sides: Mapping[str, np.ndarray], distance: Distance) -> Figure:
    """Two samples on one line: as histograms, and sorted, where their distance is the gap.

    Args:
        sides: name → (n,), photographs first; as many numbers in both.
        distance: of two samples; what the title names.
    """
    (_, real), (_, other) = sides.items()
    apart = distance(real, other)
    figure = Figure(figsize=(9, 3.2), layout="constrained")
    left, right = figure.subplots(1, 2)
    ends = np.quantile(np.concatenate([real, other]), (0.005, 0.995))
    share = np.linspace(0, 1, len(real))
    for (name, values), colour in zip(sides.items(), (REAL_COLOUR, GENERATED_COLOUR), strict=True):
        left.hist(values, np.linspace(*ends, 40), color=colour, alpha=0.5, label=name)
        right.plot(share, np.sort(values), color=colour, label=name)
    right.fill_between(share, np.sort(real), np.sort(other), color=GREY, alpha=0.3)
    left.set(title="Patches along one direction", xlabel="projection", yticks=[])
    right.set(title=f"Sorted: the mean gap is {apart:.3f}", xlabel="share of patches")
    right.set(ylabel="projection", ylim=ends)
    left.legend(frameon=False, fontsize="small")
    return finish(figure)


def draw_balls(real: np.ndarray, generated: np.ndarray, k: int = 3) -> Figure:
    """Points of a plane with the balls that precision, recall and coverage count with.

    Args:
        real: (n, 2).
        generated: (m, 2).
        k: which neighbour in its own set a point's ball reaches to.
    """
    found = count_balls(real, generated, k)
    figure = Figure(figsize=(10, 3.9), layout="constrained")
    one, two, three = figure.subplots(1, 3, sharex=True, sharey=True)
    _balls(one, real, found.real_radii, REAL_COLOUR)
    _points(one, generated, GENERATED_COLOUR, found.generated_in_real)
    _balls(two, generated, found.generated_radii, GENERATED_COLOUR)
    _points(two, real, REAL_COLOUR, found.real_in_generated)
    _balls(three, real, found.real_radii, REAL_COLOUR, found.real_balls_reached)
    three.scatter(*generated.T, s=10, color=GENERATED_COLOUR)
    titles = {
        one: ("precision", found.generated_in_real, "generated points in a real ball"),
        two: ("recall", found.real_in_generated, "real points in a generated ball"),
        three: ("coverage", found.real_balls_reached, "real balls that hold a generated point"),
    }
    for axes, (name, hits, words) in titles.items():
        axes.set_title(f"{name} {hits.mean():.2f}\n{words}", fontsize="medium")
        axes.set(aspect="equal", xticks=[], yticks=[], xlim=(-3.8, 4.2), ylim=(-3.4, 3.6))
    return figure


def draw_bias(table: pd.DataFrame) -> Figure:
    """FID and KID against n, as ``halves`` measured them: every pair of parts, and the mean."""
    figure = Figure(figsize=(9, 3.2), layout="constrained")
    for axes, name in zip(figure.subplots(1, 2), ("fid", "kid"), strict=True):
        means = table.groupby("n")[name].mean()
        axes.axhline(0, color=GREY, linestyle="--", linewidth=1, label="truth: 0")
        axes.plot(table["n"], table[name], ".", color=REAL_COLOUR, alpha=0.4, label="two parts")
        axes.plot(means.index, means, "o-", color=REAL_COLOUR, label="mean")
        axes.set(title=name.upper(), xlabel="n: photographs in each part", ylabel="distance")
    axes.legend(frameon=False, fontsize="small")
    return finish(figure)


def draw_curves(table: pd.DataFrame) -> Figure:
    """A run's quality over the epochs, as ``evaluate_checkpoints`` measured it.

    Args:
        table: ``epoch`` and the fields of ``Report``.
    """
    figure = Figure(figsize=(9, 5.4), layout="constrained")
    panels = figure.subplots(2, 2).flat
    for axes, (title, level, fields) in zip(panels, CURVES, strict=True):
        for field, style in zip(fields, ("o-", "s:"), strict=False):
            label = field.replace("_", " ").removesuffix(" generated")
            plot_epochs(axes, table, {field: (label, GENERATED_COLOUR)}, style)
        height = table[level].iloc[0] if isinstance(level, str) else level
        if height is not None:
            axes.axhline(height, color=REAL_COLOUR, linestyle="--", label="photographs")
        axes.set_title(title)
        axes.set_ylim(bottom=0)
    return finish(figure, "inside")


def _balls(
    axes: Axes,
    centres: np.ndarray,
    radii: np.ndarray,
    colour: str,
    filled: np.ndarray | None = None,
) -> None:
    """Balls, filled where ``filled`` says so (by default all), and their centres."""
    filled = np.ones(len(centres), bool) if filled is None else filled
    for centre, radius, full in zip(centres, radii, filled, strict=True):
        look = {"alpha": 0.15, "linewidth": 0} if full else {"fill": False, "alpha": 0.4, "ls": ":"}
        axes.add_patch(Circle(centre, radius, color=colour, **look))
    axes.scatter(*centres.T, s=10, color=colour)


def _points(axes: Axes, points: np.ndarray, colour: str, hits: np.ndarray) -> None:
    """Points as dots where they hit a ball, and as crosses where they don't."""
    axes.scatter(*points[hits].T, s=22, color=colour)
    axes.scatter(*points[~hits].T, s=30, color=colour, marker="x")
