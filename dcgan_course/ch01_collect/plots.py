"""Figures of chapter 01: who is in a database, and on what terms."""

from __future__ import annotations

import textwrap

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from dcgan_course.ch01_collect.people import TILE, People, deviations, share_between, tile
from dcgan_lib.collect import DATABASES
from dcgan_lib.shared import (
    GREY,
    HEAT,
    PALE_GREY,
    REAL_COLOUR,
    REAL_PALE,
    finish,
    image_grid,
    show_picture,
)

# Buolamwini and Gebru 2018, table 4: wrong answers in %, all of PPB, of three vendors
GENDER_SHADES = {
    "lighter-skinned men": (0.0, 0.8, 0.3),
    "darker-skinned men": (6.0, 0.7, 12.0),
    "lighter-skinned women": (1.7, 6.0, 7.1),
    "darker-skinned women": (20.8, 34.5, 34.7),
}
VENDORS = {"Microsoft": "#90cdf4", "Face++": "#4299e1", "IBM": "#2c5282"}


def draw_sheet(rows: People, title: str = "") -> Figure:
    """Photographs in rows (label → photographs of any size and number), each fitted to 92×112."""
    gap, columns = 4, max(map(len, rows.values()))
    blank = np.full((*TILE, 3), 255, np.uint8)
    tiles = [row[i] if i < len(row) else blank for row in rows.values() for i in range(columns)]
    grid = image_grid(np.stack([tile(photograph) for photograph in tiles]), columns, gap)
    label, top = 0.1 + 0.085 * max(map(len, rows)), 0.35  # inches
    width = 8.4 * max(columns, 7) / 10
    height = width * len(rows) * (TILE[0] + gap) / (TILE[1] + gap) / max(columns, 7)
    figure = Figure(figsize=(label + width * columns / max(columns, 7), height + top))
    wide, high = figure.get_size_inches()
    axes = figure.add_axes((label / wide, 0, 1 - label / wide, height / high))
    axes.imshow(grid, aspect="auto")
    axes.set(xticks=[], title=title)
    axes.set_yticks(gap + TILE[0] / 2 + (TILE[0] + gap) * np.arange(len(rows)), rows)
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    return figure


def draw_faces_of_all(people: People, columns: int = 10) -> Figure:
    """The first photograph of each person, ``columns`` to a row."""
    names = list(people)
    rows = [names[start : start + columns] for start in range(0, len(names), columns)]
    sheet = {f"{row[0]} to {row[-1]}": [people[name][0] for name in row] for row in rows}
    return draw_sheet(sheet, f"{len(people)} people, one photograph of each")


def draw_person(people: People, number: int) -> Figure:
    """All photographs of one person, counted from 1, in rows of five."""
    if not 1 <= number <= len(people):
        raise ValueError(f"There are {len(people)} people. Received: number={number}.")
    name, photographs = list(people.items())[number - 1]
    levels = [photograph.mean() for photograph in photographs]
    starts = range(0, len(photographs), 5)
    rows = {f"{start + 1}–{start + 5}": photographs[start : start + 5] for start in starts}
    counted = f"{name}: {len(photographs)} photographs"
    return draw_sheet(rows, f"{counted}, brightness {min(levels):.0f} to {max(levels):.0f}")


def draw_brightness(people: People) -> Figure:
    """Mean brightness of each photograph, in columns of one person, from dark to light."""
    levels = {name: [p.mean() for p in photographs] for name, photographs in people.items()}
    order = sorted(levels, key=lambda name: np.mean(levels[name]))
    figure = Figure(figsize=(9.2, 3.4), layout="constrained")
    axes = figure.subplots()
    for place, name in enumerate(order):
        axes.plot([place, place], [min(levels[name]), max(levels[name])], color=REAL_PALE, lw=5)
        axes.plot([place] * len(levels[name]), levels[name], "o", color=REAL_COLOUR, ms=3)
    axes.set_xticks(range(len(order)), order, rotation=90, fontsize="small")
    axes.set(
        title="Brightness of every photograph, by person",
        xlabel="person, from dark to light on average",
        ylabel="mean of all pixels (0 to 255)",
        xlim=(-0.8, len(order) - 0.2),
    )
    return finish(figure)


def draw_spread(people: People) -> Figure:
    """The mean face, and maps of how much pixels differ between people and within a person."""
    maps = deviations(people)
    top = max(maps["between"].max(), maps["within"].max())
    share = share_between(maps)
    figure = Figure(figsize=(9.2, 4.0), layout="constrained")
    mean, between, within = figure.subplots(1, 3)
    heat = {"cmap": HEAT, "vmax": top}
    show_picture(mean, maps["mean"], "mean of all people")
    show_picture(between, maps["between"], f"between people\n{share:.0%} of the variance", **heat)
    show_picture(
        within, maps["within"], f"within one person\n{1 - share:.0%} of the variance", **heat
    )
    figure.colorbar(
        within.images[0], ax=[between, within], label="deviation of a pixel", shrink=0.85
    )
    return figure


def draw_card(name: str) -> Figure:
    """One database of ``DATABASES`` on a card: its terms in full, its size among the others."""
    database = DATABASES[name]
    lines = {
        "photographs": f"{database.count:,}" if database.count else "not known beforehand",
        "to fetch": database.size,
        "licence": database.licence,
        "terms": database.terms,
        "credit": database.credit or "the people in them, and whoever took them",
        "agreement": "asked for before anything is fetched" if database.ask else "not asked for",
    }
    figure, top = Figure(figsize=(9.2, 3.7)), 0.84
    figure.text(0.01, 0.96, database.title, va="top", fontsize="x-large")
    for label, words in lines.items():
        wrapped = textwrap.fill(words, 62)
        figure.text(0.01, top, label, va="top", color=GREY, linespacing=1.25)
        figure.text(0.12, top, wrapped, va="top", linespacing=1.25)
        top -= 0.053 * (wrapped.count("\n") + 1) + 0.035
    _draw_sizes(figure.add_axes((0.78, 0.1, 0.14, 0.74)), name)
    return figure


def draw_gender_shades() -> Figure:
    """Wrong answers of three commercial classifiers, by group (Buolamwini and Gebru 2018)."""
    figure = Figure(figsize=(8.2, 3.4), layout="constrained")
    axes = figure.subplots()
    for index, (vendor, colour) in enumerate(VENDORS.items()):
        values = [rates[index] for rates in GENDER_SHADES.values()]
        bars = axes.barh(np.arange(4) + 0.26 * (index - 1), values, 0.24, color=colour)
        axes.bar_label(bars, fmt="%.1f", padding=3, fontsize="small")
        bars.set_label(vendor)
    axes.set_yticks(range(4), GENDER_SHADES)
    axes.invert_yaxis()
    axes.set(title="Man or woman? Wrong answers in 2017, by group", xlabel="wrong answers (%)")
    return finish(figure, "inside")


def _draw_sizes(axes: Axes, name: str) -> None:
    """Photographs in each database, on a logarithmic scale, with one of them marked."""
    sizes = {other.name: other.count for other in DATABASES.values() if other.count}
    colours = [REAL_COLOUR if other == name else PALE_GREY for other in sizes]
    bars = axes.barh(list(sizes), list(sizes.values()), 0.7, color=colours)
    axes.bar_label(bars, [f"{count:,}" for count in sizes.values()], padding=3, fontsize="small")
    axes.set(title="photographs (scale of tens)", xscale="log", xlim=(100, 3e5))
    axes.invert_yaxis()
    axes.xaxis.set_visible(False)
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
