"""Chapter 02: what students write, right and wrong, through the visible check and the mark."""

import cv2
import numpy as np
import pytest
from PIL import Image

from dcgan_course.ch02_crop.looks import look
from dcgan_course.ch02_crop.small_faces import doubtful_faces
from dcgan_lib.crop.detect import Box, load_cascade
from dcgan_lib.crop.face import crop_face
from dcgan_lib.crop.photos import read_photo
from tests.support.planted import Planted, PlantedTests, SolvedChapter

planted = Planted()


# 2.1: four look-ups


@planted.right("box-sum")
def signs_and_corners(table, x, y, w, h):
    corners = {(y, x): 1, (y, x + w): -1, (y + h, x): -1, (y + h, x + w): 1}
    return int(sum(sign * table[corner] for corner, sign in corners.items()))


@planted.right("box-sum")
def differences_of_differences(table, x, y, w, h):
    corners = table[np.ix_([y, y + h], [x, x + w])]
    return np.diff(np.diff(corners, axis=0), axis=1).item()


@planted.right("box-sum")
def one_strip_less_another(table, x, y, w, h):
    below, above = table[y + h].tolist(), table[y].tolist()
    return (below[x + w] - below[x]) - (above[x + w] - above[x])


@planted.wrong("box-sum")
def taken_off_twice(table, x, y, w, h):
    return table[y + h, x + w] - table[y, x + w] - table[y + h, x]


@planted.wrong("box-sum")
def two_corners(table, x, y, w, h):
    return table[y + h, x + w] - table[y, x]


@planted.wrong("box-sum")
def columns_before_rows(table, x, y, w, h):
    return table[x + w, y + h] - table[x + w, y] - table[x, y + h] + table[x, y]


@planted.wrong("box-sum")
def one_pixel_short(table, x, y, w, h):
    bottom, right = y + h - 1, x + w - 1
    return table[bottom, right] - table[y, right] - table[bottom, x] + table[y, x]


@planted.wrong("box-sum")
def corners_without_the_place(table, x, y, w, h):
    return table[h, w] - table[y, w] - table[h, x] + table[y, x]


@planted.wrong("box-sum")
def width_and_height_swapped(table, x, y, w, h):
    return table[y + w, x + h] - table[y, x + h] - table[y + w, x] + table[y, x]


@planted.wrong("box-sum")
def a_sum_of_the_table(table, x, y, w, h):
    return table[y : y + h, x : x + w].sum()


@planted.wrong("box-sum")
def kept_as_a_byte(table, x, y, w, h):
    total = table[y + h, x + w] - table[y, x + w] - table[y + h, x] + table[y, x]
    return total.astype(np.uint8)


@planted.wrong("box-sum")
def signs_the_other_way(table, x, y, w, h):
    return table[y, x + w] + table[y + h, x] - table[y + h, x + w] - table[y, x]


# 2.2: boxes for several numbers of neighbours


@planted.right("count-boxes")
def in_a_loop(grey, neighbours):
    counts = []
    for number in neighbours:
        boxes = load_cascade().detectMultiScale(
            grey, scaleFactor=1.05, minNeighbors=number, minSize=(45, 45)
        )
        counts.append(len(boxes))
    return counts


@planted.right("count-boxes")
def by_the_lessons_look(grey, neighbours):
    return tuple(look(grey, neighbours=number).shape[0] for number in neighbours)


@planted.right("count-boxes")
def an_array_of_counts(grey, neighbours):
    cascade, size = load_cascade(), (45, 45)
    found = [cascade.detectMultiScale2(grey, 1.05, n, minSize=size)[0] for n in neighbours]
    return np.array([len(boxes) for boxes in found])


def counts(grey, neighbours, factor=1.05, **options):
    cascade = load_cascade()
    return [len(cascade.detectMultiScale(grey, factor, n, **options)) for n in neighbours]


@planted.wrong("count-boxes")
def opencvs_own_scale_factor(grey, neighbours):
    return counts(grey, neighbours, 1.1, minSize=(45, 45))


