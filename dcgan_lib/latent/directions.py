"""Directions in the space of z: from labels, from G's first layer, and put to the test (ch. 09)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import keras
import numpy as np

from dcgan_lib.evaluate import hog_features
from dcgan_lib.latent.attributes import label_thirds, measure
from dcgan_lib.latent.concepts import move
from dcgan_lib.shared import CourseError
from dcgan_lib.train import generate

SAME_PERSON = 0.75  # of the distance of two random faces: half of ORL's pairs of one person are
#                     nearer than that, and 1 in 200 of those of two people
NORMAL_95 = 1.959964  # quantile of the normal distribution for an interval of 95 %


@dataclass(frozen=True)
class Components:
    """Principal directions of G's first layer.

    Attributes:
        steps: float32 (n, latent_dim); one standard deviation of each component, as a step of z.
        shares: float64 (n,); of the activations' variance.
    """

    steps: np.ndarray
    shares: np.ndarray


@dataclass(frozen=True)
class Success:
    """How often moving along a direction gave a face what the direction is named for.

    Attributes:
        attribute: a key of ``ATTRIBUTES``.
        strength: how far z was moved.
        count: faces that were moved, from the third that shows the attribute least.
        changed: share that came to the third that shows it most, with its interval of 95 %.
        changed_same: share that did, and is still like the same person, with its interval.
        random_changed, random_changed_same: the same along random directions of that length.
        distance: median distance of a moved face to its own start, as a share of the distance
            of two random faces; ``random_distance`` along random directions.
        clipped: share of the way that was lost at the edges of [-1, 1].
    """

    attribute: str
    strength: float
    count: int
    changed: tuple[float, float, float]
    changed_same: tuple[float, float, float]
    random_changed: tuple[float, float, float]
    random_changed_same: tuple[float, float, float]
    distance: float
    random_distance: float
    clipped: float


def attribute_direction(z: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """From the middle of the z without an attribute to the middle of those with it, of length 1.

    A support vector machine (Shen et al. 2020) finds the plane that parts them best. Where z is
    uniform and each coordinate independent, the difference of the means points along that plane's
    normal already; it has nothing to tune, doesn't mind wrong labels on either side as long as
    they are as frequent there, and of some hundred labels in 100 dimensions a machine learns
    the chance as well as the rule.

    Args:
        z: float, shape (n, latent_dim).
        labels: above 0 with the attribute, below 0 without, 0 left out: ``label_thirds`` of
            what ``attributes.measure`` gives, or CelebA's labels of faces whose z was found.

    Returns:
        float32, shape (latent_dim,), of length 1.

    Raises:
        CourseError: no face on one of the two sides.
    """
    has, lacks = np.asarray(labels) > 0, np.asarray(labels) < 0
    if not has.any() or not lacks.any():
        raise CourseError(
            "These labels show no direction. Expected faces with the attribute and faces without. "
            f"Received: {has.sum()} with and {lacks.sum()} without. Label more faces."
        )
    between = z[has].mean(axis=0, dtype=np.float64) - z[lacks].mean(axis=0, dtype=np.float64)
    return _unit(between).astype(np.float32)


def find_direction(generator: keras.Model, z: np.ndarray, attribute: str) -> np.ndarray:
    """``attribute_direction`` of the faces that G makes of z, labelled by what is measured."""
    scores = measure(attribute, generate(generator, np.asarray(z, np.float32)))
    return attribute_direction(z, label_thirds(scores))


def random_directions(count: int, latent_dim: int, seed: int) -> np.ndarray:
    """Directions of length 1, uniform on the sphere: float32 (count, latent_dim)."""
    rows = np.random.default_rng(seed).standard_normal((count, latent_dim))
    return _unit(rows).astype(np.float32)


def principal_directions(generator: keras.Model, z: np.ndarray, count: int = 10) -> Components:
    """The strongest directions of G's first layer, as steps of z (Härkönen et al. 2020).

    As they do it for BigGAN, whose z is as featureless as ours: generate from many z, take the
    activations of the first layer (here 4×4 maps after their nonlinearity), find their principal
    components, and regress z linearly on the coordinates along them. No label is needed; what a
    component means, one sees by moving along it.

    Args:
        generator: as ``build_generator`` makes it.
        z: float32, shape (n, latent_dim), drawn as in training, n well above latent_dim.
        count: how many components, at most latent_dim.

    Raises:
        CourseError: more components are wanted than there are, or z are too few.
    """
    if not 1 <= count <= z.shape[1] or len(z) <= z.shape[1]:
        raise CourseError(
            f"These components can't be found. Expected 1 to {z.shape[1]} components and more "
            f"than {z.shape[1]} z. Received: {count} components and {len(z)} z. Change them."
        )
    rows = first_activations(generator, z)  # (n, features)
    rows -= rows.mean(axis=0)
    values, vectors = np.linalg.eigh(rows @ rows.T)  # of (n, n), smaller than (features, features)
    strongest = np.argsort(values)[::-1][:count]
    coordinates = vectors[:, strongest] * np.sqrt(len(z))  # (n, count), of deviation 1
    steps = np.linalg.lstsq(coordinates, z - z.mean(axis=0), rcond=None)[0]
    shares = values[strongest] / values.sum()
    return Components(steps.astype(np.float32), shares.astype(np.float64))


def first_activations(generator: keras.Model, z: np.ndarray) -> np.ndarray:
    """What leaves G's first nonlinearity on maps of 4×4: float32 (n, 16·channels)."""
    names = ("relu_4", "leaky_4")
    layer = next(layer for layer in generator.layers if layer.name in names)
    first = keras.Model(generator.input, layer.output)
    parts = [np.asarray(first(z[i : i + 256], training=False)) for i in range(0, len(z), 256)]
    return np.concatenate(parts).reshape(len(z), -1).astype(np.float32)


