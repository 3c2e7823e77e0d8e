"""Figures of chapter 03: colours, ranges, and what a batch holds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure

from dcgan_course.ch03_load.serving import batch_means, prefetch_times, serve_batch, visits
from dcgan_lib import from_images
from dcgan_lib.shared import (
    GENERATED_COLOUR,
    GREY,
    LIGHT_GREY,
    PALE_GREY,
    REAL_COLOUR,
    finish,
    image_grid,
    show_picture,
)


def draw_ranges(images: np.ndarray) -> Figure:
    """The same pixels as bytes and in [-1, 1], beside tanh, which can't leave that range.

    Args:
        images: uint8 (n, side, side, 3); the first 100 are counted.
    """
    pixels = np.asarray(images[:100]).ravel()
    figure = Figure(figsize=(9, 3.2), layout="constrained")
    on_disk, in_batch, tanh = figure.subplots(1, 3)
    on_disk.hist(pixels, 64, range=(0, 255), orientation="horizontal", color=REAL_COLOUR)
    on_disk.set(title="real faces, as bytes", ylabel="value", yticks=(0, 64, 128, 191, 255))
    scaled = from_images(pixels)
    in_batch.hist(scaled, 64, range=(-1, 1), orientation="horizontal", color=REAL_COLOUR)
    in_batch.set(title="real faces, in a batch", yticks=(-1, -0.5, 0, 0.5, 1))
    for axes in (on_disk, in_batch):
        axes.set(xlabel="pixels with this value", xticks=[])
    x = np.linspace(-4, 4, 200)
    tanh.plot(x, np.tanh(x), color=GENERATED_COLOUR, linewidth=2)
    tanh.set(title="tanh, the end of G", xlabel="what comes in", yticks=(-1, -0.5, 0, 0.5, 1))
    for axes in (on_disk, in_batch, tanh):
        low, high = (0, 255) if axes is on_disk else (-1, 1)
        axes.set_ylim(low - (high - low) / 40, high + (high - low) / 40)
    return finish(figure)


def draw_batch(images: np.ndarray, names: Sequence[str], **options: Any) -> Figure:
    """Draw one batch, as ``serve_batch`` serves it; arguments and errors as there."""
    served = serve_batch(images, names, **options)
    columns = min(8, len(served.pictures))
    grid = image_grid(served.pictures, columns=columns)
    width = 9 if columns == 8 else 1.8 * columns
    height = width * grid.shape[0] / grid.shape[1]
    figure = Figure(figsize=(max(width, 7), height + 0.4), layout="constrained")
    show_picture(figure.subplots(), grid, served.title)
    return figure


def draw_batch_means(images: np.ndarray, batch_size: int, seed: int = 0) -> Figure:
    """Mean brightness of every batch of an epoch, in the folder's order and shuffled."""
    figure = Figure(figsize=(8, 3.2), layout="constrained")
    panels = figure.subplots(1, 2, sharey=True)
    kinds = (("in the folder's order", False, LIGHT_GREY), ("shuffled", True, REAL_COLOUR))
    for axes, (title, shuffled, colour) in zip(panels, kinds, strict=True):
        means = batch_means(images, batch_size, seed, shuffled=shuffled)
        axes.axhline(means.mean(), color=GREY, linewidth=1, linestyle=":")
        axes.vlines(np.arange(len(means)), means.mean(), means, color=colour, linewidth=2)
        axes.plot(means, "o", color=colour)
        axes.set(title=f"{title}: deviation {means.std():.3f}", xlabel="step of the epoch")
        axes.xaxis.get_major_locator().set_params(integer=True)
    panels[0].set_ylabel(f"mean of {batch_size} faces")
    return finish(figure)


def draw_visits(count: int, batch_size: int, seed: int = 0, epochs: int = 8) -> Figure:
    """Draw ``visits``: a row for each epoch, a column for each face, grey where it sat out."""
    seen = visits(count, batch_size, seed, epochs)
    figure = Figure(figsize=(9, 0.25 * epochs + 1.1), layout="constrained")
    axes = figure.subplots()
    colours = ListedColormap([PALE_GREY, REAL_COLOUR])
    axes.imshow(seen, cmap=colours, vmin=0, vmax=1, aspect="auto", interpolation="nearest")
    axes.set_xticks(np.arange(count + 1) - 0.5, minor=True)
    axes.set_yticks(np.arange(epochs + 1) - 0.5, minor=True)
    axes.grid(which="minor", color="white", linewidth=1.5)
    axes.tick_params(which="both", length=0)
    axes.set(xlabel="face", ylabel="epoch", yticks=range(epochs))
    left = count - count // batch_size * batch_size
    axes.set_title(f"{count} faces in batches of {batch_size}: {left} sit out each epoch (grey)")
    return finish(figure, hide=("top", "right", "left", "bottom"))


def draw_prefetch(read: float = 1.0, train: float = 1.5, count: int = 5) -> Figure:
    """A timetable of reading and training, without and with a batch prepared ahead."""
    figure = Figure(figsize=(9, 3), layout="constrained")
    panels = figure.subplots(2, 1, sharex=True)
    for axes, prefetch in zip(panels, (False, True), strict=True):
        times = prefetch_times(read, train, count, prefetch=prefetch)
        for line, (length, colour) in enumerate(((read, LIGHT_GREY), (train, REAL_COLOUR))):
            axes.barh([line] * count, length, left=times[:, line], color=colour, edgecolor="white")
            for number in range(count):
                middle = times[number, line] + length / 2
                axes.text(middle, line, str(number), ha="center", va="center", color="white")
        kind = "with prefetch" if prefetch else "without prefetch"
        axes.set_title(f"{kind}: {count} batches take {times[-1, 1] + train:g}")
        axes.set_yticks([0, 1], ["read", "train"])
        axes.invert_yaxis()
    panels[1].set_xlabel("time")
    return finish(figure, hide=("top", "right", "left"))
