"""Checks of chapter 05's exercises."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import keras
import numpy as np

from dcgan_course.checking import passed, require, require_close, require_shape
from dcgan_lib import Settings, build_discriminator


def check_output_side(output_side: Callable[[int, int, int, int], int]) -> None:
    """5.1: the formula agrees with Keras's own layer on a map that is padded by hand."""
    for side, kernel, stride, padding in ((64, 4, 2, 1), (4, 4, 1, 0), (9, 3, 2, 0), (11, 5, 3, 2)):
        received = output_side(side, kernel, stride, padding)
        layer = keras.layers.Conv2D(1, kernel, strides=stride)  # 'valid': nothing is added
        whole = side + 2 * padding
        expected = layer(np.zeros((1, whole, whole, 1), np.float32)).shape[1]
        require(
            received == expected and isinstance(received, int),
            f"The side is another one for side={side}, kernel={kernel}, stride={stride}, "
            f"padding={padding}. Expected {expected}, as Keras measures. Received: {received!r}. "
            "How far can the first window move before it reaches the end? Half a step is none.",
        )
    passed("5.1", "your formula and Keras's layer agree")


def check_receptive_field(
    receptive_field: Callable[[Sequence[int], Sequence[int]], list[int]],
) -> None:
    """5.2: the fields agree with what is measured on rows of convolutions."""
    for kernels, strides in (((4, 4, 4), (2, 2, 2)), ((3, 3), (1, 1)), ((5, 2, 3), (3, 1, 2))):
        received = list(receptive_field(kernels, strides))
        expected = [
            _measured_field(kernels[:layer], strides[:layer])
            for layer in range(1, len(kernels) + 1)
        ]
        require(
            received == expected,
            f"The fields are others for kernels={kernels}, strides={strides}. Expected {expected}, "
            f"as measured. Received: {received}. By how many pixels of the *image* do "
            "two neighbours in the map before lie apart, and how many such steps does a kernel "
            "add?",
        )
    passed("5.2", "your receptive fields and those measured agree")


def check_down_block(
    down_block: Callable[[keras.KerasTensor, int, bool], keras.KerasTensor],
) -> None:
    """5.3: the block halves the side, normalises where asked to, and ends in LeakyReLU 0.2."""
    for normalise in (True, False):
        block = _as_model(down_block, (16, 16, 8), 6, normalise)
        names = ["Conv2D", "BatchNormalization", "LeakyReLU"]
        wanted = [name for name in names if normalise or name != "BatchNormalization"]
        kinds = _kinds(block)[1:]
        require(
            kinds == wanted,
            f"The block has other layers with normalise={normalise}. Expected "
            f"{', '.join(wanted)}, in this order. Received: {', '.join(kinds)}.",
        )
        maps = np.random.default_rng(0).normal(3, 5, (32, 16, 16, 8)).astype(np.float32)
        down = np.asarray(block(maps, training=True))
        require_shape(
            "The block's output", down, (32, 8, 8, 6), "strides=2 with padding='same' halves."
        )
        _check_layers(block)
    passed("5.3", "(32, 16, 16, 8) became (32, 8, 8, 6), and what is negative goes on, as a fifth")


def check_discriminator(my_discriminator: Callable[[int], keras.Model], settings: Settings) -> None:
    """5.4: same shapes and parameters as the library's D, and no layer that the paper forbids."""
    width = settings.discriminator_width
    mine = my_discriminator(width)
    theirs = build_discriminator(replace(settings, image_size=64))
    kinds = _kinds(mine)
    banned = {"Dense", "MaxPooling2D", "AveragePooling2D", "GlobalAveragePooling2D"} & set(kinds)
    require(
        not banned,
        f"D has a layer that guidelines a and c leave out: {', '.join(sorted(banned))}. "
        "A convolution whose kernel covers the whole 4×4 map gives one number.",
    )
    images = np.random.default_rng(0).uniform(-1, 1, (8, 64, 64, 3)).astype(np.float32)
    logits = np.asarray(mine(images, training=True))
    require_shape(
        "D's output for 8 images", logits, (8, 1), "How many numbers does the judge give?"
    )
    convolutions, norms = kinds.count("Conv2D"), kinds.count("BatchNormalization")
    require(
        norms == convolutions - 2 and kinds[2:3] != ["BatchNormalization"],
        "Expected BatchNormalization after every convolution but the first and the last "
        f"(guideline b). Received: {norms} of them with {convolutions} convolutions, in the order "
        f"{', '.join(kinds)}.",
    )
    require(
        mine.count_params() == theirs.count_params(),
        f"D has another number of parameters. Expected {theirs.count_params():,}. Received: "
        f"{mine.count_params():,}. Compare the layers: each step doubles the channels, "
        "starting from width, and no convolution has a bias.",
    )
    require(
        kinds.count("LeakyReLU") == convolutions - 1,
        "Expected a LeakyReLU layer after every convolution but the last (guideline e). Received: "
        f"{kinds.count('LeakyReLU')} of them with {convolutions} convolutions.",
    )
    _check_layers(mine)
    _check_logit(mine, images)
    passed("5.4", f"your D and the library's have {mine.count_params():,} parameters each")


def _check_layers(model: keras.Model) -> None:
    """Fail where a convolution or a LeakyReLU of a block is set in another way than D's."""
    for layer in model.layers:
        if isinstance(layer, keras.layers.Conv2D):
            require(
                not layer.use_bias,
                "A convolution has a bias. Expected use_bias=False, as in the library's D: where "
                "BatchNormalization follows, it could do nothing.",
            )
            require(
                layer.kernel_size == (4, 4),
                f"A kernel has another size. Expected 4. Received: {layer.kernel_size[0]}.",
            )
        if isinstance(layer, keras.layers.LeakyReLU):
            require(
                abs(layer.negative_slope - 0.2) < 1e-6,
                "LeakyReLU has another slope. Expected 0.2 (guideline e). Received: "
                f"{layer.negative_slope:g}; Keras's default is 0.3.",
            )


def _check_logit(model: keras.Model, images: np.ndarray) -> None:
    """Fail where something bends the judge's number: with doubled weights it should double."""
    judge = [layer for layer in model.layers if isinstance(layer, keras.layers.Conv2D)][-1]
    before = np.asarray(model(images, training=True))
    judge.set_weights([2 * weight for weight in judge.get_weights()])
    require_close(
        "D's logit after its last kernel was doubled",
        np.asarray(model(images, training=True)),
        2 * before,
        tolerance=1e-3,
        hint="No activation stands after the last convolution: the loss takes the sigmoid itself.",
    )


def _kinds(model: keras.Model) -> list[str]:
    """Kinds of a model's layers, in order; the library's own normalisation counts as Keras's."""
    kinds = (type(layer).__name__ for layer in model.layers)
    return [kind.replace("FusedBatch", "Batch") for kind in kinds]


def _measured_field(kernels: Sequence[int], strides: Sequence[int]) -> int:
    """Width of the pixels that reach one unit, found by putting a 1 at each place of a row."""
    side = 40
    values = np.eye(side, dtype=np.float32)[:, :, None]  # (places, side, 1): one 1 in each row
    for kernel, stride in zip(kernels, strides, strict=True):
        layer = keras.layers.Conv1D(1, kernel, strides=stride, kernel_initializer="ones")
        values = np.asarray(layer(values))
    return int((values[:, 0, 0] > 0).sum())


def _as_model(
    block: Callable, shape: tuple[int, int, int], channels: int, normalise: bool
) -> keras.Model:
    maps = keras.Input(shape)
    return keras.Model(maps, block(maps, channels, normalise))
