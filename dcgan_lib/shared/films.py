"""Films of generated faces: GIF by Pillow, MP4 by OpenCV; both say what they are."""

from __future__ import annotations

import struct
import uuid
from collections.abc import Iterable
from pathlib import Path
from xml.sax.saxutils import quoteattr

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from dcgan_lib.shared.errors import CourseError
from dcgan_lib.shared.files import atomic_path
from dcgan_lib.shared.pictures import MARK

CODEC = "mp4v"  # MPEG-4 part 2, which OpenCV's own wheels write on every system
COLOURED = 128  # rows and columns, at least, that a palette is made from
LEAST_SIDE = 256  # pixels of a film; smaller faces are enlarged by a whole number
SOURCE = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"  # IPTC's word
XMP_BOX = uuid.UUID("be7acfcb-97a9-42e8-9c71-999491e3afac")  # where MP4 keeps XMP (its part 3)
XMP = """<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF
 xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about=""
 xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
 xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/"
 Iptc4xmpExt:DigitalSourceType="{source}" photoshop:Headline={mark}/></rdf:RDF></x:xmpmeta>"""


def write_gif(
    frames: Iterable[np.ndarray],
    path: str | Path,
    rate: float = 12.5,
    hold: float = 0.0,
    mark: str = MARK,
) -> None:
    """Write frames as a GIF that repeats for ever, marked as generated in its comment.

    Args:
        frames: uint8, shape (height, width, 3) each, RGB; taken one at a time.
        path: the file, ending in ``.gif``.
        rate: frames a second, up to 50; a GIF counts hundredths of a second.
        hold: seconds that the last frame is shown for longer.
        mark: the comment.

    Raises:
        CourseError: the name ends otherwise, or there are no frames.
        OSError: the file can't be written.
    """
    pictures = [_with_palette(frame) for frame in frames]
    path = _checked(len(pictures), path, ".gif")
    durations = [round(1000 / rate)] * len(pictures)
    durations[-1] += round(1000 * hold)
    with atomic_path(path) as part:
        pictures[0].save(
            part,
            save_all=True,
            append_images=pictures[1:],
            duration=durations,
            loop=0,
            comment=mark.encode(),
        )


def write_mp4(frames: np.ndarray, path: str | Path, rate: float = 25, mark: str = MARK) -> None:
    """Write frames as an MP4 film and read it again, to see that every frame is there.

    Its XMP says that it is generated, as editors and platforms read it.

    Args:
        frames: uint8, shape (n, height, width, 3), RGB.
        path: the file, ending in ``.mp4``.
        rate: frames a second.
        mark: a line that goes into the XMP as well.

    Raises:
        CourseError: the name ends otherwise, there are no frames, or this OpenCV can't write or
            read such films.
        OSError: the file can't be written.
    """
    path = _checked(len(frames), path, ".mp4")
    large = _enlarged(frames)
    with atomic_path(path) as part:
        size = (large.shape[2], large.shape[1])
        film = cv2.VideoWriter(str(part), cv2.VideoWriter_fourcc(*CODEC), rate, size)
        for frame in large if film.isOpened() else ():
            film.write(cv2.cvtColor(frame, cv2.COLOR_RGB2BGR))
        film.release()
        _append_xmp(part, mark)
        found = len(read_mp4(part))
        if found != len(frames):
            raise CourseError(
                f"This film can't be written. Expected an OpenCV with FFmpeg and its codec "
                f"{CODEC}, as the wheels opencv-python-headless have. Received: OpenCV "
                f"{cv2.__version__}, which gave {found} of {len(frames)} frames. Write a GIF "
                "instead, or install that wheel."
            )


def read_mp4(path: str | Path) -> np.ndarray:
    """The frames of a film: uint8 (n, height, width, 3), RGB; none where it can't be read."""
    film, frames = cv2.VideoCapture(str(path)), []
    while (read := film.read())[0]:
        frames.append(cv2.cvtColor(read[1], cv2.COLOR_BGR2RGB))
    film.release()
    return np.array(frames, np.uint8)


def with_caption(frame: np.ndarray, text: str) -> np.ndarray:
    """A frame with a line of text on a strip below it, where it hides nothing.

    Args:
        frame: uint8, shape (height, width, 3), RGB; enlarged as films are, so that the text can be
            read.
        text: the line; broken where the frame is too narrow.

    Returns:
        uint8, RGB, higher than the frame.
    """
    times = _times(*frame.shape[:2])
    large = Image.fromarray(frame)
    large = large.resize((large.width * times, large.height * times), Image.Resampling.BICUBIC)
    font = ImageFont.load_default(size=max(12, large.width // 28))
    lines = _broken(text, font, large.width - 12)
    high = round(1.5 * font.size)
    shown = Image.new("RGB", (large.width, large.height + high * len(lines) + 6), "#fffdf9")
    shown.paste(large)
    pen = ImageDraw.Draw(shown)
    for number, line in enumerate(lines):
        pen.text((6, large.height + 3 + high * number), line, fill="#3c352c", font=font)
    return np.asarray(shown)


def _broken(text: str, font: ImageFont.FreeTypeFont, width: int) -> list[str]:
    """A text in lines of at most ``width`` pixels."""
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and font.getlength(longer) > width:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def _append_xmp(film: Path, mark: str) -> None:
    """Add a box with XMP to the end of an MP4 film; players skip it."""
    body = XMP_BOX.bytes + XMP.format(source=SOURCE, mark=quoteattr(mark)).encode()
    with film.open("ab") as file:
        file.write(struct.pack(">I", 8 + len(body)) + b"uuid" + body)


def _with_palette(frame: np.ndarray) -> Image.Image:
    """A frame in 256 colours of its own, without dither, whose dots would double the file.

    The colours are found among every few pixels of a large frame, in a tenth of the time.
    """
    step = max(1, min(frame.shape[:2]) // COLOURED)
    palette = Image.fromarray(frame[::step, ::step].copy()).quantize(256)
    few = Image.fromarray(frame).quantize(palette=palette, dither=Image.Dither.NONE)
    times = _times(*frame.shape[:2])
    return few.resize((few.width * times, few.height * times), Image.Resampling.NEAREST)


def _checked(count: int, path: str | Path, suffix: str) -> Path:
    path = Path(path)
    if path.suffix.lower() != suffix or not count:
        raise CourseError(
            f"This film can't be written. Expected frames, and a file that ends in {suffix}. "
            f"Received: {count} frames for {path.name}. Choose another name."
        )
    return path


def _times(height: int, width: int) -> int:
    return max(1, -(-LEAST_SIDE // min(height, width)))


def _enlarged(frames: np.ndarray) -> np.ndarray:
    """Frames of at least 256 pixels and of even sides, which MP4 needs, softly enlarged."""
    height, width = frames.shape[1:3]
    times = _times(height, width)
    size = (times * width + times * width % 2, times * height + times * height % 2)
    if size == (width, height):
        return frames
    return np.stack([cv2.resize(frame, size, interpolation=cv2.INTER_CUBIC) for frame in frames])
