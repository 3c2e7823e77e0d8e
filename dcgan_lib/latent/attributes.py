"""What can be said of a face without any download, and CelebA's forty labels (chapter 09).

Each attribute is a number that grows with what it is named for. How well the numbers of smile,
glasses and plain eyes agree with a look was counted on 120 of ORL's crops (three of each person):
the *agreement* below is the chance that a face which shows it gets a higher number than one
which doesn't; 0.5 would be guessing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import pandas as pd

from dcgan_lib.crop import load_cascade
from dcgan_lib.shared import CourseError

SIDE = 64  # pixels; attributes are measured on grey copies of this side
SMILE_CASCADE = "haarcascade_smile.xml"
GLASSES_EYE_CASCADE = "haarcascade_eye_tree_eyeglasses.xml"
NO_MOUTH = -10.0  # below what the cascade says of any window
CELEBA_ATTRIBUTES = 40


@dataclass(frozen=True)
class Attribute:
    """Something that is measured in a face.

    Attributes:
        more: what a high number means, in a word or two.
        less: what a low number means.
        measure: uint8 faces (n, side, side, 3) in RGB → float64 (n,).
    """

    more: str
    less: str
    measure: Callable[[np.ndarray], np.ndarray]


def measure_attribute(name: str, faces: np.ndarray) -> np.ndarray:
    """Measure one of ``ATTRIBUTES`` in faces.

    Args:
        name: a key of ``ATTRIBUTES``.
        faces: uint8, shape (n, side, side, 3), RGB: crops as chapter 02 makes them.

    Returns:
        float64, shape (n,).

    Raises:
        CourseError: there is no such attribute, or OpenCV's cascades are missing.
    """
    if name not in ATTRIBUTES:
        raise CourseError(
            f"There is no such attribute. Expected one of {', '.join(ATTRIBUTES)}. "
            f"Received: {name!r}. Choose one of these."
        )
    return ATTRIBUTES[name].measure(faces)


def label_thirds(scores: np.ndarray) -> np.ndarray:
    """Labels of the extremes: 1 for the highest third, -1 for the lowest, 0 for those between.

    The middle third is where a measure errs most, so it teaches nothing. A face that lies exactly
    on a limit, as one does where n is 3k + 1 or scores are equal, counts as between.

    Args:
        scores: float, shape (n,).

    Returns:
        int64, shape (n,).
    """
    low, high = third_limits(scores)
    return (scores > high).astype(np.int64) - (scores < low)


def third_limits(scores: np.ndarray) -> tuple[float, float]:
    """Below which score the lowest third lies, and above which the highest; scores (n,)."""
    low, high = np.quantile(scores, [1 / 3, 2 / 3])
    return float(low), float(high)


def celeba_attributes(path: str | Path) -> pd.DataFrame:
    """Read CelebA's ``list_attr_celeba.txt``: forty attributes that people labelled.

    The file says in its first line how many rows follow, in its second the attributes' names,
    and in each row a file's name and forty times 1 or -1 (Liu et al. 2015).

    Args:
        path: the file, as it comes with the database.

    Returns:
        A table of int64, 1 or -1; the index holds file names, such as ``000001.jpg``, and the
        columns the attributes, such as ``Smiling`` and ``Eyeglasses``.

    Raises:
        CourseError: there is no such file, or it has another form or was cut off.
    """
    try:
        first, second, *rows = Path(path).read_text("utf-8").splitlines()
    except (FileNotFoundError, UnicodeDecodeError, ValueError):
        raise _no_celeba(path, "no text of that form") from None
    names, cells = second.split(), [row.split() for row in rows]
    if len(names) != CELEBA_ATTRIBUTES:
        raise _no_celeba(path, f"{len(names)} names in the second line")
    if first.strip() != str(len(cells)):
        raise _no_celeba(path, f"{len(cells)} rows below a first line that says {first.strip()!r}")
    for number, row in enumerate(cells, 3):
        if len(row) != 1 + len(names) or not set(row[1:]) <= {"1", "-1"}:
            raise _no_celeba(path, f"{' '.join(row)[:40]!r} in line {number}")
    values = np.array([row[1:] for row in cells], np.int64)
    return pd.DataFrame(values, index=[row[0] for row in cells], columns=names)


def _no_celeba(path: str | Path, received: str) -> CourseError:
    return CourseError(
        f"CelebA's attributes can't be read. Expected {path} as the database brings it: the number "
        f"of rows, {CELEBA_ATTRIBUTES} names, and rows of a file name and {CELEBA_ATTRIBUTES} "
        f"times 1 or -1. Received: {received}. Fetch list_attr_celeba.txt again."
    )


def smile(faces: np.ndarray) -> np.ndarray:
    """How sure OpenCV's smile cascade is of the best window in the lower half.

    It answers to a bright band of teeth between dark corners, and to a wide mouth. It takes
    moustaches and open mouths for smiles, and overlooks those with closed lips. Agreement 0.84;
    the cascade's own yes or no is useless on crops of 64 px, where it says yes to nine in ten.
    """
    return np.array([_best_smile(grey) for grey in _grey(faces)])


def glasses(faces: np.ndarray) -> np.ndarray:
    """Upright edges beside the bridge of the nose: mean absolute slope in grey levels per pixel.

    That is where the inner rims and the pads of spectacles are. It needs the eyes where chapter
    02's crop puts them, and grows with any contrast there: deep-set eyes in hard light count as
    well, so on generated faces a high number may mean a shadow. Agreement 0.95; the level that
    parts wearers from others best on ORL is 9.
    """
    patches = [_slope(grey)[28:36, 24:40] for grey in _grey(faces)]
    return np.array([patch.mean() for patch in patches], np.float64)


def plain_eyes(faces: np.ndarray) -> np.ndarray:
    """In how many windows the cascade for eyes, with or without glasses, finds one: ln(1 + n).

    Many around a plain eye, few behind a rim or a reflection: it finds eyes with glasses, but
    hardly, and can't tell glasses from closed eyes. Agreement with *no glasses* 0.91.
    """
    return np.log1p([_eye_windows(grey) for grey in _grey(faces)])


def brightness(faces: np.ndarray) -> np.ndarray:
    """Mean grey level, 0 to 255: of the light as much as of the skin."""
    return _grey(faces).mean(axis=(1, 2), dtype=np.float64)


def contrast(faces: np.ndarray) -> np.ndarray:
    """Standard deviation of the grey levels, at most 127.5: hard light, dark hair, dark ground."""
    return _grey(faces).std(axis=(1, 2), dtype=np.float64)


def symmetry(faces: np.ndarray) -> np.ndarray:
    """Correlation of a face with its mirror image, at most 1.

    Low for a head that is turned or lit from one side, or where the crop isn't centred; whether
    a face *is* symmetrical can't be seen below that.
    """
    rows = _grey(faces).astype(np.float64)
    rows -= rows.mean(axis=(1, 2), keepdims=True)
    spread = np.maximum((rows**2).mean(axis=(1, 2)), 1e-8)
    return (rows * rows[:, :, ::-1]).mean(axis=(1, 2)) / spread


def hair(faces: np.ndarray) -> np.ndarray:
    """How light the middle of the topmost eighth is: mean grey level, 0 to 255.

    Hair where there is any there; else a forehead, which is light too.
    """
    return _grey(faces)[:, : SIDE // 8, SIDE // 4 : -SIDE // 4].mean(axis=(1, 2))


def background(faces: np.ndarray) -> np.ndarray:
    """How light the two upper corners are, 8 px wide: mean grey level, 0 to 255.

    Long hair reaches into them. The lower corners hold collars, so they don't count.
    """
    corners = _grey(faces)[:, : SIDE // 8]
    return np.concatenate([corners[:, :, :8], corners[:, :, -8:]], axis=2).mean(axis=(1, 2))


ATTRIBUTES: dict[str, Attribute] = {
    "smile": Attribute("smiling", "not smiling", smile),
    "glasses": Attribute("glasses", "no glasses", glasses),
    "plain_eyes": Attribute("eyes plain to see", "eyes hidden", plain_eyes),
    "brightness": Attribute("bright", "dark", brightness),
    "contrast": Attribute("hard contrast", "soft contrast", contrast),
    "symmetry": Attribute("frontal, evenly lit", "turned or lit from a side", symmetry),
    "hair": Attribute("light top", "dark top", hair),
    "background": Attribute("light ground", "dark ground", background),
}


def _best_smile(grey: np.ndarray) -> float:
    lower = _twice(grey)[SIDE:]  # (64, 128)
    least, most = (45, 22), (96, 64)  # width and height of a mouth at twice the size
    _, _, weights = load_cascade(SMILE_CASCADE).detectMultiScale3(
        lower, 1.1, 0, minSize=least, maxSize=most, outputRejectLevels=True
    )
    return float(max(weights, default=NO_MOUTH))


def _eye_windows(grey: np.ndarray) -> int:
    upper = _twice(grey)[19:77]  # between forehead and nose
    cascade = load_cascade(GLASSES_EYE_CASCADE)
    return len(cascade.detectMultiScale(upper, 1.2, 0, minSize=(16, 16), maxSize=(64, 64)))


def _twice(grey: np.ndarray) -> np.ndarray:
    return cv2.resize(grey, (2 * SIDE, 2 * SIDE), interpolation=cv2.INTER_CUBIC)


def _slope(grey: np.ndarray) -> np.ndarray:
    return np.abs(cv2.Sobel(grey, cv2.CV_32F, 1, 0)) / 8


def _grey(faces: np.ndarray) -> np.ndarray:
    """Grey copies: uint8 (n, 64, 64)."""
    copies = []
    for face in np.ascontiguousarray(faces):
        grey = cv2.cvtColor(face, cv2.COLOR_RGB2GRAY)
        if grey.shape != (SIDE, SIDE):
            how = cv2.INTER_AREA if grey.shape[0] > SIDE else cv2.INTER_CUBIC
            grey = cv2.resize(grey, (SIDE, SIDE), interpolation=how)
        copies.append(grey)
    return np.stack(copies)
