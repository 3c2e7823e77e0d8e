"""Precision, recall, density and coverage of two sets of faces."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from dcgan_lib.evaluate.distances import grey_copies, mean_of_pairs, squared_distances

HOG_SIDE = 64  # pixels


@dataclass(frozen=True)
class Overlap:
    """How two sets of features overlap, as ``precision_recall_density_coverage`` finds it.

    Attributes:
        precision: share of generated features that lie among the real ones, 0 to 1.
        recall: share of real features that lie among the generated ones, 0 to 1.
        density: how many real neighbourhoods a generated feature lies in, divided by k: 1 for
            new samples of the same distribution, more where they crowd in its middle.
        coverage: share of real neighbourhoods that hold a generated feature, 0 to 1.
    """

    precision: float
    recall: float
    density: float
    coverage: float


def hog_features(images: np.ndarray) -> np.ndarray:
    """Histograms of oriented gradients (Dalal & Triggs 2005) of grey copies of 64×64.

    9 directions in cells of 8×8 px, normalised in blocks of 2×2 cells: they describe edges and
    their places, and hardly see how bright a picture is.

    Args:
        images: uint8, shape (n, side, side, 3), RGB.

    Returns:
        float32, shape (n, 1764).
    """
    side = (HOG_SIDE, HOG_SIDE)
    hog = cv2.HOGDescriptor(side, (16, 16), (8, 8), (8, 8), 9)
    return np.stack([hog.compute(copy) for copy in grey_copies(images, HOG_SIDE)])


def feature_spread(features: np.ndarray) -> float:
    """Mean Euclidean distance between two different rows of (n, d) features."""
    return mean_of_pairs(np.sqrt(squared_distances(features, features)))


def precision_recall_density_coverage(
    real_features: np.ndarray, generated_features: np.ndarray, k: int = 5
) -> Overlap:
    """Overlap of two sets of features, by balls that reach to each one's k-th neighbour.

    Precision and recall: Kynkäänniemi et al. 2019, equations 1 and 2. Density and coverage:
    Naeem et al. 2020, equations 4 and 5. Recall and coverage grow with the number of generated
    features: compare only values from equal numbers.

    Args:
        real_features: shape (n, d), n above k.
        generated_features: shape (m, d), m above k.
        k: which neighbour in its own set a feature's ball reaches to.
    """
    reaches = _reach(real_features, k), _reach(generated_features, k)  # (n,), (m,)
    squares = squared_distances(real_features, generated_features)  # (n, m)
    in_real = squares <= reaches[0][:, None]
    in_generated = squares <= reaches[1]
    return Overlap(
        precision=float(in_real.any(axis=0).mean()),
        recall=float(in_generated.any(axis=1).mean()),
        density=float(in_real.sum(axis=0).mean() / k),
        coverage=float(in_real.any(axis=1).mean()),
    )


def _reach(features: np.ndarray, k: int) -> np.ndarray:
    """Squared distance of each row to its k-th nearest other row; (n, d) → (n,)."""
    squares = squared_distances(features, features)
    np.fill_diagonal(squares, np.inf)
    return np.partition(squares, k - 1, axis=1)[:, k - 1]
