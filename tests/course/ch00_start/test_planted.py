"""Chapter 00: what students write, right and wrong, through the visible check and the mark."""

import dataclasses
import math

import numpy as np
import pytest
import tensorflow as tf

from dcgan_lib.generator import build_generator
from dcgan_lib.settings import PROFILES, get_settings
from dcgan_lib.train.sample import draw_noise, generate
from tests.support.planted import Planted, PlantedAnswer, PlantedTests, SolvedChapter

planted = Planted()


# 0.1: how many different faces


@planted.right("different-faces")
def branches(row):
    if row in ("c", "d"):
        return 4
    return 1


@planted.right("different-faces")
def looked_up_by_place(row):
    return (1, 1, 4, 4)["abcd".index(row)]


@planted.right("different-faces")
def counted_seeds(row):
    drawn = {"a": [0] * 4, "b": [7] * 4, "c": [1, 2, 3, 4], "d": [-1, -0.5, 0.5, 1]}
    return np.int64(len(np.unique(drawn[row])))


@planted.wrong("different-faces")
def a_small_change_is_none(row):
    return {"a": 1, "b": 1, "c": 4, "d": 1}[row]


@planted.wrong("different-faces")
def only_what_one_can_see(row):
    return {"a": 1, "b": 1, "c": 4, "d": 2}[row]


@planted.wrong("different-faces")
def chance_within_g(row):
    return 4


@planted.wrong("different-faces")
def a_seed_gives_other_numbers_each_time(row):
    return {"a": 1, "b": 4, "c": 4, "d": 4}[row]


@planted.wrong("different-faces")
def always_one(row):
    return 1


@planted.wrong("different-faces")
def true_for_one(row):
    return {"a": True, "b": True, "c": 4, "d": 4}[row]


@planted.wrong("different-faces")
def numbers_as_text(row):
    return {"a": "1", "b": "1", "c": "4", "d": "4"}[row]


@planted.wrong("different-faces")
def nothing_returned(row):
    {"a": 1, "b": 1, "c": 4, "d": 4}[row]


# 0.2: pixels


@planted.right("to-pixels")
def stretched_after_halving(values):
    return np.rint((values / 2 + 0.5) * 255).astype("uint8")


@planted.right("to-pixels")
def half_added_and_cut(values):
    return (np.clip(values, -1, 1) * 127.5 + 128).astype(np.uint8)


@planted.right("to-pixels")
def one_value_at_a_time(values):
    pixels = [round(float(value + 1) / 2 * 255) for value in values.ravel()]
    return np.array(pixels, np.uint8).reshape(values.shape)


@planted.right("to-pixels")
def in_tensorflow(values):
    return tf.cast(tf.round((tf.constant(values, tf.float32) + 1) * 127.5), tf.uint8)


@planted.right("to-pixels")
def interpolated(values):
    return np.interp(values, [-1, 1], [0, 255]).round().astype(np.uint8)


@planted.wrong("to-pixels")
def cuts_decimals_off(values):
    return ((values + 1) * 127.5).astype(np.uint8)


@planted.wrong("to-pixels")
def stays_a_float(values):
    return np.round((values + 1) * 127.5)


@planted.wrong("to-pixels")
def a_byte_has_256_values(values):
    return np.round((values + 1) * 128).astype(np.uint8)


@planted.wrong("to-pixels")
def a_step_short(values):
    return np.round((values + 1) * 127).astype(np.uint8)


@planted.wrong("to-pixels")
def from_zero_to_one(values):
    return np.round(np.clip(values, 0, 1) * 255).astype(np.uint8)


@planted.wrong("to-pixels")
def stretched_before_the_shift(values):
    return np.round(values * 127.5 + 1).astype(np.uint8)


@planted.wrong("to-pixels")
def rounds_too_early(values):
    return (np.round(values + 1) * 127.5).astype(np.uint8)


