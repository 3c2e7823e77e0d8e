"""Faces in a photograph, found by OpenCV's Haar cascade (Viola & Jones 2001)."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np

from dcgan_lib.shared import CourseError

FACE_CASCADE = "haarcascade_frontalface_default.xml"
EYE_CASCADE = "haarcascade_eye.xml"
CASCADE_WINDOW = 24  # side in pixels of the pictures the cascade was trained on
SMALLEST_FACE = 1 / 18  # of the photograph's longest side: a head in a full-length portrait
LEAST_CONFIDENCE = 1.0  # ORL's 400 faces have 4.4 and more; many chance finds have less than 1
NO_DOUBT = 4.0  # confidence of a large face that needs no further look
LARGE_FACE = 1 / 3  # of the photograph's shorter side
LONGEST = 4  # times as long as broad: beyond, a picture's length says nothing about faces
EDGE = 0.107  # width of the second look's border: 12 px around ORL's 92×112
REINSTALL = 'pip install --force-reinstall "opencv-python-headless>=4.8,<5"'
WHEELS = (
    "opencv-python",
    "opencv-python-headless",
    "opencv-contrib-python",
    "opencv-contrib-python-headless",
)
_loaded = threading.local()  # a cascade serves one thread at a time and can't be pickled


class Box(NamedTuple):
    """A face: left, top, width and height in pixels, and how sure the cascade is of it."""

    x: int
    y: int
    w: int
    h: int
    confidence: float

    def worth(self) -> float:
        """Confidence × area: of several boxes the one with the most is taken."""
        return self.confidence * self.w * self.h


def load_cascade(name: str = FACE_CASCADE) -> cv2.CascadeClassifier:
    """One of OpenCV's cascades, by file name; loaded once in each thread.

    Raises:
        CourseError: this OpenCV has no cascades, or not this one; the message names the
            installed wheels and the command that repairs it.
    """
    cascades = vars(_loaded)
    if name not in cascades:
        cascades[name] = _read_cascade(name)
    return cascades[name]


def detect_faces(
    image: np.ndarray,
    scale_factor: float = 1.05,
    min_neighbors: int = 4,
    min_size: int | None = None,
) -> list[Box]:
    """Find upright frontal faces, best first.

    When the first look finds none, or finds the best one close to the edge, a second look adds a
    border that repeats the outermost pixels: the cascade can't see a face whose forehead or ear
    touches the edge, and may take the middle of it for a smaller one. The best box is the one
    with the highest confidence × area: size alone prefers a chance find of collar and chin to
    the face within it, and confidence alone half a face to the whole. Of boxes that overlap the
    best one stays.

    Args:
        image: uint8, grey (height, width) or RGB (height, width, 3).
        scale_factor: ratio of one window size to the next, above 1.
        min_neighbors: how many overlapping windows make a face.
        min_size: side of the smallest face in pixels; by default 1/18 of the longest side, and
            never below the cascade's own 24.

    Returns:
        Boxes in the image's pixels; one found in the second look may reach beyond the edge.

    Raises:
        CourseError: OpenCV's cascades are missing.
    """
    grey = _grey(image)
    long_side = min(max(grey.shape), LONGEST * min(grey.shape))
    smallest = max(CASCADE_WINDOW, min_size or round(long_side * SMALLEST_FACE))
    steps = {"scale_factor": scale_factor, "neighbours": min_neighbors}
    boxes = sorted(look(grey, smallest, **steps), key=Box.worth, reverse=True)
    if not boxes or _near_edge(boxes[0], grey):
        edge = max(1, round(EDGE * long_side))
        framed = cv2.copyMakeBorder(grey, edge, edge, edge, edge, cv2.BORDER_REPLICATE)
        large = max(
            smallest, round(min(grey.shape) * LARGE_FACE)
        )  # only a large face is cut by the edge
        again = look(framed, max(smallest, large), **steps)
        boxes += [box._replace(x=box.x - edge, y=box.y - edge) for box in again]
    return _apart(sorted(boxes, key=Box.worth, reverse=True))


def find_face(image: np.ndarray, smallest: int | None = None) -> Box | None:
    """Find the best upright frontal face, as ``detect_faces`` does, in a fraction of its time.

    A glance with large steps tells where a large face may be; a look with small steps at that
    place and size alone makes sure of it. Where the glance shows none, or the look isn't sure,
    ``detect_faces`` looks at all of the picture.

    Args:
        image: uint8, grey (height, width) or RGB (height, width, 3).
        smallest: side in pixels of the smallest face; by default that of ``detect_faces``.

    Returns:
        The box in the image's pixels, which may reach beyond the edge; None without a face.

    Raises:
        CourseError: OpenCV's cascades are missing.
    """
    grey = _grey(image)
    return find_large_face(grey) or best_box(detect_faces(grey, min_size=smallest))


def find_large_face(grey: np.ndarray) -> Box | None:
    """The face that fills a third of the picture's shorter side and is beyond doubt, or None.

    Args:
        grey: uint8 (height, width).
    """
    smallest = max(CASCADE_WINDOW, round(min(grey.shape) * LARGE_FACE))
    seen = best_box(look(grey, smallest, scale_factor=1.25, neighbours=3))
    if seen is None:
        return None
    part, left, top = _around(grey, seen)
    sides = round(0.8 * seen.w), round(1.3 * seen.w)
    found = best_box(look(part, *sides, scale_factor=1.08))
    if found is None or found.confidence < NO_DOUBT:
        return None
    return found._replace(x=found.x + left, y=found.y + top)


def best_box(boxes: Iterable[Box]) -> Box | None:
    """The box with the highest confidence × area; None of none."""
    return max(boxes, key=Box.worth, default=None)


def look(
    grey: np.ndarray,
    smallest: int,
    largest: int = 0,
    scale_factor: float = 1.05,
    neighbours: int = 4,
) -> list[Box]:
    """What the face cascade finds with at least ``LEAST_CONFIDENCE``, in no order.

    Args:
        grey: uint8 (height, width).
        smallest: side of the smallest face in pixels.
        largest: side of the largest face in pixels; 0 for no limit.
        scale_factor: ratio of one window size to the next, above 1.
        neighbours: how many overlapping windows make a face.
    """
    boxes, _, weights = load_cascade().detectMultiScale3(
        grey,
        scaleFactor=scale_factor,
        minNeighbors=neighbours,
        minSize=(smallest, smallest),
        maxSize=(largest, largest),
        outputRejectLevels=True,
    )
    return [
        Box(int(x), int(y), int(w), int(h), confidence=float(weight))
        for (x, y, w, h), weight in zip(boxes, weights, strict=True)
        if weight >= LEAST_CONFIDENCE
    ]


def _near_edge(box: Box, grey: np.ndarray) -> bool:
    """Whether a quarter of the box's side more on each edge would leave the picture."""
    height, width = grey.shape
    room = min(box.x, box.y, width - box.x - box.w, height - box.y - box.h)
    return room < box.w / 4


