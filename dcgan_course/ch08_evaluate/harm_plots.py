"""Figures of chapter 08: photographs harmed in known ways, and what every measure says of them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib import colormaps
from matplotlib.figure import Figure

from dcgan_course.ch08_evaluate.harms import HARMS, MEASURES, Dealt, Study
from dcgan_lib.shared import GREY, finish, image_grid, show_picture

MOST_CHANGE = 12.0  # where the colours of the table and the bars of the widget end
VERDICTS = "PiYG_r"  # green: called better; pink: called worse


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
        line[0].set_ylabel(harm.replace(" ", "\n"))
        for axes, strength in zip(line, strengths, strict=True):
            show_picture(axes, image_grid(do(dealt, strength)[rows], columns=faces))
    for axes, strength in zip(panels[0], strengths, strict=True):
        axes.set_title("unharmed" if strength == 0 else f"strength {strength:g}", fontsize="medium")
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
        text = f"{value:.0f}" if value > 10 else f"{value:.2f}"
        ink = "white" if abs(worse[row, column]) > 0.75 * MOST_CHANGE else "black"
        axes.text(column, row, text, ha="center", va="center", fontsize="small", color=ink)
    axes.set_xticks(range(len(MEASURES)), [measure.title for measure in MEASURES.values()])
    axes.set_yticks(range(len(lines)), [f"{h} {s:g}" if s else h for h, s in lines])
    axes.tick_params(length=0, labeltop=True, labelbottom=False, labelsize="small")
    axes.set_ylim(len(lines) - 0.5, -0.5)
    finish(figure, hide=("top", "right", "left", "bottom"))
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
    show_picture(top, image_grid(pictures[rows], columns=8), f"{harm}, strength {strength:g}")
    better, called_worse = colormaps[VERDICTS](0.1), colormaps[VERDICTS](0.9)
    colours = [called_worse if value > 0 else better for value in worse]
    axes.barh(range(len(MEASURES)), worse, color=colours)
    axes.set_yticks(range(len(MEASURES)), study.titles)
    axes.invert_yaxis()
    axes.axvline(0, color="black", linewidth=0.8)
    axes.axvspan(-2, 2, color=GREY, alpha=0.15, linewidth=0, zorder=0)
    axes.set(xlim=(-MOST_CHANGE, MOST_CHANGE), xlabel="← called better    called worse →")
    return finish(figure, hide=("top", "right", "left"))
