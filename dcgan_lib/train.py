"""A run: faces in a folder, a trained DCGAN in another (chapter 07; sections 7 to 9)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import filelock
import keras
import numpy as np
import tensorflow as tf

from dcgan_lib.checkpoints import restore_checkpoint
from dcgan_lib.doctor import Doctor
from dcgan_lib.files import CourseError, atomic_path
from dcgan_lib.gan import DCGAN
from dcgan_lib.load import FaceSet, batches, load_face_set
from dcgan_lib.monitor import (
    Checkpoints,
    Generators,
    Guard,
    History,
    Progress,
    Samples,
    StopAfterEpoch,
)
from dcgan_lib.settings import Settings, settings_from_dict
from dcgan_lib.subset import balanced_subset, split_held_out
from dcgan_lib.vitals import EXAMINED, choose_probe

MAY_CHANGE = ("epochs", "sample_every", "keep_every")  # on resume


@dataclass(frozen=True)
class Finished:
    """How a run ended: its folder, and how many of its epochs are done."""

    run: Path
    epoch: int
    epochs: int


def train(
    faces: str | Path,
    run: str | Path,
    settings: Settings,
    *,
    resume: bool = False,
    callbacks: list[keras.callbacks.Callback] | None = None,
) -> Finished:
    """Train a DCGAN on a folder of faces and keep everything about it in ``run``.

    A killed run loses at most the epoch it was in; resumed, it ends with the weights that an
    uninterrupted one has, bit for bit on a processor. Ctrl-C ends after the running epoch.

    Args:
        faces: folder of cropped faces, such as ``data/faces/orl``.
        run: folder of the run, made here.
        settings: what to train; on resume only ``MAY_CHANGE`` may differ.
        resume: go on with the run in this folder; start it where there is none yet.
        callbacks: further Keras callbacks.

    Returns:
        How far it came: fewer epochs than the settings say after a Ctrl-C.

    Raises:
        CourseError: the run exists and ``resume`` is not set, is in use by another process, or
            has other settings; too few faces for a batch; a loss that is not a number; a disk
            that can't be written.
    """
    run = Path(run)
    with _claimed(run):
        _check_settings(run, settings, resume)
        face_set = load_face_set(faces, settings.image_size)
        names = _training_names(run, faces, face_set, settings)
        tf.config.experimental.enable_op_determinism()
        with _strategy().scope():
            gan = DCGAN(settings)
            gan.compile()
        first_epoch = restore_checkpoint(run, gan)
        if first_epoch < settings.epochs:
            _fit(gan, face_set, names, run, first_epoch, callbacks or [])
            first_epoch += len(gan.history.epoch)
        return Finished(run, first_epoch, settings.epochs)


def fixed_noise(settings: Settings) -> np.ndarray:
    """The z of every grid of a run: float32 (sample_count, latent_dim)."""
    return draw_noise(settings.sample_count, settings.latent_dim, settings.seed, settings.noise)


def draw_noise(count: int, latent_dim: int, seed: int, noise: str = "uniform") -> np.ndarray:
    """z drawn outside training: float32 (count, latent_dim).

    Uniform in [-1, 1], or N(0, 1) for a run whose ``settings.noise`` is "normal".
    """
    random = np.random.default_rng(seed)
    if noise == "normal":
        return random.standard_normal((count, latent_dim), np.float32)
    return random.uniform(-1, 1, (count, latent_dim)).astype(np.float32)


def load_settings(run: str | Path) -> Settings:
    """The settings that a run was started with.

    Raises:
        CourseError: there is no run in this folder.
    """
    return settings_from_dict(_read_json(Path(run), "settings.json"))


def load_split(run: str | Path) -> dict[str, list[str]]:
    """Names of the faces that a run trains on and of those it holds out.

    Returns:
        ``{"train": […], "held_out": […]}``, POSIX paths relative to the folder of faces.
    """
    return _read_json(Path(run), "faces.json")


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
    found = (Path(run) / "generators").glob("epoch_*.keras")
    return sorted(int(path.stem.removeprefix("epoch_")) for path in found)


def _kept_generator(run: Path, epoch: int) -> keras.Model:
    if epoch not in kept_epochs(run):
        kept = ", ".join(map(str, kept_epochs(run))) or "of no epoch: train with --set keep_every=…"
        raise CourseError(
            f"G of this epoch was not kept. Expected one of the epochs whose G lies in "
            f"{run / 'generators'}: {kept}. Received: {epoch}. Choose one of these."
        )
    path = run / "generators" / f"epoch_{epoch:04d}.keras"
    return keras.saving.load_model(path, compile=False)


def _fit(
    gan: DCGAN,
    face_set: FaceSet,
    names: list[str],
    run: Path,
    first_epoch: int,
    callbacks: list[keras.callbacks.Callback],
) -> None:
    settings = gan.settings
    size, remaining = settings.batch_size, settings.epochs - first_epoch
    served = batches(
        face_set.images,
        size,
        settings.seed,
        flip=settings.flip,
        rows=face_set.rows(names),
        epochs=remaining,
        first_epoch=first_epoch,
    )
    per_epoch = len(names) // size
    noise = draw_noise(EXAMINED, settings.latent_dim, settings.seed, settings.noise)
    doctors = []
    if gan.distribute_strategy.num_replicas_in_sync == 1:  # it can't examine several copies
        probe = choose_probe(face_set, load_split(run), noise, settings.seed)
        doctors.append(Doctor(run, probe))
    stop = StopAfterEpoch()
    try:
        gan.fit(
            served,
            epochs=settings.epochs,
            initial_epoch=first_epoch,
            steps_per_epoch=per_epoch,
            shuffle=False,  # the batches come shuffled
            verbose=0,
            callbacks=[
                Progress(settings.epochs, first_epoch, per_epoch, size),
                Guard(),
                History(run, first_epoch, per_epoch * size),
                *doctors,
                Samples(run, fixed_noise(settings), settings.sample_every),
                keras.callbacks.TensorBoard(run / "tensorboard", write_graph=False),
                Generators(run, settings.keep_every),
                Checkpoints(run, settings.epochs),
                stop,
                *callbacks,
            ],
        )
    finally:
        stop.release()


def _strategy() -> tf.distribute.Strategy:
    many = len(tf.config.list_logical_devices("GPU")) > 1
    return tf.distribute.MirroredStrategy() if many else tf.distribute.get_strategy()


@contextmanager
def _claimed(run: Path) -> Iterator[None]:
    """Hold the run for this process; the system lets go of the lock however it ends."""
    run.mkdir(parents=True, exist_ok=True)
    lock = filelock.FileLock(run / ".lock")
    try:
        lock.acquire(timeout=0)
    except filelock.Timeout:
        raise CourseError(
            f"This run is in use. Expected a run that no other process works on. Received: {run}, "
            "which another process trains. Wait for it, or choose another --run."
        ) from None
    try:
        yield
    finally:
        lock.release()


def _check_settings(run: Path, settings: Settings, resume: bool) -> None:
    exists = (run / "settings.json").exists()
    if exists and not resume:
        raise CourseError(
            f"This run exists. Expected a new folder. Received: {run}, which holds a run. "
            "Go on with it by --resume, or choose another --run."
        )
    if exists:
        _refuse_changes(load_settings(run).to_dict(), settings.to_dict())
    _write_json(run, "settings.json", settings.to_dict())


def _refuse_changes(before: dict[str, Any], now: dict[str, Any]) -> None:
    changed = [key for key in before if before[key] != now[key] and key not in MAY_CHANGE]
    if changed:
        theirs = ", ".join(f"{key}={before[key]!r}" for key in changed)
        ours = ", ".join(f"{key}={now[key]!r}" for key in changed)
        raise CourseError(
            f"This run's checkpoint has other settings. Expected, as the run was started: "
            f"{theirs}. Received: {ours}. Resume with the run's own settings (only "
            f"{' and '.join(MAY_CHANGE)} may change), or choose another --run."
        )


def _training_names(
    run: Path, faces: str | Path, face_set: FaceSet, settings: Settings
) -> list[str]:
    """Names to train on, chosen when the run starts and kept in ``faces.json``."""
    if (run / "faces.json").exists():
        split = load_split(run)
        missing = sorted(set(split["train"]) - set(face_set.names))
        if missing:
            raise CourseError(
                f"Faces of this run are gone. Expected {len(split['train'])} faces in {faces}. "
                f"Received: a folder without {len(missing)} of them, such as {missing[0]}. "
                "Give the folder that the run was started with, or choose another --run."
            )
        return split["train"]
    names = face_set.names
    if 0 < settings.max_faces < len(names):
        names = balanced_subset(names, settings.max_faces, settings.seed)
    kept, held_out = split_held_out(names, settings.held_out, settings.seed)
    if len(kept) < settings.batch_size:
        raise CourseError(
            f"There are too few faces to train on. Expected at least one batch of "
            f"{settings.batch_size}. Received: {len(kept)} faces in {faces}. Give more "
            f"photographs, or a smaller --set batch_size=…"
        )
    _write_json(run, "faces.json", {"train": kept, "held_out": held_out})
    return kept


def _read_json(run: Path, name: str) -> dict[str, Any]:
    try:
        return json.loads((run / name).read_text("utf-8"))
    except FileNotFoundError:
        raise CourseError(
            f"There is no run here. Expected a folder that `python -m dcgan_lib train` made. "
            f"Received: {run}, which has no {name}. Name the folder that was given as --run."
        ) from None


def _write_json(run: Path, name: str, values: dict[str, Any]) -> None:
    with atomic_path(run / name) as path:
        path.write_text(json.dumps(values, indent=1), "utf-8")
