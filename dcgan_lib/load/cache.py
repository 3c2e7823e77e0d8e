"""A face set as rows of one file: made on all cores, in parts that a killed process keeps."""

from __future__ import annotations

import json
import warnings
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from dcgan_lib.crop import UnreadablePhoto, read_photo
from dcgan_lib.load.pixels import to_square
from dcgan_lib.shared import CourseError, atomic_path, one_at_a_time

CHUNK = 1024  # images in a part


@dataclass(frozen=True)
class Part:
    """What some images in a row gave: a line of the journal.

    Attributes:
        names: of the images that are rows now.
        unreadable: what is wrong with each of the others.
        oblong: how many weren't square.
    """

    names: list[str]
    unreadable: list[str]
    oblong: int


def bring_cache_up_to_date(
    cache: Path, stamp: str, folder: Path, names: list[str], size: int, strict: bool
) -> list[str]:
    """Write the rows of a folder's images, unless they are there.

    Args:
        cache: the file; its journal and the names of its rows lie beside it.
        stamp: stands for the images; rows of another stamp are made again.
        folder: holds the images.
        names: of the images, relative to it.
        size: side of a row's picture.
        strict: fail at the first image that can't be read.

    Returns:
        The names of the rows.

    Raises:
        CourseError: no image can be read, or, with ``strict``, one can't.
    """
    cache.parent.mkdir(parents=True, exist_ok=True)
    with one_at_a_time(cache.parent):  # a second process waits, and finds the work done
        kept = _cached_names(cache, stamp)
        if kept is not None and not (strict and len(kept) < len(names)):
            return kept
        parts = _fill(cache, stamp, folder, names, size, strict)
        return _finish(cache, stamp, folder, parts)


def _cached_names(cache: Path, stamp: str) -> list[str] | None:
    try:
        notes = json.loads(cache.with_suffix(".json").read_text("utf-8"))
        np.load(cache, mmap_mode="r")
    except (OSError, ValueError):
        return None
    return notes["names"] if notes["stamp"] == stamp else None


def _fill(
    cache: Path, stamp: str, folder: Path, names: list[str], size: int, strict: bool
) -> list[Part]:
    """Write what is missing of the unfinished rows; a part enters the journal after its rows."""
    unfinished, journal = _unfinished(cache)
    rows, parts = _begun(unfinished, journal, stamp)
    if rows is None:
        shape = (len(names), size, size, 3)  # rows at the end stay empty for what can't be read
        rows, parts = np.lib.format.open_memmap(unfinished, "w+", np.uint8, shape), []
        journal.write_text(json.dumps(stamp) + "\n", "utf-8")
    _refuse_unreadable(parts, strict)
    row = sum(len(part.names) for part in parts)
    with journal.open("a", encoding="utf-8") as log, ThreadPoolExecutor() as pool:
        for start in range(len(parts) * CHUNK, len(names), CHUNK):
            some = names[start : start + CHUNK]
            pictures = list(pool.map(lambda name: _read_picture(folder / name), some))
            parts.append(_write_rows(rows[row:], folder, some, pictures, size))
            _refuse_unreadable(parts[-1:], strict)
            rows.flush()
            log.write(json.dumps(asdict(parts[-1])) + "\n")
            log.flush()
            row += len(parts[-1].names)
    return parts


def _unfinished(cache: Path) -> tuple[Path, Path]:
    """Where rows lie until all are there, and their journal: the stamp, then a line for each part.

    A journal's last line may be cut off.
    """
    return cache.with_suffix(".part.npy"), cache.with_suffix(".part.jsonl")


def _begun(unfinished: Path, journal: Path, stamp: str) -> tuple[np.ndarray | None, list[Part]]:
    """Rows that a killed process has left, and which of them are whole; None if of other images."""
    try:
        rows = np.lib.format.open_memmap(unfinished, "r+")
        first, *lines = journal.read_text("utf-8").splitlines(keepends=True)
        whole = [line for line in lines if line.endswith("\n")]
        if json.loads(first) != stamp:
            return None, []
        journal.write_text("".join([first, *whole]), "utf-8")
        return rows, [Part(**json.loads(line)) for line in whole]
    except (OSError, ValueError):
        return None, []


def _write_rows(
    rows: np.ndarray,
    folder: Path,
    names: list[str],
    pictures: list[np.ndarray | UnreadablePhoto],
    size: int,
) -> Part:
    part = Part([], [], sum(_is_oblong(picture) for picture in pictures))
    for name, picture in zip(names, pictures, strict=True):
        if isinstance(picture, UnreadablePhoto):
            part.unreadable.append(_corrupt(folder / name, picture))
        else:
            rows[len(part.names)] = to_square(picture, size)
            part.names.append(name)
    return part


def _is_oblong(picture: np.ndarray | UnreadablePhoto) -> bool:
    return isinstance(picture, np.ndarray) and picture.shape[0] != picture.shape[1]


def _refuse_unreadable(parts: list[Part], strict: bool) -> None:
    for part in parts:
        if strict and part.unreadable:
            raise CourseError(part.unreadable[0])


def _finish(cache: Path, stamp: str, folder: Path, parts: list[Part]) -> list[str]:
    """Put the rows in their place and say what was left out; return the rows' names."""
    kept = [name for part in parts for name in part.names]
    unreadable = [message for part in parts for message in part.unreadable]
    oblong = sum(part.oblong for part in parts)
    for message in unreadable:
        warnings.warn(f"{message} It is skipped.", stacklevel=5)
    unfinished, journal = _unfinished(cache)
    if not kept:
        unfinished.unlink()
        raise CourseError(
            f"There are no faces to read. Expected images below {folder}. Received: "
            f"{len(unreadable)} files, none of which can be read. Crop the photographs again."
        )
    if oblong:
        warnings.warn(
            f"{oblong:,} of {len(kept):,} pictures below {folder} aren't square: the middle of "
            "each was taken. Faces are cut out better by data_scripts/crop_faces.py.",
            stacklevel=5,
        )
    unfinished.replace(cache)
    with atomic_path(cache.with_suffix(".json")) as path:
        path.write_text(json.dumps({"stamp": stamp, "names": kept}), "utf-8")
    journal.unlink()
    return kept


def _read_picture(path: Path) -> np.ndarray | UnreadablePhoto:
    try:
        return read_photo(path)
    except UnreadablePhoto as error:
        return error


def _corrupt(path: Path, error: UnreadablePhoto) -> str:
    return (
        f"{path} can't be read. Expected a whole image. Received: {path.stat().st_size} bytes, "
        f"{error}. Delete the file or crop its photograph again."
    )
