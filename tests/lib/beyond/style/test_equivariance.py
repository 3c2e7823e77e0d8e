"""Measures of motion: right where the motion is known, and as the paper claims of T and R."""

from __future__ import annotations

import numpy as np
import pytest

from dcgan_lib.beyond.style import (
    CONFIGURATIONS,
    build_style_generator,
    circle,
    decibels,
    measure_rotation,
    measure_sticking,
    measure_translation,
    moved,
    moving_frames,
    shown_detail,
    style_settings,
)

COUNT = 3


@pytest.fixture(scope="module")
def generators():
    return {
        name: build_style_generator(style_settings("tiny", configuration=name))
        for name in CONFIGURATIONS
    }


@pytest.fixture(scope="module")
def z():
    return np.random.default_rng(4).standard_normal((COUNT, 64)).astype(np.float32)


@pytest.fixture(scope="module")
def pictures():
    return np.random.default_rng(0).normal(0, 0.3, (2, 32, 32, 3))


def test_whole_pixels_are_moved_exactly(pictures):
    shifts = np.array([[0, 3 / 32, -2 / 32], [0, 0, 0]])
    after, valid = moved(pictures, shifts)
    expected = np.roll(pictures[0], (-2, 3), axis=(0, 1))
    assert np.allclose(after[0][valid[0]], expected[valid[0]], atol=1e-6)
    assert np.allclose(after[1], pictures[1], atol=1e-6)


def test_a_quarter_turn_goes_anticlockwise(pictures):
    after, valid = moved(pictures[:1], np.array([[np.pi / 2, 0, 0]]))
    expected = np.rot90(pictures[0])
    assert np.allclose(after[0][valid[0]], expected[valid[0]], atol=1e-6)


def test_what_comes_from_beyond_the_edge_isnt_valid(pictures):
    _, valid = moved(pictures[:1], np.array([[0, 8 / 32, 0]]))
    assert not valid[0, :, :8].any() and valid[0, 5:-5, 13:-5].all()


def test_decibels_of_a_known_error(pictures):
    everywhere = np.ones(pictures.shape[:3], bool)
    assert decibels(pictures, pictures + 0.02, everywhere, 4.0) == pytest.approx(40)


def test_t_moves_as_its_source_does_and_plain_doesnt(generators, z):
    plain, filtered = (measure_translation(generators[name], z) for name in ("plain", "T"))
    assert plain.peak < 30 < 45 < filtered.peak
    assert filtered.relative - plain.relative > 20
    assert filtered.peak < filtered.ceiling + 3


def test_r_turns_as_its_source_does_and_t_doesnt(generators, z):
    filtered, turned = (measure_rotation(generators[name], z) for name in ("T", "R"))
    assert filtered.peak < 25 < 40 < turned.peak


def test_detail_follows_in_t_and_not_in_plain(generators, z):
    plain, filtered = (measure_sticking(generators[name], z) for name in ("plain", "T"))
    assert plain.follows < 0.9 < 0.999 < filtered.follows
    assert filtered.stays < 0.6


def test_plain_follows_by_whole_samples_of_its_coarsest_grid(generators, z):
    assert measure_sticking(generators["plain"], z, pixels=4).follows > 0.999


def test_a_circle_ends_where_it_began():
    way = circle(8, radius=0.1, degrees=20)
    assert np.allclose(way[0], 0)
    assert np.abs(way[:, 1]).max() == pytest.approx(0.1)
    assert way[4, 2] == pytest.approx(0.2)


def test_a_film_shows_each_generator_with_its_detail_below(generators, z):
    frames = list(moving_frames(generators, z[0], circle(2)))
    assert len(frames) == 2 and frames[0].dtype == np.uint8
    assert frames[0].shape == (24 + 2 * 64 * 3 + 4, 3 * (64 * 3 + 8), 3)
    assert np.array_equal(frames[0][:24], frames[1][:24]) and (frames[0] != frames[1]).any()


def test_detail_is_shown_on_grey_and_as_strong_for_any_contrast(pictures):
    one, other = shown_detail(pictures), shown_detail(pictures / 100)
    assert np.abs(one.astype(int) - other).max() <= 1 and 100 < one.mean() < 155
