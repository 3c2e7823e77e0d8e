"""Chapter 05: what students might write, before the visible check and before the mark."""

import math

import keras
import numpy as np
import pytest
from keras import Input, Model, Sequential, layers, ops

from dcgan_lib.settings import get_settings
from tests.support.planted import Planted, PlantedAnswer, PlantedTests, SolvedChapter

planted = Planted()
side_of = "output-side"
field_of = "receptive-field"
block_of = "down-block"
network_of = "my-discriminator"


@planted.right(side_of)
def counts_the_windows(side, kernel, stride, padding):
    return len(range(0, side + 2 * padding - kernel + 1, stride))


@planted.right(side_of)
def slides_a_window(side, kernel, stride, padding):
    start, count = -padding, 0
    while start + kernel <= side + padding:
        start, count = start + stride, count + 1
    return count


@planted.right(side_of)
def asks_keras(side, kernel, stride, padding):
    row = np.zeros((1, side + 2 * padding, 1), np.float32)
    return layers.Conv1D(1, kernel, strides=stride)(row).shape[1]


@planted.right(side_of)
def floors_with_math(side, kernel, stride, padding):
    return 1 + math.floor((side - kernel + 2 * padding) / stride)


@planted.right(side_of)
def gives_a_numpy_integer(side, kernel, stride, padding):
    return np.floor_divide(side + 2 * padding - kernel, stride) + 1


@planted.wrong(side_of)
def divides_the_side(side, kernel, stride, padding):
    return side // stride


@planted.wrong(side_of)
def pads_one_edge(side, kernel, stride, padding):
    return (side + padding - kernel) // stride + 1


@planted.wrong(side_of)
def forgets_the_first_window(side, kernel, stride, padding):
    return (side + 2 * padding - kernel) // stride


@planted.wrong(side_of)
def keeps_half_steps(side, kernel, stride, padding):
    return (side + 2 * padding - kernel) / stride + 1


