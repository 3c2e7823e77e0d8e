"""A driver's film, and a portrait that moves as it does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np

from dcgan_lib.beyond.animate.flow import smooth_flow
from dcgan_lib.beyond.animate.portrait import (
    MARGIN,
    Portrait,
    find_box,
    move_portrait,
    read_portrait,
)
from dcgan_lib.crop import crop_face, find_photos
from dcgan_lib.load import from_images, to_images
from dcgan_lib.shared import CourseError

if TYPE_CHECKING:
    from dcgan_lib.beyond.animate.animator import Animator

CAMERA = "camera"
RATE = 12.5  # frames a second that are read of a film, and written
MOST_FRAMES = 250  # 20 seconds
BETWEEN = 8  # frames from one photograph of a folder to the next

Each = Callable[[], object]


def driver_faces(driver: str | Path, size: int = 64) -> tuple[np.ndarray, bool]:
    """The faces of a driver: one person who moves.

    Of a film or the camera, one square is cut out of every frame, so that a head that moves in it
    moves; it is the one around the first frame's face. Of a folder of photographs, each face is
    cut out by itself.

    Args:
        driver: a folder of photographs, a film, or "camera".
        size: of the faces, in pixels.

    Returns:
        uint8, shape (n, size, size, 3), RGB, at least two; and whether they are frames of a film.

    Raises:
        CourseError: there are fewer than two, no face, or nothing that can be read.
    """
    folder = Path(driver)
    if folder.is_dir():
        faces = [read_portrait(folder / name, size).face for name in find_photos(folder)]
        return _at_least_two(faces, driver), False
    frames = list(islice(_frames(driver), MOST_FRAMES))
    if not frames:
        return _at_least_two(frames, driver), True
    box = find_box(frames[0])
    return _at_least_two([crop_face(frame, box, size, MARGIN) for frame in frames], driver), True


def follow_by_flow(
    portrait: Portrait, faces: np.ndarray, film: bool, each: Each = lambda: None
) -> Iterator[np.ndarray]:
    """A portrait that moves as a driver does, without a network.

    Smooth optical flow from the driver's first face to each further one moves the portrait.

    Args:
        portrait: who moves.
        faces: of ``driver_faces``, the first one in the portrait's pose.
        film: whether they are frames of a film; between photographs, motion is filled in.
        each: called after each frame, for a bar of progress.

    Yields:
        uint8, of the photograph's shape, as often as ``frame_count`` says.
    """
    fields = np.stack([smooth_flow(faces[0], face) for face in faces])
    for field in fields if film else filled_in(fields):
        yield move_portrait(portrait, field)
        each()


def follow_by_animator(
    animator: Animator,
    portrait: Portrait,
    faces: np.ndarray,
    film: bool,
    each: Each = lambda: None,
) -> Iterator[np.ndarray]:
    """A portrait that moves as a driver does, by a learnt animator.

    Args:
        animator: of ``load_animator``.
        portrait, faces, film, each: as for ``follow_by_flow``.

    Yields:
        As ``follow_by_flow``.
    """
    from dcgan_lib.beyond.animate.geometry import Keypoints, relative  # TensorFlow

    source = from_images(portrait.face[None])
    own = animator.keypoints(source)
    found = animator.keypoints(from_images(faces))
    numbers = [np.asarray(part) for part in found]
    places, jacobians = numbers if film else [filled_in(part) for part in numbers]
    first = Keypoints(places[:1], jacobians[:1])
    for place, jacobian in zip(places, jacobians, strict=True):
        now = relative(own, first, Keypoints(place[None], jacobian[None]))
        moved = animator.move(source, own, now)
        painted = to_images(moved.painted)[0]
        yield move_portrait(portrait, moved.field[0].numpy(), moved.kept[0].numpy(), painted)
        each()


def filled_in(stops: np.ndarray, between: int = BETWEEN) -> np.ndarray:
    """Numbers that go from stop to stop and back to the first, slowly at each stop.

    Args:
        stops: float, shape (n, …).
        between: steps from one to the next.

    Returns:
        float32, shape (n · between, …).
    """
    following = np.roll(stops, -1, axis=0)
    shares = 0.5 - 0.5 * np.cos(np.pi * np.arange(between) / between)
    ways = [
        one + share * (other - one)
        for one, other in zip(stops, following, strict=True)
        for share in shares
    ]
    return np.stack(ways).astype(np.float32)


def frame_count(faces: np.ndarray, film: bool) -> int:
    """How many frames a portrait that follows these faces has."""
    return len(faces) if film else BETWEEN * len(faces)


def _frames(driver: str | Path) -> Iterator[np.ndarray]:
    """Some ``RATE`` frames of each second of a film, or of what the camera sees, RGB."""
    film = cv2.VideoCapture(0 if str(driver) == CAMERA else str(driver))
    step = max(1, round((film.get(cv2.CAP_PROP_FPS) or RATE) / RATE))
    try:
        number = 0
        while (read := film.read())[0]:
            if number % step == 0:
                yield cv2.cvtColor(read[1], cv2.COLOR_BGR2RGB)
            number += 1
    finally:
        film.release()


def _at_least_two(faces: list[np.ndarray], driver: str | Path) -> np.ndarray:
    if len(faces) < 2:
        raise CourseError(
            "There is no motion to follow. Expected a folder of photographs of one person, a film "
            f"that OpenCV can read, or {CAMERA!r}. Received: {driver}, with {len(faces)} "
            "pictures. Choose another --driver."
        )
    return np.stack(faces)
