"""Portraits that a service gives one by one, each with where it came from.

What is there already isn't asked for again, so that an interrupted run goes on.
"""

from __future__ import annotations

import csv
import hashlib
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from dcgan_lib.collect.web import BrokenOffError, RefusedError, read
from dcgan_lib.shared import CourseError, atomic_path

PACE_SECONDS = 0.2  # between two requests: nobody's service should notice a course
TABLE = "attribution.csv"
MOST_FAILURES = 5  # portraits that may fail before the rest is left for another day
KINDS = {b"\xff\xd8\xff": ".jpg", b"\x89PNG": ".png"}


@dataclass(frozen=True)
class Portrait:
    """Whom a portrait shows, and where it comes from and goes to.

    Attributes:
        member: the service's own name for the person, a number or a letter and a number.
        name: the person's name, where the service tells it.
        group: the folder of the portrait; a party, for instance.
        url: the portrait's address.
        git: SHA-1 of the file as git computes it, where it is published.
    """

    member: str
    name: str
    group: str
    url: str
    git: str = ""

    def found_in(self, folder: Path) -> Path | None:
        """The portrait's file, if it is there already."""
        stem = folder / folder_name(self.group) / self.member
        return next((p for s in KINDS.values() if (p := stem.with_suffix(s)).exists()), None)


def fetch_portraits(portraits: Sequence[Portrait], folder: str | Path, credit: str) -> list[Path]:
    """Bring portraits to ``folder/<group>/<member>.jpg``.

    People without a portrait are left out; ``attribution.csv`` says why.

    Args:
        portraits: which.
        folder: where they shall lie.
        credit: licence and source, written beside each of them.

    Returns:
        The portraits' files, and last the attribution table.

    Raises:
        CourseError: the service stops answering.
    """
    from tqdm.auto import tqdm

    folder = Path(folder)
    missing, failures = {}, 0
    for portrait in tqdm(portraits, desc="portraits", unit=" portraits", mininterval=0.5):
        try:
            _fetch_one(portrait, folder)
        except RefusedError as error:
            missing[portrait.member] = str(error)
        except BrokenOffError as error:
            missing[portrait.member] = str(error)
            failures += 1
            if failures > MOST_FAILURES:
                raise _stopped(portrait.url, str(error)) from error
    _write_attribution(portraits, missing, folder, credit)
    found = [portrait.found_in(folder) for portrait in portraits]
    return [*filter(None, found), folder / TABLE]


def folder_name(group: str) -> str:
    """A group as the name of a folder: ``Labour (Co-op)`` becomes ``labour-co-op``."""
    return re.sub(r"[^a-z0-9]+", "-", group.lower()).strip("-") or "members"


def _stopped(url: str, received: str) -> CourseError:
    return CourseError(
        f"The portraits' service stopped answering. Expected a portrait at {url}; received "
        f"{received}. The portraits that came are kept: run the same command again later, and it "
        "goes on."
    )


def _fetch_one(portrait: Portrait, folder: Path) -> None:
    if portrait.found_in(folder):
        return
    body = read(portrait.url)
    time.sleep(PACE_SECONDS)
    suffix = next((s for magic, s in KINDS.items() if body.startswith(magic)), None)
    if suffix is None:
        raise RefusedError("no JPEG or PNG image")
    if portrait.git and portrait.git != _git_hash(body):
        raise RefusedError("another file than is listed")
    path = folder / folder_name(portrait.group) / f"{portrait.member}{suffix}"
    with atomic_path(path) as temporary:
        temporary.write_bytes(body)


def _git_hash(body: bytes) -> str:
    return hashlib.sha1(b"blob %d\0%b" % (len(body), body), usedforsecurity=False).hexdigest()


def _write_attribution(
    portraits: Sequence[Portrait], missing: dict[str, str], folder: Path, credit: str
) -> None:
    with (
        atomic_path(folder / TABLE) as temporary,
        temporary.open("w", newline="", encoding="utf-8") as file,
    ):
        table = csv.writer(file)
        table.writerow(["file", "id", "name", "party", "source", "licence", "missing"])
        for portrait in portraits:
            path = portrait.found_in(folder)
            name = path.relative_to(folder).as_posix() if path else ""
            about = portrait.member, portrait.name, portrait.group, portrait.url
            table.writerow([name, *about, credit, missing.get(portrait.member, "")])
