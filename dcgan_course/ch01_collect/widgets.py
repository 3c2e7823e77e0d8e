"""Widgets of chapter 01."""

from __future__ import annotations

from functools import partial

import ipywidgets

from dcgan_course.ch01_collect.file_plots import draw_flipped_bit
from dcgan_course.ch01_collect.people import People
from dcgan_course.ch01_collect.plots import draw_card, draw_person
from dcgan_course.exploring import explorer
from dcgan_lib.collect import DATABASES


def explore_databases(name: str = "orl") -> ipywidgets.VBox:
    """A list of the databases over the card of the one that is chosen."""
    menu = ipywidgets.Dropdown(options=list(DATABASES), value=name, description="database")
    return explorer(draw_card, width=860, name=menu)


def explore_people(photographs: People) -> ipywidgets.VBox:
    """A slider over the people, above all photographs of the one that it stands at."""
    slider = ipywidgets.IntSlider(1, min=1, max=len(photographs), description="person")
    return explorer(partial(draw_person, photographs), width=560, number=slider)


def explore_flipped_bit(data: bytes) -> ipywidgets.VBox:
    """Sliders choose one bit of a picture file; below, the file with it turned over."""
    middle = len(data) // 2
    return explorer(
        partial(draw_flipped_bit, data),
        width=860,
        byte=ipywidgets.IntSlider(middle, min=0, max=len(data) - 1, description="byte"),
        bit=ipywidgets.IntSlider(0, min=0, max=7, description="bit"),
    )
