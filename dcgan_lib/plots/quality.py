"""Figures of chapter 08: what a measure of faces sees, step by step."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import cv2
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Circle

from dcgan_lib.harms import HARMS, MEASURES, Dealt, Study
from dcgan_lib.inception import fid, kid
from dcgan_lib.measures import PATCH, SMALLEST_LEVEL, draw
from dcgan_lib.monitor import read_history
from dcgan_lib.plots import GENERATED_COLOUR, REAL_COLOUR, image_grid
from dcgan_lib.plots.train import first_faces, sampled_epochs

GREY = "#718096"
MOST_CHANGE = 12.0  # where the colours of a table and the bars of the widget end
VERDICTS = "PiYG_r"  # green: called better; pink: called worse

Distance = Callable[[np.ndarray, np.ndarray], float]


def draw_story(run: Path, columns: int = 5) -> Figure:
    """A run's losses over the faces that it made meanwhile, always from the same four z.

    Args:
        run: the run's folder.
        columns: how many of its epochs are shown, at most.
    """
    history, epochs = read_history(run), sampled_epochs(run)
    places = np.linspace(0, len(epochs) - 1, min(columns, len(epochs))).round().astype(int)
    figure = Figure(figsize=(9, 5), layout="constrained")
    top, bottom = figure.subfigures(2, 1, height_ratios=(1.15, 1))
    axes = top.subplots()
    marker = "o" if len(history) < 3 else ""
    sides = (("g_loss", "G", GENERATED_COLOUR), ("d_loss", "D", REAL_COLOUR))
    for column, name, colour in sides:
        axes.plot(history["epoch"], history[column], marker, ls="-", color=colour, label=name)
    axes.set(title="Losses, and the faces of the same four z", xlabel="epoch", ylabel="loss (nats)")
    axes.set_ylim(bottom=0)
    axes.legend(frameon=False)
    axes.spines[["top", "right"]].set_visible(False)
    panels = bottom.subplots(1, columns, squeeze=False)[0]
    for panel in panels:
        panel.axis("off")
    for panel, epoch in zip(panels, [epochs[place] for place in places], strict=False):
        panel.imshow(first_faces(run, epoch, 4))
        panel.set_title(f"epoch {epoch}", fontsize="medium")
    return figure


def draw_harms(dealt: Dealt, strengths: Sequence[float], faces: int = 3) -> Figure:
    """The same candidates under every harm, from one strength to the next.

    Args:
        dealt: photographs.
        strengths: 0 to 1.
        faces: how many in each place; from evenly spaced rows.
    """
    rows = np.linspace(0, len(dealt.candidates) - 1, faces).round().astype(int)
    size = (1.05 * faces * len(strengths) + 1, 1.12 * len(HARMS) + 0.4)
    figure = Figure(figsize=size, layout="constrained")
    panels = figure.subplots(len(HARMS), len(strengths), squeeze=False)
    for line, (harm, do) in zip(panels, HARMS.items(), strict=True):
        line[0].set_ylabel(harm)
        for axes, strength in zip(line, strengths, strict=True):
            axes.imshow(image_grid(do(dealt, strength)[rows], columns=faces))
            axes.set(xticks=[], yticks=[])
            axes.spines[:].set_visible(False)
    for axes, strength in zip(panels[0], strengths, strict=True):
        axes.set_title("unharmed" if strength == 0 else f"strength {strength:g}", fontsize="medium")
    return figure


def laplacian_levels(face: np.ndarray) -> list[np.ndarray]:
    """What each level of a Laplacian pyramid holds: fine detail first, the blurred rest last.

    Args:
        face: uint8 (side, side, 3), RGB.

    Returns:
        float32 (side, side, 3), (side/2, side/2, 3), …, down to 16 px.
    """
    levels, finer = [], face.astype(np.float32)
    while finer.shape[0] // 2 >= SMALLEST_LEVEL:
        coarser = cv2.pyrDown(finer)
        levels.append(finer - cv2.pyrUp(coarser))
        finer = coarser
    return [*levels, finer]


def draw_pyramid(face: np.ndarray) -> Figure:
    """A face, and the levels that add up to it; in the detail, mid-grey stands for 0."""
    *details, rest = laplacian_levels(face)
    pictures = {f"face\n{len(face)}×{len(face)}": face}
    for level in details:
        pictures[f"detail\n{len(level)}×{len(level)}"] = _shown(level * 3 + 127.5)
    pictures[f"the rest\n{len(rest)}×{len(rest)}"] = _shown(rest)
    figure = Figure(figsize=(2.4 * len(pictures), 2.9), layout="constrained")
    for axes, (title, picture) in zip(
        figure.subplots(1, len(pictures)), pictures.items(), strict=True
    ):
        axes.imshow(picture, interpolation="nearest")
        axes.set_title(title, fontsize="medium")
        axes.axis("off")
    return figure


def projected(images: np.ndarray, seed: int = 0, count: int = 2000) -> np.ndarray:
    """Patches 7×7×3 of the finest detail, normalised by channel, along one random direction.

    Args:
        images: uint8 (n, side, side, 3), RGB.
        seed: of places and direction, so that two sets are cut and looked at alike.
        count: patches.

    Returns:
        float64 (count,).
    """
    random = np.random.default_rng(seed)
    detail = np.stack([laplacian_levels(image)[0] for image in images])
    windows = np.lib.stride_tricks.sliding_window_view(detail, (PATCH, PATCH), axis=(1, 2))
    rows = np.arange(count) % len(images)
    tops, lefts = random.integers(0, windows.shape[1], (2, count))
    patches = windows[rows, tops, lefts].astype(np.float64)  # (count, 3, 7, 7)
    patches -= patches.mean((0, 2, 3), keepdims=True)
    patches /= patches.std((0, 2, 3), keepdims=True)
    direction = random.standard_normal(3 * PATCH**2)
    return patches.reshape(count, -1) @ (direction / np.linalg.norm(direction))


def draw_projection(real: np.ndarray, other: np.ndarray, distance: Distance) -> Figure:
    """Two samples on one line: as histograms, and sorted, where their distance is the gap.

    Args:
        real: (n,).
        other: (n,).
        distance: of two samples; what the title names.
    """
    apart = distance(real, other)
    figure = Figure(figsize=(9, 3.2), layout="constrained")
    left, right = figure.subplots(1, 2)
    bins = np.linspace(*np.quantile(np.concatenate([real, other]), (0.002, 0.998)), 50)
    share = np.linspace(0, 1, len(real))
    sides = (("photographs", real, REAL_COLOUR), ("harmed", other, GENERATED_COLOUR))
    for name, values, colour in sides:
        left.hist(values, bins, color=colour, alpha=0.5, label=name)
        right.plot(share, np.sort(values), color=colour, label=name)
    right.fill_between(share, np.sort(real), np.sort(other), color=GREY, alpha=0.3)
    left.set(title="Patches along one direction", xlabel="projection", yticks=[])
    right.set(title=f"Sorted: the mean gap is {apart:.3f}", xlabel="share of patches")
    right.set_ylabel("projection")
    right.set_ylim(bins[0] * 1.3, bins[-1] * 1.3)
    left.legend(frameon=False, fontsize="small")
    for axes in (left, right):
        axes.spines[["top", "right"]].set_visible(False)
    return figure


def draw_balls(real: np.ndarray, generated: np.ndarray, k: int = 3) -> Figure:
    """Points of a plane with the balls that precision and recall count in.

    Args:
        real: (n, 2).
        generated: (m, 2).
        k: which neighbour in its own set a point's ball reaches to.
    """
    figure = Figure(figsize=(9, 4.2), layout="constrained")
    ways = (
        ("precision", "generated points", real, REAL_COLOUR, generated, GENERATED_COLOUR),
        ("recall", "real points", generated, GENERATED_COLOUR, real, REAL_COLOUR),
    )
    for axes, (name, whose, centres, ball, points, colour) in zip(
        figure.subplots(1, 2, sharex=True, sharey=True), ways, strict=True
    ):
        apart = np.linalg.norm(centres[:, None] - centres, axis=2)
        reach = np.sort(apart, axis=1)[:, k]  # the 0th is the point itself
        for centre, radius in zip(centres, reach, strict=True):
            axes.add_patch(Circle(centre, radius, color=ball, alpha=0.12, linewidth=0))
        inside = (np.linalg.norm(points[:, None] - centres, axis=2) <= reach).any(axis=1)
        axes.scatter(*centres.T, s=14, color=ball)
        axes.scatter(*points[inside].T, s=26, color=colour)
        axes.scatter(*points[~inside].T, s=34, color=colour, marker="x")
        axes.set(title=f"{name}: {inside.mean():.2f} of the {whose} lie in a ball")
        axes.set(aspect="equal", xticks=[], yticks=[])
        axes.margins(0.12)
    return figure


def draw_answers(study: Study, strengths: Sequence[float]) -> Figure:
    """What every measure says of every harm: its value, coloured by whether it is worse.

    Args:
        study: as ``harms.study`` gives it.
        strengths: those to show, among ``study.strengths``.
    """
    lines = [("unharmed", 0.0)] + [(harm, s) for harm in HARMS for s in strengths]
    first = next(iter(HARMS))
    values = np.array([study.answers.loc[(h if s else first, s)] for h, s in lines])
    worse = np.array([study.worse(h if s else first, s) for h, s in lines])
    figure = Figure(figsize=(9.5, 0.36 * len(lines) + 1.5), layout="constrained")
    axes = figure.subplots()
    image = axes.imshow(worse, cmap=VERDICTS, vmin=-MOST_CHANGE, vmax=MOST_CHANGE, aspect="auto")
    for (row, column), value in np.ndenumerate(values):
        axes.text(
            column, row, f"{value:.3g}", ha="center", va="center", fontsize="small",
            color="white" if abs(worse[row, column]) > 0.75 * MOST_CHANGE else "black",
        )  # fmt: skip
    axes.set_xticks(range(len(MEASURES)), [measure.title for measure in MEASURES.values()])
    axes.set_yticks(range(len(lines)), [f"{h} {s:g}" if s else h for h, s in lines])
    axes.tick_params(length=0, labeltop=True, labelbottom=False, labelsize="small")
    axes.set_ylim(len(lines) - 0.5, -0.5)
    axes.spines[:].set_visible(False)
    bar = figure.colorbar(image, location="bottom", shrink=0.6, aspect=40, ticks=[-10, 0, 10])
    bar.set_ticklabels(["called better", "no different", "called worse"])
    return figure


def draw_harm(study: Study, harm: str, strength: float) -> Figure:
    """One harm at one strength: faces, and how much worse every measure calls it.

    Args:
        study: as ``harms.study`` gives it.
        harm: of ``HARMS``.
        strength: of ``study.strengths``.
    """
    pictures = HARMS[harm](study.dealt, strength)
    rows = np.linspace(0, len(pictures) - 1, 8).round().astype(int)
    worse = study.worse(harm, strength).clip(-MOST_CHANGE, MOST_CHANGE)
    figure = Figure(figsize=(8, 4.6), layout="constrained")
    top, axes = figure.subplots(2, 1, height_ratios=(1, 1.7))
    top.imshow(image_grid(pictures[rows], columns=8))
    top.set_title(f"{harm}, strength {strength:g}")
    top.axis("off")
    colours = np.where(worse > 0, "#c51b7d", "#4d9221")
    axes.barh(range(len(MEASURES)), worse, color=colours)
    axes.set_yticks(range(len(MEASURES)), [m.title.replace("-\n", "").replace("\n", " ")
                                           for m in MEASURES.values()])  # fmt: skip
    axes.invert_yaxis()
    axes.axvline(0, color="black", linewidth=0.8)
    axes.axvspan(-2, 2, color=GREY, alpha=0.15, linewidth=0)
    axes.set(xlim=(-MOST_CHANGE, MOST_CHANGE), xlabel="← called better    called worse →")
    axes.spines[["top", "right", "left"]].set_visible(False)
    return figure


def halves(features: np.ndarray, counts: Sequence[int], repeats: int = 10) -> pd.DataFrame:
    """FID and KID between two random parts of one and the same set, for several sizes.

    Args:
        features: (n, d).
        counts: size of each part, at most n // 2 and at least 3.
        repeats: for each size.

    Returns:
        One row per pair of parts: ``n``, ``fid``, ``kid``.
    """
    random, rows = np.random.default_rng(0), []
    for count in counts:
        for _ in range(repeats):
            both = random.permutation(draw(features, 2 * count, random))
            a, b = both[:count], both[count:]
            rows.append({"n": count, "fid": fid(a, b), "kid": kid(a, b)[0]})
    return pd.DataFrame(rows)


def draw_bias(table: pd.DataFrame) -> Figure:
    """FID and KID against n, as ``halves`` measured them: every pair of parts, and the mean."""
    figure = Figure(figsize=(9, 3.2), layout="constrained")
    for axes, name in zip(figure.subplots(1, 2), ("fid", "kid"), strict=True):
        means = table.groupby("n")[name].mean()
        axes.axhline(0, color=GREY, linestyle="--", linewidth=1, label="truth: 0")
        axes.plot(table["n"], table[name], ".", color=REAL_COLOUR, alpha=0.4, label="two parts")
        axes.plot(means.index, means, "o-", color=REAL_COLOUR, label="mean")
        axes.set(title=name.upper(), xlabel="n: photographs in each part", ylabel="distance")
        axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False, fontsize="small")
    return figure


def draw_curves(table: pd.DataFrame) -> Figure:
    """A run's quality over the epochs, as ``evaluate_checkpoints`` measured it.

    Args:
        table: ``epoch`` and the fields of ``Report``.
    """
    figure = Figure(figsize=(9, 5.4), layout="constrained")
    lines = (
        ("sliced_wasserstein", "sliced_wasserstein_real", "Sliced Wasserstein: lower is better"),
        ("haar_acceptance", "haar_acceptance_held_out", "Haar acceptance: higher is better"),
        ("coverage", "coverage_real", "Coverage: higher is better"),
        ("memorisation", 0.5, "Memorisation: copies far above 0.5"),
    )
    for axes, (field, level, title) in zip(figure.subplots(2, 2).flat, lines, strict=True):
        _over_epochs(axes, table, field, level)
        axes.set(title=title)
    axes.legend(frameon=False, fontsize="small")
    return figure


def _over_epochs(axes: Axes, table: pd.DataFrame, field: str, level: str | float) -> None:
    line = {"color": GENERATED_COLOUR, "label": "generated"}
    axes.plot(table["epoch"], table[field].astype(float), "o-", **line)
    height = table[level].iloc[0] if isinstance(level, str) else level
    if height is not None:
        axes.axhline(height, color=REAL_COLOUR, linestyle="--", label="photographs")
    axes.set_ylim(0, 1.05 if field != "sliced_wasserstein" else None)
    axes.set_xlabel("epoch")
    axes.xaxis.get_major_locator().set_params(integer=True, min_n_ticks=1)
    axes.spines[["top", "right"]].set_visible(False)


def _shown(level: np.ndarray) -> np.ndarray:
    return np.clip(np.round(level), 0, 255).astype(np.uint8)
