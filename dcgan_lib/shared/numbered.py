"""Files whose names hold a number."""

from __future__ import annotations

import re
from pathlib import Path


def by_number(folder: str | Path, pattern: str) -> dict[int, Path]:
    """What lies in a folder under numbered names, in the order of the numbers.

    As text, ``epoch_10000`` would come before ``epoch_9999``.

    Args:
        folder: is looked through, but not the folders in it; may be absent.
        pattern: a name with ``*`` for the number, such as ``epoch_*.png``. Copies that a cloud
            drive makes, such as ``epoch_0010 (1).png``, don't fit it.

    Returns:
        Number → path; nothing where the folder is absent.
    """
    before, after = map(re.escape, pattern.split("*"))
    matches = [
        (re.fullmatch(f"{before}([0-9]+){after}", p.name), p) for p in Path(folder).glob("*")
    ]
    return dict(sorted((int(match[1]), path) for match, path in matches if match))
