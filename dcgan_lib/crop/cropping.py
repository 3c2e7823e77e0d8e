"""One photograph in, its face out: found, cut, judged, and written."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from PIL import Image

from dcgan_lib.crop.detect import LONGEST, SMALLEST_FACE, Box
from dcgan_lib.crop.eyes import eye_tilt, find_faces
from dcgan_lib.crop.face import crop_face, difference_hash, sharpness
from dcgan_lib.crop.manifest import Row
from dcgan_lib.crop.photos import UnreadablePhoto, read_photo, read_small_copy
from dcgan_lib.crop.settings import CropSettings
from dcgan_lib.shared import atomic_path, read_file

DETECTION_SIDE = 640  # pixels; a face of 36 is found, so one of 130 in a photograph of 4 megapixels
LEAST_SIDE = 0.5  # of the crop's side: below, a face would be enlarged more than twice
LEAST_SHARPNESS = 30.0  # ORL: 170 and more; blurred by 1 pixel of the crop: 64, by 2: 11 (medians)
UPSIDE_DOWN = "was upside down"


@dataclass(frozen=True)
class Face:
    """A face to cut out of a photograph.

    Attributes:
        photo: uint8 (height, width, 3), RGB, the face upright.
        box: the face in its pixels.
        upside_down: whether ``photo`` had to be turned by 180°.
    """

    photo: np.ndarray
    box: Box
    upside_down: bool


def crop_photo(src: Path, dst: Path, settings: CropSettings, source: str, face: str) -> list[Row]:
    """Crop one photograph's best face, or all its faces, and say what became of it.

    The cascade looks at a small grey copy; the face is cut from the full photograph. One that
    lies upside down is turned.

    Args:
        src: folder of photographs.
        dst: folder of faces.
        settings: how faces are cut.
        source: the photograph's name in ``src``.
        face: its crop's name in ``dst``; with ``all_faces``, each gets its number before ``.png``.

    Returns:
        One row, or with ``all_faces`` one for each face.
    """
    row = seen(src, source)
    try:
        data = read_file(src / source)
        row = replace(row, sha256=hashlib.sha256(data).hexdigest(), bytes=len(data))
        grey, scale = read_small_copy(data, DETECTION_SIDE, grey=True, longest=LONGEST)
        boxes, upside_down = find_faces(grey, settings.all_faces, _smallest(grey, scale, settings))
        photo = read_photo(data) if boxes else None
    except OSError as error:
        return [replace(row, decision="unreadable", detail=error.strerror or str(error))]
    except UnreadablePhoto as error:
        return [replace(row, decision="unreadable", detail=str(error))]
    if photo is None:
        return [replace(row, decision="no face")]
    row = replace(row, hash=difference_hash(grey))
    photo = np.ascontiguousarray(photo[::-1, ::-1]) if upside_down else photo
    faces = (Face(photo, _scaled(box, scale), upside_down) for box in boxes)
    return list(_judged(faces, row, dst, settings, face))


def seen(src: Path, source: str) -> Row:
    """A row with the size of the photograph's file and when it changed, as far as is known."""
    try:
        status = (src / source).stat()
    except OSError:
        return Row(source)
    changed = max(status.st_mtime_ns, status.st_ctime_ns)  # a copy may keep the older time alone
    return Row(source, bytes=status.st_size, changed=changed)


def _smallest(grey: np.ndarray, scale: float, settings: CropSettings) -> int:
    """Side in pixels of the smallest face to look for in the copy: not much below what is kept."""
    least = 0.9 * LEAST_SIDE * settings.size / scale
    long_side = min(max(grey.shape), LONGEST * min(grey.shape))
    return round(max(least, SMALLEST_FACE * long_side))


def _scaled(box: Box, scale: float) -> Box:
    x, y, w, h = (round(side * scale) for side in box[:4])
    return Box(x, y, w, h, box.confidence)


def _judged(
    faces: Iterator[Face], row: Row, dst: Path, settings: CropSettings, name: str
) -> Iterator[Row]:
    for number, face in enumerate(faces, 1):
        own = f"{name[:-4]}_face{number}.png" if settings.all_faces else name
        yield _keep_or_discard(face, row, dst, settings, own)


def _keep_or_discard(face: Face, row: Row, dst: Path, settings: CropSettings, name: str) -> Row:
    """Cut one face; write it unless it is too small or too blurred."""
    photo, box = face.photo, face.box
    tilt = eye_tilt(crop_face(photo, box, 2 * settings.size, 0)) if settings.level_eyes else 0.0
    crop = crop_face(photo, box, settings.size, settings.margin, tilt)
    sharp = round(sharpness(crop), 1)
    row = _with_box(row, face, sharp)
    if max(box.w, box.h) < LEAST_SIDE * settings.size:
        least = round(LEAST_SIDE * settings.size)
        return replace(row, decision="too small", detail=f"{max(box.w, box.h)} px, below {least}")
    if sharp < LEAST_SHARPNESS:
        detail = f"sharpness {sharp:.0f}, below {LEAST_SHARPNESS:.0f}"
        return replace(row, decision="too blurred", detail=detail)
    with atomic_path(dst / name) as path:
        Image.fromarray(crop).save(path, compress_level=1)
    detail = UPSIDE_DOWN if face.upside_down else ""
    return replace(row, decision="kept", face=name, detail=detail)


def _with_box(row: Row, face: Face, sharp: float) -> Row:
    """The row with the face's place in the photograph as it lies."""
    x, y, w, h, confidence = face.box
    if face.upside_down:
        height, width = face.photo.shape[:2]
        x, y = width - x - w, height - y - h
    return replace(row, x=x, y=y, w=w, h=h, confidence=round(confidence, 2), sharpness=sharp)
