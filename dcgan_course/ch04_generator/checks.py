"""Checks of chapter 04's exercises."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import keras
import numpy as np
from keras import layers

from dcgan_course.ch04_generator.blocks import (
    Block,
    Maps,
    face_of,
    generator,
    one_step,
    up_block as right_block,
)
from dcgan_course.ch04_generator.kernels import overlap
from dcgan_course.checking import exercise, passed, require, shown
from dcgan_course.networks import require_same_network
from dcgan_lib import Settings

SIDES = (  # side, kernel, stride, padding
    *((1, 4, 1, 0), (4, 4, 2, 1), (16, 4, 2, 1), (5, 3, 2, 0), (2, 6, 3, 1), (7, 5, 1, 2)),
    *((10, 6, 3, 1), (3, 7, 2, 3), (1, 5, 4, 1)),
)
KERNEL = "The kernel has another size. Expected 4, divisible by the stride. Received: "
STEPS = (  # what to say of a wrong step of G, and how to build it
    (
        "The convolution has a bias. Expected use_bias=False: BatchNormalization subtracts the "
        "mean right after it, so a bias could do nothing; its own beta takes that part.",
        partial(right_block, bias=True),
    ),
    (f"{KERNEL}3. What did the overlap map say about it?", partial(right_block, kernel=3)),
    (f"{KERNEL}5. What did the overlap map say about it?", partial(right_block, kernel=5)),
    (f"{KERNEL}2. That is even, but isn't what is asked for.", partial(right_block, kernel=2)),
    (
        "The block doesn't normalise. Expected BatchNormalization between the convolution and "
        "ReLU (guideline b). Received: none.",
        partial(right_block, normalised=False),
    ),
    (
        "BatchNormalization has another momentum. Expected 0.9. Received: Keras's own 0.99.",
        partial(right_block, momentum=0.99),
    ),
    (
        "The activation is another one. Expected ReLU (guideline d). Received: none at all.",
        partial(right_block, slope=1.0),
    ),
    (
        "The activation is another one. Expected ReLU (guideline d). Received: LeakyReLU, which "
        "lets a fifth of what is negative through.",
        partial(right_block, slope=0.2),
    ),
    (
        "The activation is another one. Expected ReLU (guideline d). Received: LeakyReLU of "
        "Keras's own slope, 0.3.",
        partial(right_block, slope=0.3),
    ),
    (
        "BatchNormalization stands in another place. Expected it before ReLU. Received: after it.",
        partial(right_block, normalise_last=True),
    ),
    (
        "The side isn't doubled. Expected strides=2. Received: a step of 1.",
        partial(right_block, strides=1),
    ),
    (
        "The block's output has another side. Expected padding='same', which doubles it. "
        "Received: an unpadded map, which is two rows and columns larger.",
        partial(right_block, padding="valid"),
    ),
    (
        "The side is doubled in another way. Expected a transposed convolution with strides=2 "
        "(guideline a). Received: copied pixels.",
        partial(right_block, copied=True),
    ),
)


@exercise("4.1")
def check_output_side(output_side: Callable[[int, int, int, int], int]) -> None:
    """4.1: the formula agrees with PyTorch-style padding, measured on Keras's own layer."""
    for side, kernel, stride, padding in SIDES:
        layer = keras.layers.Conv2DTranspose(1, kernel, strides=stride)  # 'valid': padding 0
        whole = layer(np.zeros((1, side, side, 1), np.float32)).shape[1]
        expected, received = whole - 2 * padding, output_side(side, kernel, stride, padding)
        require(
            not isinstance(received, bool) and np.shape(received) == () and received == expected,
            f"The side is another one for side={side}, kernel={kernel}, stride={stride}, "
            f"padding={padding}. Expected {expected}, as Keras measures. Received: "
            f"{shown(received)}. Where does the last stamp start, and where does it end? Then cut "
            "on both edges.",
        )
    passed("4.1", "your formula and Keras's layer agree")


@exercise("4.2")
def check_even_kernels(even_kernels: Callable[[int], set[int]]) -> None:
    """4.2: the kernels named are those whose stamps cover every pixel equally often."""
    for stride in (2, 3):
        counts = {kernel: overlap(kernel, stride) for kernel in range(2, 8)}
        even = {kernel for kernel, map_ in counts.items() if map_.min() == map_.max()}
        received = even_kernels(stride)
        require(
            isinstance(received, set | frozenset | list | tuple),
            f"A set of kernels is asked for at stride {stride}. Expected numbers from 2 to 7. "
            f"Received: {shown(received)}.",
        )
        wrong = even.symmetric_difference(received)
        require(
            not wrong,
            f"At stride {stride}, look again at kernel {min(wrong, default=0, key=str)}: "
            f"lesson.draw_overlap({min(wrong, default=0, key=str)}, {stride}) shows whether its "
            "ground is even.",
        )
    passed("4.2", "these kernels leave an even ground at strides 2 and 3")


