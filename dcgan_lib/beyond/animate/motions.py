"""Principal motions: the few ways in which faces of one person differ, as sliders."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

import numpy as np

from dcgan_lib.beyond.animate.flow import smooth_flow
from dcgan_lib.evaluate import grey_copies
from dcgan_lib.load import FaceSet
from dcgan_lib.shared import CourseError

COMPARED = 32  # pixels of the grey copies among which a person's middle photograph is found


@dataclass(frozen=True)
class Motions:
    """What principal component analysis finds in the motions of many people.

    Attributes:
        fields: float32, shape (n, side, side, 2), in pixels: each principal motion by one
            standard deviation of its amount, those of the largest deviation first.
        shares: float64, shape (n,): of all squared motion, what each accounts for.
    """

    fields: np.ndarray
    shares: np.ndarray

    def field(self, amounts: Sequence[float]) -> np.ndarray:
        """The field of some amounts, in standard deviations: of the first motion, the second …"""
        count = len(amounts)
        return np.tensordot(np.asarray(amounts, np.float32), self.fields[:count], 1)

    def amounts(self, field: np.ndarray) -> np.ndarray:
        """How much of each principal motion is in a field, in standard deviations: float64 (n,)."""
        rows = self.fields.reshape(len(self.fields), -1).astype(np.float64)
        return rows @ field.ravel() / (rows**2).sum(axis=1)


def by_person(faces: FaceSet) -> dict[str, np.ndarray]:
    """Row numbers of each person's faces: a person is a folder, such as ``s1`` of ``s1/3.png``.

    Only people with at least two photographs are kept: one photograph doesn't move.

    Raises:
        CourseError: nobody has two.
    """
    rows: dict[str, list[int]] = {}
    for row, name in enumerate(faces.names):
        rows.setdefault(str(PurePosixPath(name).parent), []).append(row)
    kept = {person: np.array(own) for person, own in rows.items() if len(own) > 1}
    if not kept:
        raise CourseError(
            "There is nothing to learn motion from. Expected a folder for each person, with two "
            f"photographs or more. Received: {len(faces.names)} faces, no two of one person. Put "
            "the photographs of one person into one folder, and crop them again."
        )
    return kept


def middle_face(images: np.ndarray) -> int:
    """Which of a person's faces has the smallest distance to the others, in sum.

    Args:
        images: uint8, shape (n, side, side, 3), RGB.
    """
    rows = grey_copies(images, COMPARED).reshape(len(images), -1).astype(np.float64)
    between = np.linalg.norm(rows[:, None] - rows, axis=2)  # (n, n)
    return int(between.sum(axis=1).argmin())


def motions_from_middle(
    images: np.ndarray,
    people: Mapping[str, np.ndarray],
    each: Callable[[], object] = lambda: None,
) -> np.ndarray:
    """How each photograph of a person differs from the person's middle one.

    Args:
        images: uint8, shape (n, side, side, 3), RGB.
        people: name → rows of ``images``.
        each: called after each person, for a bar of progress.

    Returns:
        float32, shape (m, side, side, 2), in pixels: a field for every photograph but the middle.
    """
    found = []
    for rows in people.values():
        middle = rows[middle_face(images[rows])]
        found += [smooth_flow(images[middle], images[row]) for row in rows if row != middle]
        each()
    return np.stack(found)


def principal_motions(fields: np.ndarray, count: int = 8) -> Motions:
    """The orthogonal motions that account for most of some fields.

    The fields aren't centred: a person's middle photograph doesn't move, and stays the origin.
    Of the two directions of each motion the one is taken that moves the middle of the face to
    the right, or, where it hardly moves sideways, upwards.

    Args:
        fields: float, shape (m, side, side, 2), in pixels.
        count: how many to keep, at most m.

    Raises:
        CourseError: there are fewer fields.
    """
    if not 1 <= count <= len(fields):
        raise CourseError(
            f"So many principal motions can't be found. Expected from 1 to {len(fields)}, the "
            f"number of fields. Received: {count}. Give more photographs, or ask for fewer."
        )
    rows = fields.reshape(len(fields), -1).astype(np.float64)
    _, lengths, directions = np.linalg.svd(rows, full_matrices=False)
    deviations = lengths[:count] / np.sqrt(len(fields))
    found = (directions[:count] * deviations[:, None]).reshape(count, *fields.shape[1:])
    signs = np.array([_sign(one) for one in found])[:, None, None, None]
    shares = lengths[:count] ** 2 / (lengths**2).sum()
    return Motions((found * signs).astype(np.float32), shares)


def _sign(field: np.ndarray) -> float:
    side = len(field)
    middle = field[side // 3 : -(side // 3), side // 3 : -(side // 3)].mean(axis=(0, 1))
    axis = 0 if abs(middle[0]) > 0.5 * abs(middle[1]) else 1
    return -1.0 if middle[axis] > 0 else 1.0  # a positive field moves to the left, and upwards
