"""What became of each photograph: the table beside the faces, and the journal it grows from."""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, fields, replace
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from dcgan_lib.shared import CourseError, atomic_path

if TYPE_CHECKING:
    import pandas

MANIFEST = "manifest.csv"
JOURNAL = ".journal.jsonl"
NUMBERS = {
    **dict.fromkeys(["x", "y", "w", "h", "bytes"], "Int64"),
    **dict.fromkeys(["confidence", "sharpness"], "Float64"),
}
HASH_BITS = 256
SAME_PHOTOGRAPH = 6  # bits of 256; ORL's most similar photographs of one person differ in 8
HASH_PARTS = 8  # more parts than bits that may differ: two copies agree in one part at least


@dataclass(frozen=True)
class Row:
    """One face, or one photograph without: see ``read_manifest`` for the columns."""

    source: str
    face: str = ""
    x: int | None = None
    y: int | None = None
    w: int | None = None
    h: int | None = None
    confidence: float | None = None
    sharpness: float | None = None
    decision: str = ""
    detail: str = ""
    sha256: str = ""
    bytes: int | None = None
    hash: str = ""


def read_manifest(folder: str | Path) -> pandas.DataFrame:
    """The table of a face set.

    Columns: ``source`` (POSIX path in the folder of photographs), ``face`` (POSIX path of the
    crop beside the manifest; empty when there is none), ``x y w h`` (the detected box in pixels
    of the upright photograph), ``confidence`` (of the cascade), ``sharpness`` (variance of the
    crop's Laplacian), ``decision`` (``kept``, or why not), ``detail``, ``sha256`` and ``bytes``
    (of the source file), ``hash`` (difference hash of the photograph, hexadecimal).

    Raises:
        CourseError: there is no manifest in the folder.
    """
    import pandas

    path = Path(folder, MANIFEST)
    if not path.is_file():
        raise CourseError(
            f"{folder} is no face set. Expected: a folder with {MANIFEST}, as crop_faces.py writes "
            "it. Received: a folder without. Name the folder that was given there as DST."
        )
    columns = [field.name for field in fields(Row)]
    return pandas.read_csv(
        path,
        dtype={name: NUMBERS.get(name, "str") for name in columns},
        keep_default_na=False,
        na_values={name: [""] for name in NUMBERS},
        encoding_errors="surrogateescape",
    )


def kept_faces(folder: str | Path) -> list[str]:
    """Names of a face set's crops: POSIX, relative to the folder, sorted.

    Raises:
        CourseError: there is no manifest in the folder.
    """
    manifest = read_manifest(folder)
    return sorted(manifest["face"][manifest["decision"] == "kept"])


def manifest_rows(folder: str | Path) -> list[Row]:
    """The table of ``read_manifest`` as rows, without pandas; empty when there is none."""
    path = Path(folder, MANIFEST)
    if not path.is_file():
        return []
    with path.open(encoding="utf-8", errors="surrogateescape", newline="") as file:
        return [Row(**{name: _parsed(name, text) for name, text in line.items()})
                for line in csv.DictReader(file)]  # fmt: skip


def write_manifest(folder: str | Path, rows: Iterable[Row]) -> None:
    """Write the table at once, whole or not at all.

    Raises:
        OSError: the folder can't be written.
    """
    path = Path(folder, MANIFEST)
    with (
        atomic_path(path) as temporary,
        temporary.open("w", encoding="utf-8", errors="surrogateescape", newline="") as file,
    ):
        writer = csv.DictWriter(file, [field.name for field in fields(Row)], lineterminator="\n")
        writer.writeheader()
        writer.writerows(asdict(row) for row in rows)


def journal_rows(folder: str | Path) -> list[Row]:
    """Rows that an interrupted run left; a last line that was cut off is passed over."""
    path = Path(folder, JOURNAL)
    rows = []
    for line in path.read_text(encoding="ascii").splitlines() if path.is_file() else []:
        try:
            rows += [Row(**values) for values in json.loads(line)]
        except (ValueError, TypeError):  # the line that was being written when the run was killed
            continue
    return rows


def append_journal(folder: str | Path, results: Iterable[list[Row]]) -> Iterator[list[Row]]:
    """Pass results on, each written down as one line first."""
    with Path(folder, JOURNAL).open("a", encoding="ascii") as file:
        file.write("\n")  # a line that was cut off ends here
        for rows in results:
            file.write(json.dumps([asdict(row) for row in rows]) + "\n")
            file.flush()
            yield rows


def by_source(rows: Iterable[Row]) -> dict[str, list[Row]]:
    """Rows of each photograph; of several runs over one photograph the last counts."""
    return {source: list(group) for source, group in groupby(rows, lambda row: row.source)}


def mark_duplicates(rows: Iterable[Row]) -> list[Row]:
    """Keep one of each photograph that is there twice: the first by name.

    Two are the same when their bytes are, or when their difference hashes differ in at most
    ``SAME_PHOTOGRAPH`` bits: re-encoded, resized or brightened, but no other moment.

    Args:
        rows: of all photographs, in any order.

    Returns:
        The rows sorted by source; those of later copies have the decision ``duplicate``, no
        face, and the first one's name as detail.
    """
    originals, marked = Originals(), []
    for group in by_source(sorted(rows, key=lambda row: row.source)).values():
        original = originals.find_or_add(group[0]) if _any_kept(group) else None
        if original:
            group = [replace(group[0], face="", decision="duplicate", detail=f"of {original}")]
        marked += group
    return marked


class Originals:
    """Photographs seen so far, found again by their bytes or by a hash that is nearly equal."""

    def __init__(self) -> None:
        self._bytes: dict[str, str] = {}
        self._parts: dict[tuple[int, int], list[tuple[int, str]]] = defaultdict(list)

    def find_or_add(self, row: Row) -> str | None:
        """Source of the earlier copy of this photograph; without one, remember this."""
        bits = int(row.hash, 16)
        parts = list(_parts(bits))
        near = (source for part in parts for other, source in self._parts[part]
                if (bits ^ other).bit_count() <= SAME_PHOTOGRAPH)  # fmt: skip
        found = self._bytes.get(row.sha256) or next(near, None)
        if found is None:
            self._bytes[row.sha256] = row.source
            for part in parts:
                self._parts[part].append((bits, row.source))
        return found


def _parts(bits: int) -> Iterator[tuple[int, int]]:
    """Number and value of each part; a part takes every eighth bit, so it sees all the picture."""
    text = f"{bits:0{HASH_BITS}b}"
    for part in range(HASH_PARTS):
        yield part, int(text[part::HASH_PARTS], 2)


def _any_kept(rows: list[Row]) -> bool:
    return any(row.decision == "kept" for row in rows)


def _parsed(name: str, text: str) -> str | int | float | None:
    if name not in NUMBERS:
        return text
    if text == "":
        return None
    return int(text) if NUMBERS[name] == "Int64" else float(text)
