"""Chapter 05: sides, receptive fields, a block of D, D."""

from dcgan_classroom.probes.base import BUILT, FILLED, Probe

PROBES = {
    "output-side": Probe(
        """
import numbers


def sides(rows):
    return [output_side(*(int(number) for number in row)) for row in rows]


bare = [(*row, 0) for row in random.integers((9, 2, 1), (40, 8, 5), (8, 3))]
ask("without padding", lambda: sides(bare))
padded = random.integers((9, 2, 2, 1), (40, 8, 5, 3), (8, 4))
ask("with padding", lambda: sides(padded))
ask("whole numbers", lambda: [
    [isinstance(side, numbers.Integral), int(side)]
    for side in (output_side(11, 5, 3, 2), output_side(64, 4, 2, 1))])
ask("D's own steps", lambda: sides([(64, 4, 2, 1), (8, 4, 2, 1), (4, 4, 1, 0), (10, 6, 4, 1)]))
ask("steps that don't fit", lambda: sides([(12, 4, 3, 0), (14, 5, 5, 0), (13, 4, 5, 1)]))
""",
        ("output_side",),
        message="How far can the first window move before it reaches the end? Half a step is none.",
    ),
    "receptive-field": Probe(
        """
def fields_of(kernels, strides):
    return [int(side) for side in receptive_field(kernels, strides)]


def fields(kernels, strides):
    return fields_of(list(kernels), list(strides))


rows = [(random.integers(1, 8, 5).tolist(), random.integers(1, 4, 5).tolist()) for _ in range(6)]
ask("rows of layers", lambda: [fields(*row) for row in rows])


def stays():
    row = [4, 3, 2], [2, 3, 1]
    found = fields_of(*row)
    return [row == ([4, 3, 2], [2, 3, 1]), found]


ask("steps of 1", lambda: fields([3, 5, 2], [1, 1, 1]))
ask("both lists stay", stays)
ask("one layer, and D's five", lambda: [fields([6], [3]), fields([4] * 5, [2, 2, 2, 2, 1])])
""",
        ("receptive_field",),
        message="By how many pixels of the image do two neighbours in the map before lie apart?",
    ),
    "down-block": Probe(
        FILLED
        + """
import keras


def block(side, before, channels, *rest):
    maps = keras.Input((side, side, before))
    return filled(keras.Model(maps, down_block(maps, channels, *rest)), np.random.default_rng(7))


maps = random.normal(3, 5, (16, 8, 8, 4))
kinds = (16, 3, 5), (64, 8, 6, False)
ask("shapes", lambda: [list(block(*sizes).output.shape) for sizes in kinds])
kinds_of = (), (True,), (False,)
ask("parameters", lambda: [block(8, 4, 7, *rest).count_params() for rest in kinds_of])
ask("with normalisation", lambda: [
    outputs(block(8, 4, 7), maps), outputs(block(8, 4, 7, True), maps, training=True)])
ask("without", lambda: [outputs(block(8, 4, 7, False), maps, mode) for mode in (False, True)])


def momentum():
    made = block(8, 4, 7)
    outputs(made, maps, training=True)
    return outputs(made, maps)


ask("in use, after a batch in training", momentum)
""",
        ("down_block",),
        tolerance=0.01,
        message="Convolution (kernel 4, stride 2, 'same', no bias), BatchNormalization (momentum "
        "0.9) where asked for, LeakyReLU 0.2.",
    ),
    "my-discriminator": Probe(
        FILLED
        + BUILT
        + """
import functools
from dcgan_course import ch05_discriminator as lesson

images = random.uniform(-1, 1, (4, 64, 64, 3)).astype("float32")


@functools.cache
def made(width):
    right = lesson.discriminator(width)
    return built(my_discriminator, width, right, images, down_block=lesson.down_block)


def answers(training):
    return outputs(filled(made(3), np.random.default_rng(5)), images, training)


def negated():
    network = filled(made(3), np.random.default_rng(6))
    before = outputs(network, images)
    for weight in network.weights:
        if tuple(weight.shape)[1:] == (4, 24, 1):
            weight.assign(-weight)
    return [before, outputs(network, images)]


def afterwards():
    answers(True)
    return outputs(made(3), images)


ask("shapes", lambda: [list(made(3).input_shape), list(made(3).output_shape)])
ask("parameters", lambda: made(3).count_params())
ask("as in use", lambda: answers(False))
ask("as in training", lambda: answers(True))
ask("in use, after a batch in training", afterwards)
ask("with the last kernel negated", negated)
""",
        ("my_discriminator",),
        tolerance=0.03,
        message="Four halving convolutions and one that covers the map of 4×4, no bias; "
        "BatchNormalization after all but the first and the last; nothing after the last.",
    ),
}
