"""Checks of chapter 05's exercises."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from numbers import Integral

import keras
import numpy as np
from keras import layers

from dcgan_course.ch05_discriminator.blocks import (
    Block,
    Maps,
    discriminator,
    down_block as right_block,
    one_logit,
    one_step,
)
from dcgan_course.checking import exercise, numbers, passed, require, shown
from dcgan_course.networks import fill, require_same_network
from dcgan_lib import Settings

# side, kernel, stride, padding: D's own, and some where the last step doesn't fit whole
SIDES = ((64, 4, 2, 1), (4, 4, 1, 0), (9, 3, 2, 0), (11, 5, 3, 2), (12, 4, 3, 0), (14, 5, 5, 0))
ROWS = (([4, 4, 4], [2, 2, 2]), ([3, 3], [1, 1]), ([5, 2, 3], [3, 1, 2]), ([2, 3, 2], [2, 3, 2]))
DENSE = (
    "D ends in a fully connected layer (guideline c). Expected a convolution whose kernel covers "
    "the whole map of 4×4. Received: a dense layer."
)
BENDS = ("sigmoid", "tanh", "relu", "leaky_relu")
BENT = (
    "D's number is bent by an activation. Expected the logit as the last convolution gives it: the "
    "loss takes the sigmoid itself. Received: numbers that an activation has changed."
)
STEPS: tuple[tuple[str, Block], ...] = (
    (
        "LeakyReLU has another slope. Expected 0.2 (guideline e). Received: 0.3, Keras's default.",
        partial(right_block, slope=0.3),
    ),
    (
        "Nothing negative comes through. Expected LeakyReLU with slope 0.2 (guideline e). "
        "Received: ReLU.",
        partial(right_block, slope=0.0),
    ),
    (
        "No activation ends the step. Expected LeakyReLU with slope 0.2. Received: none.",
        partial(right_block, slope=1.0),
    ),
    (
        "BatchNormalization has another momentum. Expected 0.9. Received: 0.99, Keras's default.",
        partial(right_block, momentum=0.99),
    ),
    (
        "BatchNormalization has another momentum. Expected 0.9, in Keras the share of the old "
        "average that stays. Received: 0.1.",
        partial(right_block, momentum=0.1),
    ),
    (
        "BatchNormalization stands in another place. Expected it before LeakyReLU. Received: "
        "after it.",
        partial(right_block, normalise_last=True),
    ),
    (
        "The convolution has a bias. Expected use_bias=False: where BatchNormalization follows, a "
        "bias could do nothing. Received: a bias.",
        partial(right_block, bias=True),
    ),
    (
        "The kernel has another size. Expected 4. Received: 3.",
        partial(right_block, kernel=3),
    ),
    (
        "The kernel has another size. Expected 4. Received: 5.",
        partial(right_block, kernel=5),
    ),
    (
        "The side is halved in another way. Expected a convolution with strides=2 (guideline a). "
        "Received: pooling.",
        partial(right_block, pooled=True),
    ),
    (
        "The block's output has another side. Expected padding='same', which halves it. "
        "Received: an unpadded map, which loses one more row and column.",
        partial(right_block, padding="valid"),
    ),
)


@exercise("5.1")
def check_output_side(output_side: Callable[[int, int, int, int], int]) -> None:
    """5.1: the formula agrees with Keras's own layer on a map that is padded by hand."""
    for side, kernel, stride, padding in SIDES:
        received = output_side(side, kernel, stride, padding)
        layer = keras.layers.Conv2D(1, kernel, strides=stride)  # 'valid': nothing is added
        whole = side + 2 * padding
        expected = layer(np.zeros((1, whole, whole, 1), np.float32)).shape[1]
        require(
            isinstance(received, Integral),
            f"A side is a whole number of pixels. Expected an int. Received: {shown(received)}. "
            "Which operator of Python divides and rounds down?",
        )
        require(
            received == expected,
            f"The side is another one for side={side}, kernel={kernel}, stride={stride}, "
            f"padding={padding}. Expected {expected}, as Keras measures. Received: {received}. "
            "How far can the first window move before it reaches the end? Half a step is none.",
        )
    passed("5.1", "your formula and Keras's layer agree")


@exercise("5.2")
def check_receptive_field(
    receptive_field: Callable[[Sequence[int], Sequence[int]], list[int]],
) -> None:
    """5.2: the fields agree with what is measured on rows of convolutions."""
    for kernels, strides in ROWS:
        row = list(kernels), list(strides)
        received = numbers("What you return", receptive_field(*row)).astype(int).tolist()
        expected = [
            _measured_field(kernels[:layer], strides[:layer])
            for layer in range(1, len(kernels) + 1)
        ]
        require(
            row == (kernels, strides),
            "Your function has changed the lists that it was given. Expected them as they were. "
            f"Received: kernels={row[0]}, strides={row[1]}.",
        )
        require(
            received == expected,
            f"The fields are others for kernels={kernels}, strides={strides}. Expected {expected}, "
            f"as measured. Received: {shown(received)}. By how many pixels of the *image* do "
            "two neighbours in the map before lie apart, and how many such steps does a kernel "
            "add?",
        )
    passed("5.2", "your receptive fields and those measured agree")


