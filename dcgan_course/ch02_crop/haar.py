"""OpenCV's Haar cascade, read from its XML file and evaluated in NumPy (chapter 02).

For reading, not for speed: it decides as ``cv2.CascadeClassifier`` does, and shows each step on
the way. Viola & Jones 2001 describe the method; the file's own comment names its author.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree

import cv2
import numpy as np

from dcgan_lib.crop import CASCADE_WINDOW, FACE_CASCADE, load_cascade

LEAST_DEVIATION = 10.0  # of a window's grey values; OpenCV passes over flatter ones
INSET = 1  # OpenCV measures the deviation without the window's outermost pixels
ROUNDING = 1e-5  # OpenCV lowers each stage's threshold by it


class Rectangle(NamedTuple):
    """Pixels of a window whose sum counts ``weight`` times."""

    x: int
    y: int
    w: int
    h: int
    weight: float


class Tree(NamedTuple):
    """A tree with one question: is the feature's value below the threshold?"""

    feature: tuple[Rectangle, ...]
    threshold: float  # in units of the window's area × deviation
    below: float  # vote where the answer is yes
    above: float  # vote where it is no


class Stage(NamedTuple):
    """Weak trees whose votes are added; a window below the threshold is rejected."""

    trees: tuple[Tree, ...]
    threshold: float


class Windows(NamedTuple):
    """Windows of a photograph, all shrunk or enlarged to one size."""

    windows: np.ndarray  # uint8 (n, 24, 24)
    boxes: np.ndarray  # int (n, 4): x, y, w, h in the photograph's pixels


def read_stages(name: str = FACE_CASCADE) -> tuple[Stage, ...]:
    """The stages of one of OpenCV's frontal cascades of 24×24 pixels.

    Args:
        name: file name of a cascade of stumps with upright features.

    Raises:
        CourseError: this OpenCV has no cascades.
        ValueError: the cascade has deeper trees or another window.
    """
    load_cascade(name)  # says what to do where it is missing
    root = ElementTree.parse(Path(cv2.data.haarcascades) / name).getroot().find("cascade")
    side = int(root.findtext("width"))
    features = [_read_feature(node) for node in root.find("features")]
    stages = tuple(_read_stage(node, features) for node in root.find("stages"))
    if side != CASCADE_WINDOW or root.find("features//tilted") is not None:
        raise ValueError(
            f"{name} can't be evaluated here. Expected upright features in a window of "
            f"{CASCADE_WINDOW}×{CASCADE_WINDOW}. Received: a window of {side}×{side}, or tilted "
            f"features. Use {FACE_CASCADE}."
        )
    return stages


def integral_image(grey: np.ndarray) -> np.ndarray:
    """Sums of all pixels above and to the left of each corner.

    Args:
        grey: (height, width) or (n, height, width), numbers.

    Returns:
        int64 (…, height + 1, width + 1): entry [y, x] is the sum of ``grey[:y, :x]``, so the
        first row and the first column are 0.
    """
    sums = grey.astype(np.int64).cumsum(axis=-2).cumsum(axis=-1)
    edges = [(0, 0)] * (grey.ndim - 2) + [(1, 0), (1, 0)]
    return np.pad(sums, edges)


def rectangle_sum(table: np.ndarray, x: int, y: int, w: int, h: int) -> np.ndarray:
    """Sum of a rectangle's pixels, from four entries of an integral image.

    Args:
        table: (…, height + 1, width + 1), as ``integral_image`` makes it.
        x, y, w, h: left, top, width and height in pixels.

    Returns:
        One number for each image: shape (…).
    """
    return table[..., y + h, x + w] - table[..., y, x + w] - table[..., y + h, x] + table[..., y, x]


def window_scale(windows: np.ndarray) -> np.ndarray:
    """What feature values are divided by: the window's area times its deviation.

    Light that is twice as strong doubles both, so a face in shade and one in the sun have the same
    values.

    Args:
        windows: uint8 (n, 24, 24).

    Returns:
        float64 (n,); 0 where all pixels are equal.
    """
    inner = windows[..., INSET:-INSET, INSET:-INSET].astype(np.float64)
    return inner.std(axis=(-2, -1)) * inner.shape[-1] * inner.shape[-2]


def feature_value(
    feature: tuple[Rectangle, ...], table: np.ndarray, scale: np.ndarray
) -> np.ndarray:
    """A feature's value on each window.

    Args:
        feature: rectangles with weights; the weights make it 0 on an even ground.
        table: integral images (n, 25, 25) of the windows.
        scale: (n,), as ``window_scale`` gives it; 0 counts as 1.

    Returns:
        float64 (n,).
    """
    total = sum(r.weight * rectangle_sum(table, r.x, r.y, r.w, r.h) for r in feature)
    return total / np.where(scale > 0, scale, 1.0)


def ask(tree: Tree, window: np.ndarray) -> tuple[float, float]:
    """What a tree's feature measures on one window, uint8 (24, 24), and how the tree votes."""
    table, scale = integral_image(window[None]), window_scale(window[None])
    value = float(feature_value(tree.feature, table, scale)[0])
    return value, tree.below if value < tree.threshold else tree.above


def stage_sum(stage: Stage, table: np.ndarray, scale: np.ndarray) -> np.ndarray:
    """Sum of a stage's votes on each window; arguments as for ``feature_value``."""
    total = np.zeros(len(table))
    for tree in stage.trees:
        value = feature_value(tree.feature, table, scale)
        total += np.where(value < tree.threshold, tree.below, tree.above)
    return total


