"""The official portraits of the UK Parliament, one by one from its members' service.

The service answers ``/api/Members/Search`` page by page and ``/api/Members/{id}/Portrait``
with an image (https://members-api.parliament.uk). Portraits are published under CC BY 3.0,
so each is written down with its person, party and address in ``attribution.csv``.
"""

from __future__ import annotations

import csv
import json
import re
import time
from dataclasses import dataclass
from pathlib import Path

from dcgan_lib.collect.web import BrokenOffError, RefusedError, read
from dcgan_lib.shared import CourseError, atomic_path

PACE_SECONDS = 0.2  # between two requests: nobody's service should notice a course
TABLE = "attribution.csv"
PAGE = 20  # the most that the service gives at once
MOST_FAILURES = 5  # portraits that may fail before the rest is left for another day
KINDS = {b"\xff\xd8\xff": ".jpg", b"\x89PNG": ".png"}


@dataclass(frozen=True)
class Portrait:
    """A member, and where the portrait comes from and goes to."""

    member: int
    name: str
    party: str
    url: str

    def found_in(self, folder: Path) -> Path | None:
        """The portrait's file, if it is there already."""
        stem = folder / _folder_name(self.party) / str(self.member)
        return next((p for s in KINDS.values() if (p := stem.with_suffix(s)).exists()), None)


def fetch_portraits(service: str, folder: str | Path) -> list[Path]:
    """Bring the portraits of all sitting members to ``folder/<party>/<id>.jpg``.

    What is there already isn't asked for again, so that an interrupted run goes on. Members
    without a portrait are left out; ``attribution.csv`` says why.

    Args:
        service: the address of the members' service, without the path.
        folder: where the portraits shall lie.

    Returns:
        The portraits of today's members, and last the attribution table.

    Raises:
        CourseError: the service doesn't answer, or not as it used to.
    """
    from tqdm.auto import tqdm

    folder = Path(folder)
    portraits, missing, failures = _members(service), {}, 0
    for portrait in tqdm(portraits, desc="portraits", unit=" portraits", mininterval=0.5):
        try:
            _fetch_one(portrait, folder)
        except RefusedError as error:
            missing[portrait.member] = str(error)
        except BrokenOffError as error:
            missing[portrait.member] = str(error)
            failures += 1
            if failures > MOST_FAILURES:
                raise _stopped(service, str(error)) from error
    _write_attribution(portraits, missing, folder)
    found = [portrait.found_in(folder) for portrait in portraits]
    return [*filter(None, found), folder / TABLE]


def _stopped(service: str, received: str) -> CourseError:
    return CourseError(
        f"{service} stopped answering. Expected a portrait for each member; received {received}. "
        "The portraits that came are kept: run the same command again later, and it goes on."
    )


def _members(service: str) -> list[Portrait]:
    """All sitting members of both houses, page by page."""
    members: dict[int, Portrait] = {}
    skip, total = 0, 1
    while skip < total:
        page, total = _page(service, skip)
        members |= {portrait.member: portrait for portrait in page}
        skip += len(page) or total  # an empty page ends the list
        time.sleep(PACE_SECONDS)
    return list(members.values())


def _page(service: str, skip: int) -> tuple[list[Portrait], int]:
    """One page of members, and how many members there are in all."""
    query = {"IsCurrentMember": "true", "skip": skip, "take": PAGE}
    try:
        body = read(f"{service}/api/Members/Search", params=query)
        page = json.loads(body)
        items = [_portrait(item["value"], service) for item in page["items"]]
        return items, int(page["totalResults"])
    except (BrokenOffError, RefusedError) as error:
        received = str(error)
    except (ValueError, KeyError, TypeError):
        received = repr(body[:60].decode("utf-8", "replace"))
    raise CourseError(
        f"The list of members could not be read from {service}. Expected JSON with items and "
        f"totalResults; received {received}. Try again later, or give a folder of portraits with "
        "--from."
    )


def _portrait(value: dict, service: str) -> Portrait:
    party = (value.get("latestParty") or {}).get("name") or ""
    url = f"{service}/api/Members/{int(value['id'])}/Portrait?cropType=ThreeFour"
    return Portrait(int(value["id"]), value.get("nameDisplayAs") or "", party, url)


def _folder_name(party: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", party.lower()).strip("-") or "members"


def _fetch_one(portrait: Portrait, folder: Path) -> None:
    if portrait.found_in(folder):
        return
    body = read(portrait.url)
    time.sleep(PACE_SECONDS)
    suffix = next((s for magic, s in KINDS.items() if body.startswith(magic)), None)
    if suffix is None:
        raise RefusedError("no JPEG or PNG image")
    path = folder / _folder_name(portrait.party) / f"{portrait.member}{suffix}"
    with atomic_path(path) as temporary:
        temporary.write_bytes(body)


def _write_attribution(portraits: list[Portrait], missing: dict[int, str], folder: Path) -> None:
    with (
        atomic_path(folder / TABLE) as temporary,
        temporary.open("w", newline="", encoding="utf-8") as file,
    ):
        table = csv.writer(file)
        table.writerow(["file", "id", "name", "party", "source", "licence", "missing"])
        for portrait in portraits:
            path = portrait.found_in(folder)
            table.writerow([
                path.relative_to(folder).as_posix() if path else "",
                portrait.member, portrait.name, portrait.party, portrait.url,
                "CC BY 3.0, UK Parliament", missing.get(portrait.member, ""),
            ])  # fmt: skip
