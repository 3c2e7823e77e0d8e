"""The members of the UK Parliament, from their own service.

It answers ``/api/Members/Search`` page by page and ``/api/Members/{id}/Portrait`` with an image
(https://members-api.parliament.uk). Portraits are published under CC BY 3.0.
"""

from __future__ import annotations

import json
import time

from dcgan_lib.collect.portraits import PACE_SECONDS, Portrait
from dcgan_lib.collect.web import BrokenOffError, RefusedError, read
from dcgan_lib.shared import CourseError

CREDIT = "CC BY 3.0, UK Parliament"
PAGE = 20  # the most that the service gives at once


def list_members(service: str) -> list[Portrait]:
    """The portraits of all sitting members of both houses, asked for page by page.

    Args:
        service: the address of the members' service, without the path.

    Raises:
        CourseError: the service doesn't answer, or not as it used to.
    """
    members: dict[str, Portrait] = {}
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
    return Portrait(
        member=str(int(value["id"])),
        name=value.get("nameDisplayAs") or "",
        group=party,
        url=url,
    )
