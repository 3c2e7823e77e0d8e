"""Figures of chapter 03: colours, ranges, and what a batch holds."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePosixPath

import numpy as np
from matplotlib.figure import Figure

from dcgan_lib import batches, from_images, to_images
from dcgan_lib.shared import GENERATED_COLOUR, REAL_COLOUR, image_grid

GREY = "#a0aec0"
WARM = ((0, 128, 255), (25, 190, 255), (12, 125, 236), (12, 95, 214))  # grey → red, green, blue
PATCHES = ((214, 40, 40), (46, 160, 67), (38, 84, 196))  # red, green, blue


def colour_card(face: np.ndarray) -> np.ndarray:
    """A grey face in warm colours above a red, a green and a blue patch.

    Args:
        face: uint8 (side, side, 3), grey; side of at least 4.

    Returns:
        uint8 (side + side // 4, side, 3), RGB.
    """
    stops, *channels = WARM
    warm = np.stack([np.interp(face[..., 0], stops, channel) for channel in channels], axis=2)
    columns = np.arange(face.shape[1]) * len(PATCHES) // face.shape[1]
    patches = np.array(PATCHES)[columns][None].repeat(face.shape[0] // 4, axis=0)
    return np.concatenate([warm, patches]).astype(np.uint8)


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
        axes.spines[["top", "right"]].set_visible(False)
    return figure


def numbered_faces(count: int, side: int = 1) -> np.ndarray:
    """Faces without a face: each pixel's three bytes hold the row's number.

    Returns:
        uint8 (count, side, side, 3); ``face_numbers`` reads the numbers back.
    """
    number = np.arange(count)
    codes = np.stack([number // 65536, number // 256 % 256, number % 256], axis=1)
    faces = np.empty((count, side, side, 3), np.uint8)
    faces[:] = codes[:, None, None]
    return faces


def face_numbers(batch: np.ndarray) -> np.ndarray:
    """Row numbers of a batch of ``numbered_faces``: float32 (n, side, side, 3) → int (n,)."""
    return to_images(batch)[:, 0, 0].astype(int) @ (65536, 256, 1)


def rows_served(count: int, batch_size: int, seed: int, epoch: int = 0) -> np.ndarray:
    """Which rows ``batches`` serves in an epoch, found by sending numbered faces through it.

    Returns:
        int (count // batch_size, batch_size).
    """
    served = batches(numbered_faces(count), batch_size, seed, first_epoch=epoch)
    return np.stack([face_numbers(batch) for batch in served])


def draw_batch(
    images: np.ndarray,
    names: Sequence[str],
    *,
    epoch: int = 0,
    step: int = 0,
    batch_size: int = 16,
    flip: bool = False,
    shuffled: bool = True,
    seed: int = 0,
) -> Figure:
    """Draw one batch, as ``batches`` serves it or, not shuffled, in the folder's order.

    Args:
        images: uint8 (n, side, side, 3), RGB.
        names: n POSIX paths; the parent is the person.
        epoch: number of the epoch, from 0.
        step: number of the batch in the epoch, from 0.
        batch_size: faces in it, 1 to n.
        flip: mirror about half of them.
        shuffled: False serves the rows as they lie in the folder.
        seed: of order and flips.

    Raises:
        ValueError: the epoch has no such step, or no batch of this size can be filled.
    """
    steps = len(images) // batch_size
    if not 0 <= step < max(steps, 1):
        raise ValueError(
            f"There is no such batch. Expected a step from 0 to {steps - 1}: {len(images)} faces "
            f"fill {steps} batches of {batch_size}. Received: step {step}."
        )
    if shuffled:
        served = batches(images, batch_size, seed, flip=flip, first_epoch=epoch)
        pictures = to_images(next(iter(served.skip(step))))
        rows = rows_served(len(images), batch_size, seed, epoch)[step]
    else:
        rows = np.arange(step * batch_size, (step + 1) * batch_size)
        pictures = np.array(images[rows])
        mirrored = np.random.default_rng((seed, epoch, step)).random(batch_size) < 0.5 * flip
        pictures[mirrored] = pictures[mirrored, :, ::-1]
    people = len({PurePosixPath(names[row]).parent for row in rows})
    order = "shuffled" if shuffled else "in the folder's order"
    place = f"epoch {epoch}, step {step} of 0–{steps - 1}, {order}"
    return _draw_grid(pictures, f"{place}: {batch_size} faces of {people} people")


def batch_means(images: np.ndarray, batch_size: int, seed: int, *, shuffled: bool) -> np.ndarray:
    """Mean brightness of each batch of an epoch, in [-1, 1]: float (n // batch_size,)."""
    steps = len(images) // batch_size
    rows = np.arange(steps * batch_size).reshape(steps, batch_size)
    if shuffled:
        rows = rows_served(len(images), batch_size, seed)
    each = from_images(images).mean(axis=(1, 2, 3))
    return each[rows].mean(axis=1)


def draw_batch_means(images: np.ndarray, batch_size: int, seed: int = 0) -> Figure:
    """Mean brightness of every batch of an epoch, in the folder's order and shuffled."""
    figure = Figure(figsize=(8, 3.2), layout="constrained")
    panels = figure.subplots(1, 2, sharey=True)
    kinds = (("in the folder's order", False, GREY), ("shuffled", True, REAL_COLOUR))
    for axes, (title, shuffled, colour) in zip(panels, kinds, strict=True):
        means = batch_means(images, batch_size, seed, shuffled=shuffled)
        axes.axhline(means.mean(), color="#718096", linewidth=1, linestyle=":")
        axes.vlines(np.arange(len(means)), means.mean(), means, color=colour, linewidth=2)
        axes.plot(means, "o", color=colour)
        axes.set(title=f"{title}: deviation {means.std():.3f}", xlabel="step of the epoch")
        axes.xaxis.get_major_locator().set_params(integer=True)
        axes.spines[["top", "right"]].set_visible(False)
    panels[0].set_ylabel(f"mean of {batch_size} faces")
    return figure


def visits(count: int, batch_size: int, seed: int, epochs: int) -> np.ndarray:
    """Which faces each epoch serves: bool (epochs, count)."""
    seen = np.zeros((epochs, count), bool)
    for epoch in range(epochs):
        seen[epoch, rows_served(count, batch_size, seed, epoch).ravel()] = True
    return seen


def draw_visits(count: int, batch_size: int, seed: int = 0, epochs: int = 8) -> Figure:
    """Draw ``visits``: a row for each epoch, a column for each face, grey where it sat out."""
    seen = visits(count, batch_size, seed, epochs)
    shades = np.array([_rgb("#cbd5e0"), _rgb(REAL_COLOUR)])
    figure = Figure(figsize=(9, 0.25 * epochs + 1.1), layout="constrained")
    axes = figure.subplots()
    axes.imshow(shades[seen.astype(int)], aspect="auto")
    axes.set_xticks(np.arange(count + 1) - 0.5, minor=True)
    axes.set_yticks(np.arange(epochs + 1) - 0.5, minor=True)
    axes.grid(which="minor", color="white", linewidth=1.5)
    axes.tick_params(which="both", length=0)
    axes.spines[:].set_visible(False)
    axes.set(xlabel="face", ylabel="epoch", yticks=range(epochs))
    left = count - count // batch_size * batch_size
    axes.set_title(f"{count} faces in batches of {batch_size}: {left} sit out each epoch (grey)")
    return figure


def prefetch_times(read: float, train: float, count: int, *, prefetch: bool) -> np.ndarray:
    """When each batch is read and trained on, with one batch prepared ahead or none.

    Args:
        read: what it takes to prepare a batch, in any unit of time.
        train: what the network takes for it.
        count: batches.
        prefetch: whether the next batch is prepared while the network works.

    Returns:
        float (count, 2): the times at which reading and training begin.
    """
    times = np.zeros((count, 2))
    free = done = 0.0  # when the reader may begin, and when the network is done
    for number in range(count):
        begin = free if prefetch else max(free, done)
        start = max(begin + read, done)
        times[number] = begin, start
        free, done = start, start + train  # the buffer is free once the network has taken it
    return times


def draw_prefetch(read: float = 1.0, train: float = 1.5, count: int = 5) -> Figure:
    """A timetable of reading and training, without and with a batch prepared ahead."""
    figure = Figure(figsize=(9, 3), layout="constrained")
    panels = figure.subplots(2, 1, sharex=True)
    for axes, prefetch in zip(panels, (False, True), strict=True):
        times = prefetch_times(read, train, count, prefetch=prefetch)
        for line, (length, colour) in enumerate(((read, GREY), (train, REAL_COLOUR))):
            axes.barh([line] * count, length, left=times[:, line], color=colour, edgecolor="white")
            for number in range(count):
                middle = times[number, line] + length / 2
                axes.text(middle, line, str(number), ha="center", va="center", color="white")
        kind = "with prefetch" if prefetch else "without prefetch"
        axes.set_title(f"{kind}: {count} batches take {times[-1, 1] + train:g}")
        axes.set_yticks([0, 1], ["read", "train"])
        axes.invert_yaxis()
        axes.spines[["top", "right", "left"]].set_visible(False)
    panels[1].set_xlabel("time")
    return figure


def _draw_grid(pictures: np.ndarray, title: str) -> Figure:
    columns = min(8, len(pictures))
    grid = image_grid(pictures, columns=columns)
    width = 9 if columns == 8 else 1.8 * columns
    height = width * grid.shape[0] / grid.shape[1]
    figure = Figure(figsize=(max(width, 7), height + 0.4), layout="constrained")
    axes = figure.subplots()
    axes.imshow(grid, interpolation="nearest")
    axes.set_title(title)
    axes.axis("off")
    return figure


def _rgb(colour: str) -> tuple[int, ...]:
    """A colour written #rrggbb as three bytes."""
    return tuple(bytes.fromhex(colour[1:]))
