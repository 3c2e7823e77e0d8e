"""Chapter 03: what students write, right and wrong, through the visible check and the mark."""

import math
import random

import cv2
import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

from dcgan_lib.load import from_images, to_images
from tests.support.planted import Planted, PlantedAnswer, PlantedTests, SolvedChapter

planted = Planted()


# 3.1: reading a face


@planted.right("read-face")
def by_pillow(path):
    try:
        with Image.open(path) as picture:
            return np.array(picture.convert("RGB"))
    except OSError as error:
        raise ValueError(f"no picture in {path}") from error


@planted.right("read-face")
def channels_turned_by_hand(path):
    image = cv2.imread(path.as_posix(), cv2.IMREAD_COLOR)
    if image is None:
        raise ValueError(path)
    return image[:, :, ::-1]


@planted.right("read-face")
def decoded_from_bytes(path):
    if not path.is_file() or not path.stat().st_size:
        raise ValueError(f"there is nothing in {path.name}")
    image = cv2.imdecode(np.frombuffer(path.read_bytes(), np.uint8), cv2.IMREAD_COLOR)
    if image is None:
        raise ValueError(f"{path.name} can't be decoded")
    return np.stack([image[..., channel] for channel in (2, 1, 0)], axis=-1)


class NotAPicture(ValueError):
    """A student's own error."""


@planted.right("read-face")
def with_an_error_of_ones_own(path):
    image = cv2.imread(str(path))
    if image is None:
        raise NotAPicture(str(path))
    return cv2.cvtColor(image, cv2.COLOR_BGR2RGB)


@planted.wrong("read-face")
def never_turned(path):
    image = cv2.imread(str(path))
    if image is None:
        raise ValueError(f"{path} can't be read")
    return image


@planted.wrong("read-face")
def nothing_asked(path):
    return cv2.cvtColor(cv2.imread(str(path)), cv2.COLOR_BGR2RGB)


@planted.wrong("read-face")
def returns_none(path):
    image = cv2.imread(str(path))
    return None if image is None else cv2.cvtColor(image, cv2.COLOR_BGR2RGB)


@planted.wrong("read-face")
def an_error_that_names_no_file(path):
    image = cv2.imread(str(path))
    if image is None:
        raise ValueError("this file can't be read")
    return cv2.cvtColor(image, cv2.COLOR_BGR2RGB)


@planted.wrong("read-face")
def another_kind_of_error(path):
    image = cv2.imread(str(path))
    if image is None:
        raise FileNotFoundError(path)
    return cv2.cvtColor(image, cv2.COLOR_BGR2RGB)


@planted.wrong("read-face")
def read_in_grey(path):
    image = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
    if image is None:
        raise ValueError(f"{path} can't be read")
    return cv2.cvtColor(image, cv2.COLOR_GRAY2RGB)


@planted.wrong("read-face")
def channels_as_the_file_has_them(path):
    image = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
    if image is None:
        raise ValueError(f"{path} can't be read")
    return image[..., ::-1]


@planted.wrong("read-face")
def mirrored_by_mistake(path):
    image = cv2.imread(str(path))
    if image is None:
        raise ValueError(f"{path} can't be read")
    return image[:, ::-1]


@planted.wrong("read-face")
def floats_already(path):
    image = cv2.imread(str(path))
    if image is None:
        raise ValueError(f"{path} can't be read")
    return cv2.cvtColor(image, cv2.COLOR_BGR2RGB) / 255


@planted.wrong("read-face")
def black_instead_of_an_error(path):
    image = cv2.imread(str(path))
    if image is None:
        return np.zeros((64, 64, 3), np.uint8)
    return cv2.cvtColor(image, cv2.COLOR_BGR2RGB)


# 3.2: bytes to floats


@planted.right("to-floats")
def share_of_the_range(images):
    return (images / 255 * 2 - 1).astype(np.float32)


@planted.right("to-floats")
def looked_up(images):
    return np.linspace(-1, 1, 256, dtype=np.float32)[images]


