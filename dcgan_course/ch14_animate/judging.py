"""Whom moved faces would be taken for, and what an animator does to one face."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from dcgan_lib import from_images, to_images
from dcgan_lib.beyond.animate import (
    Animator,
    false_accept_threshold,
    identity_kept,
    middle_face,
    portrait_of,
    real_identity_kept,
)

Follow = Callable[..., object]


@dataclass(frozen=True)
class Parts:
    """One face moved: uint8 pictures (side, side, 3), and ``kept``, float (side, side, 1)."""

    warped: np.ndarray
    kept: np.ndarray
    painted: np.ndarray
    output: np.ndarray


def parts_of(animator: Animator, source: np.ndarray, target: np.ndarray) -> Parts:
    """What an animator does to bring one face to the pose of another.

    Args:
        animator: of ``load_animator``.
        source: uint8, shape (side, side, 3), RGB.
        target: likewise, of the same person.
    """
    pair = [from_images(picture[None]) for picture in (source, target)]
    moved = animator.move(pair[0], *map(animator.keypoints, pair))
    warped, painted, output = (
        to_images(part)[0] for part in (moved.warped, moved.painted, moved.output)
    )
    return Parts(warped, np.asarray(moved.kept)[0], painted, output)


def identity_table(
    images: np.ndarray, people: Mapping[str, np.ndarray], ways: Mapping[str, Follow]
) -> pd.DataFrame:
    """Whom the last frames of films would be taken for, at one false accept in a hundred.

    Each person in turn is the portrait, by the middle photograph, and the next one the driver, who
    goes from the middle photograph to the one that is furthest from it.

    Args:
        images: uint8, shape (n, side, side, 3), RGB.
        people: name → rows of ``images``, at least two people.
        ways: name → ``follow(portrait, faces, film)``, which gives frames.

    Returns:
        By way, and ``photographs`` for comparison: the shares taken for the portrait's
        ``owner`` and for the ``driver``.
    """
    threshold = false_accept_threshold(images, people)
    rows = {"photographs": (real_identity_kept(images, people, threshold), np.nan)}
    owners = list(people.values())
    drivers = [*owners[1:], owners[0]]
    for name, follow in ways.items():
        made = np.stack(
            [_last(images, *pair, follow) for pair in zip(owners, drivers, strict=True)]
        )
        taken = [identity_kept(made, whose, images, threshold) for whose in (owners, drivers)]
        rows[name] = tuple(taken)
    return pd.DataFrame(rows, index=["owner", "driver"]).T


def _last(images: np.ndarray, own: np.ndarray, theirs: np.ndarray, follow: Follow) -> np.ndarray:
    """The portrait when its driver has gone furthest: uint8 (side, side, 3)."""
    still = images[own[middle_face(images[own])]]
    middle = images[theirs[middle_face(images[theirs])]]
    off = np.abs(images[theirs].astype(int) - middle).mean(axis=(1, 2, 3))
    faces = np.stack([middle, images[theirs[off.argmax()]]])
    return list(follow(portrait_of(still, len(still)), faces, film=True))[-1]
