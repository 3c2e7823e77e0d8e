"""Chapter 13: its experiments say what they claim, its figures and its widget show it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from dcgan_course.ch13_style import checks, measuring, plots, waves, widgets
from dcgan_course.checking import CheckFailed
from dcgan_lib.beyond.style import CONFIGURATIONS, build_style_generator, style_settings


@pytest.fixture(scope="module")
def generators():
    small = {"image_size": 32, "margin": 6, "most_channels": 8, "generator_width": 4}
    return {
        name: build_style_generator(style_settings("tiny", configuration=name, **small))
        for name in CONFIGURATIONS
    }


@pytest.fixture(scope="module")
def z():
    return np.random.default_rng(4).standard_normal((2, 64)).astype(np.float32)


def test_a_folded_wave_has_the_same_samples():
    points = np.arange(32) / 32
    for fast in (20, 30, 33, 70.5):
        slow = waves.seen_as(fast, 32)
        assert 0 <= slow <= 16
        assert np.allclose(*(np.cos(2 * np.pi * one * points) for one in (fast, slow)))


def test_harmonics_are_what_a_bent_wave_holds():
    table = waves.harmonics(11, rate=32)
    assert list(table.index) == [11, 22, 44, 66] and list(table["seen as"]) == [11, 10, 12, 2]
    found = waves.strengths(waves.bent_wave(11, filtered=False))
    strong = {int(place) for place in np.flatnonzero(found > 0.01)}
    assert {0, 2, 10, 11, 12} <= strong


def test_filters_take_the_ghosts_out_and_leave_the_wave():
    plain, filtered = (
        waves.strengths(waves.bent_wave(9, filtered=filtered)) for filtered in (False, True)
    )
    assert filtered[9] > 0.7 * plain[9]
    assert filtered[[4, 10, 14]].max() < plain[[4, 10, 14]].max() / 5


def test_a_filtered_bend_moves_as_its_wave_does_and_a_plain_one_does_not():
    def shifted(samples, by):
        turns = np.exp(-2j * np.pi * np.fft.rfftfreq(len(samples)) * by)
        return np.fft.irfft(np.fft.rfft(samples) * turns, len(samples))

    def off(filtered):
        still = waves.bent_wave(7, filtered=filtered)
        after = waves.bent_wave(7, filtered=filtered, moved=0.5)
        return np.abs(after - shifted(still, 0.5)).mean()

    assert off(filtered=True) < off(filtered=False) / 4


def test_figures_have_a_picture_for_each_generator(generators, z):
    figures = [
        plots.draw_bent_wave(11),
        plots.draw_truncation(generators["T"], z, (0, 1)),
        plots.draw_moved(generators, z[0], np.array([0, 0.05, 0])),
        plots.draw_detail(generators, z[0], (0, 1)),
    ]
    assert all(isinstance(figure, Figure) for figure in figures)
    assert [len(figure.axes) for figure in figures] == [2, 4, 12, 6]


def test_everything_measured_comes_as_tables(generators, z):
    measured = measuring.measure_all(generators, z)
    peak, ceiling = (measuring.in_decibels(measured, which) for which in ("peak", "ceiling"))
    assert list(peak.index) == list(CONFIGURATIONS) and list(peak) == ["EQ-T", "EQ-R"]
    assert peak.loc["T", "EQ-T"] > peak.loc["plain", "EQ-T"] + 10
    assert len(plots.draw_measured(peak, ceiling).axes[0].patches) == 12
    sticking = measuring.sticking_table(generators, z, pixels=1.0)
    assert isinstance(sticking, pd.DataFrame) and list(sticking) == ["follows", "stays"]
    assert sticking.loc["T", "follows"] > sticking.loc["plain", "follows"]


def test_sliders_move_and_turn_to_their_ends(generators, z):
    box = widgets.explore_moving(generators, z[0])
    first = box.picture.value
    for slider in box.controls.values():
        for end in (slider.min, slider.max):
            slider.value = end
            assert box.picture.value != first and box.message.value == ""
    still, turned = (widgets.moved_frame(generators, z[0], 0, angle) for angle in (0, 180))
    assert still.dtype == np.uint8 and still.shape == turned.shape and (still != turned).any()


def test_a_check_says_where_to_look():
    with pytest.raises(CheckFailed, match="sum of squares"):
        checks.check_modulate(lambda kernel, style: kernel * style[:, None])
    with pytest.raises(CheckFailed, match="Whole multiples of the rate"):
        checks.check_seen_as(lambda waves, rate: min(waves, rate / 2))
    with pytest.raises(CheckFailed, match=r"√2, once"):
        checks.check_bend(lambda maps, up, down: checks._bend(maps, up, down) / 2**0.5)
    with pytest.raises(CheckFailed, match="Only pixels where `valid` is True"):
        checks.check_decibels(lambda a, b, valid: 10 * np.log10(4 / np.mean((a - b) ** 2)))
