"""Chapter 03: its checks accept what is right and name what is wrong; its figures show it."""

import cv2
import numpy as np
import pytest

from dcgan_course.ch03_load import checks as check, colours, plots, serving, widgets
from dcgan_course.checking import CheckFailed
from dcgan_lib.load import FaceSet, batches, to_images


@pytest.fixture(scope="module")
def people():
    """40 random faces of 8 people, each person of one brightness."""
    noise = np.random.default_rng(0).integers(0, 64, (40, 16, 16, 3), np.uint8)
    bright = np.repeat(np.arange(8, dtype=np.uint8) * 24, 5)
    return FaceSet(
        noise + bright[:, None, None, None], [f"s{n // 5}/{n % 5}.png" for n in range(40)]
    )


def read_face(path, turn=True, flag=cv2.IMREAD_COLOR, refuse=True, message="{} is broken"):
    image = cv2.imread(str(path), flag)
    if image is None and refuse:
        raise ValueError(message.format(path))
    return cv2.cvtColor(image, cv2.COLOR_BGR2RGB) if turn else image


def to_floats(images):
    return images.astype(np.float32) / 127.5 - 1


def in_place(images):
    images += 0
    images[0, 0] = 9
    return to_floats(images)


def to_bytes(faces):
    return np.clip(np.round((faces + 1) * 127.5), 0, 255).astype(np.uint8)


def my_batches(images, size, seed, *, order=None, partial=False, scale=to_floats):
    rows = np.random.default_rng(seed).permutation(len(images)) if order is None else order
    for start in range(0, len(images) - (0 if partial else size - 1), size):
        yield scale(images[rows[start : start + size]])


def mixed_up(images, size, seed):
    for batch in my_batches(images, size, seed):
        batch[0], batch[1, :2] = batch[1], batch[2, :2].copy()
        yield batch


def late_shuffle(images, size, seed):
    whole = len(images) // size * size
    return my_batches(images[:whole], size, seed)


def with_tf_data(images, size, seed):
    import tensorflow as tf

    served = tf.data.Dataset.from_tensor_slices(images).shuffle(len(images), seed=seed)
    served = served.batch(size, drop_remainder=True)
    return served.map(lambda batch: tf.cast(batch, tf.float32) / 127.5 - 1).prefetch(1)


def test_the_right_answers_pass(capsys):
    check.check_read_face(read_face)
    check.check_scale(to_floats)
    check.check_to_bytes(to_bytes)
    check.check_epoch_plan(divmod)
    check.check_batches(my_batches)
    check.check_batches(with_tf_data)
    assert capsys.readouterr().out.count("✓") == 6


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"turn": False}, "Red and blue have changed places in colour.png"),
        ({"turn": False, "flag": cv2.IMREAD_UNCHANGED}, "changed places in colour.png"),
        ({"turn": False, "flag": cv2.IMREAD_GRAYSCALE}, r"another shape. Expected \(64, 64, 3\)"),
        ({"refuse": False}, "from a later line"),
        ({"message": "broken"}, "names the file. Received: ValueError: broken"),
    ],
)
def test_a_wrong_reader_is_named(change, message):
    with pytest.raises(CheckFailed, match=message):
        check.check_read_face(lambda path: read_face(path, **change))


def test_a_reader_of_floats_or_of_nothing_is_named():
    with pytest.raises(CheckFailed, match=r"Expected uint8\. Received: float32"):
        check.check_read_face(lambda path: read_face(path).astype(np.float32))
    with pytest.raises(CheckFailed, match="Received: None"):
        check.check_read_face(lambda path: None)
    with pytest.raises(CheckFailed, match="no error"):
        check.check_read_face(
            lambda path: (
                np.zeros((64, 64, 3), np.uint8) if "broken" in path.name else read_face(path)
            )
        )


@pytest.mark.parametrize(
    ("scale", "message"),
    [
        (lambda images: images / 127.5 - 1, "Expected float32. Received: float64"),
        (lambda images: images.astype(np.float32) / 255, "Received: 0 and 1"),
        (lambda images: images.astype(np.float32) / 128 - 1, "Received: -1 and 0.99"),
        (lambda images: ((images * 2 - 255) / 255).astype(np.float32), "does the sum fit"),
        (lambda images: np.sign(to_floats(images)), "other values"),
        (lambda images: to_floats(images).ravel(), "another shape"),
        (lambda images: None, "Received: None"),
        (in_place, "handed in have changed"),
    ],
)
def test_a_wrong_scale_is_named(scale, message):
    with pytest.raises(CheckFailed, match=message):
        check.check_scale(scale)


