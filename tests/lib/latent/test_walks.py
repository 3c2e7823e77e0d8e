"""Ways through z, sums of faces, directions, films and the command that makes them."""

import sys
from pathlib import Path

import keras
import numpy as np
import pytest
import typer
from PIL import Image
from typer.testing import CliRunner

from dcgan_lib.generator import build_generator
from dcgan_lib.latent import plots, walks as latent
from dcgan_lib.latent.command import latent_app
from dcgan_lib.latent.concepts import arithmetic, around, concept, move
from dcgan_lib.latent.directions import (
    attribute_direction,
    direction_success,
    find_direction,
    first_activations,
    principal_directions,
    random_directions,
    wilson,
)
from dcgan_lib.latent.walks import between_four, interpolate, interpolation_report, walk_points
from dcgan_lib.settings import get_settings
from dcgan_lib.shared import films as film
from dcgan_lib.shared.errors import CourseError
from dcgan_lib.shared.films import read_mp4, write_gif, write_mp4
from dcgan_lib.shared.pictures import MARK
from dcgan_lib.train.training import train


def draw(count, seed=0, width=100):
    return np.random.default_rng(seed).uniform(-1, 1, (count, width)).astype(np.float32)


@pytest.fixture(scope="module")
def generator():
    """An untrained G of 32 px, whose weights are large enough for its faces to differ."""
    model = build_generator(get_settings("tiny", image_size=32))
    for variable in model.trainable_variables:
        if "kernel" in variable.path:
            variable.assign(variable * 10)
    return model


@pytest.fixture(scope="module")
def run(faces, tmp_path_factory):
    """A run of one epoch at 32 px."""
    folder = tmp_path_factory.mktemp("runs") / "short"
    train(faces, folder, get_settings("tiny", image_size=32, max_faces=16))
    return folder


# between two z


@pytest.mark.parametrize("kind", latent.KINDS)
def test_a_way_begins_and_ends_at_its_two_points_and_has_its_steps(kind):
    a, b = draw(2)
    way = interpolate(a, b, 7, kind)
    assert way.shape == (7, 100) and way.dtype == np.float32
    np.testing.assert_allclose(way[[0, -1]], [a, b], atol=1e-6)


def test_the_line_goes_through_the_mean_and_the_arc_through_equal_angles():
    a, b = draw(2)
    np.testing.assert_allclose(interpolate(a, b, 3, "linear")[1], (a + b) / 2, atol=1e-6)
    arc = interpolate(a, b, 5, "spherical").astype(np.float64)
    units = arc / np.linalg.norm(arc, axis=1, keepdims=True)
    angles = np.arccos((units[:-1] * units[1:]).sum(axis=1))
    np.testing.assert_allclose(angles, angles[0], rtol=1e-4)
    lengths = np.linalg.norm(arc, axis=1)
    np.testing.assert_allclose(np.diff(lengths, 2), 0, atol=1e-5)


def test_the_line_is_too_short_in_the_middle_and_the_arc_is_not():
    figures = {name: [] for name in latent.KINDS}
    drawn = np.linalg.norm(draw(20_000, 3), axis=1)
    for a, b in draw(400, 4).reshape(200, 2, 100):
        for kind, found in figures.items():
            found.append(interpolate(a, b, 3, kind)[1])
    line, arc = (np.stack(figures[kind]) for kind in latent.KINDS)
    assert np.median(np.linalg.norm(line, axis=1)) < drawn.min()
    assert np.median(np.linalg.norm(arc, axis=1)) == pytest.approx(np.median(drawn), rel=0.02)
    assert not (np.abs(line) > 1).any()
    assert 0.04 < (np.abs(arc) > 1).mean() < 0.13  # the arc's price


def test_a_way_between_like_opposite_or_empty_points_is_finite():
    a = draw(1)[0]
    for b in (a, -a, 2 * a, 0 * a):
        assert np.isfinite(interpolate(a, b, 5)).all()


def test_an_unknown_way_is_refused():
    a, b = draw(2)
    with pytest.raises(CourseError, match=r"Expected a kind among linear, spherical.*'cubic'"):
        interpolate(a, b, 5, "cubic")
    with pytest.raises(CourseError, match="at least 2 steps"):
        interpolate(a, b, 1)


