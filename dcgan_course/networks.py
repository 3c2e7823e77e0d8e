"""Networks compared by what they do: the same weights and pictures in, the same numbers out.

How a network is written doesn't matter: names and kinds of layers, padding by hand and functions
in place of layers are all one, as long as its weights have the same shapes and it answers alike.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import keras
import numpy as np

from dcgan_course.checking import CheckFailed, require, require_shape, shown

CLOSE = 0.01  # of the largest number: far above rounding and epsilon, far below any mistake


@dataclass(frozen=True)
class Behaviour:
    """What a network does once its weights are filled in.

    Attributes:
        shapes: of its weights, sorted.
        parameters: how many numbers these are.
        in_use: what it answers in inference mode.
        in_training: what it answers in training mode.
        afterwards: what it answers in inference mode after that, with the statistics that
            BatchNormalization has taken meanwhile.
    """

    shapes: tuple[tuple[int, ...], ...]
    parameters: int
    in_use: np.ndarray
    in_training: np.ndarray
    afterwards: np.ndarray


def fill(network: keras.Model, seed: int = 0) -> None:
    """Give every weight numbers by its shape, and by its place among those of that shape.

    Two networks with the same weights in another order, or under other names, get the same.

    Args:
        network: is changed.
        seed: of the numbers.
    """
    seen: dict[tuple[int, ...], int] = {}
    for weight in network.weights:
        shape = tuple(int(side) for side in weight.shape)
        seen[shape] = seen.get(shape, 0) + 1
        draw = np.random.default_rng([seed, seen[shape], len(shape), *shape])
        values = draw.uniform(0.5, 1.5, shape)
        if len(shape) > 1:
            values = draw.normal(0, 1, shape) / np.sqrt(np.prod(shape[:-1]))
        weight.assign(values.astype(np.float32))


def observe(network: keras.Model, inputs: np.ndarray, seed: int = 0) -> Behaviour:
    """Fill a network's weights in, and see what it does.

    Args:
        network: is changed.
        inputs: a batch of what it takes, float32.
        seed: of the weights.
    """
    fill(network, seed)
    answers = [np.asarray(network(inputs, training=mode)) for mode in (False, True, False)]
    return Behaviour(_shapes(network), network.count_params(), *answers)


def agree(one: Behaviour, other: Behaviour) -> bool:
    """Whether two networks do the same."""
    return not _difference(one, other)


def require_same_network(
    name: str,
    mine: object,
    theirs: keras.Model,
    inputs: np.ndarray,
    mistakes: Iterable[tuple[str, Callable[[], keras.Model]]] = (),
) -> None:
    """Fail where a student's network does something else than it should.

    Where it does what a network with a known mistake would do, the message names that mistake.

    Args:
        name: what the student calls it.
        mine: the student's network; is changed.
        theirs: one that is right; is changed.
        inputs: a batch of what both take, float32.
        mistakes: what to say, and how to build a network that has this mistake.

    Raises:
        CheckFailed: it is not a network, or does something else.
    """
    require(
        isinstance(mine, keras.Model),
        f"{name} should be a network. Expected a keras.Model. Received: {shown(mine)}.",
    )
    right, found = observe(theirs, inputs), observe(mine, inputs)
    difference = _difference(found, right)
    if not difference:
        return
    for cause, build in mistakes:
        wrong = build()
        if _shapes(wrong) == found.shapes and agree(found, observe(wrong, inputs)):
            raise CheckFailed(cause)
    require_shape(f"The output of {name[0].lower()}{name[1:]}", found.in_use, right.in_use.shape)
    raise CheckFailed(f"{name} does something else. {difference}")


def _shapes(network: keras.Model) -> tuple[tuple[int, ...], ...]:
    return tuple(sorted(tuple(int(side) for side in weight.shape) for weight in network.weights))


def _difference(found: Behaviour, right: Behaviour) -> str:
    """In which way one network does something else than the other; "" where it doesn't."""
    if found.parameters != right.parameters:
        return (
            f"Expected {right.parameters:,} parameters. Received: {found.parameters:,}. "
            "Compare kernel sizes, channels and biases."
        )
    if found.shapes != right.shapes:
        theirs = ", ".join(str(shape) for shape in sorted({*found.shapes} - {*right.shapes}))
        return f"Expected weights of other shapes. Received: {theirs or 'one too few or too many'}."
    if not _near(found.in_use, right.in_use):
        return (
            "Expected other numbers from the same weights in inference mode. Compare the "
            "activations, and the order of the layers."
        )
    if not _near(found.in_training, right.in_training):
        return (
            "Expected other numbers from the same weights in training mode; in inference mode they "
            "are right. Look at what normalises, and where it stands."
        )
    if not _near(found.afterwards, right.afterwards):
        return (
            "Expected other statistics after a batch in training mode. Look at the momentum of "
            "BatchNormalization, and whether anything else is random."
        )
    return ""


def _near(found: np.ndarray, right: np.ndarray) -> bool:
    if found.shape != right.shape:
        return False
    return bool(np.abs(found - right).max(initial=0) <= CLOSE * np.abs(right).max(initial=0))
