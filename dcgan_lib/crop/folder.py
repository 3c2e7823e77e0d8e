"""Photographs in, faces 64×64×3 out: step 4.2 of the paper.

A Haar cascade finds the face, its region is cropped and resized, and photographs without one
are discarded. Each decision goes into ``manifest.csv``.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image
from tqdm.auto import tqdm

from dcgan_lib.crop import manifest
from dcgan_lib.crop.detect import Box, detect_faces, eye_tilt, load_cascade
from dcgan_lib.crop.face import crop_face, difference_hash, sharpness
from dcgan_lib.crop.manifest import Row
from dcgan_lib.crop.photos import UnreadablePhoto, find_photos, read_photo, read_small_copy
from dcgan_lib.shared import CourseError, atomic_path, one_at_a_time, run_batches

if TYPE_CHECKING:
    import pandas

SETTINGS = "crop.json"
CONTACT_SHEET = "contact_sheet.png"
NO_GROUP = "all"  # the group of photographs that lie in no subfolder
DETECTION_SIDE = 640  # pixels; a face of 36 is found, so one of 130 in a photograph of 4 megapixels
LEAST_SIDE = 0.5  # of the crop's side: below, a face would be enlarged more than twice
LEAST_SHARPNESS = 30.0  # ORL: 170 and more; blurred by 1 pixel of the crop: 64, by 2: 11 (medians)
BATCH = 4  # photographs handed to a process at a time


@dataclass(frozen=True)
class CropSettings:
    """How faces are cut; one folder of faces holds crops of one setting."""

    size: int = 64  # side of a crop in pixels (paper, section 4.2)
    margin: float = 0.04  # of the box's side, added on each edge: forehead to chin, little else
    level_eyes: bool = False  # turn the face until the line through the eyes is level
    all_faces: bool = False  # every face of a photograph, not only the best

    def __post_init__(self) -> None:
        if not 16 <= self.size <= 1024:
            raise CourseError(
                f"Faces can't be cut to {self.size}×{self.size}. Expected: size from 16 to 1024. "
                f"Received: {self.size}. The course uses 64."
            )
        if not -0.3 <= self.margin <= 1:
            raise CourseError(
                f"Faces can't be cut with a margin of {self.margin}. Expected: margin from -0.3 to "
                f"1, a share of the box's side. Received: {self.margin}. The course uses 0.04."
            )


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
    or removed since. The result does not depend on how the work was shared.

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
    faces = face_names(find_photos(src))
    if not faces:
        raise CourseError(
            f"{src} holds no photographs. Expected: picture files such as .jpg or .png, in it or "
            "in its subfolders. Received: none. Collect them first, or name another folder."
        )
    load_cascade()
    with one_at_a_time(dst):  # a second process waits, and finds the work done
        _claim(dst, src, settings, faces)
        _bring_up_to_date(src, dst, settings, faces, workers, scheduler)
        return _with_contact_sheet(manifest.read_manifest(dst), src, dst)


def crop_photo(src: Path, dst: Path, settings: CropSettings, source: str, face: str) -> list[Row]:
    """Crop one photograph's best face, or all its faces, and say what became of it.

    The cascade looks at a small grey copy; the face is cut from the full photograph.

    Args:
        src: folder of photographs.
        dst: folder of faces.
        settings: how faces are cut.
        source: the photograph's name in ``src``.
        face: its crop's name in ``dst``; with ``all_faces``, each gets its number before ``.png``.

    Returns:
        One row, or with ``all_faces`` one for each face.
    """
    row = Row(source)
    try:
        data = (src / source).read_bytes()
        row = replace(row, sha256=hashlib.sha256(data).hexdigest(), bytes=len(data))
        grey, scale = read_small_copy(data, DETECTION_SIDE, grey=True)
        found = detect_faces(grey)
        photo = read_photo(data) if found else None
    except OSError as error:
        return [replace(row, decision="unreadable", detail=error.strerror or str(error))]
    except UnreadablePhoto as error:
        return [replace(row, decision="unreadable", detail=str(error))]
    if photo is None:
        return [replace(row, decision="no face")]
    row = replace(row, hash=difference_hash(grey))
    boxes = [Box(*(round(side * scale) for side in box[:4]), box.confidence) for box in found]
    if not settings.all_faces:
        return [_keep_or_discard(photo, boxes[0], row, dst, settings, face)]
    return [_keep_or_discard(photo, box, row, dst, settings, f"{face[:-4]}_face{number}.png")
            for number, box in enumerate(boxes, 1)]  # fmt: skip


def face_names(sources: Sequence[str]) -> dict[str, str]:
    """Name of each photograph's crop: its subfolders and stem, and no two alike.

    Of ``a.jpg`` and ``a.png`` the first becomes ``a.png``, the second ``a.png.png``. Names that
    differ only in case count as alike, since some systems take them so.

    Args:
        sources: POSIX names relative to the folder of photographs.
    """
    names, taken = {}, set()
    for source in sorted(sources):
        path = PurePosixPath(source)
        group = path.parent if path.parent.parts else PurePosixPath(NO_GROUP)
        stems = [path.stem, path.name, *(f"{path.name}_{n}" for n in range(2, 2 + len(taken)))]
        candidates = ((group / f"{stem}.png").as_posix() for stem in stems)
        face = next(name for name in candidates if name.casefold() not in taken)
        taken.add(face.casefold())
        names[source] = face
    return names


def _keep_or_discard(
    photo: np.ndarray, box: Box, row: Row, dst: Path, settings: CropSettings, face: str
) -> Row:
    """Cut one face; write it unless it is too small or too blurred."""
    tilt = eye_tilt(crop_face(photo, box, 2 * settings.size, 0)) if settings.level_eyes else 0.0
    crop = crop_face(photo, box, settings.size, settings.margin, tilt)
    x, y, w, h, confidence = box
    sharp = round(sharpness(crop), 1)
    row = replace(row, x=x, y=y, w=w, h=h, confidence=round(confidence, 2), sharpness=sharp)
    if max(w, h) < LEAST_SIDE * settings.size:
        least = round(LEAST_SIDE * settings.size)
        return replace(row, decision="too small", detail=f"{max(w, h)} px, below {least}")
    if sharp < LEAST_SHARPNESS:
        detail = f"sharpness {sharp:.0f}, below {LEAST_SHARPNESS:.0f}"
        return replace(row, decision="too blurred", detail=detail)
    with atomic_path(dst / face) as path:
        Image.fromarray(crop).save(path)
    return replace(row, decision="kept", face=face)


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


def _claim(dst: Path, src: Path, settings: CropSettings, faces: dict[str, str]) -> None:
    """Write the settings into a new folder; refuse one that holds something else."""
    path = dst / SETTINGS
    if path.is_file():
        _check_settings(json.loads(path.read_text(encoding="utf-8")), settings, dst)
        known = manifest.by_source(manifest.manifest_rows(dst))
        if known and not known.keys() & faces.keys():
            raise CourseError(
                f"{dst} holds the faces of other photographs. Expected: some of {src} among them. "
                f"Received: a manifest that begins with {next(iter(known))}. Choose another folder."
            )
        return
    if dst.is_dir() and any(dst.iterdir()):
        raise CourseError(
            f"{dst} is in use for something else. Expected: a new or empty folder, or one that "
            f"crop_faces.py made. Received: files, but no {SETTINGS}. Choose another folder."
        )
    with atomic_path(path) as temporary:
        temporary.write_text(json.dumps(asdict(settings), indent=2) + "\n", encoding="utf-8")


def _check_settings(there: dict[str, object], settings: CropSettings, dst: Path) -> None:
    wanted = asdict(settings)
    other = {key: there.get(key) for key in wanted if there.get(key) != wanted[key]}
    if other:
        raise CourseError(
            f"{dst} holds faces that were cut in another way. Expected: "
            + ", ".join(f"{key} {value}" for key, value in other.items())
            + ". Received: "
            + ", ".join(f"{key} {wanted[key]}" for key in other)
            + ". Choose another folder, or delete this one to cut them anew."
        )


def _still_valid(rows: list[Row], src: Path, dst: Path, faces: dict[str, str]) -> bool:
    """Whether the photograph is as it was and its crops are there, under their names."""
    source, planned = rows[0].source, faces.get(rows[0].source)
    if planned is None or rows[0].bytes != (src / source).stat().st_size:
        return False
    return all(
        row.decision != "kept" or (row.face.startswith(planned[:-4]) and (dst / row.face).is_file())
        for row in rows
    )


def _bring_up_to_date(
    src: Path,
    dst: Path,
    settings: CropSettings,
    faces: dict[str, str],
    workers: int | None,
    scheduler: str | None,
) -> None:
    before = manifest.by_source([*manifest.manifest_rows(dst), *manifest.journal_rows(dst)])
    valid = {name: rows for name, rows in before.items() if _still_valid(rows, src, dst, faces)}
    whole = (dst / manifest.MANIFEST).is_file() and not (dst / manifest.JOURNAL).is_file()
    if not (whole and len(valid) == len(before) == len(faces)):
        rows = _crop_missing(src, dst, settings, faces, valid, workers, scheduler)
        _finish(dst, rows, [row.face for old in before.values() for row in old if row.face])
        (dst / CONTACT_SHEET).unlink(missing_ok=True)


def _crop_missing(
    src: Path,
    dst: Path,
    settings: CropSettings,
    faces: dict[str, str],
    valid: dict[str, list[Row]],
    workers: int | None,
    scheduler: str | None,
) -> list[Row]:
    """Rows of all photographs; those of copies are made anew, for their original may be gone."""
    done = {name: rows for name, rows in valid.items() if rows[0].decision != "duplicate"}
    todo = [(source, face) for source, face in faces.items() if source not in done]
    batches = [todo[start : start + BATCH] for start in range(0, len(todo), BATCH)]
    work = partial(_crop_batch, src.resolve(), dst.resolve(), settings)
    with tqdm(total=len(faces), initial=len(done), desc="crop", unit="photo") as bar:
        results = _flattened(run_batches(work, batches, workers, scheduler))
        for rows in manifest.append_journal(dst, results):
            done[rows[0].source] = rows
            bar.update()
    return [row for rows in done.values() for row in rows]


def _crop_batch(
    src: Path, dst: Path, settings: CropSettings, batch: list[tuple[str, str]]
) -> list[list[Row]]:
    return [crop_photo(src, dst, settings, source, face) for source, face in batch]


def _flattened(batches: Iterator[list[list[Row]]]) -> Iterator[list[Row]]:
    for batch in batches:
        yield from batch


def _finish(dst: Path, rows: list[Row], old_faces: list[str]) -> None:
    """Remove crops that count no more, and put the manifest in the journal's place."""
    marked = manifest.mark_duplicates(rows)
    left_over = {row.face for row in rows} | set(old_faces)
    for face in left_over - {row.face for row in marked} - {""}:
        (dst / face).unlink(missing_ok=True)
    for part in dst.rglob(".part-*"):  # of a run that was killed
        part.unlink(missing_ok=True)
    manifest.write_manifest(dst, marked)
    (dst / manifest.JOURNAL).unlink(missing_ok=True)


def _with_contact_sheet(table: pandas.DataFrame, src: Path, dst: Path) -> pandas.DataFrame:
    from dcgan_lib.crop.contact_sheet import write_contact_sheet  # pandas: not for the workers

    if not (dst / CONTACT_SHEET).is_file():
        write_contact_sheet(table, src, dst / CONTACT_SHEET)
    return table
