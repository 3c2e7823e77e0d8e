"""Settings of a style generator: those of every run, and a few of its own (chapter 13)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from dcgan_lib.settings import Settings, get_settings
from dcgan_lib.shared import CourseError

CONFIGURATIONS = ("plain", "T", "R")


@dataclass(frozen=True)
class StyleSettings(Settings):
    """What decides how a style generator is built, beside a run's ``Settings``.

    z is N(0, 1), and w as wide as z.

    Raises:
        CourseError: a value is outside its range; the message names the setting.
    """

    latent_dim: int = 64
    noise: str = "normal"
    generator_width: int = 16  # channels at the finest layers; coarser ones have more
    configuration: str = "T"  # "plain", "T" (moved alike) or "R" (turned alike as well)
    most_channels: int = 64  # of the coarsest layers
    depth: int = 6  # convolutions, without the one that makes RGB
    margin: int = 10  # samples beyond each edge, so that no layer sees where the picture ends
    mapping_depth: int = 2  # dense layers from z to w

    def __post_init__(self) -> None:
        super().__post_init__()
        rules = {
            "configuration": (self.configuration in CONFIGURATIONS, f"one of {CONFIGURATIONS}"),
            "most_channels": (self.most_channels >= 1, "at least 1"),
            "depth": (self.depth >= 3, "at least 3"),
            "margin": (self.margin >= 0, "0 or a number of samples"),
            "mapping_depth": (self.mapping_depth >= 1, "at least 1"),
        }
        for name, (holds, expected) in rules.items():
            if not holds:
                raise CourseError(
                    f"The setting {name} can't be used. Expected {expected}. "
                    f"Received: {name}={getattr(self, name)!r}. Choose another value."
                )


def style_settings(profile: str | None = None, **changes: Any) -> StyleSettings:
    """A profile's settings, and those of a style generator.

    Args:
        profile: as for ``get_settings``; ``tiny`` has fewer channels, and no other difference.
        changes: settings by name.

    Raises:
        CourseError: as ``get_settings`` and ``StyleSettings`` do.
    """
    base = get_settings(profile)
    small = {"most_channels": 16, "generator_width": 8} if base.profile == "tiny" else {}
    kept = {name: getattr(base, name) for name in ("profile", "max_faces", "held_out")}
    return replace(StyleSettings(**kept, **small), **changes)
