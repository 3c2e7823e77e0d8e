"""Chapter 09: what students might write, before the visible check and before the mark."""

import math

import keras
import numpy as np
import pytest
import tensorflow as tf

from tests.support.planted import Planted, PlantedTests, SolvedChapter

planted = Planted()
length_of = "typical-length"
arc_of = "slerp"
sum_of = "add-faces"
direction_of = "direction"
step_of = "search-step"


@planted.right(length_of)
def takes_one_root(latent_dim, count):
    return math.sqrt(latent_dim / (3 * count))


@planted.right(length_of)
def integrates(latent_dim, count):
    x = np.linspace(-1, 1, 20_001)
    square = np.trapezoid(x**2, x) / 2
    return np.sqrt(latent_dim * square / count)


@planted.right(length_of)
def adds_coordinate_by_coordinate(latent_dim, count):
    return sum(1 / 3 / count for _ in range(latent_dim)) ** 0.5


@planted.wrong(length_of)
def takes_every_number_for_1(latent_dim, count):
    return (latent_dim / count) ** 0.5


@planted.wrong(length_of)
def forgets_the_mean(latent_dim, count):
    return (latent_dim / 3) ** 0.5


@planted.wrong(length_of)
def divides_the_length(latent_dim, count):
    return (latent_dim / 3) ** 0.5 / count


@planted.wrong(length_of)
def forgets_the_root(latent_dim, count):
    return latent_dim / 3 / count


@planted.wrong(length_of)
def takes_numbers_from_0_to_1(latent_dim, count):
    return (latent_dim / 12 / count) ** 0.5


@planted.wrong(length_of)
def squares_the_mean_size(latent_dim, count):
    return 0.5 * (latent_dim / count) ** 0.5


@planted.wrong(length_of)
def multiplies_by_the_count(latent_dim, count):
    return (latent_dim * count / 3) ** 0.5


@planted.wrong(length_of)
def gives_the_mean_length(latent_dim, count):
    """Nearly, but not quite: the mean of lengths, not the root of their mean square."""
    z = np.random.default_rng(0).uniform(-1, 1, (2000, count, latent_dim)).mean(axis=1)
    return np.linalg.norm(z, axis=1).mean() * 0.995


@planted.wrong(length_of)
def remembers_one_length(latent_dim, count):
    return 5.77 / count**0.5


def arc(a, b, t):
    length_a, length_b = np.linalg.norm(a), np.linalg.norm(b)
    u, v = a / length_a, b / length_b
    theta = np.arccos(u @ v)
    way = (np.sin((1 - t) * theta) * u + np.sin(t * theta) * v) / np.sin(theta)
    return ((1 - t) * length_a + t * length_b) * way


@planted.right(arc_of)
def builds_a_right_angle(a, b, t):
    u, v = a / np.linalg.norm(a), b / np.linalg.norm(b)
    across = v - (u @ v) * u
    across = across / np.linalg.norm(across)
    theta = np.arctan2(v @ across, v @ u) * t
    length = np.linalg.norm(a) + t * (np.linalg.norm(b) - np.linalg.norm(a))
    return length * (np.cos(theta) * u + np.sin(theta) * across)


@planted.right(arc_of)
def sums_in_python(a, b, t):
    lengths = [math.sqrt(sum(x * x for x in z)) for z in (a, b)]
    cosine = sum(x * y for x, y in zip(a, b, strict=True)) / lengths[0] / lengths[1]
    theta = math.acos(cosine)
    shares = math.sin((1 - t) * theta) / lengths[0], math.sin(t * theta) / lengths[1]
    factor = ((1 - t) * lengths[0] + t * lengths[1]) / math.sin(theta)
    return np.array([factor * (shares[0] * x + shares[1] * y) for x, y in zip(a, b, strict=True)])


