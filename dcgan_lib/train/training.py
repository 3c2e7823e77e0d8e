"""A run: faces in a folder, a trained DCGAN in another (chapter 07; sections 7 to 9)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import filelock
import keras
import tensorflow as tf

from dcgan_lib.crop import balanced_subset, split_held_out
from dcgan_lib.load import FaceSet, batches, load_face_set
from dcgan_lib.settings import Settings
from dcgan_lib.shared import CourseError
from dcgan_lib.train.callbacks import (
    Checkpoints,
    Generators,
    Guard,
    History,
    Progress,
    Samples,
    StopAfterEpoch,
)
from dcgan_lib.train.checkpoints import restore_checkpoint
from dcgan_lib.train.doctor import Doctor
from dcgan_lib.train.gan import DCGAN
from dcgan_lib.train.run import load_settings, load_split, write_run_json
from dcgan_lib.train.sample import draw_noise, fixed_noise
from dcgan_lib.train.vitals import EXAMINED, choose_probe

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
    write_run_json(run, "settings.json", settings.to_dict())


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
    write_run_json(run, "faces.json", {"train": kept, "held_out": held_out})
    return kept
