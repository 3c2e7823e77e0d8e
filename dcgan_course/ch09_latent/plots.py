"""Further figures of chapter 09: how long z is, ways, choices, a search, and components."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import keras
import numpy as np
import pandas as pd
import tensorflow as tf
from IPython.display import HTML
from matplotlib.figure import Figure

from dcgan_lib import from_images, to_images
from dcgan_lib.latent import CONTROL_COLOUR, draw_bars, residual
from dcgan_lib.shared import GENERATED_COLOUR, REAL_COLOUR, draw_pictures, image_grid
from dcgan_lib.train import generate

DRAWS = 20_000
BAND = (0.005, 0.995)  # quantiles: 99 in 100 lengths lie between
NAMES = {1: "a drawn z", 2: "the middle of two"}


def lengths(latent_dim: int, count: int = 1, draws: int = DRAWS, seed: int = 0) -> np.ndarray:
    """How long the mean of ``count`` z is, z uniform in [-1, 1]: float64 (draws,)."""
    random = np.random.default_rng(seed)
    total = sum(random.uniform(-1, 1, (draws, latent_dim)) for _ in range(count))
    return np.linalg.norm(total / count, axis=1)


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
    axes.axvline(np.nan, color="#4a5568", linestyle="--", label="your prediction")
    axes.set(title=f"How long are points of {latent_dim} numbers?", xlabel="length", yticks=[])
    axes.set_xlim(left=0)
    _finish(figure, ("top", "right", "left"))
    return figure


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
    low, high = np.quantile(lengths(latent_dim), BAND)
    below.axhspan(low, high, color="#e2e8f0", label="99 of 100 drawn z")
    colours = (CONTROL_COLOUR, GENERATED_COLOUR, REAL_COLOUR)
    for axes, (title, points), colour in zip(panels, ways.items(), colours, strict=False):
        axes.imshow(image_grid(generate(generator, points.astype(np.float32)), columns=steps))
        axes.text(-0.01, 0.5, title, transform=axes.transAxes, ha="right", va="center")
        axes.axis("off")
        size = np.linalg.norm(points, axis=1)
        below.plot(size, color=colour, marker="o", linewidth=2, label=title)
    below.set(xlabel="step", ylabel="length of z", xticks=range(steps), xlim=(-0.5, steps - 0.5))
    _finish(figure)
    return figure


def film(path: str | Path, width: int = 256) -> HTML:
    """A GIF for the notebook, inside the page, so that it moves in executed copies too.

    Args:
        path: of the GIF.
        width: on the page, in pixels.
    """
    text = base64.b64encode(Path(path).read_bytes()).decode()
    return HTML(
        f'<img src="data:image/gif;base64,{text}" width="{width}" '
        'alt="A walk from generated face to generated face">'
    )


def draw_chosen(faces: np.ndarray, groups: Mapping[str, Sequence[int]]) -> Figure:
    """The faces of each group, a row for each, under their numbers.

    Args:
        faces: uint8, shape (n, side, side, 3), RGB.
        groups: title → numbers of faces, some in each.
    """
    most = max(len(rows) for rows in groups.values())
    figure = Figure(figsize=(1.3 * most + 1.6, 1.5 * len(groups)), layout="constrained")
    panels = figure.subplots(len(groups), most, squeeze=False)
    for axes in panels.ravel():
        axes.axis("off")
    for row, (title, numbers) in zip(panels, groups.items(), strict=True):
        row[0].text(-0.08, 0.5, title, transform=row[0].transAxes, ha="right", va="center")
        for axes, number in zip(row, numbers, strict=False):
            axes.imshow(faces[number], interpolation="nearest")
            axes.set_title(number, fontsize="small")
    return figure


def draw_numbered(faces: np.ndarray, columns: int = 10) -> Figure:
    """All faces under their numbers, as the gallery shows them."""
    return draw_pictures(list(faces), [str(n) for n in range(len(faces))], columns=columns, side=1)


def search(
    generator: keras.Model,
    step: Callable[[keras.Model, tf.Tensor, tf.Tensor, float], tf.Tensor],
    photograph: np.ndarray,
    steps: int,
    rate: float,
) -> tuple[np.ndarray, np.ndarray]:
    """Search the z of a photograph step by step, from a z a tenth as long as a drawn one.

    Args:
        generator: as for ``draw_ways``.
        step: (generator, z, photograph in [-1, 1], rate) → the next z, (1, latent_dim).
        photograph: uint8, shape (side, side, 3), RGB.
        steps: how many.
        rate: of each step.

    Returns:
        Faces, uint8 (steps + 1, side, side, 3), the start first, and what is left over at each,
        float64 (steps + 1,), as ``invert.residual`` measures it.
    """
    target = tf.constant(from_images(photograph[None]))
    start = 0.1 * np.random.default_rng(0).uniform(-1, 1, (1, generator.input_shape[1]))
    z, points = tf.constant(start, tf.float32), []
    for _ in range(steps):
        points.append(z)
        z = step(generator, z, target, rate)
    faces = generate(generator, np.concatenate([*points, z]))
    return faces, residual(np.repeat(photograph[None], len(faces), axis=0), faces)


def draw_search(photograph: np.ndarray, faces: np.ndarray, left_over: np.ndarray) -> Figure:
    """A search as ``search`` gives it: faces on the way, the photograph last, the curve below."""
    shown = np.unique(np.geomspace(1, len(faces), 7).astype(int)) - 1
    figure = Figure(figsize=(9.5, 4), layout="constrained")
    places = figure.add_gridspec(2, len(shown) + 1, height_ratios=(1, 1.5))
    pictures = {f"step {number}": faces[number] for number in shown} | {"photograph": photograph}
    for column, (title, picture) in enumerate(pictures.items()):
        axes = figure.add_subplot(places[0, column])
        axes.imshow(picture, interpolation="nearest")
        axes.set_title(title, fontsize="medium")
        axes.axis("off")
    axes = figure.add_subplot(places[1, :])
    axes.plot(left_over, color=GENERATED_COLOUR, linewidth=2)
    axes.plot(shown, left_over[shown], "o", color=GENERATED_COLOUR)
    axes.set(xlabel="step", ylabel="left over", title="Root mean squared difference (0 to 1)")
    axes.set_ylim(bottom=0)
    axes.spines[["top", "right"]].set_visible(False)
    return figure


def draw_shares(shares: Mapping[str, np.ndarray], latent_dim: int = 100) -> Figure:
    """What share of the first layer's variance each component holds, beside equal shares.

    Args:
        shares: title → float (count,), as ``Components.shares``.
        latent_dim: width of z.
    """
    figure = Figure(figsize=(8, 3.2), layout="constrained")
    axes = figure.subplots()
    for (title, values), colour in zip(
        shares.items(), (GENERATED_COLOUR, CONTROL_COLOUR), strict=False
    ):
        places = np.arange(1, len(values) + 1)
        axes.plot(places, 100 * values, "o-", color=colour, label=title)
    axes.axhline(100 / latent_dim, color="#4a5568", linestyle=":", label="if all were equal")
    axes.set(xlabel="component", ylabel="% of the variance", title="Does one direction stand out?")
    axes.set_ylim(bottom=0)
    axes.xaxis.get_major_locator().set_params(integer=True)
    _finish(figure)
    return figure


def pushed_face(
    generator: keras.Model, z: np.ndarray, steps: np.ndarray, amounts: Sequence[float]
) -> np.ndarray:
    """The face of a z pushed along some steps, four times as large.

    Args:
        generator: as for ``draw_ways``.
        z: float32, shape (latent_dim,).
        steps: float, shape (n, latent_dim).
        amounts: n numbers, how far along each; z stays in [-1, 1].

    Returns:
        uint8, shape (4·side, 4·side, 3), RGB.
    """
    pushed = np.clip(z + np.asarray(amounts) @ steps, -1, 1).astype(np.float32)
    face = to_images(generator(pushed[None], training=False))[0]
    return face.repeat(4, axis=0).repeat(4, axis=1)


def _finish(figure: Figure, sides: Sequence[str] = ("top", "right")) -> None:
    for axes in figure.axes:
        axes.spines[list(sides)].set_visible(False)
    figure.legend(frameon=False, fontsize="small", ncols=4, loc="outside lower center")


ARM_COLOURS = {
    "real": "#a0aec0",
    "real and copies": "#718096",
    "real and generated": GENERATED_COLOUR,
    "generated alone": "#f6ad55",
    "more real": REAL_COLOUR,
}


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
        mean, std = part["mean"].to_numpy(), part["std"].to_numpy()
        values = np.stack([mean, mean - std, np.minimum(mean + std, 1)], axis=1)
        draw_bars(axes, x + 0.17 * (place - 2), values, 0.16, arm, colour)
    axes.set_xticks(x, counts)
    lowest = (summary["mean"] - summary["std"]).min()
    axes.set_ylim(max(0, np.floor(20 * lowest) / 20 - 0.05), 1)
    axes.set(xlabel="real faces", ylabel="mean share told rightly")
    axes.set_title("A whole face, or a window that missed it?")
    _finish(figure)
    return figure
