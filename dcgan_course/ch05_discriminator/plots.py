"""Figures of chapter 05: what a strided convolution keeps, what a unit of D sees, and its answers.

Layers of D are numbered from 1: four convolutions that halve the side, then the judge. Images are
64×64 throughout, unless a function says otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import keras
import numpy as np
import tensorflow as tf
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from dcgan_lib import to_images
from dcgan_lib.shared import GENERATED_COLOUR, REAL_COLOUR

SIDE = 64
STEPS = ((4, 2, 1), (4, 2, 1), (4, 2, 1), (4, 2, 1), (4, 1, 0))  # kernel, stride, padding of D
NAMES = ("down_32", "down_16", "down_8", "down_4", "judge")
GREY = "#718096"


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
        colour = "white" if place < 0 or place >= side else "#cbd5e0"
        axes.add_patch(Rectangle((place - 0.5, -0.5), 1, 1, fc=colour, ec=GREY, lw=0.8))
    for number, start in enumerate(starts):
        axes.barh(number + 1, kernel - 0.1, left=start - 0.45, height=0.6, color=REAL_COLOUR)
        axes.text(start + (kernel - 1) / 2, number + 1, f"output {number}", color="w",
                  ha="center", va="center", fontsize="small")  # fmt: skip
    axes.set(
        title=f"side {side}, kernel {kernel}, stride {stride}, padding {padding}: "
        f"{len(starts)} outputs",
        xlabel="input position (white: padding)",
        xticks=range(side), yticks=[],
        xlim=(-padding - 0.7, side + padding - 0.3), ylim=(len(starts) + 0.6, -0.6),
    )  # fmt: skip
    axes.spines[:].set_visible(False)
    return figure


def max_pool(image: np.ndarray, times: int = 1) -> np.ndarray:
    """Keep the largest of each 2×2 pixels: (h, w, c) → (h/2, w/2, c), ``times`` times over."""
    for _ in range(times):
        height, width, channels = image.shape
        image = image.reshape(height // 2, 2, width // 2, 2, channels).max(axis=(1, 3))
    return image


def stride_over(image: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    """A grey image under one strided convolution (stride 2, padding 1 with edge pixels).

    Args:
        image: (h, w, 3), any range; the first channel is used. h and w are even.
        kernel: float (4, 4).

    Returns:
        float array (h/2, w/2).
    """
    padded = np.pad(image[..., 0].astype(float), 1, mode="edge")
    windows = np.lib.stride_tricks.sliding_window_view(padded, (4, 4))[::2, ::2]
    return np.einsum("rckl,kl->rc", windows, kernel)


def glints(face: np.ndarray, corner: tuple[int, int] = (18, 12)) -> list[np.ndarray]:
    """A 16×16 piece of a face with one white pixel, twice: at opposite corners of a 2×2 window.

    Args:
        face: uint8 (64, 64, 3).
        corner: row and column of the piece; both even.
    """
    (row, column), pieces = corner, []
    for shift in (0, 1):
        piece = np.array(face[row : row + 16, column : column + 16])
        piece[6 + shift, 8 + shift] = 255
        pieces.append(piece)
    return pieces


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
            axes.imshow(values, cmap="gray", vmin=low, vmax=high, interpolation="nearest")
            axes.set_title(f"{title}: {name}", fontsize="medium")
        apart = np.abs(small[0] - small[1])
        line[2].imshow(apart, cmap="magma", vmin=0, vmax=high - low, interpolation="nearest")
        line[2].set_title(f"{int((apart > 1e-9).sum())} numbers differ", fontsize="medium")
    _bare(panels)
    return figure


def revive(slope: float, steps: int = 150) -> np.ndarray:
    """Train one unit that starts negative for every input, and should answer 1.

    The unit is f(w·x + b) with w = 1 and b = -3, x in [-1, 1]; gradient descent on the squared
    error with learning rate 0.1.

    Args:
        slope: of f below 0; 0 is ReLU, 1 a straight line.
        steps: updates.

    Returns:
        float array (steps,): the mean of f before each update.
    """
    x, weight, bias, means = np.linspace(-1, 1, 16), 1.0, -3.0, []
    for _ in range(steps):
        before = weight * x + bias
        output = np.where(before > 0, before, slope * before)
        means.append(output.mean())
        gradient = 2 * (output - 1) * np.where(before > 0, 1.0, slope)
        weight, bias = weight - 0.1 * (gradient * x).mean(), bias - 0.1 * gradient.mean()
    return np.array(means)


def draw_leak(slope: float) -> Figure:
    """Draw LeakyReLU, its gradient, and how a unit fares with it that starts out negative."""
    x = np.linspace(-4, 4, 401)
    figure = Figure(figsize=(9.2, 2.9), layout="constrained")
    curve, gradient, story = figure.subplots(1, 3)
    for axes in (curve, gradient):
        axes.axvline(0, color="#cbd5e0", lw=1)
    curve.plot(x, np.where(x > 0, x, slope * x), color=REAL_COLOUR, lw=2)
    curve.set(title=f"slope {slope:g} below 0", xlabel="in", ylabel="out", ylim=(-4, 4))
    gradient.plot(x, np.where(x > 0, 1.0, slope), color=REAL_COLOUR, lw=2)
    gradient.set(title="its gradient", xlabel="in", ylim=(-0.1, 1.15))
    story.axhline(1, color=GREY, ls="--", lw=1)
    story.plot(revive(slope), color=REAL_COLOUR, lw=2)
    story.set(title="a unit that should answer 1", xlabel="update", ylim=(-3.3, 1.5))
    for axes in (curve, gradient, story):
        axes.spines[["top", "right"]].set_visible(False)
    return figure


def blocked_shares(discriminator: keras.Model, faces: np.ndarray) -> dict[str, tuple[float, float]]:
    """For each map of D, the shares that pass no gradient back: of activations, and of units.

    A unit, one place in one channel, counts where it passes none for any of the faces.

    Args:
        discriminator: as ``build_discriminator`` makes it.
        faces: float32 (n, side, side, 3), in [-1, 1].
    """
    leaky = [layer for layer in discriminator.layers if layer.name.startswith("leaky_")]
    stages = keras.Model(discriminator.input, [x.input for x in leaky] + discriminator.outputs)
    with tf.GradientTape() as tape:
        *maps, logits = stages(tf.constant(faces), training=True)
    gradients = tape.gradient(logits, maps)
    shut = [np.asarray(gradient) == 0 for gradient in gradients]  # (n, side, side, channels)
    return {
        f"{stop.shape[1]}×{stop.shape[2]}": (float(stop.mean()), float(stop.all(axis=0).mean()))
        for stop in shut
    }


def answers(discriminator: keras.Model, images: np.ndarray) -> np.ndarray:
    """What D answers about one batch, as in training: by the batch's own statistics.

    Args:
        discriminator: (batch, side, side, 3) → (batch, 1), logits.
        images: float32 (n, side, side, 3), in [-1, 1].

    Returns:
        float array (n,): probabilities of being real.
    """
    return np.asarray(tf.sigmoid(discriminator(images, training=True)))[:, 0]


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
        axes.spines[["top", "right"]].set_visible(False)
    drawn[0].set_ylabel("share of images")
    drawn[0].yaxis.set_major_formatter("{x:.0%}")
    drawn[0].legend(frameon=False, fontsize="small", loc="upper center")
    return figure


def field(layer: int, row: int, column: int) -> tuple[int, int, int]:
    """What one unit of D sees: first row, first column and side of its receptive field.

    Args:
        layer: 1 to 5, of D for 64×64.
        row, column: of the unit in that layer's map.

    Returns:
        Pixels; the field may reach over the image's edge, into the padding.

    Raises:
        ValueError: D has no such layer.
    """
    if not 1 <= layer <= len(STEPS):
        raise ValueError(f"D has no such layer. Expected 1 to {len(STEPS)}. Received: {layer}.")
    size, jump, start = 1, 1, 0
    for kernel, stride, padding in STEPS[:layer]:
        size += (kernel - 1) * jump
        start -= padding * jump
        jump *= stride
    return start + row * jump, start + column * jump, size


def measure_field(discriminator: keras.Model, layer: int, face: np.ndarray) -> np.ndarray:
    """How much each pixel of a face moves a unit in the middle of a layer's map.

    Args:
        discriminator: as ``build_discriminator`` makes it, for 64×64.
        layer: 1 to 5; its unit is that of ``middle``.
        face: float32 (64, 64, 3), in [-1, 1].

    Returns:
        float array (64, 64): size of the gradient, 0 outside of the receptive field.
    """
    part = keras.Model(discriminator.input, discriminator.get_layer(NAMES[layer - 1]).output)
    image, place = tf.constant(face[None]), middle(layer)
    with tf.GradientTape() as tape:
        tape.watch(image)
        total = tf.reduce_sum(part(image, training=False)[0, place, place] ** 2)
    return np.abs(np.asarray(tape.gradient(total, image))[0]).sum(axis=-1)


def middle(layer: int) -> int:
    """Row, and column, of a unit in the middle of a layer's map."""
    return max(map_side(layer) // 2 - 1, 0)


def map_side(layer: int) -> int:
    """Side of a layer's map: 32, 16, 8, 4, 1."""
    return SIDE // 2**layer if layer < len(STEPS) else 1


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
        box, gradient = field(layer, unit, unit), measure_field(discriminator, layer, face)
        above.imshow(to_images(face), interpolation="nearest")
        below.imshow(np.sqrt(gradient), cmap="magma", interpolation="nearest")
        _box(above, box)
        _box(below, box)
        above.set_title(f"layer {layer}: {side}×{side}\nformula: {box[2]}", fontsize="medium")
        measured = int(gradient.any(axis=1).sum())
        below.set_title(f"measured: {measured}", fontsize="medium")
    _bare(panels)
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
    top, left, size = field(layer, row, column)
    pad = SIDE  # more than any field reaches over the edge
    padded = np.pad(face, ((pad, pad), (pad, pad), (0, 0)), constant_values=127)  # zeros of [-1, 1]
    figure = Figure(figsize=(6.6, 3.6), layout="constrained")
    panels = figure.subplots(1, 2)
    panels[0].imshow(face, interpolation="nearest")
    _box(panels[0], (top, left, size))
    panels[0].set_title(f"layer {layer}: map {last + 1}×{last + 1}\nunit ({row}, {column})")
    panels[1].imshow(padded[top + pad :, left + pad :][:size, :size], interpolation="nearest")
    panels[1].set_title(f"it sees {size}×{size} pixels\n(plain grey: padding)")
    _bare(panels)
    return figure


def _box(axes: Axes, box: tuple[int, int, int]) -> None:
    """Frame a field, and leave the image's own limits as they are."""
    top, left, size = box
    axes.add_patch(
        Rectangle((left - 0.5, top - 0.5), size, size, fill=False, ec=REAL_COLOUR, lw=2.5)
    )
    axes.set(xlim=(-0.5, SIDE - 0.5), ylim=(SIDE - 0.5, -0.5))


def _bare(panels: np.ndarray) -> None:
    for axes in panels.ravel():
        axes.set(xticks=[], yticks=[])
