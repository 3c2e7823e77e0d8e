"""Unpacking archives that may be broken, or meant to do harm.

Nothing is written until every member has been looked at: an archive with one member that
would leave the folder is refused whole. While bytes are written they are counted, for what an
archive declares may be a lie.
"""

from __future__ import annotations

import errno
import lzma
import re
import shutil
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

from dcgan_lib.shared import CourseError

RESERVE_BYTES = 512 * 2**20  # left free on the disk for everything else
BLOCK_BYTES = 4096  # an empty file takes room too: sizes are rounded up to this
CHUNK_BYTES = 2**20
UTF8_FLAG, WINDOWS = 0x800, 0  # in a zip's directory: of a name, and of the system that wrote it

Place = Callable[[PurePosixPath], PurePosixPath | None]


@dataclass(frozen=True)
class Member:
    """A file in an archive: its name, its declared size in bytes, how to read it."""

    name: str
    size: int
    open: Callable[[], IO[bytes]]


def room(folder: Path) -> int:
    """Bytes that may be written to the disk of ``folder``, with the reserve left free."""
    return max(0, shutil.disk_usage(folder).free - RESERVE_BYTES)


def on_disk(size: int) -> int:
    """Bytes that a file of ``size`` bytes takes on a disk of 4 KiB blocks."""
    return max(1, -(-size // BLOCK_BYTES)) * BLOCK_BYTES


def require_room(needed: int, folder: Path, what: str) -> None:
    """Refuse to start what the disk can't hold.

    Raises:
        CourseError: ``needed`` bytes are more than ``room(folder)``.
    """
    free = room(folder)
    if needed > free:
        raise CourseError(
            f"{what} would fill the disk. Expected at most {in_megabytes(free)} (what is free, "
            f"with {in_megabytes(RESERVE_BYTES)} left over); received {in_megabytes(needed)}. "
            "Free some room, or choose another disk with --data-dir."
        )


def in_megabytes(size: int) -> str:
    """A number of bytes in words: ``12.3 MB``."""
    return f"{size / 1e6:,.1f} MB"


def unpack(archive: str | Path, folder: str | Path, place: Place = lambda name: name) -> int:
    """Unpack a zip or tar archive (plain, gz, bz2, xz) into a folder.

    Args:
        archive: the file; its kind is read from its contents, not from its name.
        folder: where to; it should be new, for nothing in it is overwritten.
        place: gives the path inside ``folder`` for a member's path, or None to leave it out.

    Returns:
        The number of files written.

    Raises:
        CourseError: the archive is corrupt, encrypted or of another kind; a member would leave
            the folder, is a link or a device; two members claim the same place; the whole would
            fill the disk.
    """
    from tqdm.auto import tqdm

    archive, folder = Path(archive), Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    with _opened(archive) as members:
        wanted = _survey(members, archive, folder, place)
        left = room(folder)
        bar = tqdm(wanted, desc=f"unpacking {archive.name}", unit=" files", mininterval=0.5)
        for member, path in bar:
            left -= on_disk(_write(member, folder / path, left, archive))
    return len(wanted)


def _survey(
    members: Iterator[Member], archive: Path, folder: Path, place: Place
) -> list[tuple[Member, PurePosixPath]]:
    """Look at every member before one is written, and choose those that are wanted."""
    wanted, taken, total = [], set(), 0
    for member in members:
        path = place(safe_path(member.name, archive))
        if path is None:
            continue
        if str(path).casefold() in taken:
            raise CourseError(
                f"{archive.name} holds two photographs for the same place. Expected one file for "
                f"each of them; received a second {path} (as {member.name}). Unpack it yourself, "
                "keep the set that you want and give its folder with --from."
            )
        taken.add(str(path).casefold())
        total += on_disk(member.size)
        require_room(total, folder, f"Unpacking {archive.name}")
        wanted.append((member, path))
    return wanted


def safe_path(name: str, archive: Path) -> PurePosixPath:
    """The member's path, if it stays inside the folder on every system."""
    path = PurePosixPath(name)
    leaves = (
        path.is_absolute()
        or ".." in path.parts
        or "\\" in name
        or "\0" in name
        or re.match(r"[A-Za-z]:", name) is not None
    )
    if leaves or not path.parts:
        raise CourseError(
            f"{archive.name} was refused. Expected members that stay inside the folder; received "
            f"the name {name!r}. Nothing was unpacked. Get the archive from its original source."
        )
    return path


def _write(member: Member, target: Path, left: int, archive: Path) -> int:
    """Write one member and count its bytes, whatever its size was declared to be."""
    target.parent.mkdir(parents=True, exist_ok=True)
    written = 0
    with member.open() as source, target.open("xb") as file:
        while chunk := source.read(CHUNK_BYTES):
            written += len(chunk)
            if written > member.size or on_disk(written) > left:
                raise CourseError(
                    f"{archive.name} was refused. Expected {member.size:,} bytes in "
                    f"{member.name}, as it declares, and room for {left:,}; received "
                    f"{written:,} bytes and more. Get the archive from its original source."
                )
            file.write(chunk)
    return written


@contextmanager
def _opened(archive: Path) -> Iterator[Iterator[Member]]:
    """The members of an archive; what its libraries raise becomes one clear error."""
    with archive.open("rb") as file:
        is_zip = file.read(4) in (b"PK\3\4", b"PK\5\6")
    try:
        if is_zip:
            with zipfile.ZipFile(archive) as pack:
                yield _zip_members(pack, archive)
        else:
            with tarfile.open(archive) as pack:
                yield _tar_members(pack, archive)
    except tarfile.ReadError as error:
        raise CourseError(
            f"{archive.name} can't be unpacked. Expected a whole zip or tar archive; received "
            f"something else ({_first_line(error)}). Fetch it again; archives of other kinds (rar, "
            "7z) can be unpacked by hand and given as a folder with --from."
        ) from error
    except _BROKEN as error:
        if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EACCES, errno.EIO):
            raise  # the disk's fault
        raise CourseError(
            f"{archive.name} is corrupt. Expected a whole archive; received one that breaks off "
            f"or contradicts itself ({_first_line(error)}). Delete it and fetch it again."
        ) from error


_BROKEN = (
    zipfile.BadZipFile,
    tarfile.TarError,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    OSError,  # a bad gzip or bzip2 stream; a member that is a file and a folder at once
    NotImplementedError,  # a compression that Python doesn't know
    UnicodeError,
)


def _first_line(error: BaseException) -> str:
    return str(error).splitlines()[0] if str(error) else type(error).__name__


def _zip_members(pack: zipfile.ZipFile, archive: Path) -> Iterator[Member]:
    for info in pack.infolist():
        if info.flag_bits & 0x1:
            raise CourseError(
                f"{archive.name} is encrypted. Expected an archive that opens without a password; "
                f"received {info.filename} under one. Unpack it yourself and give the folder with "
                "--from."
            )
        mode = info.external_attr >> 16
        if stat.S_IFMT(mode) not in (0, stat.S_IFREG, stat.S_IFDIR):
            _refuse_special(info.filename, archive)
        name = _zip_name(info)
        if info.is_dir() or name.endswith("/"):
            safe_path(name, archive)
        else:
            yield Member(name, info.file_size, lambda info=info: pack.open(info))


def _zip_name(info: zipfile.ZipInfo) -> str:
    """The name as its writer meant it, before zipfile tidies it.

    Windows may write backslashes between folders; and where the flag for UTF-8 isn't set, zipfile
    takes the name for code page 437, though macOS writes UTF-8 there.
    """
    name = info.orig_filename
    if not info.flag_bits & UTF8_FLAG:
        with suppress(UnicodeError):
            name = name.encode("cp437").decode("utf-8")
    return name.replace("\\", "/") if info.create_system == WINDOWS else name


def _tar_members(pack: tarfile.TarFile, archive: Path) -> Iterator[Member]:
    for info in pack:
        if info.isdir():
            if PurePosixPath(info.name).parts:  # "./" is how many archives begin
                safe_path(info.name, archive)
        elif info.isreg():
            yield Member(info.name, info.size, lambda info=info: pack.extractfile(info))
        else:
            _refuse_special(info.name, archive)


def _refuse_special(name: str, archive: Path) -> None:
    raise CourseError(
        f"{archive.name} was refused. Expected files and folders only; received {name!r}, a link "
        "or a device. Nothing was unpacked. Get the archive from its original source, or unpack "
        "it yourself and give the folder with --from."
    )
