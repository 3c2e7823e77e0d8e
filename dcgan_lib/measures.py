"""Measures of face pictures that need no download (chapter 08): pure functions of arrays."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from dcgan_lib.detect import EDGE, LEAST_CONFIDENCE, load_cascade

COMPARED_SIDE = 32  # pixels; distances are taken between grey copies of this side
PATCH, PATCHES_PER_IMAGE, SMALLEST_LEVEL = 7, 128, 16  # of the sliced Wasserstein distance
DIRECTIONS, MOST_IMAGES = (4, 128), 16384
HOG_SIDE = 64  # pixels
CHUNK = 4096  # references that images are compared with at a time


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


def haar_acceptance(images: np.ndarray) -> float:
    """Share of images in which the Haar cascade finds a face that fills at least half the side.

    A face crop is tighter than what the cascade was trained on, so it looks at the image at
    twice its size, and, where that shows none, within a replicated border.

    Args:
        images: uint8, shape (n, side, side, 3), RGB.
    """
    return float(np.mean([_has_face(image) for image in images]))


def nearest(images: np.ndarray, references: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The reference nearest to each image, mirror images of the references included.

    The distance is the root mean squared difference of grey copies of 32×32 with values in
    [0, 1]: 0 for a copy, about 0.2 for two unlike portraits.

    Args:
        images: uint8, shape (n, side, side, 3), RGB.
        references: uint8, shape (m, side, side, 3), RGB.

    Returns:
        Distances, float64 (n,), and rows of ``references``, int64 (n,).
    """
    rows = _grey(images)
    best, where = np.full(len(rows), np.inf), np.zeros(len(rows), np.int64)
    for start in range(0, len(references), CHUNK):
        part = references[start : start + CHUNK]
        mirrored = _grey(part[:, :, ::-1])
        squares = np.minimum(_squares(rows, _grey(part)), _squares(rows, mirrored))
        found = squares.argmin(axis=1)
        least = squares[np.arange(len(rows)), found]
        where[least < best] = (start + found)[least < best]
        best = np.minimum(best, least)
    return _as_distance(best), where


def nearest_distances(images: np.ndarray, references: np.ndarray) -> np.ndarray:
    """Distance of each image to the nearest reference or its mirror image, as in ``nearest``."""
    return nearest(images, references)[0]


def memorisation(generated: np.ndarray, held_out: np.ndarray) -> float:
    """Probability that a generated face lies nearer to a training face than a new photograph.

    The Mann-Whitney statistic as a share, ties counted half: 0.5 where generated faces lie as
    near to the training faces as photographs that training never saw, 1 for copies, below 0.5
    where they are further away than a new photograph is.

    Args:
        generated: distances of generated faces to their nearest training faces, (n,).
        held_out: the same of held-out photographs, (m,).
    """
    ordered = np.sort(held_out)
    below = np.searchsorted(ordered, generated, side="left")
    up_to = np.searchsorted(ordered, generated, side="right")
    return float(np.mean(1 - (below + up_to) / (2 * len(ordered))))


def variety(images: np.ndarray) -> float:
    """Mean distance between two different images, as ``nearest`` measures it.

    Args:
        images: uint8, shape (n, side, side, 3), RGB, at least two.
    """
    rows = _grey(images)
    return _mean_of_pairs(_as_distance(_squares(rows, rows)))


def sliced_wasserstein(real: np.ndarray, generated: np.ndarray, seed: int = 0) -> dict[int, float]:
    """Sliced Wasserstein distance of patches, for each level of a Laplacian pyramid.

    128 patches of 7×7×3 from every image and level, the channels of each set normalised by
    their mean and standard deviation, projected on 4×128 random directions; the distance is the
    mean absolute difference of the sorted projections, ×10³ (Karras et al. 2018, section 5). The
    finest level is the images' own side, the coarsest (the pyramid's blurred rest) is 16 px.
    Both sets are cut at the same random places, so that equal sets are at distance 0. The value
    shrinks with the number of images: compare only values from equal numbers.

    Args:
        real: uint8, shape (n, side, side, 3), RGB.
        generated: uint8, shape (m, side, side, 3), RGB. Of the larger set as many images are
            drawn as the smaller one has, of both at most 16,384.
        seed: of images, places and directions.

    Returns:
        Level's side in pixels → distance, from fine to coarse. 128·min(n, m) patches on each
        side make each of them.
    """
    random = np.random.default_rng(seed)
    count = min(len(real), len(generated), MOST_IMAGES)
    pyramids = [laplacian_pyramid(draw(images, count, random)) for images in (real, generated)]
    distances = {}
    for finer in zip(*pyramids, strict=True):
        side = finer[0].shape[1]
        places = random.integers(0, side - PATCH + 1, (2, count, PATCHES_PER_IMAGE))
        patches = [_patches(level, places) for level in finer]  # 2 × (count·128, 147)
        distances[side] = 1000 * sliced_distance(*patches, random)
    return distances


