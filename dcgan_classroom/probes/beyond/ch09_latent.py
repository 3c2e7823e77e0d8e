"""Chapter 09: lengths of z, arcs, arithmetic, directions, a step of the search."""

from dcgan_classroom.probes.base import FILLED, Probe

PROBES = {
    "typical-length": Probe(
        """
def lengths(rows):
    return [float(typical_length(*(int(number) for number in row))) for row in rows]


dims = random.integers(2, 500, 5)
ask("one z", lambda: lengths([(dim, 1) for dim in dims]))
ask("means of several", lambda: lengths([(dim, count) for dim in dims for count in (2, 3, 16)]))
""",
        ("typical_length",),
        message="The mean square of one number in [-1, 1], times their count; a mean of n has an "
        "n-th of it.",
    ),
    "slerp": Probe(
        """
a, b = random.uniform(-1, 1, (2, 30))
long, short = 3 * a / np.linalg.norm(a), 0.5 * b / np.linalg.norm(b)


def points(one, other, shares):
    return [np.asarray(slerp(one.copy(), other.copy(), share), float) for share in shares]




def stay():
    given = a.copy(), b.copy()
    found = np.asarray(slerp(*given, 0.3), float)
    return [np.array_equal(given[0], a), np.array_equal(given[1], b), found]


def at_an_angle(degrees):
    # two z of other lengths, with just this angle between them
    across = b - (a @ b) / (a @ a) * a
    across = across * np.linalg.norm(a) / np.linalg.norm(across)
    theta = np.radians(degrees)
    return points(a, 0.4 * (np.cos(theta) * a + np.sin(theta) * across), (0.25, 0.5, 0.8))


ask("both ends", lambda: points(a, b, (0.0, 1.0)))
ask("ends of equal length", lambda: points(long, 6 * short, (0.2, 0.5, 0.9)))
ask("narrow and wide angles", lambda: [at_an_angle(degrees) for degrees in (25, 65, 140)])
ask("both z stay", stay)
ask("ends of other lengths", lambda: points(long, short, (0.1, 0.5, 0.7)))
""",
        ("slerp",),
        message="Unit vectors along the arc by equal angles; the length between both lengths comes "
        "last.",
    ),
    "add-faces": Probe(
        """
small = random.uniform(-0.3, 0.3, (12, 20))
large = random.uniform(-1, 1, (12, 20))


def sums(z):
    order = random.permutation(12).tolist()
    rows = (order[:3], order[3:7], order[7:]), (order[:1], order[1:6], order[6:8])
    return [np.asarray(add_faces(z.copy(), *lists), float) for lists in rows]


def leaves():
    # 0.9 - (-0.9) + 0.9, far outside whatever is drawn
    z = np.array([[0.9, -0.9], [-0.9, 0.9]]) * random.uniform(0.9, 1.1, 2)
    return [*sums(large), np.asarray(add_faces(z, [0], [1], [0]), float)]


def stays():
    given = small.copy()
    found = np.asarray(add_faces(given, [0, 1], [2, 3, 4], [5]), float)
    return [np.array_equal(given, small), found]


def both_terms_leave():
    # the difference leaves the range, and the third list brings it back
    z = np.array([[0.9, -0.9], [0.8, -0.7], [-0.9, 0.8], [-0.7, 0.6], [-0.9, 0.8], [-0.8, 0.9]])
    return np.asarray(add_faces(z * random.uniform(0.9, 1.1, 2), [0, 1], [2, 3], [4, 5]), float)


ask("z stays", stays)
ask("sums that leave it on the way", both_terms_leave)
ask("sums within the range", lambda: sums(small))
ask("sums that would leave it", leaves)
""",
        ("add_faces",),
        message="The mean of each list of rows; plus, minus, plus; and only the result is clipped.",
    ),
    "direction": Probe(
        """
def found(count, dims):
    z = random.uniform(-1, 1, (count, dims))
    scores = 7 * z[:, 0] - 4 * z[:, 1] + random.normal(0, 2, count) + 100
    return np.asarray(direction(z, scores), float)




def stays():
    z, scores = random.uniform(-1, 1, (30, 3)), random.permutation(30) + 0.5
    given = z.copy(), scores.copy()
    found = np.asarray(direction(*given), float)
    return [np.array_equal(given[0], z), np.array_equal(given[1], scores), found]


def uneven():
    # a few scores far above all others: a third of the faces isn't a third of the range
    z, scores = random.uniform(-1, 1, (30, 3)), random.permutation(30) ** 3.0
    return np.asarray(direction(z, scores), float)


ask("z and scores stay", stays)
ask("scores with outliers", uneven)
ask("the direction", lambda: [found(30, 4), found(90, 10), found(240, 6)])
""",
        ("direction",),
        message="The mean of the highest third less that of the lowest, divided by its length.",
    ),
    "search-step": Probe(
        FILLED
        + """
import keras
import tensorflow as tf


inputs = keras.Input((6,))
maps = keras.layers.Reshape((2, 2, 3))(keras.layers.Dense(12, activation="tanh")(inputs))
maps = keras.layers.BatchNormalization()(maps)
network = filled(keras.Model(inputs, maps), random)
photograph = tf.constant(random.uniform(-1, 1, (1, 2, 2, 3)), tf.float32)
start = tf.constant(random.uniform(-0.5, 0.5, (1, 6)), tf.float32)


def moved(rate):
    return np.asarray(search_step(network, start, photograph, rate))


def stays():
    before = [np.array(weight) for weight in network.weights]
    made = moved(0.3)
    same = [np.array_equal(one, np.array(two)) for one, two in zip(before, network.weights)]
    return [all(same), made]


ask("small steps", lambda: [(moved(rate) - start.numpy()) / rate for rate in (0.02, 0.1)])
ask("a step too long", lambda: moved(1000.0))
ask("G stays as it is", stays)
""",
        ("search_step",),
        tolerance=1e-3,
        message="G in inference mode, the mean squared difference, z against its gradient by the "
        "rate, and clipped.",
    ),
}
