"""Chapter 05: sides, receptive fields, a block of D, D."""

from dcgan_classroom.probes.base import FILLED, Probe

PROBES = {
    "output-side": Probe(
        """
def sides(rows):
    return [output_side(*(int(number) for number in row)) for row in rows]


bare = [(*row, 0) for row in random.integers((9, 2, 1), (40, 8, 5), (8, 3))]
ask("without padding", lambda: sides(bare))
padded = random.integers((9, 2, 2, 1), (40, 8, 5, 3), (8, 4))
ask("with padding", lambda: sides(padded))
ask("whole numbers", lambda: [
    [type(side).__name__, side] for side in sides([(11, 5, 3, 2), (64, 4, 2, 1)])])
ask("D's own steps", lambda: sides([(64, 4, 2, 1), (8, 4, 2, 1), (4, 4, 1, 0), (10, 6, 4, 1)]))
""",
        ("output_side",),
        message="How far can the first window move before it reaches the end? Half a step is none.",
    ),
    "receptive-field": Probe(
        """
def fields(kernels, strides):
    return [int(side) for side in receptive_field(list(kernels), list(strides))]


rows = [(random.integers(1, 8, 5).tolist(), random.integers(1, 4, 5).tolist()) for _ in range(6)]
ask("rows of layers", lambda: [fields(*row) for row in rows])
ask("steps of 1", lambda: fields([3, 5, 2], [1, 1, 1]))
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


maps = random.normal(0.2, 1, (6, 8, 8, 4))
kinds = (16, 3, 5), (64, 8, 6, False)
ask("shapes", lambda: [list(block(*sizes).output.shape) for sizes in kinds])
kinds_of = (), (True,), (False,)
ask("parameters", lambda: [block(8, 4, 7, *rest).count_params() for rest in kinds_of])
ask("with normalisation", lambda: [
    outputs(block(8, 4, 7), maps), outputs(block(8, 4, 7, True), maps, training=True)])
ask("without", lambda: outputs(block(8, 4, 7, False), maps))
""",
        ("down_block",),
        tolerance=0.01,
        message="Convolution (kernel 4, stride 2, 'same', no bias), BatchNormalization where asked "
        "for, LeakyReLU 0.2.",
    ),
    "my-discriminator": Probe(
        FILLED
        + """
import functools

images = random.uniform(-1, 1, (4, 64, 64, 3))


@functools.cache
def made():
    return filled(my_discriminator(2), np.random.default_rng(5))


ask("shapes", lambda: [list(made().input_shape), list(made().output_shape)])
ask("parameters", lambda: [made().count_params(), my_discriminator(64).count_params()])
ask("as in use", lambda: outputs(made(), images))
ask("as in training", lambda: outputs(made(), images, training=True))
""",
        ("my_discriminator",),
        tolerance=0.03,
        message="Four halving convolutions and one that covers the map of 4×4, no bias; "
        "BatchNormalization after all but the first and the last; nothing after the last.",
    ),
}
