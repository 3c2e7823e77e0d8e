"""Settings of a learnt animation, by profile."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from dcgan_lib.settings import Settings
from dcgan_lib.shared import CourseError


@dataclass(frozen=True)
class MotionSettings:
    """What the animator is, and how it learns.

    Raises:
        CourseError: a value is outside its range; the message names it.
    """

    seed: int = 0
    image_size: int = 64  # side in pixels
    keypoints: int = 10  # as in the paper
    width: int = 24  # channels of the first layers; deeper ones have twice and four times as many
    held_out: int = 5  # people whom it never sees
    batch_size: int = 8
    epochs: int = 40
    steps_per_epoch: int = 25
    learning_rate: float = 0.001
    warped_weight: float = 0.5  # of the loss of the warped source alone, beside the output's
    equivariance_weight: float = 5.0
    painting_weight: float = 0.2  # of the share that is painted: without it, all is, and blurred

    def __post_init__(self) -> None:
        for name in ("keypoints", "width", "batch_size", "epochs", "steps_per_epoch"):
            _require(name, getattr(self, name), getattr(self, name) >= 1, "at least 1")
        side, rate = self.image_size, self.learning_rate
        _require("image_size", side, side >= 16 and side % 16 == 0, "a multiple of 16")
        _require("learning_rate", rate, rate > 0, "a number above 0")
        _require("held_out", self.held_out, self.held_out >= 0, "0 people or more")

    def to_dict(self) -> dict[str, Any]:
        """Plain values, as ``settings.json`` holds them."""
        return asdict(self)


def motion_settings(settings: Settings) -> MotionSettings:
    """The animator that fits a profile of the course: seconds in ``tiny``, minutes in ``quick``."""
    if settings.profile == "tiny":
        return MotionSettings(
            seed=settings.seed,
            width=9,
            keypoints=4,
            held_out=2,
            batch_size=4,
            epochs=1,
            steps_per_epoch=3,
        )
    return MotionSettings(seed=settings.seed)


def _require(name: str, value: object, holds: bool, expected: str) -> None:
    if not holds:
        raise CourseError(
            f"The setting {name} can't be used. Expected {expected}. Received: {value!r}. Choose "
            "another value."
        )
