"""Chapter 10: what students might write, before the visible check and before the mark."""

import math
import statistics

import numpy as np
import pytest
from keras import Input, Model, Sequential, activations, layers, ops
from scipy import stats

from dcgan_lib.rules.rulebook import MAIN
from tests.support.planted import Planted, PlantedTests, SolvedChapter

planted = Planted()
ranking_of = "my-ranking"
network_of = "pooled-discriminator"
interval_of = "paired-interval"
verdict_of = "verdict"


@planted.right(ranking_of)
def takes_the_order_of_the_book():
    return MAIN


@planted.right(ranking_of)
def turns_it_round():
    return list(MAIN[::-1])


@planted.right(ranking_of)
def sorts_by_name():
    return tuple(sorted(MAIN))


@planted.wrong(ranking_of)
def forgets_one():
    return MAIN[:4]


@planted.wrong(ranking_of)
def names_one_twice():
    return (*MAIN[:4], MAIN[0])


@planted.wrong(ranking_of)
def adds_a_sixth():
    return (*MAIN, "as-written")


@planted.wrong(ranking_of)
def misspells_one():
    return ("poling", *(name for name in MAIN if name != "pooling"))


@planted.wrong(ranking_of)
def names_letters():
    return ("b", "a", "e", "c", "d")


@planted.wrong(ranking_of)
def gives_a_text():
    return ", ".join(MAIN)


@planted.wrong(ranking_of)
def gives_a_set():
    return set(MAIN)


@planted.wrong(ranking_of)
def gives_numbers():
    return (0, 1, 2, 3, 4)


def pooled_step(x, channels, normalised):
    x = layers.Conv2D(channels, 4, padding="same", use_bias=False)(x)
    x = layers.MaxPooling2D(2)(x)
    return layers.BatchNormalization(momentum=0.9)(x) if normalised else x


def judged(image, x):
    return Model(image, layers.Flatten()(layers.Conv2D(1, 4, use_bias=False)(x)))


@planted.right(network_of)
def is_a_sequential(width):
    network = Sequential([Input((32, 32, 3))])
    for times in (1, 2, 4):
        network.add(layers.Conv2D(times * width, 4, padding="same", use_bias=False))
        network.add(layers.MaxPool2D())
        if times > 1:
            network.add(layers.BatchNormalization(momentum=0.9))
        network.add(layers.Activation("leaky_relu"))
    network.add(layers.Conv2D(1, 4, use_bias=False))
    network.add(layers.Reshape((1,)))
    return network


@planted.right(network_of)
def takes_functions(width):
    image = Input((32, 32, 3))
    x = activations.leaky_relu(pooled_step(image, width, False), negative_slope=0.2)
    x = layers.ReLU(negative_slope=0.2)(pooled_step(x, 2 * width, True))
    x = pooled_step(x, 4 * width, True)
    return judged(image, ops.maximum(x, 0.2 * x))


@planted.right(network_of)
def pools_by_hand(width):
    image = Input((32, 32, 3))
    x, side = image, 32
    for times in (1, 2, 4):
        x = layers.ZeroPadding2D(((1, 2), (1, 2)))(x)
        x = layers.Conv2D(times * width, 4, use_bias=False)(x)
        side //= 2
        x = ops.max(ops.reshape(x, (-1, side, 2, side, 2, times * width)), axis=(2, 4))
        x = layers.BatchNormalization(momentum=0.9, epsilon=1e-5)(x) if times > 1 else x
        x = layers.LeakyReLU(0.2)(x)
    return judged(image, x)


@planted.wrong(network_of)
def keeps_strides(width):
    image = Input((32, 32, 3))
    x = image
    for times in (1, 2, 4):
        x = layers.Conv2D(times * width, 4, 2, padding="same", use_bias=False)(x)
        x = layers.BatchNormalization(momentum=0.9)(x) if times > 1 else x
        x = layers.LeakyReLU(0.2)(x)
    return judged(image, x)


@planted.wrong(network_of)
def averages(width):
    image = Input((32, 32, 3))
    x = image
    for times in (1, 2, 4):
        x = layers.Conv2D(times * width, 4, padding="same", use_bias=False)(x)
        x = layers.AveragePooling2D(2)(x)
        x = layers.BatchNormalization(momentum=0.9)(x) if times > 1 else x
        x = layers.LeakyReLU(0.2)(x)
    return judged(image, x)


@planted.wrong(network_of)
def pools_last(width):
    image = Input((32, 32, 3))
    x = image
    for times in (1, 2, 4):
        x = layers.Conv2D(times * width, 4, padding="same", use_bias=False)(x)
        x = layers.BatchNormalization(momentum=0.9)(x) if times > 1 else x
        x = layers.MaxPooling2D(2)(layers.LeakyReLU(0.2)(x))
    return judged(image, x)


