"""Figures of chapter 10: pairs, rankings and placebos, or how far a study can be believed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from dcgan_course.ch10_rules.rankings import (
    MEASURE,
    both_intervals,
    pairs_in_order,
    placebo_intervals,
    rank,
    ranks_by_seed,
)
from dcgan_lib.rules import (
    AS_WRITTEN,
    CONFIDENCE,
    MAIN,
    MEASURES,
    VERDICT_COLOURS,
    for_many,
    label,
)
from dcgan_lib.shared import GREY, finish

RULE_COLOURS = ("#1a365d", "#d69e2e", "#2c7a7b", "#b83280", GREY)  # of MAIN


def draw_pairs(table: pd.DataFrame, rule: str, measure: str = MEASURE) -> Figure:
    """Runs as written and with a rule turned, joined by their seed; and both kinds of interval.

    Args:
        table: as ``rules.read_study`` gives it, with two seeds or more.
        rule: name in ``rules.RULES``.
        measure: a key of ``rules.MEASURES``.
    """
    by_rule = table.pivot(index="seed", columns="rule", values=measure)
    both = by_rule[[AS_WRITTEN, rule]].dropna()
    figure = Figure(figsize=(9, 3.2), layout="constrained")
    left, right = figure.subplots(1, 2, width_ratios=(2, 3))
    left.plot([0, 1], both.to_numpy().T, "o-", color=VERDICT_COLOURS["holds"], alpha=0.6)
    left.set_xticks([0, 1], ["as written", label(rule)])
    left.set(xlim=(-0.4, 1.4), ylabel=MEASURES[measure].label)
    left.set_title(f"{len(both)} pairs: a line is a seed", fontsize="medium")
    for place, (low, high) in enumerate(both_intervals(both[rule], both[AS_WRITTEN])):
        right.plot([low, high], [place, place], color=VERDICT_COLOURS["holds"], linewidth=3)
        right.plot((low + high) / 2, place, "o", color=VERDICT_COLOURS["holds"])
    right.axvline(0, color=GREY, linewidth=1)
    right.set_yticks([0, 1], ["pair by pair", "as two heaps"])
    right.set(ylim=(1.6, -0.6), xlabel=f"difference of {MEASURES[measure].label}")
    right.set_title("95 % interval of the mean difference", fontsize="medium")
    return finish(figure)


def draw_ranks(table: pd.DataFrame, measure: str = MEASURE) -> Figure:
    """The ranking that each seed alone would have given, and that of all together.

    Args:
        table: as ``rules.read_study`` gives it; shows the main rules.
        measure: a key of ``rules.MEASURES``.
    """
    figure = Figure(figsize=(9, 3.6), layout="constrained")
    _draw_columns(figure.subplots(), ranks_by_seed(table, measure))
    figure.suptitle(f"Most harm on top, by {MEASURES[measure].label}")
    return finish(figure, hide=("top", "right", "bottom"))


def draw_prediction(
    predicted: Sequence[str], table: pd.DataFrame, measure: str = MEASURE
) -> Figure:
    """A predicted ranking of the main rules beside the measured one.

    Args:
        predicted: the names in ``rules.MAIN``, most harm first.
        table: as ``rules.read_study`` gives it.
        measure: a key of ``rules.MEASURES``.
    """
    measured = rank(table, measure)
    figure = Figure(figsize=(7, 3.4), layout="constrained")
    _draw_columns(figure.subplots(), {"predicted": list(predicted), "measured": measured})
    right, count = pairs_in_order(predicted, measured), len(measured) * (len(measured) - 1) // 2
    figure.suptitle(f"{right} of {count} pairs are in the order that was measured")
    return finish(figure, hide=("top", "right", "bottom"))


def _draw_columns(axes: Axes, columns: dict[str, list[str]]) -> None:
    last = len(columns) - 1
    for rule, colour in zip(MAIN, RULE_COLOURS, strict=True):
        ranked = {x: order.index(rule) for x, order in enumerate(columns.values()) if rule in order}
        if ranked:
            axes.plot(list(ranked), list(ranked.values()), "o-", color=colour, linewidth=2)
            end, look = (last, list(ranked.values())[-1]), {"va": "center", "color": colour}
            axes.annotate(label(rule), end, (9, 0), textcoords="offset points", **look)
    axes.set_xticks(range(len(columns)), list(columns))
    axes.set_yticks(range(len(MAIN)), [str(place + 1) for place in range(len(MAIN))])
    axes.set(xlim=(-0.2, last + 0.05 + 0.35 * max(last, 1)), ylim=(len(MAIN) - 0.5, -0.5))
    axes.set_ylabel("rank")
    axes.tick_params(length=0)


def draw_placebos(count: int = 17, seeds: int = 5, seed: int = 0, careful: bool = False) -> Figure:
    """Draw ``placebo_intervals``; those whose interval leaves 0 out would get a verdict.

    Args:
        count: how many rules that do nothing.
        seeds: pairs for each, at least 2.
        seed: of the random numbers.
        careful: widen the intervals for ``count`` comparisons (Bonferroni).
    """
    confidence = for_many(count) if careful else CONFIDENCE
    bounds = placebo_intervals(count, seeds, seed, confidence)
    wrong = (bounds[:, 0] > 0) | (bounds[:, 1] < 0)
    figure = Figure(figsize=(8, 2.8), layout="constrained")
    axes = figure.subplots()
    colours = np.where(wrong, VERDICT_COLOURS["does not hold"], VERDICT_COLOURS["undecided"])
    axes.vlines(range(1, count + 1), *bounds.T, colors=colours, linewidth=4)
    axes.axhline(0, color=GREY, linewidth=1)
    axes.set_xticks(range(1, count + 1))
    axes.set(xlabel="a rule that does nothing", ylabel="change, in deviations")
    kind = f"{100 * confidence:.4g} % intervals"
    axes.set_title(f"{wrong.sum()} of {count} get a verdict, wrongly ({kind})")
    return finish(figure)
