"""The animator's three networks: keypoints, dense motion, and what the source doesn't show."""

from __future__ import annotations

import keras
import numpy as np
from keras import layers

from dcgan_lib.beyond.animate.settings import MotionSettings

MOMENTUM = 0.9  # of BatchNormalization: runs are short


def build_detector(settings: MotionSettings) -> keras.Model:
    """Grey picture → heat maps and Jacobians of its keypoints.

    Returns:
        (batch, side, side, 1) in [-1, 1] → [(batch, side/4, side/4, n), which sum to 1 over the
        picture; (batch, n, 2, 2), near the identity at first].
    """
    side, n, width = settings.image_size, settings.keypoints, settings.width
    picture = keras.Input((side, side, 1))
    quarter = _halve(_halve(picture, width), 2 * width)
    x = _conv(_halve(quarter, 4 * width), 4 * width)
    x = _conv(_double(x, quarter), 3 * width)
    heat = layers.Conv2D(n, 3, padding="same")(x)
    heat = layers.Softmax(axis=1)(layers.Reshape((-1, n))(heat))  # over the whole picture
    identity = keras.initializers.Constant(np.tile([1.0, 0.0, 0.0, 1.0], n))
    bends = layers.Conv2D(
        4 * n, 3, padding="same", kernel_initializer="zeros", bias_initializer=identity
    )(x)
    bends = layers.Reshape((-1, n, 4))(bends)
    jacobians = keras.ops.einsum("bpn,bpnc->bnc", heat, bends)  # where its heat map is warm
    heat = layers.Reshape((side // 4, side // 4, n))(heat)
    return keras.Model(picture, [heat, layers.Reshape((n, 2, 2))(jacobians)], name="detector")


def build_dense_motion(settings: MotionSettings) -> keras.Model:
    """Which keypoint's motion each pixel follows (eq. 7), and a correction of its own.

    Returns:
        (batch, side/2, side/2, 2n + 1): a grey source moved by each local motion, and the bumps →
        [masks (batch, side/2, side/2, n + 1), which sum to 1; places' correction (…, 2)].
    """
    side, n, width = settings.image_size // 2, settings.keypoints, settings.width
    hints = keras.Input((side, side, 2 * n + 1))
    whole = _conv(hints, width)
    half = _halve(whole, 2 * width)
    x = _halve(half, 4 * width)
    x = _conv(_double(x, half), 3 * width)
    x = _conv(_double(x, whole), 2 * width)
    masks = layers.Softmax(axis=-1)(layers.Conv2D(n + 1, 3, padding="same")(x))
    correction = layers.Conv2D(2, 3, padding="same", kernel_initializer="zeros")(x)
    return keras.Model(hints, [masks, correction], name="dense_motion")


def build_painter(settings: MotionSettings) -> keras.Model:
    """What to keep of the warped source, and what to paint where it doesn't show the face.

    Returns:
        (batch, side, side, 5): the warped source in [-1, 1] and how far each pixel came →
        [(batch, side, side, 1) in [0, 1]: 1 keeps the source's pixel; (batch, side, side, 3) in
        [-1, 1]].
    """
    side, width = settings.image_size, 2 * settings.width // 3  # it has the easiest part
    seen = keras.Input((side, side, 5))
    whole = _conv(seen, width)
    half = _halve(whole, 2 * width)
    x = _conv(_halve(half, 4 * width), 4 * width)
    x = _conv(_double(x, half), 2 * width)
    x = _conv(_double(x, whole), width)
    kept = layers.Conv2D(
        1, 3, padding="same", activation="sigmoid", bias_initializer=keras.initializers.Constant(2)
    )(x)
    painted = layers.Conv2D(3, 3, padding="same", activation="tanh")(x)
    return keras.Model(seen, [kept, painted], name="painter")


def _conv(x: keras.KerasTensor, channels: int, strides: int = 1) -> keras.KerasTensor:
    x = layers.Conv2D(channels, 3, strides, padding="same", use_bias=False)(x)
    return layers.LeakyReLU(0.2)(layers.BatchNormalization(momentum=MOMENTUM)(x))


def _halve(x: keras.KerasTensor, channels: int) -> keras.KerasTensor:
    return _conv(x, channels, strides=2)


def _double(x: keras.KerasTensor, beside: keras.KerasTensor) -> keras.KerasTensor:
    return layers.Concatenate()([layers.UpSampling2D()(x), beside])
