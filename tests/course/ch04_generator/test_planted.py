"""Chapter 04: what students write, right and wrong, through the visible check and the mark."""

import keras
import numpy as np
import pytest
from keras import layers, ops

from dcgan_course.ch04_generator.kernels import overlap
from dcgan_lib.settings import get_settings
from tests.support.planted import Planted, PlantedAnswer, PlantedTests, SolvedChapter

planted = Planted()


# 4.1: the side of the output


@planted.right("output-side")
def pixels_that_are_stamped(side, kernel, stride, padding):
    stamped = {start * stride + place for start in range(side) for place in range(kernel)}
    return len(stamped) - 2 * padding


@planted.right("output-side")
def a_step_for_each_input(side, kernel, stride, padding):
    return side * stride + (kernel - stride) - padding - padding


@planted.right("output-side")
def keras_measures(side, kernel, stride, padding):
    layer = layers.Conv2DTranspose(1, kernel, strides=stride)
    whole = layer(np.zeros((1, side, side, 1), np.float32))
    return np.int64(whole.shape[1]) - 2 * padding


@planted.wrong("output-side")
def times_the_stride(side, kernel, stride, padding):
    return side * stride


@planted.wrong("output-side")
def padding_on_one_edge(side, kernel, stride, padding):
    return (side - 1) * stride + kernel - padding


@planted.wrong("output-side")
def padding_forgotten(side, kernel, stride, padding):
    return (side - 1) * stride + kernel


@planted.wrong("output-side")
def padding_added(side, kernel, stride, padding):
    return (side - 1) * stride + kernel + 2 * padding


@planted.wrong("output-side")
def an_ordinary_convolution(side, kernel, stride, padding):
    return (side + 2 * padding - kernel) // stride + 1


@planted.wrong("output-side")
def one_stamp_too_many(side, kernel, stride, padding):
    return side * stride + kernel - 2 * padding


@planted.wrong("output-side")
def an_end_counted_from_zero(side, kernel, stride, padding):
    return (side - 1) * stride + kernel - 1 - 2 * padding


@planted.wrong("output-side")
def a_kernel_of_four(side, kernel, stride, padding):
    return (side - 1) * stride + 4 - 2 * padding


# 4.2: kernels without a checkerboard


@planted.right("even-kernels")
def two_sets(stride):
    return {2: {2, 4, 6}, 3: {3, 6}}[stride]


@planted.right("even-kernels")
def stamps_counted(stride):
    return {size for size in range(2, 8) if np.ptp(overlap(size, stride)) == 0}


@planted.right("even-kernels")
def multiples_in_a_list(stride):
    return list(range(stride, 8, stride))


@planted.wrong("even-kernels")
def kernels_that_are_not_divisible(stride):
    return {size for size in range(2, 8) if size % stride}


@planted.wrong("even-kernels")
def even_numbers(stride):
    return {2, 4, 6}


@planted.wrong("even-kernels")
def the_stride_alone(stride):
    return {stride}


@planted.wrong("even-kernels")
def doubles_of_the_stride(stride):
    return {2: {4}, 3: {6}}[stride]


@planted.wrong("even-kernels")
def at_least_the_stride(stride):
    return set(range(stride, 8))


@planted.wrong("even-kernels")
def odd_kernels(stride):
    return {3, 5, 7}


@planted.wrong("even-kernels")
def kernels_beyond_seven(stride):
    return {size for size in range(2, 10) if size % stride == 0}


@planted.wrong("even-kernels")
def one_number(stride):
    return 2 * stride


# 4.3: one step of G


@planted.right("up-block")
def with_functions_for_layers(x, channels):
    x = layers.Conv2DTranspose(channels, 4, strides=2, padding="same", use_bias=False)(x)
    return keras.activations.relu(layers.BatchNormalization(momentum=0.9)(x))


@planted.right("up-block")
def activation_by_name(x, channels):
    step = keras.Sequential(
        [
            layers.Conv2DTranspose(channels, (4, 4), (2, 2), "same", use_bias=False),
            layers.BatchNormalization(momentum=0.9),
            layers.Activation("relu"),
        ]
    )
    return step(x)


@planted.right("up-block")
def cut_by_hand(x, channels):
    x = layers.Conv2DTranspose(channels, 4, strides=2, use_bias=False)(x)
    x = layers.BatchNormalization(momentum=0.9)(layers.Cropping2D(1)(x))
    return ops.maximum(x, 0.0)


@planted.right("up-block")
def leaky_with_a_slope_of_zero(x, channels):
    options = {"kernel_initializer": keras.initializers.RandomNormal(stddev=0.02)}
    x = layers.Conv2DTranspose(channels, 4, 2, padding="same", use_bias=False, **options)(x)
    x = layers.BatchNormalization(momentum=0.9, epsilon=1e-5)(x)
    return layers.LeakyReLU(negative_slope=0.0)(x)


