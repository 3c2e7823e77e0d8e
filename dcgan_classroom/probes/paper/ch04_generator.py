"""Chapter 04: sides, stamps, a block of G, G."""

from dcgan_classroom.probes.base import BUILT, FILLED, Probe

PROBES = {
    "output-side": Probe(
        """
def sides(rows):
    return [output_side(*(int(number) for number in row)) for row in rows]


strides = random.integers(1, 5, 8)  # a stamp is at least as long as a step
bare = [(random.integers(1, 20), stride + random.integers(0, 5), stride, 0) for stride in strides]
ask("without padding", lambda: sides(bare))
padded = [(random.integers(4, 20), stride + random.integers(2, 5), stride, random.integers(1, 3))
          for stride in strides]
ask("with padding", lambda: sides([*padded, (4, 7, 2, 2)]))
ask("G's own steps", lambda: sides([(1, 4, 1, 0), (4, 4, 2, 1), (32, 4, 2, 1), (5, 6, 3, 1)]))
""",
        ("output_side",),
        message="Where does the last stamp start, and where does it end? Then cut on both edges.",
    ),
    "even-kernels": Probe(
        """
def kernels(stride):
    return {int(kernel) for kernel in even_kernels(stride)}


for stride in (2, 3):
    ask(f"stride {stride}", lambda: kernels(stride))
""",
        ("even_kernels",),
        message="lesson.draw_overlap(kernel, stride) shows whether the ground is even.",
    ),
    "up-block": Probe(
        FILLED
        + """
import keras


def block(side, before, channels):
    maps = keras.Input((side, side, before))
    return filled(keras.Model(maps, up_block(maps, channels)), np.random.default_rng(7))


maps = random.normal(3, 5, (16, 5, 5, 4))
ask("shapes", lambda: [list(block(*sizes).output.shape) for sizes in ((16, 3, 5), (4, 8, 6))])
ask("parameters", lambda: [block(*sizes).count_params() for sizes in ((5, 4, 7), (8, 2, 9))])
ask("as in use", lambda: outputs(block(5, 4, 7), maps))
ask("as in training", lambda: outputs(block(5, 4, 7), maps, training=True))


def afterwards():
    made = block(5, 4, 7)
    outputs(made, maps, training=True)
    return outputs(made, maps)


ask("in use, after a batch in training", afterwards)
""",
        ("up_block",),
        tolerance=0.01,  # BatchNormalization's epsilon is free
        message="Transposed convolution (kernel 4, stride 2, 'same', no bias), "
        "BatchNormalization (momentum 0.9), ReLU.",
    ),
    "my-generator": Probe(
        FILLED
        + BUILT
        + """
import functools
from dcgan_course import ch04_generator as lesson


@functools.cache
def made(latent_dim, width):
    @functools.wraps(my_generator)
    def of_width(width):
        return my_generator(latent_dim, width)

    z = random.uniform(-1, 1, (4, latent_dim)).astype("float32")
    right = lesson.generator(latent_dim, width)
    return built(of_width, width, right, z, up_block=lesson.up_block)


z = random.uniform(-1, 1, (4, 9)).astype("float32")


def answers(training):
    return outputs(filled(made(9, 2), np.random.default_rng(5)), z, training)


def afterwards():
    network = filled(made(9, 2), np.random.default_rng(5))
    for _ in range(10):
        outputs(network, z, training=True)
    return outputs(network, z)


ask("shapes", lambda: [list(made(9, 2).input_shape), list(made(9, 2).output_shape)])
ask("parameters", lambda: [made(9, 2).count_params(), made(12, 5).count_params()])
ask("as in use", lambda: answers(False))
ask("as in training", lambda: answers(True))
ask("in use, after ten batches in training", afterwards)
""",
        ("my_generator",),
        tolerance=0.03,
        message="z as a map of 1×1, then five transposed convolutions without bias; "
        "BatchNormalization (momentum 0.9) and ReLU after all but the last, which ends in tanh.",
    ),
}
