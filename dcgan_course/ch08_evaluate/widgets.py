"""Widgets of chapter 08."""

from __future__ import annotations

import ipywidgets
from matplotlib.figure import Figure

from dcgan_course.ch08_evaluate.harm_plots import draw_harm
from dcgan_course.ch08_evaluate.harms import HARMS, Study
from dcgan_course.exploring import explorer


def explore_harms(study: Study) -> ipywidgets.VBox:
    """A menu of harms and a slider of strengths, over faces and what every measure says."""
    strengths = study.strengths

    def draw(harm: str, strength: float) -> Figure:
        return draw_harm(study, harm, strength)

    return explorer(
        draw,
        width=760,
        harm=ipywidgets.Dropdown(options=list(HARMS), description="harm"),
        strength=ipywidgets.SelectionSlider(
            options=strengths, value=strengths[-1], description="strength"
        ),
    )
