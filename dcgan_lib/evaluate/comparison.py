"""Generated faces beside photographs: every measure, on plain arrays (chapter 08)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np
from tqdm.auto import tqdm

from dcgan_lib.evaluate.acceptance import haar_acceptance
from dcgan_lib.evaluate.distances import (
    COMPARED_SIDE,
    choose_some,
    memorisation,
    nearest_distances,
    variety,
)
from dcgan_lib.evaluate.face_report import Report
from dcgan_lib.evaluate.inception import (
    PREPROCESSING,
    fid,
    inception_features,
    kid,
    load_inception,
    reference_fid,
)
from dcgan_lib.evaluate.overlap import (
    HOG_SIDE,
    feature_spread,
    hog_features,
    precision_recall_density_coverage,
)
from dcgan_lib.evaluate.structural_similarity import diversity_ms_ssim, scale_count
from dcgan_lib.evaluate.wasserstein import PATCHES_PER_IMAGE, sliced_wasserstein

NEIGHBOUR = 5  # k of precision, recall, density and coverage
MOST_PAIRED = 2000  # images among which pairs are taken

Figures = dict[str, float | None]
Halves = tuple[np.ndarray, np.ndarray]


@dataclass(frozen=True)
class FaceSets:
    """What a report compares.

    Attributes:
        generated: uint8, shape (n, side, side, 3), RGB, at least 2; the others have this form too.
        training: photographs that the generator was trained on, at least 2.
        held_out: photographs that it never saw; may be none, shape (0, side, side, 3).
    """

    generated: np.ndarray
    training: np.ndarray
    held_out: np.ndarray


def measure_sets(
    sets: FaceSets,
    seed: int = 1,
    inception: str | Path | None = None,
    reference: bool = False,
) -> Report:
    """Measure generated faces against photographs.

    Args:
        sets: the faces.
        seed: of whatever a measure draws: images, places, directions, pairs.
        inception: also FID and KID, with the weights that ``inception.load_inception`` takes:
            "imagenet" (a download) or a file. None: neither.
        reference: also FID by torch-fidelity.

    Raises:
        CourseError: weights are missing or don't fit, or torch-fidelity is not installed.
    """
    generated, training, held_out = sets.generated, sets.training, sets.held_out
    random = np.random.default_rng(seed)
    compared = min(len(generated), len(training)) // 2
    fake, real = (_halves(images, compared, random) for images in (generated, training))
    slow: Figures = {}  # first, because weights may be missing
    if reference:
        slow["reference_fid"] = reference_fid(generated, training)
    if inception is not None:
        slow |= _inception(load_inception(inception), fake, real)
    return Report(
        count=len(generated),
        seed=seed,
        training_count=len(training),
        held_out_count=len(held_out),
        compared=compared,
        preprocessing=_preprocessing(generated.shape[1], compared, inception, reference),
        **_copying(generated, training, held_out),
        **_diversity(generated, training, seed, random),
        **_patches(fake, real, seed),
        **_overlap(fake, real),
        **slow,
    )


def _halves(images: np.ndarray, count: int, random: np.random.Generator) -> Halves:
    order = random.permutation(len(images))
    return images[order[:count]], images[order[count : 2 * count]]


def _preprocessing(side: int, compared: int, inception: str | Path | None, reference: bool) -> str:
    patches = f"{compared * PATCHES_PER_IMAGE:,} patches of 7×7 per level and side"
    hog = f"HOG of grey {HOG_SIDE}×{HOG_SIDE}"
    small = COMPARED_SIDE
    said = [
        f"nearest, variety: grey, {small}×{small} by area, [0, 1]",
        f"sliced Wasserstein: RGB, {side}×{side}, {patches}",
        f"MS-SSIM: RGB, {side}×{side}, {scale_count(side)} scales",
        f"spread, precision to coverage: {hog}, k = {NEIGHBOUR}",
    ]
    if inception is not None:
        weights = "Keras's ImageNet weights" if inception == "imagenet" else Path(inception).name
        said.append(f"FID, KID: InceptionV3 ({weights}), RGB, {PREPROCESSING}")
    if reference:
        said.append("reference FID: torch-fidelity, RGB, its own resizing")
    return "; ".join(said)


def _copying(generated: np.ndarray, training: np.ndarray, held_out: np.ndarray) -> Figures:
    near = nearest_distances(generated, training)
    median = float(np.median(near))
    found: Figures = {
        "haar_acceptance": haar_acceptance(generated),
        "nearest_generated": median,
    }
    if not len(held_out):
        beside = ("haar_acceptance_held_out", "nearest_held_out", "nearest_ratio", "memorisation")
        return found | dict.fromkeys(beside)
    new = nearest_distances(held_out, training)
    median_new = float(np.median(new))
    return found | {
        "haar_acceptance_held_out": haar_acceptance(held_out),
        "nearest_held_out": median_new,
        "nearest_ratio": median / median_new if median_new else None,
        "memorisation": memorisation(near, new),
    }


def _diversity(
    generated: np.ndarray, training: np.ndarray, seed: int, random: np.random.Generator
) -> Figures:
    found: Figures = {}
    for name, images in (("generated", generated), ("training", training)):
        some = choose_some(images, min(len(images), MOST_PAIRED), random)
        found[f"variety_{name}"] = variety(some)
        found[f"ms_ssim_{name}"] = diversity_ms_ssim(some, seed)
        found[f"spread_{name}"] = feature_spread(hog_features(some))
    return found


def _patches(fake: Halves, real: Halves, seed: int) -> Figures:
    found = [sliced_wasserstein(*pair, seed) for pair in zip(real, fake, strict=True)]
    levels = {side: float(np.mean([one[side] for one in found])) for side in found[0]}
    floor = sliced_wasserstein(*real, seed)
    return {
        "sliced_wasserstein": float(np.mean(list(levels.values()))),
        "sliced_wasserstein_real": float(np.mean(list(floor.values()))),
        **{f"sliced_wasserstein_{side}": value for side, value in levels.items()},
        **{f"sliced_wasserstein_{side}_real": value for side, value in floor.items()},
    }


def _overlap(fake: Halves, real: Halves) -> Figures:
    if len(real[0]) <= NEIGHBOUR:
        return {}
    fake, real = ([hog_features(half) for half in halves] for halves in (fake, real))
    overlap = precision_recall_density_coverage
    found = [vars(overlap(*pair, NEIGHBOUR)) for pair in zip(real, fake, strict=True)]
    beside = vars(overlap(*real, NEIGHBOUR))
    means = {name: float(np.mean([one[name] for one in found])) for name in beside}
    return means | {f"{name}_real": value for name, value in beside.items()}


def _inception(model: keras.Model, fake: Halves, real: Halves) -> Figures:
    if len(real[0]) < 3:
        return {}
    with tqdm(total=4 * len(real[0]), unit="face", desc="InceptionV3") as bar:
        fake, real = (
            [inception_features(model, half, bar.update) for half in halves]
            for halves in (fake, real)
        )
    kernel = [kid(*pair) for pair in zip(real, fake, strict=True)]
    kernel_real, error_real = kid(*real)
    return {
        "fid": float(np.mean([fid(*pair) for pair in zip(real, fake, strict=True)])),
        "fid_real": fid(*real),
        "kid": float(np.mean([value for value, _ in kernel])),
        "kid_error": float(np.hypot(*(error for _, error in kernel)) / 2),
        "kid_real": kernel_real,
        "kid_real_error": error_real,
    }
