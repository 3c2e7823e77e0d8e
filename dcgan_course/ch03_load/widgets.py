"""Widgets of chapter 03."""

from __future__ import annotations

from functools import partial

import ipywidgets

from dcgan_course.ch03_load.plots import draw_batch, draw_prefetch
from dcgan_course.exploring import explorer
from dcgan_lib import FaceSet

SIZES = (4, 8, 16, 32)


def explore_batch_browser(
    face_set: FaceSet, seed: int = 0, batch_size: int = 16
) -> ipywidgets.VBox:
    """Leaf through the batches of a face set: epoch, step, batch size, flips, order.

    Args:
        face_set: at least 4 faces.
        seed: of order and flips.
        batch_size: at the start; the next smaller size on offer is taken.
    """
    count = len(face_set.images)
    sizes = [size for size in SIZES if size <= count]
    first = max(size for size in sizes if size <= max(batch_size, sizes[0]))
    step = ipywidgets.IntSlider(0, 0, count // first - 1, description="step")
    size = ipywidgets.SelectionSlider(options=sizes, value=first, description="batch size")
    box = explorer(
        partial(draw_batch, face_set.images, face_set.names, seed=seed),
        epoch=ipywidgets.IntSlider(0, 0, 9, description="epoch"),
        step=step,
        batch_size=size,
        flip=ipywidgets.Checkbox(False, description="flip"),
        shuffled=ipywidgets.Checkbox(True, description="shuffled"),
    )

    def set_last_step(change: object) -> None:
        step.max = count // size.value - 1  # where the slider stood further on, it moves

    size.observe(set_last_step, "value")
    return box


def explore_timetable() -> ipywidgets.VBox:
    """Sliders of reading and training time over the timetable of ``draw_prefetch``."""
    return explorer(
        draw_prefetch,
        read=ipywidgets.FloatSlider(1, min=0.5, max=4, step=0.5, description="to read a batch"),
        train=ipywidgets.FloatSlider(1.5, min=0.5, max=4, step=0.5, description="to train on it"),
    )
