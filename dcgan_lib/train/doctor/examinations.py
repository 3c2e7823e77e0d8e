"""The examinations of a run while it trains, as a Keras callback (chapter 08)."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pandas as pd
from tqdm.auto import tqdm

from dcgan_lib.shared import atomic_path
from dcgan_lib.train.callbacks import WholeEpochs
from dcgan_lib.train.doctor.diagnoses import Diagnosis, diagnose, not_finite, wrong_range
from dcgan_lib.train.doctor.vitals import Examiner, Vitals

EVERY = 50  # updates between two examinations, at first
SHARE = 10  # later, a tenth of all updates so far: what is slow to come is slow to go


class Doctor(WholeEpochs):
    """Examine a run now and then; name each illness once, and keep ``doctor.json``.

    ``doctor.json`` is a list of diagnoses with their epochs, empty when all is well;
    ``doctor.csv`` holds what was measured. Both go on where a resumed run does.

    Args:
        run: folder of the run.
        examiner: measures the run.
    """

    def __init__(self, run: Path, examiner: Examiner) -> None:
        super().__init__()
        self.run, self.examiner = run, examiner
        self.course: list[Vitals] | None = None
        self.named: list[dict[str, object]] = []

    def on_epoch_begin(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        super().on_epoch_begin(epoch, logs)
        if self.course is None:
            self.course, self.named = _read(self.run, epoch)
            self._name(epoch, [wrong_range(self.examiner.training)])

    def on_whole_epoch(self, epoch: int, logs: dict[str, float]) -> None:
        updates = int(self.model.generator_optimizer.iterations)
        last = self.course[-1].updates if self.course else 0
        if updates // EVERY == last // EVERY or updates - last < updates // SHARE:
            return
        vitals, faces = self.examiner.examine(self.model, epoch, logs)
        self.course.append(vitals)
        self._name(epoch, [not_finite(self.model, faces), *diagnose(self.course)])
        with atomic_path(self.run / "doctor.csv") as path:
            pd.DataFrame(self.course).to_csv(path, index=False)

    def _name(self, epoch: int, found: list[Diagnosis | None]) -> None:
        before = {entry["name"] for entry in self.named}
        for diagnosis in found:
            if diagnosis and diagnosis.name not in before:
                entry = {"epoch": epoch} | dataclasses.asdict(diagnosis)
                self.named.append(entry)
                tqdm.write("Doctor, epoch {epoch}: {name}. {seen} {turn_to}".format(**entry))
        with atomic_path(self.run / "doctor.json") as path:
            path.write_text(json.dumps(self.named, indent=1), "utf-8")


def _read(run: Path, epoch: int) -> tuple[list[Vitals], list[dict[str, object]]]:
    """What was measured and named up to the epoch that a run goes on from."""
    if not (run / "doctor.csv").exists():
        return [], []
    rows = pd.read_csv(run / "doctor.csv").query("epoch <= @epoch").to_dict("records")
    named = json.loads((run / "doctor.json").read_text("utf-8"))
    return [Vitals(**row) for row in rows], [n for n in named if n["epoch"] <= epoch]
