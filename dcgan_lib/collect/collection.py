"""Chapter 1: put the photographs of a face database under ``data/raw/<name>/``.

Whatever way they come (carried by a wheel, downloaded, fetched by hand, one's own), they are
gathered in a temporary folder that is renamed when it is complete: a folder that exists is
whole. ``collection.json`` beside the photographs holds their licence and credit.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dcgan_lib.collect.databases import DATABASES, Database
from dcgan_lib.collect.sources import COMMAND, Places, fill, tree
from dcgan_lib.shared import CourseError, look_through, one_at_a_time, summary

RECORD = "collection.json"
ABANDONED_SECONDS = 24 * 3600  # a temporary folder of this age belongs to a run that was killed


def collect(
    name: str | Database,
    data_dir: str | Path = "data",
    *,
    accept_terms: bool = False,
    source: str | Path | None = None,
) -> Path:
    """Put a database's photographs under ``data_dir/raw/<name>/``, once.

    What is there already is left alone and nothing is fetched; ``folder`` is brought up to
    date when its source has changed. Nothing in ``source`` is ever changed.

    Args:
        name: a key of ``DATABASES``, or a Database of your own.
        data_dir: the course's folder for data; downloads are kept in its ``downloads``.
        accept_terms: whether the user has read and accepted the database's terms.
        source: an archive that was fetched by hand, or a folder of photographs.

    Returns:
        The folder that holds the photographs.

    Raises:
        CourseError: unknown name, terms not accepted, no mirror answers, wrong checksum, unsafe
            or broken archive, a number of photographs that isn't the database's.
        OSError: the disk can't be read or written.
    """
    database = name if isinstance(name, Database) else find_database(name)
    target = Path(data_dir) / "raw" / database.name
    origin = None if source is None else _existing(Path(source), target)
    if _is_collected(database, target, origin):
        return target
    require_acceptance(database, accept_terms)
    with one_at_a_time(target):
        if _is_collected(database, target, origin):  # by another process, meanwhile
            return target
        with _whole_folder(target) as stage:
            left_out = fill(database, stage, Path(data_dir), origin)
            count = count_photographs(stage)
            _check_count(database, count, left_out, origin or stage)
            _write_record(database, stage, count, left_out, origin)
    return target


def find_database(name: str) -> Database:
    """The database of this name.

    Raises:
        CourseError: there is none; the message lists those there are.
    """
    if name not in DATABASES:
        raise CourseError(
            f"Unknown database. Expected one of {', '.join(DATABASES)}; received {name!r}. "
            f"See {COMMAND} --list; for your own photographs use folder --from PATH."
        )
    return DATABASES[name]


def require_acceptance(database: Database, accepted: bool) -> None:
    """Stop where terms have to be accepted first and weren't.

    Raises:
        CourseError: with the terms.
    """
    if database.ask and not accepted:
        raise CourseError(
            f"{database.title} comes under terms ({database.licence}): {database.terms} Expected "
            "your agreement; received none, so nothing was fetched. If you agree, add "
            "--accept-terms (in Python: accept_terms=True)."
        )


def count_photographs(folder: str | Path) -> int:
    """How many photographs lie in a folder and the folders in it."""
    return len(look_through(folder).photographs)


def what_was_left_out(folder: str | Path) -> dict[str, int]:
    """How many files of its source a collection left out, by reason."""
    record = _read_record(Path(folder)) or {}
    return record.get("left_out", {})


def _is_collected(database: Database, target: Path, origin: Path | None) -> bool:
    """Whether nothing is left to do; a folder that isn't ours is never written over."""
    if not target.exists() or not any(target.iterdir()):
        return False
    record = _read_record(target)
    if record is None:
        return _is_complete(database, target)
    if database.how != "own" or origin is None:
        return True
    if record.get("source") != str(origin):
        raise CourseError(
            f"{target} holds other photographs. Expected those of {origin}; received those of "
            f"{record.get('source')}. Move {target} away, or choose another --data-dir."
        )
    return record.get("fingerprint") == _fingerprint(origin)