def direction_success(
    generator: keras.Model,
    direction: np.ndarray,
    attribute: str,
    z: np.ndarray,
    strength: float = 2.0,
    seed: int = 0,
    each: Callable[[int], object] = lambda n: None,
) -> Success:
    """Move faces along a direction: do they get the attribute, and stay the same person?

    The faces that show the attribute least (a third of those from z) are moved. One *changed*
    when it is measured as high as the third that shows it most. It is the *same* person while the
    distance of its HOG features to where it started stays below ``SAME_PERSON`` times the median
    distance of two random faces. As a control each face is also moved as far in a random
    direction of its own: what one has to expect from any change at all.

    Args:
        generator: (batch, latent_dim) → (batch, side, side, 3) in [-1, 1].
        direction: float, shape (latent_dim,), of length 1.
        attribute: a key of ``ATTRIBUTES``.
        z: float32, shape (n, latent_dim): other ones than those the direction was found from.
        strength: how far z is moved. A z that is drawn is 5.8 long.
        seed: of the random directions.
        each: called with the number of faces after every part that is measured.

    Raises:
        CourseError: there is no such attribute, or a third of the faces show it equally little.
    """
    faces = generate(generator, z)
    scores = measure(attribute, faces)
    each(len(faces))
    lowest, target = scores < np.quantile(scores, 1 / 3), np.quantile(scores, 2 / 3)
    reach = _typical_distance(hog_features(faces))
    if not lowest.any():
        raise CourseError(
            f"These faces can't be parted by {attribute!r}. Expected a third that shows it less "
            f"than the others. Received: {len(z)} faces, of which {(scores == scores.min()).sum()} "
            "show it equally little. Give more z, or choose another attribute."
        )
    start, before = z[lowest], hog_features(faces[lowest])
    ways = {
        "": np.broadcast_to(direction, start.shape),
        "random_": random_directions(len(start), start.shape[1], seed),
    }
    figures = {}
    for name, way in ways.items():
        moved = generate(generator, move(start, way, strength))
        changed = measure(attribute, moved) > target
        distance = np.linalg.norm(hog_features(moved) - before, axis=1) / reach
        same = distance < SAME_PERSON
        figures[f"{name}changed"] = wilson(int(changed.sum()), len(start))
        figures[f"{name}changed_same"] = wilson(int((changed & same).sum()), len(start))
        figures[f"{name}distance"] = float(np.median(distance))
        each(len(moved))
    lost = np.abs(move(start, direction, strength) - (start + strength * direction)).sum()
    clipped = float(lost / (np.abs(strength * direction).sum() * len(start)))
    return Success(attribute, strength, len(start), clipped=clipped, **figures)


def wilson(successes: int, count: int) -> tuple[float, float, float]:
    """A share with its interval of 95 % (Wilson 1927): share, lower end, upper end."""
    share, z2 = successes / count, NORMAL_95**2
    middle = (share + z2 / (2 * count)) / (1 + z2 / count)
    half = np.sqrt(share * (1 - share) / count + z2 / (4 * count**2)) / (1 + z2 / count)
    half *= NORMAL_95
    return share, float(max(0.0, middle - half)), float(min(1.0, middle + half))


def _typical_distance(features: np.ndarray) -> float:
    """Median distance of each row to another one."""
    return float(np.median(np.linalg.norm(features - np.roll(features, 1, axis=0), axis=1)))


def _unit(rows: np.ndarray) -> np.ndarray:
    return rows / np.linalg.norm(rows, axis=-1, keepdims=True)
