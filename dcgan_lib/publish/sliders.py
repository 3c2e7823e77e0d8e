"""Directions that the page's sliders push along: those that were measured to work (chapter 09)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import keras
import numpy as np

from dcgan_lib.latent import (
    ATTRIBUTES,
    attribute_direction,
    direction_success,
    label_thirds,
    measure_attribute,
    principal_directions,
)
from dcgan_lib.settings import Settings
from dcgan_lib.shared import CourseError
from dcgan_lib.train import draw_noise, generate

SOUGHT = ("smile", "glasses", "brightness", "hair", "background", "symmetry")
LEARNT, TESTED = 400, 240  # faces that a direction is found from, and others that test it
LEAST = 4  # sliders; where fewer attributes work, principal directions make up for them
SEEDS = (1101, 1102)  # of the z for finding and for testing


@dataclass(frozen=True)
class Slider:
    """One slider of the page.

    Attributes:
        title: what it does, in words.
        less: what its left end means.
        more: what its right end means.
        direction: float32 (latent_dim,), of length 1.
    """

    title: str
    less: str
    more: str
    direction: np.ndarray


def find_sliders(
    generator: keras.Model,
    settings: Settings,
    each: Callable[[int], object] = lambda n: None,
) -> list[Slider]:
    """Directions of attributes that come more often than along random ways, or principal ones.

    An attribute has a slider where the interval of ``direction_success`` lies above that of
    random directions of the same length. Where fewer than four pass, the strongest principal
    directions of G's first layer follow, which have no names.

    Args:
        generator: (batch, latent_dim) → (batch, side, side, 3) in [-1, 1].
        settings: of the run.
        each: called with 1 after every direction.
    """
    learnt, tested = (
        draw_noise(count, settings.latent_dim, seed, settings.noise)
        for count, seed in zip((LEARNT, TESTED), SEEDS, strict=True)
    )
    faces = generate(generator, learnt)
    found = []
    for name in SOUGHT:
        direction = _working_direction(generator, learnt, faces, tested, name)
        if direction is not None:
            attribute = ATTRIBUTES[name]
            title = f"From {attribute.less} to {attribute.more}"
            found.append(Slider(title, attribute.less, attribute.more, direction))
        each(1)
    return found + _principal(generator, learnt, max(0, LEAST - len(found)))


def _working_direction(
    generator: keras.Model, learnt: np.ndarray, faces: np.ndarray, tested: np.ndarray, name: str
) -> np.ndarray | None:
    try:
        direction = attribute_direction(learnt, label_thirds(measure_attribute(name, faces)))
        success = direction_success(generator, direction, name, tested)
    except CourseError:  # all faces show it equally, as those of an untrained G
        return None
    return direction if success.along.changed.low > success.at_random.changed.high else None


def _principal(generator: keras.Model, z: np.ndarray, count: int) -> list[Slider]:
    if not count or z.shape[1] < count:
        return []
    steps = principal_directions(generator, z, count).steps
    units = steps / np.linalg.norm(steps, axis=1, keepdims=True)
    return [
        Slider(f"Principal direction {number}", f"direction {number}", "", unit)
        for number, unit in enumerate(units, 1)
    ]
