"""Rankings of the rules, and how far a study can be believed (chapter 10)."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np
import pandas as pd
from scipy import stats

from dcgan_lib.rules import CONFIDENCE, MAIN, MEASURES, compare_rules, interval

MEASURE = "sliced_wasserstein"


def both_intervals(turned: pd.Series, written: pd.Series) -> list[tuple[float, float]]:
    """Interval of the mean difference taken in pairs, and by Welch's t from two heaps."""
    heaps = stats.ttest_ind(turned, written, equal_var=False).confidence_interval(CONFIDENCE)
    return [interval(turned - written), (heaps.low, heaps.high)]


def rank(table: pd.DataFrame, measure: str = MEASURE, rules: Sequence[str] = MAIN) -> list[str]:
    """Rules in order of the harm that turning each does, the greatest first.

    A rule whose runs all broke down comes before any that finished.
    """
    compared = compare_rules(table, measure).set_index("rule")["change"]
    sign = 1 if MEASURES[measure].better == "lower" else -1
    harm = (sign * compared).fillna(np.inf)
    return sorted((rule for rule in rules if rule in harm), key=lambda rule: -harm[rule])


def ranks_by_seed(table: pd.DataFrame, measure: str = MEASURE) -> dict[str, list[str]]:
    """The ranking of the main rules that each seed alone would have given, and that of all."""
    seeds = sorted(table.loc[table["rule"].isin(MAIN), "seed"].unique())
    columns = {f"seed {seed}": rank(table[table["seed"] == seed], measure) for seed in seeds}
    return columns | {"all seeds": rank(table, measure)}


def pairs_in_order(predicted: Sequence[str], measured: Sequence[str]) -> int:
    """How many pairs of rules stand the same way round in both rankings."""
    place = {rule: number for number, rule in enumerate(measured)}
    return sum(place[first] < place[second] for first, second in combinations(predicted, 2))


def placebo_intervals(
    count: int, seeds: int, seed: int, confidence: float = CONFIDENCE
) -> np.ndarray:
    """Intervals of rules that do nothing: float (count, 2), low and high, in deviations.

    Each comes from ``seeds`` differences drawn from N(0, 1).
    """
    drawn = np.random.default_rng(seed).standard_normal((count, seeds))
    return np.array([interval(pd.Series(row), confidence) for row in drawn])
