"""A study of the rules as one Markdown table (chapter 10)."""

from __future__ import annotations

import pandas as pd

from dcgan_lib.rules.rulebook import AS_WRITTEN, RULES
from dcgan_lib.rules.verdicts import MEASURES, compare_rules


def to_markdown(table: pd.DataFrame) -> str:
    """A study as one table: a row per rule, best and worst told by the interval of each figure.

    Args:
        table: as ``read_study`` gives it.

    Returns:
        A Markdown table. Changes stand with their intervals; the verdict is on the first figure.
    """
    compared = {measure: compare_rules(table, measure) for measure in MEASURES}
    labels = [f"{MEASURES[m].label}, {MEASURES[m].better} is better" for m in MEASURES]
    header = ["rule", "turned", *labels, "seconds", "verdict"]
    written = table[table["rule"] == AS_WRITTEN]
    means = [f"{written[measure].mean():.3g}" for measure in MEASURES]
    lines = [header, ["---"] * len(header)]
    lines.append(["", "as written", *means, f"{written['seconds'].mean():.0f}", ""])
    for place, rule in enumerate(compared[next(iter(MEASURES))]["rule"]):
        rows = [compared[measure].iloc[place] for measure in MEASURES]
        seconds = table.loc[table["rule"] == rule, "seconds"].mean()
        letter = f"{RULES[rule].letter}: " if RULES[rule].letter else ""
        names = [letter + RULES[rule].says, RULES[rule].turned]
        lines.append([*names, *map(_change, rows), f"{seconds:.0f}", rows[0]["verdict"]])
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines) + "\n"


def _change(row: pd.Series) -> str:
    if row["seeds"] == 0:
        return "broke down"
    broke = f", {row['broke']} broke down" if row["broke"] else ""
    interval = f" ({row['low']:+.3g} to {row['high']:+.3g})" if row["seeds"] > 1 else ""
    return f"{row['change']:+.3g}{interval}{broke}"
