"""Checks of chapter 01's exercises, and the samples that they are tried on."""

from __future__ import annotations

import bz2
import gzip
import hashlib
import io
import lzma
import ntpath
import posixpath
import tempfile
import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from dcgan_course.checking import exercise, passed, require, shown
from dcgan_lib.collect import is_photograph, safe_path
from dcgan_lib.shared import CourseError

MEMBER_NAMES = (
    "s1/1.pgm",
    "../1.pgm",
    "s1/../../1.pgm",
    "s1/one..pgm",
    "/1.pgm",
    "C:/1.pgm",
    "..\\1.pgm",
    "...and one more.jpg",
)
_MORE_NAMES = (
    *("a/b/../c.jpg", "a/..", "..", "x/../../y.jpg", "//1.jpg", "..hidden/1.jpg", "s1\\1.pgm"),
    *("d:photo.jpg", "z:\\1.jpg", "10 o'clock: me.jpg", "1:2.jpg", "x", "a/b/c/d.jpg"),
)
_ODD_FOLDER = (  # what folders of photographs look like in real life
    *("anna/1.jpg", "anna/2.JPG", "anna/notes.txt", "ben/1.png", "ben/Thumbs.db"),
    *("class b/chris/1.webp", "class b/chris/2.tiff", "class b/list.csv", "collection.json"),
    *("class b/chris/trip/1.JpEg", "ben/photo", "films/anna.mp4"),
)


@exercise("1.1")
def check_photographs_per_person(
    photographs_per_person: Callable[[Path], dict[str, int]], folder: str | Path
) -> None:
    """1.1: every photograph is counted once, under the folder that it lies in."""
    _compare_counts(photographs_per_person(Path(folder)), Path(folder), "the database")
    with tempfile.TemporaryDirectory() as odd:
        for name in _ODD_FOLDER:
            (Path(odd) / name).parent.mkdir(parents=True, exist_ok=True)
            (Path(odd) / name).touch()
        _compare_counts(photographs_per_person(Path(odd)), Path(odd), "a folder of other files too")
    passed("1.1", "every photograph is counted, in any folder, and nothing else is")


@exercise("1.2")
def check_changed_digits(changed_digits: Callable[[bytes, bytes], int]) -> None:
    """1.2: the two checksums are compared digit by digit."""
    pairs = [(b"face", b"face"), (b"face", b"fade"), (bytes(1000), bytes(999)), (b"", b"\0")]
    pairs += [(b"a", b"b"), (b"0", b"1"), (b"face 1", b"face 2"), (b"P5\n1 1\n255\n\0", b"P5")]
    for one, other in pairs:
        received = changed_digits(one, other)
        sums = hashlib.sha256(one).hexdigest(), hashlib.sha256(other).hexdigest()
        expected = sum(a != b for a, b in zip(*sums, strict=True))
        require(
            received == expected,
            f"The number of digits that differ is another one for two files of {len(one)} and "
            f"{len(other)} bytes. Expected {expected}. Received: {shown(received)}. Compare the "
            "two texts that hexdigest() gives, place by place.",
        )
    passed("1.2", "you compare all 64 digits, each with the one in its own place")


