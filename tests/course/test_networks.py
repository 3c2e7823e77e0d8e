"""Networks are compared by what they do, however they are written."""

import numpy as np
import pytest
from keras import Input, Model, Sequential, layers

from dcgan_course.checking import CheckFailed
from dcgan_course.networks import agree, fill, observe, require_same_network

MAPS = np.random.default_rng(0).normal(3, 5, (16, 8, 8, 4)).astype(np.float32)


def plain(momentum=0.9, slope=0.2, channels=6):
    maps = Input((8, 8, 4))
    x = layers.Conv2D(channels, 4, 2, "same", use_bias=False)(maps)
    x = layers.BatchNormalization(momentum=momentum)(x)
    return Model(maps, layers.LeakyReLU(slope)(x))


def by_hand():
    pad, convolve = layers.ZeroPadding2D(1), layers.Conv2D(6, 4, 2, use_bias=False)
    norm, leak = layers.BatchNormalization(momentum=0.9), layers.Activation("leaky_relu")
    return Sequential([Input((8, 8, 4)), pad, convolve, norm, leak])


def test_another_way_of_writing_does_the_same():
    assert agree(observe(plain(), MAPS), observe(by_hand(), MAPS))


@pytest.mark.parametrize(
    ("other", "message"),
    [
        (lambda: plain(momentum=0.99), "other statistics after a batch"),
        (lambda: plain(slope=0.3), "in inference mode. Compare the activations"),
        (lambda: plain(channels=5), "another shape"),
        (lambda: "a network", "Expected a keras.Model. Received: 'a network'"),
    ],
)
def test_what_differs_is_told(other, message):
    with pytest.raises(CheckFailed, match=message):
        require_same_network("Your block", other(), plain(), MAPS)


def test_a_known_mistake_is_named():
    mistakes = [("kernel", lambda: plain(channels=7)), ("The slope.", lambda: plain(slope=0.3))]
    with pytest.raises(CheckFailed, match=r"^The slope\.$"):
        require_same_network("Your block", plain(slope=0.3), plain(), MAPS, mistakes)


def test_weights_are_filled_by_shape_and_order():
    one, other = plain(), by_hand()
    fill(one, 3)
    fill(other, 3)
    for a, b in zip(one.weights, other.weights, strict=True):
        np.testing.assert_array_equal(a.numpy(), b.numpy())
