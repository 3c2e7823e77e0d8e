"""Questions to servers that may be slow, busy, broken, or not who they say."""

from __future__ import annotations

import queue
import re
import sys
import threading
import time
from collections.abc import Callable, Iterator
from email.utils import parsedate_to_datetime
from functools import partial
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    import requests

ATTEMPTS = 4  # at each mirror
BACK_OFF_SECONDS = 1.0  # before the second attempt; doubled before each further one
TIMEOUT_SECONDS = (15, 60)  # to connect, and between two packets
CHUNK_BYTES = 2**16
HEADER_SECONDS = 60.0  # for an answer to begin, however slowly it drips
SLOWEST = 256  # bytes a second of a body, on average over a minute
LONGEST_WAIT = 120.0  # seconds that a server may ask us to wait
TRY_AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504})
Result = TypeVar("Result")


class RefusedError(Exception):
    """The server's answer is final: it makes no sense to ask it again now."""


class BrokenOffError(Exception):
    """The server or the connection failed: the next attempt may succeed.

    Attributes:
        progress: whether this attempt came further than all before it.
        wait: seconds that the server asks us to wait, or None.
    """

    progress = False
    wait: float | None = None


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
            pause = BACK_OFF_SECONDS * 2 ** (failures - 1) if error.wait is None else error.wait
            print(f"Received {error}; trying again in {pause:g} s.", file=sys.stderr)
            time.sleep(pause)


def get(url: str, **options: object) -> requests.Response:
    """Ask for a URL; an open, streaming answer of status 2xx, or one of this module's errors."""
    import requests

    headers = {"User-Agent": "dcgan-lib (a course; polite)", "Accept-Encoding": "identity"}
    headers |= options.pop("headers", {})
    ask = partial(requests.get, url, headers=headers, stream=True, timeout=TIMEOUT_SECONDS)
    try:
        answer = _in_time(partial(ask, **options))
    except requests.exceptions.SSLError as error:
        raise RefusedError(
            f"no proof of who answers ({cause(error)}): its certificate doesn't verify. Check "
            "this machine's clock, and whether a proxy stands between"
        ) from error
    except (requests.ConnectionError, requests.Timeout) as error:
        raise BrokenOffError(f"no connection ({cause(error)})") from error
    except requests.RequestException as error:
        raise RefusedError(cause(error)) from error
    if answer.ok or answer.status_code == 416:
        return answer
    answer.close()
    raise _failure(answer)


def _in_time(ask: Callable[[], Result]) -> Result:
    """The answer, if it begins in time: a header may come byte by byte for hours."""
    answers: queue.SimpleQueue[Result | BaseException] = queue.SimpleQueue()

    def wait() -> None:
        try:
            answers.put(ask())
        except BaseException as error:
            answers.put(error)

    threading.Thread(target=wait, daemon=True).start()
    try:
        answer = answers.get(timeout=HEADER_SECONDS)
    except queue.Empty:
        raise BrokenOffError(f"no whole header within {HEADER_SECONDS:g} s") from None
    if isinstance(answer, BaseException):
        raise answer
    return answer


def _failure(answer: requests.Response) -> RefusedError | BrokenOffError:
    """What an answer that isn't of status 2xx means, and how long to wait before the next."""
    what = f"HTTP status {answer.status_code} ({answer.reason})"
    if answer.status_code not in TRY_AGAIN:
        return RefusedError(what)
    wait = _retry_after(answer.headers.get("Retry-After", ""))
    if wait is not None and wait > LONGEST_WAIT:
        return RefusedError(f"{what}, and asks to come back in {wait:,.0f} s")
    error = BrokenOffError(what)
    error.wait = wait
    return error


def _retry_after(text: str) -> float | None:
    """Seconds, which a server writes as a number or as a date."""
    if text.strip().isdigit():
        return float(text)
    try:
        return max(0.0, parsedate_to_datetime(text).timestamp() - time.time())
    except (TypeError, ValueError):
        return None


def read(url: str, **options: object) -> bytes:
    """The whole body of a small answer; retried when the connection or the server fails."""

    def once() -> bytes:
        with get(url, **options) as answer:
            return b"".join(chunks(answer, decoded=True))

    return retry(once)


def looks_like_html(start: bytes) -> bool:
    """Whether the first bytes of a file are those of a web page."""
    before = rb"(\xef\xbb\xbf)?(\s|<!--.*?-->|<\?xml.*?\?>)*"
    page = re.compile(before + rb"<(!doctype html|html|head|body|title|meta)", re.I | re.S)
    return page.match(start[:4096]) is not None


def describe_html(page: bytes) -> str:
    """What a web page that came instead of a file wants to say, in a few words."""
    text = page.decode("utf-8", "replace")
    title = re.search(r"<title[^>]*>(.*?)</title>", text, re.IGNORECASE | re.DOTALL)
    words = " ".join(title[1].split())[:80] if title else "no title"
    quota = re.search(r"quota|too many users", text, re.IGNORECASE)
    reason = "; its quota for today is used up, which passes within a day" if quota else ""
    return f"an HTML page (“{words}”) in place of the file{reason}"


def chunks(answer: requests.Response, decoded: bool = False) -> Iterator[bytes]:
    """The body piece by piece; a connection that breaks or crawls is a BrokenOffError.

    The bytes are those of the file itself, unless ``decoded``: some servers say of every .tgz
    that it is a tar file in a gzip encoding.
    """
    import urllib3

    began, size = time.monotonic(), 0
    try:
        while chunk := answer.raw.read1(CHUNK_BYTES, decode_content=decoded):
            yield chunk
            size += len(chunk)
            seconds = time.monotonic() - began
            if seconds > HEADER_SECONDS and size < SLOWEST * seconds:
                raise BrokenOffError(f"only {size:,} bytes in {seconds:.0f} s")
    except (urllib3.exceptions.HTTPError, OSError) as error:
        raise BrokenOffError(f"a connection that broke off ({cause(error)})") from error


def cause(error: BaseException) -> str:
    """The innermost reason of an error from requests, without its wrapping."""
    reason = error.args[0] if error.args else error
    text = str(getattr(reason, "reason", reason))
    known = re.search(r"\[Errno[^)'\"]*|Read timed out|\d+ bytes read, \d+ more expected", text)
    return known[0] if known else text.strip("()'\" ")[:120] or type(error).__name__
