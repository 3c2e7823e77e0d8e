"""Plain looks of OpenCV's cascade at photographs, and how often they are right (chapter 02)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import cv2
import numpy as np
import pandas as pd

from dcgan_course.ch02_crop.photographs import tilted
from dcgan_lib.crop import load_cascade, overlap

HALF = 0.5  # two boxes that overlap by this share mean one face (Everingham et al. 2010)

Photos = Mapping[str, np.ndarray]  # name such as "s1/4.pgm" → uint8 (height, width), grey


def look(
    grey: np.ndarray,
    scale_factor: float = 1.05,
    neighbours: int = 4,
    min_size: int = 45,
    border: int = 0,
) -> np.ndarray:
    """One plain look of OpenCV's cascade, as ``detectMultiScale`` gives it.

    Args:
        grey: uint8 (height, width).
        scale_factor, neighbours, min_size: the thresholds; 0 neighbours gives single windows.
        border: pixels to repeat around the photograph first.

    Returns:
        int (n, 4): x, y, w, h in the photograph's pixels.
    """
    framed = cv2.copyMakeBorder(grey, border, border, border, border, cv2.BORDER_REPLICATE)
    smallest = (min_size, min_size)
    found = load_cascade().detectMultiScale(framed, scale_factor, neighbours, minSize=smallest)
    return np.asarray(found, int).reshape(-1, 4) - [border, border, 0, 0]


def is_right(box: Sequence[int], reference: Sequence[int]) -> bool:
    """Whether a box and the one to be found mean the same face; () is to be found by no box."""
    return len(reference) > 0 and overlap(box, reference) >= HALF


def found_when_turned(photos: Photos, degrees: Sequence[float], border: int = 12) -> list[float]:
    """Share of photographs, 0 to 1, in which a face is found, for each angle that they turn by."""
    return [
        float(
            np.mean([len(look(tilted(grey, angle), border=border)) > 0 for grey in photos.values()])
        )
        for angle in degrees
    ]


def count_by_group(
    photos: Photos, references: Mapping[str, Sequence[int]], **thresholds: float
) -> pd.DataFrame:
    """What one plain ``look`` keeps, misses and finds by mistake, for each group.

    Args:
        photos: name → grey photograph; the group is the name's folder.
        references, thresholds: name → the right box (x, y, w, h); arguments of ``look``.

    Returns:
        A row for each group: photographs; kept (a box overlaps the reference by half);
        missed (none does); false (boxes that don't).
    """
    rows = []
    for name, grey in photos.items():
        good = [is_right(box, references[name]) for box in look(grey, **thresholds)]
        rows.append((name.split("/")[0], 1, any(good), not any(good), good.count(False)))
    table = pd.DataFrame(rows, columns=["person", "photographs", "kept", "missed", "false"])
    return table.groupby("person").sum().astype(int)
