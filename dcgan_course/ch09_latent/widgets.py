"""Widgets of chapter 09: a gallery to choose from, and sliders along directions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import ipywidgets
import keras
import numpy as np

from dcgan_course.ch09_latent.plots import pushed_face
from dcgan_course.exploring import explorer, to_png
from dcgan_lib.shared import CourseError

STYLES = ("success", "info", "warning", "danger")  # colours of up to four groups
SIDE = 72  # pixels of a face on the page


def explore_gallery(
    faces: np.ndarray, groups: Mapping[str, Sequence[int]], columns: int = 10
) -> ipywidgets.VBox:
    """Faces to choose from: a click puts one into the active group, or takes it out again.

    A face is in one group at most. Where widgets don't render, what was given stays chosen.

    Args:
        faces: uint8, shape (n, side, side, 3), RGB.
        groups: title → numbers that are chosen from the start; up to four groups.
        columns: faces in a row.

    Returns:
        A box with ``box.chosen`` (title → sorted numbers, as they stand now), and
        ``box.controls``: ``group``, and ``face_0``, ``face_1``, … for the buttons.

    Raises:
        CourseError: too many groups, a face that is not there, or one in two groups.
    """
    _check_groups(len(faces), groups)
    chosen = {title: sorted(map(int, rows)) for title, rows in groups.items()}
    active = ipywidgets.ToggleButtons(options=list(groups), description="choose")
    layout = {"width": f"{SIDE}px", "margin": "0 2px"}
    buttons = [ipywidgets.Button(layout=layout) for _ in faces]

    def show() -> None:
        for number, button in enumerate(buttons):
            group = _group_of(chosen, number)
            style = STYLES[list(chosen).index(group)] if group else ""
            button.button_style, button.description = style, f"✓ {number}" if group else f"{number}"
            button.tooltip = f"{number}: {group or 'not chosen'}"

    def click(number: int) -> None:
        chosen.update(toggle(chosen, active.value, number))
        show()

    for number, button in enumerate(buttons):
        button.on_click(lambda _, number=number: click(number))
    show()
    pictures = [
        ipywidgets.Image(value=to_png(face), layout={**layout, "height": f"{SIDE}px"})
        for face in faces
    ]
    cells = [ipywidgets.VBox(pair) for pair in zip(pictures, buttons, strict=True)]
    rows = [ipywidgets.HBox(cells[i : i + columns]) for i in range(0, len(cells), columns)]
    box = ipywidgets.VBox([active, *rows])
    box.chosen = chosen
    box.controls = {"group": active} | {f"face_{n}": button for n, button in enumerate(buttons)}
    return box


def toggle(groups: Mapping[str, Sequence[int]], active: str, number: int) -> dict[str, list[int]]:
    """Groups after a click: in the active one a face leaves, from any other it comes there."""
    was_in = number in groups[active]
    without = {title: [n for n in rows if n != number] for title, rows in groups.items()}
    if not was_in:
        without[active] = sorted([*without[active], number])
    return without


def explore_sliders(
    generator: keras.Model, z: np.ndarray, directions: Mapping[str, np.ndarray], reach: float = 4
) -> ipywidgets.VBox:
    """Sliders that push one z along directions, over the face that G makes of it.

    Args:
        generator: (batch, latent_dim) → (batch, side, side, 3) in [-1, 1].
        z: float32, shape (latent_dim,).
        directions: title → float (latent_dim,).
        reach: of each slider to either side, in lengths of its direction.
    """
    steps = np.stack(list(directions.values()))

    def draw(**amounts: float) -> np.ndarray:
        return pushed_face(generator, z, steps, list(amounts.values()))

    controls = {
        title: ipywidgets.FloatSlider(0, min=-reach, max=reach, step=reach / 16, description=title)
        for title in directions
    }
    return explorer(draw, width=256, **controls)


def _group_of(groups: Mapping[str, Sequence[int]], number: int) -> str:
    return next((title for title, rows in groups.items() if number in rows), "")


def _check_groups(count: int, groups: Mapping[str, Sequence[int]]) -> None:
    numbers = [number for rows in groups.values() for number in rows]
    inside = all(0 <= number < count for number in numbers)
    if not 1 <= len(groups) <= len(STYLES) or not inside or len(set(numbers)) < len(numbers):
        given = {title: [int(number) for number in rows] for title, rows in groups.items()}
        raise CourseError(
            f"These faces can't be chosen. Expected 1 to {len(STYLES)} groups of numbers from 0 to "
            f"{count - 1}, each in one group only. Received: {given}. Change the lists."
        )
