"""A run: faces in a folder, a trained DCGAN in another (chapter 07; sections 7 to 9)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path

import filelock
import keras
import tensorflow as tf
from tensorflow.python.framework import config as tensorflow_config

from dcgan_lib.load import batches, load_face_set
from dcgan_lib.settings import Settings
from dcgan_lib.shared import CourseError
from dcgan_lib.train.callbacks import (
    Checkpoints,
    EpochGuard,
    EpochMeans,
    Generators,
    Guard,
    History,
    Progress,
    Samples,
    StopAfterEpoch,
)
from dcgan_lib.train.checkpoints import list_checkpoints, restore_checkpoint
from dcgan_lib.train.doctor import EXAMINED, Doctor, choose_examiner
from dcgan_lib.train.gan import DCGAN, learning_rate_in
from dcgan_lib.train.grids import find_grids, grid_path, write_film, write_grid
from dcgan_lib.train.plots import write_curves
from dcgan_lib.train.replicas import (
    check_shares,
    find_strategy,
    is_chief,
    naming_lost_workers,
    share_dataset,
    share_steps,
)
from dcgan_lib.train.run import (
    is_run,
    read_history,
    save_generator,
    set_report_aside,
    write_model_card,
)
from dcgan_lib.train.sample import draw_noise
from dcgan_lib.train.start import (
    TrainingFaces,
    agree_on_settings,
    choose_faces,
    find_same_faces,
    refuse_to_go_back,
    write_start,
)


@dataclass(frozen=True)
class Finished:
    """How a run ended: its folder, and how many of its epochs are done."""

    run: Path
    epoch: int
    epochs: int


def train(
    faces: str | Path,
    run: str | Path,
    settings: Settings | None = None,
    *,
    resume: bool = False,
    callbacks: list[keras.callbacks.Callback] | None = None,
    strategy: str | None = None,
) -> Finished:
    """Train a DCGAN on a folder of faces and keep everything about it in ``run``.

    A killed run loses at most the epoch it was in; resumed, it ends with the weights that an
    uninterrupted one has, bit for bit on a processor. Ctrl-C ends after the running epoch. The
    folder becomes a run with its first finished epoch; until then it can be started again with
    other settings.

    Args:
        faces: folder of cropped faces, such as ``data/faces/orl``.
        run: folder of the run, made here.
        settings: what to train; on resume only ``start.MAY_CHANGE`` may differ from the run's. None
            takes the run's own on resume, and profile ``quick`` for another one.
        resume: go on with the run in this folder, or finish what it lacks.
        callbacks: further Keras callbacks.
        strategy: how the work is shared, as ``replicas.find_strategy`` has it. Of several
            workers, each is started with the same arguments and sees the same folders; the first
            one alone writes.

    Returns:
        How far it came: fewer epochs than the settings say after a Ctrl-C.

    Raises:
        CourseError: the run exists and ``resume`` is not set, or the other way round; it is in
            use by another process, has other settings, other faces or more epochs; too few faces
            for a batch; numbers that are not finite; a disk that can't be written; a worker that
        is gone.
    """
    run, shared = Path(run), find_strategy(strategy)
    if resume and not is_run(run):
        raise CourseError(
            f"There is no run to go on with. Expected a run with a finished epoch. Received: "
            f"{run}, which has none. Start it, with the same line without --resume."
        )
    claimed = _claimed(run) if is_chief(shared) else nullcontext()
    with claimed, _deterministic(), naming_lost_workers(shared):
        return _train(Path(faces), run, settings, resume, shared, callbacks or [])


def _train(
    faces: Path,
    run: Path,
    settings: Settings | None,
    resume: bool,
    strategy: tf.distribute.Strategy,
    callbacks: list[keras.callbacks.Callback],
) -> Finished:
    settings = agree_on_settings(run, settings, resume)
    check_shares(settings.batch_size, strategy)
    face_set = load_face_set(faces, settings.image_size)
    if resume:
        chosen = find_same_faces(run, face_set, faces)
    else:
        chosen = choose_faces(face_set, settings, faces)
    with strategy.scope():
        gan = DCGAN(settings)
        gan.compile()
    first_epoch = restore_checkpoint(run, gan) if resume else 0
    if resume:
        refuse_to_go_back(run, first_epoch, settings)
    if not is_chief(strategy):
        return Finished(run, _fit(gan, chosen, first_epoch, callbacks), settings.epochs)
    write_start(run, settings, chosen)
    if first_epoch < settings.epochs:
        (run / "generator.keras").unlink(missing_ok=True)  # of fewer epochs
        set_report_aside(run, first_epoch)
        _fit(gan, chosen, first_epoch, [*_keepers(gan, chosen, run, first_epoch), *callbacks])
    return _finish(run, faces, gan, trained=first_epoch < settings.epochs)


def _fit(
    gan: DCGAN,
    chosen: TrainingFaces,
    first_epoch: int,
    callbacks: list[keras.callbacks.Callback],
) -> int:
    """Train; return how many epochs are finished."""
    settings, face_set = gan.settings, chosen.face_set
    served = batches(
        face_set.images,
        settings.batch_size,
        settings.seed,
        flip=settings.flip,
        rows=face_set.rows(chosen.train),
        epochs=settings.epochs - first_epoch,
        first_epoch=first_epoch,
    )
    stop = StopAfterEpoch()
    share_steps(gan)
    try:
        done = gan.fit(
            share_dataset(served),
            epochs=settings.epochs,
            initial_epoch=first_epoch,
            steps_per_epoch=_steps(gan, chosen),
            shuffle=False,  # the batches come shuffled
            verbose=0,
            callbacks=[*_schedules(settings), Guard(), EpochGuard(), *callbacks, stop],
        )
    finally:
        stop.release()
    return first_epoch + len(done.epoch)


def _schedules(settings: Settings) -> list[keras.callbacks.Callback]:
    if not settings.learning_rate_decay:
        return []
    return [keras.callbacks.LearningRateScheduler(lambda epoch: learning_rate_in(epoch, settings))]


def _steps(gan: DCGAN, chosen: TrainingFaces) -> int:
    """Batches in an epoch."""
    return len(chosen.train) // gan.settings.batch_size


def _keepers(
    gan: DCGAN, chosen: TrainingFaces, run: Path, first_epoch: int
) -> list[keras.callbacks.Callback]:
    """What shows the run and writes its files; the checkpoint comes last."""
    steps, size = _steps(gan, chosen), gan.settings.batch_size
    return [
        Progress(gan.settings.epochs, first_epoch, steps, size),
        *_doctors(gan, chosen, run),
        History(run, first_epoch, steps * size),
        Samples(run, first_epoch),
        EpochMeans(run),
        Generators(run),
        Checkpoints(run),
    ]


def _doctors(gan: DCGAN, chosen: TrainingFaces, run: Path) -> list[Doctor]:
    if gan.distribute_strategy.num_replicas_in_sync > 1:
        return []  # it can't examine several copies
    settings, split = gan.settings, {"train": chosen.train, "held_out": chosen.held_out}
    noise = draw_noise(EXAMINED, settings.latent_dim, settings.seed, settings.noise)
    return [Doctor(run, choose_examiner(chosen.face_set, split, noise, settings.seed))]


def _finish(run: Path, faces: str | Path, gan: DCGAN, *, trained: bool) -> Finished:
    """Write what shows a run's end, or, where nothing was trained, what is missing of it."""
    epoch = max(_finished_epochs(run), default=0)
    settings = gan.settings
    if epoch % settings.sample_every == 0 and not grid_path(run, epoch).exists():
        write_grid(run, gan.best_generator, settings, epoch)
    history = read_history(run)
    if len(history) and (trained or not (run / "losses.png").exists()):
        write_curves(run, history)
    if find_grids(run) and (trained or not (run / "training.gif").exists()):
        write_film(run)
    if epoch == settings.epochs:
        if not (run / "generator.keras").exists():
            save_generator(gan.best_generator, run / "generator.keras")
        if trained or not (run / "model_card.md").exists():
            write_model_card(run, faces)
    return Finished(run, epoch, settings.epochs)


def _finished_epochs(run: Path) -> list[int]:
    return [int(path.name.removeprefix("epoch_")) for path in list_checkpoints(run)]


@contextmanager
def _deterministic() -> Iterator[None]:
    """Have TensorFlow compute the same numbers each time, and leave it as it was afterwards."""
    before = tensorflow_config.is_op_determinism_enabled()
    tf.config.experimental.enable_op_determinism()
    try:
        yield
    finally:
        if not before:  # TensorFlow has no public name for the way back
            tensorflow_config.disable_op_determinism()


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
