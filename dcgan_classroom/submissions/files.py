"""Files that were handed in, read from a folder and from zip archives, with bounds on everything.

Nothing is unpacked: what is read goes into memory, so that no name in an archive can climb out of
a folder. What can't be taken is named, with the reason.
"""

from __future__ import annotations

import io
import os
import stat
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from dcgan_lib.collect import safe_path
from dcgan_lib.shared import CourseError

MB = 2**20
MOST_BYTES = 50 * MB  # of one notebook
MOST_TOTAL = 2048 * MB  # of all notebooks together
MOST_FILES = 100_000
DEEPEST_ZIP = 2  # an export that holds what students zipped themselves
NOT_THEIRS = ("__MACOSX", ".DS_Store", "Thumbs.db", "desktop.ini")  # made by systems, not by people
CHUNK = 1 * MB


@dataclass(frozen=True)
class Incoming:
    """One file that was found.

    Attributes:
        path: where, relative to the submissions. What lies in a student's archive has the
            archive's path, without suffix, before its own; what lies in an export has not.
        source: the same as a reader finds it: ``moodle.zip: Ada Lovelace_12_…/04.ipynb``.
        data: its bytes; None where ``problem`` says why not.
        modified: ISO 8601, seconds and zone, or "".
        problem: a sentence, or "".
        archive: the export's name, without suffix, where it lies in one that lies in a folder.
    """

    path: str
    source: str
    data: bytes | None
    modified: str = ""
    problem: str = ""
    archive: str = ""


class _Room:
    """How much more may be read."""

    def __init__(self) -> None:
        self.bytes, self.files = MOST_TOTAL, MOST_FILES


def read_incoming(root: Path) -> Iterator[Incoming]:
    """Every file below ``root``, a folder or a zip archive, in the order of its names.

    Raises:
        CourseError: there is no such folder or archive.
    """
    room = _Room()
    if root.is_file() and zipfile.is_zipfile(root):
        with root.open("rb") as file:
            yield from _read_zip(file, "", f"{root.name}: ", room, 1)
        return
    if not root.is_dir():
        raise CourseError(
            f"There are no submissions. Expected: a folder, or an export as .zip. Received: {root}"
            f"{', which is something else' if root.exists() else ', which does not exist'}. "
            "Name the folder that holds them."
        )
    yield from _read_folder(root, "", room)


def _read_folder(folder: Path, inside: str, room: _Room) -> Iterator[Incoming]:
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as error:
        yield _refused(inside.rstrip("/"), f"The folder can't be read ({type(error).__name__}).")
        return
    for entry in entries:
        name = f"{inside}{_shown(entry.name)}"
        if entry.name in NOT_THEIRS or entry.name.startswith("._"):
            continue
        if entry.is_symlink():
            yield _refused(name, "It is a link; only plain files are taken.")
        elif entry.is_dir():
            yield from _read_folder(Path(entry.path), f"{name}/", room)
        elif not entry.is_file():
            yield _refused(name, "It is no plain file.")
        elif room.files <= 0:
            yield _refused(name, f"There are more than {MOST_FILES:,} files.")
            return
        else:
            room.files -= 1
            yield from _read_file(Path(entry.path), name, room)


def _read_file(path: Path, name: str, room: _Room) -> Iterator[Incoming]:
    try:
        with _plain(path) as file:
            modified = os.fstat(file.fileno()).st_mtime
            if name.lower().endswith(".zip"):
                bare = name[: -len(".zip")]
                export = "/" not in name and _is_export(file)
                inside = "" if export else f"{bare}/"
                for one in _read_zip(file, inside, f"{name}: ", room, 1):
                    yield replace(one, archive=bare) if export else one
            else:
                yield _taken(file, name, name, _moment(modified), room)
    except OSError as error:
        yield _refused(name, f"It can't be read ({type(error).__name__}).")


def _is_export(file: BinaryIO) -> bool:
    """Whether an archive holds several students' files: several folders, or none."""
    try:
        with zipfile.ZipFile(file) as archive:
            names = [name for name in archive.namelist() if name.lower().endswith(".ipynb")]
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return False
    return len({name.partition("/")[0] if "/" in name else "" for name in names}) > 1 or not any(
        "/" in name for name in names
    )


