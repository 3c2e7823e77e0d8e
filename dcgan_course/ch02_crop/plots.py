"""Figures of chapter 02: what a Haar cascade sees, where it errs, and how often."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import cv2
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle as Patch

from dcgan_course.ch02_crop import haar
from dcgan_lib.crop import load_cascade
from dcgan_lib.shared import REAL_COLOUR

WRONG_COLOUR = "#c53030"  # rejected windows, missed faces, false finds
FADED = "#718096"
HALF = 0.5  # two boxes that overlap by this share mean one face (Everingham et al. 2010)

Photos = Mapping[str, np.ndarray]  # name such as "s1/4.pgm" → uint8 (height, width), grey
Boxes = np.ndarray | Sequence[Sequence[int]]  # (n, 4): x, y, w, h in pixels


def look(
    grey: np.ndarray,
    scale_factor: float = 1.05,
    neighbours: int = 4,
    min_size: int = 45,
    border: int = 0,
) -> np.ndarray:
    """One plain look of OpenCV's cascade, as ``detectMultiScale`` gives it.

    Args:
        grey: uint8 (height, width).
        scale_factor, neighbours, min_size: the thresholds; 0 neighbours gives single windows.
        border: pixels to repeat around the photograph first.

    Returns:
        int (n, 4): x, y, w, h in the photograph's pixels.
    """
    framed = cv2.copyMakeBorder(grey, border, border, border, border, cv2.BORDER_REPLICATE)
    smallest = (min_size, min_size)
    found = load_cascade().detectMultiScale(framed, scale_factor, neighbours, minSize=smallest)
    return np.asarray(found, int).reshape(-1, 4) - [border, border, 0, 0]


def overlap(box: Sequence[int], other: Sequence[int]) -> float:
    """Area that two boxes (x, y, w, h) share, over the area that they cover together: 0 to 1."""
    wide = min(box[0] + box[2], other[0] + other[2]) - max(box[0], other[0])
    high = min(box[1] + box[3], other[1] + other[3]) - max(box[1], other[1])
    shared = max(0, wide) * max(0, high)
    return float(shared / (box[2] * box[3] + other[2] * other[3] - shared))


def tilted(grey: np.ndarray, degrees: float) -> np.ndarray:
    """A photograph turned anticlockwise about its middle; same size, edges repeated."""
    height, width = grey.shape
    turn = cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), degrees, 1.0)
    return cv2.warpAffine(grey, turn, (width, height), borderMode=cv2.BORDER_REPLICATE)


def in_colour(grey: np.ndarray) -> np.ndarray:
    """A grey photograph in warm, invented colours: uint8 (height, width, 3), RGB."""
    light = grey[..., None] / 255
    return (255 * light ** np.array([0.7, 1.1, 1.5])).round().astype(np.uint8)


def group_photo(
    photos: Sequence[np.ndarray], scales: Sequence[float] = (1.6, 1.2, 0.9, 0.6)
) -> np.ndarray:
    """The first grey photographs side by side, each resized: uint8 (height, width)."""
    parts = [cv2.resize(photo, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
             for photo, scale in zip(photos, scales, strict=False)]  # fmt: skip
    height, gap = max(part.shape[0] for part in parts), 8
    ground = np.full((height, sum(part.shape[1] + gap for part in parts)), 200, np.uint8)
    left = 0
    for part in parts:
        ground[height - part.shape[0] :, left : left + part.shape[1]] = part
        left += part.shape[1] + gap
    return ground[:, :-gap]


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
    _show(axes, turned, boxes)
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
    for axes in panels:
        axes.axis("off")
    for axes, (name, grey) in zip(panels, photos.items(), strict=False):
        right = references.get(name)
        good = [_is_right(box, right) for box in boxes[name]]
        _show(axes, grey, boxes[name], [REAL_COLOUR if g else WRONG_COLOUR for g in good])
        if right:
            axes.add_patch(Patch(right[:2], *right[2:4], fill=False, ec="white", lw=1.5, ls="--"))
        axes.set_title(name, fontsize="small")
    if not photos:
        panels[0].set_title("none among these photographs")
    return figure


def draw_features(windows: Photos, trees: Sequence[haar.Weak]) -> Figure:
    """The cascade's features on windows: a row for each window, a column for each feature.

    Args:
        windows: title → uint8 (24, 24).
        trees: weak trees, such as the first of ``read_stages()[0].trees``.
    """
    size = (2.3 * len(trees), 2.75 * len(windows))
    figure = Figure(figsize=size, layout="constrained")
    panels = figure.subplots(len(windows), len(trees), squeeze=False)
    for row, (title, window) in zip(panels, windows.items(), strict=True):
        table, scale = haar.integral_image(window[None]), haar.window_scale(window[None])
        for axes, tree in zip(row, trees, strict=True):
            value = haar.feature_value(tree.feature, table, scale)[0]
            vote = tree.below if value < tree.threshold else tree.above
            _show(axes, window)
            _add_feature(axes, tree.feature)
            sign = "<" if value < tree.threshold else "≥"
            text = f"{title}: {value:.3f} {sign} {tree.threshold:.3f}\nvote {vote:+.2f}"
            axes.set_title(text, fontsize="small")
    return figure


def draw_corners(grey: np.ndarray, x: int, y: int, w: int, h: int) -> Figure:
    """A rectangle on a picture, and the four entries of the integral image at its corners."""
    figure = Figure(figsize=(7, 3.6), layout="constrained")
    left, right = figure.subplots(1, 2)
    _show(left, grey, [(x, y, w, h)])
    left.set_title("the pixels")
    image = right.imshow(haar.integral_image(grey), cmap="magma")
    corners = {"A": (x, y), "B": (x + w, y), "C": (x, y + h), "D": (x + w, y + h)}
    for letter, place in corners.items():
        right.plot(*place, "o", color="white", markersize=5)
        right.annotate(letter, place, (4, 4), textcoords="offset points", color="white")
    right.set(title="the integral image", xticks=[], yticks=[])
    figure.colorbar(image, label="sum of all pixels above and to the left")
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
        axes.spines[["top", "right"]].set_visible(False)
    panels[-1].set(xlabel="stage (pale: never asked)", xlim=(0.3, len(values) + 0.7))
    return figure


def draw_survivors(passed: np.ndarray, stages: tuple[haar.Stage, ...]) -> Figure:
    """How many windows are left after each stage; ``passed`` as ``haar.stages_passed`` gives it."""
    left = [(passed >= number).sum() for number in range(len(stages) + 1)]
    figure = Figure(figsize=(7, 3.4), layout="constrained")
    axes = figure.subplots()
    axes.semilogy(left, "o-", color=REAL_COLOUR, markersize=4)
    for number in (0, 5, 10, len(stages)):
        place = (left[number] or 1, (6, 6))
        axes.annotate(f"{left[number]:,}", (number, place[0]), place[1], textcoords="offset points")
    cost, whole = mean_features(passed, stages), sum(len(stage.trees) for stage in stages)
    axes.set(xlabel="stages passed", ylabel="windows left", ylim=(0.7, 3 * max(left)))
    axes.set_title(f"A window costs {cost:.0f} features on average, not {whole:,}")
    axes.spines[["top", "right"]].set_visible(False)
    return figure


def mean_features(passed: np.ndarray, stages: tuple[haar.Stage, ...]) -> float:
    """How many features a window is asked for on average."""
    asked = np.cumsum([len(stage.trees) for stage in stages])
    return float(asked[np.minimum(passed, len(stages) - 1)].mean())


def draw_stages(
    grey: np.ndarray, boxes: np.ndarray, passed: np.ndarray, after: Sequence[int] = (0, 1, 5, 25)
) -> Figure:
    """A photograph under the middles of the windows that are left after some of the stages."""
    figure = Figure(figsize=(2.3 * len(after), 3.1), layout="constrained")
    for axes, number in zip(figure.subplots(1, len(after)), after, strict=True):
        x, y, w, h = boxes[passed >= number].T
        _show(axes, grey)
        axes.scatter(x + w / 2, y + h / 2, s=4, color=REAL_COLOUR, alpha=0.5, linewidths=0)
        axes.set_title(f"after stage {number}: {len(x):,}", fontsize="medium")
    return figure


def draw_tilts(photos: Photos, degrees: Sequence[float], border: int = 12) -> Figure:
    """Share of photographs in which a face is found, by how far they are turned."""
    shares = [np.mean([len(look(tilted(grey, angle), border=border)) > 0
                       for grey in photos.values()]) for angle in degrees]  # fmt: skip
    figure = Figure(figsize=(7, 3), layout="constrained")
    axes = figure.subplots()
    axes.plot(degrees, np.array(shares) * 100, "o-", color=REAL_COLOUR)
    axes.set(xlabel="turned by (degrees)", ylabel="faces found (%)", ylim=(-3, 103))
    axes.set_title(f"{len(photos)} photographs, turned about their middle")
    axes.spines[["top", "right"]].set_visible(False)
    return figure


def measure(
    photos: Photos, references: Mapping[str, Sequence[int]], **thresholds: float
) -> pd.DataFrame:
    """What one plain ``look`` keeps, misses and finds by mistake, for each group.

    Args:
        photos: name → grey photograph; the group is the name's folder.
        references, thresholds: name → the right box (x, y, w, h); arguments of ``look``.

    Returns:
        A row for each group: photographs; kept (a box overlaps the reference by half);
        missed (none does); false (boxes that don't).
    """
    rows = []
    for name, grey in photos.items():
        good = [overlap(box, references[name]) >= HALF for box in look(grey, **thresholds)]
        rows.append((name.split("/")[0], 1, any(good), not any(good), good.count(False)))
    table = pd.DataFrame(rows, columns=["person", "photographs", "kept", "missed", "false"])
    return table.groupby("person").sum().astype(int)


def draw_by_person(tables: Mapping[str, pd.DataFrame]) -> Figure:
    """Share of each person's photographs that is missed, under several thresholds.

    Args:
        tables: title of the thresholds → what ``measure`` returned; the same people in each.
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


def _is_right(box: Sequence[int], reference: Sequence[int] | None) -> bool:
    return reference is None or (len(reference) > 0 and overlap(box, reference) >= HALF)


def _show(
    axes: Axes,
    grey: np.ndarray,
    boxes: Boxes = (),
    colours: str | Sequence[str] = REAL_COLOUR,
    alpha: float = 1.0,
) -> None:
    """A photograph with boxes in it, without ticks."""
    colours = [colours] * len(boxes) if isinstance(colours, str) else colours
    axes.imshow(grey, cmap="gray", vmin=0, vmax=255)
    for (x, y, w, h), colour in zip(boxes, colours, strict=True):
        axes.add_patch(Patch((x, y), w, h, fill=False, ec=colour, lw=2, alpha=alpha))
    axes.set(xticks=[], yticks=[])


def _add_feature(axes: Axes, feature: tuple[haar.Rectangle, ...]) -> None:
    """White where pixels count as positive, black where as negative."""
    for r in feature:
        colour = "white" if r.weight > 0 else "black"
        place = (r.x - 0.5, r.y - 0.5)
        axes.add_patch(Patch(place, r.w, r.h, fc=colour, ec=FADED, alpha=0.65, lw=0.5))