@planted.wrong("count-boxes")
def any_size(grey, neighbours):
    return counts(grey, neighbours)


@planted.wrong("count-boxes")
def a_smaller_size(grey, neighbours):
    return counts(grey, neighbours, minSize=(40, 40))


@planted.wrong("count-boxes")
def a_larger_size(grey, neighbours):
    return counts(grey, neighbours, minSize=(50, 50))


@planted.wrong("count-boxes")
def the_largest_size_instead(grey, neighbours):
    return counts(grey, neighbours, maxSize=(45, 45))


@planted.wrong("count-boxes")
def in_order_of_size(grey, neighbours):
    return counts(grey, sorted(neighbours), minSize=(45, 45))


@planted.wrong("count-boxes")
def always_four_neighbours(grey, neighbours):
    return counts(grey, [4] * len(neighbours), minSize=(45, 45))


@planted.wrong("count-boxes")
def the_first_number_alone(grey, neighbours):
    return counts(grey, neighbours[:1], minSize=(45, 45))


@planted.wrong("count-boxes")
def boxes_instead_of_their_number(grey, neighbours):
    return [look(grey, neighbours=number) for number in neighbours]


@planted.wrong("count-boxes")
def a_dictionary_of_counts(grey, neighbours):
    return {number: len(look(grey, neighbours=number)) for number in neighbours}


@planted.wrong("count-boxes")
def the_numbers_that_one_expects(grey, neighbours):
    return [30, 1, 1, 1][: len(neighbours)]


# 2.3: the largest face


def grey_of(image):
    return image if image.ndim == 2 else cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)


def boxes_in(grey, factor=1.05, neighbours=4, size=45):
    return load_cascade().detectMultiScale(grey, factor, neighbours, minSize=(size, size))


def by_area(box):
    return box[2] * box[3]


@planted.right("largest-face")
def sorted_by_area(image):
    boxes = sorted(look(grey_of(image)).tolist(), key=by_area)
    return tuple(boxes[-1]) if boxes else None


@planted.right("largest-face")
def by_argmax(image):
    grey = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY) if image.shape[2:] else image
    boxes = np.asarray(boxes_in(grey))
    if not boxes.size:
        return None
    return boxes[(boxes[:, 2] * boxes[:, 3]).argmax()]


@planted.right("largest-face")
def in_a_loop_over_boxes(image):
    if len(image.shape) == 3:
        image = cv2.cvtColor(image[..., ::-1].copy(), cv2.COLOR_RGB2GRAY)
    largest = None
    for x, y, w, h in boxes_in(image):
        if largest is None or w * h > largest[2] * largest[3]:
            largest = [int(x), int(y), int(w), int(h)]
    return largest


@planted.wrong("largest-face")
def the_first_box(image):
    boxes = boxes_in(grey_of(image))
    return tuple(boxes[0]) if len(boxes) else None


@planted.wrong("largest-face")
def the_smallest_box(image):
    boxes = boxes_in(grey_of(image))
    return tuple(min(boxes, key=by_area)) if len(boxes) else None


@planted.wrong("largest-face")
def the_box_furthest_left(image):
    boxes = boxes_in(grey_of(image)).tolist() if len(boxes_in(grey_of(image))) else []
    return tuple(min(boxes)) if boxes else None


@planted.wrong("largest-face")
def max_of_nothing(image):
    return tuple(max(boxes_in(grey_of(image)), key=by_area))


@planted.wrong("largest-face")
def zeros_for_none(image):
    boxes = boxes_in(grey_of(image))
    return tuple(max(boxes, key=by_area)) if len(boxes) else (0, 0, 0, 0)


@planted.wrong("largest-face")
def three_neighbours(image):
    boxes = boxes_in(grey_of(image), neighbours=3)
    return tuple(max(boxes, key=by_area)) if len(boxes) else None


@planted.wrong("largest-face")
def five_neighbours(image):
    boxes = boxes_in(grey_of(image), neighbours=5)
    return tuple(max(boxes, key=by_area)) if len(boxes) else None


