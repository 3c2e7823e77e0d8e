"""Widgets of chapter 10."""

from __future__ import annotations

import ipywidgets
import pandas as pd

from dcgan_course.ch10_rules.plots import draw_placebos
from dcgan_course.exploring import explorer
from dcgan_lib.rules import MEASURES, RULES, draw_verdicts, label


def explore_verdicts(table: pd.DataFrame) -> ipywidgets.VBox:
    """Choose rules, a figure and how many seeds are kept, and watch intervals and verdicts.

    Args:
        table: as ``rules.read_study`` gives it.
    """
    rules = [(label(rule), rule) for rule in RULES if rule in set(table["rule"])]
    seeds = int(table["seed"].max()) + 1
    measures = [(measure.label, name) for name, measure in MEASURES.items()]
    return explorer(
        lambda **chosen: draw_verdicts(table, **chosen),
        rules=ipywidgets.SelectMultiple(
            options=rules,
            value=[rule for _, rule in rules],
            rows=min(len(rules), 8),
            description="rules",
        ),
        measure=ipywidgets.Dropdown(options=measures, description="figure"),
        seeds=ipywidgets.IntSlider(seeds, 1, seeds, description="seeds kept"),
        careful=ipywidgets.Checkbox(False, description="allow for many comparisons"),
    )


def explore_placebos() -> ipywidgets.VBox:
    """Seventeen rules that do nothing: draw again, with more seeds, or with wider intervals."""
    return explorer(
        lambda **chosen: draw_placebos(17, **chosen),
        seed=ipywidgets.IntSlider(0, 0, 40, description="draw again"),
        seeds=ipywidgets.IntSlider(5, 2, 20, description="seeds"),
        careful=ipywidgets.Checkbox(False, description="allow for many comparisons"),
    )
