"""The ways in which photographs come: a wheel, the web, the Parliament, a folder, an archive.

Each fills an empty folder with a database's photographs in the database's own groups, and counts
what it leaves out.
"""

from __future__ import annotations

import shutil
from collections import Counter
from dataclasses import dataclass, field, replace
from importlib import metadata
from pathlib import Path, PurePosixPath

from dcgan_lib.collect import congress, parliament
from dcgan_lib.collect.archives import on_disk, require_room, unpack
from dcgan_lib.collect.databases import Database
from dcgan_lib.collect.download import fetch
from dcgan_lib.collect.figshare import list_downloads
from dcgan_lib.collect.portraits import fetch_portraits
from dcgan_lib.collect.web import looks_like_html
from dcgan_lib.shared import (
    CourseError,
    is_photograph as is_photograph,
    look_through,
    why_no_photograph,
)

PORTRAITS = {  # a way to come → who lists them, and the credit beside each
    "congress": (congress.list_portraits, congress.CREDIT),
    "parliament": (parliament.list_members, parliament.CREDIT),
}
COMMAND = "python data_scripts/collect_faces.py"


@dataclass
class Places:
    """Where each file of a database goes, and how many were left out for which reason."""

    database: Database
    left_out: Counter[str] = field(default_factory=Counter)

    def __call__(self, path: PurePosixPath) -> PurePosixPath | None:
        """The path of a file in the database's folder, or None for what isn't wanted."""
        if any(part.startswith(".") for part in path.parts):
            return None
        if path.name in self.database.extras:
            return PurePosixPath(path.name)
        reason = why_no_photograph(path)
        if reason and path.suffix.lower() not in self.database.beside:
            self.left_out[reason] += 1
            return None
        depth = self.database.group_depth
        return PurePosixPath(*path.parts[-(len(path.parts) if depth is None else depth + 1) :])


def fill(database: Database, stage: Path, data_dir: Path, origin: Path | None) -> Counter[str]:
    """Put a database's photographs into ``stage``.

    Args:
        database: which.
        stage: an empty folder.
        data_dir: downloads are kept in its folder ``downloads``.
        origin: an archive or a folder to take them from; None for the database's own way.

    Returns:
        How many files were left out, by reason.

    Raises:
        CourseError: they can't be had, or aren't what was published.
    """
    places = Places(database)
    if origin is not None:
        _from_source(database, stage, origin, places)
    elif database.how == "wheel":
        _copy(_wheel_files(database), stage, places)
    elif database.how == "archive":
        _from_web(database, stage, data_dir / "downloads", places)
    elif database.how == "figshare":
        listed = list_downloads(database.origin, database.files)
        _from_web(replace(database, downloads=listed), stage, data_dir / "downloads", places)
    elif database.how in PORTRAITS:
        _one_by_one(database, stage, data_dir / "downloads" / database.name, places)
    else:
        raise CourseError(
            f"{database.name} can't be fetched by this command. Expected --from with a folder or "
            f"an archive. Received: nothing. {_by_hand(database)}"
        )
    return places.left_out


def _by_hand(database: Database) -> str:
    terms = " --accept-terms" if database.ask else ""
    return f"By hand: {database.by_hand}. Then: {COMMAND} {database.name}{terms} --from PATH."


def _one_by_one(database: Database, stage: Path, folder: Path, places: Places) -> None:
    list_all, credit = PORTRAITS[database.how]
    files = fetch_portraits(list_all(database.origin), folder, credit)
    _copy([(file, PurePosixPath(file.relative_to(folder))) for file in files], stage, places)


def _from_web(database: Database, stage: Path, downloads: Path, places: Places) -> None:
    files = [fetch(download, downloads, _by_hand(database)) for download in database.downloads]
    for download, file in zip(database.downloads, files, strict=True):
        if download.unpack:
            unpack(file, stage, places)
        else:
            shutil.copy2(file, stage / file.name)


def _from_source(database: Database, stage: Path, origin: Path, places: Places) -> None:
    sums = {download.file_name: download.sha256 for download in database.downloads}
    if origin.is_dir():
        _copy(tree(origin, places), stage, places)
    else:
        archives = [download for download in database.downloads if download.unpack]
        _verify(database, origin, archives[0].sha256 if archives else None)
        unpack(origin, stage, places)
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
    carried = [file for file in files if file.is_relative_to(folder) and file.suffix == ".pgm"]
    if not carried:
        raise CourseError(
            f"{database.title} isn't installed. Expected the Python package {package} with "
            f"{database.count} photographs; received none. The way out: {database.by_hand}."
        )
    return [(Path(file.locate()), PurePosixPath(file).relative_to(folder)) for file in carried]


def tree(root: Path, places: Places) -> list[tuple[Path, PurePosixPath]]:
    """The files of a folder that are wanted, each with the place that it goes to."""
    found, files = look_through(root), []
    for name in [*found.photographs, *found.others]:
        place = places(PurePosixPath(name))
        if place is None:
            continue
        in_a_group = len(place.parts) > 1 or place.name in places.database.extras
        if not in_a_group and places.database.group_depth is not None:
            place = PurePosixPath(root.name, place)
        files.append((root / name, place))
    places.left_out.update(left.detail for left in found.left_out.values())
    return files


def _copy(files: list[tuple[Path, PurePosixPath]], stage: Path, places: Places) -> None:
    from tqdm.auto import tqdm

    require_room(sum(on_disk(path.stat().st_size) for path, _ in files), stage, "Copying")
    for path, place in tqdm(files, desc="copying", unit=" files", mininterval=0.5):
        target = stage / place
        target.parent.mkdir(parents=True, exist_ok=True)
        if target.exists():
            raise CourseError(
                f"Two photographs claim the same place. Expected one {place}. Received: a second, "
                f"{path}. Give the folder that holds one set of the photographs."
            )
        try:
            shutil.copy2(path, target)
        except PermissionError as error:
            places.left_out[error.strerror] += 1
