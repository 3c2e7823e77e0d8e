"""Chapter 11: its checks accept what is right and name what is wrong; its figures show it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from dcgan_course.ch11_publish import checks as check, plots, rounding, running, visits, widgets
from dcgan_course.ch11_publish.spectra import mean_spectrum
from dcgan_course.checking import CheckFailed
from dcgan_lib.generator import build_generator
from dcgan_lib.publish import fold_generator, make_faces
from dcgan_lib.settings import get_settings
from dcgan_lib.train.sample import draw_noise
from tests.support.publishing import filled

SETTINGS = get_settings("tiny", image_size=32)


@pytest.fixture(scope="module")
def generator():
    return filled(build_generator(SETTINGS))


@pytest.fixture(scope="module")
def stamps(generator):
    return fold_generator(generator)


@pytest.fixture(scope="module")
def z():
    return draw_noise(12, 100, 0)


def fold(kernel, gamma, beta, mean, variance, epsilon, root=np.sqrt, axis=2, shift=True):
    factor = gamma / root(variance + epsilon)
    shape = [1, 1, 1, 1]
    shape[axis] = -1
    return kernel * factor.reshape(shape), beta - mean * factor * shift


def epsilon_outside(kernel, gamma, beta, mean, variance, epsilon):
    factor = gamma / (np.sqrt(variance) + epsilon)
    return kernel * factor[:, None], beta - mean * factor


def in_place(kernel, gamma, beta, mean, variance, epsilon):
    kernel *= (gamma / np.sqrt(variance + epsilon))[:, None]
    return kernel, beta - mean * gamma / np.sqrt(variance + epsilon)


def up(maps, kernel, stride, add=True, cut=0, flip=False):
    side, size = maps.shape[0], kernel.shape[1]
    whole = (side - 1) * stride + size
    sums = np.zeros((whole, whole, kernel.shape[3]), np.float32)
    kernel = kernel[:, ::-1] if flip else kernel
    for row, column in np.ndindex(side, side):
        place = np.s_[row * stride : row * stride + size, column * stride : column * stride + size]
        stamped = np.tensordot(maps[row, column], kernel, 1)
        sums[place] = sums[place] * add + stamped
    return sums[: whole - cut]


def to_codes(kernel, axes=(0, 1, 2), steps=127, how=np.round, kind=np.int8, least=1e-12):
    factors = np.maximum(np.abs(kernel).max(axis=axes), least) / steps
    return how(kernel / factors).astype(kind), factors


def seen_before(visits, numbers):
    return visits - numbers * (1 - (1 - 1 / numbers) ** visits)


def test_the_right_answers_pass(capsys):
    check.check_fold(fold)
    check.check_up(up)
    check.check_to_codes(to_codes)
    check.check_seen_before(seen_before)
    assert capsys.readouterr().out.count("✓") == 4


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (lambda *a: fold(*a, shift=False), "Where the maps are 0"),
        (lambda *a: fold(*a, root=lambda value: value), "Where the maps are 0"),
        (epsilon_outside, "Where the maps are 0"),
        (lambda *a: (a[0], fold(*a)[1]), "folded layer.*Which deviation divides"),
        (lambda *a: (fold(*a)[0].transpose(0, 1, 3, 2), fold(*a)[1]), "third axis"),
        (lambda *a: (fold(*a)[0], fold(*a)[1].sum()), "One for each channel"),
        (in_place, "changed what it was given"),
    ],
)
def test_a_wrong_fold_is_named(answer, message):
    with pytest.raises(CheckFailed, match=message):
        check.check_fold(answer)


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (lambda *a: up(*a, add=False), "added, not replaced"),
        (lambda *a: up(*a, cut=1), "where does it end"),
        (lambda *a: up(*a, flip=True), "stamp the kernel times itself"),
        (lambda maps, kernel, stride: up(np.sign(maps), kernel, stride), "times itself"),
        (lambda maps, kernel, stride: up(maps, kernel, 2), "last stamp start"),
    ],
)
def test_wrong_stamps_are_named(answer, message):
    with pytest.raises(CheckFailed, match=message):
        check.check_up(answer)


@pytest.mark.filterwarnings("ignore:invalid value:RuntimeWarning")
@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (lambda kernel: to_codes(kernel, axes=None), "factors has another shape"),
        (lambda kernel: to_codes(kernel, kind=np.int32), "aren't bytes"),
        (lambda kernel: to_codes(kernel, how=np.trunc), "half a step"),
        (lambda kernel: to_codes(kernel, steps=63), "whole byte"),
        (lambda kernel: (to_codes(kernel)[0], np.full(4, np.nan)), "isn't a number"),
        (lambda kernel: (to_codes(kernel)[0][0], to_codes(kernel)[1]), "codes has another shape"),
    ],
)
def test_wrong_codes_are_named(answer, message):
    with pytest.raises(CheckFailed, match=message.replace(" has another", " ha.* another")):
        check.check_to_codes(answer)


@pytest.mark.parametrize(
    ("formula", "message"),
    [
        (lambda visits, numbers: 0.0, "about 4[0-9]"),
        (lambda visits, numbers: visits**2 / numbers, "missed by every visit"),
        (lambda visits, numbers: visits / numbers, "missed by every visit"),
        (lambda v, n: float(round(seen_before(v, n), 2)), "far more numbers"),
    ],
)
def test_a_wrong_expectation_is_named(formula, message):
    with pytest.raises(CheckFailed, match=message):
        check.check_seen_before(formula)


def test_a_students_engine_makes_the_librarys_face(stamps, z):
    own, theirs = running.face_by(up, stamps, z[0]), make_faces(stamps, z[:1])[0]
    assert (own != theirs).mean() < 0.001


def test_layers_are_weighed(generator):
    table = running.weights_by_layer(generator)
    assert table["numbers"].sum() == generator.count_params()
    assert abs(table["share"].sum() - 1) < 0.01 and table.index[0] == "up_4"


@pytest.mark.parametrize("bits", [8, 6, 4, 3, 2])
def test_rounding_leaves_so_many_different_weights(stamps, bits):
    for stamp in rounding.rounded(stamps, bits):
        assert all(
            len(np.unique(stamp.kernel[..., channel])) < 2**bits
            for channel in range(stamp.kernel.shape[3])
        )


def test_fewer_bits_cost_more(stamps, z):
    photographs = make_faces(stamps, draw_noise(12, 100, 9))
    table = rounding.cost_of_bits(stamps, z, photographs)
    assert list(table.index) == list(rounding.BITS)
    assert table.loc[32, "pixels off"] == 0 and table["pixels off"].is_monotonic_increasing
    assert table["largest"].is_monotonic_increasing
    assert table.loc[8, "megabytes"] == table.loc[32, "megabytes"] / 4


def test_visits_count_as_the_formula_says():
    table = visits.seen_before_table(seen_before)
    many = table[table["counted"] > 20]
    assert len(many) > 5
    np.testing.assert_allclose(many["counted"], many["formula"], rtol=0.2)


def test_twins_among_visits_are_found_and_no_face_twice(generator):
    faces = visits.visit_faces(generator, SETTINGS, 12, seed=0)
    assert faces.shape == (12, 32, 32, 3) and len(np.unique(faces, axis=0)) == 12
    faces[7] = faces[2]
    alike = visits.closest_visits(faces, 3)
    assert set(alike.pairs[0]) == {2, 7} and alike.distances[0] == 0
    assert len(np.unique(alike.pairs)) == 6


def test_a_fine_grating_is_power_at_its_own_frequency():
    wave = np.tile(np.cos(2 * np.pi * 8 * np.arange(32) / 32), (32, 1))
    picture = np.repeat((127 + 100 * wave)[..., None], 3, axis=2).astype(np.uint8)
    assert mean_spectrum(picture[None]).idxmax() == 8


def test_figures_are_drawn(stamps, z, generator):
    faces = make_faces(stamps, z)
    table = pd.DataFrame(
        {"faces": [10, 10], "visits": [1, 9], "formula": [0, 4.0], "counted": [0, 4]}
    )
    beside = plots.draw_beside(faces[0], faces[1], ("one", "other"))
    assert "differ" in beside.axes[2].get_title()
    assert len(plots.draw_bits(stamps, z[:2]).axes) == 10
    assert plots.draw_seen_before(table).axes[0].get_xlabel() == "visits"
    assert len(plots.draw_closest_visits(faces, visits.closest_visits(faces, 2)).axes) == 4
    spectra = {"photographs": mean_spectrum(faces), "generated": mean_spectrum(faces)}
    assert len(plots.draw_spectra(spectra).axes[0].lines) == 2


def test_a_script_of_the_page_is_shown(capsys):
    plots.show_script("engine.js", "function up(", "// z → red")
    shown = capsys.readouterr().out
    assert shown.startswith("function up(") and "function add(" in shown
    assert "makeFace" not in shown and len(shown.splitlines()) < 50


def test_the_slider_of_bits_redraws_at_both_ends(stamps, z):
    box = widgets.explore_bits(stamps, z[:4])
    pictures = {box.picture.value}
    for bits in (2, 8):
        box.controls["bits"].value = bits
        pictures.add(box.picture.value)
    assert len(pictures) == 2 and not box.message.value
