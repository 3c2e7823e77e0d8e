"""Chapter 11: a folded normalisation, stamps, bytes for weights, faces seen before."""

from dcgan_classroom.probes.base import Probe

PROBES = {
    "fold": Probe(
        """
def folded(size, outputs, inputs, epsilon):
    kernel = random.normal(0, 1, (size, size, outputs, inputs))
    gamma, beta, mean = random.normal(0, 1, (3, outputs))
    variance = random.uniform(0.1, 4, outputs)
    kernel, bias = fold(kernel, gamma, beta, mean, variance, epsilon)
    return np.asarray(kernel, float), np.asarray(bias, float)


small, large = (folded(4, 5, 3, epsilon) for epsilon in (1e-5, 0.5))
ask("kernels", lambda: [small[0], large[0], folded(3, 4, 4, 0.01)[0]])
ask("biases", lambda: [small[1], large[1], folded(1, 2, 6, 0.3)[1]])
""",
        ("fold",),
        message="gamma by the root of variance + epsilon for each output channel, the kernel's "
        "third axis; the bias is beta less mean times that factor.",
    ),
    "up": Probe(
        """
def stamped(side, size, stride, inputs=3, outputs=2):
    maps = random.normal(0, 1, (side, side, inputs))
    kernel = random.normal(0, 1, (inputs, size, size, outputs))
    return np.asarray(up(maps, kernel, stride), float)


ask("a map of 1×1", lambda: [stamped(1, 4, 1, 7), stamped(1, 3, 2)])
ask("overlapping stamps", lambda: [stamped(4, 4, 2), stamped(3, 5, 2), stamped(3, 3, 1)])
ask("stamps side by side", lambda: [stamped(3, 2, 2), stamped(2, 3, 3, 1, 4)])
""",
        ("up",),
        message="Each value stamps the kernel of its channel, times itself, stride pixels further "
        "on; overlaps are added, nothing is cut off.",
    ),
    "to-codes": Probe(
        """
kernels = [
    (random.normal(0, 1, shape) * random.uniform(0.01, 20, shape[-1])).astype("float32")
    for shape in ((5, 4, 4, 3), (2, 1, 1, 6), (3, 5, 5, 1))
]
kernels.append(-np.abs(kernels[2]))
silent = -np.abs(kernels[0])
silent[..., 1] = 0


def back(kernel):
    codes, factors = to_codes(kernel.copy())
    return np.asarray(codes, float) * np.asarray(factors, float)


ask("codes", lambda: [np.asarray(to_codes(kernel.copy())[0]) for kernel in kernels])
ask("what comes back", lambda: [back(kernel) for kernel in kernels])
ask("a channel of zeros", lambda: [back(silent), str(to_codes(silent.copy())[0].dtype)])
""",
        ("to_codes",),
        message="For each output channel the largest weight by size becomes 127 or -127; the "
        "others are rounded to the nearest step, as int8.",
    ),
    "seen-before": Probe(
        """
def expected(pairs):
    return [float(seen_before(int(visits), int(numbers))) for visits, numbers in pairs]


few = random.integers(2, 400, (5, 2))
many = [(visits, numbers) for visits in (1000, 30_000) for numbers in (10_000, 1_000_000)]
ask("few faces", lambda: expected(few))
ask("many visits", lambda: expected(many))
ask("hardly any", lambda: expected([(visits, 2**24) for visits in random.integers(3000, 6000, 4)]))
""",
        ("seen_before",),
        tolerance=1e-3,
        message="All visits, less the number of different faces among them: those that not every "
        "visit misses.",
    ),
}
