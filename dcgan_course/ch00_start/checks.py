"""Checks of chapter 00's exercises."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields

import keras
import numpy as np

from dcgan_course.ch00_start.four_rows import ROWS, count_different, noise_rows
from dcgan_course.checking import exercise, passed, require, require_shape, shown
from dcgan_lib import (
    PROFILES,
    Settings,
    build_generator,
    from_images,
    get_settings,
    to_images,
)
from dcgan_lib.train import draw_noise, generate

_EDGES = np.array([[-0.999, -0.5, -0.0001], [0.0001, 0.5, 0.999]])  # float64, two axes


def right_pixels(values: np.ndarray, *_: object, **__: object) -> np.ndarray:
    """Exercise 0.2 done right, for a 0.3 that calls a wrong one."""
    return to_images(values)


@exercise("0.1")
def check_different_faces(
    different_faces: Callable[[str], int], generator: keras.Model, seed: int
) -> None:
    """0.1: the predicted numbers are those that G gives."""
    predicted = {row: different_faces(row) for row in ROWS}
    for row, number in predicted.items():
        require(
            not isinstance(number, bool) and number in (1, 2, 3, 4),
            f"Row {row} needs a number. Expected 1, 2, 3 or 4. Received: {shown(number)}.",
        )
    drawn = noise_rows(generator.input_shape[1], seed)
    faces = {row: np.asarray(generator(z, training=False)) for row, z in drawn.items()}
    wrong = [row for row in ROWS if count_different(faces[row]) != predicted[row]]
    require(
        not wrong,
        f"G disagrees in {'row' if len(wrong) == 1 else 'rows'} {', '.join(wrong)}. Draw them with "
        "lesson.draw_noise_rows(generator, seed), look, and say what you had not thought of.",
    )
    passed("0.1", "G gives as many different faces as you say, in each row")


@exercise("0.2")
def check_to_pixels(to_pixels: Callable[[np.ndarray], np.ndarray]) -> None:
    """0.2: the ends, the middle and everything between go to the right pixel, rounded."""
    ends = np.array([-1, 0, 1], np.float32)
    received = to_pixels(ends.copy())
    require_shape("What comes out for [-1, 0, 1]", received, (3,))
    received = np.asarray(received)
    require(
        received.dtype == np.uint8,
        f"Pixels have another type. Expected uint8, whole numbers from 0 to 255. Received: "
        f"{received.dtype}. The last step is astype(np.uint8).",
    )
    require(
        received[0] == 0 and received[2] == 255 and received[1] in (127, 128),
        "The ends or the middle are elsewhere. Expected black for -1, white for 1 and the middle "
        f"grey for 0. Received: {received.tolist()}. Shift first, then stretch.",
    )
    for values in (np.linspace(-1, 1, 5766, dtype=np.float32).reshape(2, 31, 31, 3), _EDGES):
        kept = values.copy()
        pixels = to_pixels(values)
        require_shape("A batch of pixels", pixels, kept.shape, "Every value becomes one pixel.")
        same = bool((values == kept).all())
        require(same, "The faces that came in were changed. Make new ones.")
        error = 127.5 * np.abs(from_images(pixels) - kept).max()
        require(
            error < 0.501,  # a value half-way may go either way
            f"Some pixels are off by {error:.2f}. Expected the nearest whole number, so 0.5 at "
            "most. astype(np.uint8) cuts decimals off, so 126.9 becomes 126: what has to come "
            "before it?",
        )
    passed("0.2", "-1 is black, 1 is white, and all between is rounded to the nearest grey")


@exercise("0.3", to_pixels=right_pixels)
def check_make_faces(
    make_faces: Callable[[keras.Model, int, int], np.ndarray], generator: keras.Model
) -> None:
    """0.3: as many faces as asked for, the same as the library's from the same seed."""
    for asked, count, seed in ((generator, 5, 3), (generator, 2, 11), (_lively_generator(), 4, 7)):
        z = draw_noise(count, asked.input_shape[1], seed)
        side, expected = asked.output_shape[1], generate(asked, z)
        watched = _Watched(asked)
        made = make_faces(watched, count, seed)
        hint = _about_noise(watched.seen, z)
        require_shape(f"make_faces(generator, {count}, {seed})", made, (count, side, side, 3), hint)
        made = np.asarray(made)
        require(
            made.dtype == np.uint8,
            f"Faces have another type. Expected uint8. Received: {made.dtype}. "
            "Exercise 0.2 made the step to pixels.",
        )
        error = np.abs(made.astype(int) - expected).max()
        require(
            error <= 1,
            f"The faces of seed {seed} are others than the library's (largest difference {error} "
            f"of 255). {hint or 'Is G called with training=False, and its output made pixels?'}",
        )
    passed("0.3", "your faces and the library's are the same, pixel by pixel")


@exercise("0.4")
def check_longer(longer: Callable[[str], Settings]) -> None:
    """0.4: three times the epochs at 32×32 without mirrored faces, and nothing else changed."""
    for profile, before in PROFILES.items():
        after = longer(profile)
        require(
            isinstance(after, Settings),
            f"longer({profile!r}) gives no settings. Expected what get_settings returns. "
            f"Received: {shown(after)}.",
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


def _lively_generator() -> keras.Model:
    """An untrained G of 24 numbers whose faces are full of contrast, so that a mistake shows."""
    generator = build_generator(get_settings("tiny", image_size=32, latent_dim=24))
    for weight in generator.weights:
        if weight.name == "kernel":
            weight.assign(weight * 10)
    return generator


class _Watched:
    """A generator that remembers the z that it was called with; otherwise the same."""

    def __init__(self, generator: keras.Model) -> None:
        self.generator, self.seen = generator, []

    def __getattr__(self, name: str) -> object:
        return getattr(self.generator, name)

    def __call__(self, z: object, **options: object) -> object:
        self.seen.append(np.asarray(z))
        return self.generator(z, **options)

    def predict(self, z: object, *args: object, **options: object) -> np.ndarray:
        """Keras's other way to call a model."""
        self.seen.append(np.asarray(z))
        return self.generator.predict(z, *args, **options)


def _about_noise(seen: list[np.ndarray], wanted: np.ndarray) -> str:
    """What is wrong with the z that G was given; "" where nothing is, or nobody saw it."""
    if not seen:
        return ""
    z = np.concatenate(seen)
    if z.shape != wanted.shape:
        return f"Expected z of shape {wanted.shape}, one row for each face. Received: {z.shape}."
    if z.min() >= 0:
        return (
            f"z has no number below 0. Expected numbers from -1 to 1. Received: {z.min():.2f} to "
            f"{z.max():.2f}. What are uniform's first two arguments?"
        )
    if not np.abs(z - wanted).max() <= 1e-6:  # also NaN
        return (
            "z has other values than the library's draw_noise gives for this seed. Draw it by one "
            "call of np.random.default_rng(seed).uniform, with the shape as its third argument."
        )
    return ""