@planted.wrong(network_of)
def normalises_everywhere(width):
    image = Input((32, 32, 3))
    x = image
    for times in (1, 2, 4):
        x = layers.LeakyReLU(0.2)(pooled_step(x, times * width, True))
    return judged(image, x)


@planted.wrong(network_of)
def normalises_nowhere(width):
    image = Input((32, 32, 3))
    x = image
    for times in (1, 2, 4):
        x = layers.LeakyReLU(0.2)(pooled_step(x, times * width, False))
    return judged(image, x)


@planted.wrong(network_of)
def leaves_the_default_momentum(width):
    image = Input((32, 32, 3))
    x = image
    for times in (1, 2, 4):
        x = pooled_step(x, times * width, False)
        x = layers.BatchNormalization()(x) if times > 1 else x
        x = layers.LeakyReLU(0.2)(x)
    return judged(image, x)


@planted.wrong(network_of)
def leaves_the_default_slope(width):
    image = Input((32, 32, 3))
    x = image
    for times in (1, 2, 4):
        x = layers.LeakyReLU()(pooled_step(x, times * width, times > 1))
    return judged(image, x)


@planted.wrong(network_of)
def takes_relu(width):
    image = Input((32, 32, 3))
    x = image
    for times in (1, 2, 4):
        x = layers.ReLU()(pooled_step(x, times * width, times > 1))
    return judged(image, x)


@planted.wrong(network_of)
def has_biases(width):
    image = Input((32, 32, 3))
    x = image
    for times in (1, 2, 4):
        x = layers.MaxPooling2D(2)(layers.Conv2D(times * width, 4, padding="same")(x))
        x = layers.BatchNormalization(momentum=0.9)(x) if times > 1 else x
        x = layers.LeakyReLU(0.2)(x)
    return judged(image, x)


@planted.wrong(network_of)
def takes_kernel_3(width):
    image = Input((32, 32, 3))
    x = image
    for times in (1, 2, 4):
        x = layers.Conv2D(times * width, 3, padding="same", use_bias=False)(x)
        x = layers.MaxPooling2D(2)(x)
        x = layers.BatchNormalization(momentum=0.9)(x) if times > 1 else x
        x = layers.LeakyReLU(0.2)(x)
    return judged(image, x)


@planted.wrong(network_of)
def keeps_its_width(width):
    image = Input((32, 32, 3))
    x = image
    for step in range(3):
        x = layers.LeakyReLU(0.2)(pooled_step(x, width, step > 0))
    return judged(image, x)


@planted.wrong(network_of)
def never_uses_the_width(width):
    return takes_functions(6)


def paired(differences):
    mean, count = differences.mean(), len(differences)
    reach = stats.t.ppf(0.975, count - 1) * differences.std(ddof=1) / math.sqrt(count)
    return mean, mean - reach, mean + reach


@planted.right(interval_of)
def asks_scipys_test(turned, written):
    low, high = stats.ttest_rel(turned, written).confidence_interval(0.95)
    return (low + high) / 2, low, high


@planted.right(interval_of)
def asks_scipys_distribution(turned, written):
    gaps = np.subtract(turned, written)
    low, high = stats.t.interval(0.95, len(gaps) - 1, gaps.mean(), stats.sem(gaps))
    return [gaps.mean(), low, high]


@planted.right(interval_of)
def counts_by_hand(turned, written):
    gaps = [float(one - other) for one, other in zip(turned, written, strict=True)]
    mean = statistics.fmean(gaps)
    error = statistics.stdev(gaps) / len(gaps) ** 0.5
    reach = -stats.t(len(gaps) - 1).ppf(0.025) * error
    return mean, mean - reach, mean + reach


@planted.wrong(interval_of)
def takes_the_normal_distribution(turned, written):
    gaps = turned - written
    reach = 1.96 * stats.sem(gaps)
    return gaps.mean(), gaps.mean() - reach, gaps.mean() + reach


@planted.wrong(interval_of)
def divides_by_n(turned, written):
    gaps = turned - written
    reach = stats.t.ppf(0.975, len(gaps) - 1) * gaps.std() / len(gaps) ** 0.5
    return gaps.mean(), gaps.mean() - reach, gaps.mean() + reach


@planted.wrong(interval_of)
def forgets_the_root_of_n(turned, written):
    gaps = turned - written
    reach = stats.t.ppf(0.975, len(gaps) - 1) * gaps.std(ddof=1)
    return gaps.mean(), gaps.mean() - reach, gaps.mean() + reach


@planted.wrong(interval_of)
def divides_by_n_itself(turned, written):
    gaps = turned - written
    reach = stats.t.ppf(0.975, len(gaps) - 1) * gaps.std(ddof=1) / len(gaps)
    return gaps.mean(), gaps.mean() - reach, gaps.mean() + reach