def test_the_report_measures_middles_beside_drawn_points(generator):
    report = interpolation_report(generator, draw(20))
    assert list(report) == ["drawn", "linear", "spherical"]
    assert report["linear"]["length"] < report["spherical"]["length"]
    assert report["drawn"]["outside"] == report["linear"]["outside"] == 0
    assert all(np.isfinite(list(row.values())).all() for row in report.values())


# walks and films


def test_a_walk_is_closed_passes_every_stop_and_takes_even_steps():
    stops = draw(4)
    points = walk_points(stops, 42)
    assert points.shape == (42, 100)
    np.testing.assert_allclose(points[0], stops[0], atol=1e-6)
    for stop in stops:
        assert np.abs(points - stop).max(axis=1).min() < 1e-6
    steps = np.linalg.norm(np.diff(np.concatenate([points, points[:1]]), axis=0), axis=1)
    assert steps.max() < 2 * steps.min()


def test_a_walk_needs_two_stops_and_a_frame_for_each():
    with pytest.raises(CourseError, match="at least 2 stops and a frame for each"):
        walk_points(draw(1), 10)
    with pytest.raises(CourseError, match="Received: 4 stops and 3 frames"):
        walk_points(draw(4), 3)


def frames_of_a_walk(generator):
    from dcgan_lib.train.sample import generate

    return generate(generator, walk_points(draw(2), 6))


def test_a_gif_repeats_is_large_and_says_that_nobody_looks_so(generator, tmp_path):
    write_gif(frames_of_a_walk(generator), tmp_path / "walk.gif")
    with Image.open(tmp_path / "walk.gif") as gif:
        assert gif.n_frames == 6 and gif.size == (256, 256)
        assert gif.info["loop"] == 0 and gif.info["duration"] == 80
        assert b"nobody" in gif.info["comment"]


def test_a_film_is_read_again_and_shows_what_was_written(generator, tmp_path):
    frames = frames_of_a_walk(generator)
    write_mp4(frames, tmp_path / "walk.mp4")
    back = read_mp4(tmp_path / "walk.mp4")
    assert back.shape == (6, 256, 256, 3)
    difference = back.mean(axis=(1, 2)) - frames.mean(axis=(1, 2))  # (6, 3): each colour's mean
    assert np.abs(difference).max() < 8


def test_a_film_without_its_codec_or_its_suffix_is_refused(generator, tmp_path, monkeypatch):
    frames = frames_of_a_walk(generator)
    with pytest.raises(CourseError, match=r"ends in \.gif.*6 frames for walk\.png"):
        write_gif(frames, tmp_path / "walk.png")
    with pytest.raises(CourseError, match=r"ends in \.mp4"):
        write_mp4(frames, tmp_path / "walk.gif")
    monkeypatch.setattr(film, "CODEC", "zzzz")  # which no FFmpeg knows
    with pytest.raises(CourseError, match=r"codec zzzz.*gave 0 of 6 frames.*Write a GIF"):
        write_mp4(frames, tmp_path / "walk.mp4")
    assert list(tmp_path.iterdir()) == []


# sums


def test_a_square_has_its_four_z_in_the_corners_and_their_mean_in_the_middle():
    corners = draw(4)
    square = between_four(corners, 5)
    np.testing.assert_allclose(square[[0, 0, -1, -1], [0, -1, 0, -1]], corners, atol=1e-6)
    np.testing.assert_allclose(square[2, 2], corners.mean(axis=0), atol=1e-6)
    with pytest.raises(CourseError, match="Expected 4 z"):
        between_four(corners[:3])


def test_a_concept_is_the_mean_of_three_or_more():
    z = draw(9)
    np.testing.assert_allclose(concept(z, [1, 4, 7]), (z[1] + z[4] + z[7]) / 3, atol=1e-6)
    with pytest.raises(CourseError, match=r"at least 3 rows from 0 to 8.*\[1, 4\]"):
        concept(z, [1, 4])
    with pytest.raises(CourseError, match=r"\[1, 4, 9\]"):
        concept(z, [1, 4, 9])


def test_sums_and_neighbours_stay_where_g_was_trained():
    a, b, c = draw(3)
    total = arithmetic(a, b, c)
    assert np.abs(total).max() <= 1
    whole = np.abs(a - b + c) <= 1
    np.testing.assert_allclose(total[whole], (a - b + c)[whole], atol=1e-6)
    near = around(total, 0.25)
    np.testing.assert_array_equal(near[4], total)
    assert near.shape == (9, 100) and np.abs(near - total).max() <= 0.25 + 1e-6
    assert np.abs(near).max() <= 1


