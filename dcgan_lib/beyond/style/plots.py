"""Pictures of a style generator (chapter 13)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import cv2
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from dcgan_lib.beyond.style.equivariance import render
from dcgan_lib.beyond.style.generator import StyleGenerator, mix_styles
from dcgan_lib.beyond.style.sticking import detail
from dcgan_lib.load import to_images
from dcgan_lib.shared import HEAT, finish, show_picture

LARGE = 3  # how often a pixel of a film is repeated
LIGHT = 0.6  # a share from which its cell is bright
SHOWN = 3.0  # standard deviations of detail from black to grey


def circle(frames: int, radius: float = 1 / 16, degrees: float = 0.0) -> np.ndarray:
    """A way round a circle, back to its start.

    Args:
        frames: how many points.
        radius: in sides of the picture.
        degrees: how far it turns on the way, and back again.

    Returns:
        float, shape (frames, 3): as for ``StyleGenerator.synthesise``.
    """
    along = 2 * np.pi * np.arange(frames) / frames
    turn = np.deg2rad(degrees) * np.sin(along)
    return np.column_stack([turn, radius * np.sin(along), radius * (1 - np.cos(along))])


def moving_frames(
    generators: Mapping[str, StyleGenerator], z: np.ndarray, path: np.ndarray
) -> Iterator[np.ndarray]:
    """Frames of a film: one face of each generator, its source moved, and its detail below.

    Args:
        generators: title → generator.
        z: float32, shape (latent_dim,).
        path: float, shape (frames, 3): as for ``StyleGenerator.synthesise``.

    Yields:
        uint8 (height, width, 3), RGB: a column for each generator, under its title.
    """
    columns = [_column(title, generator, z, path) for title, generator in generators.items()]
    for parts in zip(*columns, strict=True):
        yield np.concatenate(parts, axis=1)


def shown(images: np.ndarray) -> np.ndarray:
    """Pictures in the range of a screen: uint8, from floats about [-1, 1]."""
    return to_images(np.clip(images, -1, 1).astype(np.float32))


def shown_detail(images: np.ndarray) -> np.ndarray:
    """Detail alone, on grey, as strong in each set: uint8, shape as ``images``."""
    fine = detail(images)
    return shown(fine / (SHOWN * fine.std() + 1e-8))


def draw_roles(roles: pd.DataFrame) -> Figure:
    """Which layer changes what, as ``layer_roles`` gives it."""
    figure = Figure(figsize=(5.5, 0.42 * len(roles) + 1.4), layout="constrained")
    axes = figure.subplots()
    axes.imshow(roles, cmap=HEAT, vmin=0, vmax=max(1.0, roles.to_numpy().max()), aspect="auto")
    for (row, column), value in np.ndenumerate(roles.to_numpy()):
        colour = "black" if value > LIGHT else "white"
        axes.text(column, row, f"{value:.2f}", ha="center", va="center", color=colour)
    axes.set_xticks(range(roles.shape[1]), roles.columns)
    axes.set_yticks(range(len(roles)), roles.index)
    axes.set_title("Share of a whole exchange that one layer makes")
    return finish(figure, hide=("top", "right", "left", "bottom"))


def draw_mixing(generator: StyleGenerator, rows: np.ndarray, columns: np.ndarray) -> Figure:
    """Style mixing: coarse layers of each row's face, all others of each column's.

    Args:
        generator: of any configuration.
        rows: z, float32, shape (n, latent_dim).
        columns: z, float32, shape (m, latent_dim).
    """
    half = generator.layer_count // 2
    coarse, fine = generator.styles(rows), generator.styles(columns)
    figure = Figure(figsize=(1.4 * (len(columns) + 1), 1.4 * (len(rows) + 1)), layout="constrained")
    panels = figure.subplots(len(rows) + 1, len(columns) + 1, squeeze=False)
    panels[0, 0].axis("off")
    for axes, face in zip(panels[0, 1:], shown(generator.synthesise(fine).numpy()), strict=True):
        show_picture(axes, face, "fine")
    for row, line in enumerate(panels[1:]):
        mixed = mix_styles(np.repeat(coarse[row : row + 1], len(columns), 0), fine, half)
        styles = np.concatenate([coarse[row : row + 1], mixed])
        for place, face in enumerate(shown(generator.synthesise(styles).numpy())):
            show_picture(line[place], face, "" if place else "coarse")
    return figure


def _column(
    title: str, generator: StyleGenerator, z: np.ndarray, path: np.ndarray
) -> Iterator[np.ndarray]:
    styles = np.repeat(generator.styles(z[None]), len(path), axis=0)
    images = render(generator, styles, path)
    for picture, fine in zip(shown(images), shown_detail(images), strict=True):
        large = np.concatenate([picture, fine]).repeat(LARGE, axis=0).repeat(LARGE, axis=1)
        head = np.full((24, large.shape[1], 3), 255, np.uint8)
        cv2.putText(
            head, title, (6, 17), cv2.FONT_HERSHEY_SIMPLEX, 0.5, (60, 60, 60), 1, cv2.LINE_AA
        )
        framed = np.concatenate([head, large])
        yield np.pad(framed, ((0, 4), (4, 4), (0, 0)), constant_values=255)
