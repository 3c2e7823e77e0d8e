"""Losses to lay a run beside: the paper's own, and those of its recipe on ORL (chapter 07)."""

from __future__ import annotations

from typing import NamedTuple


class Losses(NamedTuple):
    """Cross-entropies after an epoch, in nats."""

    d_loss: float
    g_loss: float


# What the paper prints in section 9. It counts epochs from 0; here, as in history.csv, an epoch's
# number says how many are finished.
PAPER_LOSSES = {
    1: Losses(1.2113, 1.5655),
    21: Losses(0.4854, 4.4816),
    61: Losses(0.3544, 5.8984),
}

# Every fourth epoch of profile `paper` on ORL's 400 faces (6 updates an epoch), measured by
#   python -m dcgan_lib train data/faces/orl --run runs/orl-paper --profile paper
ORL_LOSSES = {
    1: Losses(0.65, 2.40),
    5: Losses(1.14, 18.36),
    9: Losses(0.05, 25.65),
    13: Losses(2.21, 8.71),
    17: Losses(0.99, 5.67),
    21: Losses(1.76, 5.60),
    25: Losses(1.18, 4.08),
    29: Losses(0.83, 7.89),
    33: Losses(1.04, 4.14),
    37: Losses(1.04, 6.40),
    41: Losses(0.85, 4.19),
    45: Losses(0.54, 2.21),
    49: Losses(0.48, 4.04),
    53: Losses(0.66, 3.70),
    57: Losses(0.75, 5.42),
    61: Losses(0.61, 3.04),
    65: Losses(0.89, 4.14),
    69: Losses(0.76, 3.36),
    73: Losses(0.49, 2.50),
    77: Losses(0.41, 3.73),
    81: Losses(0.36, 2.51),
    85: Losses(0.46, 2.75),
    89: Losses(1.11, 4.32),
    93: Losses(0.37, 3.87),
    97: Losses(0.31, 2.45),
    100: Losses(1.07, 5.41),
}
