"""Chapter 11: what students might write, before the visible check and before the mark."""

import numpy as np
import pytest
from scipy.signal import convolve

from tests.support.planted import Planted, PlantedTests, SolvedChapter

planted = Planted()
fold_of, up_of, codes_of, seen_of = "fold", "up", "to-codes", "seen-before"


@planted.right(fold_of)
def folds_by_einsum(kernel, gamma, beta, mean, variance, epsilon):
    factor = gamma / np.sqrt(variance + epsilon)
    return np.einsum("hwoi,o->hwoi", kernel, factor), beta - factor * mean


@planted.right(fold_of)
def folds_channel_by_channel(kernel, gamma, beta, mean, variance, epsilon):
    kernel, bias = kernel.copy(), np.zeros(len(gamma))
    for channel in range(len(gamma)):
        factor = gamma[channel] / (variance[channel] + epsilon) ** 0.5
        kernel[:, :, channel] *= factor
        bias[channel] = beta[channel] - mean[channel] * factor
    return kernel, bias


@planted.right(fold_of)
def asks_what_becomes_of_0_and_1(kernel, gamma, beta, mean, variance, epsilon):
    def normalise(x):
        return gamma * (x - mean) / np.sqrt(variance + epsilon) + beta

    bias = normalise(0)
    return kernel * (normalise(1) - bias)[None, None, :, None], bias


@planted.wrong(fold_of)
def forgets_the_mean(kernel, gamma, beta, mean, variance, epsilon):
    return kernel * (gamma / np.sqrt(variance + epsilon))[:, None], beta


@planted.wrong(fold_of)
def divides_by_the_variance(kernel, gamma, beta, mean, variance, epsilon):
    factor = gamma / (variance + epsilon)
    return kernel * factor[:, None], beta - mean * factor


@planted.wrong(fold_of)
def adds_epsilon_outside_of_the_root(kernel, gamma, beta, mean, variance, epsilon):
    factor = gamma / (np.sqrt(variance) + epsilon)
    return kernel * factor[:, None], beta - mean * factor


@planted.wrong(fold_of)
def leaves_gamma_out(kernel, gamma, beta, mean, variance, epsilon):
    factor = 1 / np.sqrt(variance + epsilon)
    return kernel * factor[:, None], beta - mean * factor


@planted.wrong(fold_of)
def folds_the_bias_alone(kernel, gamma, beta, mean, variance, epsilon):
    return kernel, beta - mean * gamma / np.sqrt(variance + epsilon)


@planted.wrong(fold_of)
def subtracts_the_mean_unscaled(kernel, gamma, beta, mean, variance, epsilon):
    return kernel * (gamma / np.sqrt(variance + epsilon))[:, None], beta - mean


@planted.wrong(fold_of)
def gives_the_bias_first(kernel, gamma, beta, mean, variance, epsilon):
    return folds_by_einsum(kernel, gamma, beta, mean, variance, epsilon)[::-1]


def place(row, column, stride, size):
    return np.s_[row * stride : row * stride + size, column * stride : column * stride + size]


def stamps(maps, kernel, stride, turn=lambda kernel: kernel, add=True):
    side, size = len(maps), kernel.shape[1]
    whole = (side - 1) * stride + size
    sums = np.zeros((whole, whole, kernel.shape[3]))
    for row, column in np.ndindex(side, side):
        at = place(row, column, stride, size)
        sums[at] = sums[at] * add + np.tensordot(maps[row, column], turn(kernel), 1)
    return sums


@planted.right(up_of)
def stamps_value_by_value(maps, kernel, stride):
    side, size = len(maps), kernel.shape[1]
    whole = (side - 1) * stride + size
    sums = np.zeros((whole, whole, kernel.shape[3]))
    for row, column, channel in np.ndindex(*maps.shape):
        sums[place(row, column, stride, size)] += maps[row, column, channel] * kernel[channel]
    return sums


@planted.right(up_of)
def goes_through_the_kernel(maps, kernel, stride):
    side, size = len(maps), kernel.shape[1]
    reach = stride * (side - 1) + 1
    sums = np.zeros((reach + size - 1, reach + size - 1, kernel.shape[3]))
    for row, column in np.ndindex(size, size):
        shifted = sums[row : row + reach : stride, column : column + reach : stride]
        shifted += maps @ kernel[:, row, column]
    return sums


@planted.right(up_of)
def spreads_the_map_and_convolves(maps, kernel, stride):
    reach = stride * (len(maps) - 1) + 1
    spread = np.zeros((reach, reach, maps.shape[2]))
    spread[::stride, ::stride] = maps
    outputs = [
        sum(convolve(spread[..., i], kernel[i, ..., o]) for i in range(maps.shape[2]))
        for o in range(kernel.shape[3])
    ]
    return np.stack(outputs, axis=-1)


@planted.wrong(up_of)
def replaces_where_stamps_overlap(maps, kernel, stride):
    return stamps(maps, kernel, stride, add=False)


