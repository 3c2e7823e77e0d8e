"""A run measured: its generator, or each kept epoch, against its photographs (chapter 08)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import keras
import numpy as np
import pandas as pd

from dcgan_lib.evaluate.comparison import FaceSets, measure_sets
from dcgan_lib.evaluate.face_report import Report
from dcgan_lib.load import load_face_set
from dcgan_lib.shared import CourseError, atomic_path
from dcgan_lib.train import (
    draw_noise,
    generate,
    kept_epochs,
    list_checkpoints,
    load_generator,
    load_settings,
    load_split,
)

MEASURES_VERSION = 1  # raise it when a measure or the form of a report changes


def evaluate_run(
    run: str | Path,
    faces: str | Path,
    count: int = 500,
    seed: int = 1,
    each: Callable[[int], object] = lambda n: None,
    epoch: int | None = None,
    inception: str | Path | None = None,
    reference: bool = False,
) -> Report:
    """Measure a run's generator against the faces it was trained on and those it held out.

    Args:
        run: folder of the run.
        faces: the folder of faces it was trained on.
        count: how many faces to generate, at least 2.
        seed: seed of the noise.
        each: called with the number of faces after every part that is generated.
        epoch: G of this kept epoch; by default of the run's end.
        inception: as for ``measure_sets``.
        reference: as for ``measure_sets``.

    Raises:
        CourseError: no such run, no finished epoch, faces of another folder, or no weights.
    """
    sets = load_sets(run, faces, count, seed, each, epoch)
    return measure_sets(sets, seed, inception, reference)


def load_sets(
    run: str | Path,
    faces: str | Path,
    count: int = 500,
    seed: int = 1,
    each: Callable[[int], object] = lambda n: None,
    epoch: int | None = None,
) -> FaceSets:
    """The faces that ``evaluate_run`` compares; see there for arguments and errors."""
    if count < 2:
        raise CourseError(
            f"So few faces can't be measured. Expected a count of at least 2. Received: {count}. "
            "Leave out --count for 500."
        )
    training, held_out = _photographs(run, faces)
    generated = _generate(run, load_generator(run, epoch), count, seed, each)
    return FaceSets(generated=generated, training=training, held_out=held_out)


def evaluate_checkpoints(
    run: str | Path,
    faces: str | Path,
    count: int = 500,
    seed: int = 1,
    each: Callable[[int], object] = lambda n: None,
) -> pd.DataFrame:
    """Measure G after each kept epoch of a run, and at its end: how quality and copying grow.

    Each epoch's figures are kept in ``RUN/reports/epoch_0010.json`` and measured again only when
    the generator, the faces, ``count``, ``seed`` or ``MEASURES_VERSION`` has changed, so an
    interrupted call goes on where it was.

    Args:
        run: folder of the run.
        faces: the folder of faces it was trained on.
        count: how many faces to generate for each epoch, at least 2.
        seed: seed of the noise.
        each: called with 1 after every epoch.

    Returns:
        One row per epoch: ``epoch``, then the fields of ``Report``.

    Raises:
        CourseError: as ``evaluate_run`` does.
    """
    training, held_out = _photographs(run, faces)
    rows = []
    for number, epoch in _epochs(Path(run)).items():
        generator = load_generator(run, epoch)
        stamp = _stamp(generator, training, held_out, count, seed)
        path = Path(run) / "reports" / f"epoch_{number:04d}.json"
        report = _kept_report(path, stamp)
        if report is None:
            generated = _generate(run, generator, count, seed)
            report = measure_sets(FaceSets(generated, training, held_out), seed)
            with atomic_path(path) as part:
                kept = {"stamp": stamp, "report": report.to_dict()}
                part.write_text(json.dumps(kept, indent=1), "utf-8")
        rows.append({"epoch": number} | report.to_dict())
        each(1)
    return pd.DataFrame(rows)


def _photographs(run: str | Path, faces: str | Path) -> tuple[np.ndarray, np.ndarray]:
    """What the run was trained on, and what it held out."""
    settings, split = load_settings(run), load_split(run)
    face_set = load_face_set(faces, settings.image_size)
    missing = sorted(set(split["train"] + split["held_out"]) - set(face_set.names))
    if missing:
        raise CourseError(
            f"These are not the faces of this run. Expected all faces that are named in "
            f"{Path(run) / 'faces.json'}. Received: {faces}, without {missing[0]} and "
            f"{len(missing) - 1} more. Give the folder that the run was trained on."
        )
    rows = face_set.rows(split["train"]), face_set.rows(split["held_out"])
    return face_set.images[rows[0]], face_set.images[rows[1]]


def _generate(
    run: str | Path,
    generator: keras.Model,
    count: int,
    seed: int,
    each: Callable[[int], object] = lambda n: None,
) -> np.ndarray:
    settings = load_settings(run)
    noise = draw_noise(count, settings.latent_dim, seed, settings.noise)
    return generate(generator, noise, each=each)


def _epochs(run: Path) -> dict[int, int | None]:
    """Epoch → what ``load_generator`` calls it, in order; the last one may not be kept."""
    epochs: dict[int, int | None] = {epoch: epoch for epoch in kept_epochs(run)}
    if (run / "generator.keras").exists():
        epochs.setdefault(load_settings(run).epochs, None)
    elif checkpoints := list_checkpoints(run):
        epochs.setdefault(int(checkpoints[-1].name.removeprefix("epoch_")), None)
    else:
        load_generator(run)  # says what is missing
    return dict(sorted(epochs.items()))


def _stamp(
    generator: keras.Model, training: np.ndarray, held_out: np.ndarray, count: int, seed: int
) -> str:
    digest = hashlib.sha256(f"{MEASURES_VERSION} {count} {seed}".encode())
    for values in (*generator.get_weights(), training, held_out):
        digest.update(np.ascontiguousarray(values).tobytes())
    return digest.hexdigest()


def _kept_report(path: Path, stamp: str) -> Report | None:
    if not path.exists():
        return None
    kept = json.loads(path.read_text("utf-8"))
    return Report(**kept["report"]) if kept["stamp"] == stamp else None