@planted.right(arc_of)
def turns_in_the_plane(a, b, t):
    """Turn by a matrix, in coordinates of the plane that both span."""
    base, upper = np.linalg.qr(np.stack([a, b], axis=1))
    start, end = (
        upper[:, 0] / np.linalg.norm(upper[:, 0]),
        upper[:, 1] / np.linalg.norm(upper[:, 1]),
    )
    cross = start[0] * end[1] - start[1] * end[0]
    turn = t * math.atan2(cross, start @ end)
    matrix = np.array([[math.cos(turn), -math.sin(turn)], [math.sin(turn), math.cos(turn)]])
    return base @ (matrix @ start) * ((1 - t) * np.linalg.norm(a) + t * np.linalg.norm(b))


@planted.wrong(arc_of)
def goes_straight(a, b, t):
    return (1 - t) * a + t * b


@planted.wrong(arc_of)
def lifts_the_straight_line(a, b, t):
    u, v = a / np.linalg.norm(a), b / np.linalg.norm(b)
    way = (1 - t) * u + t * v
    length = (1 - t) * np.linalg.norm(a) + t * np.linalg.norm(b)
    return length * way / np.linalg.norm(way)


@planted.wrong(arc_of)
def forgets_to_divide_by_the_sine(a, b, t):
    u, v = a / np.linalg.norm(a), b / np.linalg.norm(b)
    return arc(a, b, t) * np.sin(np.arccos(u @ v))


@planted.wrong(arc_of)
def takes_the_angle_of_whole_vectors(a, b, t):
    theta = np.arccos(np.clip(a @ b, -1, 1))
    return (np.sin((1 - t) * theta) * a + np.sin(t * theta) * b) / (np.sin(theta) + 1e-12)


@planted.wrong(arc_of)
def mixes_whole_vectors(a, b, t):
    theta = np.arccos(a @ b / np.linalg.norm(a) / np.linalg.norm(b))
    return (np.sin((1 - t) * theta) * a + np.sin(t * theta) * b) / np.sin(theta)


@planted.wrong(arc_of)
def always_turns_by_a_right_angle(a, b, t):
    u, v = a / np.linalg.norm(a), b / np.linalg.norm(b)
    way = np.cos(t * np.pi / 2) * u + np.sin(t * np.pi / 2) * v
    return ((1 - t) * np.linalg.norm(a) + t * np.linalg.norm(b)) * way


@planted.wrong(arc_of)
def keeps_the_first_length(a, b, t):
    return arc(a, b * np.linalg.norm(a) / np.linalg.norm(b), t)


@planted.wrong(arc_of)
def gives_unit_vectors(a, b, t):
    return arc(a / np.linalg.norm(a), b / np.linalg.norm(b), t)


@planted.wrong(arc_of)
def goes_backwards(a, b, t):
    return arc(b, a, t)


@planted.wrong(arc_of)
def takes_the_geometric_mean_of_lengths(a, b, t):
    found = arc(a, b, t)
    length = np.linalg.norm(a) ** (1 - t) * np.linalg.norm(b) ** t
    return found / np.linalg.norm(found) * length


@planted.wrong(arc_of)
def measures_in_degrees(a, b, t):
    u, v = a / np.linalg.norm(a), b / np.linalg.norm(b)
    theta = np.degrees(np.arccos(u @ v))
    way = (np.sin((1 - t) * theta) * u + np.sin(t * theta) * v) / np.sin(theta)
    return ((1 - t) * np.linalg.norm(a) + t * np.linalg.norm(b)) * way


@planted.wrong(arc_of)
def adds_a_row(a, b, t):
    return arc(a, b, t)[None]


@planted.wrong(arc_of)
def divides_in_place(a, b, t):
    found = arc(a, b, t)
    a /= np.linalg.norm(a)
    b /= np.linalg.norm(b)
    return found


