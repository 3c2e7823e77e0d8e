"""Figures of chapter 01: what is in a file, and whether it can be trusted."""

from __future__ import annotations

import hashlib
import textwrap
from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from dcgan_course.ch01_collect.bits import chance_of_digits, digits_that_differ, flip_bit
from dcgan_lib.crop import UnreadablePhoto, read_photo
from dcgan_lib.shared import (
    DARK_GREY,
    GENERATED_COLOUR,
    GREY,
    PALE_GREY,
    REAL_COLOUR,
    REAL_PALE,
    finish,
    show_picture,
    switch_off,
)


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
        changed = digits_that_differ(sums[0], sums[index])
        for place, (digit, differs) in enumerate(zip(sums[index], changed, strict=True)):
            look = {"color": GENERATED_COLOUR, "weight": "bold"} if differs else {}
            x, y = 0.03 + 0.0148 * place, 0.13 - 0.08 * index
            figure.text(x, y, digit, family="monospace", **look)
    figure.text(0.03, 0.2, f"sha256: {sum(changed)} of 64 digits differ", color=GREY)
    return figure


def draw_changed_digits(counts: Sequence[int]) -> Figure:
    """How often so many of 64 digits changed, beside what chance gives (counts from 0 to 64)."""
    digits = np.arange(65)
    figure = Figure(figsize=(7, 3), layout="constrained")
    axes = figure.subplots()
    axes.bar(digits, np.bincount(counts, minlength=65), color=REAL_COLOUR, label="counted")
    axes.plot(
        digits,
        np.array(chance_of_digits()) * len(counts),
        "k.--",
        lw=1,
        label="if digits were drawn",
    )
    axes.set(
        title=f"{len(counts)} files that differ from one photograph by a single bit",
        xlabel="digits of sha256 that differ (of 64)",
        ylabel="files",
        xlim=(min([50, *counts]) - 1, 65),
    )
    return finish(figure, "inside")


def draw_first_bytes(files: dict[str, bytes], count: int = 16) -> Figure:
    """The first bytes of files (name → bytes): hexadecimal numbers, and letters where they fit."""
    figure = Figure(figsize=(9.2, 0.62 * len(files) + 0.3))
    axes = figure.add_axes((0, 0, 1, 1))
    switch_off([axes])
    axes.set(xlim=(-5.4, count), ylim=(-len(files) + 0.2, 0.8))
    for row, (name, content) in enumerate(files.items()):
        axes.text(-5.3, -row, name, va="center", fontsize="large")
        for column, value in enumerate(content[:count]):
            letter = chr(value) if 32 < value < 127 else ""
            fill = REAL_PALE if letter else PALE_GREY
            axes.fill_between(
                [column, column + 0.94], -row - 0.4, -row + 0.4, color=fill, linewidth=0, alpha=0.5
            )
            look = {"ha": "center", "va": "center", "family": "monospace"}
            axes.text(column + 0.47, -row + 0.17, f"{value:02x}", color=DARK_GREY, **look)
            look |= {"weight": "bold", "color": REAL_COLOUR}
            axes.text(column + 0.47, -row - 0.17, letter, **look)
    return figure


def _show_file(axes: Axes, content: bytes, change: tuple[int, int, int]) -> None:
    """The picture in a file, or the reason why there is none, over the byte that changes."""
    byte, before, now = change
    axes.set_xlabel(f"byte {byte}: {now}")
    try:
        photograph = read_photo(content)
    except UnreadablePhoto as error:
        axes.set(xticks=[], yticks=[])
        axes.spines[:].set_visible(False)
        axes.text(0.5, 0.5, textwrap.fill(str(error), 24), ha="center", transform=axes.transAxes)
        return
    show_picture(axes, photograph)
    start = len(content) - photograph[..., 0].size  # of the pixels, in a grey PGM file
    if now != before and byte >= start >= 0:
        row, column = divmod(byte - start, photograph.shape[1])
        axes.plot(column, row, "o", ms=14, mfc="none", mec=GENERATED_COLOUR, mew=1.5)
