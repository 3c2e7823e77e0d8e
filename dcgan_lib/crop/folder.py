"""Photographs in, faces 64×64×3 out: step 4.2 of the paper.

A Haar cascade finds the face, its region is cropped and resized, and photographs without one
are discarded. Each decision goes into ``manifest.csv``.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from tqdm.auto import tqdm

from dcgan_lib.crop import manifest
from dcgan_lib.crop.cropping import crop_photo, seen
from dcgan_lib.crop.detect import load_cascade
from dcgan_lib.crop.duplicates import mark_duplicates
from dcgan_lib.crop.manifest import DELETED, Row
from dcgan_lib.crop.names import face_names
from dcgan_lib.crop.settings import CropSettings
from dcgan_lib.shared import (
    CourseError,
    Done,
    atomic_path,
    look_through,
    one_at_a_time,
    read_file,
    run_jobs,
    summary,
)

if TYPE_CHECKING:
    import pandas

SETTINGS = "crop.json"
CONTACT_SHEET = "contact_sheet.png"
SECONDS = 60.0  # that one photograph may take; one of 64 megapixels takes 3


@dataclass(frozen=True)
class Plan:
    """What is to become of a folder of photographs.

    Attributes:
        src: folder of photographs.
        dst: folder of faces.
        settings: how faces are cut.
        faces: name of each photograph in ``src`` → name of its crop in ``dst``.
        left_out: a row for each other picture, and for each folder that isn't looked into.
    """

    src: Path
    dst: Path
    settings: CropSettings
    faces: dict[str, str]
    left_out: dict[str, list[Row]]


def crop_folder(
    src: str | Path,
    dst: str | Path,
    settings: CropSettings | None = None,
    workers: int | None = None,
    scheduler: str | None = None,
) -> pandas.DataFrame:
    """Crop the faces of every photograph below ``src`` into ``dst/<group>/<name>.png``.

    The group is the photograph's subfolder (``all`` without one). ``dst`` also receives
    ``manifest.csv``, ``contact_sheet.png`` and ``crop.json`` (the settings). An interrupted run
    goes on where it stopped; a finished one looks only at photographs that were added, changed
    or removed since. A crop that was deleted by hand stays deleted: so a face set is cleaned. To
    have all crops again, delete ``dst``. The result does not depend on how the work was shared.

    Args:
        src: folder of photographs; subfolders are groups.
        dst: folder of faces, outside ``src``; made if need be.
        settings: how faces are cut.
        workers: processes; by default one for each core.
        scheduler: address of a Dask scheduler that does the work instead.

    Returns:
        The manifest, as ``read_manifest`` describes it.

    Raises:
        CourseError: the folders don't fit, hold no photographs or crops of other settings, or
            OpenCV's cascades are missing.
    """
    settings = settings or CropSettings()
    src, dst = Path(src), Path(dst)
    _check_folders(src, dst)
    plan = _plan(src, dst, settings)
    load_cascade()
    with one_at_a_time(dst):  # a second process waits, and finds the work done
        _claim(plan)
        _bring_up_to_date(plan, workers, scheduler)
        return _with_contact_sheet(manifest.read_manifest(dst), plan)


def _plan(src: Path, dst: Path, settings: CropSettings) -> Plan:
    found = look_through(src)
    if not found.photographs:
        raise CourseError(
            f"{src} holds no photographs. Expected: picture files such as .jpg or .png, in it or "
            f"in its subfolders. Received: {summary(found.reasons()) or 'none'}. Collect them "
            "first, or name another folder."
        )
    left_out = {
        name: [Row(name, decision=left.decision, detail=left.detail)]
        for name, left in sorted(found.left_out.items())
    }
    return Plan(src, dst, settings, face_names(found.photographs), left_out)


def _check_folders(src: Path, dst: Path) -> None:
    if not src.is_dir():
        raise CourseError(
            f"There is no folder {src}. Expected: SRC, a folder of photographs. Received: "
            f"{'a file' if src.exists() else 'a path where nothing is'}. Check its name."
        )
    if dst.resolve().is_relative_to(src.resolve()):
        raise CourseError(
            f"Faces can't be written into their own photographs' folder. Expected: DST outside of "
            f"{src}. Received: {dst}. Choose another folder, such as data/faces/{src.name}."
        )
    if dst.exists() and not dst.is_dir():
        raise CourseError(
            f"Faces can't be written to {dst}. Expected: DST, a folder or a new name. Received: a "
            "file. Choose another name."
        )


def _claim(plan: Plan) -> None:
    """Write the settings into a new folder; refuse one that holds something else."""
    dst, path = plan.dst, plan.dst / SETTINGS
    if path.is_file():
        _check_settings(_read_settings(path), plan.settings, dst)
        known = manifest.by_source(manifest.manifest_rows(dst))
        if known and not known.keys() & plan.faces.keys():
            raise CourseError(
                f"{dst} holds the faces of other photographs. Expected: some of {plan.src} among "
                f"them. Received: a manifest that begins with {next(iter(known))}. Choose another "
                "folder."
            )
        return
    if dst.is_dir() and any(dst.iterdir()):
        raise CourseError(
            f"{dst} is in use for something else. Expected: a new or empty folder, or one that "
            f"crop_faces.py made. Received: files, but no {SETTINGS}. Choose another folder."
        )
    with atomic_path(path) as temporary:
        text = json.dumps(asdict(plan.settings), indent=2) + "\n"
        temporary.write_text(text, encoding="utf-8")


def _read_settings(path: Path) -> dict[str, object]:
    try:
        return dict(json.loads(path.read_text(encoding="utf-8")))
    except (ValueError, TypeError):
        raise CourseError(
            f"{path} can't be read. Expected: the settings of a face set, as JSON. Received: "
            f"{path.stat().st_size} bytes of something else. Delete {path.parent}, and crop again."
        ) from None


def _check_settings(there: dict[str, object], settings: CropSettings, dst: Path) -> None:
    wanted = asdict(settings)
    other = {key: there.get(key) for key in wanted if there.get(key) != wanted[key]}
    if other:
        raise CourseError(
            f"{dst} holds faces that were cut in another way. Expected: "
            + ", ".join(f"{key} {value}" for key, value in other.items())
            + ". Received: "
            + ", ".join(f"{key} {wanted[key]}" for key in other)
            + ". Choose another folder, or delete this one to cut them again."
        )


def _bring_up_to_date(plan: Plan, workers: int | None, scheduler: str | None) -> None:
    dst = plan.dst
    before = manifest.by_source([*manifest.manifest_rows(dst), *manifest.journal_rows(dst)])
    known = {name: rows for name in before if (rows := _still_true(before[name], plan))}
    is_whole = (dst / manifest.MANIFEST).is_file() and not (dst / manifest.JOURNAL).is_file()
    if is_whole and known.keys() >= plan.faces.keys() and known | plan.left_out == before:
        return
    rows = _crop_missing(plan, known, workers, scheduler)
    _finish(plan, rows, [row.face for old in before.values() for row in old])
    (dst / CONTACT_SHEET).unlink(missing_ok=True)


def _still_true(rows: list[Row], plan: Plan) -> list[Row]:
    """What is known of a photograph, brought up to date; nothing where it has to be cropped."""
    first, planned = rows[0], plan.faces.get(rows[0].source)
    now = seen(plan.src, first.source)
    if planned is None or first.bytes != now.bytes:
        return []
    if first.changed != now.changed and first.sha256 != _sha256(plan.src / first.source):
        return []
    if any(row.face and not row.face.startswith(planned[:-4]) for row in rows):
        return []
    return [_unless_deleted(replace(row, changed=now.changed), plan.dst) for row in rows]


def _sha256(path: Path) -> str | None:
    try:
        return hashlib.sha256(read_file(path)).hexdigest()
    except OSError:
        return None


def _unless_deleted(row: Row, dst: Path) -> Row:
    if row.decision != "kept" or (dst / row.face).is_file():
        return row
    return replace(row, face="", decision=DELETED, detail="its crop was deleted by hand")


def _crop_missing(
    plan: Plan, known: dict[str, list[Row]], workers: int | None, scheduler: str | None
) -> list[Row]:
    """Rows of all photographs; copies are cropped again, for their original may be gone."""
    rows = {name: old for name, old in known.items() if old[0].decision != "duplicate"}
    todo = [job for job in plan.faces.items() if job[0] not in rows]
    work = partial(_crop_one, plan.src.resolve(), plan.dst.resolve(), plan.settings)
    with tqdm(total=len(plan.faces), initial=len(rows), desc="crop", unit="photo") as bar:
        done = run_jobs(work, todo, workers, scheduler, SECONDS)
        for new in manifest.append_journal(plan.dst, _rows(done, plan)):
            rows[new[0].source] = new
            bar.update()
    return [row for some in rows.values() for row in some]


def _crop_one(src: Path, dst: Path, settings: CropSettings, job: tuple[str, str]) -> list[Row]:
    source, face = job
    return crop_photo(src, dst, settings, source, face)


def _rows(done: Iterable[Done], plan: Plan) -> Iterator[list[Row]]:
    for photograph in done:
        if photograph.in_time:
            yield photograph.value
        else:
            detail = f"took longer than {SECONDS:g} s"
            yield [replace(seen(plan.src, photograph.job[0]), decision="unreadable", detail=detail)]


def _finish(plan: Plan, rows: list[Row], old_faces: list[str]) -> None:
    """Remove crops that count no more, and put the manifest in the journal's place."""
    marked = mark_duplicates(rows, plan.settings.size)
    left_over = {row.face for row in rows} | set(old_faces)
    for face in left_over - {row.face for row in marked} - {""}:
        (plan.dst / face).unlink(missing_ok=True)
    for part in plan.dst.rglob(".part-*"):  # of a run that was killed
        part.unlink(missing_ok=True)
    others = [row for some in plan.left_out.values() for row in some]
    manifest.write_manifest(plan.dst, sorted([*marked, *others], key=lambda row: row.source))
    (plan.dst / manifest.JOURNAL).unlink(missing_ok=True)


def _with_contact_sheet(table: pandas.DataFrame, plan: Plan) -> pandas.DataFrame:
    from dcgan_lib.crop.contact_sheet import write_contact_sheet  # pandas: not for the processes

    if not (plan.dst / CONTACT_SHEET).is_file():
        write_contact_sheet(table, plan.src, plan.dst / CONTACT_SHEET)
    return table
