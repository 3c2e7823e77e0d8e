"""Chapter 13: modulated kernels, folded waves, a filtered nonlinearity, decibels."""

from dcgan_classroom.probes.base import Probe

PROBES = {
    "modulate": Probe(
        """
def modulated(size, inputs, outputs, strength=1.0):
    kernel = random.normal(0, 1, (size, size, inputs, outputs))
    return np.asarray(modulate(kernel, strength * random.normal(1, 0.8, inputs)), float)


ask("kernels of 3×3", lambda: [modulated(3, 6, 4), modulated(3, 2, 7)])
ask("other sizes", lambda: [modulated(1, 5, 5), modulated(5, 3, 2)])
ask("strong and weak styles", lambda: [modulated(3, 4, 3, 50), modulated(3, 4, 3, 0.02)])
""",
        ("modulate",),
        message="Each input channel times its style, then each output channel divided by the root "
        "of its weights' sum of squares.",
    ),
    "seen-as": Probe(
        """
def seen(pairs):
    return [float(seen_as(float(waves), int(rate))) for waves, rate in pairs]


rates = random.integers(8, 90, 6)
ask("waves that fit", lambda: seen([(random.uniform(0, 0.5) * rate, rate) for rate in rates]))
ask("faster ones", lambda: seen([(random.uniform(0.5, 1) * rate, rate) for rate in rates]))
ask("much faster ones", lambda: seen([(random.uniform(1, 6) * rate, rate) for rate in rates]))
ask("multiples of the rate", lambda: seen([(3 * rate, rate) for rate in rates]))
""",
        ("seen_as",),
        message="Whole multiples of the rate change nothing; what is left counts without its sign.",
    ),
    "bend": Probe(
        """
def bent(side, dense, new, channels):
    maps = random.normal(0, 1, (side, side, channels)).astype("float32")
    up, down = random.normal(0, 1, (dense, side)), random.normal(0, 1, (new, dense))
    return np.asarray(bend(maps, up / side**0.5, down / dense**0.5), float)


ask("to a finer grid", lambda: [bent(6, 20, 10, 3), bent(4, 16, 8, 1)])
ask("to a grid as fine", lambda: [bent(7, 14, 7, 2)])
ask("to a coarser grid", lambda: [bent(9, 12, 5, 4)])
""",
        ("bend",),
        message="`up` along both axes, a leaky ReLU of slope 0.2 times √2, `down` along both.",
    ),
    "decibels": Probe(
        """
def figure(count, side, error, share):
    one = random.uniform(-1, 1, (count, side, side, 3))
    valid = random.uniform(0, 1, (count, side, side)) < share
    other = one + random.normal(0, error, one.shape)
    other[~valid] = 50
    return float(decibels(one, other, valid))


ask("everywhere", lambda: [figure(2, 8, error, 1.1) for error in (0.01, 0.1, 1)])
ask("where it is valid", lambda: [figure(3, 9, error, 0.5) for error in (0.02, 0.3)])
""",
        ("decibels",),
        message="Ten times the logarithm (base 10) of 4 by the mean squared error of valid pixels.",
    ),
}
