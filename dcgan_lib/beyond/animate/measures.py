"""How well faces were moved: likeness to the truth, identity, motion, and where it fails."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pandas as pd

from dcgan_lib.beyond.animate.fields import warp
from dcgan_lib.beyond.animate.flow import best_affine, optical_flow, smooth_flow
from dcgan_lib.beyond.animate.motions import Motions
from dcgan_lib.crop import sharpness
from dcgan_lib.evaluate import hog_features, ms_ssim

Reenact = Callable[[np.ndarray, np.ndarray], np.ndarray]
FALSE_ACCEPTS = 0.01  # of pairs of different people, how many may pass for one person


def references() -> dict[str, Reenact]:
    """Three ways without learning: nothing moves, one affine motion, and optical flow.

    Affine and flow see the target itself, which no animator does.
    """
    return {
        "source unmoved": lambda sources, targets: sources,
        "best affine": lambda sources, targets: _warped(best_affine, sources, targets),
        "optical flow": lambda sources, targets: _warped(optical_flow, sources, targets),
    }


def measure_reenactment(
    sources: np.ndarray, targets: np.ndarray, ways: Mapping[str, Reenact]
) -> pd.DataFrame:
    """Bring sources to the pose of targets of the same people, and compare with these.

    Args:
        sources: uint8, shape (n, side, side, 3), RGB.
        targets: of the same shape.
        ways: name → a function of both that gives as many pictures.

    Returns:
        By name: ``L1`` (mean absolute difference, white less black is 1), ``MS-SSIM``, and
        ``sharpness`` beside the source's (1: as sharp; median over the pairs).
    """
    rows = {name: _compared(way(sources, targets), sources, targets) for name, way in ways.items()}
    return pd.DataFrame(rows).T


def false_accept_threshold(
    images: np.ndarray, people: Mapping[str, np.ndarray], rate: float = FALSE_ACCEPTS
) -> float:
    """The distance below which a share of claims to be somebody else would be believed.

    A claim is one photograph beside all of another person; the nearest of these counts, by
    Euclidean distance of HOG features.

    Args:
        images: uint8, shape (n, side, side, 3), RGB.
        people: name → rows of ``images``, at least two people.
        rate: the share.
    """
    features = hog_features(images)
    claims = [
        _nearest(features[rows], features[theirs])
        for name, rows in people.items()
        for other, theirs in people.items()
        if other != name
    ]
    return float(np.quantile(np.concatenate(claims), rate))


def identity_kept(
    made: np.ndarray, owners: Sequence[np.ndarray], images: np.ndarray, threshold: float
) -> float:
    """Which share of pictures would be taken for their owner: the verification rate.

    Args:
        made: uint8, shape (n, side, side, 3), RGB.
        owners: for each of them, the rows of ``images`` that show its person.
        images: uint8, shape (m, side, side, 3), RGB.
        threshold: of ``false_accept_threshold``; the nearest of these rows counts.
    """
    features, known = hog_features(made), hog_features(images)
    pairs = zip(features, owners, strict=True)
    nearest = [_nearest(one[None], known[rows])[0] for one, rows in pairs]
    return float((np.array(nearest) < threshold).mean())


def real_identity_kept(
    images: np.ndarray, people: Mapping[str, np.ndarray], threshold: float
) -> float:
    """The same of real photographs, each beside the others of its person: what can be had."""
    rows = [(row, own[own != row]) for own in people.values() for row in own]
    made = images[[row for row, _ in rows]]
    return identity_kept(made, [others for _, others in rows], images, threshold)


def motion_correlation(driver: np.ndarray, made: np.ndarray, motions: Motions) -> np.ndarray:
    """How well the motion of one film follows that of another, for each principal motion.

    Args:
        driver: uint8, shape (n, side, side, 3), RGB: frames, the first one at rest.
        made: as many frames of another face.
        motions: whose amounts are compared.

    Returns:
        float64, shape (motions,): correlation over the frames; NaN where one doesn't move.
    """
    amounts = [
        np.stack([motions.amounts(smooth_flow(film[0], frame)) for frame in film])
        for film in (driver, made)
    ]
    centred = [one - one.mean(axis=0) for one in amounts]
    lengths = [np.linalg.norm(one, axis=0) for one in centred]
    with np.errstate(invalid="ignore", divide="ignore"):
        return (centred[0] * centred[1]).sum(axis=0) / (lengths[0] * lengths[1])


def failure_by_motion(
    sources: np.ndarray, targets: np.ndarray, ways: Mapping[str, Reenact], bins: int = 4
) -> pd.DataFrame:
    """MS-SSIM of each way against how far the face has to move: where does it fail?

    Args:
        sources, targets, ways: as for ``measure_reenactment``.
        bins: groups of as many pairs each, from little motion to much.

    Returns:
        A column for each way, by the group's mean motion in pixels.
    """
    fields = [smooth_flow(*pair) for pair in zip(sources, targets, strict=True)]
    sizes = np.array([np.hypot(field[..., 0], field[..., 1]).mean() for field in fields])
    groups = np.array_split(np.argsort(sizes), bins)
    scores = {name: ms_ssim(way(sources, targets), targets) for name, way in ways.items()}
    index = pd.Index([sizes[group].mean() for group in groups], name="motion in pixels")
    table = {name: [score[group].mean() for group in groups] for name, score in scores.items()}
    return pd.DataFrame(table, index=index)


def _compared(made: np.ndarray, sources: np.ndarray, targets: np.ndarray) -> dict[str, float]:
    off = np.abs(made.astype(np.float64) - targets) / 255
    sharp = [sharpness(one) / sharpness(source) for one, source in zip(made, sources, strict=True)]
    values = (off.mean(), ms_ssim(made, targets).mean(), np.median(sharp))
    return dict(zip(("L1", "MS-SSIM", "sharpness"), map(float, values), strict=True))


def _warped(find: Callable, sources: np.ndarray, targets: np.ndarray) -> np.ndarray:
    pairs = zip(sources, targets, strict=True)
    return np.stack([warp(source, find(source, target)) for source, target in pairs])


def _nearest(features: np.ndarray, known: np.ndarray) -> np.ndarray:
    """From each row of (n, d) to the nearest of (m, d): (n,)."""
    return np.linalg.norm(features[:, None] - known, axis=2).min(axis=1)