def stage_margins(stages: tuple[Stage, ...], window: np.ndarray) -> np.ndarray:
    """By how much one window passes each stage (at least 0) or fails it, all stages asked.

    Args:
        stages: as ``read_stages`` gives them.
        window: uint8 (24, 24).

    Returns:
        float64 (number of stages,).
    """
    table, scale = integral_image(window[None]), window_scale(window[None])
    return np.array([stage_sum(s, table, scale)[0] - s.threshold for s in stages])


def stages_passed(stages: tuple[Stage, ...], windows: np.ndarray) -> np.ndarray:
    """How many stages each window passes before it is rejected.

    Args:
        stages: as ``read_stages`` gives them.
        windows: uint8 (n, 24, 24).

    Returns:
        int (n,): 0 for a window that the first stage rejects, or that is too flat to be looked
        at; ``len(stages)`` for one that the cascade takes for a face.
    """
    passed = np.zeros(len(windows), int)
    scale = window_scale(windows)
    alive = np.flatnonzero(~_too_flat(windows, scale))
    table = integral_image(windows[alive])
    for stage in stages:
        kept = stage_sum(stage, table, scale[alive]) >= stage.threshold
        alive, table = alive[kept], table[kept]
        passed[alive] += 1
    return passed


def windows_left(passed: np.ndarray, stages: tuple[Stage, ...]) -> list[int]:
    """How many windows are left before the first stage and after each; of ``stages_passed``."""
    return [int((passed >= number).sum()) for number in range(len(stages) + 1)]


def mean_features(passed: np.ndarray, stages: tuple[Stage, ...]) -> float:
    """How many features a window is asked for on average."""
    asked = np.cumsum([len(stage.trees) for stage in stages])
    return float(asked[np.minimum(passed, len(stages) - 1)].mean())


def all_windows(grey: np.ndarray, scale_factor: float = 1.1, min_size: int = 24) -> Windows:
    """Every window of a photograph that the cascade looks at, in all sizes together.

    The photograph is shrunk step by step while the window stays 24×24. As in OpenCV, a window
    moves by one pixel of the shrunk photograph, or by two where that is still large.

    Args:
        grey: uint8 (height, width), each side at least 24.
        scale_factor: ratio of one size to the next, above 1.
        min_size: side of the smallest window in the photograph's pixels, at least 24.
    """
    levels, scale, side = [], 1.0, CASCADE_WINDOW
    while round(side * scale) <= min(grey.shape):
        if round(side * scale) >= min_size:
            levels.append(_level(grey, scale))
        scale *= scale_factor
    return Windows(
        windows=np.concatenate([level.windows for level in levels]),
        boxes=np.concatenate([level.boxes for level in levels]),
    )


def _level(grey: np.ndarray, scale: float) -> Windows:
    size = [max(CASCADE_WINDOW, round(side / scale)) for side in grey.shape[::-1]]
    small = cv2.resize(grey, size, interpolation=cv2.INTER_LINEAR_EXACT)
    step = 1 if scale >= 2 else 2
    views = np.lib.stride_tricks.sliding_window_view(small, (CASCADE_WINDOW, CASCADE_WINDOW))
    views = views[::step, ::step]  # (rows, columns, 24, 24)
    y, x = (np.indices(views.shape[:2]).reshape(2, -1) * step * scale).round()
    side, (height, width) = round(CASCADE_WINDOW * scale), grey.shape
    wide, high = np.minimum(side, width - x), np.minimum(side, height - y)  # rounded beyond it
    boxes = np.stack([x, y, wide, high], axis=1).astype(int)
    return Windows(views.reshape(-1, CASCADE_WINDOW, CASCADE_WINDOW), boxes)


def _too_flat(windows: np.ndarray, scale: np.ndarray) -> np.ndarray:
    """OpenCV skips a window whose deviation is small, but not one of a single value."""
    area = (CASCADE_WINDOW - 2 * INSET) ** 2
    return (scale > 0) & (scale / area < LEAST_DEVIATION)


def _read_feature(node: ElementTree.Element) -> tuple[Rectangle, ...]:
    rectangles = []
    for line in node.find("rects"):
        x, y, w, h, weight = map(float, line.text.split())
        rectangles.append(Rectangle(int(x), int(y), int(w), int(h), weight))
    return tuple(rectangles)


def _read_stage(node: ElementTree.Element, features: list[tuple[Rectangle, ...]]) -> Stage:
    trees = [_read_tree(tree, features) for tree in node.find("weakClassifiers")]
    threshold = float(node.findtext("stageThreshold")) - ROUNDING
    return Stage(trees=tuple(trees), threshold=threshold)


def _read_tree(node: ElementTree.Element, features: list[tuple[Rectangle, ...]]) -> Tree:
    inner = node.findtext("internalNodes").split()
    leaves = node.findtext("leafValues").split()
    if len(inner) != 4 or len(leaves) != 2:
        raise ValueError(
            "This cascade can't be evaluated here. Expected trees with one question each. "
            f"Received: a tree with {len(inner) // 4}. Use {FACE_CASCADE}."
        )
    below, above = map(float, leaves)
    feature = features[int(inner[2])]
    return Tree(feature=feature, threshold=float(inner[3]), below=below, above=above)
