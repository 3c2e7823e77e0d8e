"""How good, how varied, how much is copied (chapter 08): figures that need no download."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import cv2
import numpy as np

from dcgan_lib.detect import detect_faces
from dcgan_lib.files import CourseError
from dcgan_lib.load import load_face_set
from dcgan_lib.monitor import generate
from dcgan_lib.train import draw_noise, load_generator, load_settings, load_split

COMPARED_SIDE = 32  # pixels; distances are taken between grey copies of this side


@dataclass(frozen=True)
class Report:
    """Figures of ``count`` generated faces beside those of held-out photographs.

    Attributes:
        count: generated faces, from noise of ``seed``.
        seed: seed of the noise.
        preprocessing: what both sides went through before distances were taken.
        haar_acceptance: share of generated faces in which the Haar cascade finds a face.
        haar_acceptance_held_out: the same of held-out photographs (None without any).
        nearest_generated: median distance of a generated face to its nearest training face.
        nearest_held_out: median distance of a held-out photograph to its nearest training face
            (None without any). Generated faces that are much nearer are copies.
        variety_generated: mean distance between two generated faces.
        variety_training: mean distance between two training faces.
    """

    count: int
    seed: int
    preprocessing: str
    haar_acceptance: float
    haar_acceptance_held_out: float | None
    nearest_generated: float
    nearest_held_out: float | None
    variety_generated: float
    variety_training: float

    def to_dict(self) -> dict[str, int | float | str | None]:
        """Plain values, as ``report.json`` holds them."""
        return asdict(self)


def evaluate(
    run: str | Path,
    faces: str | Path,
    count: int = 500,
    seed: int = 1,
    each: Callable[[int], object] = lambda n: None,
) -> Report:
    """Measure a run's generator against the faces it was trained on and those it held out.

    Args:
        run: folder of the run.
        faces: the folder of faces it was trained on.
        count: how many faces to generate, at least 2.
        seed: seed of the noise.
        each: called with the number of faces after every part that is generated.

    Raises:
        CourseError: no such run, no finished epoch, or faces of another folder.
    """
    if count < 2:
        raise CourseError(
            f"So few faces can't be measured. Expected a count of at least 2. Received: {count}. "
            "Leave --count away for 500."
        )
    settings, split = load_settings(run), load_split(run)
    face_set = load_face_set(faces, settings.image_size)
    missing = sorted(set(split["train"] + split["held_out"]) - set(face_set.names))
    if missing:
        raise CourseError(
            f"These are not the faces of this run. Expected all faces that are named in "
            f"{Path(run) / 'faces.json'}. Received: {faces}, without {missing[0]} and "
            f"{len(missing) - 1} more. Give the folder that the run was trained on."
        )
    generated = generate(
        load_generator(run), draw_noise(count, settings.latent_dim, seed), each=each
    )
    training = face_set.images[face_set.rows(split["train"])]
    held_out = face_set.images[face_set.rows(split["held_out"])]
    return _report(generated, training, held_out, seed)


def haar_acceptance(images: np.ndarray) -> float:
    """Share of images in which the Haar cascade finds a face that fills at least half the side.

    A face crop is tighter than what the cascade was trained on, so it looks at the image at
    twice its size, and, where that shows none, within a replicated border.

    Args:
        images: uint8, shape (n, side, side, 3), RGB.
    """
    return float(np.mean([_has_face(image) for image in images]))


def nearest_distances(images: np.ndarray, references: np.ndarray) -> np.ndarray:
    """Distance of each image to the nearest reference or its mirror image.

    The distance is the root mean squared difference of grey copies of 32×32 with values in
    [0, 1]: 0 for a copy, about 0.2 for two unlike portraits.

    Args:
        images: uint8, shape (n, side, side, 3), RGB.
        references: uint8, shape (m, side, side, 3), RGB.

    Returns:
        float64, shape (n,).
    """
    both = np.concatenate([_grey(references), _grey(references[:, :, ::-1])])
    return np.array([_distances(row, both).min() for row in _grey(images)])


def variety(images: np.ndarray) -> float:
    """Mean distance between two different images, as ``nearest_distances`` measures it.

    Args:
        images: uint8, shape (n, side, side, 3), RGB, at least two.
    """
    rows = _grey(images)
    pairs = [_distances(row, rows[index + 1 :]) for index, row in enumerate(rows[:-1])]
    return float(np.mean(np.concatenate(pairs)))


def _report(generated: np.ndarray, training: np.ndarray, held_out: np.ndarray, seed: int) -> Report:
    beside = len(held_out) > 0
    near = float(np.median(nearest_distances(generated, training)))
    return Report(
        count=len(generated),
        seed=seed,
        preprocessing=f"grey, {COMPARED_SIDE}×{COMPARED_SIDE} by area, [0, 1]",
        haar_acceptance=haar_acceptance(generated),
        haar_acceptance_held_out=haar_acceptance(held_out) if beside else None,
        nearest_generated=near,
        nearest_held_out=(
            float(np.median(nearest_distances(held_out, training))) if beside else None
        ),
        variety_generated=variety(generated),
        variety_training=variety(training[:1000]),
    )


def _has_face(image: np.ndarray) -> bool:
    side = image.shape[0]
    larger = cv2.resize(image, (2 * side, 2 * side), interpolation=cv2.INTER_LINEAR)
    return len(detect_faces(larger, min_size=side)) > 0


def _grey(images: np.ndarray) -> np.ndarray:
    size = (COMPARED_SIDE, COMPARED_SIDE)
    rows = [
        cv2.resize(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), size, interpolation=cv2.INTER_AREA)
        for image in np.ascontiguousarray(images)
    ]
    return np.reshape(rows, (len(rows), -1)).astype(np.float32) / 255.0  # (n, 1024)


def _distances(row: np.ndarray, others: np.ndarray) -> np.ndarray:
    return np.sqrt(np.mean((others - row) ** 2, axis=1))
