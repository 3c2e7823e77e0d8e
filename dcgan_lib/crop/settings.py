"""How faces are cut."""

from __future__ import annotations

from dataclasses import dataclass

from dcgan_lib.shared import CourseError


@dataclass(frozen=True)
class CropSettings:
    """How faces are cut; one folder of faces holds crops of one setting."""

    size: int = 64  # side of a crop in pixels (paper, section 4.2)
    margin: float = 0.04  # of the box's side, added on each edge: forehead to chin, little else
    level_eyes: bool = False  # turn the face until the line through the eyes is level
    all_faces: bool = False  # every face of a photograph, not only the best

    def __post_init__(self) -> None:
        if not 16 <= self.size <= 1024:
            raise CourseError(
                f"Faces can't be cut to {self.size}×{self.size}. Expected: size from 16 to 1024. "
                f"Received: {self.size}. The course uses 64."
            )
        if not -0.3 <= self.margin <= 1:
            raise CourseError(
                f"Faces can't be cut with a margin of {self.margin}. Expected: margin from -0.3 to "
                f"1, a share of the box's side. Received: {self.margin}. The course uses 0.04."
            )
