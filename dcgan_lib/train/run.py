"""A run's folder: settings, history, split and generators."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pandas as pd

from dcgan_lib.layers import in_plain_keras
from dcgan_lib.settings import Settings, settings_from_dict
from dcgan_lib.shared import CourseError, atomic_path, by_number
from dcgan_lib.train.checkpoints import list_checkpoints, restore_checkpoint
from dcgan_lib.train.gan import DCGAN, LOSSES

HISTORY_COLUMNS = ["epoch", *LOSSES, "seconds", "images_per_second"]
SPLIT = ("train", "held_out")


def is_run(folder: str | Path) -> bool:
    """Whether a training has saved an epoch here; before that, a folder can become any run."""
    return bool(list_checkpoints(Path(folder))) or (Path(folder) / "generator.keras").exists()


def read_history(run: Path) -> pd.DataFrame:
    """``history.csv`` of a run: one row per finished epoch, empty before the first.

    Raises:
        CourseError: the file is damaged.
    """
    path = run / "history.csv"
    if not path.exists():
        return pd.DataFrame(columns=HISTORY_COLUMNS)
    try:
        history = pd.read_csv(path)
        if not np.isfinite(history[HISTORY_COLUMNS].astype(float)).all(axis=None):
            raise ValueError("a number is missing")
    except (ValueError, LookupError):
        raise CourseError(
            f"The history of this run can't be read. Expected a row of numbers for each epoch. "
            f"Received: {path}, which is damaged. Delete it: a resumed run begins another one."
        ) from None
    return history


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
    split = read_run_json(Path(run), "faces.json")
    return {part: split[part] for part in SPLIT}


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
        return _open_generator(run / "generator.keras")
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
    return _open_generator(kept[epoch])


def save_generator(generator: keras.Model, path: Path) -> None:
    """Write G as a file that ``keras.saving.load_model`` opens without this library."""
    with atomic_path(path) as part:
        in_plain_keras(generator).save(part)


def _open_generator(path: Path) -> keras.Model:
    try:
        return keras.saving.load_model(path, compile=False)
    except Exception as error:  # a damaged file can fail at any depth of Keras
        raise CourseError(
            f"A generator can't be opened. Expected a whole file of Keras. Received: {path}: "
            f"{type(error).__name__}. Delete it; train --resume writes generator.keras again from "
            "the newest checkpoint."
        ) from error


def _kept_generators(run: Path) -> dict[int, Path]:
    return by_number(run / "generators", "epoch_*.keras")


def set_report_aside(run: Path, epoch: int) -> None:
    """Rename the report of a run that goes on: it measured another generator.

    Args:
        run: its ``report.json`` and ``report.html`` become ``report_epoch_0004.json`` and so on.
        epoch: that the run had come to.
    """
    for suffix in (".json", ".html"):
        report = run / f"report{suffix}"
        if report.exists():
            report.replace(run / f"report_epoch_{epoch:04d}{suffix}")


def write_model_card(run: Path, faces: str | Path) -> None:
    """``model_card.md`` beside ``generator.keras``, in the form that model hubs read.

    It holds what ``report.json`` says, once the run was evaluated.

    Args:
        run: a finished run.
        faces: the folder that it was trained on; of ``data/faces/orl``, the licence is what
            ``data/raw/orl/collection.json`` says.
    """
    settings, split, history = load_settings(run), load_split(run), read_history(run)
    licence, data = _provenance(Path(faces).resolve())
    last = history[list(LOSSES)].tail(1).round(3).to_dict("records")
    shape = f"(16, {settings.latent_dim})"
    drawn = f"uniform(-1, 1, {shape})" if settings.noise == "uniform" else f"normal(size={shape})"
    card = Path(__file__).with_name("model_card.md").read_text("utf-8")
    text = card.format(
        title=run.resolve().name,
        licence=json.dumps(licence),
        side=settings.image_size,
        noise=f"np.random.default_rng(0).{drawn}",
        data=data,
        count=len(split["train"]),
        held_out=len(split["held_out"]) or "none",
        recipe=_table("setting", settings.to_dict()),
        figures=_table("mean of the last epoch", dict(*last)),
        measured=_measured(run),
    )
    with atomic_path(run / "model_card.md") as path:
        path.write_text(text, "utf-8")


def _measured(run: Path) -> str:
    if not (run / "report.json").exists():
        return "The faces were not measured yet: `python -m dcgan_lib evaluate` adds what it finds."
    report = read_run_json(run, "report.json")
    numbers = {name: value for name, value in report.items() if isinstance(value, int | float)}
    return _table("measured by `evaluate`", {name: f"{v:.4g}" for name, v in numbers.items()})


def _provenance(faces: Path) -> tuple[str, str]:
    """The licence of the photographs, and a paragraph about them."""
    try:
        source = faces.parents[1] / "raw" / faces.name / "collection.json"
        known = json.loads(source.read_text("utf-8"))
        return known["licence"], f"{known['title']}. {known['terms']} Credit: {known['credit']}."
    except (OSError, ValueError, LookupError):
        return "not stated", (
            f"Faces from a folder named {faces.name}. Whose photographs they are, and on what "
            "terms, isn't known here: say it before you hand this file on."
        )


def _table(title: str, values: dict[str, Any]) -> str:
    rows = (f"| {name} | {value} |" for name, value in values.items() if value != "")
    return "\n".join([f"| {title} | |", "|---|---|", *rows])


def read_run_json(run: Path, name: str) -> dict[str, Any]:
    """One of a run's files of values.

    Raises:
        CourseError: it isn't there, or is damaged.
    """
    expected = SPLIT if name == "faces.json" else ()
    try:
        values = json.loads((run / name).read_text("utf-8"))
        if not isinstance(values, dict) or not all(isinstance(values[k], list) for k in expected):
            raise ValueError
        return values
    except FileNotFoundError:
        raise CourseError(
            f"There is no run here. Expected a folder that `python -m dcgan_lib train` made. "
            f"Received: {run}, which has no {name}. Name the folder that was given as --run."
        ) from None
    except (ValueError, LookupError):
        raise CourseError(
            f"A file of this run can't be read. Expected what training wrote. Received: "
            f"{run / name}, which is damaged. Put it back from a copy, or train again in another "
            "folder."
        ) from None


def write_run_json(run: Path, name: str, values: dict[str, Any]) -> None:
    with atomic_path(run / name) as path:
        path.write_text(json.dumps(values, indent=1), "utf-8")
