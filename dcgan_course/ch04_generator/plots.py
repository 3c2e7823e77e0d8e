"""Figures of chapter 04: what transposed convolutions do, and a face that grows."""

from __future__ import annotations

import keras
import numpy as np
from matplotlib.figure import Figure

from dcgan_course.ch04_generator.kernels import grown_maps, overlap, stamps, strongest_channels
from dcgan_lib import to_images
from dcgan_lib.shared import GENERATED_COLOUR, HEAT, finish, image_grid, show_picture


def draw_overlap(kernel_size: int, stride: int = 2) -> Figure:
    """Draw ``overlap`` as a map: an even ground means no checkerboard."""
    counts = overlap(kernel_size, stride)
    even = counts.min() == counts.max()
    figure = Figure(figsize=(4.4, 3.8), layout="constrained")
    axes = figure.subplots()
    verdict = "even: no checkerboard" if even else "uneven: a checkerboard"
    title = f"kernel {kernel_size}, stride {stride}\n{verdict}"
    show_picture(axes, counts, title, cmap=HEAT, vmax=max(4, counts.max()))
    figure.colorbar(axes.images[0], label="stamps that cover the pixel")
    return figure


def draw_stamps(values: np.ndarray, kernel: np.ndarray, stride: int = 2) -> Figure:
    """Show a transposed convolution in one dimension: each input value stamps the kernel.

    Args:
        values: float array (n,), the input.
        kernel: float array (k,).
        stride: step between two stamps.
    """
    rows = stamps(values, kernel, stride)
    places = np.arange(rows.shape[1])
    figure = Figure(figsize=(7, 3.2), layout="constrained")
    top, bottom = figure.subplots(2, sharex=True)
    for index, (value, row) in enumerate(zip(values, rows, strict=True)):
        place = slice(index * stride, index * stride + len(kernel))
        label = f"input {index}: {value:g}"
        top.bar(places[place], row[place], alpha=0.55, label=label)
    bottom.bar(places, rows.sum(axis=0), color=GENERATED_COLOUR)
    top.set(title=f"{len(values)} values stamp a kernel of {len(kernel)}, {stride} apart")
    bottom.set(title=f"their sum: {len(places)} values", xlabel="output position")
    finish(figure)
    top.legend(frameon=False, fontsize="small", ncols=len(values))
    return figure


def draw_activations(maps: dict[str, np.ndarray]) -> Figure:
    """Histograms of activations, one panel each, on one scale.

    Args:
        maps: title → array of any shape.
    """
    figure = Figure(figsize=(3.2 * len(maps), 2.8), layout="constrained")
    panels = figure.subplots(1, len(maps), squeeze=False)[0]
    for axes, (title, values) in zip(panels, maps.items(), strict=True):
        values = np.asarray(values).ravel()
        axes.hist(values, bins=60, color=GENERATED_COLOUR)
        axes.set(title=title, xlabel=f"mean {values.mean():.3f}, deviation {values.std():.3f}")
        axes.set_yticks([])
    return finish(figure, hide=("top", "right", "left"))


def draw_growth(generator: keras.Model, z: np.ndarray) -> Figure:
    """Draw one face as it grows: a few channels of each map, and the face at the end.

    Args:
        generator: as ``build_generator`` makes it.
        z: float32 (latent_dim,), in [-1, 1].
    """
    *maps, face = grown_maps(generator, z)
    figure = Figure(figsize=(2.4 * (len(maps) + 1), 2.8), layout="constrained")
    panels = figure.subplots(1, len(maps) + 1)
    for axes, values in zip(panels, maps, strict=False):
        tiles = image_grid(strongest_channels(values), columns=2, gap=1)
        show_picture(axes, tiles, "×".join(map(str, values.shape)))
    show_picture(panels[-1], to_images(face), f"{face.shape[0]}×{face.shape[1]}×3")
    return figure