@planted.right(sum_of)
def adds_rows_in_loops(z, plus, minus, plus2):
    total = np.zeros(z.shape[1])
    for rows, sign in ((plus, 1), (minus, -1), (plus2, 1)):
        for row in rows:
            total = total + sign * z[row] / len(rows)
    return np.maximum(np.minimum(total, 1), -1)


@planted.right(sum_of)
def multiplies_by_weights(z, plus, minus, plus2):
    weights = np.zeros(len(z))
    np.add.at(weights, plus, 1 / len(plus))
    np.add.at(weights, minus, -1 / len(minus))
    np.add.at(weights, plus2, 1 / len(plus2))
    return (weights @ z).clip(-1, 1)


@planted.right(sum_of)
def works_in_tensorflow(z, plus, minus, plus2):
    means = [tf.reduce_mean(tf.gather(z, rows), 0) for rows in (plus, minus, plus2)]
    return tf.clip_by_value(means[2] + (means[0] - means[1]), -1, 1).numpy()


@planted.wrong(sum_of)
def adds_up_without_means(z, plus, minus, plus2):
    return np.clip(z[plus].sum(0) - z[minus].sum(0) + z[plus2].sum(0), -1, 1)


@planted.wrong(sum_of)
def adds_the_second(z, plus, minus, plus2):
    return np.clip(z[plus].mean(0) + z[minus].mean(0) + z[plus2].mean(0), -1, 1)


@planted.wrong(sum_of)
def takes_the_third_away(z, plus, minus, plus2):
    return np.clip(z[plus].mean(0) + z[minus].mean(0) - z[plus2].mean(0), -1, 1)


@planted.wrong(sum_of)
def forgets_to_clip(z, plus, minus, plus2):
    return z[plus].mean(0) - z[minus].mean(0) + z[plus2].mean(0)


@planted.wrong(sum_of)
def clips_on_the_way(z, plus, minus, plus2):
    way = np.clip(z[plus].mean(0) - z[minus].mean(0), -1, 1)
    return np.clip(way + z[plus2].mean(0), -1, 1)


@planted.wrong(sum_of)
def clips_from_0(z, plus, minus, plus2):
    return np.clip(z[plus].mean(0) - z[minus].mean(0) + z[plus2].mean(0), 0, 1)


@planted.wrong(sum_of)
def bends_in_place_of_clipping(z, plus, minus, plus2):
    return np.tanh(z[plus].mean(0) - z[minus].mean(0) + z[plus2].mean(0))


@planted.wrong(sum_of)
def takes_the_first_of_each(z, plus, minus, plus2):
    return np.clip(z[plus[0]] - z[minus[0]] + z[plus2[0]], -1, 1)


@planted.wrong(sum_of)
def averages_coordinates(z, plus, minus, plus2):
    means = [z[rows].mean(axis=1) for rows in (plus, minus, plus2)]
    return np.clip(means[0][0] - means[1][0] + means[2][0], -1, 1) * np.ones(z.shape[1])


@planted.wrong(sum_of)
def scales_to_a_usual_length(z, plus, minus, plus2):
    total = z[plus].mean(0) - z[minus].mean(0) + z[plus2].mean(0)
    return np.clip(total / np.linalg.norm(total) * math.sqrt(len(total) / 3), -1, 1)


@planted.wrong(sum_of)
def takes_medians(z, plus, minus, plus2):
    medians = [np.median(z[rows], axis=0) for rows in (plus, minus, plus2)]
    return np.clip(medians[0] - medians[1] + medians[2], -1, 1)


@planted.wrong(sum_of)
def writes_into_z(z, plus, minus, plus2):
    total = z[plus].mean(0) - z[minus].mean(0) + z[plus2].mean(0)
    np.clip(total, -1, 1, out=z[0])
    return z[0]


@planted.right(direction_of)
def sorts_by_score(z, scores):
    order, third = np.argsort(scores), len(scores) // 3
    way = z[order[-third:]].mean(axis=0) - z[order[:third]].mean(axis=0)
    return way / np.linalg.norm(way)


