"""Chapter 10: a ranking, a D that pools, intervals in pairs, verdicts."""

from dcgan_classroom.probes.base import FILLED, Probe

PROBES = {
    "my-ranking": Probe(
        """


def names():
    ranking = my_ranking()
    return [isinstance(ranking, (tuple, list)), sorted(str(name) for name in ranking)]


ask("each of the five rules once, in an order", names)
""",
        ("my_ranking",),
        message="Every order is welcome, of the five names in MAIN.",
    ),
    "pooled-discriminator": Probe(
        FILLED
        + """
import functools

images = random.uniform(-1, 1, (16, 32, 32, 3))


@functools.cache
def built():
    return pooled_discriminator(4)


def made():
    return filled(built(), np.random.default_rng(8))


def afterwards():
    network = made()
    outputs(network, images, training=True)
    return outputs(network, images)


ask("shapes", lambda: [list(made().input_shape), list(made().output_shape)])
ask("parameters", lambda: [made().count_params(), pooled_discriminator(11).count_params()])
ask("as in use", lambda: outputs(made(), images))
ask("as in training", lambda: outputs(made(), images, training=True))
ask("in use, after a batch in training", afterwards)
""",
        ("pooled_discriminator",),
        tolerance=0.01,
        message="Three times: a convolution that keeps the side (kernel 4, 'same', no bias), then "
        "pooling; BatchNormalization in all but the first; LeakyReLU 0.2.",
    ),
    "paired-interval": Probe(
        """
def drawn(count):
    written = random.normal(60, 15, count)
    return written + random.normal(4, 6, count), written


pairs = [drawn(count) for count in (2, 3, 5, 14)]


def ends(which):
    return [float(paired_interval(*(part.copy() for part in pair))[which]) for pair in pairs]


def stay():
    given = [part.copy() for part in pairs[2]]
    mean = float(paired_interval(*given)[0])
    return [mean, *(np.array_equal(*pair) for pair in zip(given, pairs[2]))]


ask("both arrays stay", stay)
ask("the mean", lambda: ends(0))
ask("the lower end", lambda: ends(1))
ask("the upper end", lambda: ends(2))
""",
        ("paired_interval",),
        message="The interval is that of the mean of the differences: ddof=1, √n, and Student's t "
        "with n - 1.",
    ),
    "verdict": Probe(
        """
low = np.sort(random.uniform(0.1, 9, (4, 2)), axis=1)
around = random.uniform(0.1, 9, (4, 2)) * [-1, 1]


def verdicts(better):
    rows = [*low, *-low[:, ::-1], *around]
    return [str(verdict(float(a), float(b), better)) for a, b in rows]


ask("where lower is better", lambda: verdicts("lower"))
ask("where higher is better", lambda: verdicts("higher"))
ask("where an end is exactly 0", lambda: [
    str(verdict(*ends, better))
    for ends in ((0.0, 4.0), (-4.0, 0.0)) for better in ("lower", "higher")])
ask("without an interval", lambda: [
    [str(verdict(float("nan"), float("nan"), better)) for better in ("lower", "higher")],
    str(verdict(1.0, 2.0, "lower"))])
""",
        ("verdict",),
        message="On which side of 0 does the whole interval lie, and is that the good side for "
        "this figure?",
    ),
}
