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
MOST_TILT = 20.0  # degrees
EDGE = 0.107  # width of the second look's border: 12 px around ORL's 92×112
MEND = 'pip install --force-reinstall "opencv-python-headless>=4.8,<5"'
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


def load_cascade(name: str = FACE_CASCADE) -> cv2.CascadeClassifier:
    """One of OpenCV's cascades, by file name; loaded once in each thread.

    Raises:
        CourseError: this OpenCV has no cascades, or not this one; the message names the
            installed wheels and the command that mends it.
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
    grey = image if image.ndim == 2 else cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    smallest = max(CASCADE_WINDOW, min_size or round(max(grey.shape) * SMALLEST_FACE))
    boxes = sorted(_look(grey, scale_factor, min_neighbors, smallest), key=_worth, reverse=True)
    if not boxes or _near_edge(boxes[0], grey):
        edge = max(1, round(EDGE * max(grey.shape)))
        framed = cv2.copyMakeBorder(grey, edge, edge, edge, edge, cv2.BORDER_REPLICATE)
        large = max(smallest, min(grey.shape) // 3)  # only a large face is cut by the edge
        again = _look(framed, scale_factor, min_neighbors, large)
        boxes += [box._replace(x=box.x - edge, y=box.y - edge) for box in again]
    return _apart(sorted(boxes, key=_worth, reverse=True))


def eye_tilt(face: np.ndarray) -> float:
    """By how much the line through the eyes falls to the right, in degrees.

    OpenCV's eye cascade looks for them in the upper half. What it finds counts only when there
    is one on each side, of about one size, as far apart as eyes are, and tilted by at most 20°:
    brows, ears and spectacles look like eyes to it, and the face cascade has found the face
    upright.

    Args:
        face: uint8 crop of a face, grey (height, width) or RGB (height, width, 3).

    Returns:
        Degrees in [-20, 20]: positive when the right-hand eye is lower; 0 when the eyes were
        not found.
    """
    grey = face if face.ndim == 2 else cv2.cvtColor(face, cv2.COLOR_RGB2GRAY)
    height, width = grey.shape
    upper = cv2.equalizeHist(grey[: round(height * 0.6)])
    side = max(1, width // 8)
    found = load_cascade(EYE_CASCADE).detectMultiScale(upper, 1.05, 4, minSize=(side, side))
    centres = [(x + w / 2, y + h / 2, w) for x, y, w, h in found]
    left = _largest(eye for eye in centres if eye[0] < width * 0.48)
    right = _largest(eye for eye in centres if eye[0] > width * 0.52)
    if left is None or right is None:
        return 0.0
    across, down = right[0] - left[0], right[1] - left[1]
    sizes = sorted([left[2], right[2]])
    tilt = float(np.degrees(np.arctan2(down, across)))
    likely = 0.25 * width <= across <= 0.6 * width and sizes[1] <= 1.5 * sizes[0]
    return tilt if likely and abs(tilt) <= MOST_TILT else 0.0


def _worth(box: Box) -> float:
    return box.confidence * box.w * box.h


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


def _largest(eyes: Iterable[tuple[float, float, float]]) -> tuple[float, float, float] | None:
    return max(eyes, key=lambda eye: eye[2], default=None)


def _look(grey: np.ndarray, scale_factor: float, neighbors: int, smallest: int) -> list[Box]:
    boxes, _, weights = load_cascade().detectMultiScale3(
        grey,
        scaleFactor=scale_factor,
        minNeighbors=neighbors,
        minSize=(smallest, smallest),
        outputRejectLevels=True,
    )
    found = [Box(*map(int, box), float(weight)) for box, weight in zip(boxes, weights, strict=True)]
    return [box for box in found if box.confidence >= LEAST_CONFIDENCE]


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
        f"pip uninstall -y {' '.join(installed) or WHEELS[1]} && {MEND}"
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
