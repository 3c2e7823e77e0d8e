"""Figures of chapter 06: cross-entropy, the best discriminator, gradients, and the toy GAN."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from dcgan_course.ch06_losses.densities import bell, best_discriminator, divergence
from dcgan_course.ch06_losses.formulas import (
    best_smoothed_logit,
    loss_gradients,
    naive_cross_entropy,
    smoothed_loss,
)
from dcgan_course.ch06_losses.toy import (
    GRID,
    ToyRun,
    divergences,
    generated_density,
    real_density,
    toy_run,
)
from dcgan_lib import discriminator_loss, generator_loss
from dcgan_lib.shared import DARK_GREY, GENERATED_COLOUR, GREY, REAL_COLOUR, finish

LEGEND = {"loc": "upper right", "fontsize": "small", "edgecolor": "none", "framealpha": 1}
LEGEND |= {"borderaxespad": 0}  # so that no curve shows above it
DENSITY_TOP = 1.1  # of the axes that densities are drawn on


def draw_cross_entropy(cross_entropy: Callable[[np.ndarray, np.ndarray], np.ndarray]) -> Figure:
    """Draw a cross-entropy over logits in float32, and how far the naive one comes.

    Args:
        cross_entropy: (logits (n,), labels (n,)) → loss (n,), in nats.
    """
    logits = np.linspace(-120, 120, 241, dtype=np.float32)
    figure = Figure(figsize=(9, 3.4), layout="constrained")
    panels = figure.subplots(1, 2, sharey=True)
    for axes, label, colour in zip(panels, (1, 0), (REAL_COLOUR, GENERATED_COLOUR), strict=True):
        labels = np.full_like(logits, label)
        finite = np.isfinite(naive := naive_cross_entropy(logits, labels))
        axes.plot(logits, cross_entropy(logits, labels), color=colour, label="from the logit")
        axes.plot(logits[finite], naive[finite], color="black", linewidth=4, label="naive")
        for end, text in ((0, "naive: inf or NaN beyond"), (-1, None)):
            axes.axvline(logits[finite][end], color=GREY, linestyle=":", label=text)
        axes.set(title=f"label {label}", xlabel="logit")
        axes.legend(**LEGEND | {"loc": "upper center"})
    panels[0].set_ylabel("cross-entropy (nats)")
    return finish(figure)


def draw_best_discriminator(
    distance: float,
    spread: float = 1.0,
    best: Callable[[np.ndarray, np.ndarray], np.ndarray] = best_discriminator,
) -> Figure:
    """Two densities, the best D for them, and the loss that it is left with.

    Args:
        distance: between the centres of real and generated data.
        spread: standard deviation of the generated data; that of the real data is 1.
        best: (p, q) → D along the grid.
    """
    x = np.linspace(-20, 20, 2001)  # wide, so that nothing of either is cut off
    p, q = bell(x, -distance / 2), bell(x, distance / 2, spread)
    apart = divergence(p, q, x[1] - x[0])
    figure = Figure(figsize=(8, 3.6), layout="constrained")
    axes = figure.subplots()
    _draw_densities(axes, x, p, q)
    _draw_d(axes, x, best(p, q))
    axes.set_xlim(-9, 9)
    axes.set_title(
        f"divergence {apart:.3f}; the best D's loss: ln 4 − 2 · {apart:.3f} = "
        f"{math.log(4) - 2 * apart:.3f}"
    )
    return finish(figure, "below")


def draw_gradients() -> Figure:
    """Draw G's two losses, and the size of their gradients, against D's logit."""
    logits = np.linspace(-10, 10, 201)
    figure = Figure(figsize=(9, 3.6), layout="constrained")
    left, right = figure.subplots(1, 2)
    for name, (loss, slope) in loss_gradients(logits).items():
        style = "--" if name == "minimax" else "-"
        left.plot(logits, loss, style, color=GENERATED_COLOUR, label=name)
        right.plot(logits, np.abs(slope), style, color=GENERATED_COLOUR, label=name)
    left.set(title="G's loss", ylabel="nats")
    right.set(title="size of its gradient", ylabel="|d loss / d logit|")
    for axes in (left, right):
        axes.axvspan(-10, -4, color=GREY, alpha=0.15, linewidth=0)
        axes.set_xlabel("D's logit of a generated face")
    right.text(-7, 0.5, "D rejects\nwith confidence", ha="center", va="center", color=DARK_GREY)
    return finish(figure, "inside")


def draw_smoothing(smoothing: float = 0.1) -> Figure:
    """D's loss on one real face against its logit, with and without one-sided smoothing."""
    logits = np.linspace(-2, 10, 241, dtype=np.float32)
    figure = Figure(figsize=(7, 3.2), layout="constrained")
    axes = figure.subplots()
    for amount, style in ((0.0, "--"), (smoothing, "-")):
        loss = smoothed_loss(logits, amount)
        axes.plot(logits, loss, style, color=REAL_COLOUR, label=f"label {1 - amount:g}")
    lowest = best_smoothed_logit(smoothing)
    axes.axvline(lowest, color=GREY, linestyle=":", label=f"lowest: D says {1 - smoothing:g}")
    axes.set(title="D's loss on a real face", xlabel="D's logit", ylabel="nats")
    return finish(figure, "inside")


