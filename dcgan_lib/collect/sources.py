"""The ways in which photographs come: a wheel, the web, the Parliament, a folder, an archive.

Each fills an empty folder with a database's photographs in the database's own groups.
"""

from __future__ import annotations

import shutil
from functools import partial
from importlib import metadata
from pathlib import Path, PurePosixPath

from dcgan_lib.collect.archives import on_disk, require_room, unpack
from dcgan_lib.collect.databases import Database
from dcgan_lib.collect.download import fetch, looks_like_html
from dcgan_lib.collect.parliament import fetch_portraits
from dcgan_lib.shared import CourseError

COMMAND = "python data_scripts/collect_faces.py"
NETPBM = frozenset({".pbm", ".pgm", ".pnm", ".ppm"})
PHOTOGRAPH_SUFFIXES = NETPBM | {
    ".avif", ".bmp", ".gif", ".jp2", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp",
}  # fmt: skip


def is_photograph(path: Path | PurePosixPath) -> bool:
    """Whether a name is that of an image file that OpenCV may read."""
    return path.suffix.lower() in PHOTOGRAPH_SUFFIXES


def fill(database: Database, stage: Path, data_dir: Path, origin: Path | None) -> None:
    """Put a database's photographs into ``stage``.

    Args:
        database: which.
        stage: an empty folder.
        data_dir: downloads are kept in its folder ``downloads``.
        origin: an archive or a folder to take them from; None for the database's own way.

    Raises:
        CourseError: they can't be had, or aren't what was published.
    """
    if origin is not None:
        _from_source(database, stage, origin)
    elif database.how == "wheel":
        _copy(_wheel_files(database), stage)
    elif database.how == "archive":
        _from_web(database, stage, data_dir / "downloads")
    elif database.how == "portraits":
        folder = data_dir / "downloads" / database.name
        files = fetch_portraits(database.origin, folder)
        _copy([(file, PurePosixPath(file.relative_to(folder))) for file in files], stage)
    else:
        raise CourseError(
            f"{database.name} can't be fetched by this command. Expected --from with a folder or "
            f"an archive; received nothing. {_by_hand(database)}"
        )


def _by_hand(database: Database) -> str:
    terms = " --accept-terms" if database.ask else ""
    return f"By hand: {database.by_hand}. Then: {COMMAND} {database.name}{terms} --from PATH."


def _from_web(database: Database, stage: Path, downloads: Path) -> None:
    files = [fetch(download, downloads, _by_hand(database)) for download in database.downloads]
    for download, file in zip(database.downloads, files, strict=True):
        if download.unpack:
            unpack(file, stage, partial(_place, database))
        else:
            shutil.copy2(file, stage / file.name)


def _from_source(database: Database, stage: Path, origin: Path) -> None:
    sums = {download.file_name: download.sha256 for download in database.downloads}
    if origin.is_dir():
        _copy(tree(database, origin), stage)
    else:
        archives = [download for download in database.downloads if download.unpack]
        _verify(database, origin, archives[0].sha256 if archives else None)
        unpack(origin, stage, partial(_place, database))
    for extra in database.extras:  # the attributes may lie beside the photographs
        beside = origin.parent / extra
        if beside.is_file() and not (stage / extra).exists():
            _verify(database, beside, sums.get(extra))
            shutil.copy2(beside, stage / extra)


def _verify(database: Database, file: Path, sha256: str | None) -> None:
    """Refuse a file that was fetched by hand and isn't the one that was published."""
    import pooch

    with file.open("rb") as start:
        if looks_like_html(start.read(512)):
            raise CourseError(
                f"{file.name} is a web page. Expected an archive of photographs; received HTML, "
                f"which a server sends in place of a file that it won't give. {_by_hand(database)}"
            )
    received = sha256 and pooch.file_hash(str(file), alg="sha256")
    if received != sha256:
        raise CourseError(
            f"{file.name} isn't the file that was published. Expected sha256 {sha256}; received "
            f"{received}. Fetch it again; if it is a repacked copy that you trust, unpack it and "
            "give the folder with --from."
        )


def _wheel_files(database: Database) -> list[tuple[Path, PurePosixPath]]:
    """The photographs that an installed package carries, found without importing it."""
    package, folder = database.origin.split(":")
    try:
        files = metadata.distribution(package).files or []
    except metadata.PackageNotFoundError:
        files = []
    inside = [file for file in files if file.is_relative_to(folder) and file.suffix == ".pgm"]
    if not inside:
        raise CourseError(
            f"{database.title} isn't installed. Expected the Python package {package} with "
            f"{database.count} photographs; received none. To mend it, {database.by_hand}."
        )
    return [(Path(file.locate()), PurePosixPath(file).relative_to(folder)) for file in inside]


def _place(database: Database, path: PurePosixPath) -> PurePosixPath | None:
    """Where a file of a database goes, or None for what isn't needed."""
    if any(part.startswith(".") or part == "__MACOSX" for part in path.parts):
        return None
    if path.name in database.extras:
        return PurePosixPath(path.name)
    if not is_photograph(path):
        return None
    depth = len(path.parts) if database.group_depth is None else database.group_depth + 1
    return PurePosixPath(*path.parts[-depth:])


def tree(database: Database, root: Path) -> list[tuple[Path, PurePosixPath]]:
    """The files of a folder that are wanted, each with the place that it goes to."""
    files = []
    for path in sorted(path for path in root.rglob("*") if path.is_file()):
        relative = PurePosixPath(path.relative_to(root).as_posix())
        place = _place(database, relative)
        if place is not None and len(place.parts) == 1 and place.name not in database.extras:
            place = place if database.group_depth is None else PurePosixPath(root.name, place)
        if place is not None:
            files.append((path, place))
    return files


def _copy(files: list[tuple[Path, PurePosixPath]], stage: Path) -> None:
    from tqdm.auto import tqdm

    require_room(sum(on_disk(path.stat().st_size) for path, _ in files), stage, "Copying")
    for path, place in tqdm(files, desc="copying", unit=" files", mininterval=0.5):
        target = stage / place
        target.parent.mkdir(parents=True, exist_ok=True)
        if target.exists():
            raise CourseError(
                f"Two photographs claim the same place. Expected one {place}; received a second, "
                f"{path}. Give the folder that holds one set of the photographs."
            )
        shutil.copy2(path, target)
