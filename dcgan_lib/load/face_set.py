"""A folder of faces as one array that is read where it is touched (chapter 03)."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import numpy as np

from dcgan_lib.crop import CONTACT_SHEET, manifest_rows
from dcgan_lib.load.cache import bring_cache_up_to_date
from dcgan_lib.shared import Contents, CourseError, look_through

HISTORY = "history.csv"  # marks the folder of a run: its pictures are plots and generated faces
CACHE_VERSION = 2  # rises when the same files give other rows


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
    is read-only). It is read again when a file is added, removed, resized or newer. A process that
    is killed meanwhile loses some thousand images; the next call goes on from there. Being a map
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
    kept = bring_cache_up_to_date(cache, stamp, folder, names, size, strict)
    return FaceSet(np.load(cache, mmap_mode="r")[: len(kept)], kept)


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
