"""What a study says: each rule compared with the paper's network, with intervals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd
from scipy import stats

from dcgan_lib.rules.rulebook import AS_WRITTEN, RULES

CONFIDENCE = 0.95


@dataclass(frozen=True)
class StudyMeasure:
    """A figure of ``evaluate_run`` that a study compares; ``better`` is "lower" or "higher"."""

    label: str
    better: str


MEASURES: dict[str, StudyMeasure] = {
    "sliced_wasserstein": StudyMeasure("sliced Wasserstein distance", "lower"),
    "haar_acceptance": StudyMeasure("accepted by the cascade", "higher"),
    "precision": StudyMeasure("precision", "higher"),
    "coverage": StudyMeasure("coverage", "higher"),
}


def compare_rules(
    table: pd.DataFrame, measure: str, confidence: float = CONFIDENCE
) -> pd.DataFrame:
    """What turning each rule does to one figure, as differences between runs of the same seed.

    Args:
        table: as ``read_study`` gives it.
        measure: a key of ``MEASURES``.
        confidence: of each rule's interval alone, between 0 and 1.

    Returns:
        One row per rule: rule, seeds (pairs), broke (runs that broke down where the one as
        written did not), mean (of the rule turned), change (mean difference to the run as
        written), low and high (its interval by Student's t, NaN for fewer than two pairs), and
        verdict: "holds" where turning the rule makes the figure worse, "does not hold" where it
        makes it better, each with the interval on one side of 0, else "undecided". A run that
        broke down is the worst: where all did, the rule "holds", and where any did, it is never
        said not to.
    """
    by_rule = {name: rows.set_index("seed")[measure] for name, rows in table.groupby("rule")}
    written = by_rule[AS_WRITTEN]
    rows = [
        {"rule": name} | _compared(by_rule[name], written, MEASURES[measure].better, confidence)
        for name in RULES
        if name in by_rule
    ]
    return pd.DataFrame(rows)


def interval(pairs: pd.Series, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """The interval of a mean by Student's t: low, high; NaN for fewer than two values."""
    if len(pairs) < 2:
        return float("nan"), float("nan")
    reach = stats.t.ppf((1 + confidence) / 2, len(pairs) - 1) * stats.sem(pairs)
    return pairs.mean() - reach, pairs.mean() + reach


def paired_differences(table: pd.DataFrame, rule: str, measure: str) -> pd.Series:
    """Turned minus as written, seed by seed, for seeds where both ran to their end."""
    by_rule = table.pivot(index="seed", columns="rule", values=measure)
    return (by_rule[rule] - by_rule[AS_WRITTEN]).dropna()


def for_many(count: int, confidence: float = CONFIDENCE) -> float:
    """The confidence that each of ``count`` intervals needs, so that all of them together miss
    no more often than one of ``confidence`` alone (Bonferroni)."""
    return 1 - (1 - confidence) / count


def _compared(
    turned: pd.Series, written: pd.Series, better: str, confidence: float
) -> dict[str, Any]:
    differences = (turned - written).dropna()  # of seeds where both ran
    broke = int((turned.isna() & written.reindex(turned.index).notna()).sum())
    low, high = interval(differences, confidence)
    worse, best = (low > 0, high < 0) if better == "lower" else (high < 0, low > 0)
    verdict = "undecided"
    if worse or (broke and differences.empty):
        verdict = "holds"
    elif best and not broke:
        verdict = "does not hold"
    values = {"seeds": len(differences), "broke": broke, "mean": turned.mean()}
    values |= {"change": differences.mean(), "low": low, "high": high}
    return values | {"verdict": verdict}