@planted.right("to-floats")
def from_the_middle(images):
    return (np.float32(images) - np.float32(127.5)) / np.float32(127.5)


@planted.right("to-floats")
def multiplied(images):
    return images * np.float32(2 / 255) - np.float32(1)


@planted.right("to-floats")
def by_tensorflow(images):
    return tf.cast(images, tf.float32) / 127.5 - 1.0


@planted.wrong("to-floats")
def numpys_own_type(images):
    return images / 127.5 - 1


@planted.wrong("to-floats")
def zero_to_one(images):
    return images.astype(np.float32) / 255


@planted.wrong("to-floats")
def a_byte_has_256_steps(images):
    return images.astype(np.float32) / 128 - 1


@planted.wrong("to-floats")
def the_middle_at_127(images):
    return images.astype(np.float32) / 127 - 1


@planted.wrong("to-floats")
def calculated_in_bytes(images):
    return ((images * np.uint8(2)) / 255 - 1).astype(np.float32)


@planted.wrong("to-floats")
def shifted_in_bytes(images):
    return ((images - np.uint8(127)) / 128).astype(np.float32)


@planted.wrong("to-floats")
def half_precision(images):
    return (images / 127.5 - 1).astype(np.float16)


@planted.wrong("to-floats")
def each_set_to_its_own_range(images):
    low, high = images.min(), images.max()
    return ((images - low) / (high - low) - 0.5).astype(np.float32)


@planted.wrong("to-floats")
def whole_numbers(images):
    return np.round(images / 127.5 - 1).astype(np.float32)


@planted.wrong("to-floats")
def empties_its_input(images):
    floats = images.astype(np.float32) / 127.5 - 1
    images[:] = 0
    return floats


# 3.3: and back


@planted.right("to-bytes")
def clipped_first(faces):
    return np.rint((np.clip(faces, -1, 1) + 1) / 2 * 255).astype("uint8")


@planted.right("to-bytes")
def half_added(faces):
    levels = np.floor(faces * 127.5 + 128)
    return np.minimum(np.maximum(levels, 0), 255).astype(np.uint8)


@planted.right("to-bytes")
def tensorflows_saturating_cast(faces):
    return tf.saturate_cast(tf.round((tf.constant(faces) + 1) * 127.5), tf.uint8)


@planted.right("to-bytes")
def one_number_at_a_time(faces):
    levels = [min(255, max(0, round((float(face) + 1) * 127.5))) for face in faces.flat]
    return np.array(levels, np.uint8).reshape(faces.shape)


@planted.wrong("to-bytes")
def decimals_cut_off(faces):
    return np.clip((faces + 1) * 127.5, 0, 255).astype(np.uint8)


@planted.wrong("to-bytes")
def never_clipped(faces):
    return np.round((faces + 1) * 127.5).astype(np.int64).astype(np.uint8)


@planted.wrong("to-bytes")
def clipped_after_it_was_a_byte(faces):
    return np.clip(np.round((faces + 1) * 127.5).astype(np.int32).astype(np.uint8), 0, 255)


@planted.wrong("to-bytes")
def still_floats(faces):
    return np.clip(np.round((faces + 1) * 127.5), 0, 255)


@planted.wrong("to-bytes")
def times_255(faces):
    return np.clip(np.round(faces * 255), 0, 255).astype(np.uint8)


@planted.wrong("to-bytes")
def times_128(faces):
    return np.clip(np.round((faces + 1) * 128), 0, 255).astype(np.uint8)


@planted.wrong("to-bytes")
def rounded_before_it_is_stretched(faces):
    return np.clip(np.round(faces + 1) * 127.5, 0, 255).astype(np.uint8)


@planted.wrong("to-bytes")
def always_rounded_up(faces):
    return np.clip(np.ceil((faces + 1) * 127.5), 0, 255).astype(np.uint8)


@planted.wrong("to-bytes")
def stretched_to_the_set(faces):
    low, high = faces.min(), faces.max()
    return np.round((faces - low) / (high - low) * 255).astype(np.uint8)