@planted.wrong("largest-face")
def faces_of_30_pixels(image):
    boxes = boxes_in(grey_of(image), size=30)
    return tuple(max(boxes, key=by_area)) if len(boxes) else None


@planted.wrong("largest-face")
def faces_of_50_pixels(image):
    boxes = boxes_in(grey_of(image), size=50)
    return tuple(max(boxes, key=by_area)) if len(boxes) else None


@planted.wrong("largest-face")
def coarse_steps(image):
    boxes = boxes_in(grey_of(image), factor=1.1)
    return tuple(max(boxes, key=by_area)) if len(boxes) else None


@planted.wrong("largest-face")
def colour_is_taken_for_rgb(image):
    grey = image if image.ndim == 2 else cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    boxes = boxes_in(grey)
    return tuple(max(boxes, key=by_area)) if len(boxes) else None


@planted.wrong("largest-face")
def the_first_channel(image):
    boxes = boxes_in(image if image.ndim == 2 else image[..., 0].copy())
    return tuple(max(boxes, key=by_area)) if len(boxes) else None


@planted.wrong("largest-face")
def every_picture_in_colour(image):
    boxes = boxes_in(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY))
    return tuple(max(boxes, key=by_area)) if len(boxes) else None


@planted.wrong("largest-face")
def two_corners_for_a_box(image):
    boxes = boxes_in(grey_of(image))
    if len(boxes) == 0:
        return None
    x, y, w, h = max(boxes, key=by_area)
    return x, y, x + w, y + h


@planted.wrong("largest-face")
def draws_into_the_photograph(image):
    boxes = boxes_in(grey_of(image))
    if len(boxes) == 0:
        return None
    x, y, w, h = max(boxes, key=by_area)
    cv2.rectangle(image, (int(x), int(y)), (int(x + w), int(y + h)), (0, 0, 255), 2)
    return x, y, w, h


# 2.4: a square crop


def place_of(box, margin):
    x, y, w, h = box
    side = round(max(w, h) * (1 + 2 * margin))
    return round(x + w / 2 - side / 2), round(y + h / 2 - side / 2), side


@planted.right("crop-square")
def resized_before_the_colours(photo, box, margin=0.04, size=64):
    left, top, side = place_of(box, margin)
    square = photo[top : top + side, left : left + side]
    face = cv2.resize(square, (size, size), interpolation=cv2.INTER_AREA)
    return face[..., ::-1]


@planted.right("crop-square")
def cut_by_pillow(photo, box, margin=0.04, size=64):
    left, top, side = place_of(box, margin)
    picture = Image.fromarray(cv2.cvtColor(photo, cv2.COLOR_BGR2RGB))
    square = np.array(picture.crop((left, top, left + side, top + side)))
    return cv2.resize(square, dsize=(size, size), interpolation=cv2.INTER_AREA)


@planted.right("crop-square")
def grown_from_the_box(photo, box, margin=0.04, size=64):
    x, y, w, h = box
    side = int(max(w, h) * (1 + 2 * margin) + 0.5)
    left, top = x - (side - w) // 2, y - (side - h) // 2
    square = photo[top : top + side, left : left + side, [2, 1, 0]]
    return cv2.resize(square, (size, size), interpolation=cv2.INTER_AREA)


@planted.right("crop-square")
def by_the_librarys_crop_face(photo, box, margin=0.04, size=64):
    return crop_face(np.ascontiguousarray(photo[..., ::-1]), Box(*box, 1.0), size, margin)


def cropped(photo, place, size=64, method=cv2.INTER_AREA):
    left, top, side = place
    rgb = cv2.cvtColor(photo[top : top + side, left : left + side], cv2.COLOR_BGR2RGB)
    return cv2.resize(rgb, (size, size), interpolation=method)


@planted.wrong("crop-square")
def colours_as_opencv_reads_them(photo, box, margin=0.04, size=64):
    return cropped(photo, place_of(box, margin), size)[..., ::-1]


