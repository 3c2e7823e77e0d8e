"""Adam for one weight, and the mistakes in it that a check can name."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

State = tuple[float, float, float]  # value, mean, square


def adam(
    value: float,
    gradient: float,
    mean: float,
    square: float,
    step: int,
    rate: float,
    beta_1: float,
    beta_2: float = 0.999,
    *,
    corrected: tuple[bool, bool] = (True, True),
    root: float = 0.5,
    epsilon: float = 1e-7,
    below_the_root: bool = False,
    sign: int = 1,
    remembers_corrected: bool = False,
) -> State:
    """One step of Adam (Kingma & Ba 2015, algorithm 1); the options make mistakes.

    Args:
        value: of the weight.
        gradient: of the loss with respect to it.
        mean: running mean of gradients.
        square: running mean of their squares.
        step: t, from 1.
        rate: the learning rate.
        beta_1: share of ``mean`` that stays.
        beta_2: share of ``square`` that stays.
        corrected: whether mean and square are corrected for their start at 0.
        root: to which power the square is taken.
        epsilon: what keeps the division from 0.
        below_the_root: whether ε is added below the root.
        sign: -1 goes uphill.
        remembers_corrected: whether what is handed back is corrected.

    Returns:
        The new value, mean and square.
    """
    mean = beta_1 * mean + (1 - beta_1) * gradient
    square = beta_2 * square + (1 - beta_2) * gradient**2
    m = mean / (1 - beta_1**step) if corrected[0] else mean
    v = square / (1 - beta_2**step) if corrected[1] else square
    size = (v + epsilon) ** root if below_the_root else v**root + epsilon
    value -= sign * rate * m / size
    return (value, m, v) if remembers_corrected else (value, mean, square)


ADAM_MISTAKES: tuple[tuple[str, Callable[..., State]], ...] = (
    (
        "Neither average is corrected for its start at 0. After one step, what share of the "
        "gradient does each of them hold?",
        partial(adam, corrected=(False, False)),
    ),
    (
        "The mean is corrected for its start at 0, the square isn't. Expected both. Received: one.",
        partial(adam, corrected=(True, False)),
    ),
    (
        "The square is corrected for its start at 0, the mean isn't. Expected both. Received: one.",
        partial(adam, corrected=(False, True)),
    ),
    (
        "The mean is divided by the square itself. Expected its root, which has the gradient's own "
        "unit. Received: a division without the root.",
        partial(adam, root=1.0),
    ),
    (
        "ε stands below the root. Expected it beside the root. Received: another division where "
        "the gradient is tiny.",
        partial(adam, below_the_root=True),
    ),
    ("ε has another value. Expected 1e-7. Received: 1e-8.", partial(adam, epsilon=1e-8)),
    (
        "The weight climbs. Expected a step against the gradient. Received: one along it.",
        partial(adam, sign=-1),
    ),
    (
        "What you hand back is corrected already. Expected the averages themselves: the correction "
        "is made again at each step. Received: corrected ones, which are corrected twice.",
        partial(adam, remembers_corrected=True),
    ),
)
