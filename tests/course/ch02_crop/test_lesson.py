"""Chapter 02: the NumPy cascade decides as OpenCV's does; checks, figures and the widget hold."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from dcgan_course.ch02_crop import checks as check, haar, looks, photographs, plots, widgets
from dcgan_course.checking import CheckFailed
from dcgan_course.exploring import to_png
from dcgan_lib.crop.detect import EYE_CASCADE, Box, detect_faces, load_cascade
from dcgan_lib.crop.face import crop_face
from dcgan_lib.crop.photos import read_photo

NAMES = ("s1/1.pgm", "s10/2.pgm", "s17/1.pgm", "s24/1.pgm")
MISSED = "s1/4.pgm"


@pytest.fixture(scope="module")
def stages():
    return haar.read_stages()


@pytest.fixture(scope="module")
def photos(orl_photographs):
    return {name: read_photo(orl_photographs / name)[..., 0] for name in (*NAMES, MISSED)}


@pytest.fixture(scope="module")
def photo(photos):
    return photos[NAMES[0]]


@pytest.fixture(scope="module")
def level(photo):
    return haar.all_windows(photo, 1.1)


@pytest.fixture(scope="module")
def passed(stages, level):
    return haar.stages_passed(stages, level.windows)


def by_opencv(window):
    """Whether OpenCV takes a window for a face, and its last stage's sum."""
    boxes, _, sums = load_cascade().detectMultiScale3(
        window, 1.1, 0, minSize=(24, 24), maxSize=(24, 24), outputRejectLevels=True
    )
    return len(boxes) > 0, float(sums[0]) if len(boxes) else None


# ── the cascade in NumPy ─────────────────────────────────────────────────────────────────────


def test_the_file_is_read_whole(stages):
    assert len(stages) == 25
    assert [len(stage.trees) for stage in stages[:3]] == [9, 16, 27]
    assert sum(len(stage.trees) for stage in stages) == 2913
    assert stages[0].trees[0].feature == ((6, 4, 12, 9, -1.0), (6, 7, 12, 3, 3.0))


def test_a_cascade_of_another_form_is_refused():
    with pytest.raises(ValueError, match=r"Expected .*\. Received: .*\. Use haarcascade_frontal"):
        haar.read_stages(EYE_CASCADE)


@pytest.mark.parametrize("name", NAMES)
def test_windows_are_decided_as_opencv_decides(name, photos, stages):
    windows = haar.all_windows(photos[name], 1.1).windows
    passed = haar.stages_passed(stages, windows)
    some = np.random.default_rng(0).choice(len(windows), 60, replace=False)
    chosen = {*some, *np.flatnonzero(passed >= 19)}
    accepted = 0
    for index in chosen:
        face, last = by_opencv(np.ascontiguousarray(windows[index]))
        assert face == (passed[index] == 25)
        accepted += face
        if face and accepted <= 5:
            own = haar.stage_margins(stages, windows[index])[-1] + stages[-1].threshold
            assert own == pytest.approx(last, abs=1e-4)
    assert accepted >= 10 and accepted < len(chosen)


@pytest.mark.parametrize("value", [0, 130, 255])
def test_even_windows_are_decided_as_opencv_decides(value, stages):
    window = np.full((24, 24), value, np.uint8)
    assert not by_opencv(window)[0] and haar.stages_passed(stages, window[None])[0] < 25


