"""Reading a run's folder: settings, history, split and generators."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import keras
import pandas as pd

from dcgan_lib.settings import Settings, settings_from_dict
from dcgan_lib.shared import CourseError, atomic_path, by_number
from dcgan_lib.train.checkpoints import restore_checkpoint
from dcgan_lib.train.gan import DCGAN, LOSSES


def read_history(run: Path) -> pd.DataFrame:
    """``history.csv`` of a run: one row per finished epoch, empty before the first."""
    columns = ["epoch", *LOSSES, "seconds", "images_per_second"]
    path = run / "history.csv"
    return pd.read_csv(path) if path.exists() else pd.DataFrame(columns=columns)


def load_settings(run: str | Path) -> Settings:
    """The settings that a run was started with.

    Raises:
        CourseError: there is no run in this folder.
    """
    return settings_from_dict(read_run_json(Path(run), "settings.json"))


def load_split(run: str | Path) -> dict[str, list[str]]:
    """Names of the faces that a run trains on and of those it holds out.

    Returns:
        ``{"train": […], "held_out": […]}``, POSIX paths relative to the folder of faces.
    """
    return read_run_json(Path(run), "faces.json")


def load_generator(run: str | Path, epoch: int | None = None) -> keras.Model:
    """A run's G, ready to generate: the averaged one where the run keeps an average.

    Args:
        run: folder of the run.
        epoch: one of ``kept_epochs``; None takes G of the run's end, or, before that, of the
            newest checkpoint.

    Raises:
        CourseError: there is no run in this folder, no epoch of it is finished, or G of that
            epoch was not kept.
    """
    run = Path(run)
    settings = load_settings(run)
    if epoch is not None:
        return _kept_generator(run, epoch)
    if (run / "generator.keras").exists():
        return keras.saving.load_model(run / "generator.keras", compile=False)
    gan = DCGAN(settings)
    gan.compile()
    if not restore_checkpoint(run, gan):
        raise CourseError(
            f"This run has nothing to generate with yet. Expected a generator or a checkpoint in "
            f"{run}. Received: a run without a finished epoch. Train on with --resume."
        )
    return gan.best_generator


def kept_epochs(run: str | Path) -> list[int]:
    """The epochs of a run after which a copy of G was kept (``settings.keep_every``)."""
    return list(_kept_generators(Path(run)))


def _kept_generator(run: Path, epoch: int) -> keras.Model:
    kept = _kept_generators(run)
    if epoch not in kept:
        names = ", ".join(map(str, kept)) or "of no epoch: train with --set keep_every=…"
        raise CourseError(
            f"G of this epoch was not kept. Expected one of the epochs whose G lies in "
            f"{run / 'generators'}: {names}. Received: {epoch}. Choose one of these."
        )
    return keras.saving.load_model(kept[epoch], compile=False)


def _kept_generators(run: Path) -> dict[int, Path]:
    return by_number(run / "generators", "epoch_*.keras")


def read_run_json(run: Path, name: str) -> dict[str, Any]:
    try:
        return json.loads((run / name).read_text("utf-8"))
    except FileNotFoundError:
        raise CourseError(
            f"There is no run here. Expected a folder that `python -m dcgan_lib train` made. "
            f"Received: {run}, which has no {name}. Name the folder that was given as --run."
        ) from None


def write_run_json(run: Path, name: str, values: dict[str, Any]) -> None:
    with atomic_path(run / name) as path:
        path.write_text(json.dumps(values, indent=1), "utf-8")
