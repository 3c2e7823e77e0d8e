"""Checks of chapter 00's exercises."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields

import keras
import numpy as np

from dcgan_course.ch00_start.four_rows import ROWS, count_different, noise_rows
from dcgan_course.checking import passed, require, require_shape
from dcgan_lib import PROFILES, Settings
from dcgan_lib.train import draw_noise, generate


def check_different_faces(
    different_faces: Callable[[str], int], generator: keras.Model, seed: int
) -> None:
    """0.1: the predicted numbers are those that G gives."""
    predicted = {row: different_faces(row) for row in ROWS}
    for row, number in predicted.items():
        require(
            number in (1, 2, 3, 4),
            f"Row {row} needs a number. Expected 1, 2, 3 or 4. Received: {number!r}.",
        )
    drawn = noise_rows(generator.input_shape[1], seed)
    faces = {row: np.asarray(generator(z, training=False)) for row, z in drawn.items()}
    wrong = [row for row in ROWS if count_different(faces[row]) != predicted[row]]
    require(
        not wrong,
        f"G disagrees in {'row' if len(wrong) == 1 else 'rows'} {', '.join(wrong)}. Draw them with "
        "plots.draw_noise_rows(generator, seed), look, and say what you had not thought of.",
    )
    passed("0.1", "G gives as many different faces as you say, in each row")


def check_to_pixels(to_pixels: Callable[[np.ndarray], np.ndarray]) -> None:
    """0.2: the ends, the middle and everything between go to the right pixel, rounded."""
    ends = np.array([-1, 0, 1], np.float32)
    received = np.asarray(to_pixels(ends.copy()))
    require(
        received.dtype == np.uint8,
        f"Pixels have another type. Expected uint8, whole numbers from 0 to 255. Received: "
        f"{received.dtype}. The last step is astype(np.uint8).",
    )
    require_shape("What comes out for [-1, 0, 1]", received, (3,))
    require(
        received[0] == 0 and received[2] == 255 and received[1] in (127, 128),
        "The ends or the middle are elsewhere. Expected black for -1, white for 1 and the middle "
        f"grey for 0. Received: {received.tolist()}. Shift first, then stretch.",
    )
    values = np.linspace(-1, 1, 2 * 31 * 31 * 3, dtype=np.float32).reshape(2, 31, 31, 3)
    given = values.copy()
    pixels = to_pixels(values)
    require_shape("A batch of pixels", pixels, values.shape, "Every value becomes one pixel.")
    require(bool((values == given).all()), "The faces that came in were changed. Make new ones.")
    error = np.abs(np.asarray(pixels, float) - (given.astype(float) + 1) * 127.5).max()
    require(
        error < 0.501,  # a value half-way may go either way
        f"Some pixels are off by {error:.2f}. Expected the nearest whole number, so 0.5 at most. "
        "astype(np.uint8) cuts decimals off, so 126.9 becomes 126: what has to come before it?",
    )
    passed("0.2", "-1 is black, 1 is white, and all between is rounded to the nearest grey")


def check_make_faces(
    make_faces: Callable[[keras.Model, int, int], np.ndarray], generator: keras.Model
) -> None:
    """0.3: as many faces as asked for, the same as the library's from the same seed."""
    latent_dim, side = generator.input_shape[1], generator.output_shape[1]
    for count, seed in ((5, 3), (2, 11)):
        z = draw_noise(count, latent_dim, seed)
        watched = _Watched(generator, z)
        made = make_faces(watched, count, seed)
        require(
            watched.called, "G was not called. Hand it the noise: generator(z, training=False)."
        )
        require_shape(f"make_faces(generator, {count}, {seed})", made, (count, side, side, 3))
        made = np.asarray(made)
        require(
            made.dtype == np.uint8,
            f"Faces have another type. Expected uint8. Received: {made.dtype}. "
            "Exercise 0.2 made the step to pixels.",
        )
        error = np.abs(made.astype(int) - generate(generator, z)).max()
        require(
            error <= 1,
            f"The faces of seed {seed} are others than the library's (largest difference {error} "
            "of 255). Is G called with training=False, and its output handed to to_pixels?",
        )
    passed("0.3", "your faces and the library's are the same, pixel by pixel")


def check_longer(longer: Callable[[str], Settings]) -> None:
    """0.4: three times the epochs at 32×32 without mirrored faces, and nothing else changed."""
    for profile in ("tiny", "quick", "paper"):
        before, after = PROFILES[profile], longer(profile)
        require(
            isinstance(after, Settings),
            f"longer({profile!r}) gives no settings. Expected what get_settings returns. "
            f"Received: {type(after).__name__}.",
        )
        wanted = {"epochs": 3 * before.epochs, "image_size": 32, "flip": False}
        for field in fields(Settings):
            name = field.name
            expected = wanted.get(name, getattr(before, name))
            received = getattr(after, name)
            require(
                received == expected,
                f"The setting {name} of longer({profile!r}) is another one. Expected "
                f"{expected!r}. Received: {received!r}. Which profile does get_settings "
                "start from, and which changes are handed to it?",
            )
    passed("0.4", "three settings changed, all others are the profile's")


class _Watched:
    """A generator that compares the z it is given with the one that it should be given."""

    def __init__(self, generator: keras.Model, wanted: np.ndarray) -> None:
        self.generator, self.wanted, self.called = generator, wanted, False
        self.input_shape, self.output_shape = generator.input_shape, generator.output_shape

    def __call__(self, z: object, **options: object) -> object:
        self.called = True
        require_shape("z", z, self.wanted.shape, "One row of noise for each face.")
        values = np.asarray(z)
        require(
            values.min() < 0,
            "z has no number below 0. Expected numbers from -1 to 1. Received: "
            f"{values.min():.2f} to {values.max():.2f}. What are uniform's first two arguments?",
        )
        require(
            bool(np.abs(values - self.wanted).max() < 1e-6),
            "z has other values than the library's draw_noise gives for this seed. Draw it by one "
            "call of np.random.default_rng(seed).uniform, with the shape as its third argument.",
        )
        return self.generator(z, **options)

    def predict(self, z: object, **options: object) -> np.ndarray:
        """Keras's other way to call a model."""
        return np.asarray(self(z, training=False))