@planted.wrong(side_of)
def rounds_up(side, kernel, stride, padding):
    return -(-(side + 2 * padding - kernel) // stride) + 1


@planted.wrong(side_of)
def rounds_to_the_nearest(side, kernel, stride, padding):
    return round((side + 2 * padding - kernel) / stride) + 1


@planted.wrong(side_of)
def ignores_padding(side, kernel, stride, padding):
    return (side - kernel) // stride + 1


@planted.wrong(side_of)
def says_same(side, kernel, stride, padding):
    return -(-side // stride)


@planted.wrong(side_of)
def is_true_for_the_papers_kernel_alone(side, kernel, stride, padding):
    return (side + 2 * padding - 4) // stride + 1


@planted.right(field_of)
def goes_backwards(kernels, strides):
    fields = []
    for count in range(1, len(kernels) + 1):
        field = 1
        for kernel, stride in zip(kernels[:count][::-1], strides[:count][::-1], strict=True):
            field = (field - 1) * stride + kernel
        fields.append(field)
    return fields


@planted.right(field_of)
def multiplies_with_numpy(kernels, strides):
    jumps = np.cumprod([1, *strides[:-1]])
    return list(1 + np.cumsum((np.array(kernels) - 1) * jumps))


@planted.right(field_of)
def follows_the_pixels(kernels, strides):
    """Keep first and last pixel of two neighbours."""
    (first, last), (next_first, _) = (0, 0), (1, 1)
    fields = []
    for kernel, stride in zip(kernels, strides, strict=True):
        jump = next_first - first
        last, next_first = last + (kernel - 1) * jump, first + stride * jump
        fields.append(last - first + 1)
    return fields


@planted.wrong(field_of)
def forgets_the_jump(kernels, strides):
    return [1 + sum(kernel - 1 for kernel in kernels[:n]) for n in range(1, len(kernels) + 1)]


@planted.wrong(field_of)
def jumps_too_soon(kernels, strides):
    field, jump, fields = 1, 1, []
    for kernel, stride in zip(kernels, strides, strict=True):
        jump *= stride
        field += (kernel - 1) * jump
        fields.append(field)
    return fields


@planted.wrong(field_of)
def gives_the_kernels(kernels, strides):
    return list(kernels)


@planted.wrong(field_of)
def gives_the_last_alone(kernels, strides):
    return goes_backwards(kernels, strides)[-1:]


@planted.wrong(field_of)
def adds_strides(kernels, strides):
    field, jump, fields = 1, 1, []
    for kernel, stride in zip(kernels, strides, strict=True):
        field += (kernel - 1) * jump
        jump += stride - 1
        fields.append(field)
    return fields


@planted.wrong(field_of)
def counts_the_whole_kernel(kernels, strides):
    field, jump, fields = 1, 1, []
    for kernel, stride in zip(kernels, strides, strict=True):
        field += kernel * jump
        jump *= stride
        fields.append(field)
    return fields


@planted.wrong(field_of)
def forgets_earlier_jumps(kernels, strides):
    field, jump, fields = 1, 1, []
    for kernel, stride in zip(kernels, strides, strict=True):
        field += (kernel - 1) * jump
        jump = stride
        fields.append(field)
    return fields


@planted.wrong(field_of)
def empties_the_lists(kernels, strides):
    field, jump, fields = 1, 1, []
    while kernels:
        field += (kernels.pop(0) - 1) * jump
        jump *= strides.pop(0)
        fields.append(field)
    return fields


@planted.wrong(field_of)
def multiplies_kernels(kernels, strides):
    return [int(np.prod(kernels[:n])) for n in range(1, len(kernels) + 1)]


def convolve(x, channels, kernel=4, **options):
    options = {"strides": 2, "padding": "same", "use_bias": False} | options
    return layers.Conv2D(channels, kernel, **options)(x)


def normalise(x, momentum=0.9, **options):
    return layers.BatchNormalization(momentum=momentum, **options)(x)


@planted.right(block_of)
def takes_activation_by_name(x, channels, normalise=True):
    x = layers.Conv2D(channels, 4, 2, "same", use_bias=False)(x)
    x = layers.BatchNormalization(momentum=0.9)(x) if normalise else x
    return layers.Activation("leaky_relu")(x)


@planted.right(block_of)
def calls_the_function(x, channels, normalise=True):
    x = layers.Conv2D(channels, (4, 4), strides=(2, 2), padding="same", use_bias=False)(x)
    if normalise:
        x = layers.BatchNormalization(momentum=0.9)(x)
    return keras.activations.leaky_relu(x, negative_slope=0.2)


@planted.right(block_of)
def takes_relu_with_a_slope(x, channels, normalise=True):
    x = layers.Conv2D(channels, 4, 2, padding="same", use_bias=False)(x)
    x = layers.BatchNormalization(momentum=0.9)(x) if normalise else x
    return layers.ReLU(negative_slope=0.2)(x)


@planted.right(block_of)
def stacks_a_sequential(x, channels, normalise=True):
    norm = [layers.BatchNormalization(momentum=0.9)] if normalise else []
    convolution = layers.Conv2D(channels, 4, 2, "same", use_bias=False)
    return Sequential([convolution, *norm, layers.LeakyReLU(0.2)])(x)


@planted.right(block_of)
def pads_by_hand(x, channels, normalise=True):
    x = layers.ZeroPadding2D(1)(x)
    x = layers.Conv2D(channels, 4, strides=2, use_bias=False)(x)
    x = layers.BatchNormalization(momentum=0.9)(x) if normalise else x
    return ops.maximum(x, 0.2 * x)


@planted.right(block_of)
def activates_in_the_convolution(x, channels, normalise=True):
    if normalise:
        return takes_relu_with_a_slope(x, channels)
    leak = layers.LeakyReLU(0.2)
    return layers.Conv2D(channels, 4, 2, "same", use_bias=False, activation=leak)(x)


@planted.wrong(block_of)
def leaves_the_default_slope(x, channels, normalise=True):
    x = convolve(x, channels)
    return layers.LeakyReLU()(layers.BatchNormalization(momentum=0.9)(x) if normalise else x)


@planted.wrong(block_of)
def takes_relu(x, channels, normalise=True):
    x = convolve(x, channels)
    return layers.ReLU()(layers.BatchNormalization(momentum=0.9)(x) if normalise else x)


@planted.wrong(block_of)
def forgets_the_activation(x, channels, normalise=True):
    x = convolve(x, channels)
    return layers.BatchNormalization(momentum=0.9)(x) if normalise else x


@planted.wrong(block_of)
def leaves_the_default_momentum(x, channels, normalise=True):
    x = convolve(x, channels)
    return layers.LeakyReLU(0.2)(layers.BatchNormalization()(x) if normalise else x)


@planted.wrong(block_of)
def takes_momentum_as_pytorch_does(x, channels, normalise=True):
    x = convolve(x, channels)
    return layers.LeakyReLU(0.2)(layers.BatchNormalization(momentum=0.1)(x) if normalise else x)


@planted.wrong(block_of)
def has_a_bias(x, channels, normalise=True):
    x = convolve(x, channels, use_bias=True)
    return layers.LeakyReLU(0.2)(layers.BatchNormalization(momentum=0.9)(x) if normalise else x)


@planted.wrong(block_of)
def takes_kernel_3(x, channels, normalise=True):
    x = convolve(x, channels, 3)
    return layers.LeakyReLU(0.2)(layers.BatchNormalization(momentum=0.9)(x) if normalise else x)


@planted.wrong(block_of)
def takes_kernel_5(x, channels, normalise=True):
    x = convolve(x, channels, 5)
    return layers.LeakyReLU(0.2)(layers.BatchNormalization(momentum=0.9)(x) if normalise else x)


@planted.wrong(block_of)
def does_not_pad(x, channels, normalise=True):
    x = convolve(x, channels, padding="valid")
    return layers.LeakyReLU(0.2)(layers.BatchNormalization(momentum=0.9)(x) if normalise else x)


@planted.wrong(block_of)
def pads_behind_alone(x, channels, normalise=True):
    x = layers.ZeroPadding2D(((0, 2), (0, 2)))(x)
    x = convolve(x, channels, padding="valid")
    return layers.LeakyReLU(0.2)(layers.BatchNormalization(momentum=0.9)(x) if normalise else x)


@planted.wrong(block_of)
def always_normalises(x, channels, normalise=True):
    return layers.LeakyReLU(0.2)(layers.BatchNormalization(momentum=0.9)(convolve(x, channels)))


@planted.wrong(block_of)
def never_normalises(x, channels, normalise=True):
    return layers.LeakyReLU(0.2)(convolve(x, channels))


@planted.wrong(block_of)
def turns_the_switch_round(x, channels, normalise=True):
    x = convolve(x, channels)
    return layers.LeakyReLU(0.2)(x if normalise else layers.BatchNormalization(momentum=0.9)(x))


@planted.wrong(block_of)
def normalises_last(x, channels, normalise=True):
    x = layers.LeakyReLU(0.2)(convolve(x, channels))
    return layers.BatchNormalization(momentum=0.9)(x) if normalise else x


@planted.wrong(block_of)
def activates_twice(x, channels, normalise=True):
    x = convolve(x, channels, activation=layers.LeakyReLU(0.2))
    return layers.LeakyReLU(0.2)(layers.BatchNormalization(momentum=0.9)(x) if normalise else x)


@planted.wrong(block_of)
def pools(x, channels, normalise=True):
    x = layers.MaxPooling2D(2)(convolve(x, channels, strides=1))
    return layers.LeakyReLU(0.2)(layers.BatchNormalization(momentum=0.9)(x) if normalise else x)


@planted.wrong(block_of)
def normalises_without_a_scale(x, channels, normalise=True):
    x = convolve(x, channels)
    norm = layers.BatchNormalization(momentum=0.9, scale=False)
    return layers.LeakyReLU(0.2)(norm(x) if normalise else x)


@planted.wrong(block_of)
def takes_layer_normalisation(x, channels, normalise=True):
    x = convolve(x, channels)
    return layers.LeakyReLU(0.2)(layers.LayerNormalization()(x) if normalise else x)


def down_block(x, channels, normalise=True):
    x = layers.Conv2D(channels, 4, strides=2, padding="same", use_bias=False)(x)
    if normalise:
        x = layers.BatchNormalization(momentum=0.9)(x)
    return layers.LeakyReLU(0.2)(x)


def body(image, width, block=down_block):
    x = block(image, width, False)
    for times in (2, 4, 8):
        x = block(x, width * times, True)
    return x


def judge(x, **options):
    return layers.Flatten()(layers.Conv2D(1, 4, use_bias=False, **options)(x))


@planted.right(network_of)
def flattens(width):
    image = Input((64, 64, 3))
    return Model(image, judge(body(image, width)))


@planted.right(network_of)
def takes_the_corner(width):
    image = Input((64, 64, 3))
    x = body(image, width, takes_activation_by_name)
    return Model(image, layers.Conv2D(1, 4, use_bias=False)(x)[:, 0, 0])


@planted.right(network_of)
def is_a_sequential(width):
    network = Sequential([Input((64, 64, 3))])
    for step in range(4):
        network.add(layers.ZeroPadding2D(1))
        network.add(layers.Conv2D(width * 2**step, 4, 2, use_bias=False))
        if step:
            network.add(layers.BatchNormalization(momentum=0.9, epsilon=1e-5))
        network.add(layers.ReLU(negative_slope=0.2))
    network.add(layers.Conv2D(1, 4, use_bias=False))
    network.add(layers.Reshape((1,)))
    return network


@planted.right(network_of)
def nests_blocks(width):
    image = Input((64, 64, 3))
    x = image
    for step in range(4):
        maps = Input(x.shape[1:])
        x = Model(maps, calls_the_function(maps, width * 2**step, step > 0))(x)
    return Model(image, ops.squeeze(layers.Conv2D(1, 4, use_bias=False)(x), (2, 3)))


@planted.right(network_of)
def averages_one_number(width):
    image = Input((64, 64, 3), name="photograph")
    x = layers.Conv2D(1, 4, strides=4, padding="valid", use_bias=False)(body(image, width))
    return Model(image, layers.GlobalAveragePooling2D()(x))


@planted.wrong(network_of)
def ends_in_a_sigmoid(width):
    image = Input((64, 64, 3))
    return Model(image, judge(body(image, width), activation="sigmoid"))


@planted.wrong(network_of)
def ends_in_tanh(width):
    image = Input((64, 64, 3))
    return Model(image, judge(body(image, width), activation="tanh"))


@planted.wrong(network_of)
def ends_in_relu(width):
    image = Input((64, 64, 3))
    return Model(image, judge(body(image, width), activation="relu"))


@planted.wrong(network_of)
def ends_in_a_leak(width):
    image = Input((64, 64, 3))
    return Model(image, layers.LeakyReLU(0.2)(judge(body(image, width))))


@planted.wrong(network_of)
def normalises_the_image(width):
    image = Input((64, 64, 3))
    return Model(image, judge(body(layers.BatchNormalization()(image), width)))


@planted.wrong(network_of)
def normalises_the_first_step(width):
    image = Input((64, 64, 3))
    return Model(image, judge(body(image, width, lambda x, c, _: down_block(x, c))))


@planted.wrong(network_of)
def never_normalises_at_all(width):
    image = Input((64, 64, 3))
    return Model(image, judge(body(image, width, lambda x, c, _: down_block(x, c, False))))


@planted.wrong(network_of)
def normalises_the_logit(width):
    image = Input((64, 64, 3))
    x = layers.Conv2D(1, 4, use_bias=False)(body(image, width))
    return Model(image, layers.Flatten()(layers.BatchNormalization(momentum=0.9)(x)))


@planted.wrong(network_of)
def skips_a_step(width):
    image = Input((64, 64, 3))
    x = down_block(down_block(down_block(image, width, False), width * 2), width * 4)
    return Model(image, layers.Flatten()(layers.Conv2D(1, 8, use_bias=False)(x)))


@planted.wrong(network_of)
def keeps_its_width(width):
    image = Input((64, 64, 3))
    x = down_block(image, width, False)
    for _ in range(3):
        x = down_block(x, width)
    return Model(image, judge(x))


@planted.wrong(network_of)
def adds_width_each_time(width):
    image = Input((64, 64, 3))
    x = down_block(image, width, False)
    for times in (2, 3, 4):
        x = down_block(x, width * times)
    return Model(image, judge(x))


@planted.wrong(network_of)
def judges_with_a_bias(width):
    image = Input((64, 64, 3))
    x = layers.Conv2D(1, 4)(body(image, width))
    return Model(image, layers.Flatten()(x))


@planted.wrong(network_of)
def judges_by_a_dense_layer(width):
    image = Input((64, 64, 3))
    x = layers.Flatten()(body(image, width))
    return Model(image, layers.Dense(1, use_bias=False)(x))


@planted.wrong(network_of)
def averages_before_the_judge(width):
    image = Input((64, 64, 3))
    x = layers.GlobalAveragePooling2D(keepdims=True)(body(image, width))
    return Model(image, layers.Flatten()(layers.Conv2D(1, 1, use_bias=False)(x)))


@planted.wrong(network_of)
def leaves_a_map(width):
    image = Input((64, 64, 3))
    return Model(image, layers.Conv2D(1, 4, use_bias=False)(body(image, width)))


@planted.wrong(network_of)
def leaks_by_a_third(width):
    image = Input((64, 64, 3))
    return Model(image, judge(body(image, width, leaves_the_default_slope)))


@planted.wrong(network_of)
def averages_as_keras_does(width):
    image = Input((64, 64, 3))
    return Model(image, judge(body(image, width, leaves_the_default_momentum)))


@planted.wrong(network_of)
def never_leaks(width):
    image = Input((64, 64, 3))
    return Model(image, judge(body(image, width, takes_relu)))


@planted.wrong(network_of)
def drops_out(width):
    image = Input((64, 64, 3))
    return Model(image, judge(layers.Dropout(0.3)(body(image, width))))


@planted.wrong(network_of)
def never_uses_the_width(width):
    return flattens(8)


@pytest.fixture(scope="module")
def chapter(tmp_path_factory):
    folder = tmp_path_factory.mktemp("probes")
    return SolvedChapter("05", folder, settings=get_settings("tiny"))


class TestAnswers(PlantedTests):
    planted = planted


def test_a_wrong_step_is_not_held_against_the_whole_network(chapter):
    names = {"keras": keras, "layers": layers, "down_block": takes_kernel_3}
    exec(
        "def my_discriminator(width):\n"
        "    image = keras.Input((64, 64, 3))\n"
        "    x = down_block(image, width, False)\n"
        "    for times in (2, 4, 8):\n"
        "        x = down_block(x, width * times)\n"
        "    x = layers.Conv2D(1, 4, use_bias=False)(x)\n"
        "    return keras.Model(image, layers.Reshape((1,))(x))",
        names,
    )
    answer = PlantedAnswer(network_of, names["my_discriminator"])
    assert chapter.check(answer) == "" and chapter.mark(answer) == 1
