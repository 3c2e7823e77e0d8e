"""Names of crops: like their photographs', on every system, and no two alike."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from pathlib import PurePosixPath

NO_GROUP = "all"  # the group of photographs that lie in no subfolder
LONGEST = 240  # bytes of a name; systems allow 255, and `_face12.png` may follow
STRANGE = re.compile(r"[\\\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


def face_names(sources: Sequence[str]) -> dict[str, str]:
    """Name of each photograph's crop: its subfolders and stem, and no two alike.

    Of ``a.jpg`` and ``a.png`` the first becomes ``a.png``, the second ``a.png.png``. Names that
    differ only in case count as alike, since some systems take them so. Line breaks and what
    isn't Unicode become ``_``, and a name that is too long ends in a number of its own.

    Args:
        sources: POSIX names relative to the folder of photographs.
    """
    names, taken = {}, set()
    for source in sorted(sources):
        path = PurePosixPath(STRANGE.sub("_", source))
        group = path.parent if path.parent.parts else PurePosixPath(NO_GROUP)
        stems = [path.stem, path.name, *(f"{path.name}_{n}" for n in range(2, 2 + len(taken)))]
        candidates = ((group / f"{_shortened(stem)}.png").as_posix() for stem in stems)
        face = next(name for name in candidates if name.casefold() not in taken)
        taken.add(face.casefold())
        names[source] = face
    return names


def _shortened(stem: str) -> str:
    """A stem of at most ``LONGEST`` bytes; one that was cut ends in a hash of the whole."""
    whole = stem.encode()
    if len(whole) <= LONGEST:
        return stem
    ending = f"_{hashlib.sha256(whole).hexdigest()[:8]}"
    return whole[: LONGEST - len(ending)].decode(errors="ignore") + ending