def step_of(x, channels, kernel=4, strides=2, padding="same", bias=False):
    return layers.Conv2DTranspose(channels, kernel, strides, padding, use_bias=bias)(x)


def normalised(x, **options):
    return layers.BatchNormalization(**{"momentum": 0.9, **options})(x)


@planted.wrong("up-block")
def keras_own_momentum(x, channels):
    return layers.ReLU()(layers.BatchNormalization()(step_of(x, channels)))


@planted.wrong("up-block")
def a_momentum_of_a_half(x, channels):
    return layers.ReLU()(normalised(step_of(x, channels), momentum=0.5))


@planted.wrong("up-block")
def a_kernel_of_three(x, channels):
    return layers.ReLU()(normalised(step_of(x, channels, kernel=3)))


@planted.wrong("up-block")
def a_kernel_of_five(x, channels):
    return layers.ReLU()(normalised(step_of(x, channels, kernel=5)))


@planted.wrong("up-block")
def with_a_bias(x, channels):
    return layers.ReLU()(normalised(step_of(x, channels, bias=True)))


@planted.wrong("up-block")
def not_normalised(x, channels):
    return layers.ReLU()(step_of(x, channels))


@planted.wrong("up-block")
def no_activation(x, channels):
    return normalised(step_of(x, channels))


@planted.wrong("up-block")
def ds_activation(x, channels):
    return layers.LeakyReLU(negative_slope=0.2)(normalised(step_of(x, channels)))


@planted.wrong("up-block")
def normalised_at_the_end(x, channels):
    return normalised(layers.ReLU()(step_of(x, channels)))


@planted.wrong("up-block")
def unpadded(x, channels):
    return layers.ReLU()(normalised(step_of(x, channels, padding="valid")))


@planted.wrong("up-block")
def a_step_of_one(x, channels):
    return layers.ReLU()(normalised(step_of(x, channels, strides=1)))


@planted.wrong("up-block")
def pixels_copied(x, channels):
    x = layers.Conv2D(channels, 4, padding="same", use_bias=False)(layers.UpSampling2D()(x))
    return layers.ReLU()(normalised(x))


@planted.wrong("up-block")
def always_64_channels(x, channels):
    return layers.ReLU()(normalised(step_of(x, 64)))


@planted.wrong("up-block")
def without_a_scale(x, channels):
    return layers.ReLU()(normalised(step_of(x, channels), scale=False))


@planted.wrong("up-block")
def normalised_along_the_rows(x, channels):
    return layers.ReLU()(normalised(step_of(x, channels), axis=1))


@planted.wrong("up-block")
def with_dropout(x, channels):
    return layers.Dropout(0.5)(layers.ReLU()(normalised(step_of(x, channels))))


@planted.wrong("up-block")
def a_layer_that_was_not_called(x, channels):
    return layers.ReLU()


# 4.4: all of G


def up(x, channels):
    return layers.ReLU()(normalised(step_of(x, channels)))


def start_of(z, width):
    x = layers.Reshape((1, 1, z.shape[1]))(z)
    x = layers.Conv2DTranspose(width * 8, 4, use_bias=False)(x)
    return layers.ReLU()(normalised(x))


def face_of(x, activation="tanh", bias=False):
    return layers.Activation(activation)(step_of(x, 3, bias=bias))


@planted.right("my-generator")
def a_sequence_of_layers(latent_dim, width):
    model = keras.Sequential([keras.Input((latent_dim,)), layers.Reshape((1, 1, latent_dim))])
    for channels, strides, padding in (
        (8 * width, 1, "valid"),
        (4 * width, 2, "same"),
        (2 * width, 2, "same"),
        (width, 2, "same"),
    ):
        model.add(layers.Conv2DTranspose(channels, 4, strides, padding, use_bias=False))
        model.add(layers.BatchNormalization(momentum=0.9))
        model.add(layers.Activation("relu"))
    model.add(layers.Conv2DTranspose(3, 4, 2, "same", use_bias=False, activation="tanh"))
    return model


@planted.right("my-generator")
def with_operations(latent_dim, width):
    z = keras.Input((latent_dim,), name="noise")
    x = ops.reshape(z, (-1, 1, 1, latent_dim))
    x = ops.relu(normalised(layers.Conv2DTranspose(8 * width, 4, use_bias=False)(x)))
    for power in (2, 1, 0):
        x = ops.relu(normalised(step_of(x, width * 2**power)))
    return keras.Model(inputs=z, outputs=ops.tanh(step_of(x, 3)), name="G")


