"""Chapter 13: what students might write, before the visible check and before the mark."""

import math

import numpy as np
import pytest

from tests.support.planted import Planted, PlantedTests, SolvedChapter

planted = Planted()
modulate_of, seen_of, bend_of, decibels_of = "modulate", "seen-as", "bend", "decibels"


@planted.right(modulate_of)
def modulates_by_einsum(kernel, style):
    scaled = np.einsum("hwio,i->hwio", kernel, style)
    return scaled * (np.einsum("hwio,hwio->o", scaled, scaled) + 1e-8) ** -0.5


@planted.right(modulate_of)
def modulates_channel_by_channel(kernel, style):
    found = np.array(kernel)
    for channel in range(kernel.shape[3]):
        for place, factor in enumerate(style):
            found[:, :, place, channel] *= factor
        found[..., channel] /= np.linalg.norm(found[..., channel])
    return found


@planted.right(modulate_of)
def modulates_a_flat_kernel(kernel, style):
    flat = (kernel * style.reshape(1, 1, -1, 1)).reshape(-1, kernel.shape[3])
    return (flat / np.linalg.norm(flat, axis=0)).reshape(kernel.shape)


def modulated(kernel, style, axes=(0, 1, 2), root=np.sqrt, shape=(-1, 1)):
    scaled = kernel * style.reshape(shape)
    return scaled / root((scaled**2).sum(axis=axes, keepdims=True) + 1e-8)


@planted.wrong(modulate_of)
def forgets_to_demodulate(kernel, style):
    return kernel * style[:, None]


@planted.wrong(modulate_of)
def divides_by_the_square(kernel, style):
    return modulated(kernel, style, root=lambda power: power)


@planted.wrong(modulate_of)
def demodulates_input_channels(kernel, style):
    return modulated(kernel, style, axes=(0, 1, 3))


@planted.wrong(modulate_of)
def has_one_length_for_all(kernel, style):
    return modulated(kernel, style, axes=(0, 1, 2, 3))


@planted.wrong(modulate_of)
def sums_over_input_channels_alone(kernel, style):
    return modulated(kernel, style, axes=2)


@planted.wrong(modulate_of)
def demodulates_before_the_style(kernel, style):
    return modulated(kernel, np.ones_like(style)) * style[:, None]


@planted.wrong(modulate_of)
def takes_the_style_without_its_sign(kernel, style):
    return modulated(kernel, np.abs(style))


@planted.wrong(modulate_of)
def changes_the_kernel_it_was_given(kernel, style):
    kernel *= style[:, None]
    kernel /= np.sqrt((kernel**2).sum(axis=(0, 1, 2)) + 1e-8)
    return 2 * kernel


@planted.right(seen_of)
def folds_the_remainder(waves, rate):
    left = waves % rate
    return min(left, rate - left)


@planted.right(seen_of)
def goes_down_by_rates(waves, rate):
    while waves > rate / 2:
        waves -= rate
    return abs(waves)


@planted.right(seen_of)
def asks_the_angle(waves, rate):
    turn = 2 * math.pi * waves / rate
    return abs(math.atan2(math.sin(turn), math.cos(turn))) * rate / (2 * math.pi)


@planted.wrong(seen_of)
def sees_them_all(waves, rate):
    return waves


@planted.wrong(seen_of)
def stops_at_half_the_rate(waves, rate):
    return min(waves, rate / 2)


@planted.wrong(seen_of)
def keeps_the_sign(waves, rate):
    return waves - rate * round(waves / rate)


@planted.wrong(seen_of)
def takes_the_remainder(waves, rate):
    return waves % rate


@planted.wrong(seen_of)
def folds_once(waves, rate):
    return abs(waves - rate) if waves > rate / 2 else waves


@planted.wrong(seen_of)
def folds_at_half_the_rate(waves, rate):
    return waves % (rate / 2)


@planted.wrong(seen_of)
def sees_nothing_of_fast_ones(waves, rate):
    return waves if waves <= rate / 2 else 0


def bent(maps, up, down, slope=0.2, gain=2**0.5, both=True):
    dense = np.einsum("th,hwc->twc", up, maps)
    dense = np.einsum("sw,twc->tsc", up, dense) if both else dense
    dense = np.where(dense < 0, slope * dense, dense) * gain
    return np.einsum("th,sw,hwc->tsc", down, down, dense)


