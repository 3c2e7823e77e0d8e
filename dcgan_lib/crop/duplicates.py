"""One photograph that is there twice: of its copies the best stays."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace

from dcgan_lib.crop.manifest import DELETED, Row, by_source

HASH_BITS = 256
SAME_PHOTOGRAPH = 6  # bits of 256; ORL's most similar photographs of one person differ in 8
HASH_PARTS = 8  # more parts than bits that may differ: two copies agree in one part at least


def mark_duplicates(rows: Iterable[Row], size: int = 64) -> list[Row]:
    """Keep the best of each photograph that is there more than once.

    Two are the same when their bytes are, or when their difference hashes differ in at most
    ``SAME_PHOTOGRAPH`` bits: re-encoded, resized or brightened, but no other moment. The best is
    the one with the largest face, as far as the crop shows more of it, and of those the sharpest:
    a copy that was only enlarged is no better. A copy of a photograph whose crop was deleted by
    hand stays out as well.

    Args:
        rows: of all photographs, in any order.
        size: side of a crop in pixels; a face larger than that gives no better crop.

    Returns:
        The rows sorted by source; those of copies have the decision ``duplicate``, no face, and
        the name of the one that stays as detail.
    """
    groups = by_source(sorted(rows, key=lambda row: row.source))
    originals, marked = Originals(), []
    for group in sorted(groups.values(), key=lambda group: _rank(group, size)):
        original = originals.find_or_add(group[0]) if _counts(group) else None
        if original:
            group = [replace(group[0], face="", decision="duplicate", detail=f"of {original}")]
        marked += group
    return sorted(marked, key=lambda row: row.source)


class Originals:
    """Photographs seen so far, found again by their bytes or by a hash that is nearly equal."""

    def __init__(self) -> None:
        self._bytes: dict[str, str] = {}
        self._parts: dict[tuple[int, int], list[tuple[int, str]]] = defaultdict(list)

    def find_or_add(self, row: Row) -> str | None:
        """Source of the earlier copy of this photograph; without one, remember this."""
        bits = int(row.hash, 16)
        parts = list(_parts(bits))
        found = self._bytes.get(row.sha256) or next(self._near(bits, parts), None)
        if found is None:
            self._bytes[row.sha256] = row.source
            for part in parts:
                self._parts[part].append((bits, row.source))
        return found

    def _near(self, bits: int, parts: list[tuple[int, int]]) -> Iterator[str]:
        for part in parts:
            for other, source in self._parts[part]:
                if (bits ^ other).bit_count() <= SAME_PHOTOGRAPH:
                    yield source


def _parts(bits: int) -> Iterator[tuple[int, int]]:
    """Number and value of each part; a part takes every eighth bit, so it sees all the picture."""
    text = f"{bits:0{HASH_BITS}b}"
    for part in range(HASH_PARTS):
        yield part, int(text[part::HASH_PARTS], 2)


def _counts(rows: list[Row]) -> bool:
    return any(row.decision in ("kept", DELETED) for row in rows)


def _rank(rows: list[Row], size: int) -> tuple[bool, float, float]:
    """The smaller, the better; what was deleted by hand comes first, so that copies follow it."""
    deleted = all(row.decision == DELETED for row in rows)
    best = max(rows, key=lambda row: row.w or 0)
    return not deleted, -min(best.w or 0, size), -(best.sharpness or 0)
