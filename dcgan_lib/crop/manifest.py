"""What became of each photograph: the table beside the faces, and the journal it grows from."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, fields
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from dcgan_lib.shared import CourseError, atomic_path

if TYPE_CHECKING:
    import pandas

MANIFEST = "manifest.csv"
JOURNAL = ".journal.jsonl"
NUMBERS = {
    **dict.fromkeys(["x", "y", "w", "h", "bytes", "changed"], "Int64"),
    **dict.fromkeys(["confidence", "sharpness"], "Float64"),
}
DELETED = "deleted"  # the decision of whoever deleted the crop by hand
ESCAPED = re.compile(r"[\\\x00-\x1f\x7f-\x9f\u2028\u2029\udc80-\udcff]")
ESCAPE = re.compile(r"\\(?:u([0-9a-f]{4})|\\)")


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
    changed: int | None = None


def read_manifest(folder: str | Path) -> pandas.DataFrame:
    r"""The table of a face set.

    Columns: ``source`` (POSIX path in the folder of photographs), ``face`` (POSIX path of the
    crop beside the manifest; empty when there is none), ``x y w h`` (the detected box in pixels
    of the upright photograph), ``confidence`` (of the cascade), ``sharpness`` (variance of the
    crop's Laplacian), ``decision`` (``kept``, or why not), ``detail``, ``sha256`` and ``bytes``
    (of the source file), ``hash`` (difference hash of the photograph, hexadecimal), ``changed``
    (when the source file was last changed or replaced, in nanoseconds).

    A name that is no Unicode, or holds a line break, comes as it is on the disk, so that it can
    be opened; in the file it is written with escapes such as ``\u000d``.

    Raises:
        CourseError: there is no manifest in the folder.
    """
    import pandas

    path = Path(folder, MANIFEST)
    if not path.is_file():
        raise CourseError(
            f"{folder} isn't a face set. Expected: a folder with {MANIFEST}, as crop_faces.py "
            "writes it. Received: a folder without. Name the folder that was given there as DST."
        )
    rows = [asdict(row) for row in manifest_rows(folder)]
    columns = [field.name for field in fields(Row)]
    return pandas.DataFrame(rows, columns=columns, dtype=object).astype(NUMBERS)


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
        lines = csv.DictReader(file)
        return [Row(**{name: _parsed(name, text) for name, text in line.items()}) for line in lines]


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
        writer.writerows(_written(row) for row in rows)


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


def _written(row: Row) -> dict[str, object]:
    """The row's values; a text with what a table can't hold is escaped."""
    return {
        name: ESCAPED.sub(_escape, value) if isinstance(value, str) else value
        for name, value in asdict(row).items()
    }


def _escape(found: re.Match[str]) -> str:
    return "\\\\" if found[0] == "\\" else f"\\u{ord(found[0]):04x}"


def _parsed(name: str, text: str) -> str | int | float | None:
    if name not in NUMBERS:
        return ESCAPE.sub(lambda found: chr(int(found[1], 16)) if found[1] else "\\", text)
    if text == "":
        return None
    return int(text) if NUMBERS[name] == "Int64" else float(text)
