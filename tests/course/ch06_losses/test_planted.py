"""Chapter 06: what students might write, before the visible check and before the mark."""

import math

import keras
import numpy as np
import pytest
import tensorflow as tf
from scipy import special

from dcgan_course.ch06_losses.plots import naive_cross_entropy
from tests.support.planted import Planted, PlantedTests, SolvedChapter

planted = Planted()
entropy_of = "stable-cross-entropy"
predicted_of = "predict-losses"
losses_of = "my-losses"
best_of = "best-answer"


@planted.right(entropy_of)
def adds_logarithms(logits, labels):
    return np.logaddexp(0, logits) - logits * labels


@planted.right(entropy_of)
def loops(logits, labels):
    costs = []
    for logit, label in zip(logits.tolist(), labels.tolist(), strict=True):
        rest = math.log1p(math.exp(-abs(logit)))
        costs.append(label * (max(-logit, 0) + rest) + (1 - label) * (max(logit, 0) + rest))
    return np.array(costs)


@planted.right(entropy_of)
def takes_scipys_logarithm(logits, labels):
    return -labels * special.log_expit(logits) - (1 - labels) * special.log_expit(-logits)


@planted.right(entropy_of)
def tells_signs_apart(logits, labels):
    size = np.abs(logits)
    wrong = np.where(logits > 0, 1 - labels, labels)
    return wrong * size + np.log(1 + np.exp(-size))


@planted.wrong(entropy_of)
def goes_through_the_probability(logits, labels):
    return naive_cross_entropy(logits, labels)


@planted.wrong(entropy_of)
def goes_through_the_probability_in_float64(logits, labels):
    return naive_cross_entropy(logits.astype(np.float64), labels)


@planted.wrong(entropy_of)
def clips_the_probability(logits, labels):
    p = np.clip(special.expit(logits), 1e-7, 1 - 1e-7)
    return -labels * np.log(p) - (1 - labels) * np.log(1 - p)


@planted.wrong(entropy_of)
def clips_the_logits(logits, labels):
    return adds_logarithms(np.clip(logits, -50, 50), labels)


@planted.wrong(entropy_of)
def swaps_labels(logits, labels):
    return adds_logarithms(logits, 1 - labels)


@planted.wrong(entropy_of)
def averages(logits, labels):
    return adds_logarithms(logits, labels).mean()


@planted.wrong(entropy_of)
def takes_all_for_real(logits, labels):
    return adds_logarithms(-logits, 0 * labels)


@planted.wrong(entropy_of)
def rounds_labels(logits, labels):
    return np.where(labels > 0.5, np.logaddexp(0, -logits), np.logaddexp(0, logits))


@planted.wrong(entropy_of)
def looks_for_label_1_alone(logits, labels):
    return np.where(labels == 1, np.logaddexp(0, -logits), np.logaddexp(0, logits))


@planted.wrong(entropy_of)
def overflows_at_a_thousand(logits, labels):
    return np.log1p(np.exp(logits.astype(np.float64))) - logits * labels


@planted.wrong(entropy_of)
def forgets_the_logarithm(logits, labels):
    return np.maximum(logits, 0) - logits * labels


@planted.wrong(entropy_of)
def has_the_other_sign(logits, labels):
    return -adds_logarithms(logits, labels)


@planted.wrong(entropy_of)
def counts_in_bits(logits, labels):
    return adds_logarithms(logits, labels) / np.log(2)


@planted.wrong(entropy_of)
def changes_the_logits(logits, labels):
    cost = adds_logarithms(logits, labels)
    np.abs(logits, out=logits)
    return cost


@planted.wrong(entropy_of)
def changes_the_labels(logits, labels):
    cost = adds_logarithms(logits, labels)
    labels *= logits
    return cost


FORESEEN = {"undecided": (math.log(4), math.log(2)), "D has won": (0, 100), "fooled": (100, 0)}


@planted.right(predicted_of)
def rounds_to_three_digits():
    return FORESEEN | {"undecided": (1.386, 0.693)}


@planted.right(predicted_of)
def gives_lists():
    return {name: list(pair) for name, pair in FORESEEN.items()}


