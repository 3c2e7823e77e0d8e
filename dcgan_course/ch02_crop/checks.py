"""Checks of chapter 02's exercises."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import cv2
import numpy as np

from dcgan_course.ch02_crop.haar import integral_image
from dcgan_course.ch02_crop.looks import look
from dcgan_course.ch02_crop.photographs import group_photo
from dcgan_course.ch02_crop.small_faces import doubtful_faces, opposed_channels, small_face
from dcgan_course.checking import exercise, passed, require, require_shape, shown
from dcgan_lib.crop import Box, crop_face

THRESHOLDS = "Look with scale factor 1.05, 4 neighbours and at least 45 pixels"
LargestFace = Callable[[np.ndarray], tuple[int, int, int, int] | None]


@exercise("2.1")
def check_box_sum(box_sum: Callable[[np.ndarray, int, int, int, int], int]) -> None:
    """2.1: four look-ups give the sum that slicing gives."""
    grey = np.random.default_rng(0).integers(0, 256, (30, 20)).astype(np.uint8)
    table = integral_image(grey)
    for x, y, w, h in ((0, 0, 20, 30), (0, 0, 3, 5), (0, 7, 4, 2), (6, 0, 3, 9), (5, 11, 7, 2)):
        received, expected = box_sum(table, x, y, w, h), int(grey[y : y + h, x : x + w].sum())
        require(
            np.shape(received) == () and received == expected,
            f"The sum is another one for x={x}, y={y}, w={w}, h={h}. Expected {expected}. "
            f"Received: {shown(received)}. Entry [y, x] holds what lies above row y and left of "
            "column x. Sketch the areas that your entries stand for: is each pixel of the "
            "rectangle counted once, and every other not at all?",
        )
    passed("2.1", "four look-ups, and the same sums as adding up the pixels")


@exercise("2.2")
def check_count_boxes(
    count_boxes: Callable[[np.ndarray, Sequence[int]], list[int]], grey: np.ndarray
) -> None:
    """2.2: the numbers are the cascade's own, in the order asked for.

    Args:
        count_boxes: the student's function.
        grey: uint8 (height, width), a photograph.
    """
    for picture, asked in ((grey, [0, 1, 4, 10]), (grey, [3, 0]), (small_face(grey), [6, 0, 2])):
        received = count_boxes(picture.copy(), list(asked))
        expected = [len(look(picture, neighbours=number)) for number in asked]
        require(
            isinstance(received, list | tuple | np.ndarray) and list(received) == expected,
            f"The numbers of boxes are others for neighbours {asked}. Expected {expected}. "
            f"Received: {shown(received)}. One look for each, in their order: scale factor 1.05, "
            "at least 45×45 pixels; minNeighbors is what changes.",
        )
    passed("2.2", "these are the cascade's own numbers")


@exercise("2.3")
def check_largest_face(largest_face: LargestFace, photos: Sequence[np.ndarray]) -> None:
    """2.3: the largest box, from grey and from BGR; None where there is no face.

    Args:
        largest_face: the student's function.
        photos: grey photographs, of which at least two have a face that the cascade finds.
    """
    for flat in (np.full((80, 80), 128, np.uint8), np.zeros((60, 60, 3), np.uint8)):
        nothing = largest_face(flat)
        require(
            nothing is None,
            f"An even grey picture has no face. Expected None. Received: {shown(nothing)}. "
            "What does detectMultiScale return when it finds none, and what is its len()?",
        )
    found = [photo for photo in photos if len(look(photo)) == 1]
    several = [group_photo(found[:2], scales) for scales in ((1.0, 1.5), (1.5, 1.0))]
    for grey in (found[0], *several, *doubtful_faces(found)):
        _check_look(largest_face, "grey", grey, grey)
        _check_look(largest_face, "BGR", cv2.merge([grey] * 3), grey)
    colours = opposed_channels(found[0])
    _check_look(largest_face, "colourful", colours, cv2.cvtColor(colours, cv2.COLOR_BGR2GRAY))
    passed("2.3", "the largest face of several, and None where there is none")


@exercise("2.4")
def check_crop_square(
    crop_square: Callable[[np.ndarray, tuple[int, int, int, int], float, int], np.ndarray],
) -> None:
    """2.4: agreement with ``crop_face`` on squares inside the photograph, in RGB."""
    noise = np.random.default_rng(0).integers(0, 256, (60, 50, 3)).astype(np.uint8)
    bgr = cv2.resize(noise, (200, 240), interpolation=cv2.INTER_CUBIC)
    kept = bgr.copy()
    for box, margin, size in (
        ((40, 60, 100, 100), 0.0, 64),
        ((40, 60, 100, 100), 0.1, 64),
        ((60, 50, 80, 100), 0.04, 64),
        ((40, 60, 100, 100), 0.04, 32),
        ((70, 90, 70, 70), 0.04, 64),  # 75.6 pixels
    ):
        face = crop_square(bgr, box, margin, size)
        require(np.array_equal(bgr, kept), "The photograph that was handed in has changed.")
        rgb = np.ascontiguousarray(bgr[..., ::-1])
        expected = crop_face(rgb, Box(*box, 1.0), size, margin)
        where = f"for box={box}, margin={margin}, size={size}"
        require_shape(f"The face {where}", face, (size, size, 3))
        require(
            face.dtype == np.uint8,
            f"The face has another type. Expected uint8. Received: {face.dtype}. "
            "Cutting and cv2.resize keep the type.",
        )
        require(
            _differ(face, expected[..., ::-1]) > 1,
            f"The face has its colours the wrong way round {where}. Expected RGB. Received: BGR, "
            "as OpenCV reads it. Which conversion does cv2.cvtColor offer?",
        )
        require(_differ(face, expected) <= 1, f"{_why(rgb, face, box, margin, size)} ({where})")
    passed("2.4", "your crop and the library's crop_face agree to the pixel")


def _check_look(
    largest_face: LargestFace, kind: str, picture: np.ndarray, grey: np.ndarray
) -> None:
    """The largest box of one picture, whose grey version is given, is the one that is found."""
    boxes, kept = look(grey).tolist(), picture.copy()
    expected = tuple(max(boxes, key=lambda box: box[2] * box[3])) if boxes else None
    received = largest_face(picture)
    require(np.array_equal(picture, kept), "The photograph that was handed in has changed.")
    if expected is None:
        require(
            received is None,
            f"A small face on a {kind} photograph was taken. Expected None. Received: "
            f"{shown(received)}. {THRESHOLDS}",
        )
        return
    require(
        np.shape(received) == (4,),
        f"A {kind} photograph with a face gave no box. Expected {expected}. "
        f"Received: {shown(received)}. Return x, y, w, h.",
    )
    faces = f"{len(boxes)} {'face' if len(boxes) == 1 else 'faces'}"
    hint = f"{THRESHOLDS}; OpenCV lists boxes in no useful order."
    if kind == "colourful":
        hint = "Grey pictures went well: how is grey made of blue, green and red, in this order?"
    require(
        tuple(received) == expected,
        f"The box is another one on a {kind} photograph with {faces}. Expected {expected}. "
        f"Received: {shown(received)}. {hint}",
    )


def _differ(face: np.ndarray, other: np.ndarray) -> float:
    """Largest difference of two pictures, in grey values."""
    return float(np.abs(face.astype(int) - other).max())


def _why(rgb: np.ndarray, face: np.ndarray, box: tuple[int, ...], margin: float, size: int) -> str:
    """What a crop that isn't the expected one looks like."""
    x, y, w, h = box
    side = round(max(w, h) * (1 + 2 * margin))
    left, top = round(x + w / 2 - side / 2), round(y + h / 2 - side / 2)
    square = rgb[top : top + side, left : left + side]
    for name in ("INTER_NEAREST", "INTER_LINEAR", "INTER_CUBIC"):
        if _differ(face, cv2.resize(square, (size, size), interpolation=getattr(cv2, name))) <= 1:
            return (
                f"The face was resized by {name}. Expected INTER_AREA, which takes the mean of "
                "the pixels that become one. Received: pixels that were passed over."
            )
    once = cv2.resize(rgb[y : y + h, x : x + w], (size, size), interpolation=cv2.INTER_AREA)
    if _differ(face, once) <= 1:
        return (
            f"The face is the box itself, {w}×{h} pixels. Expected a square of {side} pixels "
            "around it. The longer side counts, and the margin is added on each edge."
        )
    return (
        "The face shows another part of the photograph, or was changed on the way. Expected a "
        f"square of {side} pixels with the box's middle in its middle. Work out the side, then "
        "left and top from the middle; arrays are cut as [rows, columns]."
    )