@exercise("4.3")
def check_up_block(up_block: Block) -> None:
    """4.3: the block does what the library's step does, in use and in training."""
    maps = np.random.default_rng(0).normal(3, 5, (32, 4, 4, 8)).astype(np.float32)
    mistakes = [(cause, partial(one_step, step, 6)) for cause, step in STEPS]
    theirs = one_step(right_block, 6)
    require_same_network("Your block", one_step(up_block, 6), theirs, maps, mistakes)
    passed("4.3", "(32, 4, 4, 8) became (32, 8, 8, 6), normalised, nothing below 0")


@exercise("4.4", up_block=right_block)
def check_generator(my_generator: Callable[[int, int], keras.Model], settings: Settings) -> None:
    """4.4: G does what the table says, for two widths and lengths of z."""
    for latent_dim, width in ((7, 3), (settings.latent_dim, settings.generator_width)):
        z = np.random.default_rng(0).uniform(-1, 1, (8, latent_dim)).astype(np.float32)
        mine, theirs = my_generator(latent_dim, width), generator(latent_dim, width)
        name = f"Your G of width {width}"
        require_same_network(name, mine, theirs, z, _mistakes(latent_dim, width))
    passed("4.4", f"your G and the paper's have {mine.count_params():,} parameters each")


def _mistakes(latent_dim: int, width: int) -> list[tuple[str, Callable[[], keras.Model]]]:
    """What to say of a wrong G, and how to build it."""
    build = partial(generator, latent_dim, width)
    halved = "Each step halves the channels. Expected width times 8, 4, 2, 1. Received: "
    range_of = "Pixels should lie in [-1, 1]. Expected tanh at the end (guideline d). Received: "
    found: list[tuple[str, Callable[[], keras.Model]]] = [
        (f"{halved}always width after the first.", partial(build, times=(1, 1, 1))),
        (f"{halved}8, 2, 2, 1.", partial(build, times=(2, 2, 1))),
        (f"{halved}8, 8, 4, 2.", partial(build, times=(8, 4, 2))),
        (
            "G has a layer that guideline c leaves out. Expected a map of 1×1, of which a "
            "transposed convolution makes 4×4. Received: a fully connected layer (Dense).",
            partial(build, start=_dense_map),
        ),
        (
            "G has a layer that guideline c leaves out. Expected a map of 1×1, of which a "
            "transposed convolution makes 4×4. Received: a fully connected layer (Dense).",
            partial(build, start=partial(_dense_map, bias=True)),
        ),
        (
            "The first map isn't normalised. Expected BatchNormalization after every transposed "
            "convolution but the last (guideline b). Received: none after the first.",
            partial(build, start=_bare_map),
        ),
        (
            "The colours are normalised. Expected BatchNormalization after every transposed "
            "convolution but the last (guideline b). Received: one after the last, too.",
            partial(build, end=_normalised_face),
        ),
        (
            "The last convolution has a bias. Expected use_bias=False. Received: a bias.",
            partial(build, end=partial(face_of, bias=True)),
        ),
    ]
    found += [
        (f"{range_of}{kind}.", partial(build, end=partial(face_of, activation=kind)))
        for kind in ("sigmoid", "relu", "linear")
    ]
    return found + [(cause, partial(build, step)) for cause, step in STEPS]


def _dense_map(z: Maps, channels: int, bias: bool = False) -> Maps:
    x = layers.Reshape((4, 4, channels))(layers.Dense(16 * channels, use_bias=bias)(z))
    return layers.ReLU()(layers.BatchNormalization(momentum=0.9)(x))


def _bare_map(z: Maps, channels: int) -> Maps:
    x = layers.Reshape((1, 1, z.shape[1]))(z)
    return right_block(x, channels, strides=1, padding="valid", normalised=False)


def _normalised_face(x: Maps) -> Maps:
    face = layers.Conv2DTranspose(3, 4, 2, "same", use_bias=False)(x)
    return layers.Activation("tanh")(layers.BatchNormalization(momentum=0.9)(face))