@contextmanager
def _plain(path: Path) -> Iterator[BinaryIO]:
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    with open(handle, "rb") as file:  # noqa: PTH123
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise OSError("no plain file")
        yield file


def _read_zip(
    file: BinaryIO, inside: str, source: str, room: _Room, depth: int
) -> Iterator[Incoming]:
    """Every member of an archive; ``inside`` and ``source`` stand before their names."""
    try:
        archive = zipfile.ZipFile(file)
        members = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        yield _refused(inside, f"It is no whole archive ({type(error).__name__}).", source)
        return
    with archive:
        for member in members:
            parts = member.filename.split("/")
            if set(parts) & set(NOT_THEIRS) or parts[-1].startswith("._") or member.is_dir():
                continue
            room.files -= 1
            if room.files < 0:
                yield _refused(inside, f"There are more than {MOST_FILES:,} files.", source)
                return
            yield from _read_member(archive, member, inside, source, room, depth)


def _read_member(
    archive: zipfile.ZipFile,
    member: zipfile.ZipInfo,
    inside: str,
    source: str,
    room: _Room,
    depth: int,
) -> Iterator[Incoming]:
    shown = _shown(member.filename)
    name, where = f"{inside}{shown}", f"{source}{shown}"
    try:
        safe_path(member.filename, Path("archive"))
    except CourseError:
        yield _refused(name, "Its name leads out of the archive's folder.", where)
        return
    if stat.S_ISLNK(member.external_attr >> 16):
        yield _refused(name, "It is a link; only plain files are taken.", where)
        return
    try:
        with archive.open(member) as file:
            if not shown.lower().endswith(".zip"):
                yield _taken(file, name, where, _zip_moment(member), room)
            elif depth >= DEEPEST_ZIP:
                yield _refused(name, "It is an archive in an archive in an archive.", where)
            elif (inner := _bounded(file, room)) is None:
                yield _refused(name, f"It is larger than {MOST_BYTES // MB} MB.", where)
            else:
                prefix = name[: -len(".zip")] + "/"
                yield from _read_zip(io.BytesIO(inner), prefix, f"{where}: ", room, depth + 1)
    except RuntimeError:  # what zipfile says to a member that needs a password
        yield _refused(name, "It needs a password.", where)
    except (zipfile.BadZipFile, OSError, EOFError, ValueError, NotImplementedError) as error:
        yield _refused(name, f"It can't be unpacked ({type(error).__name__}).", where)
    except Exception as error:  # zlib.error, lzma.LZMAError: a broken stream
        yield _refused(name, f"It can't be unpacked ({type(error).__name__}).", where)


def _taken(file: BinaryIO, name: str, source: str, modified: str, room: _Room) -> Incoming:
    if not name.lower().endswith(".ipynb"):
        return Incoming(name, source, None, modified, "It is no notebook (.ipynb).")
    if ".ipynb_checkpoints" in name.split("/"):
        problem = "It is a copy that Jupyter saved by itself; it doesn't count."
        return Incoming(name, source, None, modified, problem)
    data = _bounded(file, room)
    if data is None:
        problem = f"It is larger than {MOST_BYTES // MB} MB, or all are larger than 2 GB together."
        return Incoming(name, source, None, modified, problem)
    if not data.strip():
        return Incoming(name, source, None, modified, "It is empty.")
    return Incoming(name, source, data, modified)


def _bounded(file: BinaryIO, room: _Room) -> bytes | None:
    """The whole file, or None where it is too large; what its header says isn't believed."""
    most = min(MOST_BYTES, room.bytes)
    parts, size = [], 0
    while part := file.read(CHUNK):
        size += len(part)
        if size > most:
            return None
        parts.append(part)
    room.bytes -= size
    return b"".join(parts)


def _refused(name: str, problem: str, source: str = "") -> Incoming:
    return Incoming(name, (source or name).removesuffix(": "), None, "", problem)


def _shown(name: str) -> str:
    """A name that can be printed and stored: no lone surrogates, no control signs."""
    name = name.encode("utf-8", "replace").decode("utf-8")
    return "".join(sign if sign.isprintable() else "?" for sign in name)


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(int(seconds)).astimezone().isoformat()


def _zip_moment(member: zipfile.ZipInfo) -> str:
    try:
        moment = datetime(*member.date_time)
    except ValueError:
        return ""
    return moment.astimezone().isoformat() if moment.year > 1980 else ""  # 1980: not known
