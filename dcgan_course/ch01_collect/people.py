"""The people in a folder of photographs, and how much they differ (chapter 01)."""

from __future__ import annotations

import posixpath
import re
from pathlib import Path

import cv2
import numpy as np

from dcgan_lib.crop import find_photos, read_photo

TILE = (112, 92)  # height and width of a photograph on a sheet: ORL's own
People = dict[str, list[np.ndarray]]


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


def deviations(people: People) -> dict[str, np.ndarray]:
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


def share_between(maps: dict[str, np.ndarray]) -> float:
    """The share of the variance that lies between people, 0 to 1; of what ``deviations`` gives."""
    between, within = maps["between"] ** 2, maps["within"] ** 2
    return float(between.mean() / (between + within).mean())


def tile(photograph: np.ndarray) -> np.ndarray:
    """A photograph made to fit a tile, on white: uint8 (112, 92, 3)."""
    height, width = photograph.shape[:2]
    scale = min(TILE[0] / height, TILE[1] / width)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    small = cv2.resize(photograph, size, interpolation=cv2.INTER_AREA)
    tile = np.full((*TILE, 3), 255, np.uint8)
    top, left = (TILE[0] - size[1]) // 2, (TILE[1] - size[0]) // 2
    tile[top : top + size[1], left : left + size[0]] = small
    return tile


def _by_number(name: str) -> list[tuple[int, str]]:
    """A key that sorts s2 before s10."""
    return [(int(part or 0), text) for text, part in re.findall(r"(\D*)(\d*)", name)]
