"""Chapter 04: sides, stamps, a block of G, G."""

from dcgan_classroom.probes.base import FILLED, Probe

PROBES = {
    "output-side": Probe(
        """
def sides(rows):
    return [output_side(*(int(number) for number in row)) for row in rows]


bare = [(*row, 0) for row in random.integers((1, 2, 1), (20, 8, 5), (8, 3))]
ask("without padding", lambda: sides(bare))
padded = random.integers((4, 4, 1, 1), (20, 8, 5, 3), (8, 4))
ask("with padding", lambda: sides(padded))
ask("G's own steps", lambda: sides([(1, 4, 1, 0), (4, 4, 2, 1), (32, 4, 2, 1), (5, 6, 3, 1)]))
""",
        ("output_side",),
        message="Where does the last stamp start, and where does it end? Then cut on both edges.",
    ),
    "even-kernels": Probe(
        """
def kernels(stride):
    return {int(kernel) for kernel in even_kernels(stride)}


ask("strides 2 and 3", lambda: [kernels(2), kernels(3)])
ask("strides 1, 4 and 5", lambda: [kernels(1), kernels(4), kernels(5)])
ask("strides 6, 8 and 11", lambda: [kernels(8), kernels(11), kernels(6)])
""",
        ("even_kernels",),
        message="draw_overlap(kernel, stride) shows whether the ground is even, at any stride.",
    ),
    "up-block": Probe(
        FILLED
        + """
import keras


def block(side, before, channels):
    maps = keras.Input((side, side, before))
    return filled(keras.Model(maps, up_block(maps, channels)), np.random.default_rng(7))


maps = random.normal(0.3, 1, (6, 5, 5, 4))
ask("shapes", lambda: [list(block(*sizes).output.shape) for sizes in ((16, 3, 5), (4, 8, 6))])
ask("parameters", lambda: [block(*sizes).count_params() for sizes in ((5, 4, 7), (8, 2, 9))])
ask("as in use", lambda: outputs(block(5, 4, 7), maps))
ask("as in training", lambda: outputs(block(5, 4, 7), maps, training=True))
""",
        ("up_block",),
        tolerance=0.01,  # BatchNormalization's epsilon is free
        message="Transposed convolution (kernel 4, stride 2, 'same', no bias), "
        "BatchNormalization, ReLU.",
    ),
    "my-generator": Probe(
        FILLED
        + """
import functools

z = random.uniform(-1, 1, (4, 9))


@functools.cache
def made():
    return filled(my_generator(9, 2), np.random.default_rng(5))


ask("shapes", lambda: [list(made().input_shape), list(made().output_shape)])
ask("parameters", lambda: [made().count_params(), my_generator(100, 64).count_params()])
ask("as in use", lambda: outputs(made(), z))
ask("as in training", lambda: outputs(made(), z, training=True))
""",
        ("my_generator",),
        tolerance=0.03,
        message="z as a map of 1×1, then five transposed convolutions without bias; "
        "BatchNormalization and ReLU after all but the last, which ends in tanh.",
    ),
}
