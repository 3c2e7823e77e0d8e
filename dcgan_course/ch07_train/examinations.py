"""What the training doctor measured in a run, and where each number is ill (chapter 07)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from dcgan_lib.train import doctor


@dataclass(frozen=True)
class Limit:
    """How far a column of ``doctor.csv`` may go.

    Attributes:
        title: of the column, in words.
        value: where the illness begins.
        ill_above: True where larger numbers are ill, False where smaller ones are.
        judged_from: the first update that is judged.
    """

    title: str
    value: float
    ill_above: bool
    judged_from: int = doctor.WAIT


LIMITS = {
    "spread": Limit(
        "how much faces differ\n(training faces: 1)", doctor.LEAST_SPREAD, False, doctor.FOG
    ),
    "gradient": Limit("norm of G's gradient", doctor.LEAST_GRADIENT, False),
    "mode_gap": Limit("gap of BatchNorm's\ntwo modes", doctor.MOST_MODE_GAP, True),
    "grid": Limit("checkerboard", doctor.MOST_GRID, True),
    "memorised": Limit("D knows its faces\nby heart", doctor.MOST_MEMORISED, True),
}


def read_examinations(run: str | Path) -> pd.DataFrame | None:
    """``doctor.csv`` of a run: a row for each examination; None where there was none."""
    path = Path(run) / "doctor.csv"
    return pd.read_csv(path) if path.exists() else None


def read_diagnoses(run: str | Path) -> list[str]:
    """What the doctor said of a run that was examined, a sentence or two for each illness."""
    said = json.loads((Path(run) / "doctor.json").read_text("utf-8"))
    return ["Epoch {epoch}: {name}. {seen}".format(**one) for one in said]