def _apart(boxes: list[Box]) -> list[Box]:
    """The boxes whose middles lie in no better box, nor a better one's middle in them."""
    chosen: list[Box] = []
    for box in boxes:
        if not any(_holds_middle(box, other) or _holds_middle(other, box) for other in chosen):
            chosen.append(box)
    return chosen


def _holds_middle(box: Box, other: Box) -> bool:
    x, y = other.x + other.w / 2, other.y + other.h / 2
    return box.x <= x <= box.x + box.w and box.y <= y <= box.y + box.h


def _around(grey: np.ndarray, box: Box) -> tuple[np.ndarray, int, int]:
    """The picture around a box, its edge repeated where the box is near, with its left and top."""
    height, width = grey.shape
    reach = round(0.3 * box.w)
    left, top = max(0, box.x - reach), max(0, box.y - reach)
    right, bottom = min(width, box.x + box.w + reach), min(height, box.y + box.h + reach)
    part = grey[top:bottom, left:right]
    if not _near_edge(box, grey):
        return part, left, top
    edge = max(1, round(EDGE * max(grey.shape)))
    before = [min(edge, max(0, reach - start)) for start in (box.y, box.x)]
    after = [
        min(edge, max(0, start + box.w + reach - end))
        for start, end in ((box.y, height), (box.x, width))
    ]
    framed = cv2.copyMakeBorder(
        part, before[0], after[0], before[1], after[1], cv2.BORDER_REPLICATE
    )
    return framed, left - before[1], top - before[0]


def _grey(image: np.ndarray) -> np.ndarray:
    return image if image.ndim == 2 else cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)


def _read_cascade(name: str) -> cv2.CascadeClassifier:
    if not hasattr(cv2, "CascadeClassifier") or not hasattr(cv2, "data"):
        raise CourseError(_cascade_trouble("it has no cv2.CascadeClassifier"))
    path = Path(cv2.data.haarcascades) / name
    if not path.is_file():
        raise CourseError(_cascade_trouble(f"{path} is missing"))
    cascade = cv2.CascadeClassifier()
    try:  # from text, because OpenCV on Windows can't open a path in another script
        text = path.read_text(encoding="utf-8", errors="replace")
        storage = cv2.FileStorage(text, cv2.FILE_STORAGE_READ | cv2.FILE_STORAGE_MEMORY)
        cascade.read(storage.getFirstTopLevelNode())
    except (cv2.error, SystemError):  # not XML; the cascade stays empty
        pass
    if cascade.empty():
        raise CourseError(_cascade_trouble(f"{path} holds no cascade"))
    return cascade


def _cascade_trouble(what: str) -> str:
    installed = opencv_wheels()
    listed = ", ".join(f"{name} {version}" for name, version in installed.items()) or "none"
    return (
        f"OpenCV {cv2.__version__} can't detect faces: {what}. Expected: opencv-python-headless "
        f"4.8 or later, below 5, and no other OpenCV wheel. Installed: {listed}. Run: "
        f"pip uninstall -y {' '.join(installed) or WHEELS[1]} && {REINSTALL}"
    )


def opencv_wheels() -> dict[str, str]:
    """The installed OpenCV wheels with their versions; they overwrite each other's files."""
    versions = {}
    for wheel in WHEELS:
        try:
            versions[wheel] = metadata.version(wheel)
        except metadata.PackageNotFoundError:
            continue
    return versions