@planted.right(bend_of)
def bends_by_tensordot(maps, up, down):
    def along(matrix, maps):
        rows = np.tensordot(matrix, maps, (1, 0))
        return np.tensordot(matrix, rows, (1, 1)).transpose(1, 0, 2)

    dense = along(up, maps)
    return along(down, np.maximum(dense, 0.2 * dense) * np.sqrt(2))


@planted.right(bend_of)
def bends_channel_by_channel(maps, up, down):
    outputs = []
    for channel in range(maps.shape[2]):
        dense = up @ maps[..., channel] @ up.T
        outputs.append(down @ (2**0.5 * np.where(dense > 0, dense, dense / 5)) @ down.T)
    return np.stack(outputs, axis=-1)


@planted.right(bend_of)
def applies_the_gain_at_the_end(maps, up, down):
    return bent(maps, up, down, gain=1) * math.sqrt(2)


@planted.wrong(bend_of)
def bends_before_it_goes_up(maps, up, down):
    maps = np.where(maps < 0, 0.2 * maps, maps) * 2**0.5
    return bent(maps, up, down, slope=1, gain=1)


@planted.wrong(bend_of)
def bends_after_it_came_down(maps, up, down):
    found = bent(maps, up, down, slope=1, gain=1)
    return np.where(found < 0, 0.2 * found, found) * 2**0.5


@planted.wrong(bend_of)
def forgets_the_gain(maps, up, down):
    return bent(maps, up, down, gain=1)


@planted.wrong(bend_of)
def applies_the_gain_twice(maps, up, down):
    return bent(maps, up, down, gain=2)


@planted.wrong(bend_of)
def cuts_off_what_is_below_0(maps, up, down):
    return bent(maps, up, down, slope=0)


@planted.wrong(bend_of)
def has_keras_slope(maps, up, down):
    return bent(maps, up, down, slope=0.3)


@planted.wrong(bend_of)
def goes_up_along_rows_alone(maps, up, down):
    return bent(maps, up, down, both=False)


@planted.wrong(bend_of)
def stays_on_the_dense_grid(maps, up, down):
    return bent(maps, up, np.eye(len(up), dtype=np.float32))


@planted.wrong(bend_of)
def swaps_rows_and_columns(maps, up, down):
    return bent(maps, up, down).transpose(1, 0, 2)


def ratio(one, other, valid, power=4.0, factor=10, log=np.log10):
    return float(factor * log(power / np.mean((one[valid] - other[valid]) ** 2)))


@planted.right(decibels_of)
def adds_the_peak_and_subtracts_the_error(one, other, valid):
    error = np.mean(np.square(one - other)[valid])
    return 20 * math.log10(2) - 10 * math.log10(error)


@planted.right(decibels_of)
def sums_and_divides(one, other, valid):
    error = ((one - other) ** 2 * valid[..., None]).sum() / (3 * valid.sum())
    return float(10 * np.log(4 / error) / np.log(10))


@planted.right(decibels_of)
def takes_20_of_roots(one, other, valid):
    off = (one - other)[valid]
    return float(20 * np.log10(2 / np.sqrt((off**2).mean())))


@planted.wrong(decibels_of)
def forgets_what_is_valid(one, other, valid):
    return ratio(one, other, np.ones_like(valid))


@planted.wrong(decibels_of)
def takes_1_for_the_peak(one, other, valid):
    return ratio(one, other, valid, power=1)


@planted.wrong(decibels_of)
def takes_255_for_the_peak(one, other, valid):
    return ratio(one, other, valid, power=255**2)


@planted.wrong(decibels_of)
def takes_2_for_the_power(one, other, valid):
    return ratio(one, other, valid, power=2)


@planted.wrong(decibels_of)
def takes_20_of_squares(one, other, valid):
    return ratio(one, other, valid, factor=20)


@planted.wrong(decibels_of)
def takes_the_natural_logarithm(one, other, valid):
    return ratio(one, other, valid, log=np.log)


@planted.wrong(decibels_of)
def turns_the_ratio_over(one, other, valid):
    return -ratio(one, other, valid)


@planted.wrong(decibels_of)
def counts_pixels_that_are_not_valid(one, other, valid):
    error = np.mean((one - other) ** 2 * valid[..., None])
    return float(10 * np.log10(4 / error))


@pytest.fixture(scope="module")
def chapter(tmp_path_factory):
    return SolvedChapter("13", tmp_path_factory.mktemp("probes"))


class TestAnswers(PlantedTests):
    planted = planted
