"""Checks of chapter 04's exercises."""

from __future__ import annotations

from collections.abc import Callable

import keras
import numpy as np

from dcgan_course.ch04_generator.kernels import overlap
from dcgan_course.checking import passed, require, require_shape
from dcgan_lib import Settings, build_generator


def check_output_side(output_side: Callable[[int, int, int, int], int]) -> None:
    """4.1: the formula agrees with PyTorch-style padding, measured on Keras's own layer."""
    for side, kernel, stride, padding in ((1, 4, 1, 0), (4, 4, 2, 1), (16, 4, 2, 1), (5, 3, 2, 0)):
        layer = keras.layers.Conv2DTranspose(1, kernel, strides=stride)  # 'valid': padding 0
        whole = layer(np.zeros((1, side, side, 1), np.float32)).shape[1]
        expected, received = whole - 2 * padding, output_side(side, kernel, stride, padding)
        require(
            received == expected,
            f"The side is another one for side={side}, kernel={kernel}, stride={stride}, "
            f"padding={padding}. Expected {expected}, as Keras measures. Received: {received}. "
            "Where does the last stamp start, and where does it end? Then cut on both edges.",
        )
    passed("4.1", "your formula and Keras's layer agree")


def check_even_kernels(even_kernels: Callable[[int], set[int]]) -> None:
    """4.2: the kernels named are those whose stamps cover every pixel equally often."""
    for stride in (2, 3):
        counts = {kernel: overlap(kernel, stride) for kernel in range(2, 8)}
        even = {kernel for kernel, map_ in counts.items() if map_.min() == map_.max()}
        wrong = even.symmetric_difference(even_kernels(stride))
        require(
            not wrong,
            f"At stride {stride}, look again at kernel {min(wrong, default=0)}: "
            f"draw_overlap({min(wrong, default=0)}, {stride}) shows whether its ground is even.",
        )
    passed("4.2", "these kernels leave an even ground at strides 2 and 3")


def check_up_block(up_block: Callable[[keras.KerasTensor, int], keras.KerasTensor]) -> None:
    """4.3: the block doubles the side, normalises, and ends in ReLU."""
    block = _as_model(up_block, (4, 4, 8), channels=6)
    kinds = [type(layer).__name__ for layer in block.layers[1:]]
    require(
        kinds == ["Conv2DTranspose", "BatchNormalization", "ReLU"],
        "The block has other layers. Expected Conv2DTranspose, BatchNormalization, ReLU, in this "
        f"order. Received: {', '.join(kinds)}. Guideline b stands between a and d.",
    )
    maps = np.random.default_rng(0).normal(3, 5, (32, 4, 4, 8)).astype(np.float32)
    up = np.asarray(block(maps, training=True))
    require_shape("The block's output", up, (32, 8, 8, 6), "strides=2 with padding='same' doubles.")
    require(up.min() >= 0, f"ReLU lets nothing below 0 through. Received: {up.min():.3f}.")
    convolution = block.layers[1]
    require(
        not convolution.use_bias,
        "The convolution has a bias. Expected use_bias=False: BatchNormalization subtracts the "
        "mean right after it, so a bias could do nothing; its own beta takes that part.",
    )
    require(
        convolution.kernel_size == (4, 4),
        f"The kernel has another size. Expected 4, divisible by the stride. Received: "
        f"{convolution.kernel_size[0]}. What did the overlap map say about others?",
    )
    passed("4.3", "(32, 4, 4, 8) became (32, 8, 8, 6), normalised, nothing below 0")


def check_generator(my_generator: Callable[[int, int], keras.Model], settings: Settings) -> None:
    """4.4: same shapes and parameters as the library's G, and no layer that the paper forbids."""
    width, latent_dim = settings.generator_width, settings.latent_dim
    mine, theirs = my_generator(latent_dim, width), build_generator(settings)
    kinds = [type(layer).__name__ for layer in mine.layers]
    forbidden = {"Dense", "Flatten", "UpSampling2D", "MaxPooling2D", "AveragePooling2D"}
    require(
        not forbidden & set(kinds),
        f"G has a layer that guidelines a and c leave out: {', '.join(forbidden & set(kinds))}. "
        "Reshape z to a map of 1×1, and let a transposed convolution make 4×4 of it.",
    )
    z = np.random.default_rng(0).uniform(-1, 1, (8, latent_dim)).astype(np.float32)
    faces = np.asarray(mine(z, training=True))
    require_shape("G's output for 8 z", faces, (8, settings.image_size, settings.image_size, 3))
    require(
        kinds.count("BatchNormalization") == kinds.count("Conv2DTranspose") - 1,
        "Expected BatchNormalization after every transposed convolution but the last "
        f"(guideline b). Received: {kinds.count('BatchNormalization')} of them with "
        f"{kinds.count('Conv2DTranspose')} transposed convolutions.",
    )
    require(
        mine.count_params() == theirs.count_params(),
        f"G has another number of parameters. Expected {theirs.count_params():,}. Received: "
        f"{mine.count_params():,}. Compare the layers: each step halves the channels, "
        "starting from width × 8, and no convolution has a bias.",
    )
    require(
        bool((np.abs(faces) <= 1).all()) and faces.min() < 0,
        f"Pixels should lie in [-1, 1] on both sides of 0. Received: {faces.min():.2f} to "
        f"{faces.max():.2f}. What does the last activation do (guideline d)?",
    )
    passed("4.4", f"your G and the library's have {mine.count_params():,} parameters each")


def _as_model(block: Callable, shape: tuple[int, int, int], channels: int) -> keras.Model:
    maps = keras.Input(shape)
    return keras.Model(maps, block(maps, channels))
