"""Resampling by matrices: what passes arrives where it was, and the rest doesn't come back."""

from __future__ import annotations

import numpy as np
import pytest

from dcgan_lib.beyond.style.filters import Band, Grid, linear_matrix, resampling_matrix
from dcgan_lib.beyond.style.plan import plan_stages
from dcgan_lib.beyond.style.settings import style_settings
from dcgan_lib.shared import CourseError

COARSE, FINE = Grid(16, 10), Grid(32, 12)
BAND = Band(4.0, 4.0)
INNER = slice(8, -8)  # away from the edges of both


def wave(grid, waves):
    return np.cos(2 * np.pi * waves * grid.positions() + 0.3)


def test_positions_are_the_middles_of_pixels():
    assert np.allclose(Grid(4).positions(), [-0.375, -0.125, 0.125, 0.375])
    assert np.allclose(Grid(4, 1).positions()[1:-1], Grid(4).positions())


@pytest.mark.parametrize("start, end", [(COARSE, FINE), (FINE, COARSE), (COARSE, COARSE)])
def test_a_constant_stays_what_it_is(start, end):
    inner = resampling_matrix(start, end, BAND)[INNER]
    assert np.allclose(inner.sum(axis=1), 1, atol=1e-5)


@pytest.mark.parametrize("waves", [0.5, 1, 2])
def test_a_slow_wave_arrives_where_it_was(waves):
    up = resampling_matrix(COARSE, FINE, Band(8.0, 5.0))
    assert np.allclose((up @ wave(COARSE, waves))[8:-8], wave(FINE, waves)[8:-8], atol=0.01)


def test_a_wave_beyond_the_band_is_taken_out_and_would_have_come_back_as_another():
    fast = wave(FINE, 13)  # of 32 samples; on 16 it would look like 3 waves
    down = resampling_matrix(FINE, COARSE, BAND)
    kept = (down @ fast)[INNER]
    dropped = fast[4:-4:2]
    assert np.abs(kept).max() < 0.02 < 0.9 < np.abs(dropped).max()


def test_a_matrix_reaches_over_six_samples_of_the_coarser_grid():
    for start, end in ((COARSE, FINE), (FINE, COARSE)):
        near = np.abs(end.positions()[:, None] - start.positions()[None]) <= 3 / COARSE.rate
        assert not resampling_matrix(start, end, BAND)[~near].any()


def test_linear_interpolation_weighs_neighbours_by_three_to_one():
    row = linear_matrix(Grid(4), Grid(8))[3]
    assert np.allclose(row, [0, 0.75, 0.25, 0])


def test_stages_grow_as_the_paper_plans_them():
    stages = plan_stages(style_settings("quick"))
    assert [stage.grid.rate for stage in stages] == [16, 16, 16, 32, 64, 64, 64]
    assert [stage.band.cutoff for stage in stages] == [2, 2, 4, 8, 16, 32, 32]
    assert [stage.channels for stage in stages] == [64, 64, 64, 64, 32, 16, 16]
    assert all(stage.band.cutoff <= stage.grid.rate / 2 for stage in stages)


@pytest.mark.parametrize(
    "name, value", [("configuration", "S"), ("depth", 2), ("margin", -1), ("mapping_depth", 0)]
)
def test_a_setting_that_cant_be_used_is_named(name, value):
    with pytest.raises(CourseError, match=f"{name}.*Expected.*Received"):
        style_settings("tiny", **{name: value})