def sliced_distance(a: np.ndarray, b: np.ndarray, random: np.random.Generator) -> float:
    """Mean over 512 random directions of the distance between the projected points' quantiles.

    Args:
        a: float32, shape (n, d).
        b: float32, of the same shape.
        random: of the directions.
    """
    repeats, count = DIRECTIONS
    found = []
    for _ in range(repeats):
        directions = random.standard_normal((count, a.shape[1])).astype(np.float32)
        directions /= np.linalg.norm(directions, axis=1, keepdims=True)
        along = [np.sort(directions @ patches.T, axis=1) for patches in (a, b)]
        found.append(np.abs(along[0] - along[1]).mean(dtype=np.float64))
    return float(np.mean(found))


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
    return _mean_of_pairs(np.sqrt(_squares(features, features)))


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
    squares = _squares(real_features, generated_features)  # (n, m)
    in_real = squares <= reaches[0][:, None]
    in_generated = squares <= reaches[1]
    return Overlap(
        precision=float(in_real.any(axis=0).mean()),
        recall=float(in_generated.any(axis=1).mean()),
        density=float(in_real.sum(axis=0).mean() / k),
        coverage=float(in_real.any(axis=1).mean()),
    )


def laplacian_pyramid(images: np.ndarray) -> list[np.ndarray]:
    """Laplacian pyramid (Burt & Adelson 1983): fine detail first, the blurred rest of 16 px last.

    Args:
        images: uint8, shape (n, side, side, 3), RGB.

    Returns:
        float32 (n, side, side, 3), (n, side/2, side/2, 3), …
    """
    levels, finer = [], images.astype(np.float32)
    while finer.shape[1] // 2 >= SMALLEST_LEVEL:
        coarser = np.stack([cv2.pyrDown(image) for image in finer])
        levels.append(finer - np.stack([cv2.pyrUp(image) for image in coarser]))
        finer = coarser
    return [*levels, finer]


def grey_copies(images: np.ndarray, side: int) -> np.ndarray:
    """Grey copies of another size: uint8 (n, any, any, 3), RGB → uint8 (n, side, side)."""
    shrinks = images.shape[1] > side
    how = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    greys = (cv2.cvtColor(image, cv2.COLOR_RGB2GRAY) for image in np.ascontiguousarray(images))
    return np.stack([cv2.resize(grey, (side, side), interpolation=how) for grey in greys])


def draw(images: np.ndarray, count: int, random: np.random.Generator) -> np.ndarray:
    """``count`` of the images without repetition; all of them, in their order, if as many."""
    if count == len(images):
        return images
    return images[np.sort(random.permutation(len(images))[:count])]


def _has_face(image: np.ndarray) -> bool:
    side = image.shape[0]
    grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    larger = cv2.resize(grey, (2 * side, 2 * side), interpolation=cv2.INTER_LINEAR)
    edge = round(EDGE * 2 * side)
    framed = cv2.copyMakeBorder(larger, edge, edge, edge, edge, cv2.BORDER_REPLICATE)
    return _shows_face(larger, side) or _shows_face(framed, side)


def _shows_face(grey: np.ndarray, smallest: int) -> bool:
    _, _, weights = load_cascade().detectMultiScale3(
        grey,
        scaleFactor=1.05,
        minNeighbors=4,
        minSize=(smallest, smallest),
        outputRejectLevels=True,
    )
    return max(weights, default=0) >= LEAST_CONFIDENCE


def _grey(images: np.ndarray) -> np.ndarray:
    """Grey levels 0 to 255 as whole numbers, whose squared differences are exact: (n, 1024)."""
    return grey_copies(images, COMPARED_SIDE).reshape(len(images), -1).astype(np.float64)


def _as_distance(squares: np.ndarray) -> np.ndarray:
    return np.sqrt(squares) / (255 * COMPARED_SIDE)


def _squares(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Squared Euclidean distances of all rows: (n, d), (m, d) → float64 (n, m)."""
    a, b = a.astype(np.float64), b.astype(np.float64)
    squares = (a**2).sum(axis=1)[:, None] + (b**2).sum(axis=1) - 2 * a @ b.T
    return np.maximum(squares, 0)


def _mean_of_pairs(distances: np.ndarray) -> float:
    """Mean of a square matrix beside its diagonal."""
    count = len(distances)
    return float((distances.sum() - np.trace(distances)) / (count * (count - 1)))


def _reach(features: np.ndarray, k: int) -> np.ndarray:
    """Squared distance of each row to its k-th nearest other row; (n, d) → (n,)."""
    squares = _squares(features, features)
    np.fill_diagonal(squares, np.inf)
    return np.partition(squares, k - 1, axis=1)[:, k - 1]


def _patches(level: np.ndarray, places: np.ndarray) -> np.ndarray:
    """Patches of a level, normalised by channel: float32 (n·128, 147).

    ``places`` holds tops and lefts: (2, n, 128).
    """
    windows = np.lib.stride_tricks.sliding_window_view(level, (PATCH, PATCH), axis=(1, 2))
    rows = np.arange(len(level))[:, None]
    patches = windows[rows, places[0], places[1]].reshape(-1, 3, PATCH * PATCH)
    mean = patches.mean(axis=(0, 2), keepdims=True, dtype=np.float64)
    variance = np.square(patches).mean(axis=(0, 2), keepdims=True, dtype=np.float64) - mean**2
    patches -= mean.astype(np.float32)
    patches /= np.sqrt(np.maximum(variance, 1e-8)).astype(np.float32)
    return patches.reshape(len(patches), -1)