@planted.wrong("to-bytes")
def in_place(faces):
    faces += 1
    faces *= 127.5
    return np.clip(np.round(faces), 0, 255).astype(np.uint8)


# 3.4: full batches, and faces left over


@planted.right("epoch-plan")
def by_division_and_rest(faces, batch_size):
    return faces // batch_size, faces % batch_size


@planted.right("epoch-plan")
def by_counting(faces, batch_size):
    full = 0
    while faces >= batch_size:
        faces -= batch_size
        full += 1
    return [full, faces]


@planted.right("epoch-plan")
def by_floor(faces, batch_size):
    full = math.floor(faces / batch_size)
    return full, faces - full * batch_size


@planted.right("epoch-plan")
def by_numpy(faces, batch_size):
    return tuple(np.divmod(faces, batch_size))


@planted.wrong("epoch-plan")
def batches_begun(faces, batch_size):
    return math.ceil(faces / batch_size), faces % batch_size


@planted.wrong("epoch-plan")
def the_other_order(faces, batch_size):
    return faces % batch_size, faces // batch_size


@planted.wrong("epoch-plan")
def a_fraction_of_a_batch(faces, batch_size):
    return faces / batch_size, faces % batch_size


@planted.wrong("epoch-plan")
def rounded_batches(faces, batch_size):
    return round(faces / batch_size), faces % batch_size


@planted.wrong("epoch-plan")
def what_is_missing_to_a_batch(faces, batch_size):
    return faces // batch_size, batch_size - faces % batch_size


@planted.wrong("epoch-plan")
def one_batch_too_few(faces, batch_size):
    return (faces - 1) // batch_size, faces % batch_size


@planted.wrong("epoch-plan")
def the_batches_alone(faces, batch_size):
    return faces // batch_size


@planted.wrong("epoch-plan")
def nothing_left_over(faces, batch_size):
    return faces // batch_size, 0


# 3.5: one epoch of batches


def floats(batch):
    return batch.astype(np.float32) / 127.5 - 1


@planted.right("my-batches")
def by_tf_data(images, batch_size, seed):
    served = tf.data.Dataset.from_tensor_slices(images).shuffle(len(images), seed=seed)
    served = served.batch(batch_size, drop_remainder=True)
    return served.map(lambda batch: tf.cast(batch, tf.float32) / 127.5 - 1)


@planted.right("my-batches")
def a_list_of_batches(images, batch_size, seed):
    order = np.argsort(np.random.default_rng(seed).random(len(images)))
    full = len(images) // batch_size
    rows = order[: full * batch_size].reshape(full, batch_size)
    return [floats(images[part]) for part in rows]


@planted.right("my-batches")
def by_pythons_random(images, batch_size, seed):
    rows = list(range(len(images)))
    random.Random(seed).shuffle(rows)
    while len(rows) >= batch_size:
        batch, rows = rows[:batch_size], rows[batch_size:]
        yield np.stack([from_images(images[row]) for row in batch])


