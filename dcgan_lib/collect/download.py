"""One file from the web: mirrors in turn, retries, resume, and a checksum at the end.

pooch decides whether a file has to be fetched, checks its sha256 and puts it in its place.
What it lacks is here: a downloader that goes on where a broken connection stopped.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from dcgan_lib.collect.archives import require_room
from dcgan_lib.collect.databases import Download
from dcgan_lib.collect.web import (
    BrokenOffError,
    RefusedError,
    chunks,
    describe_html,
    get,
    looks_like_html,
    retry,
)
from dcgan_lib.shared import CourseError

if TYPE_CHECKING:
    import requests

ROOM_EVERY = 2**26  # bytes of a file after which the disk's room is looked at again
SLACK_BYTES = 2**20  # more than was published, before a stream is stopped


class MismatchError(RefusedError):
    """The file is whole, and isn't the one that was published."""


def fetch(download: Download, folder: str | Path, way_out: str = "") -> Path:
    """Bring a file to a folder, if it isn't there already, and verify it.

    A connection that breaks leaves ``<name>.part``, and the next attempt, the next mirror or
    the next run goes on from there.

    Args:
        download: name, mirrors and checksum.
        folder: where the file shall lie.
        way_out: the end of the error's message: how to get the file otherwise.

    Returns:
        The path of the whole, verified file.

    Raises:
        CourseError: no mirror gave the file, with the reason for each; or the disk is too full.
    """
    import pooch

    path = Path(folder) / download.file_name
    path.parent.mkdir(parents=True, exist_ok=True)
    pooch.get_logger().setLevel("WARNING")  # the progress bar says it
    reasons = []
    for url in download.urls:
        try:
            return _from_mirror(url, download, path)
        except (RefusedError, BrokenOffError) as error:
            reasons.append(f"{url}: {error}")
    raise CourseError(
        f"{download.file_name} could not be downloaded. Expected the file with "
        f"{download.checksum.replace(':', ' ')} from one of {len(download.urls)} mirror(s); "
        f"received from {'; from '.join(reasons)}. {way_out}".strip()
    )


def _from_mirror(url: str, download: Download, path: Path) -> Path:
    part = path.with_name(path.name + ".part")
    mixed = part.exists()  # its pieces may be those of another file
    for last in (not mixed, True):
        downloader = _Resuming(part, download.size)
        try:
            return retry(partial(_retrieve, url, download, path, downloader))
        except MismatchError:
            if last:
                raise
    raise AssertionError("unreachable")


def _retrieve(url: str, download: Download, path: Path, downloader: _Resuming) -> Path:
    import pooch

    known, kind = download.checksum, download.checksum.partition(":")[0]
    try:
        pooch.retrieve(url, known, path.name, path.parent, downloader=downloader)
    except ValueError as error:
        if isinstance(error, CourseError) or "hash" not in str(error):
            raise
        received = re.search(r"got (\w+)", str(error))
        value = received[1] if received else "of another value"
        raise MismatchError(f"a file with {kind} {value}") from error
    return path


class _Resuming:
    """A downloader for pooch that keeps what it has in ``part`` until the file is whole."""

    def __init__(self, part: Path, size: int | None) -> None:
        self.part, self.size, self.furthest = part, size, 0

    def __call__(self, url: str, output_file: str, pooch: object) -> None:
        """Fetch ``url`` into ``output_file``, beginning with what an earlier call left."""
        have = self.part.stat().st_size if self.part.exists() else 0
        require_room((self.size or 0) - have, self.part.parent, f"Downloading {self.part.stem}")
        headers = {"Range": f"bytes={have}-"} if have else {}
        with get(url, headers=headers) as answer:
            if answer.status_code == 416:  # nothing follows what we have: whole, or wrong
                if answer.headers.get("Content-Range") != f"bytes */{have}":
                    self.part.unlink()
                    raise BrokenOffError("a shorter file than before")
            else:
                self._receive_more(answer, have)
        self.part.replace(output_file)

    def _receive_more(self, answer: requests.Response, have: int) -> None:
        self.furthest = max(self.furthest, have)
        try:
            self._receive(answer, have)
        except BrokenOffError as error:
            now = self.part.stat().st_size if self.part.exists() else 0
            error.progress, self.furthest = now > self.furthest, max(now, self.furthest)
            raise

    def _receive(self, answer: requests.Response, have: int) -> None:
        start = have if answer.status_code == 206 else 0  # 200: the server ignored the range
        given = answer.headers.get("Content-Range", "")
        if start and not given.startswith(f"bytes {start}-"):
            self.part.unlink()
            raise BrokenOffError(f"another range than asked for ({given or 'unnamed'})")
        pieces = chunks(answer)
        first = next(pieces, b"")
        is_html = "text/html" in answer.headers.get("Content-Type", "")
        if is_html or (not start and looks_like_html(first)):
            raise RefusedError(describe_html(first))
        length = answer.headers.get("Content-Length", "")
        total = start + int(length) if length.isdigit() else self.size
        self._refuse_more_than_published(total or 0)
        self._write(first, pieces, start, total)

    def _write(self, first: bytes, pieces: Iterator[bytes], start: int, total: int | None) -> None:
        from tqdm.auto import tqdm

        bar = tqdm(
            desc=self.part.stem,
            total=total,
            initial=start,
            unit="B",
            unit_scale=True,
            unit_divisor=1000,
            mininterval=0.5,
        )
        have = start
        with bar, self.part.open("ab" if start else "wb") as file:
            for chunk in chain([first], pieces):
                have += len(chunk)
                self._refuse_more_than_published(have)
                if have // ROOM_EVERY > (have - len(chunk)) // ROOM_EVERY:
                    require_room(0, self.part.parent, f"Downloading {self.part.stem}")
                file.write(chunk)
                bar.update(len(chunk))
        if total is not None and self.part.stat().st_size < total:
            raise BrokenOffError(f"{self.part.stat().st_size:,} of {total:,} bytes")

    def _refuse_more_than_published(self, size: int) -> None:
        """Stop a stream that is longer than the file, and throw away what came."""
        if self.size is not None and size > self.size + SLACK_BYTES:
            self.part.unlink(missing_ok=True)
            raise RefusedError(f"{size:,} bytes and more, where {self.size:,} were published")
