"""Widgets of chapter 08."""

from __future__ import annotations

import ipywidgets
from matplotlib.figure import Figure

from dcgan_lib.harms import HARMS, Study
from dcgan_lib.plots.harms import draw_harm
from dcgan_lib.widgets import explorer


def harms(study: Study) -> ipywidgets.VBox:
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
