"""Directions in the space of z: from labels, from G's first layer, and put to the test (ch. 09)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import keras
import numpy as np

from dcgan_lib.evaluate import hog_features
from dcgan_lib.latent.attributes import label_thirds, measure_attribute, third_limits
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


class Share(NamedTuple):
    """A share of faces, 0 to 1, with its interval of 95 %."""

    share: float
    low: float
    high: float


@dataclass(frozen=True)
class Outcome:
    """What became of faces that were moved.

    Attributes:
        changed: those that came to the third that shows the attribute most.
        changed_same: those that did, and are still like the same person.
        distance: median distance of a moved face to its own start, as a share of the distance of
            two random faces.
    """

    changed: Share
    changed_same: Share
    distance: float


@dataclass(frozen=True)
class Success:
    """How often moving along a direction gave a face what the direction is named for.

    Attributes:
        attribute: a key of ``ATTRIBUTES``.
        strength: how far z was moved.
        count: faces that were moved, from the third that shows the attribute least.
        along: what became of them along the direction.
        at_random: the same along random directions of that length, the control.
        clipped: share of the way that was lost at the edges of [-1, 1].
    """

    attribute: str
    strength: float
    count: int
    along: Outcome
    at_random: Outcome
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
            what ``measure_attribute`` gives, or CelebA's labels of faces whose z was found.

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
    scores = measure_attribute(attribute, generate(generator, np.asarray(z, np.float32)))
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
    noise: str = "uniform",
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
        noise: of the run's settings, as for ``move``.

    Raises:
        CourseError: there is no such attribute, or a third of the faces show it equally little.
    """
    faces = generate(generator, z)
    scores = measure_attribute(attribute, faces)
    low, high = third_limits(scores)
    lowest = scores < low
    if not lowest.any():
        raise CourseError(
            f"These faces can't be parted by {attribute!r}. Expected a third that shows it less "
            f"than the others. Received: {len(z)} faces, of which {(scores == scores.min()).sum()} "
            "show it equally little. Give more z, or choose another attribute."
        )
    start, before = z[lowest], hog_features(faces[lowest])
    typical = _typical_distance(hog_features(faces))

    def outcome(way: np.ndarray) -> Outcome:
        moved = generate(generator, move(start, way, strength, noise))
        changed = measure_attribute(attribute, moved) > high
        distance = np.linalg.norm(hog_features(moved) - before, axis=1) / typical
        same = distance < SAME_PERSON
        return Outcome(
            changed=wilson(int(changed.sum()), len(start)),
            changed_same=wilson(int((changed & same).sum()), len(start)),
            distance=float(np.median(distance)),
        )

    lost = move(start, direction, strength, noise) - (start + strength * direction)
    return Success(
        attribute=attribute,
        strength=strength,
        count=len(start),
        along=outcome(direction),
        at_random=outcome(random_directions(len(start), start.shape[1], seed)),
        clipped=float(np.abs(lost).sum() / (np.abs(strength * direction).sum() * len(start))),
    )


def wilson(successes: int, count: int) -> Share:
    """A share with its interval of 95 % (Wilson 1927)."""
    share, z2 = successes / count, NORMAL_95**2
    middle = (share + z2 / (2 * count)) / (1 + z2 / count)
    half = np.sqrt(share * (1 - share) / count + z2 / (4 * count**2)) / (1 + z2 / count)
    half *= NORMAL_95
    return Share(share, float(max(0.0, middle - half)), float(min(1.0, middle + half)))


def _typical_distance(features: np.ndarray) -> float:
    """Median distance of each row to another one."""
    return float(np.median(np.linalg.norm(features - np.roll(features, 1, axis=0), axis=1)))


def _unit(rows: np.ndarray) -> np.ndarray:
    return rows / np.linalg.norm(rows, axis=-1, keepdims=True)
