"""The z of a face: found again where it is known, and never out of its range."""

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from dcgan_lib.generator import build_generator
from dcgan_lib.latent.command import latent_app
from dcgan_lib.latent.inversion import build_encoder, encode, invert, residual, train_encoder
from dcgan_lib.latent.plots import draw_inversion
from dcgan_lib.load import load_faces
from dcgan_lib.settings import get_settings
from dcgan_lib.shared.errors import CourseError
from dcgan_lib.train.sample import generate
from dcgan_lib.train.training import train

SETTINGS = get_settings("tiny", image_size=32, latent_dim=12)


@pytest.fixture(scope="module")
def generator():
    """An untrained G of 32 px and a narrow z, whose weights make its faces differ."""
    model = build_generator(SETTINGS)
    for variable in model.trainable_variables:
        if "kernel" in variable.path:
            variable.assign(variable * 8)
    return model


@pytest.fixture(scope="module")
def known(generator):
    """Faces of G, and their z."""
    z = np.random.default_rng(3).uniform(-1, 1, (4, 12)).astype(np.float32)
    return z, generate(generator, z)


@pytest.fixture(scope="module")
def encoder(generator):
    return train_encoder(generator, SETTINGS, steps=150)


def test_a_residual_is_in_units_of_the_whole_range():
    black, white = np.zeros((2, 8, 8, 3), np.uint8), np.full((2, 8, 8, 3), 255, np.uint8)
    np.testing.assert_allclose(residual(black, white), 1)
    np.testing.assert_allclose(residual(white, white), 0)


def test_the_search_finds_the_z_of_gs_own_faces(generator, known):
    z, faces = known
    found = invert(generator, faces, steps=150, restarts=2)
    start = invert(generator, faces, steps=0, restarts=2)
    assert (found.residuals < 0.3 * start.residuals).all()
    assert np.abs(found.z - z).mean() < 0.5 * np.abs(start.z - z).mean()
    np.testing.assert_allclose(found.residuals, residual(faces, found.faces))
    np.testing.assert_array_equal(found.faces, generate(generator, found.z))


def test_z_stays_in_its_range_even_for_what_g_cannot_show(generator):
    noise = np.random.default_rng(0).integers(0, 256, (2, 32, 32, 3)).astype(np.uint8)
    found = invert(generator, noise, steps=40, restarts=1)
    assert np.abs(found.z).max() <= 1
    assert found.residuals.min() > 0.15  # and it is said how little it is like it
    free = invert(generator, noise, steps=40, restarts=1, noise="normal")
    assert np.isfinite(free.z).all()


def test_the_best_of_several_starts_is_kept_and_a_seed_repeats_it(generator, known):
    one = invert(generator, known[1], steps=10, restarts=1, seed=4)
    three = invert(generator, known[1], steps=10, restarts=3, seed=4)
    again = invert(generator, known[1], steps=10, restarts=3, seed=4)
    assert three.residuals.mean() < one.residuals.mean()
    np.testing.assert_allclose(three.z, again.z, atol=1e-4)


def test_the_encoder_learns_z_and_gives_the_search_a_better_start(generator, encoder, known):
    z, faces = known
    blank = encode(build_encoder(SETTINGS), generator, faces)
    guess = encode(encoder, generator, faces)
    assert np.abs(guess.z).max() <= 1
    assert ((guess.z - z) ** 2).mean() < 0.5 * ((blank.z - z) ** 2).mean()
    assert guess.residuals.mean() < blank.residuals.mean()
    both = invert(generator, faces, steps=20, start=guess.z)
    assert both.residuals.mean() < guess.residuals.mean()
    assert both.residuals.mean() < invert(generator, faces, steps=20, restarts=1).residuals.mean()


def test_photographs_of_another_side_are_refused(generator, encoder):
    large = np.zeros((1, 64, 64, 3), np.uint8)
    with pytest.raises(CourseError, match=r"shape \(n, 32, 32, 3\).*\(1, 64, 64, 3\)"):
        invert(generator, large)
    with pytest.raises(CourseError, match="crop_face to 32 px"):
        encode(encoder, generator, large)


def test_the_figure_and_the_command_show_photograph_face_and_rest(
    generator, encoder, faces, orl_photographs, tmp_path
):
    photographs = load_faces(faces, 32)[:2]
    found = encode(encoder, generator, photographs)
    draw_inversion(photographs, {"encoder": found}).savefig(tmp_path / "rows.png", dpi=40)
    run, out = tmp_path / "run", tmp_path / "found.png"
    train(faces, run, get_settings("tiny", image_size=32, max_faces=16))
    photo = orl_photographs / "s9" / "1.pgm"
    line = ["invert", str(run), str(photo), "--out", str(out), "--steps", "3"]
    done = CliRunner().invoke(latent_app, line)
    assert done.exit_code == 0, done.output
    assert done.output.count("left over") == 3
    with Image.open(out) as picture:
        assert picture.width > 300
    Image.new("RGB", (200, 200), "white").save(tmp_path / "wall.png")
    line[2] = str(tmp_path / "wall.png")
    done = CliRunner().invoke(latent_app, line)
    assert isinstance(done.exception, CourseError)
    assert "wall.png, no face. Choose another photograph" in str(done.exception)
    (tmp_path / "text.jpg").write_text("no picture")
    for name, reason in {
        "gone.jpg": "there is no such file",
        "text.jpg": "Expected a picture",
    }.items():
        line[2] = str(tmp_path / name)
        error = CliRunner().invoke(latent_app, line).exception
        assert isinstance(error, CourseError)
        assert "This photograph can't be read" in str(error) and reason in str(error)