@planted.wrong(interval_of)
def divides_by_the_root_of_n_less_1(turned, written):
    gaps = turned - written
    reach = stats.t.ppf(0.975, len(gaps) - 1) * gaps.std(ddof=1) / (len(gaps) - 1) ** 0.5
    return gaps.mean(), gaps.mean() - reach, gaps.mean() + reach


@planted.wrong(interval_of)
def leaves_5_per_cent_on_each_side(turned, written):
    gaps = turned - written
    reach = stats.t.ppf(0.95, len(gaps) - 1) * stats.sem(gaps)
    return gaps.mean(), gaps.mean() - reach, gaps.mean() + reach


@planted.wrong(interval_of)
def takes_n_degrees_of_freedom(turned, written):
    gaps = turned - written
    reach = stats.t.ppf(0.975, len(gaps)) * stats.sem(gaps)
    return gaps.mean(), gaps.mean() - reach, gaps.mean() + reach


@planted.wrong(interval_of)
def ignores_pairs(turned, written):
    low, high = stats.ttest_ind(turned, written).confidence_interval(0.95)
    return turned.mean() - written.mean(), low, high


@planted.wrong(interval_of)
def subtracts_the_wrong_way(turned, written):
    return paired(written - turned)


@planted.wrong(interval_of)
def gives_ends_in_the_wrong_order(turned, written):
    mean, low, high = paired(turned - written)
    return mean, high, low


@planted.wrong(interval_of)
def gives_the_reach(turned, written):
    mean, _, high = paired(turned - written)
    return mean, high - mean, high - mean


@planted.wrong(interval_of)
def gives_the_mean_alone(turned, written):
    return (turned - written).mean()


@planted.wrong(interval_of)
def subtracts_in_place(turned, written):
    turned -= written
    return paired(turned)


@planted.right(verdict_of)
def looks_case_by_case(low, high, better):
    if math.isnan(low) or math.isnan(high) or low <= 0 <= high:
        return "undecided"
    went_up = low > 0
    if better == "lower":
        return "holds" if went_up else "does not hold"
    return "does not hold" if went_up else "holds"


@planted.right(verdict_of)
def turns_the_interval_round(low, high, better):
    if better == "higher":
        low, high = -high, -low
    return "holds" if low > 0 else "does not hold" if high < 0 else "undecided"


@planted.right(verdict_of)
def looks_it_up(low, high, better):
    side = int(low > 0) - int(high < 0)
    words = {1: "holds", -1: "does not hold", 0: "undecided"}
    return words[side if better == "lower" else -side]


@planted.wrong(verdict_of)
def ignores_the_direction(low, high, better):
    return turns_the_interval_round(low, high, "lower")


@planted.wrong(verdict_of)
def takes_every_figure_for_a_score(low, high, better):
    return turns_the_interval_round(low, high, "higher")


@planted.wrong(verdict_of)
def looks_at_the_middle(low, high, better):
    middle = (low + high) / 2
    return turns_the_interval_round(middle, middle, better)


@planted.wrong(verdict_of)
def decides_at_an_end_of_0(low, high, better):
    if better == "higher":
        low, high = -high, -low
    return "holds" if low >= 0 else "does not hold" if high <= 0 else "undecided"


@planted.wrong(verdict_of)
def decides_where_the_upper_end_is_0(low, high, better):
    worse, improved = low > 0, high <= 0
    if better == "higher":
        worse, improved = improved, worse
    return "holds" if worse else "does not hold" if improved else "undecided"


@planted.wrong(verdict_of)
def decides_without_an_interval(low, high, better):
    if not low < 0 < high and not low > 0:
        return "does not hold" if better == "lower" else "holds"
    return turns_the_interval_round(low, high, better)


@planted.wrong(verdict_of)
def takes_no_interval_for_harm(low, high, better):
    return "holds" if math.isnan(low) else turns_the_interval_round(low, high, better)


@planted.wrong(verdict_of)
def knows_two_verdicts(low, high, better):
    said = turns_the_interval_round(low, high, better)
    return said if said == "holds" else "does not hold"


@planted.wrong(verdict_of)
def turns_words_round(low, high, better):
    said = turns_the_interval_round(low, high, better)
    return {"holds": "does not hold", "does not hold": "holds"}.get(said, said)


@planted.wrong(verdict_of)
def calls_it_no_effect(low, high, better):
    return turns_the_interval_round(low, high, better).replace("undecided", "no effect")


@planted.wrong(verdict_of)
def gives_a_truth_value(low, high, better):
    return turns_the_interval_round(low, high, better) == "holds"


@pytest.fixture(scope="module")
def chapter(tmp_path_factory):
    return SolvedChapter("10", tmp_path_factory.mktemp("probes"))


class TestAnswers(PlantedTests):
    planted = planted
