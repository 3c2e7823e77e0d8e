"""Chapter 04: its checks accept what is right and name what is wrong; its figures show it."""

import numpy as np
import pytest
from keras import Input, Model, layers

from dcgan_course.ch04_generator import checks as check, kernels, plots, widgets
from dcgan_course.checking import CheckFailed
from dcgan_lib.generator import build_generator
from dcgan_lib.settings import get_settings

TINY = get_settings("tiny")


def block(x, channels, kernel=4, bias=False, normalise=True, padding="same"):
    x = layers.Conv2DTranspose(channels, kernel, 2, padding=padding, use_bias=bias)(x)
    x = layers.BatchNormalization(momentum=0.9)(x) if normalise else x
    return layers.ReLU()(x)


def network(latent_dim, width, *, dense=False, last_norm=False, activation="tanh", times=(4, 2, 1)):
    z = Input((latent_dim,))
    if dense:
        x = layers.Reshape((4, 4, width * 8))(layers.Dense(16 * width * 8)(z))
    else:
        x = layers.Reshape((1, 1, latent_dim))(z)
        x = layers.Conv2DTranspose(width * 8, 4, use_bias=False)(x)
    x = layers.ReLU()(layers.BatchNormalization(momentum=0.9)(x))
    for factor in times:
        x = block(x, width * factor)
    x = layers.Conv2DTranspose(3, 4, 2, padding="same", use_bias=False)(x)
    x = layers.BatchNormalization(momentum=0.9)(x) if last_norm else x
    return Model(z, layers.Activation(activation)(x))


def test_the_right_answers_pass(capsys):
    check.check_output_side(lambda side, k, stride, pad: (side - 1) * stride + k - 2 * pad)
    check.check_even_kernels(lambda stride: {k for k in range(2, 8) if k % stride == 0})
    check.check_up_block(block)
    check.check_generator(network, TINY)
    assert capsys.readouterr().out.count("✓") == 4


@pytest.mark.parametrize(
    "formula",
    [
        lambda side, kernel, stride, padding: side * stride,
        lambda side, kernel, stride, padding: (side - 1) * stride + kernel - padding,
        lambda side, kernel, stride, padding: side * stride + kernel - 2 * padding,
    ],
)
def test_a_wrong_formula_is_named(formula):
    with pytest.raises(CheckFailed, match=r"Expected \d+, as Keras measures"):
        check.check_output_side(formula)


def test_a_kernel_too_many_is_named():
    with pytest.raises(CheckFailed, match="look again at kernel 5"):
        check.check_even_kernels(lambda stride: {2, 4, 5, 6} if stride == 2 else {3, 6})


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"normalise": False}, "doesn't normalise"),
        ({"bias": True}, "has a bias"),
        ({"kernel": 5}, "kernel has another size"),
        ({"padding": "valid"}, "another side"),
    ],
)
def test_a_wrong_block_is_named(change, message):
    with pytest.raises(CheckFailed, match=message):
        check.check_up_block(lambda x, channels: block(x, channels, **change))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"dense": True}, "Dense"),
        ({"last_norm": True}, "guideline b"),
        ({"activation": "sigmoid"}, "guideline d"),
        ({"times": (4, 2)}, "another shape"),
        ({"times": (2, 2, 1)}, "Received: 8, 2, 2, 1"),
    ],
)
def test_a_wrong_generator_is_named(change, message):
    with pytest.raises(CheckFailed, match=message):
        check.check_generator(lambda z, width: network(z, width, **change), TINY)


@pytest.mark.parametrize("stride", [1, 2, 3, 4])
def test_only_kernels_divisible_by_the_stride_leave_an_even_ground(stride):
    for kernel in range(1, 10):
        counts = kernels.overlap(kernel, stride)
        assert counts.shape == (16, 16)
        assert (counts.min() == counts.max()) == (kernel % stride == 0)


def test_overlap_counts_the_stamps_that_keras_adds():
    layer = layers.Conv2DTranspose(1, 5, 2, kernel_initializer="ones", use_bias=False)
    stamped = np.asarray(layer(np.ones((1, 16, 16, 1), np.float32)))[0, 8:24, 8:24, 0]
    np.testing.assert_allclose(stamped, kernels.overlap(5, 2))


def test_stamps_add_up_to_the_transposed_convolution():
    values, kernel = np.array([1.0, 2.0, 1.5]), np.array([0.25, 0.75, 0.75, 0.25])
    bars = [bar.get_height() for bar in plots.draw_stamps(values, kernel).axes[1].patches]
    np.testing.assert_allclose(bars, [0.25, 0.75, 1.25, 1.75, 1.875, 1.625, 1.125, 0.375])


def test_a_face_grows_through_every_map():
    settings = get_settings("tiny", image_size=32)
    generator = build_generator(settings)
    z = np.linspace(-1, 1, settings.latent_dim, dtype=np.float32)
    titles = [axes.get_title() for axes in plots.draw_growth(generator, z).axes]
    assert titles == ["4×4×32", "8×8×16", "16×16×8", "32×32×3"]


def test_activations_are_drawn_with_their_mean_and_deviation():
    figure = plots.draw_activations({"zeros and twos": np.array([0.0, 2.0])})
    assert figure.axes[0].get_title() == "zeros and twos"
    assert figure.axes[0].get_xlabel() == "mean 1.000, deviation 1.000"


@pytest.mark.parametrize(("kernel", "stride"), [(1, 1), (1, 4), (9, 1), (9, 4)])
def test_the_checkerboard_is_redrawn_at_both_ends(kernel, stride):
    box = widgets.explore_checkerboard()
    before = box.picture.value
    box.controls["kernel_size"].value, box.controls["stride"].value = kernel, stride
    assert box.picture.value[:4] == b"\x89PNG" and box.picture.value != before


def test_the_sliders_of_z_change_the_face():
    box = widgets.explore_noise_sliders(build_generator(get_settings("tiny", image_size=32)))
    seen = {box.picture.value}
    for amount in (-8, 8):
        box.controls["direction 1"].value = amount
        seen.add(box.picture.value)
    assert len(seen) == 3
