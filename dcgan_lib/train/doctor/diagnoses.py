"""What a run can suffer from, by the numbers of an examination (chapter 08)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from dcgan_lib.train.doctor.vitals import EXAMINED, Vitals, not_finite_weights
from dcgan_lib.train.gan import DCGAN

WAIT = 100  # updates before anything is judged: D has an easy time at the start of every run
FOG = 400  # updates before G's faces must differ: they start as one fog
PATIENCE = 3  # examinations in a row that show an illness before it is named

# The limits, and what healthy runs showed between WAIT and their end: ORL at 32 and 64 pixels,
# the profiles quick and paper and networks of width 8, several seeds.
LEAST_SPREAD = 0.2
D_SURE, D_SURE_OF_FAKES, G_LOST = 0.97, 0.03, 4.0
LEAST_GRADIENT = 1.0
MOST_MODE_GAP = 1.0
MOST_GRID = 1.0
MOST_MEMORISED = 0.5


@dataclass(frozen=True)
class Diagnosis:
    """An illness: its name, what was seen (numbers and limits), and where to turn."""

    name: str
    seen: str
    turn_to: str


def mode_collapse(v: Vitals) -> Diagnosis | None:
    """Many z give nearly one face."""
    if v.updates < FOG or v.spread >= LEAST_SPREAD:
        return None
    return Diagnosis(
        "mode collapse",
        f"Faces of {EXAMINED} different z differ {v.spread:.2f} times as much as training faces "
        f"do; at least {LEAST_SPREAD} is expected.",
        "Lower --set learning_rate=…, keep --set batch_norm=both, or try --set augment="
        "translation; chapters 07 and 10.",
    )


def discriminator_won(v: Vitals) -> Diagnosis | None:
    """D is sure of every face, so G is told that all it makes is wrong, and hardly why."""
    if v.d_real < D_SURE or v.d_fake > D_SURE_OF_FAKES or v.g_loss < G_LOST:
        return None
    return Diagnosis(
        "D has won",
        f"D gives training faces {v.d_real:.3f} (limit {D_SURE}), generated ones {v.d_fake:.3f} "
        f"(limit {D_SURE_OF_FAKES}), and G's loss is {v.g_loss:.1f} (limit {G_LOST:g}).",
        "Weaken D by a smaller --set discriminator_width=… or by --set label_smoothing=0.1, keep "
        "--set discriminator_steps=1, or lower --set learning_rate=…; chapters 06 and 07.",
    )


def vanishing_gradient(v: Vitals) -> Diagnosis | None:
    """What reaches G's weights is too small to move them well."""
    if not v.gradient < LEAST_GRADIENT:
        return None
    return Diagnosis(
        "vanishing gradients",
        f"The gradient of G's loss with respect to G's parameters has a norm of {v.gradient:.2g}; "
        f"at least {LEAST_GRADIENT:g} is expected. G's outputs go from {v.low:.3f} to "
        f"{v.high:.3f}.",
        "Lower --set learning_rate=… where they sit at -1 or 1; else keep --set batch_norm=both "
        "and --set discriminator_activation=leaky_relu; chapters 04, 05 and 10.",
    )


def mode_gap(v: Vitals) -> Diagnosis | None:
    """BatchNormalization's running statistics are not those of the batches."""
    if not v.mode_gap > MOST_MODE_GAP:
        return None
    return Diagnosis(
        "BatchNormalization's two modes differ",
        f"The same z give faces that differ between training mode and inference mode by "
        f"{v.mode_gap:.2f} of what faces differ among themselves; up to {MOST_MODE_GAP} is usual.",
        "Lower --set batch_norm_momentum=… (0.9 follows within some 20 updates), take a larger "
        "--set batch_size=…, or lower --set learning_rate=…; chapters 04 and 07.",
    )


def checkerboard(v: Vitals) -> Diagnosis | None:
    """G's strides show as a pattern of period 2."""
    if not v.grid > MOST_GRID:
        return None
    return Diagnosis(
        "checkerboards",
        f"A pattern that repeats every 2 pixels, at the same places in all generated faces, is "
        f"{v.grid:.2f} times as strong as all the finest detail of training faces; up to "
        f"{MOST_GRID} is usual.",
        "Take --set kernel_size=4, which its stride of 2 divides, or --set pooling=true; "
        "chapters 04 and 10.",
    )


def outputs_out_of_range(v: Vitals) -> Diagnosis | None:
    """G makes values that no training face can have."""
    return _out_of_range("Generated", v.low, v.high)


def set_too_small(v: Vitals) -> Diagnosis | None:
    """D knows its training faces by heart."""
    if not v.memorised > MOST_MEMORISED:
        return None
    return Diagnosis(
        "too few faces for this network",
        f"D puts held-out faces {v.memorised:.2f} of the way from training faces to generated "
        f"ones; up to {MOST_MEMORISED} is usual, 0 is a D that knows nothing by heart.",
        "Give more photographs, a smaller --set discriminator_width=…, --set flip=true and --set "
        "augment=translation, or fewer --set epochs=…; chapters 02 and 08.",
    )


CHECKS: tuple[Callable[[Vitals], Diagnosis | None], ...] = (
    mode_collapse,
    discriminator_won,
    vanishing_gradient,
    mode_gap,
    checkerboard,
    outputs_out_of_range,
    set_too_small,
)


def diagnose(course: Sequence[Vitals]) -> list[Diagnosis]:
    """What each of the last ``PATIENCE`` examinations shows, all of them after ``WAIT`` updates.

    G's first faces are fog, and D has an easy time with them in every run.
    """
    recent = list(course)[-PATIENCE:]
    if len(recent) < PATIENCE or recent[0].updates < WAIT:
        return []
    found = [[check(vitals) for vitals in recent] for check in CHECKS]
    return [row[-1] for row in found if all(row)]


def wrong_range(faces: np.ndarray) -> Diagnosis | None:
    """Training faces that are not in [-1, 1], such as 0 to 1 or 0 to 255; any shape."""
    return _out_of_range("Training", float(faces.min()), float(faces.max()))


def _out_of_range(whose: str, low: float, high: float) -> Diagnosis | None:
    if -1.001 <= low < 0 and high <= 1.001:
        return None
    return Diagnosis(
        "images in the wrong range",
        f"{whose} faces go from {low:.3g} to {high:.3g}; -1 to 1 is expected, with something "
        "darker than 0.",
        "Serve training faces with dcgan_lib.batches, or bring them there by "
        "dcgan_lib.from_images, and end G in --set output=tanh; chapters 03 and 04.",
    )


def not_finite(gan: DCGAN, faces: np.ndarray) -> Diagnosis | None:
    """Weights or generated faces that aren't finite: a loss shows it one batch later, at best."""
    names = not_finite_weights(gan)
    if not names and np.isfinite(faces).all():
        return None
    where = f"{len(names)} weights, the first {names[0]}," if names else "generated faces"
    return Diagnosis(
        "not a number",
        f"Infinite or undefined values in {where} where all should be finite.",
        "Lower --set learning_rate=… or, in half precision, take --set precision=float32, and "
        "start another --run; chapter 07.",
    )
