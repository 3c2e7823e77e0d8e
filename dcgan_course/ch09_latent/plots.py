"""Further figures of chapter 09: how long z is, ways, choices, a search, and components."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import keras
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from dcgan_course.ch09_latent.searching import lengths, usual_lengths
from dcgan_lib.latent import Share, draw_bars
from dcgan_lib.shared import (
    DARK_GREY,
    GENERATED_COLOUR,
    GENERATED_PALE,
    GREY,
    LIGHT_GREY,
    PALE_GREY,
    REAL_COLOUR,
    draw_pictures,
    finish,
    image_grid,
    show_picture,
    switch_off,
)
from dcgan_lib.train import generate

ARM_COLOURS = {
    "real": LIGHT_GREY,
    "real and copies": GREY,
    "real and generated": GENERATED_COLOUR,
    "generated alone": GENERATED_PALE,
    "more real": REAL_COLOUR,
}
NAMES = {1: "a drawn z", 2: "the middle of two"}


def draw_lengths(predict: Callable[[int, int], float], latent_dim: int = 100) -> Figure:
    """Lengths of drawn z and of the middle between two, under what was predicted.

    Args:
        predict: (latent_dim, count) → typical length of the mean of ``count`` z.
        latent_dim: width of z.
    """
    figure = Figure(figsize=(8, 3.4), layout="constrained")
    axes = figure.subplots()
    for count, colour in ((1, REAL_COLOUR), (2, GENERATED_COLOUR)):
        style = {"color": colour, "alpha": 0.7, "label": NAMES[count]}
        axes.hist(lengths(latent_dim, count), bins=60, density=True, **style)
        axes.axvline(predict(latent_dim, count), color=colour, linestyle="--", linewidth=2)
    axes.axvline(np.nan, color=DARK_GREY, linestyle="--", label="your prediction")
    axes.set(title=f"How long are points of {latent_dim} numbers?", xlabel="length", yticks=[])
    axes.set_xlim(left=0)
    return finish(figure, "below", hide=("top", "right", "left"))


def draw_ways(generator: keras.Model, ways: Mapping[str, np.ndarray]) -> Figure:
    """Ways from one z to another: the faces on each, and below them how long z is there.

    Args:
        generator: (batch, latent_dim) → (batch, side, side, 3) in [-1, 1].
        ways: title → float32 (steps, latent_dim), as many steps in each, two or three ways.
    """
    steps, latent_dim = next(iter(ways.values())).shape
    figure = Figure(figsize=(9.5, 1.15 * len(ways) + 2.8), layout="constrained")
    panels = figure.subplots(len(ways) + 1, 1, height_ratios=[1] * len(ways) + [1.9])
    below = panels[-1]
    below.axhspan(
        *usual_lengths(latent_dim),
        color=PALE_GREY,
        alpha=0.6,
        linewidth=0,
        label="99 of 100 drawn z",
    )
    colours = (LIGHT_GREY, GENERATED_COLOUR, REAL_COLOUR)
    for axes, (title, points), colour in zip(panels, ways.items(), colours, strict=False):
        faces = generate(generator, points.astype(np.float32))
        show_picture(axes, image_grid(faces, columns=steps))
        axes.text(-0.01, 0.5, title, transform=axes.transAxes, ha="right", va="center")
        size = np.linalg.norm(points, axis=1)
        below.plot(size, color=colour, marker="o", linewidth=2, label=title)
    below.set(xlabel="step", ylabel="length of z", xticks=range(steps), xlim=(-0.5, steps - 0.5))
    return finish(figure, "below")


def draw_chosen(faces: np.ndarray, groups: Mapping[str, Sequence[int]]) -> Figure:
    """The faces of each group, a row for each, under their numbers.

    Args:
        faces: uint8, shape (n, side, side, 3), RGB.
        groups: title → numbers of faces, some in each.
    """
    most = max(len(rows) for rows in groups.values())
    figure = Figure(figsize=(1.3 * most + 1.6, 1.5 * len(groups)), layout="constrained")
    panels = figure.subplots(len(groups), most, squeeze=False)
    switch_off(panels.ravel())
    for row, (title, numbers) in zip(panels, groups.items(), strict=True):
        row[0].text(-0.08, 0.5, title, transform=row[0].transAxes, ha="right", va="center")
        for axes, number in zip(row, numbers, strict=False):
            show_picture(axes, faces[number], str(number))
    return figure


def draw_numbered(faces: np.ndarray, columns: int = 10) -> Figure:
    """All faces under their numbers, as the gallery shows them."""
    return draw_pictures(list(faces), [str(n) for n in range(len(faces))], columns=columns, side=1)


def draw_search(photograph: np.ndarray, faces: np.ndarray, left_over: np.ndarray) -> Figure:
    """A search as ``search`` gives it: faces on the way, the photograph last, the curve below."""
    shown = np.unique(np.geomspace(1, len(faces), 7).astype(int)) - 1
    figure = Figure(figsize=(9.5, 4), layout="constrained")
    places = figure.add_gridspec(2, len(shown) + 1, height_ratios=(1, 1.5))
    pictures = {f"step {number}": faces[number] for number in shown} | {"photograph": photograph}
    for column, (title, picture) in enumerate(pictures.items()):
        show_picture(figure.add_subplot(places[0, column]), picture, title)
    axes = figure.add_subplot(places[1, :])
    axes.plot(left_over, color=GENERATED_COLOUR, linewidth=2)
    axes.plot(shown, left_over[shown], "o", color=GENERATED_COLOUR)
    axes.set(xlabel="step", ylabel="left over", title="Root mean squared difference (0 to 1)")
    axes.set_ylim(bottom=0)
    return finish(figure)


def draw_shares(shares: Mapping[str, np.ndarray], latent_dim: int = 100) -> Figure:
    """What share of the first layer's variance each component holds, beside equal shares.

    Args:
        shares: title → float (count,), as ``Components.shares``.
        latent_dim: width of z.
    """
    figure = Figure(figsize=(8, 3.2), layout="constrained")
    axes = figure.subplots()
    for (title, values), colour in zip(
        shares.items(), (GENERATED_COLOUR, LIGHT_GREY), strict=False
    ):
        places = np.arange(1, len(values) + 1)
        axes.plot(places, 100 * values, "o-", color=colour, label=title)
    axes.axhline(100 / latent_dim, color=DARK_GREY, linestyle=":", label="if all were equal")
    axes.set(xlabel="component", ylabel="% of the variance", title="Does one direction stand out?")
    axes.set_ylim(bottom=0)
    axes.xaxis.get_major_locator().set_params(integer=True)
    return finish(figure, "below")


def draw_synthetic(summary: pd.DataFrame) -> Figure:
    """Accuracy of the small classifier in every arm, and its standard deviation over seeds.

    Args:
        summary: as ``summarise`` gives it.
    """
    counts = sorted(summary["real"].unique())
    figure = Figure(figsize=(7.5, 4.2), layout="constrained")
    axes, x = figure.subplots(), np.arange(len(counts))
    for place, (arm, colour) in enumerate(ARM_COLOURS.items()):
        part = summary[summary["arm"] == arm].sort_values("real")
        shares = [
            Share(mean, mean - std, min(mean + std, 1))
            for mean, std in zip(part["mean"], part["std"], strict=True)
        ]
        draw_bars(axes, x + 0.17 * (place - 2), shares, 0.16, arm, colour)
    axes.set_xticks(x, counts)
    lowest = (summary["mean"] - summary["std"]).min()
    axes.set_ylim(max(0, np.floor(20 * lowest) / 20 - 0.05), 1)
    axes.set(xlabel="real faces", ylabel="mean share told rightly")
    axes.set_title("A whole face, or a window that missed it?")
    return finish(figure, "below")
