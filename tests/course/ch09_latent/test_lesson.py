"""Chapter 09: its checks accept what is right and name what is wrong; its figures show it."""

import base64

import numpy as np
import pytest
import tensorflow as tf
from IPython.display import HTML

from dcgan_course import exploring
from dcgan_course.ch09_latent import checks as check, plots, searching, widgets
from dcgan_course.checking import CheckFailed
from dcgan_lib.generator import build_generator
from dcgan_lib.latent.inversion import residual
from dcgan_lib.latent.walks import interpolate
from dcgan_lib.settings import get_settings
from dcgan_lib.shared.errors import CourseError
from dcgan_lib.shared.films import write_gif
from dcgan_lib.train.sample import generate

GROUPS = {"with": [0, 1, 2], "without": [3, 4, 5]}


@pytest.fixture(scope="module")
def generator():
    """An untrained G of 32 px, whose weights are large enough for its faces to differ."""
    model = build_generator(get_settings("tiny", image_size=32))
    for variable in model.trainable_variables:
        if "kernel" in variable.path:
            variable.assign(variable * 8)
    return model


@pytest.fixture(scope="module")
def z():
    return np.random.default_rng(0).uniform(-1, 1, (6, 100)).astype(np.float32)


def typical_length(latent_dim, count):
    return (latent_dim / 3 / count) ** 0.5


def slerp(a, b, t, units=True, even_length=True, angles=True):
    lengths = np.linalg.norm(a), np.linalg.norm(b)
    u, v = a / lengths[0], b / lengths[1]
    theta = np.arccos(u @ v)
    if not units:
        u, v = a, b
    way = (np.sin((1 - t) * theta) * u + np.sin(t * theta) * v) / np.sin(theta)
    if not angles:
        way = (1 - t) * u + t * v
        way = way / np.linalg.norm(way)
    if not units:
        return way
    return ((1 - t) * lengths[0] + t * lengths[1] if even_length else lengths[0]) * way


def add_faces(z, plus, minus, plus2, how=np.mean, sign=-1, clip=True):
    means = [how(z[rows], axis=0) for rows in (plus, minus, plus2)]
    total = means[0] + sign * means[1] + means[2]
    return np.clip(total, -1, 1) if clip else total


def in_place(z, plus, minus, plus2):
    np.multiply(z, 2, out=z)
    return add_faces(z / 2, plus, minus, plus2)


def direction(z, scores, limits=(1 / 3, 2 / 3), sign=1, unit=True):
    low, high = np.quantile(scores, limits)
    way = sign * (z[scores > high].mean(axis=0) - z[scores < low].mean(axis=0))
    return way / np.linalg.norm(way) if unit else way


def search_step(generator, z, photo, rate, sign=-1, clip=True, mean=tf.reduce_mean, train=False):
    with tf.GradientTape() as tape:
        tape.watch(z)
        loss = mean((generator(z, training=train) - photo) ** 2)
    moved = z + sign * rate * tape.gradient(loss, z)
    return tf.clip_by_value(moved, -1, 1) if clip else moved


def test_the_right_answers_pass(capsys):
    check.check_typical_length(typical_length)
    check.check_slerp(slerp)
    check.check_add_faces(add_faces)
    check.check_direction(direction)
    check.check_search_step(search_step)
    assert capsys.readouterr().out.count("✓") == 5


@pytest.mark.parametrize(
    ("formula", "message"),
    [
        (lambda d, n: d**0.5, "mean square of one number"),
        (lambda d, n: d / 3, "mean square of one number"),
        (lambda d, n: (d / 3) ** 0.5, "One z is right"),
        (lambda d, n: (d / 3) ** 0.5 / n, "One z is right"),
    ],
)
def test_a_wrong_length_is_named(formula, message):
    with pytest.raises(CheckFailed, match=message):
        check.check_typical_length(formula)


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (lambda a, b, t: slerp(b, a, t), "start of the arc"),
        (lambda a, b, t: (1 - t) * a + t * b, "lies elsewhere"),
        (lambda a, b, t: slerp(a, b, t, units=False), "lies elsewhere"),
        (lambda a, b, t: slerp(a, b, t, even_length=False), "end of the arc"),
        (lambda a, b, t: slerp(a, b, t, angles=False), "equal angles"),
        (lambda a, b, t: slerp(a, b, t)[None], "another shape"),
    ],
)
def test_a_wrong_arc_is_named(answer, message):
    with pytest.raises(CheckFailed, match=message):
        check.check_slerp(answer)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"how": np.sum}, "summed up"),
        ({"sign": 1}, "Expected it taken away"),
        ({"clip": False}, "leaves the range"),
    ],
)
def test_a_wrong_sum_is_named(change, message):
    with pytest.raises(CheckFailed, match=message):
        check.check_add_faces(lambda *rows: add_faces(*rows, **change))