@pytest.mark.parametrize(
    ("back", "message"),
    [
        (lambda faces: ((faces + 1) * 127.5).astype(np.uint8), "of the 256 bytes don't come back"),
        (lambda faces: np.round((faces + 1) * 127.5), "Expected uint8. Received: float32"),
        (lambda faces: ((faces + 1) * 127.5 + 0.01).astype(np.uint8), "become the nearer one"),
        (lambda faces: np.round((faces + 1) * 127.5).astype(int).astype(np.uint8), "stop at the"),
        (lambda faces: None, "Received: None"),
    ],
)
def test_a_wrong_way_back_is_named(back, message):
    with pytest.raises(CheckFailed, match=message):
        check.check_to_bytes(back)


@pytest.mark.parametrize(
    "plan",
    [
        lambda faces, size: (faces // size, 0),
        lambda faces, size: (-(-faces // size), faces % size),
        lambda faces, size: (faces % size, faces // size),
    ],
)
def test_a_wrong_plan_is_named(plan):
    with pytest.raises(CheckFailed, match=r"Expected \(22, 8\)"):
        check.check_epoch_plan(plan)


@pytest.mark.parametrize(
    ("served", "message"),
    [
        (lambda *a: my_batches(*a, partial=True), "Received: 19.*fill no batch"),
        (lambda *a: [], "Received: 0"),
        (lambda *a: my_batches(*a, scale=lambda batch: batch / 127.5 - 1), "another type"),
        (lambda *a: my_batches(*a, scale=lambda batch: batch.astype(np.float32)), "in .-1, 1"),
        (lambda *a: my_batches(*a, order=np.arange(300)), "close together"),
        (
            lambda *a: my_batches(*a, order=np.random.default_rng(a[2]).integers(0, 300, 300)),
            "twice",
        ),
        (lambda *a: my_batches(*a[:2], seed=None), "same seed gave another order"),
        (lambda *a: my_batches(*a[:2], seed=7), "Seeds 0 and 1"),
        (late_shuffle, "same faces are left out"),
        (mixed_up, "mixed up"),
    ],
)
def test_wrong_batches_are_named(served, message):
    with pytest.raises(CheckFailed, match=message):
        check.check_batches(served)


def test_batches_that_shuffle_the_set_itself_are_named():
    def shuffle_all(images, size, seed):
        np.random.default_rng(seed).shuffle(images)
        return my_batches(images, size, seed, order=np.arange(len(images)))

    with pytest.raises(CheckFailed, match=r"mixed up|changed order"):
        check.check_batches(shuffle_all)


def test_the_card_turns_cold_when_red_and_blue_change_places():
    face = np.full((64, 64, 3), 120, np.uint8)
    card = colours.colour_card(face)
    red, _, blue = card[10, 10].astype(int)
    assert card.shape == (80, 64, 3) and card.dtype == np.uint8
    assert red > blue + 40
    assert [int(card[-1, x].argmax()) for x in (5, 32, 60)] == [0, 1, 2]


def test_both_histograms_count_the_same_pixels():
    images = np.random.default_rng(0).integers(0, 256, (5, 8, 8, 3), np.uint8)
    on_disk, in_batch, tanh = plots.draw_ranges(images).axes
    counts = [[bar.get_width() for bar in axes.patches] for axes in (on_disk, in_batch)]
    assert sum(counts[0]) == sum(counts[1]) == images.size
    assert on_disk.get_ylim()[0] < 0 and on_disk.get_ylim()[1] > 255
    assert in_batch.get_ylim() == tanh.get_ylim()


def test_numbered_faces_keep_their_number():
    faces = serving.numbered_faces(70_000, 1)
    assert len(np.unique(faces.reshape(-1, 3), axis=0)) == 70_000
    np.testing.assert_array_equal(serving.face_numbers(to_floats(faces[[0, 255, 256, 69_999]])),
                                  [0, 255, 256, 69_999])  # fmt: skip


def test_rows_served_are_those_of_the_pictures(people):
    rows = serving.rows_served(40, 16, seed=3, epoch=2)
    served = batches(people.images, 16, 3, first_epoch=2)
    np.testing.assert_array_equal(people.images[rows], [to_images(batch) for batch in served])


@pytest.mark.parametrize("size", [4, 32])
@pytest.mark.parametrize("epoch", [0, 9])
def test_a_batch_is_titled_by_its_people(people, size, epoch):
    def title(**options):
        figure = plots.draw_batch(*vars(people).values(), epoch=epoch, batch_size=size, **options)
        return figure.axes[0].get_title()

    rows = serving.rows_served(40, size, 0, epoch)[-1]
    mixed = len(set(rows // 5))
    assert f"{size} faces of {mixed} people" in title(step=40 // size - 1)
    in_order = {4: 1, 32: 7}[size]
    assert f"in the folder's order: {size} faces of {in_order} people" in title(shuffled=False)


def test_flips_mirror_what_is_drawn(people):
    def picture(**options):
        return plots.draw_batch(*vars(people).values(), **options).axes[0].images[0].get_array()

    for shuffled in (True, False):
        as_taken, some = (picture(flip=flip, shuffled=shuffled) for flip in (False, True))
        tiles = [
            (grid[2:18, 2 + 18 * n : 18 + 18 * n]) for n in range(8) for grid in (as_taken, some)
        ]
        same = [np.array_equal(a, b) for a, b in zip(tiles[::2], tiles[1::2], strict=True)]
        turned = [
            np.array_equal(a, b[:, ::-1]) for a, b in zip(tiles[::2], tiles[1::2], strict=True)
        ]
        assert all(np.logical_xor(same, turned)) and any(same) and any(turned)


def test_a_step_that_is_not_there_is_refused(people):
    with pytest.raises(ValueError, match=r"Expected a step from 0 to 1: 40 faces fill 2 batches"):
        plots.draw_batch(*vars(people).values(), step=2)


def test_the_folders_order_spreads_the_means(people):
    spread = [serving.batch_means(people.images, 5, 0, shuffled=on).std() for on in (False, True)]
    assert spread[0] > 1.5 * spread[1]
    every = (people.images.mean() / 127.5) - 1
    assert serving.batch_means(people.images, 5, 0, shuffled=True).mean() == pytest.approx(every)
    titles = [axes.get_title() for axes in plots.draw_batch_means(people.images, 5).axes]
    assert titles[0].endswith(f"{spread[0]:.3f}") and titles[1].endswith(f"{spread[1]:.3f}")


def test_visits_are_full_batches_and_reach_everyone():
    seen = serving.visits(44, 16, seed=0, epochs=10)
    assert (seen.sum(axis=1) == 32).all()
    assert seen.any(axis=0).all()
    figure = plots.draw_visits(44, 16, epochs=3)
    assert "12 sit out" in figure.axes[0].get_title()
    assert figure.axes[0].images[0].get_array().shape == (3, 44)


@pytest.mark.parametrize("read", [0.5, 1, 4])
@pytest.mark.parametrize("train", [0.5, 1.5, 4])
def test_a_batch_ahead_leaves_only_the_slower_side_to_wait_for(read, train):
    alone, ahead = (
        serving.prefetch_times(read, train, 5, prefetch=on)[-1, 1] + train for on in (False, True)
    )
    assert alone == 5 * (read + train)
    assert ahead == read + 4 * max(read, train) + train
    titles = [axes.get_title() for axes in plots.draw_prefetch(read, train).axes]
    assert titles == [f"without prefetch: 5 batches take {alone:g}",
                      f"with prefetch: 5 batches take {ahead:g}"]  # fmt: skip


def test_every_control_of_the_browser_turns_the_page(people):
    box = widgets.explore_batch_browser(people, batch_size=8)
    seen = [box.picture.value]
    for name, value in (("epoch", 9), ("step", 4), ("flip", True), ("shuffled", False)):
        box.controls[name].value = value
        seen.append(box.picture.value)
        assert box.message.value == ""
    assert len(set(seen)) == 5 and seen[0][:4] == b"\x89PNG"


def test_the_browser_keeps_to_the_steps_that_there_are(people):
    box = widgets.explore_batch_browser(people, batch_size=1)
    step, size = box.controls["step"], box.controls["batch_size"]
    assert (size.value, step.max) == (4, 9)
    step.value = 9
    for value, last in ((32, 0), (4, 9), (16, 1)):
        size.value = value
        assert step.max == last and step.value <= last
        assert box.message.value == ""


def test_a_small_set_offers_only_batches_that_it_can_fill(people):
    box = widgets.explore_batch_browser(FaceSet(people.images[:9], people.names[:9]), batch_size=64)
    assert box.controls["batch_size"].options == (4, 8)


@pytest.mark.parametrize("value", [0.5, 4])
def test_the_timetable_is_redrawn_at_both_ends(value):
    for name in ("read", "train"):
        box = widgets.explore_timetable()
        before = box.picture.value
        box.controls[name].value = value
        assert box.picture.value != before
