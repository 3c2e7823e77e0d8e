"""Widgets of chapter 09: a gallery to choose from, and a film that moves on the page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import ipywidgets
import numpy as np

from dcgan_course.exploring import (
    explore_directions as explore_directions,
    film as film,
    to_png,
)
from dcgan_lib.shared import CourseError

STYLES = ("success", "info", "warning", "danger")  # colours of up to four groups
SIDE = 72  # pixels of a face on the page


def explore_gallery(
    faces: np.ndarray, groups: Mapping[str, Sequence[int]], columns: int = 10
) -> ipywidgets.VBox:
    """Faces to choose from: a click puts one into the active group, or takes it out again.

    A face is in one group at most. Where widgets don't render, the first choice stays.

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


def _group_of(groups: Mapping[str, Sequence[int]], number: int) -> str:
    return next((title for title, rows in groups.items() if number in rows), "")


def _check_groups(count: int, groups: Mapping[str, Sequence[int]]) -> None:
    numbers = [number for rows in groups.values() for number in rows]
    all_there = all(0 <= number < count for number in numbers)
    if not 1 <= len(groups) <= len(STYLES) or not all_there or len(set(numbers)) < len(numbers):
        received = {title: [int(number) for number in rows] for title, rows in groups.items()}
        raise CourseError(
            f"These faces can't be chosen. Expected 1 to {len(STYLES)} groups of numbers from 0 to "
            f"{count - 1}, each in one group only. Received: {received}. Change the lists."
        )
