"""Figures of chapter 04: what transposed convolutions do, and a face that grows."""

from __future__ import annotations

import keras
import numpy as np
from matplotlib.figure import Figure

from dcgan_lib import to_images
from dcgan_lib.shared import GENERATED_COLOUR, image_grid


def overlap(kernel_size: int, stride: int = 2, side: int = 16) -> np.ndarray:
    """How many kernel stamps of a transposed convolution cover each output pixel.

    Args:
        kernel_size: side of the kernel, 1 to 9.
        stride: step between two stamps, 1 to 4.
        side: side of the input map.

    Returns:
        int array (side, side): a window in the middle of the output, away from its edges.
    """
    counts = np.zeros(4 * side * stride + kernel_size, int)
    for start in range(0, 4 * side * stride, stride):
        counts[start : start + kernel_size] += 1
    row = counts[2 * stride * 4 :][:side]
    return np.outer(row, row)


def draw_overlap(kernel_size: int, stride: int = 2) -> Figure:
    """Draw ``overlap`` as a map: an even ground means no checkerboard."""
    counts = overlap(kernel_size, stride)
    even = counts.min() == counts.max()
    figure = Figure(figsize=(4.4, 3.8), layout="constrained")
    axes = figure.subplots()
    image = axes.imshow(counts, cmap="magma", vmin=0, vmax=max(4, counts.max()))
    figure.colorbar(image, label="stamps that cover the pixel")
    verdict = "even: no checkerboard" if even else "uneven: a checkerboard"
    axes.set(title=f"kernel {kernel_size}, stride {stride}\n{verdict}", xticks=[], yticks=[])
    return figure


def draw_stamps(values: np.ndarray, kernel: np.ndarray, stride: int = 2) -> Figure:
    """Show a transposed convolution in one dimension: each input value stamps the kernel.

    Args:
        values: float array (n,), the input.
        kernel: float array (k,).
        stride: step between two stamps.
    """
    width = (len(values) - 1) * stride + len(kernel)
    figure = Figure(figsize=(7, 3.2), layout="constrained")
    top, bottom = figure.subplots(2, sharex=True)
    total = np.zeros(width)
    for index, value in enumerate(values):
        places = np.arange(len(kernel)) + index * stride
        top.bar(places, value * kernel, alpha=0.55, label=f"input {index}: {value:g}")
        total[places] += value * kernel
    bottom.bar(np.arange(width), total, color=GENERATED_COLOUR)
    top.set(title=f"{len(values)} values stamp a kernel of {len(kernel)}, {stride} apart")
    top.legend(frameon=False, fontsize="small", ncols=len(values))
    bottom.set(title=f"their sum: {width} values", xlabel="output position")
    for axes in (top, bottom):
        axes.spines[["top", "right"]].set_visible(False)
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
        axes.spines[["top", "right", "left"]].set_visible(False)
    return figure


def draw_growth(generator: keras.Model, z: np.ndarray) -> Figure:
    """Draw one face as it grows: a few channels of each map, and the face at the end.

    Args:
        generator: as ``build_generator`` makes it.
        z: float32 (latent_dim,), in [-1, 1].
    """
    layers = [layer for layer in generator.layers if layer.name.startswith("relu_")]
    stages = keras.Model(generator.input, [layer.output for layer in layers] + generator.outputs)
    *maps, face = (np.asarray(output)[0] for output in stages(z[None], training=False))
    figure = Figure(figsize=(2.4 * (len(maps) + 1), 2.8), layout="constrained")
    panels = figure.subplots(1, len(maps) + 1)
    for axes, values in zip(panels, maps, strict=False):
        strongest = np.argsort(values.std(axis=(0, 1)))[::-1][:4]  # those with most to show
        tiles = [_as_grey(values[..., channel]) for channel in strongest]
        axes.imshow(image_grid(np.stack(tiles), columns=2, gap=1))
        axes.set_title("×".join(map(str, values.shape)))
    panels[-1].imshow(to_images(face))
    panels[-1].set_title(f"{face.shape[0]}×{face.shape[1]}×3")
    for axes in panels:
        axes.axis("off")
    return figure


def face_at(generator: keras.Model, z: np.ndarray, zoom: int = 4) -> np.ndarray:
    """The face of one z, enlarged: uint8 (side·zoom, side·zoom, 3), RGB."""
    face = to_images(generator(np.asarray(z, np.float32)[None], training=False))[0]
    return face.repeat(zoom, axis=0).repeat(zoom, axis=1)


def move(start: np.ndarray, directions: np.ndarray, amounts: list[float]) -> np.ndarray:
    """A z that is pushed along some directions and stays in [-1, 1].

    Args:
        start: (latent_dim,), in [-1, 1].
        directions: (n, latent_dim).
        amounts: how far along each, n numbers.

    Returns:
        float32 (latent_dim,), in [-1, 1].
    """
    return np.clip(start + np.asarray(amounts) @ directions, -1, 1).astype(np.float32)


def _as_grey(values: np.ndarray) -> np.ndarray:
    """One channel as a picture: (h, w) → uint8 (h, w, 3), stretched from black to white."""
    span = max(float(values.max() - values.min()), 1e-8)
    grey = ((values - values.min()) / span * 255).astype(np.uint8)
    return np.repeat(grey[..., None], 3, axis=2)