@planted.right("my-batches")
def the_set_turned_into_floats_first(images, batch_size, seed):
    faces = np.random.RandomState(seed).permutation(floats(images))
    for number in range(len(faces) // batch_size):
        yield faces[number * batch_size : (number + 1) * batch_size]


def serve(images, order, batch_size):
    for start in range(0, len(order) - batch_size + 1, batch_size):
        yield floats(images[order[start : start + batch_size]])


@planted.wrong("my-batches")
def in_the_folders_order(images, batch_size, seed):
    return serve(images, np.arange(len(images)), batch_size)


@planted.wrong("my-batches")
def another_order_each_time(images, batch_size, seed):
    return serve(images, np.random.default_rng().permutation(len(images)), batch_size)


@planted.wrong("my-batches")
def the_same_order_for_every_seed(images, batch_size, seed):
    return serve(images, np.random.default_rng(0).permutation(len(images)), batch_size)


@planted.wrong("my-batches")
def with_the_last_part(images, batch_size, seed):
    order = np.random.default_rng(seed).permutation(len(images))
    for start in range(0, len(images), batch_size):
        yield floats(images[order[start : start + batch_size]])


@planted.wrong("my-batches")
def the_last_full_batch_forgotten(images, batch_size, seed):
    order = np.random.default_rng(seed).permutation(len(images))
    for start in range(0, len(images) - batch_size, batch_size):
        yield floats(images[order[start : start + batch_size]])


@planted.wrong("my-batches")
def drawn_with_putting_back(images, batch_size, seed):
    rows = np.random.default_rng(seed).integers(0, len(images), len(images))
    return serve(images, rows, batch_size)


@planted.wrong("my-batches")
def shuffled_within_a_batch(images, batch_size, seed):
    drawn = np.random.default_rng(seed)
    for start in range(0, len(images) - batch_size + 1, batch_size):
        yield floats(images[start + drawn.permutation(batch_size)])


@planted.wrong("my-batches")
def left_out_before_the_shuffle(images, batch_size, seed):
    full = len(images) // batch_size * batch_size
    return serve(images, np.random.default_rng(seed).permutation(full), batch_size)


@planted.wrong("my-batches")
def the_set_itself_shuffled(images, batch_size, seed):
    np.random.default_rng(seed).shuffle(images)
    return serve(images, np.arange(len(images)), batch_size)


@planted.wrong("my-batches")
def pixels_shuffled(images, batch_size, seed):
    drawn = np.random.default_rng(seed)
    mixed = drawn.permutation(drawn.permuted(images, axis=1))
    return serve(mixed, np.arange(len(images)), batch_size)


@planted.wrong("my-batches")
def mirrored_by_chance(images, batch_size, seed):
    drawn = np.random.default_rng(seed)
    for batch in serve(images, drawn.permutation(len(images)), batch_size):
        turn = drawn.random(batch_size) < 0.5
        batch[turn] = batch[turn, :, ::-1]
        yield batch


@planted.wrong("my-batches")
def bytes_as_they_are(images, batch_size, seed):
    for batch in serve(images, np.random.default_rng(seed).permutation(len(images)), batch_size):
        yield to_images(batch)


@planted.wrong("my-batches")
def batches_from_zero_to_one(images, batch_size, seed):
    for batch in serve(images, np.random.default_rng(seed).permutation(len(images)), batch_size):
        yield (batch + 1) / 2


@planted.wrong("my-batches")
def batches_in_double_precision(images, batch_size, seed):
    for batch in serve(images, np.random.default_rng(seed).permutation(len(images)), batch_size):
        yield batch.astype(np.float64)


@planted.wrong("my-batches")
def always_batches_of_16(images, batch_size, seed):
    return serve(images, np.random.default_rng(seed).permutation(len(images)), 16)


@planted.wrong("my-batches")
def a_small_buffer(images, batch_size, seed):
    served = tf.data.Dataset.from_tensor_slices(images).shuffle(20, seed=seed)
    served = served.batch(batch_size, drop_remainder=True)
    return served.map(lambda batch: tf.cast(batch, tf.float32) / 127.5 - 1)


@planted.wrong("my-batches")
def one_batch_alone(images, batch_size, seed):
    order = np.random.default_rng(seed).permutation(len(images))
    return [floats(images[order[:batch_size]])]


@pytest.fixture(scope="module")
def chapter(tmp_path_factory):
    return SolvedChapter("03", tmp_path_factory.mktemp("asked"))


class TestAnswers(PlantedTests):
    planted = planted


def test_a_wrong_scale_is_not_held_against_the_batches(chapter):
    names = {"np": np, "to_minus_one_one": zero_to_one}
    exec(
        "def my_batches(images, batch_size, seed):\n"
        "    order = np.random.default_rng(seed).permutation(len(images))\n"
        "    for start in range(0, len(images) - batch_size + 1, batch_size):\n"
        "        yield to_minus_one_one(images[order[start : start + batch_size]])",
        names,
    )
    answer = PlantedAnswer("my-batches", names["my_batches"])
    assert chapter.check(answer) == "" and chapter.mark(answer) == 1
