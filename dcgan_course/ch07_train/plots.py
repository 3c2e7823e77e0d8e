"""Figures of chapter 07: Adam, a run while it trains and afterwards, and training that fails."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from dcgan_lib.shared import GENERATED_COLOUR, REAL_COLOUR, draw_strip
from dcgan_lib.train import doctor, faces_at, sampled_epochs

GREY = "#718096"

# What the paper prints in section 9: losses of D and of G. It counts epochs from 0; here, as in
# history.csv, an epoch's number says how many are finished.
PAPER_LOSSES = {1: (1.2113, 1.5655), 21: (0.4854, 4.4816), 61: (0.3544, 5.8984)}

# Every fourth epoch of profile `paper` on ORL's 400 faces (6 updates an epoch), measured by
#   python -m dcgan_lib train data/faces/orl --run runs/orl-paper --profile paper
ORL_EPOCHS = (*range(1, 101, 4), 100)
# fmt: off
ORL_D_LOSS = (0.65, 1.14, 0.05, 2.21, 0.99, 1.76, 1.18, 0.83, 1.04, 1.04, 0.85, 0.54, 0.48,
              0.66, 0.75, 0.61, 0.89, 0.76, 0.49, 0.41, 0.36, 0.46, 1.11, 0.37, 0.31, 1.07)
ORL_G_LOSS = (2.40, 18.36, 25.65, 8.71, 5.67, 5.60, 4.08, 7.89, 4.14, 6.40, 4.19, 2.21, 4.04,
              3.70, 5.42, 3.04, 4.14, 3.36, 2.50, 3.73, 2.51, 2.75, 4.32, 3.87, 2.45, 5.41)
# fmt: on

# What the doctor measures: title, its limit, whether it is ill above, and when it is judged first.
VITALS = {
    "spread": (
        "how much faces differ\n(training faces: 1)",
        doctor.LEAST_SPREAD,
        False,
        doctor.FOG,
    ),
    "gradient": ("norm of G's gradient", doctor.LEAST_GRADIENT, False, doctor.WAIT),
    "mode_gap": ("gap of BatchNorm's\ntwo modes", doctor.MOST_MODE_GAP, True, doctor.WAIT),
    "grid": ("checkerboard", doctor.MOST_GRID, True, doctor.WAIT),
    "memorised": ("D knows its faces\nby heart", doctor.MOST_MEMORISED, True, doctor.WAIT),
}

AdamStep = Callable[..., tuple[float, float, float]]


def adam_path(
    adam_step: AdamStep, gradients: np.ndarray, learning_rate: float, beta_1: float
) -> np.ndarray:
    """Where Adam takes one parameter that starts at 0.

    Args:
        adam_step: (value, gradient, mean, square, step, learning_rate, beta_1) →
            (value, mean, square), with steps counted from 1.
        gradients: (n,), one for each step.
        learning_rate: above 0.
        beta_1: at least 0 and below 1.

    Returns:
        float array (n + 1,): the parameter before the first step and after each.
    """
    values, mean, square = [0.0], 0.0, 0.0
    for step, gradient in enumerate(np.asarray(gradients, float), 1):
        value, mean, square = adam_step(
            values[-1], gradient, mean, square, step, learning_rate, beta_1
        )
        values.append(float(value))
    return np.array(values)


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
    _finish(axes)
    return figure


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
    _finish(axes)
    return figure


def draw_panel(history: pd.DataFrame, grid: np.ndarray | None, epochs: int) -> Figure:
    """What the training panel shows: losses, D's outputs, and faces of the newest epoch.

    Args:
        history: columns epoch, d_loss, g_loss, d_real, d_fake; no row before the first epoch.
        grid: uint8 (height, width, 3), RGB, or None where there is none yet.
        epochs: of the whole run; the axes reach as far, so that one sees what is still to come.
    """
    figure = Figure(figsize=(10, 3.3), layout="constrained")
    losses, outputs, faces = figure.subplots(1, 3)
    _lines(losses, history, {"d_loss": ("D", REAL_COLOUR), "g_loss": ("G", GENERATED_COLOUR)})
    _lines(
        outputs,
        history,
        {"d_real": ("real", REAL_COLOUR), "d_fake": ("generated", GENERATED_COLOUR)},
    )
    outputs.axhline(0.5, color=GREY, linestyle="--", linewidth=1)
    top = 1.1 * history[["d_loss", "g_loss"]].to_numpy(float).max(initial=1.0)
    losses.set(title="losses", xlabel="epoch", xlim=(0, epochs + 0.5), ylim=(0, top))
    outputs.set(title="D's answers", xlabel="epoch", xlim=(0, epochs + 0.5), ylim=(0, 1))
    for axes in (losses, outputs):
        axes.xaxis.get_major_locator().set_params(integer=True)
        _finish(axes)
    if grid is not None:
        faces.imshow(grid, interpolation="nearest")
    done = int(history["epoch"].max()) if len(history) else 0
    faces.set_title(f"faces after epoch {done} of {epochs}")
    faces.axis("off")
    return figure


def draw_film(run: Path, columns: int = 6, rows: int = 4) -> Figure:
    """The run's film as a strip: a column per epoch, in each row the face of one z.

    Args:
        run: the run's folder.
        columns: how many of its epochs, at most, evenly spaced, the first and the last among them.
        rows: how many of its faces, at most.
    """
    epochs = sampled_epochs(run)
    places = np.linspace(0, len(epochs) - 1, min(columns, len(epochs))).round().astype(int)
    chosen = [epochs[place] for place in places]
    return draw_strip({f"epoch {epoch}": faces_at(run, epoch)[:rows] for epoch in chosen})


def draw_beside_paper(history: pd.DataFrame) -> Figure:
    """A run's losses, those of the paper's recipe on ORL, and the values that the paper prints.

    Args:
        history: columns epoch, d_loss, g_loss.
    """
    figure = Figure(figsize=(10, 3.8), layout="constrained")
    box = {"facecolor": "white", "edgecolor": "none", "pad": 1, "alpha": 0.8}
    both = (
        ("d_loss", "Loss of D", ORL_D_LOSS, REAL_COLOUR),
        ("g_loss", "Loss of G", ORL_G_LOSS, GENERATED_COLOUR),
    )
    for place, (axes, (column, title, orl, colour)) in enumerate(
        zip(figure.subplots(1, 2), both, strict=True)
    ):
        axes.plot(ORL_EPOCHS, orl, color=GREY, linewidth=1, label="profile paper on ORL")
        marker = "o" if len(history) < 3 else ""
        axes.plot(history["epoch"], history[column], color=colour, marker=marker, label="this run")
        printed = [losses[place] for losses in PAPER_LOSSES.values()]
        axes.plot(list(PAPER_LOSSES), printed, "D", color="black", label="printed in the paper")
        for epoch, value in zip(PAPER_LOSSES, printed, strict=True):
            axes.annotate(
                f"{value:.2f}", (epoch, value), (7, 5), textcoords="offset points", bbox=box
            )
        axes.set(title=title, xlabel="epoch", ylabel="cross-entropy (nats)")
        axes.set_ylim(bottom=0)
        _finish(axes)
    return figure


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
        axes.spines[["top", "right"]].set_visible(False)
    panels[0].set_ylabel("mean of D's sigmoid")
    panels[0].legend(frameon=False, fontsize="small")
    return figure


def draw_examinations(run: str | Path) -> Figure | None:
    """What the doctor measured in a run, each number with its limit; red is where it is ill.

    Prints what the doctor has said.

    Returns:
        None for a run that was not examined.
    """
    path, said = Path(run) / "doctor.csv", Path(run) / "doctor.json"
    if not path.exists():
        print(f"Not examined: it ended before update {doctor.EVERY}, or ran on several devices.")
        return None
    named = json.loads(said.read_text("utf-8"))
    lines = ["Epoch {epoch}: {name}. {seen}".format(**one) for one in named]
    print(*(lines or ["The doctor has said nothing."]), sep="\n")
    measured = pd.read_csv(path)
    figure = Figure(figsize=(2.3 * len(VITALS), 2.6), layout="constrained")
    panels = figure.subplots(1, len(VITALS))
    for axes, (column, (title, limit, above, begins)) in zip(panels, VITALS.items(), strict=True):
        axes.plot(measured["updates"], measured[column], ".-", color=GENERATED_COLOUR)
        if column == "gradient":
            axes.set_yscale("log")
        low, high = axes.get_ylim()
        low, high = min(low, limit / 2), max(high, 1.5 * limit)
        ends = (limit, high) if above else (low, limit)
        axes.fill_between([begins, max(begins, measured["updates"].max())], *ends, color="#fed7d7")
        axes.set_title(title, fontsize="medium")
        axes.set(xlabel="update", xlim=(0, None), ylim=(low, high))
        axes.spines[["top", "right"]].set_visible(False)
    return figure


def _lines(axes: Axes, history: pd.DataFrame, columns: dict[str, tuple[str, str]]) -> None:
    marker = "o" if len(history) < 3 else ""
    for column, (label, colour) in columns.items():
        axes.plot(history["epoch"], history[column], color=colour, marker=marker, label=label)


def _finish(axes: Axes) -> None:
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False, fontsize="small")