@planted.right(predicted_of)
def computes_them():
    def pair(real, fake):
        d_loss = np.logaddexp(0, -real) + np.logaddexp(0, fake)
        return d_loss, np.logaddexp(0, -fake)

    return {"undecided": pair(0, 0), "D has won": pair(100, -100), "fooled": pair(100, 100)}


@planted.wrong(predicted_of)
def counts_one_kind():
    return FORESEEN | {"undecided": (math.log(2), math.log(2))}


@planted.wrong(predicted_of)
def averages_both_kinds():
    return FORESEEN | {"undecided": (math.log(2), math.log(2)), "fooled": (50, 0)}


@planted.wrong(predicted_of)
def gives_gs_first():
    return {name: pair[::-1] for name, pair in FORESEEN.items()}


@planted.wrong(predicted_of)
def takes_the_minimax_loss():
    return FORESEEN | {"undecided": (math.log(4), -math.log(2)), "D has won": (0, 0)}


@planted.wrong(predicted_of)
def expects_infinity():
    return FORESEEN | {"D has won": (0, math.inf), "fooled": (math.inf, 0)}


@planted.wrong(predicted_of)
def lets_the_fooled_pay_twice():
    return FORESEEN | {"fooled": (200, 0)}


@planted.wrong(predicted_of)
def gives_probabilities():
    return {"undecided": (0.5, 0.5), "D has won": (1, 0), "fooled": (0.5, 1)}


@planted.wrong(predicted_of)
def forgets_a_situation():
    return {"undecided": FORESEEN["undecided"], "fooled": FORESEEN["fooled"]}


@planted.wrong(predicted_of)
def gives_one_number():
    return {name: pair[0] for name, pair in FORESEEN.items()}


def cost(logits, label):
    return tf.nn.softplus(logits) - logits * label


@planted.right(losses_of)
def takes_softplus(real, fake):
    d_loss = tf.reduce_mean(tf.math.softplus(-real)) + tf.reduce_mean(tf.math.softplus(fake))
    return d_loss, tf.reduce_mean(tf.math.softplus(-fake))


@planted.right(losses_of)
def takes_kerass_class(real, fake):
    entropy = keras.losses.BinaryCrossentropy(from_logits=True)
    d_loss = entropy(tf.ones(real.shape), real) + entropy(tf.zeros(fake.shape), fake)
    return d_loss, entropy(tf.ones(fake.shape), fake)


@planted.right(losses_of)
def takes_log_sigmoid(real, fake):
    d_loss = -tf.reduce_mean(tf.math.log_sigmoid(real)) - tf.reduce_mean(tf.math.log_sigmoid(-fake))
    return d_loss, -tf.reduce_mean(tf.math.log_sigmoid(fake))


@planted.right(losses_of)
def divides_sums(real, fake):
    count = tf.cast(tf.size(fake), tf.float32)
    real_cost = tf.reduce_sum(cost(real, 1.0)) / real.shape[0]
    return [
        real_cost + tf.reduce_sum(cost(fake, 0.0)) / count,
        tf.reduce_sum(cost(fake, 1)) / count,
    ]


@planted.wrong(losses_of)
def swaps_the_kinds(real, fake):
    return takes_softplus(fake, real)[0], takes_softplus(real, fake)[1]


@planted.wrong(losses_of)
def halves_ds_loss(real, fake):
    d_loss, g_loss = takes_softplus(real, fake)
    return d_loss / 2, g_loss


@planted.wrong(losses_of)
def plays_minimax(real, fake):
    return takes_softplus(real, fake)[0], -tf.reduce_mean(tf.math.softplus(fake))


@planted.wrong(losses_of)
def gives_g_the_label_0(real, fake):
    return takes_softplus(real, fake)[0], tf.reduce_mean(tf.math.softplus(fake))


@planted.wrong(losses_of)
def lets_g_look_at_real_images(real, fake):
    return takes_softplus(real, fake)[0], tf.reduce_mean(tf.math.softplus(-real))


