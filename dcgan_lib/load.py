"""Face folders into batches (chapter 03; the paper's sections 4.3 and 8a)."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
import warnings
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import cv2
import numpy as np

from dcgan_lib.crop import CONTACT_SHEET, UnreadablePhoto, manifest_rows, read_photo
from dcgan_lib.shared import Contents, CourseError, atomic_path, look_through

if TYPE_CHECKING:
    import tensorflow as tf

HISTORY = "history.csv"  # marks the folder of a run: its pictures are plots and generated faces
CACHE_VERSION = 2  # rises when the same files give other rows
CHUNK = 1024  # images read between two writes to the cache


@dataclass(frozen=True)
class FaceSet:
    """Faces in memory order, with where each came from.

    Attributes:
        images: uint8, shape (n, size, size, 3), RGB; a read-only map of the cache on disk.
        names: n POSIX paths relative to the folder, sorted; the parent is the group.
    """

    images: np.ndarray
    names: list[str]

    def rows(self, names: Sequence[str]) -> np.ndarray:
        """Row numbers of ``names``, in their order: int64, shape (len(names),)."""
        places = {name: row for row, name in enumerate(self.names)}
        return np.array([places[name] for name in names], np.int64)


def load_faces(folder: str | Path, size: int = 64, *, strict: bool = False) -> np.ndarray:
    """Read every face of a folder; see ``load_face_set``, which gives the names too."""
    return load_face_set(folder, size, strict=strict).images


def load_face_set(folder: str | Path, size: int = 64, *, strict: bool = False) -> FaceSet:
    """Read every face below a folder, on all cores, once.

    The result is kept in a cache beside the images (or in the temporary folder where that one
    is read-only). It is read again when a file is added, removed, resized or newer. Being a map
    of that file, a set larger than memory streams from disk as its rows are touched.

    Args:
        folder: holds images of any size at any depth, such as ``data/faces/orl``. Contact sheets
            are left out, and so are a run's plots and samples, where its folder lies in it.
        size: side of the result in pixels; images of other sizes are resized. Of one that isn't
            square the middle is taken, and a warning says how many there were.
        strict: fail at the first image that can't be read, instead of a warning and no row.

    Returns:
        The faces, sorted by name.

    Raises:
        CourseError: no such folder, no image in it, or, with ``strict``, a corrupt image.
    """
    folder = Path(folder)
    names = _image_names(folder)
    cache = _cache_path(folder, size)
    stamp = _fingerprint(folder, names, size)
    kept = _cached_names(cache, stamp)
    if kept is None or (strict and len(kept) < len(names)):
        kept = _build_cache(folder, names, size, strict, cache, stamp)
    return FaceSet(np.load(cache, mmap_mode="r")[: len(kept)], kept)


def batches(
    faces: np.ndarray,
    batch_size: int,
    seed: int,
    *,
    flip: bool = False,
    rows: np.ndarray | None = None,
    epochs: int = 1,
    first_epoch: int = 0,
) -> tf.data.Dataset:
    """Serve shuffled batches for training.

    Each epoch visits every face at most once, in an order that depends on ``seed`` and on the
    epoch's number alone, so a resumed run meets the batches that an uninterrupted one would
    have. Every batch is full: the n mod batch_size faces at the end of an epoch's order
    are left out of that epoch (others in the next), because BatchNormalization's statistics
    of a few faces would be noise.

    Args:
        faces: uint8, shape (n, side, side, 3), RGB.
        batch_size: faces in a batch, 1 to n.
        seed: seed of order and flips.
        flip: mirror each face left to right with probability 1/2.
        rows: the rows of ``faces`` to serve; by default all.
        epochs: how many epochs to serve, one after the other.
        first_epoch: number of the first one.

    Returns:
        A dataset of float32 batches (batch_size, side, side, 3) in [-1, 1].

    Raises:
        CourseError: ``faces`` has another shape or type, or fewer rows than one batch.
    """
    import tensorflow as tf

    rows = np.arange(len(faces)) if rows is None else np.asarray(rows)
    _check_batches(faces, rows, batch_size)
    per_epoch = len(rows) // batch_size

    def epoch_order(epoch: int) -> np.ndarray:
        order = np.random.default_rng((seed, epoch)).permutation(rows)
        return order[: per_epoch * batch_size].reshape(per_epoch, batch_size)

    def read(number: np.int64) -> np.ndarray:
        epoch, step = divmod(int(number), per_epoch)
        batch = from_images(faces[epoch_order(epoch)[step]])
        if flip:
            mirrored = np.random.default_rng((seed, epoch, step)).random(batch_size) < 0.5
            batch[mirrored] = batch[mirrored, :, ::-1]
        return batch

    def read_tensor(number: tf.Tensor) -> tf.Tensor:
        batch = tf.numpy_function(read, [number], tf.float32, stateful=False)
        return tf.ensure_shape(batch, (batch_size, *faces.shape[1:]))

    numbers = tf.data.Dataset.range(first_epoch * per_epoch, (first_epoch + epochs) * per_epoch)
    return numbers.map(read_tensor).prefetch(tf.data.AUTOTUNE)


def from_images(images: np.ndarray) -> np.ndarray:
    """Bring pictures to the range of G's tanh: uint8 in [0, 255] → float32 in [-1, 1], same shape.

    Byte 0 becomes -1 and byte 255 becomes 1, exactly (the paper's section 4.3).
    """
    return np.asarray(images).astype(np.float32) / 127.5 - 1.0


def to_images(faces: np.ndarray | tf.Tensor) -> np.ndarray:
    """Undo ``from_images``: floats, meant to be in [-1, 1] → the nearest uint8, same shape."""
    return np.clip(np.round((np.asarray(faces, np.float32) + 1.0) * 127.5), 0, 255).astype(np.uint8)


def _check_batches(faces: np.ndarray, rows: np.ndarray, batch_size: int) -> None:
    if faces.ndim != 4 or faces.shape[3] != 3 or faces.dtype != np.uint8:
        raise CourseError(
            "These faces can't be served. Expected uint8 of shape (n, side, side, 3). "
            f"Received: {faces.dtype} of shape {faces.shape}. Read them with load_faces."
        )
    if not 1 <= batch_size <= len(rows):
        raise CourseError(
            f"A batch can't be filled. Expected a batch size from 1 to {len(rows)}, the number of "
            f"faces. Received: batch_size={batch_size}. Choose a smaller batch size or give more "
            "photographs."
        )


def _image_names(folder: Path) -> list[str]:
    if not folder.is_dir():
        raise CourseError(
            f"There are no faces to read. Expected a folder of cropped faces. Received: {folder}, "
            "which is not a folder. Make one with data_scripts/crop_faces.py."
        )
    names = _faces_among(look_through(folder), folder)
    if not names:
        raise CourseError(
            f"There are no faces to read. Expected images below {folder}. Received: none. "
            "Crop some photographs with data_scripts/crop_faces.py."
        )
    return names


def _faces_among(contents: Contents, folder: Path) -> list[str]:
    """Names of the faces; of a run that lies in the folder, only those that a manifest names."""
    histories = [name for name in contents.others if PurePosixPath(name).name == HISTORY]
    runs = {name.removesuffix(HISTORY) for name in histories}
    known = {row.face for row in manifest_rows(folder)} if runs else set()
    return [
        name
        for name in contents.photographs
        if PurePosixPath(name).name != CONTACT_SHEET
        and (name in known or not any(name.startswith(run) for run in runs))
    ]


def _fingerprint(folder: Path, names: list[str], size: int) -> str:
    digest = hashlib.sha256(f"{CACHE_VERSION}\0{size}".encode())
    for name in names:
        status = (folder / name).stat()
        digest.update(os.fsencode(f"{name}\0{status.st_size}\0{status.st_mtime_ns}\0"))
    return digest.hexdigest()


def _cache_path(folder: Path, size: int) -> Path:
    if os.access(folder, os.W_OK):
        return folder / ".cache" / f"faces_{size}.npy"
    place = hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"dcgan-faces-{place}" / f"faces_{size}.npy"


def _cached_names(cache: Path, stamp: str) -> list[str] | None:
    try:
        notes = json.loads(cache.with_suffix(".json").read_text("utf-8"))
        np.load(cache, mmap_mode="r")
    except (OSError, ValueError):
        return None
    return notes["names"] if notes["stamp"] == stamp else None


def _build_cache(
    folder: Path, names: list[str], size: int, strict: bool, cache: Path, stamp: str
) -> list[str]:
    """Write rows for the images that can be read, then their names; return the names."""
    kept: list[str] = []
    unreadable: list[str] = []
    oblong = 0
    with atomic_path(cache) as path:
        shape = (len(names), size, size, 3)  # rows at the end stay empty for what can't be read
        rows = np.lib.format.open_memmap(path, "w+", np.uint8, shape)
        for name, picture in _read_all(folder, names):
            if isinstance(picture, UnreadablePhoto):
                unreadable.append(_corrupt(folder / name, picture))
                if strict:
                    raise CourseError(unreadable[0])
                continue
            oblong += picture.shape[0] != picture.shape[1]
            rows[len(kept)] = to_square(picture, size)
            kept.append(name)
        rows.flush()
    for message in unreadable:  # now that no thread is at work, whose silence would swallow them
        warnings.warn(f"{message} It is skipped.", stacklevel=4)
    if not kept:
        raise CourseError(
            f"There are no faces to read. Expected images below {folder}. Received: {len(names)} "
            "files, none of which can be read. Crop the photographs again."
        )
    if oblong:
        warnings.warn(
            f"{oblong:,} of {len(kept):,} pictures below {folder} aren't square: the middle of "
            "each was taken. Faces are cut out better by data_scripts/crop_faces.py.",
            stacklevel=4,
        )
    with atomic_path(cache.with_suffix(".json")) as path:
        path.write_text(json.dumps({"stamp": stamp, "names": kept}), "utf-8")
    return kept


def _read_all(folder: Path, names: list[str]) -> Iterator[tuple[str, np.ndarray | UnreadablePhoto]]:
    with ThreadPoolExecutor() as pool:  # pictures are decoded outside Python's lock
        for start in range(0, len(names), CHUNK):
            chunk = names[start : start + CHUNK]
            pictures = pool.map(lambda name: _read_picture(folder / name), chunk)
            yield from zip(chunk, pictures, strict=True)


def _read_picture(path: Path) -> np.ndarray | UnreadablePhoto:
    try:
        return read_photo(path)
    except UnreadablePhoto as error:
        return error


def to_square(picture: np.ndarray, size: int) -> np.ndarray:
    """The middle of a picture, as large as can be, at another size.

    Args:
        picture: uint8, shape (height, width, 3).
        size: side of the result in pixels.

    Returns:
        uint8, shape (size, size, 3).
    """
    height, width = picture.shape[:2]
    side = min(height, width)
    top, left = (height - side) // 2, (width - side) // 2
    square = picture[top : top + side, left : left + side]
    if side == size:
        return square
    how = cv2.INTER_AREA if side > size else cv2.INTER_CUBIC
    return cv2.resize(square, (size, size), interpolation=how)


def _corrupt(path: Path, error: UnreadablePhoto) -> str:
    return (
        f"{path} can't be read. Expected a whole image. Received: {path.stat().st_size} bytes, "
        f"{error}. Delete the file or crop its photograph again."
    )
