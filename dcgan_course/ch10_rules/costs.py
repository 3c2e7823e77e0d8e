"""What turning a rule costs: parameters and multiplications (chapter 10)."""

from __future__ import annotations

from collections.abc import Sequence

import keras
import numpy as np
import pandas as pd

from dcgan_lib import Settings, build_discriminator, build_generator
from dcgan_lib.rules import AS_WRITTEN, MAIN, label, turned


def rule_costs(settings: Settings, rules: Sequence[str] = MAIN) -> pd.DataFrame:
    """Parameters of both networks, and the multiplications of one face through both.

    Args:
        settings: what the runs share.
        rules: names in ``rules.RULES``.

    Returns:
        One row per rule, and one as written: G's and D's parameters, millions of
        multiplications, and their ratio to the networks as written.
    """
    rows = {}
    for rule in (AS_WRITTEN, *rules):
        changed = turned(settings, rule, 0)
        networks = build_generator(changed), build_discriminator(changed)
        sizes = {
            f"{name}'s parameters": network.count_params()
            for name, network in zip("GD", networks, strict=True)
        }
        rows[label(rule)] = sizes | {"multiplications, 10⁶": sum(map(multiplications, networks))}
    table = pd.DataFrame(rows).T
    table["multiplications, 10⁶"] /= 1e6
    first = table["multiplications, 10⁶"].iloc[0]
    table["times as written"] = table["multiplications, 10⁶"] / first
    return table.round({"multiplications, 10⁶": 1, "times as written": 2}).astype(
        {"G's parameters": int, "D's parameters": int}
    )


def multiplications(network: keras.Model) -> int:
    """Multiplications of one image in all convolutions and dense layers, edges included."""
    total = 0
    for layer in network.layers:
        if isinstance(layer, keras.layers.Conv2DTranspose):  # each input pixel stamps the kernel
            total += int(np.prod(layer.input.shape[1:3])) * layer.kernel.shape.num_elements()
        elif isinstance(layer, keras.layers.Conv2D):  # each output pixel reads a window
            total += int(np.prod(layer.output.shape[1:3])) * layer.kernel.shape.num_elements()
        elif isinstance(layer, keras.layers.Dense):
            total += layer.kernel.shape.num_elements()
    return total
