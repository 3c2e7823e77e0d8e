"""Figures of chapter 08: how good, how varied, how much is copied."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from dcgan_lib.evaluate.distances import nearer_way_round
from dcgan_lib.evaluate.face_report import Report
from dcgan_lib.shared import (
    GENERATED_COLOUR,
    GREY,
    REAL_COLOUR,
    finish,
    plot_epochs,
    show_picture,
    switch_off,
)

SIZE = (4.7, 3.2)  # inches: still readable on a phone's screen


class Curve(NamedTuple):
    """Fields over the epochs, each with its label and colour, and a level to read them beside."""

    title: str
    label: str
    lines: dict[str, tuple[str, str]]
    level: str | float | None = None
    level_label: str = ""


CURVES = {
    "patches": Curve(
        "Texture and sharpness: lower is better",
        "sliced Wasserstein distance",
        {"sliced_wasserstein": ("generated", GENERATED_COLOUR)},
        "sliced_wasserstein_real",
        "photographs among themselves",
    ),
    "overlap": Curve(
        "Plausible, and of every kind? Higher is better",
        "share",
        {
            "precision": ("precision", GENERATED_COLOUR),
            "recall": ("recall", REAL_COLOUR),
            "coverage": ("coverage", GREY),
        },
    ),
    "faces": Curve(
        "Are they faces? Higher is better",
        "Haar acceptance",
        {"haar_acceptance": ("generated", GENERATED_COLOUR)},
        "haar_acceptance_held_out",
        "held-out photographs",
    ),
    "likeness": Curve(
        "How alike? High above the line: G repeats itself",
        "mean MS-SSIM of two faces",
        {"ms_ssim_generated": ("generated", GENERATED_COLOUR)},
        "ms_ssim_training",
        "training faces",
    ),
    "nearest": Curve(
        "Copies? Below the line they begin",
        "distance to the nearest training face",
        {"nearest_generated": ("generated", GENERATED_COLOUR)},
        "nearest_held_out",
        "held-out photographs",
    ),
    "memorisation": Curve(
        "Nearer than new photographs?",
        "probability",
        {"memorisation": ("generated", GENERATED_COLOUR)},
        0.5,
        "as near as new photographs",
    ),
}


def draw_nearest(generated: np.ndarray, held_out: np.ndarray) -> Figure:
    """Histograms of the distance to the nearest training face.

    Args:
        generated: distances of generated faces, (n,).
        held_out: distances of held-out photographs, (m,); may be empty.
    """
    figure, axes = _figure("Distance to the nearest training face")
    bins = np.linspace(0, max(np.max(generated), np.max(held_out, initial=0)) * 1.02, 31)
    sides = {"generated": (generated, GENERATED_COLOUR)}
    if len(held_out):
        sides["held-out photographs"] = (held_out, REAL_COLOUR)
    for name, (distances, colour) in sides.items():
        share = np.full(len(distances), 1 / len(distances))
        axes.hist(distances, bins, weights=share, color=colour, alpha=0.6, label=name)
        axes.axvline(np.median(distances), color=colour, linestyle="--", linewidth=1.2)
    axes.set(xlabel="distance (0: a copy; dashed: median)", ylabel="share", xlim=(0, None))
    return finish(figure, "below")


def draw_closest(
    generated: np.ndarray,
    training: np.ndarray,
    distances: np.ndarray,
    rows: np.ndarray,
    pairs: int = 6,
) -> Figure:
    """The generated faces that lie nearest to a training face, each beside that face.

    A training face is mirrored where that is the nearer way round.

    Args:
        generated: uint8, shape (n, side, side, 3), RGB.
        training: uint8, shape (m, side, side, 3), RGB.
        distances: as ``nearest`` gives them for these, (n,).
        rows: the same, (n,).
        pairs: how many, at most.
    """
    chosen = np.argsort(distances, kind="stable")[:pairs]
    columns = 2
    lines = -(-len(chosen) // columns)
    figure = Figure(figsize=(SIZE[0], 1.5 * lines + 0.5), layout="constrained")
    figure.suptitle("The closest pairs: generated | training face", fontsize="medium")
    panels = figure.subplots(lines, 2 * columns, squeeze=False)
    switch_off(panels.flat)
    for place, row in enumerate(chosen):
        line, column = divmod(place, columns)
        face, photograph = generated[row], nearer_way_round(training[rows[row]], generated[row])
        left, right = panels[line, 2 * column : 2 * column + 2]
        show_picture(left, face, f"{distances[row]:.3f}")
        show_picture(right, photograph, "training")
        left.title.set(color=GENERATED_COLOUR, fontsize="small")
        right.title.set(color=REAL_COLOUR, fontsize="small")
    return figure


def draw_overlap(report: Report) -> Figure:
    """Precision, recall, density and coverage, with those of photographs among themselves."""
    names = ("precision", "recall", "density", "coverage")
    figure, axes = _figure("Overlap of generated faces and photographs")
    _bars(axes, report, {name: name for name in names})
    axes.set_ylabel("share (density: a ratio)")
    return finish(figure, "below")


def draw_levels(report: Report) -> Figure:
    """Sliced Wasserstein distance by level of the pyramid, with that of photographs."""
    values = report.to_dict()
    names = {f"sliced_wasserstein_{side}": f"{side} px" for side in (128, 64, 32, 16)}
    figure, axes = _figure("Sliced Wasserstein distance, from fine to coarse")
    _bars(axes, report, {name: label for name, label in names.items() if values[name] is not None})
    axes.set(xlabel="level of the pyramid", ylabel="distance (×10³)")
    return finish(figure, "below")


def plot_checkpoints(table: pd.DataFrame) -> dict[str, Figure]:
    """Curves over a run's epochs: quality, variety and copying.

    Args:
        table: as ``evaluate_checkpoints`` gives it: ``epoch`` and the fields of ``Report``.

    Returns:
        A figure for each of ``CURVES`` whose fields were measured.
    """
    measured = {
        name: curve
        for name, curve in CURVES.items()
        if table[list(curve.lines)].notna().any(axis=None)
    }
    return {name: _curve(table, curve) for name, curve in measured.items()}


def _curve(table: pd.DataFrame, curve: Curve) -> Figure:
    figure, axes = _figure(curve.title)
    plot_epochs(axes, table, curve.lines, "o-")
    level = table[curve.level].iloc[0] if isinstance(curve.level, str) else curve.level
    if level is not None:
        axes.axhline(level, color=REAL_COLOUR, linestyle="--", label=curve.level_label)
    axes.set_ylabel(curve.label)
    axes.set_ylim(bottom=0)
    return finish(figure, "below")


def _bars(axes: Axes, report: Report, names: dict[str, str]) -> None:
    values = report.to_dict()
    places = np.arange(len(names))
    sides = (("", "generated", GENERATED_COLOUR), ("_real", "photographs", REAL_COLOUR))
    for shift, (ending, label, colour) in zip((-0.2, 0.2), sides, strict=True):
        heights = [values[f"{name}{ending}"] for name in names]
        bars = axes.bar(places + shift, heights, 0.38, color=colour, label=label)
        axes.bar_label(bars, fmt="{:.3g}", fontsize="small", padding=2)
    axes.set_xticks(places, list(names.values()))
    axes.margins(y=0.12)


def _figure(title: str) -> tuple[Figure, Axes]:
    figure = Figure(figsize=SIZE, layout="constrained")
    axes = figure.subplots()
    axes.set_title(title, fontsize="medium")
    return figure, axes