@exercise("5.3")
def check_down_block(down_block: Block) -> None:
    """5.3: the block does what the library's step does, in use and in training."""
    maps = np.random.default_rng(0).normal(3, 5, (32, 16, 16, 8)).astype(np.float32)
    for normalise in (True, False):
        build = partial(one_step, channels=6, normalise=normalise)
        there = "isn't there" if normalise else "is there"
        mistakes = [(cause, partial(build, step)) for cause, step in STEPS]
        mistakes.append(
            (
                f"The switch does something else. Expected normalise={normalise} to be followed. "
                f"Received: a block where BatchNormalization {there}.",
                partial(one_step, right_block, 6, not normalise),
            )
        )
        name = f"Your block with normalise={normalise}"
        require_same_network(name, build(down_block), build(right_block), maps, mistakes)
    passed("5.3", "(32, 16, 16, 8) became (32, 8, 8, 6), and what is negative goes on, as a fifth")


@exercise("5.4", down_block=right_block)
def check_discriminator(my_discriminator: Callable[[int], keras.Model], settings: Settings) -> None:
    """5.4: D does what the table says, for two widths; nothing bends its number."""
    images = np.random.default_rng(0).uniform(-1, 1, (4, 64, 64, 3)).astype(np.float32)
    for width in (settings.discriminator_width, 3):
        mine, theirs = my_discriminator(width), discriminator(width)
        require_same_network(f"Your D of width {width}", mine, theirs, images, _mistakes(width))
        _require_plain_logit(mine, images)
    passed("5.4", f"your D of width {settings.discriminator_width} does what the paper's does")


def _mistakes(width: int) -> list[tuple[str, Callable[[], keras.Model]]]:
    """What to say of a wrong D, and how to build it."""
    build = partial(discriminator, width)
    where = "Expected BatchNormalization after every step but the first (guideline b). Received: "
    doubled = "Each step doubles the channels of the one before. Expected width times 1, 2, 4, 8. "
    found: list[tuple[str, Callable[[], keras.Model]]] = [
        (where + "after the first as well.", partial(build, normalised=[True] * 4)),
        (where + "after none.", partial(build, normalised=[False] * 4)),
        (where + "on the image itself.", partial(_image_normalised, width)),
        (where + "on the logit as well.", partial(build, end=_normalised_logit)),
        (f"{doubled}Received: always width.", partial(build, times=(1, 1, 1, 1))),
        (f"{doubled}Received: 1, 2, 3, 4.", partial(build, times=(1, 2, 3, 4))),
        (
            "The last convolution has a bias. Expected use_bias=False. Received: a bias.",
            partial(build, end=lambda x: layers.Flatten()(layers.Conv2D(1, 4)(x))),
        ),
        (DENSE, partial(build, end=lambda x: layers.Dense(1)(layers.Flatten()(x)))),
        (DENSE, partial(build, end=lambda x: layers.Dense(1, use_bias=False)(layers.Flatten()(x)))),
    ]
    found += [(BENT, partial(build, end=partial(_bent, kind=kind))) for kind in BENDS]
    return found + [(cause, partial(build, step)) for cause, step in STEPS]


def _require_plain_logit(network: keras.Model, images: np.ndarray) -> None:
    """Fail where something bends D's number: with its last kernel negated, it is the negative."""
    fill(network)
    before = np.asarray(network(images, training=False))
    for weight in network.weights:
        if weight.shape[-1] == 1:
            weight.assign(-weight)
    after = np.asarray(network(images, training=False))
    require(bool(np.abs(after + before).max() <= 1e-3 * np.abs(before).max()), BENT)


def _bent(x: Maps, kind: str) -> Maps:
    return layers.Activation(kind)(one_logit(x))


def _normalised_logit(x: Maps) -> Maps:
    return layers.BatchNormalization(momentum=0.9)(one_logit(x))


def _image_normalised(width: int) -> keras.Model:
    image = keras.Input((64, 64, 3))
    return keras.Model(image, discriminator(width)(layers.BatchNormalization()(image)))


def _measured_field(kernels: Sequence[int], strides: Sequence[int]) -> int:
    """Width of the pixels that reach one unit, found by putting a 1 at each place of a row."""
    side = 40
    values = np.eye(side, dtype=np.float32)[:, :, None]  # (places, side, 1): one 1 in each row
    for kernel, stride in zip(kernels, strides, strict=True):
        layer = keras.layers.Conv1D(1, kernel, strides=stride, kernel_initializer="ones")
        values = np.asarray(layer(values))
    return int((values[:, 0, 0] > 0).sum())
