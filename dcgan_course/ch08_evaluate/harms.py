"""Photographs harmed in known ways, to see which measure notices (chapter 08).

Real photographs play all three parts: those that a generator was trained on, those that it
generates, and new ones. Then the second part is harmed, and every measure is asked.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import pandas as pd

from dcgan_lib import FaceSet, evaluate
from dcgan_lib.evaluate import diversity_ms_ssim

PAIRS = 2  # of MS-SSIM, for each picture
DRAWS = 4  # further ways to deal the photographs, for how much a measure varies anyway
PARTS = np.array([0, 1, 0, 1, 2])  # of five photographs of a person: training, candidate or new
LEAST_USUAL = 0.02  # of the value: what varies less is taken to vary by this


@dataclass(frozen=True)
class Dealt:
    """Real photographs in three parts, uint8 (n, side, side, 3), RGB, and who is in the second.

    Attributes:
        training: in the part of the faces that a generator was trained on.
        candidates: in the part of generated faces.
        new: in the part of photographs that were held out.
        people: of the candidates, (n,).
    """

    training: np.ndarray
    candidates: np.ndarray
    new: np.ndarray
    people: np.ndarray


@dataclass(frozen=True)
class HarmMeasure:
    """A measure that is asked about harms: its title, and on which side it is worse (1: higher)."""

    title: str
    worse: int


MEASURES = {
    "haar": HarmMeasure("Haar\nacceptance", -1),
    "wasserstein": HarmMeasure("sliced\nWasserstein", 1),
    "precision": HarmMeasure("precision", -1),
    "recall": HarmMeasure("recall", -1),
    "coverage": HarmMeasure("coverage", -1),
    "ms_ssim": HarmMeasure("MS-SSIM", 1),
    "variety": HarmMeasure("variety", -1),
    "memorisation": HarmMeasure("memori-\nsation", 1),
}


@dataclass(frozen=True)
class Study:
    """Every measure's answer to every harm.

    Attributes:
        dealt: the photographs.
        answers: indexed by harm and strength; a column for each of ``MEASURES``. Strength 0
            stands under every harm.
        usual: by how much each measure differs between two deals of unharmed photographs: the
            standard deviation.
    """

    dealt: Dealt
    answers: pd.DataFrame
    usual: pd.Series

    @property
    def titles(self) -> list[str]:
        """The measures' titles, each on one line."""
        titles = (measure.title for measure in MEASURES.values())
        return [title.replace("-\n", "").replace("\n", " ") for title in titles]

    def worse(self, harm: str, strength: float) -> pd.Series:
        """How much worse each measure calls a harm, in units of ``usual``; below 0: better."""
        change = self.answers.loc[(harm, strength)] - self.answers.loc[(harm, 0.0)]
        return change * [measure.worse for measure in MEASURES.values()] / self.usual

    @property
    def strengths(self) -> list[float]:
        """The strengths that were measured, 0 among them."""
        return sorted(set(self.answers.index.get_level_values("strength")))


def deal(face_set: FaceSet, count: int, seed: int = 0) -> Dealt:
    """Deal photographs to three parts, so that each person is in all of them if there are enough.

    Args:
        face_set: faces in one folder per person.
        count: training faces and candidates, at most, so many each.
        seed: of the order within each person, and of who is left out.
    """
    random = np.random.default_rng(seed)
    people = np.array([name.rpartition("/")[0] for name in face_set.names])
    order = random.permutation(len(people))
    order = order[np.argsort(people[order], kind="stable")]  # by person, shuffled within
    part = PARTS[np.arange(len(order)) % len(PARTS)]
    training, candidates, new = (random.permutation(order[part == which]) for which in range(3))
    count = min(count, len(candidates))
    images = face_set.images
    chosen = np.sort(candidates[:count])
    return Dealt(
        training=images[np.sort(training[:count])],
        candidates=images[chosen],
        new=images[new],
        people=people[chosen],
    )


def blur(dealt: Dealt, strength: float) -> np.ndarray:
    """Candidates blurred by a Gaussian of up to 3 px in 64."""
    sigma = 3 * strength * dealt.candidates.shape[1] / 64
    if not sigma:
        return dealt.candidates
    return np.stack([cv2.GaussianBlur(image, (0, 0), sigma) for image in dealt.candidates])


