"""A folder for each student, named so that every system can hold it."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable

LONGEST_NAME = 60  # characters of a student's name in a file's name, and
LONGEST_BYTES = 160  # bytes, of the 255 that file systems hold
RESERVED = {
    *("con", "prn", "aux", "nul"),
    *(f"{port}{number}" for port in ("com", "lpt") for number in "0123456789"),
}


def file_names(students: Iterable[str]) -> dict[str, str]:
    """A name for each student's folder: letters, digits, ``_ . -``; no two alike on any system."""
    names = {student: _safe(student) for student in students}
    held = Counter(name.casefold() for name in names.values())
    for student, name in names.items():
        if held[name.casefold()] > 1 or name.split(".")[0].casefold() in RESERVED:
            digest = hashlib.sha256(student.encode("utf-8", "replace")).hexdigest()
            names[student] = f"{name}-{digest[:8]}"  # "Ann" and "ann" are one to macOS and Windows
    return names


def _safe(student: str) -> str:
    text = re.sub(r"[^\w.-]+", "_", unicodedata.normalize("NFC", student))
    text = text.strip("._-")[:LONGEST_NAME]
    text = text.encode("utf-8", "ignore")[:LONGEST_BYTES].decode("utf-8", "ignore")
    return text.rstrip("._-") or "student"
