"""Figures of chapter 10: pairs, rankings and placebos, or how far a study can be believed."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import keras
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from scipy import stats

from dcgan_lib import Settings, build_discriminator, build_generator
from dcgan_lib.rules import (
    AS_WRITTEN,
    COLOURS,
    CONFIDENCE,
    MAIN,
    MEASURES,
    compare,
    interval,
    label,
    turned,
)

RULE_COLOURS = ("#1a365d", "#d69e2e", "#2c7a7b", "#b83280", "#718096")  # of MAIN
MEASURE = "sliced_wasserstein"


def rule_costs(settings: Settings, rules: Sequence[str] = MAIN) -> pd.DataFrame:
    """Parameters of both networks, and the multiplications of one face through both.

    Args:
        settings: what the runs share.
        rules: names in ``rules.RULES``.

    Returns:
        One row per rule, and one as written: G's and D's parameters, millions of
        multiplications, and their ratio to the networks as written.
    """
    rows = {}
    for rule in (AS_WRITTEN, *rules):
        changed = turned(settings, rule, 0)
        networks = build_generator(changed), build_discriminator(changed)
        sizes = {f"{name}'s parameters": net.count_params()
                 for name, net in zip("GD", networks, strict=True)}  # fmt: skip
        rows[label(rule)] = sizes | {"multiplications, 10⁶": sum(map(multiplications, networks))}
    table = pd.DataFrame(rows).T
    table["multiplications, 10⁶"] /= 1e6
    first = table["multiplications, 10⁶"].iloc[0]
    table["times as written"] = table["multiplications, 10⁶"] / first
    return table.round({"multiplications, 10⁶": 1, "times as written": 2}).astype(
        {"G's parameters": int, "D's parameters": int}
    )


def multiplications(network: keras.Model) -> int:
    """Multiplications of one image in all convolutions and dense layers, edges included."""
    total = 0
    for layer in network.layers:
        if isinstance(layer, keras.layers.Conv2DTranspose):  # each input pixel stamps the kernel
            total += int(np.prod(layer.input.shape[1:3])) * layer.kernel.shape.num_elements()
        elif isinstance(layer, keras.layers.Conv2D):  # each output pixel reads a window
            total += int(np.prod(layer.output.shape[1:3])) * layer.kernel.shape.num_elements()
        elif isinstance(layer, keras.layers.Dense):
            total += layer.kernel.shape.num_elements()
    return total


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
    left.plot([0, 1], both.to_numpy().T, "o-", color=COLOURS["holds"], alpha=0.6)
    left.set_xticks([0, 1], ["as written", label(rule)])
    left.set(xlim=(-0.4, 1.4), ylabel=MEASURES[measure].label)
    left.set_title(f"{len(both)} pairs: a line is a seed", fontsize="medium")
    for place, (low, high) in enumerate(both_intervals(both[rule], both[AS_WRITTEN])):
        right.plot([low, high], [place, place], color=COLOURS["holds"], linewidth=3)
        right.plot((low + high) / 2, place, "o", color=COLOURS["holds"])
    right.axvline(0, color="#718096", linewidth=1)
    right.set_yticks([0, 1], ["pair by pair", "as two heaps"])
    right.set(ylim=(1.6, -0.6), xlabel=f"difference of {MEASURES[measure].label}")
    right.set_title("95 % interval of the mean difference", fontsize="medium")
    for axes in (left, right):
        axes.spines[["top", "right"]].set_visible(False)
    return figure


def both_intervals(turned: pd.Series, written: pd.Series) -> list[tuple[float, float]]:
    """Interval of the mean difference taken in pairs, and by Welch's t from two heaps."""
    heaps = stats.ttest_ind(turned, written, equal_var=False).confidence_interval(CONFIDENCE)
    return [interval(turned - written), (heaps.low, heaps.high)]


def rank(table: pd.DataFrame, measure: str = MEASURE, rules: Sequence[str] = MAIN) -> list[str]:
    """Rules in order of the harm that turning each does, the greatest first.

    A rule whose runs all broke down comes before any that finished.
    """
    compared = compare(table, measure).set_index("rule")["change"]
    sign = 1 if MEASURES[measure].better == "lower" else -1
    harm = (sign * compared).fillna(np.inf)
    return sorted((rule for rule in rules if rule in harm), key=lambda rule: -harm[rule])