def test_moving_is_clipped():
    z, way = draw(5), random_directions(1, 100, 0)[0]
    np.testing.assert_allclose(move(z, way, 0), z)
    assert np.abs(move(z, way, 50)).max() == 1
    inside = np.abs(z + 0.5 * way) < 1
    np.testing.assert_allclose(move(z, way, 0.5)[inside], (z + 0.5 * way)[inside], atol=1e-6)


def test_normal_noise_has_no_edge_that_sums_and_steps_could_be_cut_at():
    a, b, c = 2 * np.random.default_rng(0).standard_normal((3, 100)).astype(np.float32)
    way = random_directions(1, 100, 0)[0]
    np.testing.assert_allclose(arithmetic(a, b, c, "normal"), a - b + c, atol=1e-5)
    np.testing.assert_allclose(move(a, way, 50, "normal"), a + 50 * way, atol=1e-5)
    near = around(a, 0.25, noise="normal")
    np.testing.assert_array_equal(near[4], a)
    assert np.abs(near - a).max() <= 0.25 + 1e-6 < np.abs(near).max()


def test_a_direction_in_normal_noise_loses_nothing_of_its_way(generator):
    way = random_directions(1, 100, 0)[0]
    z = 3 * np.random.default_rng(0).standard_normal((30, 100)).astype(np.float32)
    results = [
        direction_success(generator, way, "brightness", z, noise=kind)
        for kind in ("uniform", "normal")
    ]
    assert results[0].clipped > 0.3 and results[1].clipped == pytest.approx(0, abs=1e-4)


# directions


def test_a_direction_of_labels_points_along_what_made_them():
    z, truth = draw(2000), random_directions(1, 100, 1)[0]
    labels = np.sign(z @ truth)
    found = attribute_direction(z, labels)
    assert np.linalg.norm(found) == pytest.approx(1, abs=1e-5)
    assert found @ truth > 0.9
    swapped = np.where(np.random.default_rng(0).random(2000) < 0.2, -labels, labels)
    assert attribute_direction(z, swapped) @ truth > 0.8  # a fifth of the labels is wrong
    with pytest.raises(CourseError, match="2000 with and 0 without"):
        attribute_direction(z, np.ones(2000))


def test_principal_directions_of_a_linear_layer_are_its_singular_vectors():
    z = draw(600, width=8)
    weights = np.linalg.qr(np.random.default_rng(0).standard_normal((160, 8)))[0]
    weights = (weights * np.arange(8, 0, -1)).astype(np.float32)
    first = keras.layers.Dense(160, use_bias=False, activation=None)
    inputs = keras.Input((8,))
    layer = keras.layers.ReLU(negative_slope=1.0, name="relu_4")  # passes all: a linear layer
    model = keras.Model(inputs, layer(first(inputs)))
    first.set_weights([weights.T])
    found = principal_directions(model, z, 3)
    for place, step in enumerate(found.steps):
        assert np.abs(step / np.linalg.norm(step))[place] > 0.9
        assert np.linalg.norm(step) == pytest.approx(np.sqrt(1 / 3), rel=0.15)  # deviation of z
    np.testing.assert_allclose(found.shares, np.array([64, 49, 36]) / 204, rtol=0.2)


def test_principal_directions_move_the_first_layer_more_than_random_ones(generator):
    z = draw(300)
    found = principal_directions(generator, z, 5)
    assert found.steps.shape == (5, 100) and (np.diff(found.shares) <= 0).all()
    before = first_activations(generator, z[:50])
    length = np.linalg.norm(found.steps[0])
    ways = [found.steps[0], *(length * random_directions(5, 100, 0))]
    moved = [np.linalg.norm(first_activations(generator, z[:50] + way) - before) for way in ways]
    assert moved[0] > max(moved[1:])


def test_components_that_are_not_there_are_refused(generator):
    with pytest.raises(CourseError, match="1 to 100 components and more than 100 z"):
        principal_directions(generator, draw(300), 101)
    with pytest.raises(CourseError, match="and 50 z"):
        principal_directions(generator, draw(50), 3)


