"""Chapter 00: its checks accept what is right and name what is wrong; its figures show it."""

import io
import json

import numpy as np
import pytest
from PIL import Image

from dcgan_course.ch00_start import checks as check, four_rows, plots, widgets
from dcgan_course.checking import CheckFailed
from dcgan_lib.generator import build_generator
from dcgan_lib.machine import Finding
from dcgan_lib.settings import get_settings
from dcgan_lib.shared.errors import CourseError
from dcgan_lib.shared.pictures import image_grid
from dcgan_lib.train.sample import draw_noise

SMALL = get_settings("tiny", image_size=32, sample_count=5)
ROWS = {"a": 1, "b": 1, "c": 4, "d": 4}


@pytest.fixture(scope="module")
def generator():
    return build_generator(SMALL)


@pytest.fixture
def run(tmp_path):
    """A run that keeps grids of epochs 0, 4, …, 40; five faces whose grey is 10·place + epoch."""
    (tmp_path / "samples").mkdir()
    text = json.dumps(SMALL.to_dict())
    (tmp_path / "settings.json").write_text(text, "utf-8")
    for epoch in range(0, 41, 4):
        images = np.ones((5, 32, 32, 3)) * 10 * np.arange(5).reshape(5, 1, 1, 1) + epoch
        grid = Image.fromarray(image_grid(images.astype(np.uint8)))
        grid.save(tmp_path / "samples" / f"epoch_{epoch:04d}.png")
    return tmp_path


def to_pixels(values):
    return np.round((values + 1) * 127.5).astype(np.uint8)


def make_faces(generator, count, seed, low=-1, form=to_pixels, legacy=False, training=False):
    random = np.random.RandomState(seed) if legacy else np.random.default_rng(seed)
    z = random.uniform(low, 1, (count, generator.input_shape[1]))
    return form(np.asarray(generator(z.astype(np.float32), training=training)))


def longer(profile, times=3, **changes):
    epochs = times * get_settings(profile).epochs
    return get_settings(profile, **{"epochs": epochs, "image_size": 32, "flip": False} | changes)


def test_the_right_answers_pass(generator, capsys):
    check.check_different_faces(ROWS.get, generator, seed=0)
    check.check_to_pixels(to_pixels)
    check.check_to_pixels(lambda values: ((values + 1) / 2 * 255 + 0.5).astype(np.uint8))
    check.check_make_faces(make_faces, generator)
    check.check_longer(longer)
    assert capsys.readouterr().out.count("✓") == 5


def test_faces_may_be_made_by_predict(generator):
    def predict(generator, count, seed):
        z = np.random.default_rng(seed).uniform(-1, 1, (count, generator.input_shape[1]))
        return to_pixels(generator.predict(z, verbose=0))

    check.check_make_faces(predict, generator)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"a": 4}, "disagrees in row a"),
        ({"b": 4, "d": 1}, "disagrees in rows b, d"),
        ({"c": 0}, "Row c needs a number"),
        ({"c": "four"}, "Row c needs a number"),
    ],
)
def test_a_wrong_prediction_is_named(change, message, generator):
    with pytest.raises(CheckFailed, match=message):
        check.check_different_faces((ROWS | change).get, generator, seed=0)


def in_place(values):
    pixels = to_pixels(values)
    values *= 0
    return pixels


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (lambda values: (values + 1) * 127.5, "another type"),
        (lambda values: ((values + 1) * 127.5).astype(np.uint8), "nearest whole number"),
        (lambda values: np.round(np.abs(values) * 255).astype(np.uint8), "are elsewhere"),
        (lambda values: np.round(np.abs(values + 1) * 127).astype(np.uint8), "are elsewhere"),
        (lambda values: to_pixels(values).ravel(), "another shape"),
        (in_place, "were changed"),
    ],
)
def test_a_wrong_step_to_pixels_is_named(wrong, message):
    with pytest.raises(CheckFailed, match=message):
        check.check_to_pixels(wrong)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"low": 0}, "no number below 0"),
        ({"low": -0.5}, "other values"),
        ({"legacy": True}, "other values"),
        ({"form": lambda values: values}, "another type"),
        ({"form": lambda values: to_pixels(-values)}, "others than the library's"),
        ({"form": lambda values: to_pixels(values)[0]}, "another shape"),
        ({"training": True}, "others than the library's"),
    ],
)
def test_wrong_faces_are_named(change, message, generator):
    with pytest.raises(CheckFailed, match=message):
        check.check_make_faces(lambda *given: make_faces(*given, **change), generator)


def test_faces_without_the_generator_are_refused(generator):
    blank = np.zeros((5, 32, 32, 3), np.uint8)
    with pytest.raises(CheckFailed, match="others than the library's"):
        check.check_make_faces(lambda g, count, seed: blank[:count], generator)


