"""Figures of chapter 02: what a Haar cascade sees, where it errs, and how often."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle as Patch

from dcgan_course.ch02_crop import haar
from dcgan_course.ch02_crop.looks import Photos, found_when_turned, is_right, look
from dcgan_course.ch02_crop.photographs import tilted
from dcgan_lib.shared import GREY, HEAT, REAL_COLOUR, WRONG_COLOUR, finish, show_picture, switch_off

Boxes = np.ndarray | Sequence[Sequence[int]]  # (n, 4): x, y, w, h in pixels


def draw_detections(
    grey: np.ndarray,
    scale_factor: float = 1.05,
    neighbours: int = 4,
    min_size: int = 45,
    tilt: float = 0,
) -> Figure:
    """A photograph with the boxes of one plain ``look``; ``tilt`` turns it first, in degrees."""
    turned = tilted(grey, tilt)
    boxes = look(turned, scale_factor, neighbours, min_size)
    figure = Figure(figsize=(4.2 * grey.shape[1] / grey.shape[0], 4.6), layout="constrained")
    axes = figure.subplots()
    show_picture(axes, turned)
    _frame(axes, boxes)
    axes.set_title(f"{len(boxes)} {'box' if len(boxes) == 1 else 'boxes'}")
    return figure


def draw_boxes(
    photos: Photos, boxes: Mapping[str, Boxes], references: Mapping[str, Sequence[int]]
) -> Figure:
    """Photographs with what was found (blue, or red where false) and the reference (dashed).

    Args:
        photos: name → grey photograph; six at most.
        boxes: name → boxes (n, 4).
        references: name → the box to be found, () where there is none; without a name all is blue.
    """
    aspect = max((grey.shape[1] / grey.shape[0] for grey in photos.values()), default=1.7)
    width = min(10, 2.6 * aspect * max(1, len(photos)))
    height = width / aspect / max(1, len(photos)) + 0.3
    figure = Figure(figsize=(width, height), layout="constrained")
    panels = figure.subplots(1, max(1, len(photos)), squeeze=False)[0]
    switch_off(panels)
    for axes, (name, grey) in zip(panels, photos.items(), strict=False):
        right = references.get(name)
        show_picture(axes, grey, name)
        good = [box for box in boxes[name] if right is None or is_right(box, right)]
        wrong = [box for box in boxes[name] if right is not None and not is_right(box, right)]
        _frame(axes, good)
        _frame(axes, wrong, WRONG_COLOUR)
        if right:
            _frame(axes, [right], "white", linewidth=1.5, linestyle="--")
    if not photos:
        panels[0].set_title("none among these photographs")
    return figure


def draw_features(windows: Photos, trees: Sequence[haar.Tree]) -> Figure:
    """The cascade's features on windows: a row for each window, a column for each feature.

    Args:
        windows: title → uint8 (24, 24).
        trees: weak trees, such as the first of ``read_stages()[0].trees``.
    """
    size = (2.3 * len(trees), 2.75 * len(windows))
    figure = Figure(figsize=size, layout="constrained")
    panels = figure.subplots(len(windows), len(trees), squeeze=False)
    for row, (title, window) in zip(panels, windows.items(), strict=True):
        for axes, tree in zip(row, trees, strict=True):
            value, vote = haar.ask(tree, window)
            show_picture(axes, window)
            _add_feature(axes, tree.feature)
            sign = "<" if value < tree.threshold else "≥"
            text = f"{title}: {value:.3f} {sign} {tree.threshold:.3f}\nvote {vote:+.2f}"
            axes.set_title(text, fontsize="small")
    return figure


def draw_corners(grey: np.ndarray, x: int, y: int, w: int, h: int) -> Figure:
    """A rectangle on a picture, and the four entries of the integral image at its corners."""
    figure = Figure(figsize=(7, 3.6), layout="constrained")
    left, right = figure.subplots(1, 2)
    show_picture(left, grey, "the pixels")
    _frame(left, [(x, y, w, h)])
    table = haar.integral_image(grey)
    show_picture(right, table, "the integral image", cmap=HEAT, vmax=table.max())
    corners = {"A": (x, y), "B": (x + w, y), "C": (x, y + h), "D": (x + w, y + h)}
    for letter, place in corners.items():
        right.plot(*place, "o", color="white", markersize=5)
        right.annotate(letter, place, (4, 4), textcoords="offset points", color="white")
    figure.colorbar(right.images[0], label="sum of all pixels above and to the left")
    return figure


def draw_margins(margins: Mapping[str, np.ndarray]) -> Figure:
    """How windows pass the stages: ``haar.stage_margins`` of each; the first below 0 ends it."""
    figure = Figure(figsize=(8, 2.1 * len(margins)), layout="constrained")
    panels = figure.subplots(len(margins), 1, sharex=True, squeeze=False)[:, 0]
    for axes, (title, values) in zip(panels, margins.items(), strict=True):
        failed = np.flatnonzero(values < 0)
        end = failed[0] if len(failed) else len(values)
        colours = [WRONG_COLOUR if value < 0 else REAL_COLOUR for value in values]
        for place, (value, colour) in enumerate(zip(values, colours, strict=True)):
            axes.bar(place + 1, value, color=colour, alpha=1 if place <= end else 0.2)
        fate = f"rejected by stage {end + 1}" if len(failed) else "passes all: taken for a face"
        axes.axhline(0, color="black", linewidth=0.8)
        axes.set(title=f"{title}: {fate}", ylabel="votes − threshold")
    panels[-1].set(xlabel="stage (pale: never asked)", xlim=(0.3, len(values) + 0.7))
    return finish(figure)


def draw_survivors(passed: np.ndarray, stages: tuple[haar.Stage, ...]) -> Figure:
    """How many windows are left after each stage; ``passed`` as ``haar.stages_passed`` gives it."""
    left = haar.windows_left(passed, stages)
    figure = Figure(figsize=(7, 3.4), layout="constrained")
    axes = figure.subplots()
    axes.semilogy(left, "o-", color=REAL_COLOUR, markersize=4)
    for number in (0, 5, 10, len(stages)):
        place = (left[number] or 1, (6, 6))
        axes.annotate(f"{left[number]:,}", (number, place[0]), place[1], textcoords="offset points")
    cost, whole = haar.mean_features(passed, stages), sum(len(stage.trees) for stage in stages)
    axes.set(xlabel="stages passed", ylabel="windows left", ylim=(0.7, 3 * max(left)))
    axes.set_title(f"A window costs {cost:.0f} features on average, not {whole:,}")
    return finish(figure)


def draw_stages(
    grey: np.ndarray, boxes: np.ndarray, passed: np.ndarray, after: Sequence[int] = (0, 1, 5, 25)
) -> Figure:
    """A photograph under the middles of the windows that are left after some of the stages."""
    figure = Figure(figsize=(2.3 * len(after), 3.1), layout="constrained")
    for axes, number in zip(figure.subplots(1, len(after)), after, strict=True):
        x, y, w, h = boxes[passed >= number].T
        show_picture(axes, grey, f"after stage {number}: {len(x):,}")
        axes.scatter(x + w / 2, y + h / 2, s=4, color=REAL_COLOUR, alpha=0.5, linewidths=0)
    return figure


def draw_tilts(photos: Photos, degrees: Sequence[float], border: int = 12) -> Figure:
    """Share of photographs in which a face is found, by how far they are turned."""
    shares = found_when_turned(photos, degrees, border)
    figure = Figure(figsize=(7, 3), layout="constrained")
    axes = figure.subplots()
    axes.plot(degrees, np.array(shares) * 100, "o-", color=REAL_COLOUR)
    axes.set(xlabel="turned by (degrees)", ylabel="faces found (%)", ylim=(-3, 103))
    axes.set_title(f"{len(photos)} photographs, turned about their middle")
    return finish(figure)


def draw_by_person(tables: Mapping[str, pd.DataFrame]) -> Figure:
    """Share of each person's photographs that is missed, under several thresholds.

    Args:
        tables: title of the thresholds → what ``count_by_group`` returned; the same people in each.
    """
    missed = pd.DataFrame({title: t["missed"] / t["photographs"] for title, t in tables.items()})
    missed = missed.loc[missed.sum(axis=1).sort_values(ascending=False, kind="stable").index]
    figure = Figure(figsize=(10, 0.45 * len(tables) + 1.5), layout="constrained")
    axes = figure.subplots()
    image = axes.imshow(missed.T * 100, cmap="Reds", vmin=0, vmax=100, aspect="auto")
    people = range(len(missed))
    axes.set_xticks(people, missed.index, rotation=90, fontsize="small")
    axes.set_yticks(range(len(tables)), missed.columns)
    axes.set(title="Missed, of each person's photographs", xlabel="person")
    figure.colorbar(image, label="missed (%)", pad=0.01)
    return figure


def _frame(axes: Axes, boxes: Boxes, colour: str = REAL_COLOUR, **options: Any) -> None:
    for x, y, w, h in boxes:
        look = {"linewidth": 2, "edgecolor": colour} | options
        axes.add_patch(Patch((x, y), w, h, fill=False, **look))


def _add_feature(axes: Axes, feature: tuple[haar.Rectangle, ...]) -> None:
    """White where pixels count as positive, black where as negative."""
    for r in feature:
        colour = "white" if r.weight > 0 else "black"
        place = (r.x - 0.5, r.y - 0.5)
        axes.add_patch(Patch(place, r.w, r.h, fc=colour, ec=GREY, alpha=0.65, lw=0.5))
