"""Folders, files and archives as one kind of tree; no link is followed."""

from __future__ import annotations

import os
import re
import stat
import unicodedata
import zipfile
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from dcgan_lib.collect import safe_path
from dcgan_lib.shared import CourseError

NOT_THEIRS = ("__MACOSX", ".DS_Store", "Thumbs.db", "desktop.ini")  # made by systems, not by people
NOTEBOOK = re.compile(r"\.ipynb(?:\.(?:txt|json|download))?(?P<copy> ?\(\d+\))?$", re.IGNORECASE)
LIST_END, LIST_END_BYTES = b"PK\x05\x06", 22 + 2**16


class Entry(ABC):
    """A folder or a file.

    Attributes:
        name: as it can be shown and compared: Unicode in composed form, odd bytes as ``\\xff``.
        problem: why it can't be read, a sentence; "" if it can.
        modified: ISO 8601 with zone, or "".
        folder: whether it has children rather than bytes.
    """

    name: str
    problem: str = ""
    modified: str = ""
    folder: bool = False

    @property
    def archive(self) -> bool:
        """Whether it is a zip archive, by its name."""
        return not self.folder and self.name.lower().endswith(".zip")

    @property
    def notebook(self) -> bool:
        """Whether it is a notebook, by its name as it was given or as a browser changed it."""
        return not self.folder and bool(NOTEBOOK.search(self.name))

    @property
    def stem(self) -> str:
        """Its name without ``.zip`` or ``.ipynb``; ``04.ipynb (1)`` gives ``04 (1)``."""
        if self.archive:
            return self.name[: -len(".zip")]
        return (
            NOTEBOOK.sub(lambda end: end["copy"] or "", self.name) if self.notebook else self.name
        )

    @abstractmethod
    def children(self) -> Sequence[Entry]:
        """What a folder holds, by name; files of systems are left out.

        Raises:
            OSError: it can't be read.
        """

    @abstractmethod
    def open(self) -> AbstractContextManager[BinaryIO]:
        """A file's bytes, as a context manager."""


class DiskEntry(Entry):
    """A folder or file of this machine."""

    def __init__(self, path: Path) -> None:
        self.path, self.name = path, shown(path.name)
        kind = path.lstat()
        self.folder = stat.S_ISDIR(kind.st_mode)
        self.modified = datetime.fromtimestamp(int(kind.st_mtime)).astimezone().isoformat()
        if stat.S_ISLNK(kind.st_mode):
            self.problem = "It is a link; only plain files are taken."
        elif not self.folder and not stat.S_ISREG(kind.st_mode):
            self.problem = "It isn't a plain file."

    def children(self) -> Sequence[Entry]:
        """See ``Entry``."""
        return [DiskEntry(path) for path in sorted(self.path.iterdir()) if theirs(path.name)]

    @contextmanager
    def open(self) -> Iterator[BinaryIO]:
        """See ``Entry``."""
        handle = os.open(self.path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with open(handle, "rb") as file:  # noqa: PTH123
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                raise OSError("not a plain file")
            yield file


class ZipEntry(Entry):
    """A folder or file in an archive that is open."""

    def __init__(self, name: str, archive: zipfile.ZipFile, member: zipfile.ZipInfo | None) -> None:
        self.name, self._archive, self._member = shown(name), archive, member
        self.folder, self._children = member is None, {}
        if member is not None:
            self.modified = _zip_moment(member)
            if stat.S_ISLNK(member.external_attr >> 16):
                self.problem = "It is a link; only plain files are taken."

    def children(self) -> Sequence[Entry]:
        """See ``Entry``."""
        return [self._children[name] for name in sorted(self._children)]

    @contextmanager
    def open(self) -> Iterator[BinaryIO]:
        """See ``Entry``."""
        assert self._member is not None
        with self._archive.open(self._member) as file:
            yield file

    def add(self, parts: Sequence[str], member: zipfile.ZipInfo) -> None:
        """Put a member below this folder."""
        folder = self
        for part in parts[:-1]:
            below = folder._children.get(part)
            if below is None or not below.folder:
                below = folder._children[part] = ZipEntry(part, self._archive, None)
            folder = below
        folder._children[_free(parts[-1], folder._children)] = ZipEntry(
            parts[-1], self._archive, member
        )


def read_archive(
    file: BinaryIO, most_members: int, longest_list: int
) -> tuple[ZipEntry, list[str], int]:
    """An archive's tree.

    Args:
        file: the archive; it has to stay open.
        most_members: what comes after so many is left out.
        longest_list: bytes of the archive's list of members; a longer one isn't read.

    Returns:
        The root; names that lead out of the archive, which are left out; how many members are
        more than that.

    Raises:
        ValueError: it isn't a whole archive; a sentence says why.
    """
    try:
        if _list_bytes(file) > longest_list:
            raise ValueError("its list of members is too long")
        archive = zipfile.ZipFile(file)
        members = [member for member in archive.infolist() if not member.is_dir()]
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        kind = error if type(error) is ValueError else type(error).__name__
        raise ValueError(f"It isn't a whole archive ({kind}).") from None
    root, outside = ZipEntry("", archive, None), []
    for member in members[:most_members]:
        parts = [part for part in member.filename.split("/") if part not in ("", ".")]
        try:
            safe_path(member.filename, Path("archive"))
        except CourseError:
            outside.append(shown(member.filename))
            continue
        if parts and all(map(theirs, parts)):
            root.add(parts, member)
    return root, outside, max(0, len(members) - most_members)


def theirs(name: str) -> bool:
    """Whether people make files of this name, not operating systems."""
    return name not in NOT_THEIRS and not name.startswith("._")


def shown(name: str) -> str:
    """A name that can be printed and stored, and is another one for every other name.

    Composed and decomposed letters are the same ones; bytes that aren't UTF-8, control signs and
    what can't be seen are written as ``\\xff``.
    """
    text = unicodedata.normalize("NFC", os.fsencode(name).decode("utf-8", "backslashreplace"))
    return "".join(
        sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in text
    )


def _free(name: str, taken: dict[str, ZipEntry]) -> str:
    while name in taken:  # an archive may hold two members of one name
        name += "+"
    return name


def _list_bytes(file: BinaryIO) -> int:
    """How long an archive says that its list of members is; 0 where it doesn't say."""
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - LIST_END_BYTES))
    end = file.read()
    at = end.rfind(LIST_END)
    file.seek(0)
    stated = int.from_bytes(end[at + 12 : at + 16], "little") if at >= 0 else 0
    return min(size, stated)  # 2**32 - 1 stands for "see elsewhere": then the file's size bounds it


def _zip_moment(member: zipfile.ZipInfo) -> str:
    try:
        moment = datetime(*member.date_time)
    except ValueError:
        return ""
    return moment.astimezone().isoformat() if moment.year > 1980 else ""  # 1980: not known