@planted.right(direction_of)
def includes_the_limits(z, scores):
    low, high = np.quantile(scores, [1 / 3, 2 / 3])
    way = z[scores >= high].mean(axis=0) - z[scores <= low].mean(axis=0)
    return way / math.sqrt((way**2).sum())


@planted.right(direction_of)
def adds_up_thirds(z, scores):
    """Sums of thirds of one size point where their means do."""
    pairs = sorted(zip(scores.tolist(), z.tolist(), strict=True))
    third = len(pairs) // 3
    rows = np.array([row for _, row in pairs])
    way = rows[-third:].sum(axis=0) - rows[:third].sum(axis=0)
    return way / np.linalg.norm(way)


@planted.right(direction_of)
def splits_into_three(z, scores):
    lowest, _, highest = np.array_split(z[scores.argsort(kind="stable")], 3)
    way = np.mean(highest, 0) - np.mean(lowest, 0)
    return way / np.linalg.norm(way)


@planted.wrong(direction_of)
def goes_down(z, scores):
    return -sorts_by_score(z, scores)


@planted.wrong(direction_of)
def forgets_the_length(z, scores):
    low, high = np.quantile(scores, [1 / 3, 2 / 3])
    return z[scores > high].mean(axis=0) - z[scores < low].mean(axis=0)


@planted.wrong(direction_of)
def takes_halves(z, scores):
    middle = np.median(scores)
    way = z[scores > middle].mean(axis=0) - z[scores < middle].mean(axis=0)
    return way / np.linalg.norm(way)


@planted.wrong(direction_of)
def takes_quarters(z, scores):
    low, high = np.quantile(scores, [1 / 4, 3 / 4])
    way = z[scores > high].mean(axis=0) - z[scores < low].mean(axis=0)
    return way / np.linalg.norm(way)


@planted.wrong(direction_of)
def takes_the_ends(z, scores):
    way = z[scores.argmax()] - z[scores.argmin()]
    return way / np.linalg.norm(way)


@planted.wrong(direction_of)
def takes_thirds_of_the_range(z, scores):
    span = scores.max() - scores.min()
    low, high = scores.min() + span / 3, scores.max() - span / 3
    way = z[scores > high].mean(axis=0) - z[scores < low].mean(axis=0)
    return way / np.linalg.norm(way)


@planted.wrong(direction_of)
def forgets_to_sort(z, scores):
    third = len(z) // 3
    way = z[-third:].mean(axis=0) - z[:third].mean(axis=0)
    return way / np.linalg.norm(way)


@planted.wrong(direction_of)
def starts_from_all(z, scores):
    way = z[scores > np.quantile(scores, 2 / 3)].mean(axis=0) - z.mean(axis=0)
    return way / np.linalg.norm(way)


@planted.wrong(direction_of)
def draws_a_line_through_all(z, scores):
    way = np.linalg.lstsq(z - z.mean(0), scores - scores.mean(), rcond=None)[0]
    return way / np.linalg.norm(way)


@planted.wrong(direction_of)
def divides_by_the_sum(z, scores):
    low, high = np.quantile(scores, [1 / 3, 2 / 3])
    way = z[scores > high].mean(axis=0) - z[scores < low].mean(axis=0)
    return way / np.abs(way).sum()


@planted.wrong(direction_of)
def sorts_the_scores_in_place(z, scores):
    found = sorts_by_score(z, scores)
    scores.sort()
    return found


@planted.right(step_of)
def takes_a_variable(generator, z, photograph, rate):
    start = tf.Variable(z)
    with tf.GradientTape() as tape:
        gap = generator(start, training=False) - photograph
        loss = tf.reduce_mean(tf.square(gap))
    slope = tape.gradient(loss, start)
    return tf.constant(np.clip(start.numpy() - rate * slope.numpy(), -1, 1))


