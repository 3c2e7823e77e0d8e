"""Notebooks and archives as bytes, written as students hand them in, and what is found of them."""

import io
import json
import zipfile
from pathlib import Path

from dcgan_classroom.submissions.find import find_submissions
from dcgan_classroom.submissions.found import Found

CHAPTERS = ["03_load_batches", "04_generator", "05_discriminator"]
GRADE_IDS = {"04_generator": {"up-block", "output-side"}, "05_discriminator": {"down-block"}}


def notebook(*grade_ids: str, note: str = "") -> bytes:
    """A notebook with an empty cell for each grade id, by default for one of chapter 4."""
    cells = [
        {"cell_type": "code", "source": note, "metadata": {"nbgrader": {"grade_id": name}}}
        for name in grade_ids or ("up-block",)
    ]
    return json.dumps({"cells": cells, "nbformat": 4, "nbformat_minor": 5}).encode()


def packed(files: dict[str, bytes]) -> bytes:
    """A zip archive."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return whole.getvalue()


def write(folder: Path, files: dict[str, bytes]) -> Path:
    """Write files below a folder."""
    for path, data in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    return folder


def found_in(folder: Path, files: dict[str, bytes] | None = None, **options: object) -> Found:
    """Write files below a folder, and look for submissions there."""
    write(folder, files or {})
    return find_submissions(folder, CHAPTERS, grade_ids=GRADE_IDS, **options)