@planted.right("my-generator")
def halved_in_a_loop(latent_dim, width):
    z = keras.Input((latent_dim,))
    channels, x = width * 8, start_of(z, width)
    while x.shape[1] < 32:
        channels //= 2
        x = up(x, channels)
    face = layers.Conv2DTranspose(3, 4, strides=2, use_bias=False)(x)
    return keras.Model(z, keras.activations.tanh(layers.Cropping2D(1)(face)))


def whole(latent_dim, width, start=start_of, step=up, times=(4, 2, 1), end=face_of):
    z = keras.Input((latent_dim,))
    x = start(z, width)
    for factor in times:
        x = step(x, width * factor)
    return keras.Model(z, end(x))


@planted.wrong("my-generator")
def fully_connected_start(latent_dim, width):
    def start(z, width):
        x = layers.Reshape((4, 4, width * 8))(layers.Dense(width * 128, use_bias=False)(z))
        return layers.ReLU()(normalised(x))

    return whole(latent_dim, width, start)


@planted.wrong("my-generator")
def first_map_not_normalised(latent_dim, width):
    def start(z, width):
        x = layers.Reshape((1, 1, latent_dim))(z)
        return layers.ReLU()(layers.Conv2DTranspose(width * 8, 4, use_bias=False)(x))

    return whole(latent_dim, width, start)


@planted.wrong("my-generator")
def first_map_without_its_activation(latent_dim, width):
    def start(z, width):
        x = layers.Reshape((1, 1, latent_dim))(z)
        return normalised(layers.Conv2DTranspose(width * 8, 4, use_bias=False)(x))

    return whole(latent_dim, width, start)


@planted.wrong("my-generator")
def first_map_with_keras_own_momentum(latent_dim, width):
    def start(z, width):
        x = layers.Reshape((1, 1, latent_dim))(z)
        x = layers.Conv2DTranspose(width * 8, 4, use_bias=False)(x)
        return layers.ReLU()(layers.BatchNormalization()(x))

    return whole(latent_dim, width, start)


@planted.wrong("my-generator")
def colours_normalised(latent_dim, width):
    return whole(
        latent_dim, width, end=lambda x: layers.Activation("tanh")(normalised(step_of(x, 3)))
    )


@planted.wrong("my-generator")
def sigmoid_at_the_end(latent_dim, width):
    return whole(latent_dim, width, end=lambda x: face_of(x, "sigmoid"))


@planted.wrong("my-generator")
def relu_at_the_end(latent_dim, width):
    return whole(latent_dim, width, end=lambda x: face_of(x, "relu"))


@planted.wrong("my-generator")
def nothing_at_the_end(latent_dim, width):
    return whole(latent_dim, width, end=lambda x: step_of(x, 3))


@planted.wrong("my-generator")
def a_bias_at_the_end(latent_dim, width):
    return whole(latent_dim, width, end=lambda x: face_of(x, bias=True))


@planted.wrong("my-generator")
def as_many_channels_everywhere(latent_dim, width):
    return whole(latent_dim, width, times=(1, 1, 1))


@planted.wrong("my-generator")
def channels_that_grow(latent_dim, width):
    return whole(latent_dim, width, times=(1, 2, 4))


@planted.wrong("my-generator")
def one_step_too_few(latent_dim, width):
    return whole(latent_dim, width, times=(4, 2))


@planted.wrong("my-generator")
def a_grey_face(latent_dim, width):
    return whole(latent_dim, width, end=lambda x: layers.Activation("tanh")(step_of(x, 1)))


@planted.wrong("my-generator")
def leaky_steps(latent_dim, width):
    return whole(
        latent_dim,
        width,
        step=lambda x, channels: layers.LeakyReLU(0.2)(normalised(step_of(x, channels))),
    )


@planted.wrong("my-generator")
def a_hundred_numbers_and_64_channels(latent_dim, width):
    return whole(100, 64)


@planted.wrong("my-generator")
def maps_instead_of_a_model(latent_dim, width):
    return whole(latent_dim, width).output


@pytest.fixture(scope="module")
def chapter(tmp_path_factory):
    return SolvedChapter("04", tmp_path_factory.mktemp("asked"), settings=get_settings("tiny"))


class TestAnswers(PlantedTests):
    planted = planted


G_OF_STEPS = """
def my_generator(latent_dim, width):
    z = keras.Input((latent_dim,))
    x = start_of(z, width)
    for factor in (4, 2, 1):
        x = up_block(x, width * factor)
    return keras.Model(z, face_of(x))
"""


@pytest.mark.parametrize("step", [up, a_kernel_of_three, a_layer_that_was_not_called])
def test_a_wrong_step_is_not_held_against_g(step, chapter):
    names = {"keras": keras, "start_of": start_of, "face_of": face_of, "up_block": step}
    exec(G_OF_STEPS, names)
    answer = PlantedAnswer("my-generator", names["my_generator"])
    assert chapter.check(answer) == "" and chapter.mark(answer) == 1
    assert names["up_block"] is step
