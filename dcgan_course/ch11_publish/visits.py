"""A thousand visits of a page: which faces of theirs are alike."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import keras
import numpy as np
import pandas as pd

from dcgan_lib import Settings
from dcgan_lib.evaluate import grey_copies
from dcgan_lib.publish import seed_noise
from dcgan_lib.train import generate

NUMBERS = 2**32  # as many as a page draws from
SIDE = 32  # pixels of the grey copies that are compared


@dataclass(frozen=True)
class AlikeVisits:
    """The visits whose faces are most alike.

    Attributes:
        pairs: int64 (n, 2), rows of the faces, the nearest pair first.
        distances: float64 (n,), root mean squared, of grey copies with values in [0, 1].
    """

    pairs: np.ndarray
    distances: np.ndarray


def visit_faces(generator: keras.Model, settings: Settings, count: int, seed: int) -> np.ndarray:
    """The faces of so many visits: uint8 (count, side, side, 3), RGB, by numbers of a page."""
    numbers = np.random.default_rng(seed).integers(0, NUMBERS, count)
    rows = [seed_noise(int(one), settings.latent_dim, settings.noise) for one in numbers]
    return generate(generator, np.stack(rows))


def closest_visits(faces: np.ndarray, count: int = 4) -> AlikeVisits:
    """The pairs of faces that are most alike, each face in one pair at most.

    Args:
        faces: uint8, shape (n, side, side, 3), RGB.
        count: how many pairs.
    """
    rows = grey_copies(faces, SIDE).reshape(len(faces), -1) / 255
    squares = (rows**2).mean(axis=1)
    between = squares[:, None] + squares - 2 * rows @ rows.T / rows.shape[1]  # (n, n)
    np.fill_diagonal(between, np.inf)
    pairs, distances = [], []
    while len(pairs) < min(count, len(faces) // 2):
        pair = np.unravel_index(between.argmin(), between.shape)
        pairs.append(pair)
        distances.append(np.sqrt(max(0.0, between[pair])))
        between[pair, :] = between[:, pair] = np.inf  # each face in one pair at most
    return AlikeVisits(np.array(pairs), np.array(distances))


def count_seen_before(visits: int, numbers: int, seed: int = 0, repeats: int = 200) -> float:
    """How many of so many visits draw a number that an earlier one drew: the mean of repeats."""
    random = np.random.default_rng(seed)
    drawn = [random.integers(0, numbers, visits) for _ in range(repeats)]
    return float(np.mean([visits - len(np.unique(row)) for row in drawn]))


def seen_before_table(seen_before: Callable[[int, int], float]) -> pd.DataFrame:
    """Visits that see a face again, by a formula and as counted, for pages of three sizes.

    Returns:
        Columns ``faces``, ``visits``, ``formula``, ``counted``.
    """
    visits = np.unique(np.geomspace(10, 3000, 12).astype(int)).tolist()
    rows = [
        (faces, count, seen_before(count, faces), count_seen_before(count, faces, repeats=30))
        for faces in (1000, 10_000, 1_000_000)
        for count in visits
    ]
    return pd.DataFrame(rows, columns=["faces", "visits", "formula", "counted"])
