"""Widgets of the notebooks: thin shells over pure functions that draw.

A widget redraws a picture when a control changes. The picture is sent as PNG, so it looks the
same in JupyterLab, VS Code and Colab; where widgets don't render, the notebook goes on.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import ipywidgets
import numpy as np
from IPython.display import HTML

from dcgan_lib import to_images
from dcgan_lib.latent import move
from dcgan_lib.shared import Picture, png_bytes

if TYPE_CHECKING:
    import keras


def explorer(
    draw: Callable[..., Picture], *, width: int = 720, **controls: ipywidgets.Widget
) -> ipywidgets.VBox:
    """A picture under its controls, drawn again whenever one of them changes.

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


def explore_directions(
    generator: keras.Model,
    z: np.ndarray,
    directions: Mapping[str, np.ndarray],
    reach: float = 4,
    noise: str = "uniform",
) -> ipywidgets.VBox:
    """Sliders that push one z along directions, over the face that G makes of it.

    Args:
        generator: (batch, latent_dim) → (batch, side, side, 3) in [-1, 1].
        z: float32, shape (latent_dim,).
        directions: title → float (latent_dim,).
        reach: of each slider to either side, in lengths of its direction.
        noise: of the run's settings; "uniform" keeps z in [-1, 1].
    """
    steps = np.stack(list(directions.values()))

    def draw(**amounts: float) -> np.ndarray:
        return pushed_face(generator, z, steps, list(amounts.values()), noise)

    controls = {
        title: ipywidgets.FloatSlider(0, min=-reach, max=reach, step=reach / 16, description=title)
        for title in directions
    }
    return explorer(draw, width=256, **controls)


def pushed_face(
    generator: keras.Model,
    z: np.ndarray,
    steps: np.ndarray,
    amounts: Sequence[float],
    noise: str = "uniform",
    zoom: int = 4,
) -> np.ndarray:
    """The face of a z pushed along some steps, enlarged.

    Args:
        generator: as for ``explore_directions``.
        z: float32, shape (latent_dim,).
        steps: float, shape (n, latent_dim).
        amounts: n numbers, how far along each.
        noise: of the run's settings, as for ``latent.move``.
        zoom: each pixel is repeated so often in both directions.

    Returns:
        uint8, shape (zoom·side, zoom·side, 3), RGB.
    """
    pushed = move(z, np.asarray(amounts) @ steps, noise=noise)
    face = to_images(generator(pushed[None], training=False))[0]
    return face.repeat(zoom, axis=0).repeat(zoom, axis=1)


def to_png(picture: Picture) -> bytes:
    """Encode a figure, or an image uint8 (height, width, 3) in RGB, as PNG for the page."""
    return png_bytes(picture, mark="", dpi=110)


def film(path: str | Path, width: int = 256, alt: str = "A film of generated faces") -> HTML:
    """A GIF for the notebook, inside the page, so that it moves in executed copies too.

    Args:
        path: of the GIF.
        width: on the page, in pixels.
        alt: what it shows, for whoever can't see it.
    """
    text = base64.b64encode(Path(path).read_bytes()).decode()
    return HTML(f'<img src="data:image/gif;base64,{text}" width="{width}" alt="{alt}">')