@planted.right(step_of)
def takes_kerass_error(generator, z, photograph, rate):
    z = tf.convert_to_tensor(z)
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(z)
        loss = keras.losses.MeanSquaredError()(photograph, generator(z, training=False))
    return tf.maximum(-1.0, tf.minimum(1.0, z - rate * tape.gradient(loss, z)))


@planted.right(step_of)
def descends_by_an_optimizer(generator, z, photograph, rate):
    moved = tf.Variable(z)
    with tf.GradientTape() as tape:
        pixels = tf.cast(tf.size(photograph), tf.float32)
        loss = tf.reduce_sum((generator(moved, training=False) - photograph) ** 2) / pixels
    keras.optimizers.SGD(rate).apply([tape.gradient(loss, moved)], [moved])
    return tf.clip_by_value(moved, -1, 1)


def slope_of(generator, z, photograph, loss=None, training=False):
    with tf.GradientTape() as tape:
        tape.watch(z)
        gap = generator(z, training=training) - photograph
        value = tf.reduce_mean(gap**2) if loss is None else loss(gap)
    return tape.gradient(value, z)


@planted.wrong(step_of)
def climbs(generator, z, photograph, rate):
    return tf.clip_by_value(z + rate * slope_of(generator, z, photograph), -1, 1)


@planted.wrong(step_of)
def leaves_the_range(generator, z, photograph, rate):
    return z - rate * slope_of(generator, z, photograph)


@planted.wrong(step_of)
def clips_the_slope(generator, z, photograph, rate):
    return z - tf.clip_by_value(rate * slope_of(generator, z, photograph), -1, 1)


@planted.wrong(step_of)
def stays_above_0(generator, z, photograph, rate):
    return tf.clip_by_value(z - rate * slope_of(generator, z, photograph), 0, 1)


@planted.wrong(step_of)
def sums_up(generator, z, photograph, rate):
    slope = slope_of(generator, z, photograph, lambda gap: tf.reduce_sum(gap**2))
    return tf.clip_by_value(z - rate * slope, -1, 1)


@planted.wrong(step_of)
def takes_absolute_gaps(generator, z, photograph, rate):
    slope = slope_of(generator, z, photograph, lambda gap: tf.reduce_mean(tf.abs(gap)))
    return tf.clip_by_value(z - rate * slope, -1, 1)


@planted.wrong(step_of)
def takes_the_root(generator, z, photograph, rate):
    slope = slope_of(generator, z, photograph, lambda gap: tf.sqrt(tf.reduce_mean(gap**2)))
    return tf.clip_by_value(z - rate * slope, -1, 1)


@planted.wrong(step_of)
def forgets_the_rate(generator, z, photograph, rate):
    return tf.clip_by_value(z - slope_of(generator, z, photograph), -1, 1)


@planted.wrong(step_of)
def walks_by_signs(generator, z, photograph, rate):
    return tf.clip_by_value(z - rate * tf.sign(slope_of(generator, z, photograph)), -1, 1)


@planted.wrong(step_of)
def trains_g(generator, z, photograph, rate):
    return tf.clip_by_value(z - rate * slope_of(generator, z, photograph, training=True), -1, 1)


@planted.wrong(step_of)
def stands_still(generator, z, photograph, rate):
    return tf.clip_by_value(z, -1, 1)


@planted.wrong(step_of)
def moves_g_as_well(generator, z, photograph, rate):
    for weight in generator.trainable_variables:
        weight.assign(weight * 0.999)
    return tf.clip_by_value(z - rate * slope_of(generator, z, photograph), -1, 1)


@planted.wrong(step_of)
def drops_the_batch(generator, z, photograph, rate):
    return tf.clip_by_value(z - rate * slope_of(generator, z, photograph), -1, 1)[0]


@pytest.fixture(scope="module")
def chapter(tmp_path_factory):
    return SolvedChapter("09", tmp_path_factory.mktemp("probes"))


class TestAnswers(PlantedTests):
    planted = planted
