"""Figures of chapter 11: faces beside each other, bits, visits, and traces of G's steps."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from dcgan_course.ch11_publish.rounding import rounded
from dcgan_course.ch11_publish.visits import AlikeVisits
from dcgan_lib.publish import Stamp, make_faces, page_part
from dcgan_lib.shared import GENERATED_COLOUR, REAL_COLOUR, draw_pictures, draw_strip, finish

COLOURS = (REAL_COLOUR, GENERATED_COLOUR)


def show_script(name: str, start: str, end: str) -> None:
    """Print a part of one of the page's scripts, from a line that begins so up to the next."""
    source = page_part(name)
    first = source.index(f"\n{start}") + 1
    print(source[first : source.index(f"\n{end}", first)].rstrip())


def draw_beside(one: np.ndarray, other: np.ndarray, titles: tuple[str, str]) -> Figure:
    """Two faces, uint8 (side, side, 3), and where they differ, 60 times as strong."""
    off = np.abs(one.astype(int) - other)
    shown = np.clip(60 * off, 0, 255).astype(np.uint8)
    return draw_pictures(
        [one, other, shown], [*titles, f"{(off > 0).mean():.2%} differ"], columns=3
    )


def draw_bits(
    stamps: list[Stamp], z: np.ndarray, bits: tuple[int, ...] = (32, 8, 6, 4, 3)
) -> Figure:
    """Faces of z, a row each, from kernels of fewer and fewer bits."""
    return draw_strip({f"{count} bits": make_faces(rounded(stamps, count), z) for count in bits})


def draw_seen_before(table: pd.DataFrame) -> Figure:
    """How many visits see a face again, for pages of several sizes; see ``seen_before_table``."""
    figure = Figure(figsize=(6.4, 3.8), layout="constrained")
    axes = figure.subplots()
    for numbers, rows in table.groupby("faces"):
        (line,) = axes.plot(rows["visits"], rows["formula"], label=f"{numbers:,} faces")
        axes.plot(rows["visits"], rows["counted"], "o", color=line.get_color())
    axes.set(xlabel="visits", ylabel="visits that see a face again", xscale="log")
    axes.set_yscale("symlog", linthresh=1)
    axes.set_ylim(bottom=0)
    axes.set_title("lines: your formula; dots: counted")
    return finish(figure, "inside")


def draw_closest_visits(faces: np.ndarray, alike: AlikeVisits) -> Figure:
    """The pairs of visits whose faces are most alike, with their distances."""
    pairs = enumerate(zip(alike.pairs, alike.distances, strict=True), 1)
    return draw_strip({f"{rank}: {far:.3f}": faces[pair] for rank, (pair, far) in pairs})


def draw_spectra(spectra: Mapping[str, pd.Series]) -> Figure:
    """Mean power by spatial frequency, from coarse to fine: real photographs blue, G's orange.

    Args:
        spectra: title → as ``mean_spectrum`` gives it; photographs first.
    """
    figure = Figure(figsize=(6.4, 3.6), layout="constrained")
    axes = figure.subplots()
    for (title, powers), colour in zip(spectra.items(), COLOURS, strict=False):
        axes.plot(powers.index, powers, color=colour, label=title)
    axes.set(xlabel="waves across the picture", ylabel="mean power", yscale="log")
    axes.set_title("what is in the faces, from coarse to fine")
    return finish(figure, "inside")
