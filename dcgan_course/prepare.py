"""What a chapter takes from the ones before it: made on demand by one call, once.

The notebooks call these, so that each of them runs alone. With ``settings.max_faces`` (profile
``tiny``) only that many photographs are used, in folders of their own.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from dcgan_lib import Settings, get_settings
from dcgan_lib.collect import collect
from dcgan_lib.crop import copy_subset, crop_folder
from dcgan_lib.shared import one_at_a_time

if TYPE_CHECKING:
    import keras

DATABASE = "orl"
FIRST = "first"
FIRST_EPOCHS = 40  # about a minute on two cores


def photographs(data_dir: str | Path, settings: Settings) -> Path:
    """ORL's photographs (chapter 01): ``data_dir/raw/orl``, or a balanced part of them.

    Args:
        data_dir: the course's folder for data.
        settings: uses max_faces.

    Returns:
        The folder that holds the photographs, in one subfolder per person.

    Raises:
        CourseError: the embedded database is not installed.
        OSError: the disk can't be written.
    """
    whole = collect(DATABASE, data_dir)
    if not settings.max_faces:
        return whole
    part = Path(data_dir) / "raw" / set_name(settings)
    copy_subset(whole, part, settings.max_faces, seed=0)
    return part


def faces(data_dir: str | Path, settings: Settings) -> Path:
    """Faces cropped from ``photographs`` (chapter 02): ``data_dir/faces/orl``, or of a part.

    Args, raises: as ``photographs``.

    Returns:
        The folder of faces 64×64, in one subfolder per person, with its ``manifest.csv``.
    """
    folder = Path(data_dir) / "faces" / set_name(settings)
    crop_folder(photographs(data_dir, settings), folder)
    return folder


def first_run(run_dir: str | Path, data_dir: str | Path, settings: Settings) -> Path:
    """A short run at 32×32 (chapter 00): faces after a minute, small and rough.

    Args:
        run_dir: the course's folder for runs.
        data_dir: the course's folder for data.
        settings: uses profile and seed; profiles other than ``tiny`` train as ``quick`` does.

    Returns:
        The run's folder, ``run_dir/first-<profile>``, finished.

    Raises:
        CourseError: as ``photographs`` and ``train`` do.
        KeyboardInterrupt: training was stopped before its last epoch.
    """
    run = run_folder(run_dir, settings, FIRST)
    return _train_once(run, data_dir, _first_settings(settings))


def trained_run(run_dir: str | Path, data_dir: str | Path, settings: Settings) -> Path:
    """A finished run of these settings on ``faces`` (chapter 07), begun or gone on with.

    Args, raises: as ``first_run``, but trained by all of ``settings``.

    Returns:
        The run's folder, ``run_dir/orl-<profile>``.
    """
    return _train_once(run_folder(run_dir, settings), data_dir, settings)


def some_generator(run_dir: str | Path, data_dir: str | Path, settings: Settings) -> keras.Model:
    """A generator to look at: of chapter 07's run where that is finished, else of ``first_run``.

    Args, raises: as ``first_run``.

    Returns:
        A model (batch, latent_dim) in [-1, 1] → (batch, side, side, 3) in [-1, 1]; side 64 or 32.
    """
    from dcgan_lib.train import load_generator

    trained = run_folder(run_dir, settings)
    if (trained / "generator.keras").exists():
        return load_generator(trained)
    return load_generator(first_run(run_dir, data_dir, settings))


def run_folder(run_dir: str | Path, settings: Settings, name: str = DATABASE) -> Path:
    """Where the run of these settings is, or will be; seeds other than 0 have their own."""
    seed = f"-seed{settings.seed}" if settings.seed else ""
    return Path(run_dir) / f"{name}-{settings.profile}{seed}"


def set_name(settings: Settings) -> str:
    """Name of the set that these settings use: ``orl``, or ``orl-48`` for a part of 48."""
    return f"{DATABASE}-{settings.max_faces}" if settings.max_faces else DATABASE


def _first_settings(settings: Settings) -> Settings:
    if settings.profile == "tiny":
        return replace(settings, image_size=32)
    return get_settings(
        "quick", seed=settings.seed, image_size=32, epochs=FIRST_EPOCHS, moving_average=0.98
    )


def _train_once(run: Path, data_dir: str | Path, settings: Settings) -> Path:
    from dcgan_lib.train import is_run, train  # TensorFlow: not for chapters 01 to 03

    with one_at_a_time(run):  # chapters may run side by side
        if not (run / "generator.keras").exists():
            done = train(faces(data_dir, settings), run, settings, resume=is_run(run))
            if done.epoch < done.epochs:
                raise KeyboardInterrupt(f"stopped after epoch {done.epoch} of {done.epochs}")
    return run