def draw_ranks(table: pd.DataFrame, measure: str = MEASURE) -> Figure:
    """The ranking that each seed alone would have given, and that of all together.

    Args:
        table: as ``rules.read_study`` gives it; shows the main rules.
        measure: a key of ``rules.MEASURES``.
    """
    seeds = sorted(table.loc[table["rule"].isin(MAIN), "seed"].unique())
    columns = {f"seed {seed}": rank(table[table["seed"] == seed], measure) for seed in seeds}
    columns["all seeds"] = rank(table, measure)
    figure = Figure(figsize=(9, 3.6), layout="constrained")
    _draw_columns(figure.subplots(), columns)
    figure.suptitle(f"Most harm on top, by {MEASURES[measure].label}")
    return figure


def pairs_in_order(predicted: Sequence[str], measured: Sequence[str]) -> int:
    """How many pairs of rules stand the same way round in both rankings."""
    place = {rule: number for number, rule in enumerate(measured)}
    return sum(place[first] < place[second] for first, second in combinations(predicted, 2))


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
    return figure


def _draw_columns(axes: Axes, columns: dict[str, list[str]]) -> None:
    last = len(columns) - 1
    for rule, colour in zip(MAIN, RULE_COLOURS, strict=True):
        places = [(x, order.index(rule)) for x, order in enumerate(columns.values())
                  if rule in order]  # fmt: skip
        if places:
            axes.plot(*zip(*places, strict=True), "o-", color=colour, linewidth=2)
            axes.annotate(label(rule), (last, places[-1][1]), (9, 0), textcoords="offset points",
                          va="center", color=colour)  # fmt: skip
    axes.set_xticks(range(len(columns)), list(columns))
    axes.set_yticks(range(len(MAIN)), [str(place + 1) for place in range(len(MAIN))])
    axes.set(xlim=(-0.2, last + 0.05 + 0.35 * max(last, 1)), ylim=(len(MAIN) - 0.5, -0.5))
    axes.set_ylabel("rank")
    axes.spines[["top", "right", "bottom"]].set_visible(False)
    axes.tick_params(length=0)


def placebos(count: int, seeds: int, seed: int, confidence: float = CONFIDENCE) -> np.ndarray:
    """Intervals of rules that do nothing: float (count, 2), low and high, in deviations.

    Each comes from ``seeds`` differences drawn from N(0, 1).
    """
    drawn = np.random.default_rng(seed).standard_normal((count, seeds))
    return np.array([interval(pd.Series(row), confidence) for row in drawn])


def draw_placebos(count: int = 17, seeds: int = 5, seed: int = 0, careful: bool = False) -> Figure:
    """Draw ``placebos``; those whose interval leaves 0 out would get a verdict.

    Args:
        count: how many rules that do nothing.
        seeds: pairs for each, at least 2.
        seed: of the random numbers.
        careful: widen the intervals for ``count`` comparisons (Bonferroni).
    """
    confidence = 1 - (1 - CONFIDENCE) / count if careful else CONFIDENCE
    bounds = placebos(count, seeds, seed, confidence)
    wrong = (bounds[:, 0] > 0) | (bounds[:, 1] < 0)
    figure = Figure(figsize=(8, 2.8), layout="constrained")
    axes = figure.subplots()
    colours = np.where(wrong, COLOURS["does not hold"], COLOURS["undecided"])
    axes.vlines(range(1, count + 1), *bounds.T, colors=colours, linewidth=4)
    axes.axhline(0, color="#718096", linewidth=1)
    axes.set_xticks(range(1, count + 1))
    axes.set(xlabel="a rule that does nothing", ylabel="change, in deviations")
    kind = f"{100 * confidence:.4g} % intervals"
    axes.set_title(f"{wrong.sum()} of {count} get a verdict, wrongly ({kind})")
    axes.spines[["top", "right"]].set_visible(False)
    return figure