def samples() -> dict[str, bytes]:
    """Files of several kinds by a name that tells the kind, as short as they can be."""
    pack = io.BytesIO()
    with zipfile.ZipFile(pack, "w") as archive:
        archive.writestr("s1/1.pgm", b"P5\n1 1\n255\n\0")
    empty = io.BytesIO()
    zipfile.ZipFile(empty, "w").close()
    return {
        "a zip archive": pack.getvalue(),
        "an empty zip archive": empty.getvalue(),
        "a gzip archive": gzip.compress(b"faces"),
        "a bzip2 archive": bz2.compress(b"faces"),
        "an xz archive": lzma.compress(b"faces"),
        "a web page": b"<!DOCTYPE html><html><title>Quota exceeded</title>",
        "a web page in small letters": b"<html><body>Sign in</body></html>",
        "a web page after two empty lines": b"\r\n\n<!doctype HTML>\n<html>",
        "a web page after a tab": b"\t <!DocType HTML PUBLIC>",
        "a web page in capitals": b"<HTML lang='en'>",
        "a photograph (PGM)": b"P5\n1 1\n255\n\0",
        "a photograph (JPEG)": b"\xff\xd8\xff\xe0\0\x10JFIF",
        "a note that only mentions <html>": b"The server sent <html> and nothing else.",
        "a note on <!doctype html>": b"see <!doctype html>",
        "a note that begins with PK": b"PK are the initials of Phil Katz.",
        "a note that begins with BZ": b"BZ is short for Bolzano.",
        "a note that begins like xz": b"\xfd7zXZ!",
        "a zip's signature after a space": b" PK\x03\x04",
        "the first byte of gzip alone": b"\x1f",
        "an empty file": b"",
    }


@exercise("1.3")
def check_kind_of(kind_of: Callable[[bytes], str]) -> None:
    """1.3: archives and web pages are told from each other and from everything else."""
    for name, content in samples().items():
        received = kind_of(content[:512])
        kind = "archive" if "archive" in name else "page" if "web page" in name else "other"
        require(
            received == kind,
            f"{name[0].upper()}{name[1:]} was taken for something else. Expected {kind!r}. "
            f"Received: {shown(received)}. Its first bytes are {content[:16]!r}.",
        )
    passed("1.3", f"{len(samples())} files recognised by what they hold, whatever their name")


def landings(names: tuple[str, ...] = MEMBER_NAMES) -> pd.DataFrame:
    """Where members of an archive would land if a program took their names as they are.

    Args:
        names: of members; the archive is unpacked into a folder ``faces`` of a user ``me``.

    Returns:
        columns ``on Linux`` and ``on Windows``, by member.
    """
    rows = [
        (
            name,
            posixpath.normpath(posixpath.join("/home/me/faces", name)),
            ntpath.normpath(ntpath.join(r"C:\me\faces", name)),
        )
        for name in names
    ]
    return pd.DataFrame(rows, columns=["member", "on Linux", "on Windows"]).set_index("member")


@exercise("1.4")
def check_is_safe(is_safe: Callable[[str], bool]) -> None:
    """1.4: the student's verdict on each member is that of ``dcgan_lib.collect.archives``."""
    for name in (*MEMBER_NAMES, *_MORE_NAMES):
        received = is_safe(name)
        expected = library_accepts(name)
        where = landings((name,)).iloc[0]
        require(
            isinstance(received, bool | np.bool_) and received == expected,
            f"The library and you disagree on {name!r}. Expected {expected}. "
            f"Received: {shown(received)}. It would land at {where['on Linux']} on Linux, and at "
            f"{where['on Windows']} on Windows; and which of the four rules speaks of it?",
        )
    passed("1.4", "you and the library refuse the same members, on every system")


def library_accepts(name: str) -> bool:
    """Whether the library would unpack a member of this name."""
    try:
        safe_path(name, Path("an archive"))
    except CourseError:
        return False
    return True


def _compare_counts(received: dict[str, int], folder: Path, what: str) -> None:
    photographs = [path for path in folder.rglob("*") if is_photograph(path)]
    expected = Counter(path.parent.relative_to(folder).as_posix() for path in photographs)
    require(
        isinstance(received, dict),
        f"The counts should be a dictionary. Received: {shown(received)}.",
    )
    require(
        sum(received.values()) == len(photographs),
        f"In {what}, the number of photographs is another one. Expected {len(photographs)} in all. "
        f"Received: {sum(received.values())}. Are all subfolders looked into, and are files that "
        "are no photographs left out?",
    )
    require(
        dict(received) == dict(expected),
        f"In {what}, the people are others. Expected a count for each folder that holds "
        f"photographs, such as {min(expected)!r}. Received: {sorted(received)[:5]}. The name is "
        "the photograph's folder as seen from the folder given, with / between its parts.",
    )
