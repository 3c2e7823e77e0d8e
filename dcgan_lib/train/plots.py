"""Pictures of a run: its curves and its grids of faces."""

from __future__ import annotations

import math
from pathlib import Path

import pandas as pd
from matplotlib.figure import Figure

from dcgan_lib.shared import GENERATED_COLOUR, GREY, REAL_COLOUR, finish, plot_epochs, write_png


def plot_history(history: pd.DataFrame) -> dict[str, Figure]:
    """Draw a run's losses and D's outputs over the epochs.

    Args:
        history: columns epoch, d_loss, g_loss, d_real, d_fake, as in ``history.csv``.

    Returns:
        ``losses``: both cross-entropies, with their values at the equilibrium (ln 4 and ln 2);
        ``d_outputs``: the mean of D's sigmoid on real and on generated faces, with 1/2, where
        the paper expects both to end.
    """
    losses = _curves(
        history,
        {"d_loss": ("D", REAL_COLOUR), "g_loss": ("G", GENERATED_COLOUR)},
        {"equilibrium of D: ln 4": math.log(4), "equilibrium of G: ln 2": math.log(2)},
    )
    losses.axes[0].set(title="Losses during training", ylabel="cross-entropy (nats)")
    outputs = _curves(
        history,
        {"d_real": ("real faces", REAL_COLOUR), "d_fake": ("generated faces", GENERATED_COLOUR)},
        {"equilibrium: 1/2": 0.5},
    )
    outputs.axes[0].set(title="What D answers", ylabel="mean of D's sigmoid", ylim=(0, 1))
    return {"losses": losses, "d_outputs": outputs}


def write_curves(run: Path, history: pd.DataFrame) -> None:
    """``losses.png`` and ``d_outputs.png`` of a run, as ``plot_history`` draws them."""
    for name, figure in plot_history(history).items():
        write_png(figure, run / f"{name}.png", mark="")


def _curves(
    history: pd.DataFrame, columns: dict[str, tuple[str, str]], levels: dict[str, float]
) -> Figure:
    figure = Figure(figsize=(7, 3.6), layout="constrained")
    axes = figure.subplots()
    for (text, level), style in zip(levels.items(), ("--", ":"), strict=False):
        axes.axhline(level, color=GREY, linestyle=style, linewidth=1, label=text)
    plot_epochs(axes, history, columns)
    return finish(figure, "below")
