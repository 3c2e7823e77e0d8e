"""One picture of a face set: crops that were kept, then photographs that were not, and why."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas
from PIL import Image, ImageDraw, ImageFont

from dcgan_lib.crop.photos import UnreadablePhoto, read_small_copy
from dcgan_lib.crop.subset import balanced_subset
from dcgan_lib.shared import FAINT_GREY, GENERATED_COLOUR, GREY, INK, WHITE, atomic_path

WIDTH, GAP, EDGE = 1044, 4, 24  # pixels
FACE, PHOTO = 64, 163  # sides of a tile
MOST_FACES, MOST_PHOTOS = 150, 12  # shown; photographs for each reason


def write_contact_sheet(table: pandas.DataFrame, src: Path, path: Path) -> None:
    """Write the contact sheet of the face set that ``path`` lies in, as a PNG file.

    Args:
        table: the set's manifest.
        src: folder of the photographs.
        path: the file to write, beside the manifest.

    Raises:
        OSError: the folder can't be written.
    """
    with atomic_path(path) as temporary:
        draw_contact_sheet(table, src, path.parent).save(temporary)


def draw_contact_sheet(table: pandas.DataFrame, src: Path, dst: Path) -> Image.Image:
    """A sample of the faces, even over the groups, and of the photographs for each reason.

    Args:
        table: the set's manifest.
        src: folder of the photographs.
        dst: folder of the faces.

    Returns:
        RGB image 1044 pixels wide, of a height that doesn't grow with the number of photographs.
    """
    kept = table[table["decision"] == "kept"]
    strips = [_title(table, len(kept))]
    if len(kept):
        names = balanced_subset(list(kept["face"]), min(MOST_FACES, len(kept)), seed=0)
        strips += [_heading("kept", len(kept), len(names)), _faces(names, dst)]
    for reason, rows in table[table["decision"] != "kept"].groupby("decision"):
        shown = rows.head(MOST_PHOTOS)
        strips += [_heading(str(reason), len(rows), len(shown)), _photos(shown, src)]
    sheet = Image.new("RGB", (WIDTH, sum(strip.height for strip in strips) + EDGE), WHITE)
    top = 0
    for strip in strips:
        sheet.paste(strip, (0, top))
        top += strip.height
    return sheet


def _title(table: pandas.DataFrame, kept: int) -> Image.Image:
    strip = Image.new("RGB", (WIDTH, 64), WHITE)
    text = f"{_count(table['source'].nunique(), 'photograph')}, {_count(kept, 'face')} kept"
    ImageDraw.Draw(strip).text((EDGE, EDGE), text, INK, ImageFont.load_default(28))
    return strip


def _heading(reason: str, count: int, shown: int) -> Image.Image:
    strip = Image.new("RGB", (WIDTH, 46), WHITE)
    draw, font = ImageDraw.Draw(strip), ImageFont.load_default(18)
    draw.text((EDGE, 16), reason, INK, font)
    some = "" if shown == count else f", {shown} shown"
    draw.text((EDGE + font.getlength(reason) + 10, 16), f"{count:,}{some}", GREY, font)
    return strip


def _faces(names: list[str], dst: Path) -> Image.Image:
    tiles = []
    for name in names:
        with Image.open(dst / name) as face:
            tiles.append(face.resize((FACE, FACE)))
    return _rows(tiles, (WIDTH - 2 * EDGE) // (FACE + GAP))


def _photos(rows: pandas.DataFrame, src: Path) -> Image.Image:
    return _rows([_photo(row, src) for row in rows.itertuples()], 6)


def _photo(row: tuple, src: Path) -> Image.Image:
    """A thumbnail with the box that was found, its name, and the detail."""
    tile = Image.new("RGB", (PHOTO, PHOTO + 38), WHITE)
    tile.paste(FAINT_GREY, (0, 0, PHOTO, PHOTO))
    draw, font = ImageDraw.Draw(tile), ImageFont.load_default(12)
    try:
        copy, scale = _small_copy(row, src)
    except UnreadablePhoto:
        draw.text((PHOTO / 2, PHOTO / 2), "?", GREY, ImageFont.load_default(60), anchor="mm")
    else:
        left, top = (PHOTO - copy.shape[1]) // 2, (PHOTO - copy.shape[0]) // 2
        tile.paste(Image.fromarray(copy), (left, top))
        if not pandas.isna(row.w):
            x, y, w, h = (side / scale for side in (row.x, row.y, row.w, row.h))
            draw.rectangle(
                (left + x, top + y, left + x + w, top + y + h), outline=GENERATED_COLOUR, width=2
            )
    draw.text((0, PHOTO + 3), _fitting(row.source, font), INK, font)
    draw.text((0, PHOTO + 18), _fitting(row.detail, font), GREY, font)
    return tile


def _small_copy(row: tuple, src: Path) -> tuple[np.ndarray, float]:
    """A photograph's small copy; one that couldn't be read in its time isn't tried again."""
    if row.decision == "unreadable":
        raise UnreadablePhoto(row.detail)
    return read_small_copy(src / row.source, PHOTO)


def _fitting(text: str, font: ImageFont.FreeTypeFont) -> str:
    """As much as fits; the built-in font knows Latin letters alone."""
    text = "".join(letter if " " <= letter < "\u0180" else "·" for letter in text)
    while font.getlength(text) > PHOTO:
        text = text[:-4] + "..."
    return text


def _rows(tiles: list[Image.Image], columns: int) -> Image.Image:
    width, height = tiles[0].size
    rows = -(-len(tiles) // columns)
    strip = Image.new("RGB", (WIDTH, rows * (height + GAP)), WHITE)
    for index, tile in enumerate(tiles):
        row, column = divmod(index, columns)
        strip.paste(tile, (EDGE + column * (width + GAP), row * (height + GAP)))
    return strip


def _count(number: int, thing: str) -> str:
    return f"{number:,} {thing}{'' if number == 1 else 's'}"
