"""Names that say nothing, for marking without knowing whose answer it is."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Iterable
from pathlib import Path

from dcgan_lib.shared import atomic_path

SECRET = "anonymous_names_key"


def anonymous_names(folder: Path, students: Iterable[str]) -> dict[str, str]:
    """A name such as "student 7f3a90c2" for each student, the same in every report on a grading.

    It can't be told from whom it is, nor does the order of the names say anything.

    Args:
        folder: that ``grade`` wrote to; it keeps the secret that the names are made with.
        students: everybody's real names.
    """
    path = folder / SECRET
    if not path.exists():
        with atomic_path(path) as part:
            part.write_text(secrets.token_hex(16), "ascii")
        path.chmod(0o600)
    key = path.read_bytes()

    def name(student: str) -> str:
        digest = hmac.digest(key, student.encode("utf-8", "replace"), "sha256")
        return f"student {digest.hex()[:8]}"

    return {student: name(student) for student in students}


def known_anonymous_names(folder: Path, students: Iterable[str]) -> dict[str, str]:
    """The same where somebody has marked without names before; else nothing."""
    return anonymous_names(folder, students) if (folder / SECRET).exists() else {}
