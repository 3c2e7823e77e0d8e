"""Ways through the space of z, and sums of faces (chapter 09): pure functions of arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dcgan_lib.load import from_images
from dcgan_lib.shared import CourseError

if TYPE_CHECKING:
    import keras

KINDS = ("linear", "spherical")


def interpolate(a: np.ndarray, b: np.ndarray, steps: int, kind: str = "spherical") -> np.ndarray:
    """Points from one z to another, both ends included.

    *Linear* goes straight, *spherical* along the arc of equal angles (Shoemake 1985), while the
    length passes evenly from the one's to the other's. White 2016 asks for the arc, since a high
    dimensional z has nearly always the same length and the straight line cuts through lengths
    that G never saw. It suits a uniform z too: of z in [-1, 1]^100, 99 in 100 are 5.1 to 6.4
    long, and the middle of the line between two of them 4.1, shorter than any of 250,000 drawn.
    Faces there are softer and more alike: on ORL at the profile ``quick``, two thirds of the
    sharpness and 0.9 of the contrast of drawn ones (D likes them no less). The middle of the arc
    gives faces as sharp, hard and varied as drawn ones, although one in twelve of its coordinates
    leaves [-1, 1]. ``interpolation_report`` measures this for any generator.

    Args:
        a: float, shape (latent_dim,).
        b: of the same shape.
        steps: how many points, at least 2.
        kind: one of ``KINDS``.

    Returns:
        float32, shape (steps, latent_dim).

    Raises:
        CourseError: there is no such kind, or too few steps.
    """
    if kind not in KINDS or steps < 2:
        raise CourseError(
            f"There is no such way from one z to another. Expected a kind among "
            f"{', '.join(KINDS)} and at least 2 steps. Received: {kind!r} and {steps} steps. "
            "Choose one of these."
        )
    a, b = np.asarray(a, np.float64), np.asarray(b, np.float64)
    along = np.linspace(0, 1, steps)[:, None]  # (steps, 1)
    points = (1 - along) * a + along * b if kind == "linear" else _arc(a, b, along)
    return points.astype(np.float32)


def walk_points(stops: np.ndarray, frames: int, kind: str = "spherical") -> np.ndarray:
    """A closed walk: from each z to the next, and from the last one back to the first.

    Args:
        stops: float, shape (n, latent_dim), at least 2.
        frames: how many points in all, shared evenly by the n ways.
        kind: as in ``interpolate``.

    Returns:
        float32, shape (frames, latent_dim); the first point is the first stop, and the last one
        lies just before it, so that a film can be repeated without a halt.

    Raises:
        CourseError: fewer than 2 stops, or fewer frames than stops.
    """
    if len(stops) < 2 or frames < len(stops):
        raise CourseError(
            f"There is no way to walk. Expected at least 2 stops and a frame for each. "
            f"Received: {len(stops)} stops and {frames} frames. Give more of them."
        )
    ends = np.roll(stops, -1, axis=0)
    counts = np.diff(np.round(np.linspace(0, frames, len(stops) + 1)).astype(int))
    ways = zip(stops, ends, counts, strict=True)
    return np.concatenate([interpolate(a, b, count + 1, kind)[:-1] for a, b, count in ways])


def between_four(corners: np.ndarray, side: int = 7) -> np.ndarray:
    """A square of z between four: bilinear, with the given ones in its corners.

    Each point is a mean of the four, weighted by how near they are; the middle one is half as
    long as a z that is drawn, so faces there are more of an average.

    Args:
        corners: float (4, latent_dim): top left, top right, bottom left, bottom right.
        side: points along an edge, at least 2.

    Returns:
        float32, shape (side, side, latent_dim).

    Raises:
        CourseError: not four corners, or a side below 2.
    """
    if len(corners) != 4 or side < 2:
        raise CourseError(
            f"A square has four corners. Expected 4 z and a side of at least 2. Received: "
            f"{len(corners)} z and a side of {side}. Give one z for each corner."
        )
    left = interpolate(corners[0], corners[2], side, "linear")  # (side, latent)
    right = interpolate(corners[1], corners[3], side, "linear")
    rows = [interpolate(a, b, side, "linear") for a, b in zip(left, right, strict=True)]
    return np.stack(rows)


def interpolation_report(
    generator: keras.Model, z: np.ndarray, discriminator: keras.Model | None = None
) -> dict[str, dict[str, float]]:
    """What becomes of the middle between two z, by either kind, beside z that were drawn.

    Args:
        generator: (batch, latent_dim) → (batch, side, side, 3) in [-1, 1].
        z: float32, shape (2n, latent_dim); the first half is joined with the second.
        discriminator: of the same run, to ask it too.

    Returns:
        For ``drawn``, ``linear`` and ``spherical``: ``length`` (mean norm of z), ``spread``
        (standard deviation of a coordinate), ``outside`` (share of coordinates beyond ±1),
        ``face_contrast`` (mean standard deviation of a face's grey levels, 0 to 127.5),
        ``sharpness`` (mean variance of the Laplacian), ``variety`` (mean distance of two
        faces), and, with a discriminator, ``d_logit`` (its median answer).
    """
    half = len(z) // 2
    pairs = list(zip(z[:half], z[half : 2 * half], strict=True))
    middles = {kind: np.stack([interpolate(a, b, 3, kind)[1] for a, b in pairs]) for kind in KINDS}
    points = {"drawn": z[:half], **middles}
    return {name: _describe(generator, rows, discriminator) for name, rows in points.items()}


def _describe(
    generator: keras.Model, z: np.ndarray, discriminator: keras.Model | None
) -> dict[str, float]:
    from dcgan_lib.crop import sharpness
    from dcgan_lib.evaluate import variety
    from dcgan_lib.train import generate

    faces = generate(generator, z)
    figures = {
        "length": float(np.linalg.norm(z, axis=1).mean()),
        "spread": float(z.std()),
        "outside": float((np.abs(z) > 1).mean()),
        "face_contrast": float(faces.mean(axis=3).std(axis=(1, 2)).mean()),
        "sharpness": float(np.mean([sharpness(face) for face in faces])),
        "variety": variety(faces),
    }
    if discriminator is not None:
        logits = discriminator(from_images(faces), training=False)
        figures["d_logit"] = float(np.median(logits))
    return figures


def _arc(a: np.ndarray, b: np.ndarray, along: np.ndarray) -> np.ndarray:
    lengths = np.linalg.norm(a), np.linalg.norm(b)
    if min(lengths) == 0:  # no angle to go through
        return (1 - along) * a + along * b
    unit_a, unit_b = a / lengths[0], b / lengths[1]
    angle = np.arccos(np.clip(unit_a @ unit_b, -1, 1))
    length = (1 - along) * lengths[0] + along * lengths[1]
    if np.sin(angle) < 1e-6:  # one direction, or opposite ones, between which every arc is right
        return (1 - along) * a + along * b
    weights = np.sin((1 - along) * angle), np.sin(along * angle)
    return length * (weights[0] * unit_a + weights[1] * unit_b) / np.sin(angle)