@planted.wrong("crop-square")
def opencvs_own_way_of_resizing(photo, box, margin=0.04, size=64):
    return cropped(photo, place_of(box, margin), size, cv2.INTER_LINEAR)


@planted.wrong("crop-square")
def pixels_picked(photo, box, margin=0.04, size=64):
    return cropped(photo, place_of(box, margin), size, cv2.INTER_NEAREST)


@planted.wrong("crop-square")
def no_margin(photo, box, margin=0.04, size=64):
    return cropped(photo, place_of(box, 0), size)


@planted.wrong("crop-square")
def margin_on_one_edge(photo, box, margin=0.04, size=64):
    return cropped(photo, place_of(box, margin / 2), size)


@planted.wrong("crop-square")
def always_the_same_margin(photo, box, margin=0.04, size=64):
    return cropped(photo, place_of(box, 0.04), size)


@planted.wrong("crop-square")
def always_64_pixels(photo, box, margin=0.04, size=64):
    return cropped(photo, place_of(box, margin))


@planted.wrong("crop-square")
def the_shorter_side(photo, box, margin=0.04, size=64):
    x, y, w, h = box
    side = round(min(w, h) * (1 + 2 * margin))
    return cropped(photo, (round(x + w / 2 - side / 2), round(y + h / 2 - side / 2), side), size)


@planted.wrong("crop-square")
def the_width_alone(photo, box, margin=0.04, size=64):
    x, y, w, h = box
    side = round(w * (1 + 2 * margin))
    return cropped(photo, (round(x + w / 2 - side / 2), round(y + h / 2 - side / 2), side), size)


@planted.wrong("crop-square")
def squeezed(photo, box, margin=0.04, size=64):
    x, y, w, h = box
    across, down = round(w * margin), round(h * margin)
    part = photo[y - down : y + h + down, x - across : x + w + across]
    return cv2.resize(part[..., ::-1].copy(), (size, size), interpolation=cv2.INTER_AREA)


@planted.wrong("crop-square")
def from_the_boxs_corner(photo, box, margin=0.04, size=64):
    return cropped(photo, (box[0], box[1], place_of(box, margin)[2]), size)


@planted.wrong("crop-square")
def cut_off_decimals_of_the_side(photo, box, margin=0.04, size=64):
    x, y, w, h = box
    side = int(max(w, h) * (1 + 2 * margin))
    return cropped(photo, (int(x + w / 2 - side / 2), int(y + h / 2 - side / 2), side), size)


@planted.wrong("crop-square")
def rows_and_columns_swapped(photo, box, margin=0.04, size=64):
    left, top, side = place_of(box, margin)
    return cropped(photo, (top, left, side), size)


@planted.wrong("crop-square")
def numbers_from_zero_to_one(photo, box, margin=0.04, size=64):
    return cropped(photo, place_of(box, margin), size) / 255


@planted.wrong("crop-square")
def turns_the_photographs_colours(photo, box, margin=0.04, size=64):
    photo[:] = photo[..., ::-1].copy()
    left, top, side = place_of(box, margin)
    square = photo[top : top + side, left : left + side]
    return cv2.resize(square, (size, size), interpolation=cv2.INTER_AREA)


@pytest.fixture(scope="module")
def photos(orl_photographs):
    names = [f"s{person}/1.pgm" for person in (10, 1, 17, 24, 34)]
    return {name: read_photo(orl_photographs / name)[..., 0] for name in names}


@pytest.fixture(scope="module")
def chapter(tmp_path_factory, photos):
    context = {"photo": photos["s10/1.pgm"], "photos": photos}
    return SolvedChapter("02", tmp_path_factory.mktemp("asked"), **context)


def test_small_faces_lie_on_both_sides_of_every_threshold(photos):
    found = doubtful_faces(list(photos.values()))
    assert len(found) == 3
    for other in ({"neighbours": 3}, {"neighbours": 5}, {"min_size": 40}, {"min_size": 50}):
        assert any(look(one).tolist() != look(one, **other).tolist() for one in found), other


class TestAnswers(PlantedTests):
    planted = planted
