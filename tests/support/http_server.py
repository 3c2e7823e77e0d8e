"""A real HTTP server on loopback that can be told to misbehave."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(frozen=True)
class Reply:
    """What the server answers to one request.

    Attributes:
        body: the whole file.
        status: HTTP status; 200 turns into 206 where a range is asked for and ``ranges`` is on.
        kind: the Content-Type.
        cut: the connection is dropped after so many bytes of the body.
        ranges: whether Range requests are understood.
        slow: seconds between pieces of 16 KiB.
        headers: more of them; a None takes one away.
        drip: seconds between the bytes of the header.
    """

    body: bytes = b""
    status: int = 200
    kind: str = "application/octet-stream"
    cut: int | None = None
    ranges: bool = True
    slow: float = 0.0
    headers: dict[str, str | None] = field(default_factory=dict)
    drip: float = 0.0


@dataclass
class Request:
    """What was asked, and how much of the body went out."""

    path: str
    range: str | None
    sent: int = 0


@dataclass
class Site:
    """The server's address, its answers (the last one repeats) and its diary."""

    address: str
    replies: dict[str, list[Reply] | Callable[[str], Reply]] = field(default_factory=dict)
    requests: list[Request] = field(default_factory=list)

    def put(self, path: str, *replies: Reply) -> str:
        """Answer ``path`` with these replies in turn; returns its URL."""
        self.replies[path] = list(replies)
        return self.address + path

    def answer(self, path: str) -> Reply:
        """The next reply for a path, which may have a query."""
        found = self.replies.get(path.partition("?")[0], [Reply(b"nothing here", 404)])
        if callable(found):
            return found(path)
        return found.pop(0) if len(found) > 1 else found[0]

    def asked(self, path: str) -> list[Request]:
        """The requests for a path, in order."""
        return [request for request in self.requests if request.path.partition("?")[0] == path]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        site: Site = self.server.site
        request = Request(self.path, self.headers.get("Range"))
        site.requests.append(request)
        reply = site.answer(self.path)
        start, status = 0, reply.status
        if request.range and reply.ranges and status == 200:
            start = int(request.range.removeprefix("bytes=").rstrip("-"))
            status = 206 if start < len(reply.body) else 416
        body = b"" if status == 416 else reply.body[start:]
        self.send_response(status)
        headers = {"Content-Type": reply.kind, "Content-Length": str(len(body))} | reply.headers
        for name, value in headers.items():
            if value is not None:
                self.send_header(name, value)
        if status == 206:
            total = len(reply.body)
            self.send_header("Content-Range", f"bytes {start}-{total - 1}/{total}")
        if status == 416:
            self.send_header("Content-Range", f"bytes */{len(reply.body)}")
        if "Content-Length" in reply.headers:
            self.close_connection = True
        if not self._drip(reply.drip):
            return
        self.end_headers()
        self._send(body, reply, request)

    def _drip(self, seconds: float) -> bool:
        """Send the header byte by byte; whether the client stayed."""
        if not seconds:
            return True
        for byte in b"".join(self._headers_buffer):
            try:
                self.wfile.write(bytes([byte]))
                self.wfile.flush()
            except OSError:
                return False
            time.sleep(seconds)
        self._headers_buffer = []
        return True

    def _send(self, body: bytes, reply: Reply, request: Request) -> None:
        for start in range(0, min(len(body), reply.cut or len(body)), 16384):
            piece = body[start : min(start + 16384, reply.cut or len(body))]
            try:
                self.wfile.write(piece)
                self.wfile.flush()
            except OSError:  # the client left
                break
            request.sent += len(piece)
            time.sleep(reply.slow)
        if reply.cut is not None:
            self.close_connection = True

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """Clients that break off are part of the tests."""


@contextmanager
def serve() -> Iterator[Site]:
    """A running server on a free port of 127.0.0.1."""
    server = _Server(("127.0.0.1", 0), _Handler)
    server.site = Site(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield server.site
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
