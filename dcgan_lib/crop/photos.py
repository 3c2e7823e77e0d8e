"""Photographs of every kind in, upright RGB arrays out.

Pillow does the decoding: it reads the size from the header alone, decodes JPEG at a half, a
quarter or an eighth, knows CMYK and transparency, and refuses a file that was cut off.
"""

from __future__ import annotations

import functools
import io
import math
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from dcgan_lib.shared import FORMATS, CourseError, look_through, read_file

WHITE = (255, 255, 255, 255)
_one_thread = threading.Lock()  # Python's warnings are switched off for all threads at once


class UnreadablePhoto(CourseError):
    """A file that gives no photograph; the message is its reason, short enough for a table."""


def find_photos(folder: str | Path) -> list[str]:
    """Names of all photographs below ``folder``: POSIX, relative to it, sorted.

    A photograph is a regular file, or a link to one, with the suffix of a format that we read.
    Names that begin with a dot are passed over.
    """
    return look_through(folder).photographs


def read_photo(source: str | Path | bytes) -> np.ndarray:
    """Read a photograph at full size, upright as its EXIF orientation says.

    Grey becomes RGB, CMYK is converted, transparency lies on white, and of 16 bits the upper 8
    are kept.

    Args:
        source: path of the file in any script, or the file's bytes.

    Returns:
        uint8 array (height, width, 3), RGB.

    Raises:
        UnreadablePhoto: the file can't be opened, isn't a picture, is cut off, is animated, or has
            more than twice Pillow's ``MAX_IMAGE_PIXELS`` (179 million pixels by default).
    """
    with _opened(source) as image:
        return np.array(_upright(image).convert("RGB"))


def read_small_copy(
    source: str | Path | bytes, max_side: int, grey: bool = False, longest: float = math.inf
) -> tuple[np.ndarray, float]:
    """Read a small copy of a photograph; of a JPEG, without decoding every pixel.

    Args:
        source: path of the file, or the file's bytes.
        max_side: longest side of the copy in pixels; a smaller photograph keeps its size.
        grey: whether brightness is enough.
        longest: of a picture that is more than so many times as long as broad, ``max_side`` holds
            for the longest part of this shape: a strip of many faces keeps them.

    Returns:
        ``(copy, scale)``: uint8 array (height, width, 3), RGB and upright, or (height, width)
        when grey; and how many pixels of the photograph make one of the copy (at least 1).

    Raises:
        UnreadablePhoto: as in ``read_photo``.
    """
    with _opened(source) as image:
        full_side, mode = max(image.size), "L" if grey else "RGB"
        max_side *= max(1.0, full_side / (longest * min(image.size)))
        shrink = min(1.0, max_side / full_side)
        image.draft(mode, tuple(math.ceil(side * shrink) for side in image.size))  # JPEG only
        copy = np.array(_upright(image).convert(mode))
    height, width = copy.shape[:2]
    shrink = min(1.0, max_side / max(height, width))
    if shrink < 1:
        size = max(1, round(width * shrink)), max(1, round(height * shrink))
        copy = cv2.resize(copy, size, interpolation=cv2.INTER_AREA)
    return copy, full_side / max(copy.shape[:2])


@contextmanager
def _opened(source: str | Path | bytes) -> Iterator[Image.Image]:
    """Open a picture for the block, and give each way it can fail its reason."""
    try:
        data = source if isinstance(source, bytes) else read_file(source)
        with _silence():
            picture = Image.open(io.BytesIO(data), formats=_formats())
        with picture as image:
            if getattr(image, "is_animated", False) and image.format != "MPO":
                raise UnreadablePhoto(f"holds {image.n_frames} pictures ({image.format})")
            yield image
    except UnreadablePhoto:
        raise
    except UnidentifiedImageError:
        raise UnreadablePhoto(_unknown_format(data)) from None
    except Image.DecompressionBombError:
        limit = 2 * Image.MAX_IMAGE_PIXELS / 1e6
        raise UnreadablePhoto(f"more than {limit:.0f} million pixels") from None
    except MemoryError:
        raise UnreadablePhoto("not enough memory for its pixels") from None
    except Exception as error:  # decoders fail in many ways on damaged files
        reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
        raise UnreadablePhoto(reason) from error


@contextmanager
def _silence() -> Iterator[None]:
    """No warning of large or damaged pictures, which are read all the same; in any thread."""
    with _one_thread, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


@functools.cache
def _formats() -> list[str]:
    """The formats that we read, as far as this Pillow has them.

    Any other, such as PostScript, may start another program.
    """
    Image.init()
    return sorted(set(FORMATS.values()) & Image.OPEN.keys())


def _unknown_format(data: bytes) -> str:
    if not data:
        return "empty file"
    if data[4:8] == b"ftyp":
        return "HEIC or a video: export it as JPEG"
    return "no picture format that can be read"


def _upright(image: Image.Image) -> Image.Image:
    """Decode to 8 bits a channel, turned upright, without transparency."""
    image.load()
    profile = image.info.get("icc_profile")
    image = _eight_bit(_transposed(image))
    if image.has_transparency_data:
        image = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", image.size, WHITE), image)
        image = image.convert("RGB")
    return _in_srgb(image, profile) if profile else image


def _in_srgb(image: Image.Image, profile: bytes) -> Image.Image:
    """The colours that an ICC profile means; as they are where it is damaged or of another kind."""
    try:
        theirs = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if "srgb" in ImageCms.getProfileDescription(theirs).casefold():
            return image
        mode = {"RGB ": "RGB", "CMYK": "CMYK", "GRAY": "L"}[theirs.profile.xcolor_space]
        image = image if image.mode == mode else image.convert(mode)
        return ImageCms.profileToProfile(image, theirs, _srgb(), outputMode="RGB")
    except (ImageCms.PyCMSError, KeyError, OSError, ValueError):
        return image


@functools.cache
def _srgb() -> ImageCms.ImageCmsProfile:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))


def _transposed(image: Image.Image) -> Image.Image:
    """Turn the picture as its EXIF orientation says; damaged EXIF says nothing."""
    try:
        with _silence():
            return ImageOps.exif_transpose(image)
    except Exception:
        return image


def _eight_bit(image: Image.Image) -> Image.Image:
    """Keep the upper 8 of 16 bits."""
    if image.mode == "F":
        raise UnreadablePhoto("floating-point samples")
    if image.mode != "I" and not image.mode.startswith("I;16"):
        return image
    return Image.fromarray((np.asarray(image).clip(0, 65535) // 256).astype(np.uint8))
