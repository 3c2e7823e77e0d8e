"""Which files below a folder are photographs, and why the others aren't."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePath

from dcgan_lib.shared.files import why_not_a_file

FORMATS = {  # of photographs that we read: suffix → Pillow's name
    ".avif": "AVIF",
    ".bmp": "BMP",
    ".gif": "GIF",
    ".j2k": "JPEG2000",
    ".jfif": "JPEG",
    ".jp2": "JPEG2000",
    ".jpe": "JPEG",
    ".jpeg": "JPEG",
    ".jpg": "JPEG",
    ".mpo": "JPEG",  # two sizes of one photograph in a file, as some phones write
    ".pbm": "PPM",
    ".pgm": "PPM",
    ".png": "PNG",
    ".pnm": "PPM",
    ".ppm": "PPM",
    ".tif": "TIFF",
    ".tiff": "TIFF",
    ".webp": "WEBP",
}
RAW = "a camera's raw file: export it as JPEG"
HEIC = "a phone's HEIC picture: export it as JPEG"
DRAWING = "a drawing program's file: export it as JPEG"
OTHER_PICTURES = {  # that we don't read: suffix → the reason
    **dict.fromkeys((".heic", ".heif", ".hif"), HEIC),
    ".jxl": "a JPEG XL picture: export it as JPEG",
    **dict.fromkeys((".ai", ".eps", ".ico", ".kra", ".psd", ".svg", ".xcf"), DRAWING),
    **dict.fromkeys((".3fr", ".arw", ".cr2", ".cr3", ".crw", ".dng", ".erf", ".iiq"), RAW),
    **dict.fromkeys((".kdc", ".mef", ".mos", ".mrw", ".nef", ".nrw", ".orf", ".pef"), RAW),
    **dict.fromkeys((".raf", ".raw", ".rw2", ".rwl", ".sr2", ".srf", ".srw", ".x3f"), RAW),
}
SYSTEM_FOLDERS = frozenset(
    {"#recycle", "$recycle.bin", "@eadir", "__macosx", "lost+found", "system volume information"}
)
SYSTEM = "thumbnails and waste of a system or a network drive"
LINK = "a link to a folder: links aren't followed"


@dataclass(frozen=True)
class LeftOut:
    """Why something below a folder isn't a photograph.

    Attributes:
        decision: ``unreadable``, or ``left out`` for what is passed over on purpose.
        detail: the reason, short enough for a table.
    """

    decision: str
    detail: str


@dataclass(frozen=True)
class Contents:
    """What lies below a folder; names are POSIX paths relative to it.

    Attributes:
        photographs: names of regular files in a format that we read, sorted.
        left_out: name of each other picture, and of each folder that wasn't opened → why.
        others: names of files that are no pictures, sorted.
    """

    photographs: list[str] = field(default_factory=list)
    left_out: dict[str, LeftOut] = field(default_factory=dict)
    others: list[str] = field(default_factory=list)

    def reasons(self) -> Counter[str]:
        """How much was left out, by reason."""
        kinds = (why_no_photograph(PurePath(name)) for name in self.others)
        return Counter([*(left.detail for left in self.left_out.values()), *kinds])


def is_photograph(path: PurePath) -> bool:
    """Whether a name is that of a photograph in a format that we read."""
    return path.suffix.lower() in FORMATS


def why_no_photograph(path: PurePath) -> str:
    """Why a file of this name isn't a photograph that we read; empty where it is one.

    Files that are no pictures have the reason ``.txt file``, by their suffix.
    """
    if any(part.casefold() in SYSTEM_FOLDERS for part in path.parts[:-1]):
        return SYSTEM
    suffix = path.suffix.lower()
    if suffix in FORMATS:
        return ""
    return OTHER_PICTURES.get(suffix) or _other(suffix)


def look_through(folder: str | Path) -> Contents:
    """Tell photographs from everything else below a folder, and say why.

    Only regular files and links to them are photographs: to open a pipe or a device may never
    end. Links to folders aren't followed, for they may lead in a circle. Names that begin with a
    dot are passed over, as on every system.

    Raises:
        OSError: the folder itself can't be read.
    """
    found, waiting = Contents(), [""]
    while waiting:
        inside = waiting.pop()
        try:
            with os.scandir(Path(folder, inside)) as entries:
                for entry in entries:
                    if not entry.name.startswith("."):
                        waiting += _sort_in(entry, f"{inside}{entry.name}", found)
        except OSError as error:
            if not inside:
                raise
            detail = error.strerror or type(error).__name__
            found.left_out[inside.rstrip("/")] = LeftOut("unreadable", detail)
    found.photographs.sort()
    found.others.sort()
    return found


def summary(reasons: Mapping[str, int]) -> str:
    """How often each reason was given, in one line, most frequent first: ``3 × a pipe; …``."""
    ordered = sorted(reasons.items(), key=lambda reason: -reason[1])
    return "; ".join(f"{count:,} × {reason}" for reason, count in ordered)


def _sort_in(entry: os.DirEntry[str], name: str, found: Contents) -> list[str]:
    """Put one entry where it belongs; the folder's name, where it is one to look through."""
    is_folder, is_file = _answer(entry.is_dir), _answer(entry.is_file)
    if is_folder:
        if entry.name.casefold() in SYSTEM_FOLDERS:
            found.left_out[name] = LeftOut("left out", SYSTEM)
        elif entry.is_symlink():
            found.left_out[name] = LeftOut("left out", LINK)
        else:
            return [f"{name}/"]
        return []
    reason = why_no_photograph(PurePath(entry.name))
    if reason == HEIC and is_file and _is_jpeg(entry):
        reason = ""
    if reason and reason not in OTHER_PICTURES.values():
        found.others.append(name)
        return []
    if not is_file:
        reason = why_not_a_file(entry.path)
    if reason:
        found.left_out[name] = LeftOut("unreadable", reason)
    else:
        found.photographs.append(name)
    return []


def _answer(question: Callable[[], bool]) -> bool:
    """What the system answers about a path; no, where a link leads in a circle."""
    try:
        return question()
    except OSError:
        return False


def _is_jpeg(entry: os.DirEntry[str]) -> bool:
    """Whether a file is a JPEG under another name, as phones' exports may be."""
    try:
        with Path(entry).open("rb") as file:
            return file.read(3) == b"\xff\xd8\xff"
    except OSError:
        return False


def _other(suffix: str) -> str:
    return f"{suffix} file" if suffix else "file without suffix"