@planted.wrong("to-pixels")
def always_rounds_up(values):
    return np.ceil((values + 1) * 127.5).astype(np.uint8)


@planted.wrong("to-pixels")
def writes_into_its_input(values):
    values += 1
    values *= 127.5
    return np.round(values).astype(np.uint8)


@planted.wrong("to-pixels")
def signed_bytes(values):
    return np.round((values + 1) * 127.5).astype(np.int8)


@planted.wrong("to-pixels")
def flattened(values):
    return np.round((values.flatten() + 1) * 127.5).astype(np.uint8)


@planted.wrong("to-pixels")
def whole_numbers_of_another_size(values):
    return np.round((values + 1) * 127.5).astype(int)


# 0.3: faces from a seed


def pixels_of(values):
    return np.round((np.asarray(values) + 1) * 127.5).astype(np.uint8)


@planted.right("make-faces")
def by_predict(generator, count, seed):
    z = np.random.default_rng(seed).uniform(-1, 1, (count, generator.input_shape[1]))
    return pixels_of(generator.predict(z, verbose=0))


@planted.right("make-faces")
def by_predict_on_batch(generator, count, seed):
    z = np.random.default_rng(seed).uniform(-1, 1, size=(count, generator.input_shape[-1]))
    return pixels_of(generator.predict_on_batch(z.astype(np.float32)))


@planted.right("make-faces")
def one_face_at_a_time(generator, count, seed):
    z = np.random.default_rng(seed).uniform(-1, 1, (count, generator.input_shape[1]))
    faces = [generator(row[None].astype(np.float32), training=False) for row in z]
    return pixels_of(np.concatenate(faces))


@planted.right("make-faces")
def one_row_of_z_at_a_time(generator, count, seed):
    random, length = np.random.default_rng(seed), generator.input_shape[1]
    z = np.stack([random.uniform(-1, 1, length) for _ in range(count)])
    return pixels_of(generator(tf.constant(z, tf.float32)))


@planted.right("make-faces")
def by_the_library(generator, count, seed):
    return generate(generator, draw_noise(count, generator.input_shape[1], seed))


@planted.wrong("make-faces")
def only_positive_noise(generator, count, seed):
    z = np.random.default_rng(seed).uniform(0, 1, (count, generator.input_shape[1]))
    return pixels_of(generator(z, training=False))


@planted.wrong("make-faces")
def gaussian_noise(generator, count, seed):
    z = np.random.default_rng(seed).normal(size=(count, generator.input_shape[1]))
    return pixels_of(generator(z, training=False))


@planted.wrong("make-faces")
def numpys_old_generator(generator, count, seed):
    z = np.random.RandomState(seed).uniform(-1, 1, (count, generator.input_shape[1]))
    return pixels_of(generator(z, training=False))


@planted.wrong("make-faces")
def the_seed_is_forgotten(generator, count, seed):
    z = np.random.default_rng(0).uniform(-1, 1, (count, generator.input_shape[1]))
    return pixels_of(generator(z, training=False))


@planted.wrong("make-faces")
def one_z_for_all(generator, count, seed):
    z = np.random.default_rng(seed).uniform(-1, 1, (1, generator.input_shape[1]))
    return pixels_of(generator(np.repeat(z, count, axis=0), training=False))


@planted.wrong("make-faces")
def as_if_training(generator, count, seed):
    z = np.random.default_rng(seed).uniform(-1, 1, (count, generator.input_shape[1]))
    return pixels_of(generator(z, training=True))


@planted.wrong("make-faces")
def a_hundred_numbers_whatever_g_takes(generator, count, seed):
    z = np.random.default_rng(seed).uniform(-1, 1, (count, 100))
    return pixels_of(generator(z, training=False))


@planted.wrong("make-faces")
def a_fixed_count(generator, count, seed):
    z = np.random.default_rng(seed).uniform(-1, 1, (8, generator.input_shape[1]))
    return pixels_of(generator(z, training=False))


