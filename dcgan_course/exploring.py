"""Widgets of the notebooks: thin shells over pure functions that draw; one module per chapter.

A widget redraws a picture when a control changes. The picture is sent as PNG, so it looks the
same in JupyterLab, VS Code and Colab; where widgets don't render, the notebook goes on.
"""

from __future__ import annotations

import io
from collections.abc import Callable

import cv2
import ipywidgets
import numpy as np
from matplotlib.figure import Figure

Picture = Figure | np.ndarray


def explorer(
    draw: Callable[..., Picture], *, width: int = 720, **controls: ipywidgets.Widget
) -> ipywidgets.VBox:
    """A picture under its controls, drawn anew whenever one of them changes.

    Args:
        draw: pure function of the controls' values, by their names; returns a figure, or an
            image, uint8 (height, width, 3), RGB. A ValueError that it raises is shown as text.
        width: of the picture on the page, in pixels.
        controls: sliders, dropdowns and so on; each holds the argument of its name.

    Returns:
        A box with ``box.controls`` (by name), ``box.picture`` and ``box.message``, so that a
        test can turn a slider and look.
    """
    picture = ipywidgets.Image(format="png", layout={"width": f"{width}px"})
    message = ipywidgets.HTML()

    def redraw(change: object = None) -> None:
        values = {name: control.value for name, control in controls.items()}
        try:
            picture.value = to_png(draw(**values))
            message.value = ""
        except ValueError as error:
            message.value = f"<em>{error}</em>"

    for control in controls.values():
        if hasattr(control, "continuous_update"):
            control.continuous_update = False  # redraw when the slider is let go
        control.style.description_width = "initial"
        control.observe(redraw, "value")
    redraw()
    box = ipywidgets.VBox([*controls.values(), message, picture])
    box.controls, box.picture, box.message = controls, picture, message
    return box


def to_png(picture: Picture) -> bytes:
    """Encode a figure, or an image uint8 (height, width, 3) in RGB, as PNG."""
    if isinstance(picture, Figure):
        buffer = io.BytesIO()
        picture.savefig(buffer, format="png", dpi=110)
        return buffer.getvalue()
    return cv2.imencode(".png", cv2.cvtColor(picture, cv2.COLOR_RGB2BGR))[1].tobytes()
