"""Portraits of members of the US Congress, from the project unitedstates/images.

GitHub lists the files of the project's branch gh-pages, with a hash of each, and its pages give
them one by one. They are works of the US government, in the public domain.
"""

from __future__ import annotations

import json
import re

from dcgan_lib.collect.portraits import Portrait
from dcgan_lib.collect.web import BrokenOffError, RefusedError, read
from dcgan_lib.shared import CourseError

PAGES = "https://unitedstates.github.io/images"
PHOTOGRAPH = re.compile(r"congress/450x550/([A-Z][0-9]{6})\.jpg")
CREDIT = "public domain, US government; collected by unitedstates/images"


def list_portraits(project: str) -> list[Portrait]:
    """Every portrait of 450×550 pixels, by the Bioguide id of the member.

    Args:
        project: address of the project in GitHub's interface.

    Raises:
        CourseError: GitHub doesn't answer, or not as it used to.
    """
    received, body = "", b""
    try:
        body = read(f"{project}/git/trees/gh-pages", params={"recursive": "1"})
        files = [(item["path"], item["sha"]) for item in json.loads(body)["tree"]]
        found = [_portrait(path, sha) for path, sha in files if PHOTOGRAPH.fullmatch(path)]
    except (BrokenOffError, RefusedError) as error:
        received = str(error)
    except (ValueError, KeyError, TypeError):
        received = repr(body[:60].decode("utf-8", "replace"))
    else:
        if found:
            return found
        received = f"{len(files)} others"
    raise CourseError(
        f"The list of portraits could not be read from {project}. Expected JSON with a tree of "
        f"files named congress/450x550/….jpg; received {received}. Try again later, or give a "
        "folder of portraits with --from."
    )


def _portrait(path: str, sha: str) -> Portrait:
    member = PHOTOGRAPH.fullmatch(path)[1]
    return Portrait(member, name="", group="congress", url=f"{PAGES}/{path}", git=sha)
