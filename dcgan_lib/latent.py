"""Ways through the space of z, and sums of faces (chapter 09): pure functions of arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dcgan_lib.files import CourseError

if TYPE_CHECKING:
    import keras

KINDS = ("linear", "spherical")
LEAST_EXAMPLES = 3  # of a concept: below, the mean is still one person's face


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


def concept(z: np.ndarray, rows: list[int]) -> np.ndarray:
    """What some faces have in common: the mean of their z (Radford et al. 2015, section 6.3.2).

    Args:
        z: float, shape (n, latent_dim).
        rows: which of them, at least 3; with one alone, its own traits don't cancel out.

    Returns:
        float32, shape (latent_dim,).

    Raises:
        CourseError: too few rows, or one that is not there.
    """
    if len(rows) < LEAST_EXAMPLES or not all(0 <= row < len(z) for row in rows):
        raise CourseError(
            f"A concept needs examples. Expected at least {LEAST_EXAMPLES} rows from 0 to "
            f"{len(z) - 1}. Received: {list(rows)}. Choose some more faces that show it."
        )
    return np.asarray(z)[list(rows)].mean(axis=0, dtype=np.float64).astype(np.float32)


def arithmetic(plus: np.ndarray, minus: np.ndarray, plus2: np.ndarray) -> np.ndarray:
    """``plus - minus + plus2``: smiling woman - woman + man (Radford et al. 2015, figure 7).

    Args:
        plus: the concept that has what is wanted, (latent_dim,).
        minus: the one that is like it without.
        plus2: the one that shall get it.

    Returns:
        float32, shape (latent_dim,), kept in [-1, 1].
    """
    return _inside(np.asarray(plus, np.float64) - minus + plus2)


def around(z: np.ndarray, reach: float = 0.25, count: int = 9, seed: int = 0) -> np.ndarray:
    """A z in the middle of others that differ a little: the 3×3 faces of Radford's figure 7.

    Args:
        z: float, shape (latent_dim,).
        reach: noise is drawn uniform in [-reach, reach].
        count: how many in all; the one in the middle is z itself.
        seed: of the noise.

    Returns:
        float32, shape (count, latent_dim), kept in [-1, 1].
    """
    noise = np.random.default_rng(seed).uniform(-reach, reach, (count, len(z)))
    noise[count // 2] = 0
    return _inside(z + noise)


def move(z: np.ndarray, direction: np.ndarray, strength: float) -> np.ndarray:
    """z pushed along a direction, each coordinate clipped to [-1, 1], where G was trained.

    What is clipped is lost: compare with ``z + strength * direction`` to see how much. For a
    run with normal noise the box holds two thirds of each coordinate's values; add by hand there.

    Args:
        z: float, shape (latent_dim,) or (n, latent_dim).
        direction: float, shape (latent_dim,) or one for each z.
        strength: how far, in lengths of ``direction``.

    Returns:
        float32, the shape of z, in [-1, 1].
    """
    return _inside(np.asarray(z, np.float64) + strength * np.asarray(direction, np.float64))


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
    from dcgan_lib.cut import sharpness
    from dcgan_lib.measures import variety
    from dcgan_lib.monitor import generate

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
        logits = discriminator(faces.astype(np.float32) / 127.5 - 1, training=False)
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


def _inside(z: np.ndarray) -> np.ndarray:
    return np.clip(z, -1, 1).astype(np.float32)
