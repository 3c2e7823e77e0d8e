"""The paper's guidelines a to e, read off the networks that were built."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from dcgan_lib.discriminator import build_discriminator
from dcgan_lib.generator import build_generator
from dcgan_lib.layers import FusedBatchNormalization
from dcgan_lib.settings import get_settings

PAPER = get_settings("paper")


def kinds(network):
    return [type(layer) for layer in network.layers]


def shapes(network, kind):
    return [layer.output.shape[1:] for layer in network.layers if isinstance(layer, kind)]


@pytest.fixture(scope="module")
def generator():
    return build_generator(PAPER)


@pytest.fixture(scope="module")
def discriminator():
    return build_discriminator(PAPER)


def test_a_strides_replace_pooling(generator, discriminator):
    pooling = (layers.MaxPooling2D, layers.AveragePooling2D, layers.UpSampling2D)
    pooling += (layers.GlobalAveragePooling2D, layers.GlobalMaxPooling2D)
    assert not set(kinds(generator) + kinds(discriminator)) & set(pooling)
    convolutions = [layer for layer in discriminator.layers if isinstance(layer, layers.Conv2D)]
    assert [layer.strides for layer in convolutions[:-1]] == [(2, 2)] * 4


def test_b_batch_normalisation_but_not_on_output_or_input(generator, discriminator):
    after_up = [
        kinds(generator)[i + 1]
        for i, kind in enumerate(kinds(generator))
        if kind is layers.Conv2DTranspose
    ]
    assert after_up == [FusedBatchNormalization] * 4 + [layers.Activation]
    after_down = [
        kinds(discriminator)[i + 1]
        for i, kind in enumerate(kinds(discriminator))
        if kind is layers.Conv2D
    ]
    assert after_down == [layers.LeakyReLU, *[FusedBatchNormalization] * 3, layers.Reshape]


def test_c_no_fully_connected_layer(generator, discriminator):
    assert layers.Dense not in kinds(generator) + kinds(discriminator)


def test_d_relu_in_g_and_tanh_at_its_end(generator):
    assert kinds(generator).count(layers.ReLU) == 4
    assert generator.layers[-1].activation is keras.activations.tanh
    faces = generator(np.random.default_rng(0).uniform(-1, 1, (4, 100)), training=True)
    assert -1 <= float(tf.reduce_min(faces)) < 0 < float(tf.reduce_max(faces)) <= 1


def test_e_leaky_relu_in_d_and_one_logit(discriminator):
    leaky = [layer for layer in discriminator.layers if isinstance(layer, layers.LeakyReLU)]
    assert [round(float(layer.negative_slope), 6) for layer in leaky] == [0.2] * 4
    assert layers.ReLU not in kinds(discriminator)
    logits = discriminator(np.ones((3, 64, 64, 3), np.float32) * 1e3, training=False)
    assert logits.shape == (3, 1)
    assert logits.dtype == tf.float32
    assert discriminator.layers[-1].__class__ is layers.Reshape  # no sigmoid: logits


def test_sides_double_and_channels_halve(generator, discriminator):
    ups = [(4, 4, 512), (8, 8, 256), (16, 16, 128), (32, 32, 64), (64, 64, 3)]
    assert shapes(generator, layers.Conv2DTranspose) == ups
    downs = [(32, 32, 64), (16, 16, 128), (8, 8, 256), (4, 4, 512), (1, 1, 1)]
    assert shapes(discriminator, layers.Conv2D) == downs


def test_parameter_counts(generator, discriminator):
    assert generator.count_params() == 3_578_624
    assert discriminator.count_params() == 2_767_360


@pytest.mark.parametrize("side", [32, 64, 128])
@pytest.mark.parametrize("kernel", [4, 5])
def test_image_sizes_by_construction(side, kernel):
    settings = get_settings("tiny", image_size=side, kernel_size=kernel)
    faces = build_generator(settings)(np.zeros((2, 100)), training=False)
    assert faces.shape == (2, side, side, 3)
    assert build_discriminator(settings)(faces, training=False).shape == (2, 1)


def test_weights_start_as_radford_et_al_but_gamma_at_one(generator, discriminator):
    for network in (generator, discriminator):
        for layer in network.layers:
            if isinstance(layer, layers.BatchNormalization):
                assert (layer.gamma.numpy() == 1).all()
            elif hasattr(layer, "kernel"):
                assert layer.bias is None
                assert layer.kernel.numpy().std() == pytest.approx(0.02, rel=0.05)


def test_the_seed_sets_the_weights():
    def weights(seed):
        settings = get_settings("tiny", seed=seed)
        networks = build_generator(settings), build_discriminator(settings)
        return np.concatenate([w.ravel() for net in networks for w in net.get_weights()])

    np.testing.assert_array_equal(weights(1), weights(1))
    assert not np.array_equal(weights(1), weights(2))


def test_kernel_4_gives_no_checkerboard_and_kernel_5_does():
    """How often each output pixel is reached by a transposed convolution of ones."""

    def reach(kernel):
        layer = layers.Conv2DTranspose(
            1, kernel, strides=2, padding="same", kernel_initializer="ones", use_bias=False
        )
        return layer(np.ones((1, 8, 8, 1), np.float32)).numpy()[0, 4:-4, 4:-4, 0]

    assert reach(4).std() == 0
    assert reach(5).std() > 0


def counts(network):
    return {kind: kinds(network).count(kind) for kind in set(kinds(network))}


def difference(change):
    """Layers that come and go where one setting of `paper` is changed, in G and in D."""
    turned = get_settings("paper", **change)
    pairs = ((build_generator, PAPER, turned), (build_discriminator, PAPER, turned))
    changed = []
    for build, before, after in pairs:
        old, new = counts(build(before)), counts(build(after))
        both = {kind: new.get(kind, 0) - old.get(kind, 0) for kind in {*old, *new}}
        changed.append({kind.__name__: number for kind, number in both.items() if number})
    return changed


@pytest.mark.parametrize(
    ("change", "in_g", "in_d"),
    [
        (
            {"pooling": True},
            {"Conv2DTranspose": -4, "Conv2D": 4, "UpSampling2D": 4},
            {"MaxPooling2D": 4},
        ),
        (
            {"batch_norm": "none"},
            {"FusedBatchNormalization": -4},
            {"FusedBatchNormalization": -3},
        ),
        ({"batch_norm": "generator"}, {}, {"FusedBatchNormalization": -3}),
        ({"batch_norm": "discriminator"}, {"FusedBatchNormalization": -4}, {}),
        (
            {"batch_norm": "everywhere"},
            {"FusedBatchNormalization": 1},
            {"FusedBatchNormalization": 1},
        ),
        (
            {"fully_connected": True},
            {"Dense": 1, "ReLU": 1},
            {"Flatten": 1, "Dense": 1, "LeakyReLU": 1, "Reshape": 1},
        ),
        ({"generator_activation": "leaky_relu"}, {"ReLU": -4, "LeakyReLU": 4}, {}),
        ({"discriminator_activation": "relu"}, {}, {"ReLU": 4, "LeakyReLU": -4}),
        ({"output": "sigmoid"}, {"Rescaling": 1}, {"Rescaling": 1}),
    ],
    ids=str,
)
def test_each_rule_turns_alone(change, in_g, in_d):
    assert difference(change) == [in_g, in_d]


def test_a_turned_network_keeps_its_sides_and_range():
    settings = get_settings(
        "tiny", image_size=32, pooling=True, fully_connected=True, output="sigmoid"
    )
    faces = build_generator(settings)(np.full((3, 100), 9.0), training=True).numpy()
    assert faces.shape == (3, 32, 32, 3) and -1 <= faces.min() < faces.max() <= 1
    assert build_discriminator(settings)(faces, training=True).shape == (3, 1)


@pytest.mark.parametrize("precision", ["mixed_bfloat16", "mixed_float16"])
def test_half_precision_keeps_variables_and_outputs_in_float32(precision):
    settings = get_settings("tiny", precision=precision)
    generator, discriminator = build_generator(settings), build_discriminator(settings)
    faces = generator(np.zeros((2, 100), np.float32), training=False)
    assert faces.dtype == discriminator(faces, training=False).dtype == tf.float32
    assert {w.dtype for w in generator.weights + discriminator.weights} == {"float32"}
    half = precision.removeprefix("mixed_")
    assert generator.get_layer("up_8").compute_dtype == half
    assert discriminator.get_layer("down_16").compute_dtype == half


@pytest.mark.parametrize("dtype", ["float32", "mixed_bfloat16", "mixed_float16"])
def test_fused_batch_normalisation_agrees_with_keras(dtype):
    maps = np.random.default_rng(0).normal(2, 3, (16, 8, 8, 6)).astype(np.float32)
    ours, theirs = (
        kind(momentum=0.9, epsilon=1e-5, dtype=dtype)
        for kind in (FusedBatchNormalization, layers.BatchNormalization)
    )
    tolerance = {"rtol": 2e-3, "atol": 1e-3} if dtype == "float32" else {"rtol": 0.02, "atol": 0.05}
    for layer in (ours, theirs):
        layer.build(maps.shape)
        layer.gamma.assign(np.linspace(0.5, 1.5, 6))
        layer.beta.assign(np.linspace(-1, 1, 6))
    results = []
    for layer in (ours, theirs):
        x = tf.constant(maps)
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = tf.cast(layer(x, training=True), tf.float32)
            total = tf.reduce_sum(y * tf.sin(y))
        gradients = tape.gradient(total, [x, *layer.trainable_variables])
        results.append([y, layer(x, training=False), *gradients[: 1 if dtype != "float32" else 3]])
    for a, b in zip(*results, strict=True):
        np.testing.assert_allclose(tf.cast(a, tf.float32), tf.cast(b, tf.float32), **tolerance)
    for name in ("moving_mean", "moving_variance"):
        np.testing.assert_allclose(
            getattr(ours, name).numpy(), getattr(theirs, name).numpy(), rtol=0.01
        )