def test_a_direction_of_brightness_changes_more_faces_than_random_ones(generator):
    way = find_direction(generator, draw(300, 1), "brightness")
    result = direction_success(generator, way, "brightness", draw(120, 2), 2.0)
    assert result.count == 40
    assert result.along.changed.low > result.at_random.changed.high
    assert result.along.changed_same.share <= result.along.changed.share
    assert 0 <= result.clipped < 0.3 and result.along.distance > 0


def test_faces_that_are_alike_are_no_ground_for_a_success(generator):
    alike = np.repeat(draw(1), 9, axis=0)
    with pytest.raises(CourseError, match="of which 9 show it equally little"):
        direction_success(generator, random_directions(1, 100, 0)[0], "brightness", alike)


def test_an_interval_holds_its_share_as_often_as_it_says():
    assert wilson(0, 50) == pytest.approx((0, 0, 0.0714), abs=1e-3)
    hits = np.random.default_rng(0).binomial(40, 0.2, 4000)
    held = [low <= 0.2 <= high for _, low, high in (wilson(int(hit), 40) for hit in hits)]
    assert 0.91 < np.mean(held) < 0.98


# figures and the command


def test_every_figure_of_z_draws(generator, tmp_path):
    z = draw(12)
    ways = {"one": random_directions(1, 100, 0)[0]}
    success = direction_success(generator, ways["one"], "contrast", draw(30), 1.0)
    figures = {
        "interpolations": plots.draw_interpolations(generator, z[:4].reshape(2, 2, 100), 5),
        "square": plots.draw_square(generator, z[:4], 3),
        "sum": plots.draw_arithmetic(generator, z, [[0, 1, 2], [3, 4, 5], [6, 7, 8, 9]]),
        "sweeps": plots.draw_sweeps(generator, z[0], ways),
        "success": plots.draw_success([success]),
        "components": plots.draw_components(
            generator, principal_directions(generator, draw(200), 2), z[0], 2
        ),
    }
    for name, figure in figures.items():
        figure.savefig(tmp_path / f"{name}.png", dpi=40)
        assert (tmp_path / f"{name}.png").stat().st_size > 2000


def call(*arguments):
    return CliRunner().invoke(latent_app, [str(argument) for argument in arguments])


def test_each_command_writes_what_it_names(run, tmp_path):
    gif, mp4, png = tmp_path / "w.gif", tmp_path / "w.mp4", tmp_path / "p.png"
    done = call("walk", run, "--out", gif, "--mp4", mp4, "--stops", 2, "--frames", 4)
    assert done.exit_code == 0, done.output
    assert gif.exists() and len(read_mp4(mp4)) == 4
    for line in (
        ["grid", "--faces", "0,5,2,3", "--side", 3],
        ["arithmetic", "--plus", "0,1,2", "--minus", "3,4,5", "--plus2", "6,7,8"],
        ["components", "--count", 2, "--face", 3],
        ["directions", "--attribute", "hair", "--count", 30],
    ):
        done = call(line[0], run, *line[1:], "--out", png)
        assert done.exit_code == 0, done.output
        with Image.open(png) as picture:
            assert min(picture.size) > 100 and picture.text["Description"] == MARK
        png.unlink()


def test_faces_that_are_no_numbers_and_pictures_of_other_kinds_are_refused(run, tmp_path):
    for faces in ("1,2,x,4", "1,2,-3,4", ""):
        done = call("grid", run, "--faces", faces, "--out", tmp_path / "p.png")
        assert isinstance(done.exception, CourseError)
        assert "The faces of --faces can't be read" in str(done.exception)
    done = call("grid", run, "--out", tmp_path / "p.pdf")
    assert "ends in .png" in str(done.exception)


def test_a_face_has_the_number_that_sample_gives_it(run, tmp_path):
    """Faces are drawn in a row, so the first of many are those of few."""
    from dcgan_lib.latent.command import _noise
    from dcgan_lib.train.run import load_settings

    for settings in (load_settings(run), get_settings("tiny", noise="normal")):
        np.testing.assert_array_equal(_noise(settings, 3, 7), _noise(settings, 64, 7)[:3])


def test_the_command_starts_without_tensorflow():
    import subprocess

    code = "import sys, dcgan_lib.latent.command; assert 'tensorflow' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parents[3])
    assert isinstance(latent_app, typer.Typer)
