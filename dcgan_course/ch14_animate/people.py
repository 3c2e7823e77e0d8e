"""Faces of whole people, and the run that learns how they move."""

from __future__ import annotations

import shutil
from pathlib import Path

from dcgan_course import prepare
from dcgan_lib import Settings
from dcgan_lib.collect import collect
from dcgan_lib.crop import crop_folder
from dcgan_lib.shared import one_at_a_time

FEW_PEOPLE, FEW_PHOTOGRAPHS = 8, 6  # of each, where settings ask for few faces
RUN = "motion"


def people_faces(data_dir: str | Path, settings: Settings) -> Path:
    """Faces of ORL, all photographs of each person; in ``tiny`` six of each of eight people.

    Chapter 03's small set has one or two photographs of each person, which don't show how a
    face moves.

    Args:
        data_dir: the course's folder for data.
        settings: uses max_faces.

    Returns:
        A folder of faces 64×64, in one subfolder per person.

    Raises:
        CourseError, OSError: as ``prepare.faces``.
    """
    if not settings.max_faces:
        return prepare.faces(data_dir, settings)
    name = f"{prepare.DATABASE}-people"
    raw, folder = Path(data_dir) / "raw" / name, Path(data_dir) / "faces" / name
    with one_at_a_time(raw):
        whole = collect(prepare.DATABASE, data_dir)
        for person in range(1, FEW_PEOPLE + 1):
            (raw / f"s{person}").mkdir(parents=True, exist_ok=True)
            for number in range(1, FEW_PHOTOGRAPHS + 1):
                photograph = f"s{person}/{number}.pgm"
                if not (raw / photograph).exists():
                    shutil.copyfile(whole / photograph, raw / photograph)
        crop_folder(raw, folder)
    return folder


def motion_run(run_dir: str | Path, data_dir: str | Path, settings: Settings) -> Path:
    """The finished run that learns motion from ``people_faces``, trained on demand, once.

    Args:
        run_dir: the course's folder for runs.
        data_dir: the course's folder for data.
        settings: uses profile, seed and max_faces.

    Returns:
        The run's folder, ``run_dir/motion-<profile>``.
    """
    from tqdm.auto import tqdm

    from dcgan_lib.beyond.animate import learn_motion, motion_settings

    asked, run = motion_settings(settings), prepare.run_folder(run_dir, settings, RUN)
    with one_at_a_time(run), tqdm(total=asked.epochs, unit="epoch") as bar:
        return learn_motion(
            people_faces(data_dir, settings), run, asked, lambda losses: bar.update()
        )
