"""Part of a face set: a smaller one with the same balance, or some photographs held out."""

from __future__ import annotations

import filecmp
import shutil
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

import numpy as np

from dcgan_lib.crop.manifest import MANIFEST, manifest_rows, write_manifest
from dcgan_lib.crop.photos import find_photos
from dcgan_lib.shared import CourseError, atomic_path


def balanced_subset(names: Sequence[str], count: int, seed: int) -> list[str]:
    """Choose ``count`` names so that the groups are as even as they can be.

    The group of a name is its parent folder. Every group gives one name in turn until enough
    are chosen, so two groups differ by at most one unless the smaller has nothing left. The
    same names and seed give the same choice in whatever order the names come.

    Args:
        names: distinct POSIX paths relative to the set's folder, such as ``s1/10.png``.
        count: how many to choose, from 1 to the number of names.
        seed: seed of the choice, 0 or more.

    Returns:
        The chosen names, sorted.

    Raises:
        CourseError: ``count`` is below 1 or above the number of names.
    """
    if not 1 <= count <= len(names):
        raise CourseError(
            f"A subset of {count} can't be chosen. Expected a count from 1 to {len(names)}, the "
            f"number of files there are. Received: {count}. Give a count in that range."
        )
    groups = _shuffled_groups(names, seed)
    rounds = [
        (rank, turn, name) for turn, group in enumerate(groups) for rank, name in enumerate(group)
    ]
    return sorted(name for _, _, name in sorted(rounds)[:count])


def split_held_out(names: Sequence[str], fraction: float, seed: int) -> tuple[list[str], list[str]]:
    """Set a share of every group aside, for measurements on faces that training never saw.

    Args:
        names: distinct POSIX paths relative to the set's folder; the parent is the group.
        fraction: share of each group to hold out, at least 0 and below 1. It is rounded to
            whole photographs; a group of two or more gives at least one and keeps at least one,
            and a group of one keeps its only photograph.
        seed: seed of the choice, 0 or more.

    Returns:
        ``(kept, held_out)``, both sorted.

    Raises:
        CourseError: ``fraction`` is outside [0, 1).
    """
    if not 0 <= fraction < 1:
        raise CourseError(
            f"A share of {fraction} can't be held out. Expected a fraction of at least 0 and below "
            f"1. Received: {fraction}. Give, for instance, 0.1 for a tenth of each group."
        )
    held_out = set()
    for group in _shuffled_groups(names, seed):
        wanted = max(1, round(fraction * len(group))) if fraction > 0 else 0
        held_out.update(group[: min(wanted, len(group) - 1)])
    return sorted(set(names) - held_out), sorted(held_out)


def copy_subset(src: str | Path, dst: str | Path, count: int, seed: int) -> list[str]:
    """Copy a balanced subset of a folder of pictures, with its groups, into a new folder.

    Where ``src`` is a face set, the choice is among its kept faces, and their rows of
    ``manifest.csv`` come along. A folder that holds part of this subset, as an interrupted run
    leaves it, is completed; one that holds anything else is refused.

    Args:
        src: folder of pictures.
        dst: new or empty folder outside of ``src``.
        count: how many pictures.
        seed: seed of the choice.

    Returns:
        Names of the pictures: POSIX, relative to ``dst``, sorted.

    Raises:
        CourseError: the folders don't fit, or ``count`` is not to be had.
    """
    src, dst = Path(src), Path(dst)
    _check_folders(src, dst)
    rows = [row for row in manifest_rows(src) if row.decision == "kept"]
    rows = [row for row in rows if (src / row.face).is_file()]  # not what was deleted by hand
    names = balanced_subset([row.face for row in rows] or find_photos(src), count, seed)
    if _holds_other_files(src, dst, names):
        raise CourseError(
            f"{dst} is in use for something else. Expected: a new or empty folder, or one that "
            f"holds this very subset. Received: other files. Choose another folder."
        )
    for name in names:
        if not (dst / name).exists():  # else it is the same, as was just seen
            with atomic_path(dst / name) as path:
                shutil.copyfile(src / name, path)
    if rows:
        chosen = set(names)
        write_manifest(dst, [row for row in rows if row.face in chosen])
    return names


def _check_folders(src: Path, dst: Path) -> None:
    if not src.is_dir():
        raise CourseError(
            f"There is no folder {src}. Expected: SRC, a folder of pictures. Received: "
            f"{'a file' if src.exists() else 'a path where nothing is'}. Check its name."
        )
    if dst.resolve().is_relative_to(src.resolve()):
        raise CourseError(
            f"A subset can't lie in the folder that it is taken from. Expected: DST outside of "
            f"{src}. Received: {dst}. Choose another folder."
        )


def _holds_other_files(src: Path, dst: Path, names: list[str]) -> bool:
    """Whether a folder holds more than (part of) a copy of these pictures."""
    there = [path for path in dst.rglob("*") if path.is_file()] if dst.exists() else []
    there = [path for path in there if path.name != MANIFEST and not _is_hidden(path, dst)]
    chosen = set(names)
    return any(
        (name := path.relative_to(dst).as_posix()) not in chosen
        or not filecmp.cmp(path, src / name, shallow=False)
        for path in there
    )


def _is_hidden(path: Path, folder: Path) -> bool:
    """Whether a name below ``folder`` begins with a dot, as that of a loader's cache does."""
    return any(part.startswith(".") for part in path.relative_to(folder).parts)


def _shuffled_groups(names: Sequence[str], seed: int) -> list[list[str]]:
    """Names by parent folder; groups and the names within each in an order set by ``seed``."""
    groups = defaultdict(list)
    for name in sorted(names):
        groups[PurePosixPath(name).parent].append(name)
    random = np.random.default_rng(seed)
    shuffled = [[group[i] for i in random.permutation(len(group))] for group in groups.values()]
    return [shuffled[i] for i in random.permutation(len(shuffled))]
