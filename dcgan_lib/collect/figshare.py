"""Files of an article on figshare: their addresses, sizes and checksums, read when needed."""

from __future__ import annotations

import json
from collections.abc import Sequence

from dcgan_lib.collect.databases import Download
from dcgan_lib.collect.web import BrokenOffError, RefusedError, read
from dcgan_lib.shared import CourseError


def list_downloads(article: str, names: Sequence[str]) -> tuple[Download, ...]:
    """The named files of an article.

    Args:
        article: its address in figshare's interface.
        names: of its files, in the order in which they are wanted.

    Raises:
        CourseError: figshare doesn't answer, or not as it used to; a file isn't there.
    """
    body = b""
    try:
        body = read(article)
        files = {file["name"]: file for file in json.loads(body)["files"]}
        return tuple(
            Download(
                file_name=name,
                urls=(files[name]["download_url"],),
                md5=files[name]["computed_md5"],
                size=int(files[name]["size"]),
                unpack=name.endswith(".zip"),
            )
            for name in names
        )
    except (BrokenOffError, RefusedError) as error:
        received = str(error)
    except KeyError as error:
        received = f"an answer without {error}"
    except (ValueError, TypeError):
        received = repr(body[:60].decode("utf-8", "replace"))
    raise CourseError(
        f"The list of files could not be read from {article}. Expected JSON with "
        f"{', '.join(names)}; received {received}. Try again later, or fetch them in a browser and "
        "give their folder with --from."
    )
