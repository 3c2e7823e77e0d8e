"""Figures of chapter 07: Adam, a run while it trains and afterwards, and training that fails."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from dcgan_course.ch07_train.examinations import LIMITS, read_diagnoses, read_examinations
from dcgan_course.ch07_train.published import ORL_LOSSES, PAPER_LOSSES
from dcgan_course.ch07_train.turning import AdamStep, adam_path
from dcgan_lib.shared import (
    GENERATED_COLOUR,
    GREY,
    REAL_COLOUR,
    WRONG_PALE,
    draw_strip,
    finish,
    plot_epochs,
    show_picture,
    switch_off,
)
from dcgan_lib.train import doctor, faces_over_epochs


def draw_turn(adam_step: AdamStep, before: int = 20, after: int = 20) -> Figure:
    """How soon Adam follows a gradient that changes its sign, with β1 0.9 and 0.5.

    Args:
        adam_step: as for ``adam_path``.
        before: steps with the gradient 1.
        after: steps with the gradient -1 that follow.
    """
    gradients = np.repeat([1.0, -1.0], [before, after])
    figure = Figure(figsize=(7, 3.2), layout="constrained")
    axes = figure.subplots()
    axes.axvline(before, color=GREY, linestyle=":", linewidth=1, label="the gradient turns round")
    for beta_1, colour in ((0.9, GREY), (0.5, GENERATED_COLOUR)):
        path = adam_path(adam_step, gradients, 1.0, beta_1)
        axes.plot(path, color=colour, marker=".", label=f"β1 = {beta_1}")
    axes.set(title="A gradient of 1, then of -1", xlabel="step", ylabel="value (learning rates)")
    return finish(figure, "inside")


def draw_updates(d_losses: np.ndarray, g_losses: np.ndarray) -> Figure:
    """Both losses update by update, with the values of a D that knows nothing."""
    figure = Figure(figsize=(7, 3.2), layout="constrained")
    axes = figure.subplots()
    for level, text, style in ((math.log(4), "ln 4", "--"), (math.log(2), "ln 2", ":")):
        axes.axhline(level, color=GREY, linestyle=style, linewidth=1, label=text)
    numbers = np.arange(1, len(d_losses) + 1)
    axes.plot(numbers, d_losses, color=REAL_COLOUR, marker=".", label="D")
    axes.plot(numbers, g_losses, color=GENERATED_COLOUR, marker=".", label="G")
    axes.set(title="The first updates", xlabel="update", ylabel="cross-entropy (nats)")
    axes.xaxis.get_major_locator().set_params(integer=True)
    axes.set_ylim(bottom=0)
    return finish(figure, "inside")


def draw_panel(history: pd.DataFrame, grid: np.ndarray | None, epochs: int) -> Figure:
    """What the training panel shows: losses, D's outputs, and faces of the newest epoch.

    Args:
        history: columns epoch, d_loss, g_loss, d_real, d_fake; no row before the first epoch.
        grid: uint8 (height, width, 3), RGB, or None where there is none yet.
        epochs: of the whole run; the axes reach as far, so that one sees what is still to come.
    """
    figure = Figure(figsize=(10, 3.3), layout="constrained")
    losses, outputs, faces = figure.subplots(1, 3)
    networks = {"d_loss": ("D", REAL_COLOUR), "g_loss": ("G", GENERATED_COLOUR)}
    answers = {"d_real": ("real", REAL_COLOUR), "d_fake": ("generated", GENERATED_COLOUR)}
    plot_epochs(losses, history, networks)
    plot_epochs(outputs, history, answers)
    outputs.axhline(0.5, color=GREY, linestyle="--", linewidth=1)
    top = 1.1 * history[["d_loss", "g_loss"]].to_numpy(float).max(initial=1.0)
    losses.set(title="losses", xlim=(0, epochs + 0.5), ylim=(0, top))
    outputs.set(title="D's answers", xlim=(0, epochs + 0.5), ylim=(0, 1))
    if grid is not None:
        show_picture(faces, grid)
    done = int(history["epoch"].max()) if len(history) else 0
    faces.set_title(f"faces after epoch {done} of {epochs}")
    switch_off([faces])
    return finish(figure, "inside")


def draw_film(run: Path, columns: int = 6, rows: int = 4) -> Figure:
    """The run's film as a strip: a column per epoch, in each row the face of one z.

    Args:
        run: the run's folder.
        columns: how many of its epochs, at most, evenly spaced, the first and the last among them.
        rows: how many of its faces, at most.
    """
    return draw_strip(faces_over_epochs(run, columns, rows))


def draw_beside_paper(history: pd.DataFrame) -> Figure:
    """A run's losses, those of the paper's recipe on ORL, and the values that the paper prints.

    Args:
        history: columns epoch, d_loss, g_loss.
    """
    figure = Figure(figsize=(10, 3.8), layout="constrained")
    box = {"facecolor": "white", "edgecolor": "none", "pad": 1, "alpha": 0.8}
    both = {"d_loss": ("Loss of D", REAL_COLOUR), "g_loss": ("Loss of G", GENERATED_COLOUR)}
    for axes, (column, (title, colour)) in zip(figure.subplots(1, 2), both.items(), strict=True):
        orl = [getattr(losses, column) for losses in ORL_LOSSES.values()]
        axes.plot(list(ORL_LOSSES), orl, color=GREY, linewidth=1, label="profile paper on ORL")
        plot_epochs(axes, history, {column: ("this run", colour)})
        printed = [getattr(losses, column) for losses in PAPER_LOSSES.values()]
        axes.plot(list(PAPER_LOSSES), printed, "D", color="black", label="printed in the paper")
        for place in zip(PAPER_LOSSES, printed, strict=True):
            axes.annotate(f"{place[1]:.2f}", place, (7, 5), textcoords="offset points", bbox=box)
        axes.set(title=title, ylabel="cross-entropy (nats)")
        axes.set_ylim(bottom=0)
    return finish(figure, "inside")


def draw_breakdowns(runs: Mapping[str, Mapping[str, list[float]]]) -> Figure:
    """What D answers while training goes well or badly: one panel for each short run.

    Args:
        runs: title → columns d_real and d_fake, a value for each update.
    """
    figure = Figure(figsize=(3.3 * len(runs), 3), layout="constrained")
    panels = figure.subplots(1, len(runs), sharey=True, squeeze=False)[0]
    for axes, (title, values) in zip(panels, runs.items(), strict=True):
        axes.axhline(0.5, color=GREY, linestyle="--", linewidth=1)
        axes.plot(values["d_real"], color=REAL_COLOUR, label="real")
        axes.plot(values["d_fake"], color=GENERATED_COLOUR, label="generated")
        axes.set(title=title, xlabel="update", ylim=(-0.03, 1.03))
    panels[0].set_ylabel("mean of D's sigmoid")
    panels[0].legend(frameon=False, fontsize="small")
    return finish(figure)


def draw_examinations(run: str | Path) -> Figure | None:
    """What the doctor measured in a run, each number with its limit; red is where it is ill.

    Prints what the doctor has said.

    Returns:
        None for a run that was not examined.
    """
    measured = read_examinations(run)
    if measured is None:
        print(f"Not examined: it ended before update {doctor.EVERY}, or ran on several devices.")
        return None
    print(*(read_diagnoses(run) or ["The doctor has said nothing."]), sep="\n")
    figure = Figure(figsize=(2.3 * len(LIMITS), 2.6), layout="constrained")
    for axes, (column, limit) in zip(figure.subplots(1, len(LIMITS)), LIMITS.items(), strict=True):
        axes.plot(measured["updates"], measured[column], ".-", color=GENERATED_COLOUR)
        if column == "gradient":
            axes.set_yscale("log")
        low, high = axes.get_ylim()
        low, high = min(low, limit.value / 2), max(high, 1.5 * limit.value)
        ill = (limit.value, high) if limit.ill_above else (low, limit.value)
        last = max(limit.judged_from, measured["updates"].max())
        axes.fill_between([limit.judged_from, last], *ill, color=WRONG_PALE)
        axes.set_title(limit.title, fontsize="medium")
        axes.set(xlabel="update", xlim=(0, None), ylim=(low, high))
    return finish(figure)
