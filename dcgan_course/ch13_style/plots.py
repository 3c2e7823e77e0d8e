"""Figures of chapter 13: waves, filters, faces that move."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from dcgan_course.ch13_style.waves import RATE, bent_wave, strengths
from dcgan_lib.beyond.style import (
    PEAK,
    StyleGenerator,
    decibels,
    moved,
    render,
    shown,
    shown_detail,
)
from dcgan_lib.shared import (
    DARK_GREY,
    GENERATED_COLOUR,
    LIGHT_GREY,
    REAL_COLOUR,
    draw_strip,
    finish,
    show_picture,
)

COLOURS = {"sample by sample": GENERATED_COLOUR, "filtered": REAL_COLOUR}


def draw_bent_wave(waves: int, moved: float = 0.0, rate: int = RATE) -> Figure:
    """A wave after a leaky ReLU, bent both ways: its samples, and the waves that are in them.

    Args:
        waves: across the picture, below rate / 2.
        moved: of the wave, in samples.
        rate: samples across the picture.
    """
    figure = Figure(figsize=(9.5, 3.4), layout="constrained")
    left, right = figure.subplots(1, 2)
    for place, (title, colour) in enumerate(COLOURS.items()):
        samples = bent_wave(waves, filtered=title == "filtered", rate=rate, moved=moved)
        left.plot(samples, "o-", markersize=3, color=colour, label=title)
        found = strengths(samples)
        places = np.arange(len(found)) + 0.35 * (place - 0.5)
        right.bar(places, found, 0.35, color=colour)
    left.set(xlabel="sample", title=f"{waves} waves, after a leaky ReLU")
    right.axvline(waves, color=DARK_GREY, linestyle=":", zorder=0)
    right.set(xlabel="waves across the picture", ylabel="strength", title="what is in the samples")
    return finish(figure, "below")


def draw_truncation(generator: StyleGenerator, z: np.ndarray, kept: tuple[float, ...]) -> Figure:
    """Faces of z, a row for each, from the mean w to all of w.

    Args:
        generator: of any configuration.
        z: float32, shape (n, latent_dim).
        kept: the shares of w's distance from its mean.
    """
    columns = {
        f"{share:g}": shown(generator.synthesise(generator.styles(z, share)).numpy())
        for share in kept
    }
    return draw_strip(columns)


def draw_moved(
    generators: Mapping[str, StyleGenerator], z: np.ndarray, transform: np.ndarray
) -> Figure:
    """One picture of each generator: still, of a moved source, moved by pixels, and what differs.

    Args:
        generators: title → generator.
        z: float32, shape (latent_dim,).
        transform: float, shape (3,): as for ``StyleGenerator.synthesise``.
    """
    titles = ("still", "its source moved", "its pixels moved", "10 × the difference")
    figure = Figure(figsize=(8.4, 2.2 * len(generators)), layout="constrained")
    panels = figure.subplots(len(generators), 4, squeeze=False)
    for axes, title in zip(panels[0], titles, strict=True):
        axes.set_title(title)
    for line, (name, generator) in zip(panels, generators.items(), strict=True):
        still, after = _before_and_after(generator, z, transform)
        pixels, valid = moved(still, transform[None])
        off = np.where(valid[..., None], 10 * np.abs(after - pixels) - 1, -1)
        pictures = (still, after, pixels, off)
        for axes, picture in zip(line, pictures, strict=True):
            show_picture(axes, shown(picture)[0], axes.get_title())
        agreed = decibels(after, pixels, valid, PEAK**2)
        line[0].set_ylabel(name)
        line[3].set_xlabel(f"{agreed:.0f} dB")
    return figure


def draw_detail(
    generators: Mapping[str, StyleGenerator], z: np.ndarray, pixels: tuple[float, ...]
) -> Figure:
    """The detail of one picture of each generator, while its source moves to the right.

    Args:
        generators: title → generator.
        z: float32, shape (latent_dim,).
        pixels: how far, a column for each.
    """
    columns: dict[str, list[np.ndarray]] = {f"{far:g} px": [] for far in pixels}
    for generator in generators.values():
        path = np.outer(np.array(pixels) / generator.settings.image_size, [0, 1, 0])
        images = render(generator, np.repeat(generator.styles(z[None]), len(path), 0), path)
        for column, picture in zip(columns.values(), shown_detail(images), strict=True):
            column.append(picture)
    return draw_strip({title: np.stack(faces) for title, faces in columns.items()})


def draw_measured(table: pd.DataFrame, ceiling: pd.DataFrame) -> Figure:
    """EQ-T and EQ-R of each configuration, and the ceilings of the interpolation.

    Args:
        table: decibels, a row for each configuration.
        ceiling: of the same shape.
    """
    figure = Figure(figsize=(6.4, 3.6), layout="constrained")
    axes = figure.subplots()
    for place, (name, colour) in enumerate(
        zip(table, (REAL_COLOUR, GENERATED_COLOUR), strict=True)
    ):
        x = np.arange(len(table)) + 0.36 * (place - 0.5)
        axes.bar(x, ceiling[name], 0.34, color=LIGHT_GREY, label="" if place else "ceiling")
        axes.bar(x, table[name], 0.34, color=colour, label=name)
    axes.set_xticks(range(len(table)), table.index)
    axes.set(ylabel="decibels", title="Does the picture move as its source does?")
    return finish(figure, "below")


def _before_and_after(
    generator: StyleGenerator, z: np.ndarray, transform: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    styles = generator.styles(z[None])
    both = render(generator, np.repeat(styles, 2, axis=0), np.stack([0 * transform, transform]))
    return both[:1], both[1:]