def _is_complete(database: Database, target: Path) -> bool:
    count = count_photographs(target)
    if count and count == (database.count or count):
        return True
    raise CourseError(
        f"{target} exists, but wasn't made by this command. Expected "
        f"{_number(database.count)} photographs in it; received {count:,}. Move it away; if it "
        "is what you want to use, give its new place with --from."
    )


def _existing(source: Path, target: Path) -> Path:
    """The source as an absolute path, if it can be used."""
    if not source.exists():
        raise CourseError(
            f"There is nothing to collect from. Expected an archive or a folder after --from; "
            f"received {source}, which doesn't exist. Check the path."
        )
    source = source.resolve()
    if source.is_dir() and target.resolve().is_relative_to(source):
        raise CourseError(
            f"The source holds the course's own data. Expected a folder of photographs outside "
            f"{target}; received {source}. Give the folder of the photographs alone."
        )
    return source


def _read_record(folder: Path) -> dict | None:
    try:
        return json.loads((folder / RECORD).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def _write_record(
    database: Database, stage: Path, count: int, left_out: Counter[str], origin: Path | None
) -> None:
    record = {
        "name": database.name,
        "title": database.title,
        "photographs": count,
        "left_out": dict(left_out.most_common()),
        "licence": database.licence,
        "terms": database.terms,
        "credit": database.credit,
    }
    if database.how == "own" and origin is not None:
        record |= {"source": str(origin), "fingerprint": _fingerprint(origin)}
    text = json.dumps(record, indent=2) + "\n"  # ASCII: a path may be no Unicode
    (stage / RECORD).write_text(text, encoding="ascii")


def _fingerprint(origin: Path) -> str:
    """A value that changes when photographs come, go or change."""
    paths = (
        [origin]
        if origin.is_file()
        else [path for path, _ in tree(origin, Places(DATABASES["folder"]))]
    )
    lines = [f"{path}|{path.stat().st_size}|{path.stat().st_mtime_ns}" for path in paths]
    return hashlib.sha256("\n".join(sorted(lines)).encode("utf-8", "surrogateescape")).hexdigest()


@contextmanager
def _whole_folder(target: Path) -> Iterator[Path]:
    """Yield a temporary folder beside ``target`` that takes its place when the block succeeds."""
    target.parent.mkdir(parents=True, exist_ok=True)
    for left in target.parent.glob(f".part-{target.name}-*"):
        if time.time() - left.stat().st_mtime > ABANDONED_SECONDS:
            shutil.rmtree(left, ignore_errors=True)
    workshop = Path(tempfile.mkdtemp(prefix=f".part-{target.name}-", dir=target.parent))
    try:
        (workshop / "new").mkdir()
        yield workshop / "new"
        if target.exists():
            target.rename(workshop / "old")
        (workshop / "new").rename(target)
    finally:
        shutil.rmtree(workshop, ignore_errors=True)


def _check_count(database: Database, count: int, left_out: Counter[str], origin: Path) -> None:
    if count and count == (database.count or count):
        return
    seen = Counter(p.suffix.lower() or "none" for p in origin.rglob("*") if p.is_file())
    kinds = ", ".join(f"{suffix} ({number})" for suffix, number in seen.most_common(5))
    received = f"{count:,}" + ("" if count else f" (kinds of file seen: {kinds or 'none'})")
    received += f"; left out: {summary(left_out)}" if left_out else ""
    way_out = (
        "Give a folder or an archive that holds photographs (jpg, png, webp, tif, …)"
        if database.how == "own"
        else "Give the whole database; for a part of it, or for photographs of your own, use: "
        f"{COMMAND} folder --from PATH"
    )
    raise CourseError(
        f"The photographs of {database.name} aren't complete. Expected "
        f"{_number(database.count)}; received {received}. {way_out}."
    )


def _number(count: int | None) -> str:
    return "at least one" if count is None else f"{count:,}"
