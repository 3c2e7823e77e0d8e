"""Tables that spreadsheets write and open: read whatever they save, write nothing that they run."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pandas as pd

from dcgan_lib.shared import CourseError, atomic_path

FORMULA_SIGNS = "=+-@＝＋－＠"  # what a spreadsheet begins a formula with
_SIGN = f"[{re.escape(FORMULA_SIGNS)}]"
# A spreadsheet that is set to semicolons splits our texts at them, and at tabs and lines.
_CELL_BEGINS = re.compile(rf"([;\t\r\n])(?=\s*{_SIGN})")
_DEFUSED_CELL = re.compile(rf"([;\t\r\n])'(?=[\s']*{_SIGN})")
_DEFUSED_TEXT = re.compile(rf"\A'(?=[\s']*{_SIGN})")


def defused(value: object) -> object:
    """A text without control characters and with an apostrophe before whatever would run.

    That is at its beginning, and behind each semicolon, tab and line end, which begin a cell in a
    spreadsheet that is set to them. Anything but a text is given back as it is.
    """
    if not isinstance(value, str):
        return value
    text = "".join(sign for sign in value if sign in "\n\t" or sign.isprintable())
    if len(text.strip()) < 2:  # a sign alone is no formula
        return text
    safe = _CELL_BEGINS.sub(r"\1'", text)
    return f"'{safe}" if text.lstrip().startswith(tuple(FORMULA_SIGNS)) else safe


def undefused(text: str) -> str:
    """The text that ``defused`` was given, as far as it can be told."""
    return _DEFUSED_CELL.sub(r"\1", _DEFUSED_TEXT.sub("", text))


def write_csv(table: pd.DataFrame, path: Path) -> None:
    """Write a table that a spreadsheet opens without running anything, in UTF-8 with its mark."""
    safe = table.rename(columns=defused).map(defused)
    with atomic_path(path) as part:
        safe.to_csv(part, index=False, encoding="utf-8-sig", lineterminator="\n")


def read_csv(path: str | Path, what: str, advice: str) -> tuple[list[str], list[dict[str, str]]]:
    """Read a table with commas, semicolons or tabs, as spreadsheets and platforms save it.

    Args:
        path: the file, in UTF-8 or in what Excel saves on Windows otherwise (Windows-1252).
        what: what it holds, for the message: "The roster".
        advice: the way out, a sentence for the message.

    Returns:
        The header, and one ``{column: text}`` per row; what a short row lacks is "".

    Raises:
        CourseError: no such file, or it isn't a table.
    """
    try:
        text = _decoded(Path(path).read_bytes())
        delimiter = max(",;\t", key=text.split("\n", 1)[0].count)
        rows = csv.reader(text.splitlines(keepends=True), delimiter=delimiter)
        header, *lines = [row for row in rows if any(cell.strip() for cell in row)]
    except (OSError, ValueError, csv.Error) as error:
        received = "no such file" if isinstance(error, FileNotFoundError) else "not a table"
        raise CourseError(
            f"{what} can't be read. Expected: {path}, a CSV with a line of column names. "
            f"Received: {received}. {advice}"
        ) from None
    names = [name.strip() for name in header]
    return names, [dict(zip(names, [*line, *[""] * len(names)], strict=False)) for line in lines]


def _decoded(data: bytes) -> str:
    try:
        return data.decode("utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")
