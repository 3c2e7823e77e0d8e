"""Figures of chapter 01: who is in a database, on what terms, and whether a file can be trusted."""

from __future__ import annotations

import hashlib
import math
import posixpath
import re
import textwrap
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from dcgan_lib.collect import DATABASES
from dcgan_lib.crop import UnreadablePhoto, find_photos, read_photo
from dcgan_lib.shared import GENERATED_COLOUR, REAL_COLOUR, image_grid

GREY = "#718096"
TILE = (112, 92)  # height and width of a photograph on a sheet: ORL's own
People = dict[str, list[np.ndarray]]

# Buolamwini and Gebru 2018, table 4: wrong answers in %, all of PPB, of three vendors
GENDER_SHADES = {
    "lighter-skinned men": (0.0, 0.8, 0.3),
    "darker-skinned men": (6.0, 0.7, 12.0),
    "lighter-skinned women": (1.7, 6.0, 7.1),
    "darker-skinned women": (20.8, 34.5, 34.7),
}
VENDORS = {"Microsoft": "#90cdf4", "Face++": "#4299e1", "IBM": "#2c5282"}


def read_people(folder: str | Path) -> People:
    """Every photograph below a folder, by the subfolder that it lies in.

    Returns:
        name of the subfolder → its photographs, uint8 (height, width, 3), RGB. ``s2`` comes
        before ``s10``.
    """
    people: People = {}
    for name in sorted(find_photos(folder), key=_by_number):
        photograph = read_photo(Path(folder) / name)
        people.setdefault(posixpath.dirname(name), []).append(photograph)
    return people


def draw_sheet(rows: People, title: str = "") -> Figure:
    """Photographs in rows (label → photographs of any size and number), each fitted to 92×112."""
    gap, columns = 4, max(map(len, rows.values()))
    blank = np.full((*TILE, 3), 255, np.uint8)
    tiles = [row[i] if i < len(row) else blank for row in rows.values() for i in range(columns)]
    grid = image_grid(np.stack([_tile(photograph) for photograph in tiles]), columns, gap)
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
        axes.plot([place, place], [min(levels[name]), max(levels[name])], color="#bee3f8", lw=5)
        axes.plot([place] * len(levels[name]), levels[name], "o", color=REAL_COLOUR, ms=3)
    axes.set_xticks(range(len(order)), order, rotation=90, fontsize="small")
    axes.set(
        title="Brightness of every photograph, by person",
        xlabel="person, from dark to light on average",
        ylabel="mean of all pixels (0 to 255)",
        xlim=(-0.8, len(order) - 0.2),
    )
    axes.spines[["top", "right"]].set_visible(False)
    return figure


def spread(people: People) -> dict[str, np.ndarray]:
    """What all photographs share, and where they differ: between people, and within one person.

    Args:
        people: photographs all of one size, two or more people.

    Returns:
        float arrays (height, width), brightness from 0 to 255: ``mean`` of the people's means,
        standard deviation ``between`` these means, and ``within`` a person (root of the mean
        over people of the variance).
    """
    grey = [np.stack(photographs).mean(axis=-1) for photographs in people.values()]  # (n, h, w)
    means = np.stack([person.mean(axis=0) for person in grey])
    within = np.sqrt(np.mean([person.var(axis=0) for person in grey], axis=0))
    return {"mean": means.mean(axis=0), "between": means.std(axis=0), "within": within}


def draw_spread(people: People) -> Figure:
    """The mean face, and maps of how much pixels differ between people and within a person."""
    maps = spread(people)
    top = max(maps["between"].max(), maps["within"].max())
    share = np.mean(maps["between"] ** 2) / np.mean(maps["between"] ** 2 + maps["within"] ** 2)
    figure = Figure(figsize=(9.2, 4.0), layout="constrained")
    mean, between, within = figure.subplots(1, 3)
    mean.imshow(maps["mean"], cmap="gray", vmin=0, vmax=255)
    between.imshow(maps["between"], cmap="magma", vmin=0, vmax=top)
    image = within.imshow(maps["within"], cmap="magma", vmin=0, vmax=top)
    mean.set_title("mean of all people")
    between.set_title(f"between people\n{share:.0%} of the variance")
    within.set_title(f"within one person\n{1 - share:.0%} of the variance")
    for axes in (mean, between, within):
        axes.axis("off")
    figure.colorbar(image, ax=[between, within], label="deviation of a pixel", shrink=0.85)
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


def flip_bit(data: bytes, bit: int) -> bytes:
    """A copy of ``data`` with one bit turned over; bit 0 is the lowest of the first byte."""
    changed = bytearray(data)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


def draw_flipped_bit(data: bytes, byte: int, bit: int = 0) -> Figure:
    """A photograph's file before and after one bit is turned over, with both checksums.

    ``bit`` of the file's ``byte`` counts from 0 (worth 1) to 7 (worth 128).
    """
    if not (0 <= byte < len(data) and 0 <= bit < 8):
        raise ValueError(f"There are {len(data)} bytes of 8 bits. Received: {byte}, {bit}.")
    files = {"the file": data, "one bit turned over": flip_bit(data, byte * 8 + bit)}
    sums = [hashlib.sha256(content).hexdigest() for content in files.values()]
    figure = Figure(figsize=(9.2, 4.6))
    for index, (title, content) in enumerate(files.items()):
        axes = figure.add_axes((0.17 + 0.36 * index, 0.31, 0.3, 0.62))
        _show_file(axes, content, (byte, data[byte], content[byte]))
        axes.set_title(title)
        for place, digit in enumerate(sums[index]):
            differs = sums[0][place] != sums[1][place]
            figure.text(
                0.03 + 0.0148 * place, 0.13 - 0.08 * index, digit, family="monospace",
                color=GENERATED_COLOUR if differs and index else "black",
                weight="bold" if differs and index else "normal",
            )  # fmt: skip
    changed = sum(one != other for one, other in zip(*sums, strict=True))
    figure.text(0.03, 0.2, f"sha256: {changed} of 64 digits differ", color=GREY)
    return figure