def test_a_flat_face_is_not_looked_at(stages, level, passed):
    face = level.windows[passed.argmax()]
    flat = (face // 16 + 100).astype(np.uint8)
    assert not by_opencv(flat)[0] and haar.stages_passed(stages, flat[None])[0] == 0


@pytest.mark.parametrize("scale_factor", [1.05, 1.1])
def test_all_windows_are_those_that_opencv_tries(photo, stages, scale_factor):
    windows, boxes = haar.all_windows(photo, scale_factor)
    mine = boxes[haar.stages_passed(stages, windows) == 25]
    theirs = looks.look(photo, scale_factor, 0, 24)
    assert len(mine) == len(theirs) > 20
    assert all(np.abs(mine - box).max(axis=1).min() <= 1 for box in theirs)  # rounding


def test_all_windows_start_at_the_smallest_size_and_stay_inside(photo):
    boxes = haar.all_windows(photo, 1.2, min_size=45).boxes
    assert boxes[:, 2].min() >= 45
    assert (boxes[:, 0] + boxes[:, 2]).max() <= photo.shape[1]


def test_light_changes_no_feature(stages, level):
    window = level.windows[:1] // 2
    values = [
        haar.feature_value(stages[0].trees[0].feature, haar.integral_image(w), haar.window_scale(w))
        for w in (window, window * 2)
    ]
    assert values[0] == pytest.approx(values[1])


def test_an_integral_image_gives_any_sum():
    grey = np.random.default_rng(1).integers(0, 256, (3, 9, 7))
    table = haar.integral_image(grey)
    assert table.shape == (3, 10, 8) and not table[:, 0].any() and not table[..., 0].any()
    assert (haar.rectangle_sum(table, 2, 3, 4, 5) == grey[:, 3:8, 2:6].sum(axis=(1, 2))).all()


# ── checks ───────────────────────────────────────────────────────────────────────────────────


def box_sum(table, x, y, w, h):
    return table[y + h, x + w] - table[y, x + w] - table[y + h, x] + table[y, x]


@pytest.mark.parametrize(
    "wrong",
    [
        lambda t, x, y, w, h: t[y + h, x + w] - t[y, x + w] - t[y + h, x],
        lambda t, x, y, w, h: t[y + h, x + w] - t[y, x],
        lambda t, x, y, w, h: box_sum(t.T, x, y, w, h) if max(x + w, y + h) < 20 else 0,
        lambda t, x, y, w, h: t[y + h - 1, x + w - 1] - t[y, x + w - 1],
        lambda t, x, y, w, h: t,
    ],
)
def test_the_check_of_box_sum(wrong, capsys):
    check.check_box_sum(box_sum)
    assert "✓ Exercise 2.1" in capsys.readouterr().out
    with pytest.raises(CheckFailed, match=r"for x=\d+, y=\d+.*Expected \d+\. Received: "):
        check.check_box_sum(wrong)


def count_boxes(grey, neighbours, factor=1.05, side=45):
    cascade = load_cascade()
    size = (side, side)
    return [len(cascade.detectMultiScale(grey, factor, n, minSize=size)) for n in neighbours]


@pytest.mark.parametrize(
    "wrong",
    [
        lambda grey, n: count_boxes(grey, sorted(n)),
        lambda grey, n: count_boxes(grey, n, factor=1.1),
        lambda grey, n: count_boxes(grey, n)[:1],
        lambda grey, n: n,
    ],
)
def test_the_check_of_count_boxes(wrong, photo):
    check.check_count_boxes(count_boxes, photo)
    with pytest.raises(CheckFailed, match=r"neighbours \[.*Expected \[.*Received: \["):
        check.check_count_boxes(wrong, photo)


def boxes_of(image):
    grey = image if image.ndim == 2 else cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
    return load_cascade().detectMultiScale(grey, 1.05, 4, minSize=(45, 45))


def largest_face(image):
    boxes = boxes_of(image)
    return tuple(map(int, max(boxes, key=lambda b: b[2] * b[3]))) if len(boxes) else None


def first_or_none(image):
    return tuple(boxes_of(image)[0]) if len(boxes_of(image)) else None


def smallest_face(image):
    boxes = boxes_of(image)
    return tuple(min(boxes, key=lambda b: b[2])) if len(boxes) else None


@pytest.mark.parametrize(
    ("wrong", "match"),
    [
        (boxes_of, "even grey picture has no face. Expected None"),
        (lambda image: None, "grey photograph with a face gave no box"),
        (smallest_face, "another one on a .* with 2 faces"),
        (lambda image: largest_face(image) if image.ndim == 2 else None, "A BGR photograph"),
        (lambda image: (largest_face(image) or (None,))[0], "gave no box"),
    ],
)
def test_the_check_of_largest_face(wrong, match, photos):
    check.check_largest_face(largest_face, list(photos.values()))
    with pytest.raises(CheckFailed, match=match):
        check.check_largest_face(wrong, list(photos.values()))


def test_the_first_box_is_not_the_largest(photos):
    with pytest.raises(CheckFailed, match="no useful order"):
        check.check_largest_face(first_or_none, list(photos.values()))


def crop_square(photo, box, margin=0.04, size=64, how=cv2.INTER_AREA, one_edge=False):
    x, y, w, h = box
    side = round(max(w, h) * (1 + (1 if one_edge else 2) * margin))
    left, top = round(x + w / 2 - side / 2), round(y + h / 2 - side / 2)
    rgb = cv2.cvtColor(photo[top : top + side, left : left + side], cv2.COLOR_BGR2RGB)
    return cv2.resize(rgb, (size, size), interpolation=how)


def without_margin(photo, box, margin, size):
    return crop_square(photo, box, 0, size)


@pytest.mark.parametrize(
    ("wrong", "match"),
    [
        (lambda *a: crop_square(*a)[..., ::-1], "colours the wrong way round"),
        (lambda *a: crop_square(*a, how=cv2.INTER_NEAREST), "INTER_NEAREST"),
        (lambda *a: crop_square(*a, how=cv2.INTER_LINEAR), "INTER_LINEAR"),
        (without_margin, "the box itself"),
        (lambda *a: crop_square(*a, one_edge=True), "another part"),
        (lambda p, b, m, s: crop_square(p, (b[1], b[0], *b[2:]), m, s), "another part"),
        (lambda p, b, m, s: crop_square(p, b, m, 60), "another shape"),
        (lambda *a: crop_square(*a) / 255, "another type. Expected uint8"),
        (lambda p, b, m, s: crop_square(p, b, m, 64), "another shape"),
    ],
)
def test_the_check_of_crop_square(wrong, match):
    check.check_crop_square(crop_square)
    with pytest.raises(CheckFailed, match=match):
        check.check_crop_square(wrong)


def test_the_solution_agrees_with_the_library_on_a_photograph(photo):
    bgr = cv2.cvtColor(photographs.in_colour(photo), cv2.COLOR_RGB2BGR)
    expected = crop_face(photographs.in_colour(photo), Box(10, 20, 70, 70, 1.0))
    assert (crop_square(bgr, (10, 20, 70, 70)) == expected).all()


# ── figures ──────────────────────────────────────────────────────────────────────────────────


def test_overlap_is_shared_area_over_joint_area():
    assert looks.overlap((0, 0, 4, 4), (0, 0, 4, 4)) == 1
    assert looks.overlap((0, 0, 4, 4), (2, 0, 4, 4)) == pytest.approx(8 / 24)
    assert looks.overlap((0, 0, 4, 4), (4, 4, 4, 4)) == 0


def test_a_border_brings_a_missed_face_back(photos):
    grey, reference = photos[MISSED], detect_faces(photos[MISSED])[0]
    assert looks.look(grey).shape == (0, 4)
    (box,) = looks.look(grey, border=12)
    assert looks.overlap(box, reference) > 0.8


def test_neighbours_thin_out_boxes(photo):
    counts = [len(looks.look(photo, neighbours=n)) for n in (0, 4, 100)]
    assert counts[0] > 20 and counts[1:] == [1, 0]


@pytest.mark.parametrize(
    "values",
    [
        dict(scale_factor=1.02, neighbours=0, min_size=24, tilt=-180),
        dict(scale_factor=1.6, neighbours=30, min_size=150, tilt=180),
        dict(scale_factor=1.05, neighbours=4, min_size=45, tilt=0),
    ],
)
def test_detections_are_drawn_at_both_ends_of_the_sliders(photo, values):
    axes = plots.draw_detections(photo, **values).axes[0]
    assert axes.get_title().startswith(f"{len(axes.patches)} box")
    assert len(axes.patches) == (1 if values["tilt"] == 0 else len(axes.patches))


def test_false_boxes_are_red_and_right_ones_blue(photo):
    right = tuple(looks.look(photo)[0])
    figure = plots.draw_boxes(
        {"a": photo, "b": photo}, {"a": [right, (0, 0, 9, 9)], "b": [right]}, {"a": right, "b": ()}
    )
    colours = [[patch.get_edgecolor() for patch in axes.patches[:2]] for axes in figure.axes]
    assert colours[0][0] != colours[0][1] == colours[1][0]
    assert len(figure.axes[0].patches) == 3 and len(figure.axes[1].patches) == 1


def test_no_photograph_to_show_is_said():
    assert "none" in plots.draw_boxes({}, {}, {}).axes[0].get_title()


def test_features_are_titled_with_value_threshold_and_vote(stages, level, passed):
    face, trees = level.windows[passed.argmax()], stages[0].trees[:3]
    figure = plots.draw_features({"face": face, "beside": level.windows[0]}, trees)
    assert len(figure.axes) == 6
    assert all("vote" in axes.get_title() for axes in figure.axes)
    assert [len(axes.patches) for axes in figure.axes[:3]] == [len(t.feature) for t in trees]


def test_corners_lie_at_the_rectangle(photo):
    lines = plots.draw_corners(photo, 5, 6, 20, 30).axes[1].lines
    points = {tuple(line.get_xydata()[0]) for line in lines}
    assert points == {(5, 6), (25, 6), (5, 36), (25, 36)}


def test_a_walk_ends_at_the_first_stage_below_zero():
    figure = plots.draw_margins({"a": np.array([1.0, -1, 2]), "b": np.array([1.0, 2, 3])})
    assert [axes.get_title() for axes in figure.axes] == [
        "a: rejected by stage 2",
        "b: passes all: taken for a face",
    ]
    assert [bar.get_alpha() for bar in figure.axes[0].patches] == [1, 1, 0.2]


def test_survivors_fall_and_cost_little(stages, passed):
    curve = plots.draw_survivors(passed, stages).axes[0].lines[0].get_ydata()
    assert curve[0] == len(passed) and (np.diff(curve) <= 0).all()
    assert curve[-1] == (passed == 25).sum()
    assert 9 < haar.mean_features(passed, stages) < 200
    assert haar.mean_features(np.array([0, 25]), stages) == (9 + 2913) / 2


def test_stages_show_as_many_dots_as_windows(photo, level, passed):
    figure = plots.draw_stages(photo, level.boxes, passed)
    dots = [len(axes.collections[0].get_offsets()) for axes in figure.axes]
    assert dots == [(passed >= number).sum() for number in (0, 1, 5, 25)]


def test_tilted_faces_are_lost(photos):
    curve = plots.draw_tilts(photos, [-60, 0, 60]).axes[0].lines[0].get_ydata()
    assert curve[1] == 100 and max(curve[0], curve[2]) < 50


def test_turning_and_tinting_keep_the_size(photo):
    assert (photographs.tilted(photo, 0) == photo).all()
    assert (photographs.tilted(photo, 180) == photo[::-1, ::-1]).mean() > 0.99
    colour = photographs.in_colour(photo)
    assert colour.shape == (*photo.shape, 3) and (colour[..., 0] >= colour[..., 2]).all()


def test_a_group_has_a_face_of_each_size(photos):
    group = photographs.group_photo([photos[name] for name in NAMES])
    widths = sorted(looks.look(group, min_size=24)[:, 2])
    assert len(widths) >= 3 and widths[-1] > 2 * widths[0]


def test_measured_by_group(photos):
    references = {name: detect_faces(grey)[0][:4] for name, grey in photos.items()}
    table = looks.count_by_group(photos, references, neighbours=4)
    assert table.loc["s1"].to_dict() == {"photographs": 2, "kept": 1, "missed": 1, "false": 0}
    assert table["photographs"].sum() == 5
    assert looks.count_by_group(photos, references, neighbours=0)["false"].sum() > 0
    figure = plots.draw_by_person({"plain": table, "the same": table})
    shares = figure.axes[0].images[0].get_array()
    assert shares.shape == (2, 4) and shares[0].tolist() == [50, 0, 0, 0]


# ── widget ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("name", "value"),
    [("photograph", 1), ("scale_factor", 1.6), ("neighbours", 0), ("min_size", 150), ("tilt", 90)],
)
def test_each_slider_redraws(photos, name, value):
    box = widgets.explore_thresholds(list(photos.values()))
    before = box.picture.value
    box.controls[name].value = value
    assert box.picture.value != before and box.message.value == ""


def test_the_sliders_end_where_a_look_still_works(photo):
    box = widgets.explore_thresholds([photo])
    for end in ("min", "max"):
        for control in box.controls.values():
            control.value = getattr(control, end)
        names = ("scale_factor", "neighbours", "min_size", "tilt")
        values = {name: box.controls[name].value for name in names}
        assert box.picture.value == to_png(plots.draw_detections(photo, **values))
