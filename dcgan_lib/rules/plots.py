"""Figures of chapter 10: what turning each rule does, and the faces that come of it."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from dcgan_lib.rules.rulebook import AS_WRITTEN, RULES, label
from dcgan_lib.rules.verdicts import (
    CONFIDENCE,
    MEASURES,
    compare_rules,
    for_many,
    paired_differences,
)
from dcgan_lib.shared import GREY, LIGHT_GREY, PALE_GREY, finish, show_picture

# of a verdict: "holds" and "does not hold" differ in lightness too
VERDICT_COLOURS = {"holds": "#1a365d", "undecided": LIGHT_GREY, "does not hold": "#d69e2e"}


def plot_rules(
    table: pd.DataFrame,
    measures: Sequence[str] = tuple(MEASURES),
    confidence: float = CONFIDENCE,
) -> Figure:
    """What turning each rule changes, in every figure, beside the run as written.

    A small dot is a pair of runs of one seed; a bar is the interval of their mean (Student's t).

    Args:
        table: as ``rules.read_study`` gives it.
        measures: keys of ``rules.MEASURES``, a column each.
        confidence: of each interval, between 0 and 1.
    """
    names = [name for name in RULES if name in set(table["rule"])]
    size = (2.2 + max(2.3 * len(measures), 5), 1.7 + 0.34 * len(names))
    figure = Figure(figsize=size, layout="constrained")
    panels = figure.subplots(1, len(measures), sharey=True, squeeze=False)[0]
    for axes, measure in zip(panels, measures, strict=True):
        _draw_changes(axes, table, measure, confidence)
    panels[0].set_yticks(range(len(names)), [label(name) for name in names])
    panels[0].set_ylim(len(names) - 0.5, -0.5)
    said = {verdict: f"the rule {verdict}" for verdict in VERDICT_COLOURS} | {
        "undecided": "undecided"
    }
    for verdict, colour in VERDICT_COLOURS.items():
        panels[0].plot([], [], "o-", color=colour, label=said[verdict])
    figure.suptitle("Each rule turned alone: change against the network as written")
    return finish(figure, "below", hide=("top", "right", "left"))


def draw_verdicts(
    table: pd.DataFrame,
    rules: Sequence[str],
    measure: str,
    seeds: int,
    careful: bool = False,
) -> Figure:
    """``plot_rules`` for some rules and one figure, as if fewer seeds had been run.

    Args:
        table: as ``rules.read_study`` gives it.
        rules: those to show, at least one of the table's.
        measure: a key of ``rules.MEASURES``.
        seeds: how many are kept, the first ones, at least 1.
        careful: widen the intervals so that all of them together miss once in twenty
            (Bonferroni), and not each alone.

    Raises:
        ValueError: no rule is chosen.
    """
    kept = table[(table["seed"] < seeds) & table["rule"].isin([AS_WRITTEN, *rules])]
    count = kept["rule"].nunique() - 1
    if count < 1:
        raise ValueError("Choose at least one rule.")
    confidence = for_many(count) if careful else CONFIDENCE
    figure = plot_rules(kept, [measure], confidence)
    said = "no interval from one seed" if seeds == 1 else f"{100 * confidence:.4g} % intervals"
    figure.suptitle(f"{seeds} seed{'s' * (seeds > 1)}, {said}")
    return figure


def draw_rule_faces(faces: dict[str, np.ndarray]) -> Figure:
    """Generated faces, a row for each rule turned.

    Args:
        faces: as ``rule_faces`` gives them.
    """
    figure = Figure(figsize=(8.6, 0.85 * len(faces)), layout="constrained")
    panels = figure.subplots(len(faces), 1, squeeze=False)[:, 0]
    for axes, (rule, row) in zip(panels, faces.items(), strict=True):
        show_picture(axes, np.concatenate(list(row), axis=1))
        axes.set_ylabel(textwrap.fill(label(rule), 20), rotation=0, ha="right", va="center")
    return figure


def _draw_changes(axes: Axes, table: pd.DataFrame, measure: str, confidence: float) -> None:
    compared = compare_rules(table, measure, confidence)
    axes.axvline(0, color=GREY, linewidth=1)
    for place, row in enumerate(compared.itertuples()):
        pairs = paired_differences(table, row.rule, measure)
        colour = VERDICT_COLOURS[row.verdict]
        if not row.seeds:
            axes.text(0, place, " broke down", color=colour, va="center", fontsize="small")
            continue
        axes.plot(pairs, np.full(len(pairs), place), ".", color=colour, alpha=0.5, markersize=5)
        axes.plot([row.low, row.high], [place, place], color=colour, linewidth=2)
        axes.plot(row.change, place, "o", color=colour, markersize=6)
    kind = MEASURES[measure]
    written = table.loc[table["rule"] == AS_WRITTEN, measure].mean()
    axes.set_title(f"{kind.label}\nas written: {written:.3g}", fontsize="medium")
    arrow = "← better" if kind.better == "lower" else "better →"
    axes.set_xlabel(f"change ({arrow})", fontsize="small")
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="y", color=PALE_GREY, linewidth=0.5)
    axes.set_axisbelow(True)
    axes.locator_params(axis="x", nbins=4)
