"""Figures: what is drawn where."""

import io

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from PIL import Image

from dcgan_lib.shared.palette import GENERATED_COLOUR, REAL_COLOUR
from dcgan_lib.shared.pictures import (
    MARK,
    draw_pictures,
    draw_strip,
    finish,
    image_grid,
    png_bytes,
    show_picture,
    split_grid,
    write_png,
)
from dcgan_lib.train.plots import plot_history


def test_a_grid_lays_images_out_row_by_row_on_white():
    images = np.stack([np.full((4, 6, 3), value, np.uint8) for value in (10, 20, 30)])
    grid = image_grid(images, gap=1)
    assert grid.shape == (2 * 5 + 1, 2 * 7 + 1, 3)
    assert [grid[1, 1, 0], grid[1, 8, 0], grid[6, 1, 0]] == [10, 20, 30]
    assert (grid[6:, 8:] == 255).all() and (grid[0] == 255).all() and (grid[:, 7] == 255).all()


def test_columns_can_be_chosen():
    assert image_grid(np.zeros((6, 4, 4, 3), np.uint8), columns=6, gap=0).shape == (4, 24, 3)


def test_a_grid_comes_apart_again_row_by_row():
    images = np.random.default_rng(0).integers(0, 256, (7, 8, 8, 3), np.uint8)
    apart = split_grid(image_grid(images), side=8)
    np.testing.assert_array_equal(apart[:7], images)
    assert len(apart) == 9 and (apart[7:] == 255).all()


def test_a_strip_has_a_column_for_each_title_and_a_row_for_each_face():
    faces = np.arange(2 * 4 * 4 * 3, dtype=np.uint8).reshape(2, 4, 4, 3)
    figure = draw_strip({"epoch 0": faces, "epoch 8": faces[::-1]})
    assert [axes.get_title() for axes in figure.axes] == ["epoch 0", "epoch 8", "", ""]
    shown = [np.asarray(axes.images[0].get_array()) for axes in figure.axes]
    np.testing.assert_array_equal(shown, [faces[0], faces[1], faces[1], faces[0]])


@pytest.mark.parametrize("epochs", [1, 30])
def test_history_is_drawn_with_its_equilibria(epochs):
    history = pd.DataFrame({"epoch": range(1, epochs + 1)})
    for place, name in enumerate(("d_loss", "g_loss", "d_real", "d_fake"), 1):
        history[name] = np.linspace(place, place / 2, epochs) / 5
    figures = plot_history(history)
    assert set(figures) == {"losses", "d_outputs"}
    for figure, columns, levels in (
        (figures["losses"], ("d_loss", "g_loss"), (np.log(4), np.log(2))),
        (figures["d_outputs"], ("d_real", "d_fake"), (0.5,)),
    ):
        axes = figure.axes[0]
        lines = axes.get_lines()
        assert [line.get_ydata()[0] for line in lines[: len(levels)]] == pytest.approx(levels)
        for line, column, colour in zip(
            lines[len(levels) :], columns, (REAL_COLOUR, GENERATED_COLOUR), strict=True
        ):
            np.testing.assert_allclose(line.get_ydata(), history[column])
            assert line.get_color() == colour
        assert axes.get_title() and axes.get_xlabel() == "epoch" and axes.get_ylabel()


def test_a_finished_figure_has_no_idle_lines_and_explains_each_label_once():
    figure = Figure(layout="constrained")
    panels = figure.subplots(1, 2)
    for axes in panels:
        axes.plot([1, 2], label="real")
    panels[1].plot([2, 1], label="generated")
    assert finish(figure, "below") is figure
    (legend,) = figure.legends
    assert [text.get_text() for text in legend.get_texts()] == ["real", "generated"]
    for axes in panels:
        seen = {side for side, spine in axes.spines.items() if spine.get_visible()}
        assert seen == {"left", "bottom"} and axes.get_legend() is None


def test_a_legend_inside_stands_only_where_there_are_labels():
    figure = Figure()
    named, nameless = figure.subplots(1, 2)
    named.plot([1, 2], label="real")
    nameless.plot([1, 2])
    finish(figure, "inside")
    assert named.get_legend() and not nameless.get_legend() and not figure.legends


def test_a_picture_is_shown_as_it_is_and_framed_in_its_colour():
    plain, framed = Figure().subplots(1, 2)
    grey = np.array([[100, 150]], np.uint8)
    show_picture(plain, grey, "grey")
    assert plain.images[0].get_clim() == (0, 255)  # not stretched to black and white
    assert plain.get_title() == "grey" and not len(plain.get_xticks())
    assert not any(spine.get_visible() for spine in plain.spines.values())
    show_picture(framed, grey, frame=GENERATED_COLOUR)
    assert framed.spines["top"].get_visible()


def test_pictures_without_titles_stand_in_rows():
    figure = draw_pictures([np.zeros((4, 4), np.uint8)] * 3, columns=2)
    assert [len(axes.images) for axes in figure.axes] == [1, 1, 1, 0]


@pytest.mark.parametrize("kind", ["figure", "image"])
def test_a_picture_file_says_that_its_faces_are_generated(kind, tmp_path):
    pixels = np.random.default_rng(0).integers(0, 256, (8, 8, 3), np.uint8)
    picture = pixels if kind == "image" else draw_pictures([pixels])
    write_png(picture, tmp_path / "face.png")
    with Image.open(tmp_path / "face.png") as file:
        assert file.text["Description"] == MARK and "nobody" in MARK
        if kind == "image":
            np.testing.assert_array_equal(np.asarray(file), pixels)
    with Image.open(io.BytesIO(png_bytes(picture, mark=""))) as file:
        assert "Description" not in file.text