@planted.wrong(up_of)
def stamps_upside_down(maps, kernel, stride):
    return stamps(maps, kernel, stride, turn=lambda kernel: kernel[:, ::-1, ::-1])


@planted.wrong(up_of)
def takes_every_stride_for_2(maps, kernel, stride):
    return stamps(maps, kernel, 2)


@planted.wrong(up_of)
def cuts_the_edges_off(maps, kernel, stride):
    return stamps(maps, kernel, stride)[1:-1, 1:-1]


@planted.wrong(up_of)
def repeats_pixels(maps, kernel, stride):
    mixed = np.tensordot(maps, kernel.mean(axis=(1, 2)), 1)
    return mixed.repeat(stride, axis=0).repeat(stride, axis=1)


@planted.wrong(up_of)
def swaps_rows_and_columns(maps, kernel, stride):
    return stamps(maps, kernel, stride).transpose(1, 0, 2)


@planted.wrong(up_of)
def applies_relu(maps, kernel, stride):
    return np.maximum(stamps(maps, kernel, stride), 0)


@planted.right(codes_of)
def has_factors_of_1_for_silent_channels(kernel):
    largest = np.abs(kernel).max(axis=(0, 1, 2))
    factors = np.where(largest > 0, largest, 127) / 127
    return np.rint(kernel / factors).astype("int8"), factors


@planted.right(codes_of)
def goes_channel_by_channel(kernel):
    codes, factors = np.zeros(kernel.shape, np.int8), np.ones(kernel.shape[-1])
    for channel in range(kernel.shape[-1]):
        largest = np.abs(kernel[..., channel]).max()
        if largest:
            factors[channel] = largest / 127
            codes[..., channel] = np.round(kernel[..., channel] / factors[channel])
    return codes, factors


@planted.right(codes_of)
def flattens_first(kernel):
    rows = kernel.reshape(-1, kernel.shape[-1])
    factors = np.maximum(rows.max(axis=0), -rows.min(axis=0)) / 127 + 1e-30
    return np.floor(kernel / factors + 0.5).clip(-127, 127).astype(np.int8), factors


def coded(kernel, axes=(0, 1, 2), steps=127, how=np.round, kind=np.int8):
    factors = np.maximum(np.abs(kernel).max(axis=axes), 1e-12) / steps
    return how(kernel / factors).astype(kind), factors


@planted.wrong(codes_of)
def has_one_factor_for_all(kernel):
    return coded(kernel, axes=None)


@planted.wrong(codes_of)
def cuts_instead_of_rounding(kernel):
    return coded(kernel, how=np.trunc)


@planted.wrong(codes_of)
def keeps_floats(kernel):
    return coded(kernel, kind=np.float32)


@planted.wrong(codes_of)
def uses_seven_bits(kernel):
    return coded(kernel, steps=63)


@planted.wrong(codes_of)
def runs_over_the_end_of_a_byte(kernel):
    return coded(kernel, steps=128, how=lambda values: np.round(values).astype(np.int16))


@planted.wrong(codes_of)
def looks_at_the_largest_without_its_sign(kernel):
    factors = np.maximum(np.abs(kernel.max(axis=(0, 1, 2))), 1e-12) / 127
    return np.clip(np.round(kernel / factors), -127, 127).astype(np.int8), factors


@planted.wrong(codes_of)
def gives_the_inverse_factors(kernel):
    codes, factors = coded(kernel)
    return codes, 1 / factors


@planted.right(seen_of)
def counts_the_faces_that_are_missed(visits, numbers):
    return visits - (numbers - numbers * (1 - 1 / numbers) ** visits)


@planted.right(seen_of)
def adds_visit_by_visit(visits, numbers):
    different = 0.0
    for _ in range(visits):
        different += 1 - different / numbers  # this visit's number is new with this probability
    return visits - different


@planted.right(seen_of)
def keeps_its_digits(visits, numbers):
    with np.errstate(divide="ignore"):
        return float(visits + numbers * np.expm1(visits * np.log1p(-1 / numbers)))


@planted.wrong(seen_of)
def sees_none(visits, numbers):
    return 0.0


@planted.wrong(seen_of)
def counts_pairs(visits, numbers):
    return visits * (visits - 1) / 2 / numbers


@planted.wrong(seen_of)
def gives_the_different_ones(visits, numbers):
    return numbers - numbers * (1 - 1 / numbers) ** visits


@planted.wrong(seen_of)
def gives_the_birthday_probability(visits, numbers):
    return 1 - np.exp(-visits * (visits - 1) / 2 / numbers)


@planted.wrong(seen_of)
def divides(visits, numbers):
    return visits / numbers


@planted.wrong(seen_of)
def rounds_to_whole_visits(visits, numbers):
    return float(round(counts_the_faces_that_are_missed(visits, numbers)))


@pytest.fixture(scope="module")
def chapter(tmp_path_factory):
    return SolvedChapter("11", tmp_path_factory.mktemp("probes"))


class TestAnswers(PlantedTests):
    planted = planted