def draw_logits(logits: dict[str, tuple[np.ndarray, np.ndarray]]) -> Figure:
    """Histograms of D's logits on real and generated faces, one panel for each title.

    Args:
        logits: title → (logits of real faces, of generated faces), each (n, 1).
    """
    figure = Figure(figsize=(9, 3), layout="constrained")
    panels = figure.subplots(1, len(logits), squeeze=False, sharex=True)[0]
    everything = np.concatenate([np.ravel(values) for pair in logits.values() for values in pair])
    bins = np.linspace(min(-1, everything.min()), max(1, everything.max()), 41)
    for axes, (title, (real, fake)) in zip(panels, logits.items(), strict=True):
        axes.hist(np.ravel(real), bins, color=REAL_COLOUR, alpha=0.6, label="real faces")
        axes.hist(np.ravel(fake), bins, color=GENERATED_COLOUR, alpha=0.6, label="generated")
        d_loss, g_loss = float(discriminator_loss(real, fake)), float(generator_loss(fake))
        axes.set(title=f"{title}\nlosses: D {d_loss:.3f}, G {g_loss:.3f}", xlabel="D's logit")
    return finish(figure, "inside")


def draw_toy(learning_rate: float = 0.001, beta_1: float = 0.5, step: int = 1000) -> Figure:
    """One moment of a toy GAN: densities and D, with what came before and after.

    Args:
        learning_rate: Adam's, above 0.
        beta_1: Adam's, at least 0 and below 1.
        step: 0 to 1000; the nearest that was kept is shown.
    """
    run = toy_run(learning_rate, beta_1)
    frame = run.nearest_frame(step)
    figure = Figure(figsize=(10, 4.4), layout="constrained")
    panels = figure.subplot_mosaic("ab;ac", width_ratios=(1.5, 1))
    _draw_moment(panels["a"], run, frame)
    panels["a"].legend(frameon=False, loc="upper center", bbox_to_anchor=(0.5, -0.12), ncols=3)
    panels["a"].set_title(
        f"learning rate {learning_rate:.2g}, β1 {beta_1:g}, step {run.steps[frame]}"
    )
    _draw_outputs(panels["b"], run)
    _draw_nats(panels["c"], run)
    for axes in (panels["b"], panels["c"]):
        axes.axvline(run.steps[frame], color="black", linewidth=1)
    return finish(figure)


def draw_toy_moments(run: ToyRun, steps: tuple[int, ...] = (0, 100, 300, 1000)) -> Figure:
    """Densities and D at some steps of a toy GAN, side by side."""
    figure = Figure(figsize=(10, 3), layout="constrained")
    panels = figure.subplots(1, len(steps), sharey=True)
    for axes, step in zip(panels, steps, strict=True):
        frame = run.nearest_frame(step)
        _draw_moment(axes, run, frame)
        axes.set(title=f"step {run.steps[frame]}")
        axes.label_outer()
    return finish(figure, "below")


def draw_toy_runs(runs: dict[str, ToyRun]) -> Figure:
    """Whole runs, a row each: where G's points go, what D answers, the loss and the distance.

    Args:
        runs: title → run.
    """
    figure = Figure(figsize=(10, 2.4 * len(runs)), layout="constrained")
    rows = figure.subplots(len(runs), 3, squeeze=False)
    for (left, middle, right), (title, run) in zip(rows, runs.items(), strict=True):
        extent = (GRID[0], GRID[-1], run.steps[-1], 0)
        left.imshow(
            run.film(), aspect="auto", cmap="Oranges", vmin=0, vmax=DENSITY_TOP, extent=extent
        )
        for centre in run.centres:
            left.axvline(centre, color=REAL_COLOUR, linestyle=":")
        left.set(title=title, xlabel="x (dotted: the data's centres)", ylabel="step")
        _draw_outputs(middle, run)
        _draw_nats(right, run)
    return finish(figure)


def _draw_moment(axes: Axes, run: ToyRun, frame: int) -> None:
    generated = generated_density(run.points[frame])
    _draw_densities(axes, GRID, real_density(GRID, run.centres), generated)
    _draw_d(axes, GRID, run.d_grid[frame])


def _draw_densities(axes: Axes, x: np.ndarray, p: np.ndarray, q: np.ndarray) -> None:
    axes.fill_between(x, p, color=REAL_COLOUR, alpha=0.35, linewidth=0, label="real")
    axes.fill_between(x, q, color=GENERATED_COLOUR, alpha=0.5, linewidth=0, label="generated")


def _draw_d(axes: Axes, x: np.ndarray, chances: np.ndarray) -> None:
    axes.axhline(0.5, color=GREY, linestyle="--", linewidth=1)
    axes.plot(x, chances, color=REAL_COLOUR, linewidth=2, label="D: chance of “real”")
    axes.set(xlim=(x[0], x[-1]), ylim=(0, DENSITY_TOP), xlabel="x", ylabel="density; D")


def _draw_outputs(axes: Axes, run: ToyRun) -> None:
    axes.axhline(0.5, color=GREY, linestyle="--", linewidth=1)
    axes.plot(run.d_real, color=REAL_COLOUR, linewidth=0.8, label="on real points")
    axes.plot(run.d_fake, color=GENERATED_COLOUR, linewidth=0.8, label="on generated points")
    axes.set(title="what D answers", xlabel="step", ylim=(0, 1.4), yticks=(0, 0.5, 1))
    axes.legend(**LEGEND)


def _draw_nats(axes: Axes, run: ToyRun) -> None:
    axes.axhline(math.log(4), color=GREY, linestyle="--", linewidth=1, zorder=3)
    axes.plot(run.d_loss, color=REAL_COLOUR, linewidth=0.8, label="D's loss (dashed: ln 4)")
    axes.plot(run.steps, divergences(run), color="black", label="divergence, G to data")
    axes.set(title="the loss and the truth (nats)", xlabel="step", ylim=(0, 3.2))
    axes.legend(**LEGEND)
