"""Generated faces as training data: do they help a classifier? (chapter 09; the model card)

The task is a detector's: is this window a whole face, or has it missed one? Its labels are
sure; where a face is merely told from anything else, a handful of examples does, and nothing is
left to help with. A smile classifier would need labels of smiles, and without a download only
the smile cascade gives them: it would label the photographs, the generated faces and the test,
and what was measured would be how well one cascade is copied.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import pandas as pd

from dcgan_lib.crop import overlap, read_manifest, read_photo
from dcgan_lib.evaluate import hog_features
from dcgan_lib.shared import CourseError

ARMS = ("real", "real and copies", "real and generated", "generated alone", "more real")
OVERLAP = (0.3, 0.6)  # of a window with the face's box, as intersection over union: a near miss
SMALLEST_WINDOW = 24  # pixels
TRIES = 200  # windows drawn for each that is kept, before a photograph counts as full
SOFTNESS = 0.1  # C of the support vector machine
MOST_SHIFT, MOST_LIGHT = 3, 0.2  # of copies: pixels, and share of the brightness
RESAMPLES = 10_000


@dataclass(frozen=True)
class Pictures:
    """Faces, and windows that missed one, in pixels of G's side.

    Attributes:
        faces: uint8 (n, side, side, 3), RGB.
        others: uint8 (m, side, side, 3), RGB.
    """

    faces: np.ndarray
    others: np.ndarray


def near_misses(
    photographs: str | Path,
    faces: str | Path,
    names: Sequence[str],
    per_photo: int = 2,
    side: int = 64,
    seed: int = 0,
) -> np.ndarray:
    """Windows of the same photographs that miss the face: what a detector must refuse.

    Squares of random place and side, at least 24 px, that overlap the face's box by 0.3 to 0.6
    (intersection over union): a half of it, eyes and forehead, nose and collar. Of one light,
    camera and room with the faces, they can't be told apart by those.

    Args:
        photographs: folder of photographs, such as ``data/raw/orl``.
        faces: folder of the faces cropped from them, with its manifest.
        names: which faces' photographs, as ``FaceSet.names`` names them.
        per_photo: windows of each photograph.
        side: of the result in pixels.
        seed: of the places.

    Returns:
        uint8, shape (len(names)·per_photo, side, side, 3), RGB; fewer where a photograph has no
        room for them.

    Raises:
        CourseError: no manifest, or a face that is not in it.
    """
    rows = read_manifest(faces).query("decision == 'kept'").set_index("face")
    missing = [name for name in names if name not in rows.index]
    if missing:
        raise CourseError(
            f"The photograph of a face is not known. Expected every face in the manifest of "
            f"{faces}. Received: {missing[0]}. Give the folder that crop_faces made."
        )
    random, windows = np.random.default_rng(seed), []
    for name in names:
        row = rows.loc[name]
        photo = read_photo(Path(photographs) / row["source"])
        box = tuple(int(row[key]) for key in ("x", "y", "w", "h"))
        windows += list(_windows(photo, box, per_photo, side, random))
    return np.stack(windows)


def altered_copies(faces: np.ndarray, count: int, seed: int) -> np.ndarray:
    """Copies, some mirrored, shifted by up to 3 px, and up to a fifth lighter or darker.

    The control to generated faces: as many more pictures, and nothing new in them.

    Args:
        faces: uint8, shape (n, side, side, 3).
        count: how many copies.
        seed: of all choices.

    Returns:
        uint8, shape (count, side, side, 3).
    """
    random, copies = np.random.default_rng(seed), []
    for row in random.integers(0, len(faces), count):
        face = faces[row][:, ::-1] if random.random() < 0.5 else faces[row]
        dx, dy = random.integers(-MOST_SHIFT, MOST_SHIFT + 1, 2)
        shift = np.array([[1, 0, dx], [0, 1, dy]], np.float32)
        moved = cv2.warpAffine(
            np.ascontiguousarray(face), shift, face.shape[1::-1], borderMode=cv2.BORDER_REPLICATE
        )
        light = 1 + random.uniform(-MOST_LIGHT, MOST_LIGHT)
        copies.append(np.clip(moved * light, 0, 255).astype(np.uint8))
    return np.stack(copies)


class _Comparison:
    """The features of all pictures, and what classifiers that learn from some of them reach."""

    def __init__(self, training: Pictures, test: Pictures, generated: np.ndarray) -> None:
        self.faces = training.faces
        self.real, self.generated = hog_features(training.faces), hog_features(generated)
        self.others = hog_features(training.others)
        self.tested = hog_features(test.faces), hog_features(test.others)

    def accuracy(self, *faces: np.ndarray) -> float:
        """Of a classifier that learns from these faces and every window that missed."""
        return _accuracy(_train(np.concatenate(faces), self.others), *self.tested)

    def some_generated(self, added: int, seed: int) -> np.ndarray:
        order = np.random.default_rng((seed, 1)).permutation(len(self.generated))
        return self.generated[order[:added]]

    def arms(self, n: int, added: int, seed: int, fakes: np.ndarray) -> dict[str, float]:
        """Accuracy of each arm that begins with n real faces."""
        order = np.random.default_rng(seed).permutation(len(self.faces))
        first, more = self.real[order[:n]], self.real[order[n : n + added]]
        copies = hog_features(altered_copies(self.faces[order[:n]], added, seed))
        return {
            "real": self.accuracy(first),
            "real and copies": self.accuracy(first, copies),
            "real and generated": self.accuracy(first, fakes),
            "more real": self.accuracy(first, more),
        }


def _require_enough(training: Pictures, generated: np.ndarray, real: int, added: int) -> None:
    if real > len(training.faces) or added > len(generated):
        raise CourseError(
            f"There are too few faces for this comparison. Expected {real} real and {added} "
            f"generated ones. Received: {len(training.faces)} real and {len(generated)} "
            "generated. Give more, or ask for fewer."
        )


def compare_arms(
    training: Pictures,
    test: Pictures,
    generated: np.ndarray,
    real: Sequence[int] = (4, 16, 64),
    added: int = 200,
    seeds: int = 10,
    each: Callable[[int], object] = lambda n: None,
) -> pd.DataFrame:
    """Train a small classifier with and without generated faces, over and over, and test it.

    In every repetition: ``n`` real faces are drawn; the arms are these alone, with ``added``
    altered copies of them, with ``added`` generated faces, the generated faces alone, and, as
    the best that could be had, with ``added`` more real ones. The windows that missed are the same
    in each arm, and as many as ``training`` has; both sides weigh the same. The classifier
    is a linear support vector machine on HOG features (Dalal & Triggs 2005).

    G has seen all of its training faces, the classifier n of them: where generated faces help,
    they carry what G learned from the others. That is the case where faces are there, but few
    are labelled, or few may be passed on.

    Args:
        training: faces and other windows to learn from.
        test: held-out photographs, which neither G nor the classifier saw.
        generated: uint8, shape (at least ``added``, side, side, 3).
        real: numbers n of real faces, each at most the faces of ``training``.
        added: further faces, of whatever kind.
        seeds: repetitions.
        each: called with 1 after every repetition.

    Returns:
        Columns ``arm`` (one of ``ARMS``), ``real`` (n), ``seed`` and ``accuracy`` (mean of the
        shares of faces and of other windows in ``test`` that are told rightly, 0 to 1).

    Raises:
        CourseError: fewer faces than an arm needs.
    """
    _require_enough(training, generated, max(real), added)
    comparison = _Comparison(training, test, generated)
    rows = []
    for seed in range(seeds):
        fakes = comparison.some_generated(added, seed)
        alone = comparison.accuracy(fakes)
        for n in real:
            found = comparison.arms(n, added, seed, fakes) | {"generated alone": alone}
            rows += [{"arm": arm, "real": n, "seed": seed, "accuracy": found[arm]} for arm in ARMS]
        each(1)
    return pd.DataFrame(rows)


def summarise(table: pd.DataFrame, against: str = "real") -> pd.DataFrame:
    """Means, and what each arm adds to another one in the same repetition.

    Args:
        table: as ``compare_arms`` makes it.
        against: the arm to compare with.

    Returns:
        Columns arm, real, ``mean`` and ``std`` of the accuracy over seeds, ``gain`` (mean of the
        paired differences), and ``low`` and ``high``, the gain's interval of 95 % (bootstrap over
        seeds). It tells of the draw of faces; the test photographs are the same in each.
    """
    rows = []
    for n, part in table.groupby("real"):
        wide = part.pivot(index="seed", columns="arm", values="accuracy")
        for arm in ARMS:
            gains = (wide[arm] - wide[against]).to_numpy()
            low, high = _interval(gains)
            numbers = {"mean": wide[arm].mean(), "std": wide[arm].std()}
            gain = {"gain": gains.mean(), "low": low, "high": high}
            rows.append({"arm": arm, "real": n} | numbers | gain)
    return pd.DataFrame(rows)


def _windows(
    photo: np.ndarray,
    box: tuple[int, ...],
    count: int,
    side: int,
    random: np.random.Generator,
) -> Iterator[np.ndarray]:
    height, width = photo.shape[:2]
    for _ in range(count * TRIES):
        if not count:
            return
        size = int(random.integers(min(SMALLEST_WINDOW, height, width), min(height, width) + 1))
        x, y = random.integers(0, width - size + 1), random.integers(0, height - size + 1)
        if OVERLAP[0] <= overlap((x, y, size, size), box) <= OVERLAP[1]:
            how = cv2.INTER_AREA if size > side else cv2.INTER_CUBIC
            yield cv2.resize(photo[y : y + size, x : x + size], (side, side), interpolation=how)
            count -= 1


def _train(faces: np.ndarray, others: np.ndarray) -> cv2.ml.SVM:
    machine = cv2.ml.SVM_create()
    machine.setKernel(cv2.ml.SVM_LINEAR)
    machine.setC(SOFTNESS)
    counts = np.array([len(others), len(faces)])
    machine.setClassWeights(counts.sum() / (2 * counts))  # both sides weigh the same
    labels = np.repeat([0, 1], counts).astype(np.int32)
    machine.train(np.concatenate([others, faces]), cv2.ml.ROW_SAMPLE, labels)
    return machine


def _accuracy(machine: cv2.ml.SVM, faces: np.ndarray, others: np.ndarray) -> float:
    found, refused = (machine.predict(rows)[1] for rows in (faces, others))
    return float((found == 1).mean() + (refused == 0).mean()) / 2


def _interval(gains: np.ndarray) -> tuple[float, float]:
    draws = np.random.default_rng(0).integers(0, len(gains), (RESAMPLES, len(gains)))
    low, high = np.quantile(gains[draws].mean(axis=1), [0.025, 0.975])
    return float(low), float(high)
