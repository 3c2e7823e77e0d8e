"""What a measure says of sums and directions, in words that follow from the numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import keras
import numpy as np
import pandas as pd

from dcgan_lib.latent import Success, measure_attribute
from dcgan_lib.train import generate

NOTHING = "no more than a random push"
CHANGES = "changes faces"
KEEPS = "changes faces, and keeps the person"


def shares_below(
    generator: keras.Model, attribute: str, drawn: np.ndarray, groups: Mapping[str, np.ndarray]
) -> pd.Series:
    """Where groups of faces stand among faces of drawn z, by a measure.

    Args:
        generator: (batch, latent_dim) → (batch, side, side, 3) in [-1, 1].
        attribute: a key of ``ATTRIBUTES``.
        drawn: float32 (n, latent_dim), what is compared with.
        groups: name → z (any, latent_dim).

    Returns:
        For each group the share, 0 to 1, of the drawn faces that show the attribute less than a
        face of the group, on average over the group.
    """
    usual = measure_attribute(attribute, generate(generator, drawn))
    found = {}
    for name, z in groups.items():
        scores = measure_attribute(attribute, generate(generator, z))
        found[name] = float((usual[:, None] < scores).mean())
    return pd.Series(found, name=f"share of faces with less {attribute}")


def judge_directions(results: Sequence[Success]) -> pd.DataFrame:
    """What can be said of each direction beside random pushes of the same length.

    Args:
        results: as ``direction_success`` gives them.

    Returns:
        A row for each attribute: how many faces were moved, the share that changed along the
        direction and at random, the share that changed and stayed the same person, and a verdict.
        "Changes faces" takes an interval of 95 % wholly above that of random pushes; "keeps the
        person" takes the same of those who changed and stayed the same.
    """
    rows = {
        one.attribute: {
            "moved": one.count,
            "changed": one.along.changed.share,
            "by random pushes": one.at_random.changed.share,
            "changed, same person": one.along.changed_same.share,
            "verdict": _verdict(one),
        }
        for one in results
    }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("direction")


def _verdict(result: Success) -> str:
    if result.along.changed.low <= result.at_random.changed.high:
        return NOTHING
    kept = result.along.changed_same.low > result.at_random.changed_same.high
    return KEEPS if kept else CHANGES