@planted.wrong("make-faces")
def values_for_pixels(generator, count, seed):
    z = np.random.default_rng(seed).uniform(-1, 1, (count, generator.input_shape[1]))
    return np.asarray(generator(z, training=False))


@planted.wrong("make-faces")
def noise_with_its_axes_swapped(generator, count, seed):
    z = np.random.default_rng(seed).uniform(-1, 1, (generator.input_shape[1], count)).T
    return pixels_of(generator(z, training=False))


@planted.wrong("make-faces")
def one_face_alone(generator, count, seed):
    z = np.random.default_rng(seed).uniform(-1, 1, (count, generator.input_shape[1]))
    return pixels_of(generator(z, training=False))[0]


# 0.4: settings of a longer run


@planted.right("longer")
def by_replace(profile):
    settings = get_settings(profile)
    changes = {"epochs": settings.epochs * 3, "image_size": 32, "flip": False}
    return dataclasses.replace(settings, **changes)


@planted.right("longer")
def from_the_table_of_profiles(profile):
    return get_settings(profile, flip=False, image_size=32, epochs=PROFILES[profile].epochs * 3)


@planted.right("longer")
def added_up(profile):
    changes = {"image_size": 32, "flip": False}
    changes["epochs"] = sum(get_settings(profile).to_dict()["epochs"] for _ in range(3))
    return get_settings(profile, **changes)


@planted.wrong("longer")
def twice_the_epochs(profile):
    return get_settings(profile, epochs=2 * get_settings(profile).epochs, image_size=32, flip=False)


@planted.wrong("longer")
def three_epochs_more(profile):
    epochs = get_settings(profile).epochs + 3
    return get_settings(profile, epochs=epochs, image_size=32, flip=False)


@planted.wrong("longer")
def quick_whatever_is_asked(profile):
    return get_settings("quick", epochs=3 * PROFILES["quick"].epochs, image_size=32, flip=False)


@planted.wrong("longer")
def the_epochs_of_quick(profile):
    return get_settings(profile, epochs=3 * PROFILES["quick"].epochs, image_size=32, flip=False)


@planted.wrong("longer")
def still_mirrored(profile):
    return get_settings(profile, epochs=3 * get_settings(profile).epochs, image_size=32)


@planted.wrong("longer")
def faces_as_large_as_before(profile):
    return get_settings(profile, epochs=3 * get_settings(profile).epochs, flip=False)


@planted.wrong("longer")
def one_setting_too_many(profile):
    epochs = 3 * get_settings(profile).epochs
    return get_settings(profile, epochs=epochs, image_size=32, flip=False, batch_size=32)


@planted.wrong("longer")
def a_dictionary(profile):
    epochs = 3 * get_settings(profile).epochs
    return get_settings(profile, epochs=epochs, image_size=32, flip=False).to_dict()


@planted.wrong("longer")
def a_misspelt_name(profile):
    return get_settings(profile, epoch=math.prod([3, PROFILES[profile].epochs]))


@pytest.fixture(scope="module")
def chapter(tmp_path_factory):
    generator = build_generator(get_settings("tiny", image_size=32))
    return SolvedChapter("00", tmp_path_factory.mktemp("asked"), generator=generator, seed=0)


class TestAnswers(PlantedTests):
    planted = planted


def test_a_wrong_step_to_pixels_is_not_held_against_the_faces(chapter):
    names = {"np": np, "to_pixels": stays_a_float}
    exec(
        "def make_faces(generator, count, seed):\n"
        "    z = np.random.default_rng(seed).uniform(-1, 1, (count, generator.input_shape[1]))\n"
        "    return to_pixels(np.asarray(generator(z)))",
        names,
    )
    answer = PlantedAnswer("make-faces", names["make_faces"])
    assert chapter.check(answer) == "" and chapter.mark(answer) == 1
