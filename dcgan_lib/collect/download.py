"""One file from the web: mirrors in turn, retries, resume, and a checksum at the end.

pooch decides whether a file has to be fetched, checks its sha256 and puts it in its place.
What it lacks is here: a downloader that goes on where a broken connection stopped.
"""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from dcgan_lib.collect.archives import require_room
from dcgan_lib.collect.databases import Download
from dcgan_lib.shared import CourseError

if TYPE_CHECKING:
    import requests

ATTEMPTS = 4  # at each mirror
BACK_OFF_SECONDS = 1.0  # before the second attempt; doubled before each further one
TIMEOUT_SECONDS = (15, 60)  # to connect, and between two packets
CHUNK_BYTES = 2**16
TRY_AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504})
Result = TypeVar("Result")


class RefusedError(Exception):
    """The server's answer is final: it makes no sense to ask it again now."""


class MismatchError(RefusedError):
    """The file is whole, and isn't the one that was published."""


class BrokenOffError(Exception):
    """The server or the connection failed: the next attempt may succeed.

    ``progress`` says whether this attempt came further than all before it.
    """

    progress = False


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
        f"{download.file_name} could not be downloaded. Expected the file with sha256 "
        f"{download.sha256} from one of {len(download.urls)} mirror(s); received from "
        f"{'; from '.join(reasons)}. {way_out}".strip()
    )


def retry(action: Callable[[], Result]) -> Result:
    """Call ``action`` until it doesn't raise BrokenOffError, with growing pauses between.

    It gives up after ``ATTEMPTS`` failures in a row that brought nothing: a large file may
    come over a bad line in any number of pieces.
    """
    failures = 0
    while True:
        try:
            return action()
        except BrokenOffError as error:
            failures = 1 if error.progress else failures + 1
            if failures >= ATTEMPTS:
                raise
            pause = BACK_OFF_SECONDS * 2 ** (failures - 1)
            print(f"Received {error}; trying again in {pause:g} s.", file=sys.stderr)
            time.sleep(pause)


def get(url: str, **options: object) -> requests.Response:
    """Ask for a URL; an open, streaming answer of status 2xx, or one of this module's errors."""
    import requests

    headers = {"User-Agent": "dcgan-lib (a course; polite)", "Accept-Encoding": "identity"}
    headers |= options.pop("headers", {})
    try:
        answer = requests.get(url, headers=headers, stream=True, timeout=TIMEOUT_SECONDS, **options)
    except (requests.ConnectionError, requests.Timeout) as error:
        raise BrokenOffError(f"no connection ({_cause(error)})") from error
    except requests.RequestException as error:
        raise RefusedError(_cause(error)) from error
    if answer.ok or answer.status_code == 416:
        return answer
    answer.close()
    kind = BrokenOffError if answer.status_code in TRY_AGAIN else RefusedError
    raise kind(f"HTTP status {answer.status_code} ({answer.reason})")


def read(url: str, **options: object) -> bytes:
    """The whole body of a small answer; retried when the connection or the server fails."""

    def once() -> bytes:
        with get(url, **options) as answer:
            return b"".join(_chunks(answer))

    return retry(once)


def looks_like_html(start: bytes) -> bool:
    """Whether the first bytes of a file are those of a web page."""
    return re.match(rb"\s*(<!doctype html|<html|<head)", start[:512], re.IGNORECASE) is not None


def describe_html(page: bytes) -> str:
    """What a web page that came instead of a file wants to say, in a few words."""
    text = page.decode("utf-8", "replace")
    title = re.search(r"<title[^>]*>(.*?)</title>", text, re.IGNORECASE | re.DOTALL)
    words = " ".join(title[1].split())[:80] if title else "no title"
    quota = re.search(r"quota|too many users", text, re.IGNORECASE)
    reason = "; its quota for today is used up, which passes within a day" if quota else ""
    return f"an HTML page (“{words}”) in place of the file{reason}"


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

    known = f"sha256:{download.sha256}"
    try:
        pooch.retrieve(url, known, path.name, path.parent, downloader=downloader)
    except ValueError as error:
        if isinstance(error, CourseError) or "hash" not in str(error):
            raise
        received = re.search(r"got (\w+)", str(error))
        value = received[1] if received else "of another value"
        raise MismatchError(f"a file with sha256 {value}") from error
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
        chunks = _chunks(answer)
        first = next(chunks, b"")
        is_html = "text/html" in answer.headers.get("Content-Type", "")
        if is_html or (not start and looks_like_html(first)):
            raise RefusedError(describe_html(first))
        length = answer.headers.get("Content-Length")
        total = start + int(length) if length else self.size
        self._write(first, chunks, start, total)

    def _write(self, first: bytes, chunks: Iterator[bytes], start: int, total: int | None) -> None:
        from tqdm.auto import tqdm

        bar = tqdm(
            desc=self.part.stem, total=total, initial=start, unit="B", unit_scale=True,
            unit_divisor=1000, mininterval=0.5,
        )  # fmt: skip
        with bar, self.part.open("ab" if start else "wb") as file:
            file.write(first)
            bar.update(len(first))
            for chunk in chunks:
                file.write(chunk)
                bar.update(len(chunk))
        if total is not None and self.part.stat().st_size < total:
            raise BrokenOffError(f"{self.part.stat().st_size:,} of {total:,} bytes")


def _chunks(answer: requests.Response) -> Iterator[bytes]:
    """The body piece by piece; a connection that breaks is a BrokenOffError."""
    import requests

    try:
        yield from answer.iter_content(CHUNK_BYTES)
    except requests.RequestException as error:
        raise BrokenOffError(f"a connection that broke off ({_cause(error)})") from error


def _cause(error: BaseException) -> str:
    """The innermost reason of an error from requests, without its wrapping."""
    reason = error.args[0] if error.args else error
    text = str(getattr(reason, "reason", reason))
    known = re.search(r"\[Errno[^)'\"]*|Read timed out|\d+ bytes read, \d+ more expected", text)
    return known[0] if known else text.strip("()'\" ")[:120] or type(error).__name__
