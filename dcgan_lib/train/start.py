"""What a run is started with, and what has to be the same when it goes on."""

from __future__ import annotations

import hashlib
import shutil
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from dcgan_lib.crop import balanced_subset, split_held_out
from dcgan_lib.load import FaceSet
from dcgan_lib.machine import for_this_machine
from dcgan_lib.settings import Settings, get_settings
from dcgan_lib.shared import CourseError, by_number
from dcgan_lib.train.run import is_run, load_settings, read_run_json, write_run_json

MAY_CHANGE = ("epochs", "sample_every", "keep_every")  # on resume


@dataclass(frozen=True)
class TrainingFaces:
    """What a run is trained on.

    Attributes:
        face_set: every face of the folder.
        train: names of those to train on.
        held_out: names of those that are kept from training, to measure copying.
    """

    face_set: FaceSet
    train: list[str]
    held_out: list[str]

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the pixels to train on: other pictures under the same names have another."""
        digest, rows = hashlib.sha256(), self.face_set.rows(self.train)
        for start in range(0, len(rows), 1024):  # a million faces don't fit into memory
            digest.update(self.face_set.images[rows[start : start + 1024]])
        return digest.hexdigest()


def agree_on_settings(run: Path, settings: Settings | None, resume: bool) -> Settings:
    """The settings to train with: those of a run that goes on, else the ones that were chosen.

    Raises:
        CourseError: the run exists and doesn't go on, or has other settings.
    """
    if not resume:
        if is_run(run):
            raise CourseError(
                f"This run exists. Expected a new folder. Received: {run}, which holds a run. "
                "Go on with it by --resume, or choose another --run."
            )
        return for_this_machine(settings or get_settings())
    before = load_settings(run)
    settings = settings or before
    if settings.precision == "auto":
        settings = replace(settings, precision=before.precision)
    _refuse_changes(before.to_dict(), settings.to_dict())
    return settings


def _refuse_changes(before: dict[str, Any], now: dict[str, Any]) -> None:
    changed = [key for key in before if before[key] != now[key] and key not in MAY_CHANGE]
    if changed:
        theirs = ", ".join(f"{key}={before[key]!r}" for key in changed)
        ours = ", ".join(f"{key}={now[key]!r}" for key in changed)
        raise CourseError(
            f"This run's checkpoint has other settings. Expected, as the run was started: "
            f"{theirs}. Received: {ours}. Resume with the run's own settings (only "
            f"{', '.join(MAY_CHANGE)} may change), or choose another --run."
        )


def refuse_to_go_back(run: Path, done: int, settings: Settings) -> None:
    """Check that a run goes on from where it is.

    Args:
        run: the run's folder.
        done: epochs that are finished.
        settings: to go on with.

    Raises:
        CourseError: there is no checkpoint to go on from, or too many epochs are done.
    """
    if not done:
        raise CourseError(
            f"This run can't go on. Expected a checkpoint in {run / 'checkpoints'}. Received: "
            "none, beside a finished generator. Train again in another --run."
        )
    if settings.epochs < done:
        raise CourseError(
            f"This run can't go back. Expected at least epochs={done}, which are done. Received: "
            f"epochs={settings.epochs}. Leave --set epochs=… out, or choose another --run."
        )


def choose_faces(face_set: FaceSet, settings: Settings, folder: str | Path) -> TrainingFaces:
    """Choose what a new run trains on and what it holds out.

    Raises:
        CourseError: too few faces for a batch.
    """
    names = face_set.names
    if 0 < settings.max_faces < len(names):
        names = balanced_subset(names, settings.max_faces, settings.seed)
    kept, held_out = split_held_out(names, settings.held_out, settings.seed)
    if len(kept) < settings.batch_size:
        raise CourseError(
            f"There are too few faces to train on. Expected at least one batch of "
            f"{settings.batch_size}. Received: {len(kept)} faces in {folder}. Give more "
            f"photographs, or a smaller --set batch_size=…"
        )
    return TrainingFaces(face_set, kept, held_out)


def find_same_faces(run: Path, face_set: FaceSet, folder: str | Path) -> TrainingFaces:
    """Find what a run was started with.

    Raises:
        CourseError: faces are gone, or are other pictures.
    """
    kept = read_run_json(run, "faces.json")
    missing = sorted(set(kept["train"]) - set(face_set.names))
    if missing:
        raise CourseError(
            f"Faces of this run are gone. Expected {len(kept['train'])} faces in {folder}. "
            f"Received: a folder without {len(missing)} of them, such as {missing[0]}. "
            "Give the folder that the run was started with, or choose another --run."
        )
    same = TrainingFaces(face_set, kept["train"], kept["held_out"])
    if kept.get("sha256", same.digest) != same.digest:  # runs of before have none
        raise CourseError(
            f"The faces of this run are other pictures now. Expected those that it was started "
            f"with. Received: {folder}, where the names are the same and the pictures aren't. "
            "Give the folder that the run was started with, or choose another --run."
        )
    return same


def write_start(run: Path, settings: Settings, faces: TrainingFaces) -> None:
    """Keep what a run is started with, and remove what a start without an epoch has left."""
    if not is_run(run) and (run / "settings.json").exists():
        _remove_leftovers(run)
    write_run_json(run, "settings.json", settings.to_dict())
    kept = {"train": faces.train, "held_out": faces.held_out, "sha256": faces.digest}
    write_run_json(run, "faces.json", kept)


def _remove_leftovers(run: Path) -> None:
    shutil.rmtree(run / "tensorboard", ignore_errors=True)
    grids = by_number(run / "samples", "epoch_*.png")
    copies = by_number(run / "generators", "epoch_*.keras")
    named = (run / name for name in ("history.csv", "doctor.csv", "doctor.json"))
    for path in (*grids.values(), *copies.values(), *named):
        path.unlink(missing_ok=True)