def draw_changed_digits(counts: Sequence[int]) -> Figure:
    """How often so many of 64 digits changed, beside what chance gives (counts from 0 to 64)."""
    digits = np.arange(65)
    chance = [math.comb(64, k) * (15 / 16) ** k * (1 / 16) ** (64 - k) for k in digits]
    figure = Figure(figsize=(7, 3), layout="constrained")
    axes = figure.subplots()
    axes.bar(digits, np.bincount(counts, minlength=65), color=REAL_COLOUR, label="counted")
    axes.plot(digits, np.array(chance) * len(counts), "k.--", lw=1, label="if digits were drawn")
    axes.set(
        title=f"{len(counts)} files that differ from one photograph by a single bit",
        xlabel="digits of sha256 that differ (of 64)",
        ylabel="files",
        xlim=(min([50, *counts]) - 1, 65),
    )
    axes.legend(frameon=False)
    axes.spines[["top", "right"]].set_visible(False)
    return figure


def draw_first_bytes(files: dict[str, bytes], count: int = 16) -> Figure:
    """The first bytes of files (name → bytes): hexadecimal numbers, and letters where they fit."""
    figure = Figure(figsize=(9.2, 0.62 * len(files) + 0.3))
    axes = figure.add_axes((0, 0, 1, 1))
    axes.axis("off")
    axes.set(xlim=(-5.4, count), ylim=(-len(files) + 0.2, 0.8))
    for row, (name, content) in enumerate(files.items()):
        axes.text(-5.3, -row, name, va="center", fontsize="large")
        for column, value in enumerate(content[:count]):
            letter = chr(value) if 32 < value < 127 else ""
            fill = "#ebf4fb" if letter else "#f0f0f0"
            axes.fill_between([column, column + 0.94], -row - 0.4, -row + 0.4, color=fill)
            axes.text(column + 0.47, -row + 0.17, f"{value:02x}", ha="center", va="center",
                      family="monospace", color=GREY)  # fmt: skip
            axes.text(column + 0.47, -row - 0.17, letter, ha="center", va="center",
                      family="monospace", weight="bold", color=REAL_COLOUR)  # fmt: skip
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
    axes.legend(frameon=False)
    axes.spines[["top", "right"]].set_visible(False)
    return figure


def _by_number(name: str) -> list[tuple[int, str]]:
    """A key that sorts s2 before s10."""
    return [(int(part or 0), text) for text, part in re.findall(r"(\D*)(\d*)", name)]


def _tile(photograph: np.ndarray) -> np.ndarray:
    """A photograph made to fit a tile, on white: uint8 (112, 92, 3)."""
    height, width = photograph.shape[:2]
    scale = min(TILE[0] / height, TILE[1] / width)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    small = cv2.resize(photograph, size, interpolation=cv2.INTER_AREA)
    tile = np.full((*TILE, 3), 255, np.uint8)
    top, left = (TILE[0] - size[1]) // 2, (TILE[1] - size[0]) // 2
    tile[top : top + size[1], left : left + size[0]] = small
    return tile


def _draw_sizes(axes: Axes, name: str) -> None:
    """Photographs in each database, on a logarithmic scale, with one of them marked."""
    sizes = {other.name: other.count for other in DATABASES.values() if other.count}
    colours = [REAL_COLOUR if other == name else "#cbd5e0" for other in sizes]
    bars = axes.barh(list(sizes), list(sizes.values()), 0.7, color=colours)
    axes.bar_label(bars, [f"{count:,}" for count in sizes.values()], padding=3, fontsize="small")
    axes.set(title="photographs (scale of tens)", xscale="log", xlim=(100, 3e5))
    axes.invert_yaxis()
    axes.xaxis.set_visible(False)
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)


def _show_file(axes: Axes, content: bytes, change: tuple[int, int, int]) -> None:
    """The picture in a file, or the reason why there is none, over the byte that changes."""
    byte, before, now = change
    axes.set(xticks=[], yticks=[])
    axes.spines[:].set_visible(False)
    axes.set_xlabel(f"byte {byte}: {now}")
    try:
        photograph = read_photo(content)
    except UnreadablePhoto as error:
        axes.text(0.5, 0.5, textwrap.fill(str(error), 24), ha="center", transform=axes.transAxes)
        return
    axes.imshow(photograph, interpolation="nearest")
    start = len(content) - photograph[..., 0].size  # of the pixels, in a grey PGM file
    if now != before and byte >= start >= 0:
        row, column = divmod(byte - start, photograph.shape[1])
        axes.plot(column, row, "o", ms=14, mfc="none", mec=GENERATED_COLOUR, mew=1.5)