@planted.wrong(losses_of)
def averages_all_images_together(real, fake):
    costs = tf.concat([tf.math.softplus(-real), tf.math.softplus(fake)], 0)
    return 2 * tf.reduce_mean(costs), takes_softplus(real, fake)[1]


@planted.wrong(losses_of)
def sums_up(real, fake):
    d_loss = tf.reduce_sum(tf.math.softplus(-real)) + tf.reduce_sum(tf.math.softplus(fake))
    return d_loss, tf.reduce_sum(tf.math.softplus(-fake))


@planted.wrong(losses_of)
def never_averages(real, fake):
    costs = tf.concat([tf.math.softplus(-real), tf.math.softplus(fake)], 0)
    return costs, tf.math.softplus(-fake)


@planted.wrong(losses_of)
def takes_probabilities(real, fake):
    p, q = tf.sigmoid(real), tf.sigmoid(fake)
    d_loss = -tf.reduce_mean(tf.math.log(p)) - tf.reduce_mean(tf.math.log(1 - q))
    return d_loss, -tf.reduce_mean(tf.math.log(q))


@planted.wrong(losses_of)
def takes_probabilities_that_keras_clips(real, fake):
    entropy = keras.losses.BinaryCrossentropy()
    p, q = tf.sigmoid(real), tf.sigmoid(fake)
    d_loss = entropy(tf.ones_like(p), p) + entropy(tf.zeros_like(q), q)
    return d_loss, entropy(tf.ones_like(q), q)


@planted.wrong(losses_of)
def takes_logits_for_probabilities(real, fake):
    entropy = keras.losses.BinaryCrossentropy()
    d_loss = entropy(tf.ones_like(real), real) + entropy(tf.zeros_like(fake), fake)
    return d_loss, entropy(tf.ones_like(fake), fake)


@planted.wrong(losses_of)
def smooths_labels(real, fake):
    d_loss = tf.reduce_mean(cost(real, 0.9)) + tf.reduce_mean(cost(fake, 0.0))
    return d_loss, takes_softplus(real, fake)[1]


@planted.wrong(losses_of)
def gives_g_first(real, fake):
    return takes_softplus(real, fake)[::-1]


@planted.wrong(losses_of)
def returns_one(real, fake):
    return takes_softplus(real, fake)[0]


@planted.right(best_of)
def divides_by_the_sum(p, q):
    return 1 / (1 + q / p)


@planted.right(best_of)
def takes_a_sigmoid(p, q):
    return special.expit(np.log(p) - np.log(q))


@planted.right(best_of)
def goes_place_by_place(p, q):
    return np.array([one / (one + other) for one, other in zip(p, q, strict=True)])


@planted.wrong(best_of)
def takes_the_ratio(p, q):
    return p / q


@planted.wrong(best_of)
def takes_the_others_share(p, q):
    return q / (p + q)


@planted.wrong(best_of)
def takes_squares(p, q):
    return p**2 / (p**2 + q**2)


@planted.wrong(best_of)
def takes_roots(p, q):
    return np.sqrt(p) / (np.sqrt(p) + np.sqrt(q))


@planted.wrong(best_of)
def decides(p, q):
    return (p > q).astype(float)


@planted.wrong(best_of)
def always_tosses_a_coin(p, q):
    return np.full_like(p, 0.5)


@planted.wrong(best_of)
def takes_the_difference(p, q):
    return np.clip(0.5 + (p - q) / 2, 0, 1)


@planted.wrong(best_of)
def takes_the_density(p, q):
    return np.clip(p, 0, 1)


@planted.wrong(best_of)
def adds_a_little_below(p, q):
    return p / (p + q + 1e-2)


@planted.wrong(best_of)
def adds_in_place(p, q):
    q += p
    return p / q


@planted.wrong(best_of)
def gives_one_answer_for_all(p, q):
    return float((p / (p + q)).mean())


@planted.wrong(best_of)
def takes_a_sigmoid_of_the_gap(p, q):
    return special.expit(p - q)


@pytest.fixture(scope="module")
def chapter(tmp_path_factory):
    return SolvedChapter("06", tmp_path_factory.mktemp("probes"))


class TestAnswers(PlantedTests):
    planted = planted