def test_a_sum_that_changes_z_is_named():
    with pytest.raises(CheckFailed, match="changed z itself"):
        check.check_add_faces(in_place)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"unit": False}, "Divide by its norm"),
        ({"sign": -1}, "wrong way"),
        ({"limits": (0.5, 0.5)}, r"third of the \*faces"),
    ],
)
def test_a_wrong_direction_is_named(change, message):
    with pytest.raises(CheckFailed, match=message):
        check.check_direction(lambda z, scores: direction(z, scores, **change))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"sign": 1}, "uphill"),
        ({"sign": 0}, "hasn't moved"),
        ({"clip": False}, "leaves the range"),
        ({"mean": tf.reduce_sum}, "the mean squared difference"),
        ({"train": True}, "training=False"),
    ],
)
def test_a_wrong_step_is_named(change, message):
    with pytest.raises(CheckFailed, match=message):
        check.check_search_step(lambda *given: search_step(*given, **change))


def test_the_middle_of_two_is_shorter_than_any_that_was_drawn():
    drawn, middles = searching.lengths(100), searching.lengths(100, 2)
    assert np.median(middles) < drawn.min()
    figure = plots.draw_lengths(typical_length)
    predicted = [line.get_xdata()[0] for line in figure.axes[0].lines[:2]]
    np.testing.assert_allclose(predicted, [np.median(drawn), np.median(middles)], rtol=0.02)


def test_both_ways_stand_over_their_lengths(generator, z):
    ways = {kind: interpolate(z[0], z[1], 5, kind) for kind in ("linear", "spherical")}
    *rows, below = plots.draw_ways(generator, ways).axes
    assert len(rows) == 2
    for line, points in zip(below.lines, ways.values(), strict=True):
        np.testing.assert_allclose(line.get_ydata(), np.linalg.norm(points, axis=1))


def test_a_film_is_inside_the_page(tmp_path):
    write_gif(np.zeros((2, 8, 8, 3), np.uint8), tmp_path / "walk.gif")
    page = widgets.film(tmp_path / "walk.gif")
    assert isinstance(page, HTML)
    assert base64.b64encode((tmp_path / "walk.gif").read_bytes()).decode() in page.data


def test_chosen_faces_stand_in_rows_under_their_numbers(generator, z):
    figure = plots.draw_chosen(generate(generator, z), {"many": [4, 2, 0], "few": [5]})
    assert [axes.get_title() for axes in figure.axes if axes.get_title()] == ["4", "2", "0", "5"]


def test_faces_are_numbered(generator, z):
    titles = [axes.get_title() for axes in plots.draw_numbered(generate(generator, z), 3).axes]
    assert titles == ["0", "1", "2", "3", "4", "5"]


def test_a_search_comes_nearer_and_is_drawn_from_start_to_end(generator, z):
    photograph = generate(generator, z[:1])[0]
    faces, left_over = searching.search(generator, search_step, photograph, 12, 4.0)
    np.testing.assert_allclose(left_over[:1], residual(photograph[None], faces[:1]))
    assert len(faces) == 13 and left_over[-1] < left_over[0]
    titles = [axes.get_title() for axes in plots.draw_search(photograph, faces, left_over).axes]
    assert titles[0] == "step 0" and titles[-3:-1] == ["step 12", "photograph"]


def test_shares_are_drawn_beside_equal_ones():
    axes = plots.draw_shares({"one": np.array([0.5, 0.3]), "two": np.array([0.1, 0.1])}).axes[0]
    np.testing.assert_allclose(axes.lines[0].get_ydata(), [50, 30])
    assert axes.lines[2].get_ydata()[0] == 1


def test_a_pushed_face_is_gs_own_and_stays_in_its_range(generator, z):
    still = exploring.pushed_face(generator, z[0], z[1:3], [0, 0])
    np.testing.assert_array_equal(still[::4, ::4], generate(generator, z[:1])[0])
    far = exploring.pushed_face(generator, z[0], np.ones((1, 100)), [1000])
    corner = generate(generator, np.ones((1, 100), np.float32))[0]
    np.testing.assert_array_equal(far[::4, ::4], corner)


def test_a_click_moves_a_face_between_groups(generator, z):
    box = widgets.explore_gallery(generate(generator, z), GROUPS, columns=4)
    assert box.chosen == GROUPS
    box.controls["face_2"].click()  # out of the active group
    assert box.chosen == {"with": [0, 1], "without": [3, 4, 5]}
    assert box.controls["face_2"].description == "2"
    box.controls["group"].value = "without"
    box.controls["face_0"].click()  # from the other group
    box.controls["face_2"].click()  # from nowhere
    assert box.chosen == {"with": [1], "without": [0, 2, 3, 4, 5]}
    assert box.controls["face_0"].description == "✓ 0"
    assert box.controls["face_0"].button_style == box.controls["face_5"].button_style


@pytest.mark.parametrize(
    "groups", [{"a": [6]}, {"a": [0], "b": [0]}, {}, {name: [] for name in "abcde"}]
)
def test_what_cannot_be_chosen_is_refused(generator, z, groups):
    with pytest.raises(CourseError, match="These faces can't be chosen"):
        widgets.explore_gallery(generate(generator, z), groups)


def test_every_slider_changes_the_face_at_both_ends(generator, z):
    box = widgets.explore_directions(generator, z[0], {"one": z[1], "two": z[2]})
    for name in ("one", "two"):
        seen = {box.picture.value}
        for end in (box.controls[name].min, box.controls[name].max):
            box.controls[name].value = end
            seen.add(box.picture.value)
        assert len(seen) == 3