def noise(dealt: Dealt, strength: float) -> np.ndarray:
    """Candidates with Gaussian noise of a deviation of up to 40 grey levels."""
    added = np.random.default_rng(0).normal(0, 40 * strength, dealt.candidates.shape)
    return np.clip(np.round(dealt.candidates + added), 0, 255).astype(np.uint8)


def contrast(dealt: Dealt, strength: float) -> np.ndarray:
    """Candidates with up to 2.5 times their contrast, cut at black and white."""
    stretched = (dealt.candidates - 127.5) * (1 + 1.5 * strength) + 127.5
    return np.clip(np.round(stretched), 0, 255).astype(np.uint8)


def drop_people(dealt: Dealt, strength: float) -> np.ndarray:
    """Candidates of some people only, repeated to as many pictures; at 1, of one person."""
    names = np.random.default_rng(0).permutation(np.unique(dealt.people))
    kept = names[: max(1, round((1 - strength) * len(names)))]
    rows = np.flatnonzero(np.isin(dealt.people, kept))
    return dealt.candidates[np.resize(rows, len(dealt.candidates))]


def copy(dealt: Dealt, strength: float) -> np.ndarray:
    """Candidates of which a share is replaced by training faces."""
    count = len(dealt.candidates)
    replaced = np.random.default_rng(0).permutation(count)[: round(strength * count)]
    pictures = dealt.candidates.copy()
    pictures[replaced] = dealt.training[replaced]
    return pictures


HARMS: dict[str, Callable[[Dealt, float], np.ndarray]] = {
    "blur": blur,
    "noise": noise,
    "contrast": contrast,
    "dropped people": drop_people,
    "copies": copy,
}


def ask(dealt: Dealt, pictures: np.ndarray) -> dict[str, float]:
    """What each of ``MEASURES`` says of pictures that stand for generated faces.

    Args:
        dealt: photographs to compare with.
        pictures: uint8, as many and of the same shape as ``dealt.candidates``.
    """
    features = [evaluate.hog_features(images) for images in (dealt.training, pictures)]
    overlap = evaluate.precision_recall_density_coverage(*features)
    levels = evaluate.sliced_wasserstein(dealt.training, pictures)
    near, new = (
        evaluate.nearest_distances(images, dealt.training) for images in (pictures, dealt.new)
    )
    return {
        "haar": evaluate.haar_acceptance(pictures),
        "wasserstein": float(np.mean(list(levels.values()))),
        "precision": overlap.precision,
        "recall": overlap.recall,
        "coverage": overlap.coverage,
        "ms_ssim": diversity_ms_ssim(pictures, pairs=PAIRS * len(pictures)),
        "variety": evaluate.variety(pictures),
        "memorisation": evaluate.memorisation(near, new),
    }


def study(
    face_set: FaceSet,
    count: int,
    strengths: Sequence[float] = (0.25, 0.5, 0.75, 1.0),
    seed: int = 0,
    draws: int = DRAWS,
) -> Study:
    """Do every harm at every strength, and ask every measure.

    Args:
        face_set: faces in one folder per person.
        count: training faces and candidates, at most, so many each; above 5.
        strengths: above 0, at most 1.
        seed: of the dealing.
        draws: further ways to deal, on which it is measured how much the answers vary anyway.
    """
    dealt = deal(face_set, count, seed)
    unharmed = ask(dealt, dealt.candidates)
    rows = {(harm, 0.0): unharmed for harm in HARMS}
    for harm, do in HARMS.items():
        for strength in strengths:
            rows[harm, float(strength)] = ask(dealt, do(dealt, strength))
    answers = pd.DataFrame.from_dict(rows, orient="index")
    answers.index = pd.MultiIndex.from_tuples(answers.index, names=["harm", "strength"])
    others = [deal(face_set, count, seed + number) for number in range(1, draws + 1)]
    again = pd.DataFrame([unharmed, *(ask(other, other.candidates) for other in others)])
    usual = np.maximum(again.std(), LEAST_USUAL * again.mean().abs())
    return Study(dealt=dealt, answers=answers.sort_index(), usual=usual)