def test_one_z_for_many_faces_is_refused(generator):
    with pytest.raises(CheckFailed, match="Expected z of shape"):
        check.check_make_faces(lambda g, count, seed: make_faces(g, 1, seed), generator)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (lambda profile: longer(profile, times=1), "setting epochs"),
        (lambda profile: longer(profile, image_size=64), "setting image_size"),
        (lambda profile: longer(profile, flip=True), "setting flip"),
        (lambda profile: longer("quick"), "setting profile"),
        (lambda profile: longer(profile, seed=3), "setting seed"),
        (lambda profile: longer(profile).to_dict(), "gives no settings"),
    ],
)
def test_wrong_settings_are_named(wrong, message):
    with pytest.raises(CheckFailed, match=message):
        check.check_longer(wrong)


def test_the_table_says_what_is_missing_and_what_to_do():
    rows = [Finding("numpy", "2.4"), Finding("keras", "not installed", False, "pip install keras")]
    page = plots.environment_table(rows).to_html()
    assert "1 of 2 will do" in page and "pip install keras" in page and ">no<" in page


def test_the_table_has_no_column_for_nothing():
    table = plots.environment_table([Finding("numpy", "2.4")])
    assert "what to do" not in table.to_html() and "1 of 1 will do" in table.to_html()


def test_the_idea_shows_the_pictures_it_is_given():
    generated, real = np.full((32, 32, 3), 200, np.uint8), np.full((32, 32, 3), 40, np.uint8)
    (axes,) = plots.draw_idea(np.linspace(-1, 1, 100), generated, real).axes
    noise, *shown = [np.asarray(image.get_array()) for image in axes.images]
    assert noise.shape == (10, 10, 3) and noise.min() == 0 and noise.max() == 255
    np.testing.assert_array_equal(shown, [generated, real])


@pytest.mark.parametrize("count", [1, 8, 24])
def test_generated_faces_are_marked_as_such(count):
    (axes,) = plots.draw_generated(np.zeros((count, 32, 32, 3), np.uint8)).axes
    assert "nobody looks like this" in axes.get_title()
    assert axes.images[0].get_size()[0] == 34 * -(-count // 8) + 2


def test_the_four_rows_are_what_they_are_called():
    rows = four_rows.noise_rows(100, seed=5)
    assert {row: len(np.unique(z, axis=0)) for row, z in rows.items()} == ROWS
    assert (rows["d"][:, :-1] == rows["d"][0, :-1]).all()
    np.testing.assert_array_equal(rows["b"][2], draw_noise(1, 100, 7)[0])


def test_different_faces_are_counted():
    faces = np.zeros((4, 2, 2, 3))
    faces[3] = 1
    assert four_rows.count_different(faces) == 2


def test_the_rows_are_drawn_with_their_counts(generator):
    figure = plots.draw_noise_rows(generator, seed=0)
    counts = [axes.texts[1].get_text().split()[0] for axes in figure.axes]
    assert counts == ["1", "1", "4", "4"]


def test_values_stand_on_their_pixels():
    face = np.linspace(-1, 1, 32 * 32 * 3).reshape(32, 32, 3)
    _, before, after = plots.draw_values(face, to_pixels(face), corner=(2, 3)).axes
    assert before.texts[0].get_text() == f"{face[2, 3, 0]:.2f}"
    assert after.texts[35].get_text() == str(to_pixels(face)[7, 8, 0])


@pytest.mark.parametrize("epoch", [0, 40])
def test_an_epochs_grid_is_enlarged_by_whole_pixels(run, epoch):
    box = widgets.explore_epochs(run)
    box.controls["epoch"].value = epoch
    with Image.open(io.BytesIO(box.picture.value)) as shown:
        grid = np.asarray(shown)
    zoom = widgets.GRID_WIDTH // 104
    assert grid.shape == (70 * zoom, 104 * zoom, 3)
    assert grid[3 * zoom, 3 * zoom].tolist() == [epoch] * 3


def test_the_filmstrip_goes_from_the_first_epoch_to_the_last(run):
    figure = plots.draw_filmstrip(run, count=2, frames=3)
    titles = [axes.get_title() for axes in figure.axes if axes.get_title()]
    assert titles == ["epoch 0", "epoch 20", "epoch 40"] and len(figure.axes) == 6
    greys = [int(axes.images[0].get_array()[0, 0, 0]) for axes in figure.axes]
    assert sorted(greys) == [0, 10, 20, 30, 40, 50]


def test_the_slider_shows_another_epoch(run):
    box = widgets.explore_epochs(run)
    slider = box.controls["epoch"]
    assert slider.options[0] == 0 and slider.value == slider.options[-1] == 40
    seen = {box.picture.value}
    for epoch in (0, 20):
        slider.value = epoch
        seen.add(box.picture.value)
    assert len(seen) == 3 and all(png[:4] == b"\x89PNG" for png in seen)


def test_an_epoch_that_went_away_is_said_so(run):
    box = widgets.explore_epochs(run)
    (run / "samples" / "epoch_0012.png").unlink()
    box.controls["epoch"].value = 12
    assert "no grid of this epoch" in box.message.value


def test_a_folder_without_grids_has_a_message(tmp_path):
    with pytest.raises(CourseError, match="nothing to look at"):
        widgets.explore_epochs(tmp_path)
